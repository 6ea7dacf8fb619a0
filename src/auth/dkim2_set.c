/*
 * Signature values (draft sections 12.8, 14.5, 14.6). All sets of a field sign one input.
 *
 * Sets of a group are all evaluated; groups behind one that passed are not. A key is
 * looked up once a message, and LIMIT_DNS_LOOKUPS keys at most.
 */
#include "auth/dkim2_field.h"

struct cached {
	struct span selector, domain;
	struct key_record record;
};

struct checker {
	struct arena *arena;
	const struct keysource *source;
	struct cached *keys;
	size_t n, cap;
};

static const struct {
	const char *name;
	enum key_type type;
} algorithms[] = {
	{ "rsa-sha256", KEY_RSA },
	{ "ed25519-sha256", KEY_ED25519 },
	{ "mldsa44", KEY_MLDSA44 },
};

static bool algorithm_type(struct span name, enum key_type *type)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (span_is(name, algorithms[i].name)) {
			*type = algorithms[i].type;
			return *type != KEY_MLDSA44 || crypto_has_mldsa44();
		}
	}
	return false;
}

/* NULL when there were too many look-ups. */
static const struct key_record *fetch(struct checker *checker, struct span selector,
                                      struct span domain)
{
	struct cached *key;

	for (size_t i = 0; i < checker->n; i++) {
		key = &checker->keys[i];
		if (span_ieq(key->selector, selector) && span_ieq(key->domain, domain)) {
			return &key->record;
		}
	}
	if (checker->n == LIMIT_DNS_LOOKUPS) {
		return NULL;
	}
	key = ARENA_PUSH(checker->arena, checker->keys, checker->n, checker->cap);
	*key = (struct cached){ .selector = selector, .domain = domain };
	key_fetch(checker->arena, checker->source, selector, domain, true, &key->record);
	return &key->record;
}

static const enum dkim2_fault_id key_faults[] = {
	[KEY_OK] = DKIM2_OK,
	[KEY_UNAVAILABLE] = DKIM2_SIGNATURE_KEY_FETCH,
	[KEY_MISSING] = DKIM2_SIGNATURE_KEY_MISSING,
	[KEY_MULTIPLE] = DKIM2_SIGNATURE_KEY_MULTIPLE,
	[KEY_SYNTAX] = DKIM2_SIGNATURE_KEY_SYNTAX,
	[KEY_REVOKED] = DKIM2_SIGNATURE_KEY_REVOKED,
	[KEY_MALFORMED] = DKIM2_SIGNATURE_KEY_MALFORMED,
	[KEY_UNKNOWN] = DKIM2_SIGNATURE_KEY_MISMATCH,
	[KEY_PURPOSE] = DKIM2_SIGNATURE_KEY_MISSING, /* a key for something else is no key here */
	[KEY_LOOKUPS] = DKIM2_SIGNATURE_KEY_MISSING,
};

/*
 * What a signature is over: three pieces, of which the first two are a beginning of all
 * instances and of all signatures.
 */
struct input {
	struct span instances, signatures, own;
	struct digest digest;
	struct buf text; /* all of it, once it is asked for */
};

/* The text itself, for the one algorithm that is not over its hash. */
static struct span input_text(struct input *input, enum key_type type)
{
	if (type == KEY_MLDSA44 && input->text.n == 0) {
		buf_add(&input->text, input->instances);
		buf_add(&input->text, input->signatures);
		buf_add(&input->text, input->own);
	}
	return buf_span(&input->text);
}

static struct dkim2_fault check_set(struct checker *checker, const struct dkim2_hop *hop,
                                    struct dkim2_set *set, struct span signature,
                                    struct input *input)
{
	struct dkim2_fault fault = { .id = DKIM2_OK, .n = hop->i, .value = set->selector };
	const struct key_record *key;
	enum key_type type;

	if (!algorithm_type(set->algorithm, &type)) {
		fault.id = DKIM2_SIGNATURE_ALGORITHM;
		return fault;
	}
	key = fetch(checker, set->selector, hop->d);
	if (!key) {
		fault.id = DKIM2_SIGNATURE_SELECTORS;
	} else if (key->status != KEY_OK) {
		fault.id = key_faults[key->status];
	} else if (key->type != type) {
		fault.id = DKIM2_SIGNATURE_KEY_MISMATCH;
	} else if (!pkey_verify(key->key, HASH_SHA256, &input->digest, input_text(input, type),
	                        signature)) {
		fault.id = DKIM2_SIGNATURE_INCORRECT;
	}
	set->authenticated = key && key->authenticated;
	if (key && key->status == KEY_OK) {
		set->bits = pkey_bits(key->key);
	}
	return fault;
}

