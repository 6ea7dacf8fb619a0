/*
 * A letter is a post with one recipient whose bytes are ready: it goes through the same
 * press as they do, as a variant that keeps everything. Order of events for one: claimed
 * (committed) -> accepted by the relay -> in the journal -> settled (committed) -> journal
 * emptied.
 */
#include "flow/outbox_send.h"

#include "auth/canon.h"
#include "base/fault.h"
#include "base/limits.h"
#include "flow/copy.h"
#include "flow/journal.h"
#include "flow/keys_public.h"
#include "rules/retry.h"
#include "store/blob.h"
#include "store/lists.h"
#include "store/outbox.h"

#include <string.h>

/* Rows a claim. */
#define ROUND 50
/* Seconds until a letter whose files are in trouble is looked at again. */
#define TROUBLE_WAIT 300

/* One letter at work. */
struct sending {
	struct smtp_job job; /* job.user points back here */
	struct outgoing *row;
	bool answered; /* the row says what became of it */
	bool opened;
	struct file_map raw;
	struct message message;
	struct list list; /* whose mail it is, as far as a press asks */
	struct variant variant;
	struct keyring keys, via;
	struct copy_press *press;
	struct buf header;
};

struct round {
	struct outbox_send *x;
	struct outgoing *rows;
	struct sending *v;
	size_t n, started, accepted;
};

static int64_t now_of(const struct round *r)
{
	return r->x->c->env.now(&r->x->c->env);
}

static void answer(struct round *r, struct sending *s, enum outbox_state state, struct span reply)
{
	s->answered = true;
	s->row->state = state;
	s->row->reply = arena_copy(r->x->arena, reply);
	log_event(&r->x->c->log, state == OUTBOX_SENT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	          "own-mail", { "kind", s->row->kind }, { "to", s->row->recipient },
	          { "message-id", s->row->message_id },
	          { "state", span_str(outbox_state_name(state)) }, { "reply", reply });
}

/* Not now: at AT, or never when that is too late. */
static void wait_until(struct round *r, struct sending *s, int64_t at, struct span reply)
{
	struct outgoing *row = s->row;
	bool late = row->first_at != 0 && at - row->first_at > (int64_t)r->x->c->site.retry_for;
	row->first_at = row->first_at ? row->first_at : now_of(r);
	row->next_at = at;
	answer(r, s, late ? OUTBOX_FAILED : OUTBOX_WAITING, reply);
}

/* ---- from a row to a copy ---- */

static bool fill_chain(struct sending *s, struct err *e)
{
	struct dkim2_base base = { 0 };
	struct variant *v = &s->variant;
	if (!s->list.sign) {
		return true;
	}
	if (s->row->chain == OUTBOX_BEGIN) {
		v->mi = v->mi_top = v->hop = 1;
	} else if (s->row->chain == OUTBOX_CONTINUE) {
		if (!dkim2_next(s->message.fields, s->message.count, SPAN_END, false, &base, e)) {
			return false;
		}
		v->mi = (int64_t)base.m;
		v->mi_top = (int64_t)base.signs_m;
		v->hop = (int64_t)base.i + (v->via.n > 0);
	}
	return v->hop <= LIMIT_SIGNATURES ||
	       err_set(e, ERR_PERMANENT, "", "over %u DKIM2 signatures", LIMIT_SIGNATURES);
}

static bool fill_variant(struct arena *arena, struct sending *s, struct err *e)
{
	struct digest d;
	struct variant *v = &s->variant;
	struct segment whole = { s->message.body, true };
	struct segments body = { &whole, whole.bytes.n > 0, whole.bytes.n };
	*v = (struct variant){
		.header = s->message.header,
		.body = variant_encode(arena, &body, s->raw.bytes),
		.utf8 = s->row->utf8,
		.via = s->row->via,
	};
	canon_segments_hash(CANON_SIMPLE, HASH_SHA256, &body, &d);
	v->body_hash_simple = arena_copy(arena, digest_span(&d));
	canon_segments_hash(CANON_RELAXED, HASH_SHA256, &body, &d);
	v->body_hash_relaxed = arena_copy(arena, digest_span(&d));
	return fill_chain(s, e);
}

