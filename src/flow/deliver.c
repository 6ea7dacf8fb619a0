/*
 * The deliver station: claim, sign, send, settle. Order of events for one copy:
 * claimed (committed) -> accepted by the relay -> in the journal -> settled
 * (committed) -> journal emptied. Killed before the journal, the copy is sent
 * again; later, it is not. A copy for another list of this site goes the same way, the
 * spool in the place of the relay (flow/handover.h).
 */
#include "flow/deliver.h"

#include "base/fault.h"
#include "base/limits.h"
#include "flow/copy.h"
#include "flow/handover.h"
#include "flow/journal.h"
#include "flow/predecessor.h"
#include "flow/wake.h"
#include "net/smtp.h"
#include "rules/retry.h"
#include "rules/route.h"
#include "rules/token.h"
#include "store/blob.h"
#include "store/lists.h"
#include "store/relay.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH 100
/* One copy in so many is checked before it goes out; in debug builds every one. */
#ifdef LADLE_DEBUG
#define CHECK_ONE_IN 1
#else
#define CHECK_ONE_IN 1000
#endif

struct deliver {
	struct context *c;
	int64_t worker;
	int journal;
	struct smtp *smtp;
	unsigned relay_failures;  /* in a row */
	bool known_up;            /* the store has heard from us that the relay answers */
	bool passed_over;         /* a key of no use was in the log */
	struct journal_mark mark; /* what this worker is at, for the one after it */
};

/* One recipient of the batch at work. */
struct copy {
	struct smtp_job job; /* job.user points back here */
	const struct fan_recipient *recipient;
	struct buf header;
	struct segment *segments;
	struct fan_result *result;
	bool handed; /* over to another list: no more to be done here */
};

/* What the batch at work needs. */
struct batch {
	struct deliver *d;
	struct arena *arena;
	struct fan_batch fan;
	struct list list;
	struct post post;
	struct variant variant;
	struct file_map raw;
	struct keyring keys;
	struct keyring via; /* of the imaginary hop, where the variant has one */
	struct copy_press *press;
	struct fan_result *results;
	struct copy *copies;
	size_t started, finished, accepted;
	bool relay_down;
	struct span reply;      /* of the last success: kept for the whole range */
	struct span down_reply; /* why the relay is down */
};

static struct smtp *relay_new(const struct context *c, struct err *e)
{
	static const enum smtp_tls tls[] = {
		[SITE_TLS_NONE] = SMTP_TLS_NONE,
		[SITE_TLS_OPPORTUNISTIC] = SMTP_TLS_OPPORTUNISTIC,
		[SITE_TLS_REQUIRED] = SMTP_TLS_REQUIRED,
	};
	struct smtp_config config = {
		.url = c->site.smtp_url,
		.tls = tls[c->site.smtp_tls],
		.connections = (unsigned)c->site.smtp_connections,
		.hostname = c->site.hostname,
	};
	return smtp_new(&config, e);
}

/* At work on POST from now on; 0: the batch that was at work is settled. */
static bool mark(struct deliver *d, int64_t post, struct err *e)
{
	if (post == 0) {
		journal_mark_forget(&d->mark, d->mark.post);
	}
	d->mark.post = post;
	return journal_mark_write(d->c, d->worker, &d->mark, e);
}

struct deliver *deliver_new(struct context *c, int64_t worker, struct err *e)
{
	struct deliver *d = mem_alloc(sizeof(*d));
	d->c = c;
	d->worker = worker;
	d->journal = journal_open(c, worker, e);
	if (d->journal < 0 || !(d->smtp = relay_new(c, e)) ||
	    !predecessor_release(c, worker, d->journal, e) ||
	    !predecessor_judge(c, worker, &d->mark, e)) {
		deliver_free(d);
		return NULL;
	}
	return d;
}

void deliver_free(struct deliver *d)
{
	if (d) {
		smtp_free(d->smtp);
		if (d->journal >= 0) {
			close(d->journal);
		}
		mem_free(d);
	}
}

/* The hop of the domain that the post came to, before that of the list. */
static bool open_via(struct batch *b, struct err *e)
{
	const struct context *c = b->d->c;
	return keys_load(b->arena, &c->paths, b->variant.via, &b->via, e) &&
	       copy_press_via(b->press, &b->via, c->env.now(&c->env), e);
}

