/*
 * A batch at work: what its recipients have in common is loaded once, what differs is
 * made copy by copy. Knows nothing of how a copy goes out or what becomes of it.
 */
#include "flow/batch.h"

#include "base/fault.h"
#include "rules/route.h"
#include "rules/token.h"
#include "store/blob.h"
#include "store/lists.h"

#include <string.h>

/* One copy in so many is checked before it goes out; in debug builds every one. */
#ifdef LADLE_DEBUG
#define CHECK_ONE_IN 1
#else
#define CHECK_ONE_IN 1000
#endif

void batch_prepare(struct batch *b)
{
	b->results = arena_array(b->arena, b->fan.n, sizeof(*b->results));
	b->copies = arena_array(b->arena, b->fan.n, sizeof(*b->copies));
	for (size_t i = 0; i < b->fan.n; i++) {
		b->copies[i].recipient = &b->fan.v[i];
		b->copies[i].result = &b->results[i];
		b->results[i].member = b->fan.v[i].member;
		b->results[i].address = b->fan.v[i].address;
		b->results[i].state = FAN_DEFERRED;
	}
}

/* The hop of the domain that the post came to, before that of the list. */
static bool open_via(struct batch *b, struct err *e)
{
	const struct context *c = b->c;
	return keys_load(b->arena, &c->paths, b->variant.via, &b->via, e) &&
	       copy_press_via(b->press, &b->via, c->env.now(&c->env), e);
}

bool batch_open(struct batch *b, struct err *e)
{
	struct context *c = b->c;
	bool found = false, found_list = false;
	if (!store_post_get(c->store, b->arena, b->fan.post, &b->post, &found, e) ||
	    !store_list_get(c->store, b->arena, b->fan.list, &b->list, &found_list, e)) {
		return false;
	}
	/* One variant a post so far: the one the list's setting asked for. */
	bool have = false;
	for (int munged = 0; found && !have && munged < 2; munged++) {
		if (!store_variant_get(c->store, b->arena, b->fan.post, munged, &b->variant, &have,
		                       e)) {
			return false;
		}
	}
	if (!found || !found_list || !have) {
		return err_set(e, ERR_BUG, "", "post %lld has no variant", (long long)b->fan.post);
	}
	if (!blob_map(c->paths.msg, b->post.blob, &b->raw, e) ||
	    !keys_load(b->arena, &c->paths, b->list.domain, &b->keys, e)) {
		return false;
	}
	b->press = copy_press_new(&b->variant, b->raw.bytes, &b->list, &b->keys, e);
	return b->press && (b->variant.via.n == 0 || open_via(b, e));
}

void batch_close(struct batch *b)
{
	for (size_t i = 0; i < b->started; i++) {
		buf_free(&b->copies[i].header);
	}
	copy_press_free(b->press);
	keys_free(&b->keys);
	keys_free(&b->via);
	file_unmap(&b->raw);
}

static struct copy_job copy_addresses(const struct batch *b, const struct batch_copy *copy)
{
	const struct fan_recipient *r = copy->recipient;
	const struct context *c = b->c;
	char delimiter = site_delimiter(&c->site);
	struct token token = { b->fan.post, r->member };
	struct span word = token_make(b->arena, c->secret, TOKEN_BOUNCE, b->list.id, &token);
	struct copy_job job = {
		.mail_from = route_make(b->arena, &b->list, delimiter,
		                        arena_join(b->arena, SPAN("b-"), word, SPAN_END)),
		.rcpt_to = r->address,
		.now = c->env.now(&c->env),
	};
	/* The next list's members can undo what it changed: the word is not for them to use. */
	if (b->list.personal_unsubscribe && !copy->handed) {
		token.post = 0;
		word = token_make(b->arena, c->secret, TOKEN_UNSUBSCRIBE, b->list.id, &token);
		job.unsubscribe = revise_unsubscribe(b->arena, &c->site, &b->list, word);
	}
	return job;
}

bool batch_make_copy(struct batch *b, struct batch_copy *copy, struct err *e)
{
	(void)fault_point("deliver-sign");
	struct copy_job job = copy_addresses(b, copy);
	const struct segments *body = copy_body(b->press);
	if (!copy_header(b->press, &job, &copy->header, e) ||
	    (copy->recipient->member % CHECK_ONE_IN == 0 &&
	     !copy_check(b->press, &job, buf_span(&copy->header), e))) {
		return false;
	}
	copy->segments = arena_array(b->arena, body->n + 1, sizeof(struct segment));
	copy->segments[0].bytes = buf_span(&copy->header);
	if (body->n > 0) {
		memcpy(copy->segments + 1, body->v, body->n * sizeof(struct segment));
	}
	copy->job = (struct smtp_job){
		.mail_from = job.mail_from,
		.rcpt_to = job.rcpt_to,
		.segments = copy->segments,
		.count = body->n + 1,
		.size = copy->header.n + body->bytes,
		.utf8 = b->variant.utf8,
		.user = copy,
	};
	return true;
}
