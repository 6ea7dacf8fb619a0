/* Collecting what is known about a message identifier. */
#include "flow/trace.h"

#include "mail/addr.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/msgids.h"

static bool about_member(struct context *c, struct arena *arena, struct span address,
                         struct trace_post *p, struct err *e)
{
	struct span key;
	if (address.n == 0) {
		return true;
	}
	if (!addr_key(arena, address, &key, e) ||
	    !store_member_find(c->store, arena, p->post.list, key, &p->member, &p->has_member, e)) {
		return false;
	}
	const struct bounce_filter f = {
		.member = p->member.id, .post = p->post.id, .domain = SPAN(""), .class = -1
	};
	return !p->has_member ||
	       (store_fan_one(c->store, arena, p->post.id, p->member.id, &p->row, &p->has_row, e) &&
	        store_bounce_ls(c->store, arena, &f, 0, 2, &p->bounces, &p->nbounces, e));
}

static bool about_post(struct context *c, struct arena *arena, struct span address,
                       struct trace_post *p, struct err *e)
{
	bool found;
	struct msgid id;
	if (!store_msgid_of_post(c->store, arena, p->post.id, &id, &found, e)) {
		return false;
	}
	p->made_id = found ? id.made : SPAN("");
	return store_list_get(c->store, arena, p->post.list, &p->list, &found, e) &&
	       store_variant_get(c->store, arena, p->post.id, false, &p->keep, &p->has_keep, e) &&
	       store_variant_get(c->store, arena, p->post.id, true, &p->munged, &p->has_munged,
	                         e) &&
	       store_variant_ascii(c->store, arena, p->post.id, &p->ascii, &p->has_ascii, e) &&
	       store_fan_counts(c->store, p->post.id, &p->counts, e) &&
	       about_member(c, arena, address, p, e);
}

static bool held_rows(struct context *c, struct arena *arena, struct trace *t, struct err *e)
{
	t->held = arena_array(arena, t->ninbox, sizeof(*t->held));
	for (size_t i = 0; i < t->ninbox; i++) {
		bool found = false;
		if (t->inbox[i].state == INBOX_HELD &&
		    !store_held_get(c->store, arena, t->inbox[i].ref, &t->held[t->nheld], &found,
		                    e)) {
			return false;
		}
		t->nheld += found;
	}
	return true;
}

/* The posts with *ID; one that a list has made becomes the author's. */
static bool find_posts(struct context *c, struct arena *arena, struct span *id, struct post **out,
                       size_t *n, struct err *e)
{
	struct msgid made;
	bool found;
	if (!store_msgid_find(c->store, arena, *id, &made, &found, e)) {
		return false;
	}
	if (!found) {
		return store_post_by_message_id(c->store, arena, *id, out, n, e);
	}
	*id = made.given;
	*out = ARENA_NEW(arena, struct post);
	*n = 1;
	return store_post_get(c->store, arena, made.post, *out, &found, e);
}

bool trace_message(struct context *c, struct arena *arena, struct span message_id,
                   struct span address, struct trace *out, struct err *e)
{
	struct post *posts;
	struct span id = span_trim(message_id);
	if (span_starts(id, SPAN("<")) && span_ends(id, SPAN(">"))) {
		id = span_sub(id, 1, id.n - 1);
	}
	*out = (struct trace){ 0 };
	if (!find_posts(c, arena, &id, &posts, &out->nposts, e) ||
	    !store_inbox_by_message_id(c->store, arena, id, &out->inbox, &out->ninbox, e) ||
	    !store_outbox_by_message_id(c->store, arena, id, &out->letters, &out->nletters, e)) {
		return false;
	}
	out->posts = arena_array(arena, out->nposts, sizeof(*out->posts));
	for (size_t i = 0; i < out->nposts; i++) {
		out->posts[i].post = posts[i];
		if (!about_post(c, arena, address, &out->posts[i], e)) {
			return false;
		}
	}
	return held_rows(c, arena, out, e);
}