/* Whether it is signed is the list's setting; nothing else of the list touches a letter. */
static bool fill_list(struct context *c, struct arena *arena, struct sending *s, struct err *e)
{
	struct list of;
	bool found = false;
	if (s->row->list != 0 && !store_list_get(c->store, arena, s->row->list, &of, &found, e)) {
		return false;
	}
	s->list = (struct list){
		.domain = s->row->domain,
		.sign = found ? of.sign : true,
		.modify = LIST_MODIFY_NONE,
	};
	return true;
}

static bool open_via(struct context *c, struct arena *arena, struct sending *s, struct err *e)
{
	return s->variant.via.n == 0 || (keys_load(arena, &c->paths, s->variant.via, &s->via, e) &&
	                                 copy_press_via(s->press, &s->via, c->env.now(&c->env), e));
}

static bool open_sending(struct context *c, struct arena *arena, struct sending *s, struct err *e)
{
	s->opened = true;
	if (!blob_map(c->paths.msg, s->row->blob, &s->raw, e) ||
	    !message_parse(arena, s->raw.bytes, &s->message, e) || !fill_list(c, arena, s, e) ||
	    !fill_variant(arena, s, e) ||
	    !keys_load(arena, &c->paths, s->row->domain, &s->keys, e)) {
		return false;
	}
	s->press = copy_press_new(&s->variant, s->raw.bytes, &s->list, &s->keys, e);
	if (!s->press || !open_via(c, arena, s, e)) {
		return false;
	}
	keys_public_complete(arena, &c->paths, &s->keys);
	keys_public_complete(arena, &c->paths, &s->via);
	return true;
}

static void close_sending(struct sending *s)
{
	if (s->opened) {
		copy_press_free(s->press);
		keys_free(&s->keys);
		keys_free(&s->via);
		buf_free(&s->header);
		file_unmap(&s->raw);
		s->opened = false;
	}
}

/* The signed copy as a job. Each is checked: they are few. */
static bool make(struct context *c, struct arena *arena, struct sending *s, struct err *e)
{
	(void)fault_point("deliver-sign");
	struct copy_job job = {
		.mail_from = s->row->mail_from,
		.rcpt_to = s->row->recipient,
		.now = c->env.now(&c->env),
	};
	if (!open_sending(c, arena, s, e) || !copy_header(s->press, &job, &s->header, e) ||
	    (s->list.sign && !copy_check(s->press, &job, buf_span(&s->header), e))) {
		return false;
	}
	const struct segments *body = copy_body(s->press);
	struct segment *segments = arena_array(arena, body->n + 1, sizeof(*segments));
	segments[0].bytes = buf_span(&s->header);
	if (body->n > 0) {
		memcpy(segments + 1, body->v, body->n * sizeof(*segments));
	}
	s->job = (struct smtp_job){
		.mail_from = job.mail_from,
		.rcpt_to = job.rcpt_to,
		.null_sender = job.mail_from.n == 0,
		.segments = segments,
		.count = body->n + 1,
		.size = s->header.n + body->bytes,
		.utf8 = s->row->utf8,
		.user = s,
	};
	return true;
}

/* ---- the round ---- */

static void relay_is_down(struct round *r, struct sending *s, struct span reply)
{
	r->x->relay_down = true;
	r->x->down_reply = arena_copy(r->x->arena, reply);
	wait_until(r, s, now_of(r) + retry_rest(r->x->relay_failures + 1), reply);
}

