/*
 * The decision about a post from the rules that meet its parts, and the fate of each
 * part. In this order: rules, alternatives, then what is gone with something else.
 */
#include "rules/filter.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "rules/filter_tree.h"

#define NAME_MAX_SHOWN 100 /* bytes of a type or a file name that people are shown */

/* --- for people ------------------------------------------------------------- */

struct span filter_printable(struct arena *arena, struct span text, size_t max)
{
	struct buf out = BUF_INIT;
	while (text.n > 0) {
		size_t n = utf8_printable(text), skip = n > 0 ? n : utf8_len(text);
		if (out.n + (n > 0 ? n : 1) > max) {
			buf_str(&out, "...");
			break;
		}
		buf_add(&out, n > 0 ? span_sub(text, 0, n) : SPAN("?"));
		text = span_from(text, skip > 0 ? skip : 1);
	}
	return out.n > 0 ? buf_move(&out, arena) : SPAN("");
}

struct span filter_describe(struct arena *arena, const struct filter_part *p)
{
	const struct mime_type *t = &p->part->type;
	struct span type = filter_printable(
		arena, arena_join(arena, t->type, SPAN("/"), t->subtype, SPAN_END), NAME_MAX_SHOWN);
	struct span name = filter_printable(arena, p->name, NAME_MAX_SHOWN);
	return name.n > 0 ? arena_printf(arena, "%.*s \"%.*s\"", SPAN_FMT(type), SPAN_FMT(name))
	                  : type;
}

/* --- the decision ----------------------------------------------------------- */

static void raise_to(struct filter_result *out, enum filter_action action, struct span reason)
{
	if (action > out->action) {
		out->action = action;
		out->reason = reason;
	}
}

static void judge_parts(struct arena *arena, struct filter_result *out)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct filter_part *p = &out->v[i];
		enum filter_action action = p->rule ? p->rule->action : FILTER_KEEP;
		if (action == FILTER_STRIP && p->sealed) {
			action = FILTER_HOLD;
		}
		if (action <= out->action) {
			continue;
		}
		raise_to(out, action,
		         arena_printf(arena, "part %zu, %.*s: content-filter has \"%.*s\"%s",
		                      p->number, SPAN_FMT(filter_describe(arena, p)),
		                      SPAN_FMT(filter_printable(arena, p->rule->text, 200)),
		                      action == p->rule->action
		                              ? ""
		                              : ", and the part is inside a signature"));
	}
}

/* --- fates ------------------------------------------------------------------ */

/* What lies in a decoded copy goes with the attached message that was decoded. */
static void strip(struct filter_result *out, size_t i)
{
	while (out->v[i].copied) {
		i = out->v[i].parent;
	}
	out->v[i].fate = FILTER_REPLACED;
}

static bool blank(const struct filter_part *p)
{
	struct span body = p->part->body;
	return mime_is(&p->part->type, "text", NULL) && span_trim(body).n == 0;
}

static bool is_text(const struct filter_part *p)
{
	return mime_is(&p->part->type, "text", "plain") && !p->parents && !blank(p);
}

/* HTML, or HTML with its pictures. */
static bool is_html(const struct filter_part *p)
{
	const struct part *first = p->part->children;
	return mime_is(&p->part->type, "text", "html") ||
	       (mime_is(&p->part->type, "multipart", "related") && first &&
	        mime_is(&first->type, "text", "html"));
}

static bool stays(const struct filter_part *p)
{
	return !p->gone && p->fate == FILTER_STAYS;
}

/* The first child of I that is plain text and stays; I itself when there is none. */
static size_t text_of(const struct filter_result *out, size_t i)
{
	for (size_t c = i + 1; c < out->n; c++) {
		if (out->v[c].parent == i && stays(&out->v[c]) && is_text(&out->v[c])) {
			return c;
		}
	}
	return i;
}

