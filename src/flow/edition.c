/* Presses, and what they are fed with. */
#include "flow/edition.h"

#include "base/utf8.h"
#include "mail/addr.h"
#include "rules/from.h"
#include "rules/route.h"
#include "rules/token.h"

bool editions_keys(struct editions *x, struct arena *arena, const struct context *c,
                   const struct list *list, struct err *e)
{
	*x = (struct editions){ .arena = arena, .c = c, .list = list };
	return keys_load(arena, &c->paths, list->domain, &x->keys, e);
}

/* The hop of the domain that the post came to, before that of the list. */
static bool open_via(const struct editions *x, struct edition *one, struct err *e)
{
	return keys_load(x->arena, &x->c->paths, one->variant.via, &one->via, e) &&
	       copy_press_via(one->press, &one->via, x->c->env.now(&x->c->env), e);
}

bool editions_add(struct editions *x, const struct variant *v, struct span raw, struct err *e)
{
	struct edition *one = &x->v[x->n++];
	one->variant = *v;
	x->normal += !v->ascii;
	one->press = copy_press_new(&one->variant, raw, x->list, &x->keys, e);
	return one->press && (v->via.n == 0 || open_via(x, one, e));
}

size_t edition_index(const struct site *site, size_t n, struct span address)
{
	return n == 2 && !from_kept_for(site, addr_domain(address)) ? 1 : 0;
}

struct edition *editions_for(struct editions *x, struct span address)
{
	return &x->v[edition_index(&x->c->site, x->normal, address)];
}

struct edition *editions_ascii(struct editions *x)
{
	return x->n > x->normal ? &x->v[x->n - 1] : NULL;
}

bool edition_reaches(struct span address)
{
	return utf8_ascii(addr_local(address)); /* the domain goes in A-labels */
}

void editions_close(struct editions *x)
{
	for (size_t i = 0; i < x->n; i++) {
		copy_press_free(x->v[i].press);
		keys_free(&x->v[i].via);
	}
	keys_free(&x->keys);
}

struct copy_job edition_job(const struct editions *x, const struct edition_recipient *r)
{
	const struct context *c = x->c;
	char delimiter = site_delimiter(&c->site);
	struct token token = { r->post, r->member };
	struct span word = token_make(x->arena, c->secret, TOKEN_BOUNCE, x->list->id, &token);
	struct copy_job job = {
		.mail_from = route_make(x->arena, x->list, delimiter,
		                        arena_join(x->arena, SPAN("b-"), word, SPAN_END)),
		.rcpt_to = r->address,
		.now = c->env.now(&c->env),
	};
	/* The next list's members can undo what it changed: the word is not for them to use. */
	if (x->list->personal_unsubscribe && !r->is_list) {
		token.post = 0;
		word = token_make(x->arena, c->secret, TOKEN_UNSUBSCRIBE, x->list->id, &token);
		job.unsubscribe = revise_unsubscribe(x->arena, &c->site, x->list, word);
	}
	return job;
}