static bool finish(struct round *r, struct sending *s, struct err *e)
{
	const struct smtp_result *result = &s->job.result;
	struct outgoing *row = s->row;
	struct span reply = span_str(result->reply);
	int64_t next;
	close_sending(s);
	r->x->finished++;
	if (result->relay_down) {
		relay_is_down(r, s, reply);
		return true;
	}
	row->attempts++;
	if (result->outcome == OUTCOME_DEFERRED) {
		(void)retry_next(retry_pace_of(reply), (unsigned)row->attempts, now_of(r),
		                 now_of(r), INT64_MAX, (uint64_t)row->id, &next);
		wait_until(r, s, next, reply);
		return true;
	}
	row->first_at = row->first_at ? row->first_at : now_of(r);
	if (result->outcome == OUTCOME_FAILED) {
		answer(r, s, OUTBOX_FAILED, reply);
		return true;
	}
	r->x->relay_failures = 0;
	answer(r, s, OUTBOX_SENT, reply);
	(void)fault_point("deliver-accepted");
	return journal_put(r->x->journal, r->accepted++, JOURNAL_OUTBOX, row->id, e);
}

/* What cannot be made waits, or is stuck until somebody does what the reason says. */
static void not_made(struct round *r, struct sending *s, const struct err *trouble)
{
	close_sending(s);
	if (trouble->class == ERR_TEMPORARY) {
		wait_until(r, s, now_of(r) + TROUBLE_WAIT, span_str(trouble->text));
	} else {
		answer(r, s, OUTBOX_STUCK, span_str(trouble->text));
	}
}

static void feed(struct round *r)
{
	while (r->started < r->n && smtp_room(r->x->smtp) > 0 && !r->x->relay_down) {
		struct sending *s = &r->v[r->started++];
		struct err trouble = { 0 };
		if (make(r->x->c, r->x->arena, s, &trouble)) {
			smtp_submit(r->x->smtp, &s->job);
		} else {
			not_made(r, s, &trouble);
		}
	}
}

static bool pump(struct round *r, struct err *e)
{
	for (feed(r); smtp_busy(r->x->smtp) > 0; feed(r)) {
		if (!smtp_drive(r->x->smtp, 1000, e)) {
			return false;
		}
		for (struct smtp_job *job; (job = smtp_done(r->x->smtp));) {
			if (!finish(r, job->user, e)) {
				return false;
			}
		}
	}
	return true;
}

/* Whoever has no answer: the relay went down, or this round is in trouble. */
static void rest_others(struct round *r, const struct err *trouble)
{
	for (size_t i = 0; i < r->n; i++) {
		struct sending *s = &r->v[i];
		if (!s->answered && r->x->relay_down) {
			wait_until(r, s, now_of(r) + retry_rest(r->x->relay_failures + 1),
			           SPAN("not tried: the relay does not answer"));
		} else if (!s->answered) {
			wait_until(r, s, now_of(r) + TROUBLE_WAIT, span_str(trouble->text));
		}
	}
}

static bool settle(struct round *r, struct err *e)
{
	struct outbox_send *x = r->x;
	(void)fault_point("deliver-settle");
	return store_outbox_settle(x->c->store, x->worker, r->rows, r->n, now_of(r), e) &&
	       journal_empty(x->journal, e);
}

static bool run(struct round *r, struct err *e)
{
	struct err trouble = { 0 };
	r->v = arena_array(r->x->arena, r->n, sizeof(*r->v));
	for (size_t i = 0; i < r->n; i++) {
		r->v[i].row = &r->rows[i];
	}
	bool ok = journal_reserve(r->x->journal, r->n + 1, &trouble) && pump(r, &trouble);
	if (!ok && smtp_busy(r->x->smtp) > 0) {
		/* What is under way reads what is closed below. */
		smtp_free(r->x->smtp);
		r->x->smtp = NULL;
	}
	for (size_t i = 0; i < r->n; i++) {
		close_sending(&r->v[i]);
	}
	rest_others(r, &trouble);
	if (!settle(r, ok ? e : NULL)) {
		ok = false;
	} else if (!ok) {
		*e = trouble;
	}
	return ok;
}

bool outbox_send(struct outbox_send *x, struct err *e)
{
	struct round r = { .x = x };
	if (!store_outbox_claim(x->c->store, x->arena, x->worker, ROUND, now_of(&r), &r.rows, &r.n,
	                        e)) {
		return false;
	}
	x->rows = r.n;
	if (r.n == 0) {
		return true;
	}
	(void)fault_point("deliver-claimed");
	return run(&r, e);
}
