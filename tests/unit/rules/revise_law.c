#include "revise_law.h"

#include "auth/dkim2.h"
#include "auth/recipe.h"
#include "base/limits.h"
#include "mail/mime.h"

#include <check.h>

enum { INSTANCE = 500, INSTANCE_WRAP = 700 };

static struct span header_text(struct arena *arena, const struct canon_header *h)
{
	struct buf text = BUF_INIT;
	canon_dkim2_header_text(&text, h);
	return buf_move(&text, arena);
}

static void check_undo(const struct revise *r, const struct message *out, struct span json,
                       const char *name)
{
	struct arena *a = r->arena;
	struct recipe recipe;
	struct span what;
	struct digest was, is;
	struct canon_header header = canon_dkim2_header(a, out->fields, out->count);
	struct canon_header old = canon_dkim2_header(a, r->message->fields, r->message->count);
	struct lines lines = recipe_lines(a, out->body), old_lines = recipe_lines(a, r->message->body);
	uint64_t budget = LIMIT_REBUILD * (uint64_t)(out->raw.n + 1000);
	if (json.n > 0) {
		ck_assert_msg(recipe_parse(a, json, &recipe, &what) == RECIPE_OK, "%s: parse", name);
		ck_assert_msg(recipe_apply(a, &recipe, &header, &lines, &header, &lines, &budget,
		                           &what) == RECIPE_OK,
		              "%s: apply %.*s", name, SPAN_FMT(json));
	}
	ck_assert_msg(span_eq(header_text(a, &header), header_text(a, &old)),
	              "%s: undo gives the header\n%.*s", name, SPAN_FMT(header_text(a, &header)));
	recipe_lines_hash(HASH_SHA256, &lines, &is);
	recipe_lines_hash(HASH_SHA256, &old_lines, &was);
	ck_assert_msg(span_eq(digest_span(&is), digest_span(&was)), "%s: undo gives another body",
	              name);
}

static void check_instance(struct span json, size_t largest, const char *name)
{
	struct dkim2_base base = { .m = 2, .signs_m = 2, .i = 2, .recipe = json };
	struct digest d;
	struct buf field = BUF_INIT;
	hash_of(HASH_SHA256, SPAN("x"), &d);
	base.body_hash = d;
	dkim2_instance(&base, &d, &field);
	ck_assert_msg(field.n <= largest, "%s: Message-Instance of %zu bytes, %.*s", name, field.n,
	              SPAN_FMT(json));
	buf_free(&field);
}

/* --- MIME --- */

static bool is_text(const struct part *p)
{
	return mime_is(&p->type, "text", "plain") || mime_is(&p->type, "text", "html");
}

static bool same_type(const struct part *a, const struct part *b)
{
	return span_ieq(a->type.type, b->type.type) && span_ieq(a->type.subtype, b->type.subtype) &&
	       a->encoding == b->encoding && span_eq(a->boundary, b->boundary);
}

/* The old text is in the new one, all of it in one piece (HTML: in order, but for one place each). */
static bool text_within(struct arena *arena, const struct part *old, const struct part *new)
{
	struct span was = span_rtrim(mime_decode(arena, old)), is = mime_decode(arena, new);
	if (!mime_is(&old->type, "text", "html")) {
		return was.n == 0 || span_find(is, was) != SPAN_NONE;
	}
	size_t at = 0;
	for (size_t i = 0; at < was.n && i < is.n; i++) {
		at += is.p[i] == was.p[at];
	}
	return at == was.n;
}

static bool same_tree(struct arena *arena, const struct part *old, const struct part *new,
                      bool may_write)
{
	const struct part *a = old->children, *b = new->children;
	if (!same_type(old, new)) {
		return false;
	}
	if (!a && !b) {
		return span_eq(old->body, new->body) ||
		       (may_write && is_text(old) && text_within(arena, old, new));
	}
	for (; a && b; a = a->next, b = b->next) {
		if (!same_tree(arena, a, b, may_write)) {
			return false;
		}
	}
	return !a && !b;
}

static size_t children(const struct part *p)
{
	size_t n = 0;
	for (const struct part *c = p->children; c; c = c->next) {
		n++;
	}
	return n;
}

