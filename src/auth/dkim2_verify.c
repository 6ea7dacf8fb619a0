/*
 * The checks of draft sections 13 and 14 in their order. Once the fields parse and are
 * numbered rightly, all checks are made, so that people can be shown what each hop is
 * worth; the verdict is that of the first check that failed.
 */
#include "auth/dkim2_field.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "mail/taglist.h"

#include <string.h>

/* The last second of the year 9999, which is the last that date_iso can write. */
#define DATE_LAST UINT64_C(253402300799)

static const struct dkim2_fault ok = { .id = DKIM2_OK };

static struct dkim2_fault about(const struct dkim2_hop *hop, enum dkim2_fault_id id)
{
	return (struct dkim2_fault){ .id = id, .n = hop->i };
}

/* ---- timestamps (14.3) ---- */

static struct dkim2_fault check_times(const struct dkim2_chain *chain, int64_t now)
{
	uint64_t present = now > 0 ? (uint64_t)now : 0;

	for (size_t k = 0; k < chain->nsigs; k++) {
		const struct dkim2_hop *hop = &chain->sigs[k].hop;

		if (hop->t < present && present - hop->t > LIMIT_SIGNATURE_AGE) {
			return about(hop, DKIM2_SIGNATURE_EXPIRED);
		}
		if (hop->t > present && hop->t - present > LIMIT_SIGNATURE_AHEAD) {
			return about(hop, DKIM2_SIGNATURE_FUTURE);
		}
	}
	return ok;
}

/* ---- envelope and custody (14.4) ---- */

/* PATH as it stands in mf= and rt=, without its brackets. */
static struct span address_of(struct span path)
{
	return path.n >= 2 ? span_sub(path, 1, path.n - 1) : path;
}

static struct span domain_of(struct span path)
{
	return addr_domain(address_of(path));
}

static bool domain_same(struct span a, struct span b)
{
	return span_ieq(a, b) || (addr_domain_below(a, b) && addr_domain_below(b, a));
}

/* Local part byte for byte, domain without regard to case. */
static bool address_same(struct span a, struct span b)
{
	if (span_eq(a, b)) {
		return true;
	}
	return addr_domain(a).n > 0 && span_eq(addr_local(a), addr_local(b)) &&
	       domain_same(addr_domain(a), addr_domain(b));
}

static struct dkim2_fault mismatch(struct arena *arena, const struct dkim2_hop *hop,
                                   enum dkim2_fault_id id, struct span address)
{
	struct dkim2_fault fault = about(hop, id);

	fault.value = arena_join(arena, SPAN("<"), address, SPAN(">"), SPAN_END);
	return fault;
}

static bool listed(const struct dkim2_hop *hop, struct span address)
{
	for (size_t i = 0; i < hop->rts; i++) {
		if (address_same(address, address_of(hop->rt[i]))) {
			return true;
		}
	}
	return false;
}

static struct dkim2_fault check_envelope(struct arena *arena, const struct dkim2_hop *hop,
                                         const struct envelope *envelope)
{
	if (hop->nd.p) {
		return about(hop, DKIM2_SIGNATURE_ND_UNEXPECTED);
	}
	if (!envelope || !envelope->known) {
		return ok;
	}
	if (!address_same(envelope->mail_from, address_of(hop->mf))) {
		return mismatch(arena, hop, DKIM2_SIGNATURE_MAIL_FROM, envelope->mail_from);
	}
	for (size_t i = 0; i < envelope->rcpts; i++) {
		if (!listed(hop, envelope->rcpt_to[i])) {
			return mismatch(arena, hop, DKIM2_SIGNATURE_RCPT_TO, envelope->rcpt_to[i]);
		}
	}
	return ok;
}

static bool null_path(const struct dkim2_hop *hop)
{
	return hop->nd.p || address_of(hop->mf).n == 0;
}

static struct dkim2_fault check_domain(const struct dkim2_hop *hop)
{
	if (null_path(hop) || addr_domain_below(domain_of(hop->mf), hop->d)) {
		return ok;
	}
	return about(hop, DKIM2_SIGNATURE_DOMAIN);
}