/* Said once, not once a batch: the other keys do. */
static void log_passed_over(struct batch *b)
{
	struct deliver *d = b->d;
	if (b->keys.passed_over.n > 0 && b->keys.n > 0 && !d->passed_over) {
		log_event(&d->c->log, LOG_LEVEL_WARNING, "key-passed-over",
		          { "list", b->list.local }, { "key", b->keys.passed_over },
		          { "reason", SPAN("this OpenSSL lacks its algorithm") });
		d->passed_over = true;
	}
}

static bool batch_open(struct batch *b, struct err *e)
{
	struct context *c = b->d->c;
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
	log_passed_over(b);
	b->press = copy_press_new(&b->variant, b->raw.bytes, &b->list, &b->keys, e);
	return b->press && (b->variant.via.n == 0 || open_via(b, e));
}

static void batch_close(struct batch *b)
{
	for (size_t i = 0; i < b->started; i++) {
		buf_free(&b->copies[i].header);
	}
	copy_press_free(b->press);
	keys_free(&b->keys);
	keys_free(&b->via);
	file_unmap(&b->raw);
}

static struct copy_job copy_addresses(const struct batch *b, const struct copy *copy)
{
	const struct fan_recipient *r = copy->recipient;
	const struct context *c = b->d->c;
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

static bool copy_make(struct batch *b, struct copy *copy, struct err *e)
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

/* The recipient's row for an attempt that did not end in success. */
static void postpone(struct batch *b, struct copy *copy, struct span reply, bool give_up)
{
	const struct context *c = b->d->c;
	const struct fan_recipient *r = copy->recipient;
	struct fan_result *out = copy->result;
	int64_t now = c->env.now(&c->env);
	out->first_at = r->first_at ? r->first_at : now;
	out->reply = arena_copy(b->arena, reply);
	out->attempts = r->attempts + 1;
	out->state = FAN_DEFERRED;
	if (give_up ||
	    !retry_next((unsigned)out->attempts, out->first_at, now, (int64_t)c->site.retry_for,
	                (uint64_t)r->member, &out->next_at)) {
		out->state = FAN_FAILED;
	}
}

/* The relay as a whole does not answer: not this recipient's fault, so no attempt is counted. */
static void rest(struct batch *b, struct copy *copy, struct span reply)
{
	int64_t now = b->d->c->env.now(&b->d->c->env);
	postpone(b, copy, reply, false);
	if (copy->result->state == FAN_DEFERRED) {
		copy->result->attempts = copy->recipient->attempts;
		copy->result->next_at = now + retry_rest(b->d->relay_failures + 1);
	}
}

static bool sent(struct batch *b, struct copy *copy, struct span reply, struct err *e)
{
	const struct fan_recipient *r = copy->recipient;
	copy->result->state = FAN_SENT;
	copy->result->attempts = r->attempts + 1;
	copy->result->reply = reply;
	(void)fault_point("deliver-accepted");
	return journal_put(b->d->journal, b->accepted++, b->fan.post, r->member, e);
}

/* The copy of a recipient that is a list of this site, made already. */
static bool hand_over(struct batch *b, struct copy *copy, struct err *e)
{
	struct err trouble = { 0 };
	const struct fan_recipient *r = copy->recipient;
	struct copy_job job = { .mail_from = copy->job.mail_from, .rcpt_to = r->address };
	if (!handover_put(b->d->c, b->arena, &b->list, &b->post, r->member, &job, copy->segments,
	                  copy->job.count, &trouble)) {
		log_event(&b->d->c->log, LOG_LEVEL_WARNING, "deferred", { "list", b->list.local },
		          { "to", r->address }, { "message-id", b->post.message_id },
		          { "reply", span_str(trouble.text) });
		postpone(b, copy, span_str(trouble.text), false);
		return true;
	}
	copy->result->apart = true;
	return sent(b, copy, arena_printf(b->arena, "handed to list %.*s", SPAN_FMT(r->address)),
	            e);
}

/* First those that need no relay, so that one which is down does not hold them up. */
static bool hand_over_all(struct batch *b, struct err *e)
{
	for (size_t i = 0; i < b->fan.n; i++) {
		struct copy *copy = &b->copies[i];
		if (!handover_wanted(b->d->c, b->arena, copy->recipient->address, &copy->handed,
		                     e)) {
			return false;
		}
		if (copy->handed) {
			bool ok = copy_make(b, copy, e) && hand_over(b, copy, e);
			buf_free(&copy->header);
			if (!ok) {
				return false;
			}
		}
	}
	return true;
}

static bool finish(struct batch *b, struct copy *copy, struct err *e)
{
	const struct smtp_result *result = &copy->job.result;
	const struct context *c = b->d->c;
	b->finished++;
	buf_free(&copy->header);
	if (result->outcome == OUTCOME_SENT) {
		b->reply = arena_copy(b->arena, span_str(result->reply));
		b->d->relay_failures = 0;
		return sent(b, copy, b->reply, e);
	}
	if (!b->relay_down) { /* a relay that is down is said once a batch, not once a member */
		log_event(&c->log, LOG_LEVEL_WARNING,
		          result->relay_down ? "relay-down" : outcome_name(result->outcome),
		          { "list", b->list.local }, { "to", copy->recipient->address },
		          { "message-id", b->post.message_id }, { "relay", c->site.smtp_url },
		          { "reply", span_str(result->reply) });
	}
	if (result->relay_down) {
		b->relay_down = true;
		b->down_reply = arena_printf(b->arena, "%.*s: %s", SPAN_FMT(c->site.smtp_url),
		                             result->reply);
		rest(b, copy, b->down_reply);
	} else {
		postpone(b, copy, span_str(result->reply), result->outcome == OUTCOME_FAILED);
	}
	return true;
}

/* Submit while there is room; a copy that cannot be made stops the batch. */
static bool feed(struct batch *b, struct err *e)
{
	while (b->started < b->fan.n && smtp_room(b->d->smtp) > 0 && !b->relay_down) {
		struct copy *copy = &b->copies[b->started++];
		if (copy->handed) {
			continue;
		}
		if (!copy_make(b, copy, e)) {
			return false;
		}
		smtp_submit(b->d->smtp, &copy->job);
	}
	return true;
}

static bool pump(struct batch *b, struct err *e)
{
	while (b->started < b->fan.n || smtp_busy(b->d->smtp) > 0) {
		if (!feed(b, e)) {
			return false;
		}
		if (smtp_busy(b->d->smtp) == 0) {
			return true; /* all are done, or the relay is down */
		}
		if (!smtp_drive(b->d->smtp, 1000, e)) {
			return false;
		}
		for (struct smtp_job *job; (job = smtp_done(b->d->smtp));) {
			if (!finish(b, job->user, e)) {
				return false;
			}
		}
	}
	return true;
}

static void prepare(struct batch *b)
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

/* Recipients that were not tried because the relay went down before their turn. */
static void rest_the_others(struct batch *b)
{
	for (size_t i = b->started; i < b->fan.n; i++) {
		if (!b->copies[i].handed) {
			rest(b, &b->copies[i], SPAN("not tried: the relay does not answer"));
		}
	}
}

static void log_batch(const struct batch *b)
{
	size_t n[4] = { 0 };
	for (size_t i = 0; i < b->fan.n; i++) {
		n[b->results[i].state]++;
	}
	log_event(&b->d->c->log, LOG_LEVEL_INFO, "batch", { "list", b->list.local },
	          { "message-id", b->post.message_id },
	          { "sent", arena_printf(b->arena, "%zu", n[FAN_SENT]) },
	          { "deferred", arena_printf(b->arena, "%zu", n[FAN_DEFERRED]) },
	          { "failed", arena_printf(b->arena, "%zu", n[FAN_FAILED]) });
}

/*
 * For `status`. A worker says once that the relay answers, as it does not know what the
 * one before it has said. Mail does not depend on it: trouble is only logged.
 */
static void tell_relay(struct batch *b)
{
	struct deliver *d = b->d;
	struct err e = { 0 };
	bool ok = true;
	if (b->relay_down) {
		d->known_up = false;
		ok = store_relay_down(d->c->store, b->down_reply, d->c->env.now(&d->c->env), &e);
	} else if (b->finished > 0 && !d->known_up) {
		ok = d->known_up = store_relay_up(d->c->store, &e);
	}
	if (!ok) {
		log_event(&d->c->log, LOG_LEVEL_WARNING, "relay-state",
		          { "error", span_str(e.text) });
	}
}

static bool settle(struct batch *b, struct err *e)
{
	struct deliver *d = b->d;
	if (b->fan.n > 0) {
		log_batch(b);
	}
	(void)fault_point("deliver-settle");
	if (!store_fan_settle(d->c->store, &b->fan, b->results, b->fan.n, b->reply,
	                      d->c->env.now(&d->c->env), e) ||
	    !journal_empty(d->journal, e) || !mark(d, 0, e)) {
		return false;
	}
	tell_relay(b);
	return true;
}

/* Seconds until a post whose own files are in trouble is looked at again. */
#define TROUBLE_WAIT 300

/* Whoever of the batch has no answer yet waits, with the reason, no attempt counted. */
static void postpone_the_others(struct batch *b, const struct err *trouble)
{
	int64_t now = b->d->c->env.now(&b->d->c->env);
	for (size_t i = 0; i < b->fan.n; i++) {
		struct fan_result *r = &b->results[i];
		if (r->reply.p) {
			continue;
		}
		r->first_at = b->fan.v[i].first_at ? b->fan.v[i].first_at : now;
		r->next_at = trouble->class == ERR_TEMPORARY ? now + TROUBLE_WAIT : now;
		r->attempts = b->fan.v[i].attempts;
		r->reply = arena_printf(b->arena, "%s", trouble->text);
	}
}

/* A post that cannot be sent at all is set aside with the reason; `queue retry` starts it again. */
static bool stick(struct batch *b, const struct err *trouble, struct err *e)
{
	const struct context *c = b->d->c;
	return store_post_set_state(c->store, b->fan.post, POST_STUCK, span_str(trouble->text),
	                            c->env.now(&c->env), e);
}

/*
 * Trouble with what belongs to the post (its bytes, its keys, its signatures) stops
 * this post only; trouble with the relay's handle or the journal ends the worker,
 * after what is known is settled.
 */
static bool in_trouble(struct batch *b, bool opened, const struct err *trouble, struct err *e)
{
	const struct context *c = b->d->c;
	bool passing = trouble->class == ERR_TEMPORARY;
	log_event(&c->log, LOG_LEVEL_ERROR, passing ? "postponed" : "stuck",
	          { "list", b->list.local }, { "message-id", b->post.message_id },
	          { "reason", span_str(trouble->text) });
	postpone_the_others(b, trouble);
	if (!settle(b, e) || (!passing && !stick(b, trouble, e))) {
		return false;
	}
	if (passing && opened) {
		*e = *trouble;
		return false;
	}
	return true;
}

static bool run_batch(struct batch *b, struct err *e)
{
	struct err trouble = { 0 };
	prepare(b);
	if (!mark(b->d, b->fan.post, e) || !journal_reserve(b->d->journal, b->fan.n + 1, e)) {
		return false;
	}
	bool opened = b->fan.n == 0 || batch_open(b, &trouble);
	if (!opened || (b->fan.n > 0 && !(hand_over_all(b, &trouble) && pump(b, &trouble)))) {
		return in_trouble(b, opened, &trouble, e);
	}
	rest_the_others(b);
	return settle(b, e);
}

static bool deliver_batch(struct deliver *d, struct batch *b, struct err *e)
{
	bool ok = run_batch(b, e);
	if (!ok) {
		/* What could be reported was no death: a full disk must not set posts aside. */
		d->mark.post = 0;
		journal_mark_write(d->c, d->worker, &d->mark, NULL);
	}
	if (smtp_busy(d->smtp) > 0) {
		/* After trouble: their memory goes now, so they must not go on. */
		smtp_free(d->smtp);
		d->smtp = relay_new(d->c, ok ? e : NULL);
		ok = ok && d->smtp;
	}
	batch_close(b);
	return ok;
}

bool deliver_due(struct deliver *d, int64_t *next_at, bool *relay_down, struct err *e)
{
	bool found = true;
	*relay_down = false;
	while (found && !*relay_down && !wake_stopping()) {
		struct batch b = { .d = d, .arena = arena_new() };
		bool ok = store_fan_claim(d->c->store, b.arena, d->worker, BATCH,
		                          d->c->env.now(&d->c->env), &b.fan, &found, e);
		if (ok && found) {
			(void)fault_point("deliver-claimed");
			ok = deliver_batch(d, &b, e);
			*relay_down = b.relay_down;
		}
		arena_free(b.arena);
		if (!ok) {
			return false;
		}
	}
	if (*relay_down) {
		*next_at = d->c->env.now(&d->c->env) + retry_rest(++d->relay_failures);
		return true;
	}
	return store_fan_next_at(d->c->store, next_at, e);
}
