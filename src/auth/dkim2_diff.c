/*
 * The revisions of a message, each compared with the one before. Each is rebuilt from the
 * one above it, so that only two are in memory, and their diffs are put together in the
 * end, oldest first.
 */
#include "auth/dkim2_field.h"

#include "mail/diff.h"

struct revision {
	struct arena *arena;
	struct message m;
	struct span text; /* without the fields of DKIM2 */
};

static bool of_dkim2(const struct field *field)
{
	return span_iis(field->name, "DKIM2-Signature") ||
	       span_iis(field->name, "Message-Instance");
}

/* FROM as it was at revision TO, in an arena of its own; nothing is left behind when it fails. */
static bool rebuild(const struct message *from, uint64_t to, struct revision *out, struct err *e)
{
	struct buf text = BUF_INIT;
	struct span raw;

	out->arena = arena_new();
	if (!dkim2_undo(out->arena, from, to, &raw, e) ||
	    !message_parse(out->arena, raw, &out->m, e)) {
		arena_free(out->arena);
		return false;
	}
	for (size_t i = 0; i < out->m.count; i++) {
		if (!of_dkim2(&out->m.fields[i])) {
			buf_add(&text, out->m.fields[i].raw);
		}
	}
	buf_add(&text, out->m.separator);
	buf_add(&text, out->m.body);
	out->text = buf_move(&text, out->arena);
	return true;
}

/* "m=2 (lists.example.org)" */
static struct span name_of(struct arena *arena, const struct dkim2_chain *chain, uint64_t m)
{
	struct span d = SPAN("?");

	for (size_t k = chain->nsigs; k > 0; k--) {
		if (chain->sigs[k - 1].hop.m >= m) {
			d = chain->sigs[k - 1].hop.d;
		}
	}
	return arena_printf(arena, "m=%llu (%.*s)", (unsigned long long)m, SPAN_FMT(d));
}

bool dkim2_diff(struct arena *arena, const struct message *m, uint64_t to, struct buf *out,
                struct err *e)
{
	struct span parts[LIMIT_SIGNATURES];
	struct dkim2_chain chain;
	struct revision now, older;
	size_t n = 0;

	/* What does not parse is refused by dkim2_undo, with its text. */
	dkim2_chain_parse(arena, m->fields, m->count, &chain);
	if (!rebuild(m, chain.ninstances, &now, e)) {
		return false;
	}
	for (uint64_t k = chain.ninstances; k > to; k--) {
		struct buf part = BUF_INIT;

		if (!rebuild(&now.m, k - 1, &older, e)) {
			arena_free(now.arena);
			return false;
		}
		diff_unified(older.arena, &part,
		             arena_printf(arena, "m=%llu", (unsigned long long)k - 1),
		             name_of(arena, &chain, k), older.text, now.text);
		parts[n++] = buf_move(&part, arena);
		arena_free(now.arena);
		now = older;
	}
	arena_free(now.arena);
	while (n > 0) {
		buf_add(out, parts[--n]);
	}
	return true;
}
