/*
 * Reads tag lists. Knows their grammar, not what any tag means; what a value
 * may hold is checked by those who know the tag.
 *
 * The names are compared pair by pair: LIMIT_TAGS bounds that.
 */
#include "mail/taglist.h"

#include "base/ascii.h"

static bool tag_name(struct span s)
{
	if (s.n == 0 || !ascii_alpha(s.p[0])) {
		return false;
	}
	for (size_t i = 1; i < s.n; i++) {
		if (!ascii_alnum(s.p[i]) && s.p[i] != '_') {
			return false;
		}
	}
	return true;
}

static const struct tag *find(const struct taglist *l, struct span name)
{
	for (size_t i = 0; i < l->n; i++) {
		if (span_eq(l->v[i].name, name)) {
			return &l->v[i];
		}
	}
	return NULL;
}

static bool add(struct taglist *l, struct span piece, struct err *e)
{
	struct span value = piece;
	struct span name = span_trim(span_cut(&value, '='));

	if (!value.p) {
		return err_set(e, ERR_PERMANENT, "", "tag list: no '=' in \"%.*s\"",
		               SPAN_FMT(span_sub(name, 0, 64)));
	}
	if (!tag_name(name)) {
		return err_set(e, ERR_PERMANENT, "", "tag list: bad tag name \"%.*s\"",
		               SPAN_FMT(span_sub(name, 0, 64)));
	}
	if (find(l, name)) {
		return err_set(e, ERR_PERMANENT, "", "tag list: repeated tag \"%.*s\"",
		               SPAN_FMT(span_sub(name, 0, 64)));
	}
	if (l->n == LIMIT_TAGS) {
		return err_set(e, ERR_PERMANENT, "", "tag list: over %u tags", LIMIT_TAGS);
	}
	l->v[l->n++] = (struct tag){ name, span_trim(value) };
	return true;
}

bool taglist_parse(struct span text, unsigned flags, struct taglist *out, struct err *e)
{
	struct span rest = text;

	out->n = 0;
	while (rest.p) {
		struct span piece = span_trim(span_cut(&rest, ';'));

		/* Nothing behind the last ';' is how most lists end. */
		if (piece.n == 0 && (!rest.p || (flags & TAGLIST_EMPTY_TAGS))) {
			continue;
		}
		if (piece.n == 0) {
			return err_set(e, ERR_PERMANENT, "", "tag list: empty tag");
		}
		if (!add(out, piece, e)) {
			return false;
		}
	}
	if (out->n == 0) {
		return err_set(e, ERR_PERMANENT, "", "tag list: no tags");
	}
	return true;
}

const struct tag *taglist_find(const struct taglist *l, const char *name)
{
	return find(l, span_str(name));
}

struct span taglist_squeeze(struct arena *arena, struct span value)
{
	char *out;
	size_t n = 0, i = 0;

	while (i < value.n && !ascii_fws(value.p[i])) {
		i++;
	}
	if (i == value.n) {
		return value;
	}
	out = arena_alloc(arena, value.n);
	for (i = 0; i < value.n; i++) {
		if (!ascii_fws(value.p[i])) {
			out[n++] = value.p[i];
		}
	}
	return (struct span){ out, n };
}