static struct dkim2_fault check_domains(const struct dkim2_chain *chain)
{
	for (size_t k = 0; k < chain->nsigs; k++) {
		struct dkim2_fault fault = check_domain(&chain->sigs[k].hop);

		if (fault.id != DKIM2_OK) {
			return fault;
		}
	}
	return ok;
}

/* Does a path or name of HOP follow from the forward path RT of the hop before? */
static bool follows(const struct dkim2_hop *hop, struct span rt)
{
	if (null_path(hop)) {
		return addr_domain_below(domain_of(rt), hop->d);
	}
	return addr_domain_below(domain_of(hop->mf), domain_of(rt));
}

/* Does HOP follow from BEFORE? */
static struct dkim2_fault check_pair(const struct dkim2_hop *before, const struct dkim2_hop *hop)
{
	struct dkim2_fault fault = about(hop, DKIM2_SIGNATURE_NEXT_DOMAIN);

	if (before->nd.p) {
		return domain_same(before->nd, hop->d) ? ok : fault;
	}
	for (size_t i = 0; i < before->rts; i++) {
		if (follows(hop, before->rt[i])) {
			return ok;
		}
	}
	fault.id = null_path(hop) ? DKIM2_SIGNATURE_CUSTODY_D : DKIM2_SIGNATURE_CUSTODY_MF;
	fault.other = before->i;
	return fault;
}

static struct dkim2_fault check_custody(const struct dkim2_chain *chain)
{
	for (size_t k = 1; k < chain->nsigs; k++) {
		struct dkim2_fault fault = check_pair(&chain->sigs[k - 1].hop, &chain->sigs[k].hop);

		if (fault.id != DKIM2_OK) {
			return fault;
		}
	}
	return ok;
}

/* Bytes that two readers may read differently are never signed for. */
static struct dkim2_fault check_normal(const struct message *m)
{
	bool junk = m->separator.n == 0 && m->body.n > 0;
	bool normal = !m->bare && !m->nul && !junk;

	return normal ? ok : (struct dkim2_fault){ .id = DKIM2_NOT_NORMAL };
}

/* ---- results ---- */

static struct dkim2_steps show_steps(const struct step *steps, size_t n)
{
	struct dkim2_steps out = { .steps = n };

	for (size_t i = 0; i < n; i++) {
		if (steps[i].kind == STEP_COPY) {
			out.copied += steps[i].last - steps[i].first + 1;
		} else {
			out.restored++;
		}
	}
	return out;
}

static void show_recipe(struct arena *arena, const struct dkim2_mi *mi, struct dkim2_instance *out)
{
	const struct recipe *recipe = &mi->recipe;

	out->has_recipe = mi->has_recipe;
	out->header_changed = recipe->nfields > 0;
	out->body_changed = recipe->has_body;
	out->body_steps = show_steps(recipe->body, recipe->nbody);
	out->nfields = recipe->nfields;
	out->fields = arena_array(arena, out->nfields, sizeof(*out->fields));
	out->field_steps = arena_array(arena, out->nfields, sizeof(*out->field_steps));
	for (size_t i = 0; i < out->nfields; i++) {
		const struct recipe_field *field = &recipe->fields[i];

		out->fields[i] = field->name;
		out->field_steps[i] = show_steps(field->steps, field->n);
	}
}

static struct span base64(struct arena *arena, struct span bytes)
{
	struct buf out = BUF_INIT;

	codec_base64(&out, bytes);
	return buf_move(&out, arena);
}

/* The value of tag NAME, as it stands; empty when there is none. */
static struct span tag_value(const struct field *field, const char *name)
{
	const struct tag *tag = NULL;
	struct taglist tags;

	if (taglist_parse(field->value, TAGLIST_EMPTY_TAGS, &tags, NULL)) {
		tag = taglist_find(&tags, name);
	}
	return tag ? tag->value : (struct span){ NULL, 0 };
}

/* How many octets BASE64, which is known to be good, stands for. */
static size_t decoded_length(struct span base64)
{
	size_t digits = 0;

	for (size_t i = 0; i < base64.n; i++) {
		digits += !ascii_fws(base64.p[i]) && base64.p[i] != '=';
	}
	return digits * 6 / 8;
}