static struct dkim2_fault check_hop(struct checker *checker, struct dkim2_hop *hop,
                                    const struct span *signatures, struct input *input)
{
	struct dkim2_fault no_group = { .id = DKIM2_SIGNATURE_NO_GROUP, .n = hop->i };
	struct dkim2_tally groups = { 0 };
	size_t i = 0;

	while (i < hop->nsets && !groups.passed) {
		unsigned group = hop->sets[i].group;
		struct dkim2_tally sets = { 0 };
		struct dkim2_fault fault;

		for (; i < hop->nsets && hop->sets[i].group == group; i++) {
			fault = check_set(checker, hop, &hop->sets[i], signatures[i], input);
			hop->sets[i].result = dkim2_fault_result(&fault);
			hop->sets[i].text = dkim2_fault_text(checker->arena, &fault);
			dkim2_tally_add(&sets, &fault);
		}
		fault = dkim2_tally_all(&sets);
		dkim2_tally_add(&groups, &fault);
	}
	return dkim2_tally_any(&groups, no_group);
}

/*
 * The canonical text of all fields, each made once: that of a hop is a beginning of it, so
 * that a long chain costs no more than hashing.
 */
struct texts {
	struct buf instances, signatures, own;
	size_t instance_end[LIMIT_SIGNATURES], signature_end[LIMIT_SIGNATURES];
};

static void make_texts(const struct dkim2_chain *chain, struct texts *texts)
{
	for (size_t k = 0; k < chain->ninstances; k++) {
		const struct field *f = chain->instances[k].field;

		canon_dkim2_input(&texts->instances, f->name, f->value, false);
		texts->instance_end[k] = texts->instances.n;
	}
	for (size_t k = 0; k < chain->nsigs; k++) {
		const struct field *f = chain->sigs[k].field;

		canon_dkim2_input(&texts->signatures, f->name, f->value, false);
		texts->signature_end[k] = texts->signatures.n;
	}
}

/* All instances that were there, the signatures below, and this one without its values. */
static void make_input(const struct dkim2_chain *chain, size_t k, struct texts *texts,
                       struct input *input)
{
	const struct dkim2_sig *sig = &chain->sigs[k];
	struct hash *hash = hash_new(HASH_SHA256);

	buf_clear(&texts->own);
	canon_dkim2_input(&texts->own, sig->field->name, sig->field->value, true);
	input->instances =
		span_sub(buf_span(&texts->instances), 0, texts->instance_end[sig->hop.m - 1]);
	input->signatures =
		span_sub(buf_span(&texts->signatures), 0, k > 0 ? texts->signature_end[k - 1] : 0);
	input->own = buf_span(&texts->own);
	buf_clear(&input->text);
	hash_add(hash, input->instances);
	hash_add(hash, input->signatures);
	hash_add(hash, input->own);
	hash_final(hash, &input->digest);
}

struct dkim2_fault dkim2_check_signatures(struct arena *arena, const struct dkim2_chain *chain,
                                          const struct keysource *source, struct dkim2_hop *hops)
{
	struct checker checker = { .arena = arena, .source = source };
	struct dkim2_fault first = { .id = DKIM2_OK };
	struct texts texts = { .instances = BUF_INIT };
	struct input input = { .text = BUF_INIT };

	make_texts(chain, &texts);
	for (size_t k = 0; k < chain->nsigs; k++) {
		struct dkim2_fault fault;

		make_input(chain, k, &texts, &input);
		fault = check_hop(&checker, &hops[k], chain->sigs[k].signatures, &input);
		hops[k].result = dkim2_fault_result(&fault);
		hops[k].text = dkim2_fault_text(arena, &fault);
		/*
		 * A temporary failure at one hop does not excuse a wrong signature
		 * at another.
		 */
		if (fault.id != DKIM2_OK &&
		    (first.id == DKIM2_OK || dkim2_fault_result(&first) == AUTH_TEMPERROR) &&
		    (first.id == DKIM2_OK || dkim2_fault_result(&fault) != AUTH_TEMPERROR)) {
			first = fault;
		}
	}
	for (size_t i = 0; i < checker.n; i++) {
		key_record_clear(&checker.keys[i].record);
	}
	buf_free(&texts.instances);
	buf_free(&texts.signatures);
	buf_free(&texts.own);
	buf_free(&input.text);
	return first;
}
