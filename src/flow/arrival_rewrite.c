/*
 * The post as the list works on it: without the parts the filter takes out, and on an
 * anonymous list without its author. Identifiers are looked up here, the edits are those
 * of rules/.
 */
#include "base/codec.h"
#include "flow/arrival.h"
#include "flow/arrival_word.h"
#include "flow/rewrite.h"
#include "mail/msgid.h"
#include "rules/revise_anonymous.h"
#include "rules/revise_content.h"
#include "store/msgids.h"

/* 128 random bits: nothing in a new identifier follows from the old one. */
static struct span new_id(struct context *c, struct arrival *a)
{
	char bits[16];
	struct buf text = BUF_INIT;
	c->env.random(&c->env, bits, sizeof(bits));
	codec_base32(&text, (struct span){ bits, sizeof(bits) });
	buf_chr(&text, '@');
	buf_add(&text, a->list.domain);
	return buf_move(&text, a->arena);
}

/* Those in the fields NAME that members know, as they know them. */
static bool known_ids(struct context *c, struct arrival *a, const char *name, struct span **out,
                      size_t *n, struct err *e)
{
	struct span *ids, *known = NULL;
	size_t count, cap = 0;
	const struct field *f = message_find(&a->message, name);
	*n = 0;
	count = f ? msgid_list(a->arena, f->value, ANONYMOUS_REFERENCES, &ids) : 0;
	for (size_t i = 0; i < count; i++) {
		struct span made;
		bool found;
		if (!store_msgid_known(c->store, a->arena, a->list.id, a->author.addr, ids[i],
		                       &made, &found, e)) {
			return false;
		}
		if (found) {
			*ARENA_PUSH(a->arena, known, *n, cap) = made;
		}
	}
	*out = known;
	return true;
}

static bool anonymous_pass(struct context *c, struct arrival *a, struct rewrite *w, struct err *e)
{
	struct span *references, *parents;
	size_t nreferences, nparents;
	if (!known_ids(c, a, "References", &references, &nreferences, e) ||
	    !known_ids(c, a, "In-Reply-To", &parents, &nparents, e)) {
		return false;
	}
	a->made_id = new_id(c, a);
	struct anonymous fields = {
		.arena = a->arena,
		.site = &c->site,
		.list = &a->list,
		.message_id = a->made_id,
		.references = nreferences > 0 ? references : parents,
		.nreferences = nreferences > 0 ? nreferences : nparents,
		.in_reply_to = nparents > 0 ? parents[nparents - 1] : SPAN(""),
		.now = c->env.now(&c->env),
	};
	struct edits *x = edit_new(a->arena, &w->message);
	revise_anonymous(x, &fields);
	return rewrite_pass(w, x, e);
}

static bool content_pass(struct arrival *a, struct rewrite *w, struct err *e)
{
	struct edits *x = edit_new(a->arena, &w->message);
	revise_content(x, &a->content, route_list(a->arena, &a->list));
	return rewrite_pass(w, x, e);
}

/*
 * A post that came to an address with a pass in it. The address is in trace fields, in To as
 * a rule, and in the signature of a chain: none of that may go out. Signatures are lost.
 */
static bool pass_pass(struct context *c, struct arrival *a, struct rewrite *w, struct err *e)
{
	struct edits *x = edit_new(a->arena, &w->message);
	bool changed = arrival_hide_pass(c, a->route.word, x);
	bool chain = message_count(&w->message, "DKIM2-Signature") > 0;
	return !(changed || chain) || rewrite_pass(w, x, e);
}

bool arrival_rewrite(struct context *c, struct arrival *a, struct rewrite *out, struct err *e)
{
	rewrite_begin(out, a->arena, &a->message);
	return (!a->content.changes || content_pass(a, out, e)) &&
	       (a->route.role != ROLE_PASS || pass_pass(c, a, out, e)) &&
	       (!a->list.anonymous || anonymous_pass(c, a, out, e));
}

bool arrival_keep_id(struct context *c, const struct arrival *a, int64_t post, struct err *e)
{
	struct msgid row = {
		.made = a->made_id,
		.given = a->message_id,
		.list = a->list.id,
		.post = post,
	};
	return a->made_id.n == 0 || store_msgid_add(c->store, &row, e);
}
