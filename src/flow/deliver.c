/*
 * The deliver station: claim, sign, send, settle. Order of events for one copy:
 * claimed (committed) -> accepted by the relay -> in the journal -> settled
 * (committed) -> journal emptied. Killed before the journal, the copy is sent
 * again; later, it is not. A copy for another list of this site goes the same way, the
 * spool in the place of the relay (flow/handover.h).
 */
#include "flow/deliver.h"

#include "base/fault.h"
#include "flow/attempt.h"
#include "flow/handover.h"
#include "flow/journal.h"
#include "flow/outbox_send.h"
#include "flow/predecessor.h"
#include "flow/wake.h"
#include "mail/addr.h"
#include "net/smtp.h"
#include "rules/retry.h"
#include "rules/retry_domain.h"
#include "store/outbox.h"
#include "store/relay.h"

#include <unistd.h>

#define BATCH 100
/* Seconds over which copies come that waited for their domain. */
#define RESTED_SPREAD 300

struct deliver {
	struct context *c;
	int64_t worker;
	int journal;
	struct smtp *smtp;
	unsigned relay_failures;  /* in a row */
	bool known_up;            /* the store has heard from us that the relay answers */
	bool passed_over;         /* a key of no use was in the log */
	struct journal_mark mark; /* what this worker is at, for the one after it */
	struct retry_domains resting;
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

/* Said once, not once a batch: the other keys do. */
static void log_passed_over(struct deliver *d, const struct batch *b)
{
	if (b->editions.keys.passed_over.n > 0 && b->editions.keys.n > 0 && !d->passed_over) {
		log_event(&d->c->log, LOG_LEVEL_WARNING, "key-passed-over",
		          { "list", b->list.local }, { "key", b->editions.keys.passed_over },
		          { "reason", SPAN("this OpenSSL lacks its algorithm") });
		d->passed_over = true;
	}
}

static bool sent(struct deliver *d, struct batch *b, struct batch_copy *copy, struct span reply,
                 struct err *e)
{
	attempt_sent(copy, reply);
	(void)fault_point("deliver-accepted");
	return journal_put(d->journal, b->accepted++, b->fan.post, copy->recipient->member, e);
}

/* The copy of a recipient that is a list of this site, made already. */
static bool hand_over(struct deliver *d, struct batch *b, struct batch_copy *copy, struct err *e)
{
	struct err trouble = { 0 };
	const struct fan_recipient *r = copy->recipient;
	struct copy_job job = { .mail_from = copy->job.mail_from, .rcpt_to = r->address };
	if (!handover_put(d->c, b->arena, &b->list, &b->post, r->member, &job, copy->segments,
	                  copy->job.count, &trouble)) {
		log_event(&d->c->log, LOG_LEVEL_WARNING, "deferred", { "list", b->list.local },
		          { "to", r->address }, { "message-id", b->post.message_id },
		          { "reply", span_str(trouble.text) });
		attempt_postpone(b, copy, span_str(trouble.text), false);
		return true;
	}
	copy->result->apart = true;
	return sent(d, b, copy, arena_printf(b->arena, "handed to list %.*s", SPAN_FMT(r->address)),
	            e);
}

/* First those that need no relay, so that one which is down does not hold them up. */
static bool hand_over_all(struct deliver *d, struct batch *b, struct err *e)
{
	for (size_t i = 0; i < b->fan.n; i++) {
		struct batch_copy *copy = &b->copies[i];
		if (!handover_wanted(d->c, b->arena, copy->recipient->address, &copy->handed, e)) {
			return false;
		}
		if (copy->handed) {
			bool ok = batch_make_copy(b, copy, e) && hand_over(d, b, copy, e);
			buf_free(&copy->header);
			if (!ok) {
				return false;
			}
		}
	}
	return true;
}

static bool sent_by_relay(struct deliver *d, struct batch *b, struct batch_copy *copy,
                          struct err *e)
{
	struct span reply = arena_printf(b->arena, copy->ascii ? "%s (in ASCII)" : "%s",
	                                 copy->job.result.reply);
	d->relay_failures = 0;
	retry_domain_took(&d->resting, addr_domain(copy->recipient->address));
	if (b->reply.n == 0) {
		b->ascii = copy->ascii;
	}
	copy->result->apart = copy->ascii != b->ascii;
	if (!copy->result->apart) {
		b->reply = reply;
	}
	return sent(d, b, copy, reply, e);
}

/* Why there is nothing else for COPY, which was refused for want of SMTPUTF8; NULL: there is. */
static const char *no_ascii(struct batch *b, const struct batch_copy *copy)
{
	if (!edition_reaches(copy->recipient->address)) {
		return "the address needs SMTPUTF8";
	}
	if (b->list.eai == LIST_EAI_SKIP) {
		return "the post needs SMTPUTF8, and the list has eai=skip";
	}
	return copy->ascii || !editions_ascii(&b->editions)
	               ? "the post needs SMTPUTF8, and there is no ASCII form of it"
	               : NULL;
}

static void skip(struct deliver *d, struct batch *b, struct batch_copy *copy, const char *why,
                 const char *reply)
{
	b->finished++;
	attempt_skip(b, copy, arena_printf(b->arena, "%s: %s", why, reply));
	if (!b->skipped) { /* said once a batch: it may be so for all members */
		log_event(&d->c->log, LOG_LEVEL_WARNING, "skipped", { "list", b->list.local },
		          { "to", copy->recipient->address }, { "message-id", b->post.message_id },
		          { "reason", copy->result->reply });
	}
	b->skipped = true;
}

/* Make COPY and send it; there is room for it. */
static bool submit(struct deliver *d, struct batch *b, struct batch_copy *copy, struct err *e)
{
	const char *why;
	if (smtp_lacks_utf8(d->smtp) && batch_needs_utf8(b, copy)) {
		if ((why = no_ascii(b, copy))) {
			skip(d, b, copy, why, SMTP_LACKS_UTF8);
			return true;
		}
		copy->ascii = true;
	}
	if (!batch_make_copy(b, copy, e)) {
		return false;
	}
	smtp_submit(d->smtp, &copy->job);
	return true;
}

/*
 * What a relay offers is known of each session only when it is there, so the copy is
 * made anew then; the one that is done has left room for it.
 */
static bool without_utf8(struct deliver *d, struct batch *b, struct batch_copy *copy, struct err *e)
{
	const char *why = no_ascii(b, copy);
	if (why) {
		skip(d, b, copy, why, copy->job.result.reply);
		return true;
	}
	copy->ascii = true;
	return submit(d, b, copy, e);
}

static void note_limit(struct deliver *d, const struct batch_copy *copy)
{
	const struct smtp_result *result = &copy->job.result;
	if (result->outcome == OUTCOME_DEFERRED &&
	    retry_pace_of(span_str(result->reply)) == RETRY_LIMITED) {
		retry_domain_limited(&d->resting, addr_domain(copy->recipient->address),
		                     d->c->env.now(&d->c->env));
	}
}

static bool finish(struct deliver *d, struct batch *b, struct batch_copy *copy, struct err *e)
{
	const struct smtp_result *result = &copy->job.result;
	const struct context *c = d->c;
	buf_free(&copy->header);
	if (result->wants_ascii) {
		return without_utf8(d, b, copy, e);
	}
	b->finished++;
	if (result->outcome == OUTCOME_SENT) {
		return sent_by_relay(d, b, copy, e);
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
		attempt_rest(b, copy, b->down_reply, d->relay_failures + 1);
	} else {
		attempt_postpone(b, copy, span_str(result->reply),
		                 result->outcome == OUTCOME_FAILED);
		note_limit(d, copy);
	}
	return true;
}

/* A copy for a domain that has said that mail comes too fast is not tried yet. */
static bool rests(struct deliver *d, struct batch *b, struct batch_copy *copy)
{
	struct span domain = addr_domain(copy->recipient->address);
	int64_t now = d->c->env.now(&d->c->env);
	int64_t until = retry_domain_until(&d->resting, domain, now);
	if (until != 0) {
		/* Not all in the same second afterwards. */
		attempt_wait(b, copy, SPAN("not tried: mail comes too fast for its domain"),
		             until + copy->recipient->member % RESTED_SPREAD);
	}
	return until != 0;
}

/* Submit while there is room; a copy that cannot be made stops the batch. */
static bool feed(struct deliver *d, struct batch *b, struct err *e)
{
	while (b->started < b->fan.n && smtp_room(d->smtp) > 0 && !b->relay_down) {
		struct batch_copy *copy = &b->copies[b->started++];
		if (copy->handed || rests(d, b, copy)) {
			continue;
		}
		if (!submit(d, b, copy, e)) {
			return false;
		}
	}
	return true;
}

static bool pump(struct deliver *d, struct batch *b, struct err *e)
{
	while (b->started < b->fan.n || smtp_busy(d->smtp) > 0) {
		if (!feed(d, b, e)) {
			return false;
		}
		if (smtp_busy(d->smtp) == 0) {
			return true; /* all are done, or the relay is down */
		}
		if (!smtp_drive(d->smtp, 1000, e)) {
			return false;
		}
		for (struct smtp_job *job; (job = smtp_done(d->smtp));) {
			if (!finish(d, b, job->user, e)) {
				return false;
			}
		}
	}
	return true;
}

static void log_batch(struct deliver *d, const struct batch *b)
{
	size_t n[4] = { 0 };
	for (size_t i = 0; i < b->fan.n; i++) {
		n[b->results[i].state]++;
	}
	log_event(&d->c->log, LOG_LEVEL_INFO, "batch", { "list", b->list.local },
	          { "message-id", b->post.message_id },
	          { "sent", arena_printf(b->arena, "%zu", n[FAN_SENT]) },
	          { "deferred", arena_printf(b->arena, "%zu", n[FAN_DEFERRED]) },
	          { "failed", arena_printf(b->arena, "%zu", n[FAN_FAILED]) },
	          { "skipped", arena_printf(b->arena, "%zu", n[FAN_SKIPPED]) });
}

/*
 * For `status`, after FINISHED answers; DOWN: why the relay is down, or empty. A worker says
 * once that the relay answers, as it does not know what the one before it has said. Mail does
 * not depend on it: trouble is only logged.
 */
static void tell_relay(struct deliver *d, size_t finished, struct span down)
{
	struct err e = { 0 };
	bool ok = true;
	if (down.n > 0) {
		d->known_up = false;
		ok = store_relay_down(d->c->store, down, d->c->env.now(&d->c->env), &e);
	} else if (finished > 0 && !d->known_up) {
		ok = d->known_up = store_relay_up(d->c->store, &e);
	}
	if (!ok) {
		log_event(&d->c->log, LOG_LEVEL_WARNING, "relay-state",
		          { "error", span_str(e.text) });
	}
}

static bool settle(struct deliver *d, struct batch *b, struct err *e)
{
	if (b->fan.n > 0) {
		log_batch(d, b);
	}
	(void)fault_point("deliver-settle");
	if (!store_fan_settle(d->c->store, &b->fan, b->results, b->fan.n, b->reply,
	                      d->c->env.now(&d->c->env), e) ||
	    !journal_empty(d->journal, e) || !mark(d, 0, e)) {
		return false;
	}
	tell_relay(d, b->finished, b->relay_down ? b->down_reply : SPAN(""));
	return true;
}

/* A post that cannot be sent at all is set aside with the reason; `queue retry` starts it again. */
static bool stick(struct deliver *d, struct batch *b, const struct err *trouble, struct err *e)
{
	const struct context *c = d->c;
	return store_post_set_state(c->store, b->fan.post, POST_STUCK, span_str(trouble->text),
	                            c->env.now(&c->env), e);
}

/*
 * Trouble with what belongs to the post (its bytes, its keys, its signatures) stops
 * this post only; trouble with the relay's handle or the journal ends the worker,
 * after what is known is settled.
 */
static bool in_trouble(struct deliver *d, struct batch *b, bool opened, const struct err *trouble,
                       struct err *e)
{
	const struct context *c = d->c;
	bool passing = trouble->class == ERR_TEMPORARY;
	log_event(&c->log, LOG_LEVEL_ERROR, passing ? "postponed" : "stuck",
	          { "list", b->list.local }, { "message-id", b->post.message_id },
	          { "reason", span_str(trouble->text) });
	attempt_postpone_others(b, trouble);
	if (!settle(d, b, e) || (!passing && !stick(d, b, trouble, e))) {
		return false;
	}
	if (passing && opened) {
		*e = *trouble;
		return false;
	}
	return true;
}

static bool run_batch(struct deliver *d, struct batch *b, struct err *e)
{
	struct err trouble = { 0 };
	batch_prepare(b);
	if (!mark(d, b->fan.post, e) || !journal_reserve(d->journal, b->fan.n + 1, e)) {
		return false;
	}
	bool opened = b->fan.n == 0 || batch_open(b, &trouble);
	log_passed_over(d, b);
	if (!opened || (b->fan.n > 0 && !(hand_over_all(d, b, &trouble) && pump(d, b, &trouble)))) {
		return in_trouble(d, b, opened, &trouble, e);
	}
	attempt_rest_others(b, d->relay_failures + 1);
	return settle(d, b, e);
}

static bool deliver_batch(struct deliver *d, struct batch *b, struct err *e)
{
	bool ok = run_batch(d, b, e);
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

/* A round of our own mail; *FOUND: there was some. */
static bool deliver_own(struct deliver *d, bool *found, bool *relay_down, struct err *e)
{
	struct outbox_send x = {
		.c = d->c,
		.arena = arena_new(),
		.worker = d->worker,
		.smtp = d->smtp,
		.journal = d->journal,
		.relay_failures = d->relay_failures,
	};
	bool ok = outbox_send(&x, e);
	d->smtp = x.smtp;
	d->relay_failures = x.relay_failures;
	*found = x.rows > 0;
	*relay_down = x.relay_down;
	tell_relay(d, x.finished, x.down_reply);
	arena_free(x.arena);
	return ok;
}

/* When there will be more to do: the earlier of both, 0 for none. */
static bool next_due(struct deliver *d, int64_t *next_at, struct err *e)
{
	int64_t own;
	if (!store_fan_next_at(d->c->store, next_at, e) ||
	    !store_outbox_next_at(d->c->store, &own, e)) {
		return false;
	}
	if (*next_at == 0 || (own != 0 && own < *next_at)) {
		*next_at = own;
	}
	return true;
}

bool deliver_due(struct deliver *d, int64_t *next_at, bool *relay_down, struct err *e)
{
	bool found = true;
	*relay_down = false;
	while (found && !*relay_down && !wake_stopping()) {
		/* What somebody waits for, before each batch of what goes to many. */
		if (!deliver_own(d, &found, relay_down, e)) {
			return false;
		}
		if (found) {
			continue;
		}
		struct batch b = { .c = d->c, .arena = arena_new() };
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
	return next_due(d, next_at, e);
}