static void show_instance(struct arena *arena, const struct dkim2_mi *mi,
                          struct dkim2_instance *out)
{
	out->m = mi->m;
	out->hashes = mi->hashes;
	out->nsets = mi->nsets;
	out->sets = arena_array(arena, mi->nsets, sizeof(*out->sets));
	for (size_t i = 0; i < mi->nsets; i++) {
		out->sets[i].algorithm = mi->sets[i].name;
		out->sets[i].group = mi->sets[i].group;
		out->sets[i].header = base64(arena, mi->sets[i].header);
		out->sets[i].body = base64(arena, mi->sets[i].body);
	}
	show_recipe(arena, mi, out);
	if (mi->has_recipe) {
		out->recipe_bytes = decoded_length(tag_value(mi->field, "r"));
	}
}

static void show_hop(struct arena *arena, const struct dkim2_sig *sig, struct dkim2_hop *out)
{
	struct span flags = tag_value(sig->field, "f");
	size_t cap = 0;

	*out = sig->hop;
	if (out->t <= DATE_LAST) {
		out->time = date_iso(arena, (int64_t)out->t);
	}
	while (flags.p) {
		struct span flag = span_trim(span_cut(&flags, ','));

		*ARENA_PUSH(arena, out->flags, out->nflags, cap) = flag;
	}
}

static void show_chain(struct arena *arena, const struct dkim2_chain *chain,
                       struct dkim2_result *out)
{
	out->nhops = chain->nsigs;
	out->hops = arena_array(arena, chain->nsigs, sizeof(*out->hops));
	for (size_t k = 0; k < chain->nsigs; k++) {
		show_hop(arena, &chain->sigs[k], &out->hops[k]);
	}
	out->ninstances = chain->ninstances;
	out->instances = arena_array(arena, chain->ninstances, sizeof(*out->instances));
	for (size_t k = 0; k < chain->ninstances; k++) {
		show_instance(arena, &chain->instances[k], &out->instances[k]);
	}
}

static void conclude(struct arena *arena, const struct dkim2_fault *fault, struct dkim2_result *out)
{
	out->result = dkim2_fault_result(fault);
	out->text = dkim2_fault_text(arena, fault);
	out->failing = dkim2_fault_hop(fault);
	out->author_signed = out->result == AUTH_PASS;
}

static struct dkim2_fault first_of(const struct dkim2_fault *faults, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (faults[i].id != DKIM2_OK) {
			return faults[i];
		}
	}
	return ok;
}

void dkim2_verify(struct arena *arena, const struct message *m, const struct envelope *envelope,
                  const struct keysource *source, int64_t now, struct dkim2_result *out)
{
	struct dkim2_fault faults[7], fault;
	const struct dkim2_hop *newest;
	struct dkim2_chain chain;
	bool newest_hashes = false;

	memset(out, 0, sizeof(*out));
	fault = dkim2_chain_parse(arena, m->fields, m->count, &chain);
	if (!chain.present) {
		return;
	}
	if (fault.id == DKIM2_OK) {
		fault = dkim2_chain_check(&chain);
	}
	show_chain(arena, &chain, out);
	if (fault.id != DKIM2_OK) {
		conclude(arena, &fault, out);
		return;
	}
	newest = &chain.sigs[chain.nsigs - 1].hop;
	faults[0] = check_times(&chain, now);
	faults[1] = check_envelope(arena, newest, envelope);
	faults[2] = check_domains(&chain);
	faults[3] = check_custody(&chain);
	faults[4] = check_normal(m);
	faults[5] = dkim2_check_instances(arena, m, &chain, out->instances, &newest_hashes);
	faults[6] = dkim2_check_signatures(arena, &chain, source, out->hops);
	fault = first_of(faults, sizeof(faults) / sizeof(faults[0]));
	conclude(arena, &fault, out);
	out->provisional = faults[0].id == DKIM2_OK && faults[1].id == DKIM2_OK &&
	                   faults[4].id == DKIM2_OK && check_domain(newest).id == DKIM2_OK &&
	                   newest_hashes && out->hops[out->nhops - 1].result == AUTH_PASS;
}
