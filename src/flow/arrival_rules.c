/*
 * What rules count comes from the store before they are asked, so that asking them stays
 * pure. Times are those of arrival: a queue that stood still is no flood.
 */
#include "flow/arrival_rules.h"

#include "base/buf.h"
#include "store/writers.h"

static bool load_set(struct context *c, const struct arrival *a, struct span text,
                     const struct rule_set **out, struct err *e)
{
	struct rule_set *set = ARENA_NEW(a->arena, struct rule_set);
	if (!rule_parse(a->arena, text, set, e)) {
		return err_prefix(e, "rules");
	}
	for (size_t i = 0; i < set->ncounts; i++) {
		struct rule_count *n = &set->counts[i];
		if ((!n->of_author || a->author_key.n > 0) &&
		    !store_written_count(c->store, a->list.id,
		                         n->of_author ? a->author_key : SPAN(""),
		                         a->arrived - (int64_t)n->period, a->arrived, &n->n, e)) {
			return false;
		}
	}
	*out = set;
	return true;
}

bool arrival_rules_load(struct context *c, struct arrival *a, struct policy_input *in,
                        struct err *e)
{
	return load_set(c, a, c->site.rules, &in->site_rules, e) &&
	       load_set(c, a, a->list.rules, &in->list_rules, e) &&
	       (a->author_key.n == 0 ||
	        store_writer_posts(c->store, a->list.id, a->author_key, &in->posts, e));
}

/* "Name: value" becomes one of the fields that the list adds. */
static bool is_field(struct span tag)
{
	return span_find(tag, SPAN(": ")) != SPAN_NONE;
}

void arrival_rules_tag(struct arrival *a, const struct span *tags, size_t n)
{
	struct buf subject = BUF_INIT, fields = BUF_INIT;
	buf_add(&fields, a->list.header_add);
	for (size_t i = 0; i < n; i++) {
		struct buf *out = is_field(tags[i]) ? &fields : &subject;
		if (out->n > 0) {
			buf_chr(out, is_field(tags[i]) ? '\n' : ' ');
		}
		buf_add(out, tags[i]);
	}
	a->list.header_add = buf_move(&fields, a->arena);
	a->list.post_tag = buf_move(&subject, a->arena);
}

bool arrival_rules_came(struct context *c, const struct arrival *a, struct err *e)
{
	if (!a->has_list || a->route.role != ROLE_POST || !a->judged || !a->has_author ||
	    a->held_id != 0 || a->decision == DECISION_DISCARD) {
		return true;
	}
	return store_written_add(c->store, a->list.id, a->author_key, a->arrived, e);
}

bool arrival_rules_posted(struct context *c, const struct arrival *a, struct err *e)
{
	return store_writer_posted(c->store, a->list.id, a->author_key, e);
}
