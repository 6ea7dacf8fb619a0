/*
 * What a new DKIM2 signature finds in the message: the numbers that come next, and the
 * text that it signs before its own field (draft section 12).
 */
#include "auth/dkim2_field.h"

/* ---- numbers ---- */

/* FIELDS and those of the text OWN. */
static bool join(struct arena *arena, const struct field *fields, size_t count, struct span own,
                 struct message *all, struct err *e)
{
	struct message made;
	struct field *v;

	if (!message_parse(arena, own, &made, e)) {
		return false;
	}
	v = arena_array(arena, count + made.count, sizeof(*v));
	for (size_t i = 0; i < count; i++) {
		v[i] = fields[i];
	}
	for (size_t i = 0; i < made.count; i++) {
		v[count + i] = made.fields[i];
	}
	*all = (struct message){ .fields = v, .count = count + made.count };
	return true;
}

static bool whole_chain(struct arena *arena, const struct message *m, struct dkim2_chain *chain,
                        struct err *e)
{
	struct dkim2_fault fault = dkim2_chain_parse(arena, m->fields, m->count, chain);

	if (fault.id == DKIM2_OK && chain->present) {
		fault = dkim2_chain_check(chain);
	}
	return fault.id == DKIM2_OK ||
	       err_set(e, ERR_PERMANENT, "", "%.*s", SPAN_FMT(dkim2_fault_text(arena, &fault)));
}

bool dkim2_next(const struct field *fields, size_t count, struct span own, bool changed,
                struct dkim2_base *base, struct err *e)
{
	struct arena *arena = arena_new();
	struct dkim2_chain chain;
	struct message all;
	bool good = join(arena, fields, count, own, &all, e) && whole_chain(arena, &all, &chain, e);

	if (good && (chain.nsigs == LIMIT_SIGNATURES || chain.ninstances == LIMIT_SIGNATURES)) {
		good = err_set(e, ERR_PERMANENT, "", "over %u DKIM2 signatures", LIMIT_SIGNATURES);
	}
	if (good) {
		base->i = chain.nsigs + 1;
		base->m = changed || chain.ninstances == 0 ? chain.ninstances + 1 : 0;
		base->signs_m = base->m ? base->m : chain.ninstances;
	}
	arena_free(arena);
	return good;
}

/* ---- what stands before our field ---- */

bool dkim2_signs_text(const struct signer *signers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pkey_type(signers[i].key) == KEY_MLDSA44) {
			return true;
		}
	}
	return false;
}

/* The fields called NAME of the text we have just made; they are not parsed again. */
static void add_own(struct buf *text, const struct message *own, const char *name)
{
	for (size_t k = 0; k < own->count; k++) {
		if (span_iis(own->fields[k].name, name)) {
			canon_dkim2_input(text, own->fields[k].name, own->fields[k].value, false);
		}
	}
}

struct dkim2_prefix *dkim2_prefix_new(struct arena *arena, const struct field *fields, size_t count,
                                      struct span own, const struct signer *signers, size_t n,
                                      struct err *e)
{
	struct dkim2_chain chain;
	struct dkim2_fault fault = dkim2_chain_parse(arena, fields, count, &chain);
	struct dkim2_prefix *p;
	struct message made;

	if (fault.id != DKIM2_OK) {
		err_set(e, ERR_PERMANENT, "", "%.*s", SPAN_FMT(dkim2_fault_text(arena, &fault)));
		return NULL;
	}
	if (!message_parse(arena, own, &made, e)) {
		return NULL;
	}
	p = mem_alloc(sizeof(*p));
	for (size_t k = 0; k < chain.ninstances; k++) {
		canon_dkim2_input(&p->text, chain.instances[k].field->name,
		                  chain.instances[k].field->value, false);
	}
	add_own(&p->text, &made, "message-instance");
	for (size_t k = 0; k < chain.nsigs; k++) {
		canon_dkim2_input(&p->text, chain.sigs[k].field->name, chain.sigs[k].field->value,
		                  false);
	}
	add_own(&p->text, &made, "dkim2-signature");
	p->hash = hash_new(HASH_SHA256);
	hash_add(p->hash, buf_span(&p->text));
	if (!dkim2_signs_text(signers, n)) {
		buf_free(&p->text);
	}
	return p;
}

void dkim2_prefix_free(struct dkim2_prefix *p)
{
	if (p) {
		hash_free(p->hash);
		buf_free(&p->text);
		mem_free(p);
	}
}
