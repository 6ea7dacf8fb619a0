/*
 * A batch at work: what its recipients have in common is loaded once, what differs is
 * made copy by copy. Knows nothing of how a copy goes out or what becomes of it.
 */
#include "flow/batch.h"

#include "base/fault.h"
#include "flow/keys_public.h"
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

static bool open_variants(struct batch *b, struct err *e)
{
	for (int i = 0; i < 3; i++) {
		struct variant v;
		bool found, ok = i < 2 ? store_variant_get(b->c->store, b->arena, b->fan.post,
		                                           i == 1, &v, &found, e)
		                       : store_variant_ascii(b->c->store, b->arena, b->fan.post, &v,
		                                             &found, e);
		if (!ok || (found && !editions_add(&b->editions, &v, b->raw.bytes, e))) {
			return false;
		}
	}
	return b->editions.normal > 0 ||
	       err_set(e, ERR_BUG, "", "post %lld has no variant", (long long)b->fan.post);
}

/* Reports about the copies will have to be recognized. */
static void publish_keys(struct batch *b)
{
	const struct editions *x = &b->editions;
	keys_public_complete(b->arena, &b->c->paths, &x->keys);
	for (size_t i = 0; i < x->n; i++) {
		keys_public_complete(b->arena, &b->c->paths, &x->v[i].via);
	}
}

bool batch_open(struct batch *b, struct err *e)
{
	struct context *c = b->c;
	bool found = false, found_list = false;
	if (!store_post_get(c->store, b->arena, b->fan.post, &b->post, &found, e) ||
	    !store_list_get(c->store, b->arena, b->fan.list, &b->list, &found_list, e)) {
		return false;
	}
	if (!found || !found_list) {
		return err_set(e, ERR_BUG, "", "post %lld or its list is gone",
		               (long long)b->fan.post);
	}
	if (!blob_map(c->paths.msg, b->post.blob, &b->raw, e) ||
	    !editions_keys(&b->editions, b->arena, c, &b->list, e) || !open_variants(b, e)) {
		return false;
	}
	publish_keys(b);
	return true;
}

void batch_close(struct batch *b)
{
	for (size_t i = 0; i < b->started; i++) {
		buf_free(&b->copies[i].header);
	}
	editions_close(&b->editions);
	file_unmap(&b->raw);
}

static struct edition *edition_of(struct batch *b, const struct batch_copy *copy)
{
	return copy->ascii ? editions_ascii(&b->editions)
	                   : editions_for(&b->editions, copy->recipient->address);
}

bool batch_needs_utf8(struct batch *b, const struct batch_copy *copy)
{
	return edition_of(b, copy)->variant.utf8 || !edition_reaches(copy->recipient->address);
}

bool batch_make_copy(struct batch *b, struct batch_copy *copy, struct err *e)
{
	(void)fault_point("deliver-sign");
	const struct fan_recipient *r = copy->recipient;
	struct edition_recipient to = { b->fan.post, r->member, r->address, copy->handed };
	struct edition *edition = edition_of(b, copy);
	struct copy_job job = edition_job(&b->editions, &to);
	const struct segments *body = copy_body(edition->press);
	if (!copy_header(edition->press, &job, &copy->header, e) ||
	    (r->member % CHECK_ONE_IN == 0 &&
	     !copy_check(edition->press, &job, buf_span(&copy->header), e))) {
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
		.utf8 = edition->variant.utf8,
		.user = copy,
	};
	return true;
}