/* All parts of OLD, in a row, raw, with at most one before and one behind. */
static bool parts_added(const struct part *old, const struct part *new)
{
	const struct part *a = old->children, *b = new->children;
	if (a && !span_eq(a->raw, b->raw)) {
		b = b->next;
	}
	for (; a && b && span_eq(a->raw, b->raw); a = a->next) {
		b = b->next;
	}
	return !a && children(new) <= children(old) + 2;
}

/* One of the parts of NEW is the message, with its own fields. */
static bool wrapped(const struct part *old, const struct part *new)
{
	for (const struct part *c = new->children; c; c = c->next) {
		if (span_eq(c->body, old->body) && same_type(old, c)) {
			return true;
		}
	}
	return false;
}

static bool is_wrap(const struct mime *old, const struct mime *new)
{
	return span_starts(new->root->boundary, SPAN("=_ladle_")) &&
	       !span_eq(old->root->boundary, new->root->boundary);
}

static void check_mime(const struct revise *r, const struct mime *old, const struct mime *new,
                       const char *name)
{
	bool ok;
	if (is_wrap(old, new)) {
		/* A part without a field has no more than the default; so has a message. */
		ok = wrapped(old->root, new->root) &&
		     span_find(r->message->raw, new->root->boundary) == SPAN_NONE;
	} else if (mime_is(&old->root->type, "multipart", "mixed") &&
	           children(new->root) > children(old->root)) {
		ok = same_type(old->root, new->root) && parts_added(old->root, new->root);
	} else {
		bool alternative = mime_is(&old->root->type, "multipart", "alternative") &&
		                   r->list->html_in_place;
		ok = same_tree(r->arena, old->root, new->root,
		               alternative || old->root->children == NULL);
	}
	ck_assert_msg(ok, "%s: the MIME tree is another", name);
}

/* --- all of it --- */

static void check_fields(const struct revise *r, const struct message *out, const char *name)
{
	static const char *const once[] = { "From", "Subject", "Reply-To", "Cc", "Sender",
		                            "List-Id", "Message-ID", "Date", "MIME-Version" };
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		size_t was = message_count(r->message, once[i]), is = message_count(out, once[i]);
		ck_assert_msg(is <= (was > 1 ? was : 1), "%s: %zu times %s", name, is, once[i]);
	}
	ck_assert_msg(message_count(out, "Reply-To") <= 1 || r->list->modify == LIST_MODIFY_NONE,
	              "%s: Reply-To twice", name);
	ck_assert_msg(!r->munge || message_count(out, "From") == 1, "%s: From", name);
}

/* Lines of the fields that we made; what came too long goes out so. */
static void check_lines(const struct edits *x, const char *name)
{
	for (size_t i = 0; i < x->n; i++) {
		struct span rest = x->v[i].body ? SPAN("") : x->v[i].insert;
		struct span old = span_sub(x->m->raw, x->v[i].at, x->v[i].at + x->v[i].drop);
		while (rest.n > 0) {
			struct span line = span_line(&rest);
			ck_assert_msg(line.n <= LIMIT_LINE_OUT + 2 || old.n > LIMIT_LINE_OUT,
			              "%s: a line of %zu bytes", name, line.n);
		}
	}
}

struct edits *revise_law_check(const struct revise *r, size_t largest, const char *name)
{
	struct edits *x = edit_new(r->arena, r->message);
	struct message out;
	struct mime old, new;
	struct span json;
	struct err e = { 0 };
	ck_assert_msg(revise_all(x, r, &e) && edit_finish(x, &e), "%s: %s", name, e.text);
	if (r->message->bare || r->message->nul) {
		return x;
	}
	ck_assert_msg(message_parse(r->arena, edit_print(x), &out, &e), "%s: %s", name, e.text);
	ck_assert_msg(recipe_make(r->arena, x, &json, &e), "%s: %s", name, e.text);
	ck_assert(mime_parse(r->arena, r->message, &old, &e) &&
	          mime_parse(r->arena, &out, &new, &e));
	check_undo(r, &out, json, name);
	check_instance(json,
	               largest ? largest : is_wrap(&old, &new) ? INSTANCE_WRAP : INSTANCE, name);
	check_mime(r, &old, &new, name);
	check_fields(r, &out, name);
	check_lines(x, name);
	return x;
}