static void judge_alternative(const struct list *list, struct filter_result *out, size_t i)
{
	struct filter_part *p = &out->v[i];
	size_t text = text_of(out, i);
	if (text == i) {
		return;
	}
	if (list->collapse_alternative) {
		p->fate = FILTER_COLLAPSED;
		p->chosen = text;
		return;
	}
	for (size_t c = i + 1; c < out->n; c++) {
		if (out->v[c].parent == i && stays(&out->v[c]) && is_html(&out->v[c])) {
			out->v[c].fate = FILTER_DROPPED;
		}
	}
}

/* A part comes behind its parent, so what is gone spreads in one pass. */
static void spread(struct filter_part *v, size_t i)
{
	const struct filter_part *parent = &v[v[i].parent];
	v[i].gone = i > 0 && (parent->gone || parent->fate == FILTER_REPLACED ||
	                      parent->fate == FILTER_DROPPED ||
	                      (parent->fate == FILTER_COLLAPSED && parent->chosen != i));
}

static void choose_fates(const struct list *list, struct filter_result *out)
{
	for (size_t i = 0; i < out->n; i++) {
		if (out->v[i].rule && out->v[i].rule->action == FILTER_STRIP) {
			strip(out, i);
		}
	}
	for (size_t i = 0; i < out->n; i++) {
		struct filter_part *p = &out->v[i];
		spread(out->v, i);
		if (stays(p) && !p->copied && !p->sealed &&
		    mime_is(&p->part->type, "multipart", "alternative")) {
			judge_alternative(list, out, i);
		}
	}
}

/* Is there anything to read beside the texts that say what was removed? */
static bool something_left(const struct filter_result *out)
{
	for (size_t i = 0; i < out->n; i++) {
		if (stays(&out->v[i]) && !out->v[i].parents && !blank(&out->v[i])) {
			return true;
		}
	}
	return false;
}

static void sum_up(struct arena *arena, struct filter_result *out)
{
	struct buf what = BUF_INIT;
	bool texts = false;
	for (size_t i = 0; i < out->n; i++) {
		const struct filter_part *p = &out->v[i];
		out->changes = out->changes || p->fate != FILTER_STAYS;
		texts = texts ||
		        (!p->gone && (p->fate == FILTER_DROPPED || p->fate == FILTER_COLLAPSED));
		if (!p->gone && p->fate == FILTER_REPLACED && what.n < 500) {
			buf_str(&what, what.n > 0 ? ", " : "removed ");
			buf_add(&what, filter_describe(arena, p));
		}
	}
	if (texts) {
		buf_str(&what, what.n > 0 ? ", and alternatives of the text"
		                          : "removed alternatives of the text");
	}
	out->what = what.n > 0 ? buf_move(&what, arena) : SPAN("");
}

void filter_judge(struct arena *arena, const struct list *list, const struct message *m,
                  struct filter_result *out)
{
	struct filter_rules rules = { 0 };
	struct filter_tree tree;
	struct err e;
	*out = (struct filter_result){ .reason = SPAN("") };
	if (list->content_filter.n == 0 && !list->collapse_alternative && !list->drop_html) {
		return;
	}
	if (!filter_rule_parse(arena, list->content_filter, &rules, &e)) {
		raise_to(out, FILTER_HOLD, arena_printf(arena, "content-filter: %s", e.text));
		return;
	}
	filter_tree_read(arena, &rules, m, &tree);
	out->v = tree.v;
	out->n = tree.n;
	judge_parts(arena, out);
	choose_fates(list, out);
	sum_up(arena, out);
	if (rules.n > 0 && tree.doubt) {
		raise_to(out, FILTER_HOLD,
		         arena_printf(arena, "content-filter may not see every part: %s",
		                      tree.doubt));
	}
	if (out->action == FILTER_STRIP && !something_left(out)) {
		raise_to(out, FILTER_HOLD, SPAN("content-filter would leave nothing of the post"));
	}
}
