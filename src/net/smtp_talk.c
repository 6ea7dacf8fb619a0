/*
 * One copy after the other over one link. What makes it safe:
 *
 *  1. The k-th reply belongs to the k-th command. Whatever breaks that order (a
 *     reply nobody asked for, one that is no reply) ends the connection, so that
 *     an answer is never taken for that of another command or copy.
 *  2. A copy is sent only by a 2yz that comes after the final dot was written.
 *  3. The final dot is written only behind the whole content. A connection that
 *     ends before has delivered nothing.
 *  4. A copy is begun a second time, on a new connection, only if an older one
 *     broke or said 421 before MAIL was answered: relays close connections that
 *     idled or carried many copies, at a moment of their choice.
 */
#include "net/smtp_talk.h"

#include "net/smtp_content.h"
#include "net/smtp_envelope.h"
#include "net/smtp_wire.h"

#include <string.h>

enum {
	PATIENCE = 600,         /* seconds (RFC 5321 4.5.3.2.6) */
	STALE_US = 1000 * 1000, /* a connection that idled longer is looked at before use */
	CHUNK = 64 * 1024,      /* bytes of content in one write */
	CHUNKS = 16,            /* written before it is the others' turn */
	/*
	 * So many refusing replies, and a connection is given up after the copy.
	 * Postfix begins to answer slowly at 10 and hangs up at 20; one copy makes
	 * up to three.
	 */
	ERRORS = 7,
};

enum talk_state {
	IDLE,     /* no job */
	OPENING,  /* waits for the link */
	ENVELOPE, /* commands are out, replies to come */
	CONTENT,  /* after 354 */
	FINAL,    /* after the dot */
	OVER,     /* has the verdict */
};

struct smtp_talk {
	struct smtp_link *link;
	struct smtp_wire wire;
	enum talk_state state;
	int64_t now;                /* as the caller said; microseconds */
	int64_t patience, deadline; /* for the next reply */
	int64_t idle_since;
	bool transaction; /* the relay may still be in one: RSET first */

	struct smtp_job *job;
	struct smtp_envelope envelope;
	bool fresh;                    /* the connection was made for this job */
	enum smtp_command commands[4]; /* for this job */
	unsigned count;                /* of them */
	unsigned asked, answered;      /* so many are out, so many replies are in */
	bool mail_answered;
	bool refused;     /* the verdict is there, replies to what went out ahead are not */
	struct buf lines; /* commands on their way out */
	struct smtp_content content;
	char *chunk; /* of content on its way out */

	struct reply_input verdict;
	char text[SMTP_REPLY_TEXT];
};

/* Verdicts --------------------------------------------------------------------- */

static void say(struct smtp_talk *t, const char *text)
{
	smtp_reply_print(t->text, sizeof(t->text), span_str(text));
}

/* The job can never go out. The link is as good as before. */
static void misuse(struct smtp_talk *t, const char *text)
{
	t->idle_since = t->now;
	t->verdict = (struct reply_input){ .misuse = true };
	say(t, text);
	t->state = OVER;
}

/* The reply that just came decides, unless an earlier one did. */
static void decide(struct smtp_talk *t, enum reply_stage stage)
{
	const struct smtp_reply *r = &t->wire.reply;

	if (t->refused) {
		return;
	}
	t->verdict = (struct reply_input){ .transport_ok = true, .code = r->code, .stage = stage };
	memcpy(t->text, r->text, sizeof(t->text));
}

static void hang_up(struct smtp_talk *t, bool polite)
{
	smtp_link_close(t->link, polite);
	smtp_wire_reset(&t->wire);
	t->transaction = false;
}

static void connect_anew(struct smtp_talk *t)
{
	hang_up(t, false);
	t->fresh = true;
	t->state = OPENING;
	smtp_link_open(t->link);
}

/* Invariant 4. */
static bool may_begin_again(const struct smtp_talk *t)
{
	return t->state == ENVELOPE && !t->fresh && !t->mail_answered;
}

/* The connection came to nothing, without a reply that decides. */
static void lose(struct smtp_talk *t, const char *why)
{
	if (may_begin_again(t)) {
		connect_anew(t);
		return;
	}
	if (!t->refused) {
		t->verdict = (struct reply_input){
			.stage = t->state == ENVELOPE ? REPLY_ENVELOPE : REPLY_DATA,
		};
		say(t, why);
	}
	hang_up(t, false);
	t->state = OVER;
}

/* A reply was the last word on this connection. */
static void obey(struct smtp_talk *t, enum reply_stage stage)
{
	if (may_begin_again(t)) {
		connect_anew(t);
		return;
	}
	decide(t, stage);
	hang_up(t, false);
	t->state = OVER;
}

/* All that was asked is answered: the connection is ready for the next copy. */
static void complete(struct smtp_talk *t)
{
	if (t->wire.errors >= ERRORS) {
		hang_up(t, true);
	}
	t->idle_since = t->now;
	t->state = OVER;
}

static bool flush(struct smtp_talk *t)
{
	bool moved = false, there = smtp_wire_flush(&t->wire, &moved);

	if (moved) {
		t->deadline = t->now + t->patience;
	}
	return there;
}

static enum smtp_wire_next next_reply(struct smtp_talk *t)
{
	enum smtp_wire_next next = smtp_wire_next(&t->wire);

	if (next == SMTP_WIRE_REPLY) {
		t->deadline = t->now + t->patience;
	}
	return next;
}

bool smtp_talk_offers_utf8(const struct smtp_talk *t)
{
	return (smtp_link_offers(t->link) & SMTP_OFFER_SMTPUTF8) != 0;
}

/* Envelope ------------------------------------------------------------------------ */

/* Send all commands, or without PIPELINING the next. */
static void ask(struct smtp_talk *t)
{
	unsigned offers = smtp_link_offers(t->link);
	unsigned last = offers & SMTP_OFFER_PIPELINING ? t->count : t->asked + 1;

	buf_clear(&t->lines);
	while (t->asked < last) {
		smtp_envelope_add(&t->envelope, t->commands[t->asked++], offers, &t->lines);
	}
	t->wire.out = buf_span(&t->lines);
}

static void begin(struct smtp_talk *t)
{
	static const enum smtp_command commands[] = { SMTP_RSET, SMTP_MAIL, SMTP_RCPT, SMTP_DATA };
	unsigned skip = t->transaction ? 0 : 1;

	if (t->envelope.utf8 && !smtp_talk_offers_utf8(t)) {
		misuse(t, SMTP_LACKS_UTF8);
		return;
	}
	t->count = 4 - skip;
	memcpy(t->commands, commands + skip, t->count * sizeof(*commands));
	t->asked = t->answered = 0;
	t->state = ENVELOPE;
	ask(t);
}

static void opening(struct smtp_talk *t, bool look)
{
	long code;

	(void)look;
	switch (smtp_link_step(t->link)) {
	case SMTP_LINK_OPENING: break;
	case SMTP_LINK_OPEN:
		t->deadline = t->now + t->patience;
		begin(t);
		break;
	case SMTP_LINK_CLOSED:
		say(t, smtp_link_failure(t->link, &code));
		t->verdict = (struct reply_input){
			.transport_ok = code > 0,
			.code = code,
			.stage = REPLY_CONNECT,
		};
		t->state = OVER;
		break;
	}
}

/*
 * 354. If the recipient was refused before, the dot alone ends what should not
 * have begun (RFC 2920 3.1).
 */
static void begin_content(struct smtp_talk *t)
{
	if (!t->chunk) {
		t->chunk = mem_resize(NULL, CHUNK);
	}
	smtp_content_start(&t->content, t->job->segments, t->refused ? 0 : t->job->count);
	t->state = CONTENT;
}

static void accepted(struct smtp_talk *t, enum smtp_command command)
{
	if (command == SMTP_RSET) {
		t->transaction = false;
	} else if (command == SMTP_MAIL) {
		t->transaction = true;
	} else if (command == SMTP_DATA) {
		begin_content(t);
	}
}

static void refused(struct smtp_talk *t)
{
	decide(t, REPLY_ENVELOPE);
	t->refused = true;
	/* What was not asked yet is not worth asking. */
	t->count = t->asked;
}

/* A reply to the next command has come. */
static void answer(struct smtp_talk *t)
{
	enum smtp_command command = t->commands[t->answered++];
	long code = t->wire.reply.code, digit = code / 100;

	if (code == 421) {
		obey(t, REPLY_ENVELOPE);
		return;
	}
	t->mail_answered = t->mail_answered || command == SMTP_MAIL;
	if (digit == (command == SMTP_DATA ? 3 : 2)) {
		accepted(t, command);
	} else if (digit < 4 || command == SMTP_RSET) {
		lose(t, t->wire.reply.text);
		return;
	} else {
		refused(t);
	}
	if (t->state != ENVELOPE) {
		return;
	}
	if (t->answered == t->count) {
		complete(t);
	} else if (t->answered == t->asked) {
		ask(t);
	}
}

static void envelope(struct smtp_talk *t, bool look)
{
	bool there = flush(t);

	/* When it broke, there may be last words to read. */
	while (t->state == ENVELOPE && (look || !there)) {
		switch (next_reply(t)) {
		case SMTP_WIRE_REPLY: answer(t); break;
		case SMTP_WIRE_NONE:
			if (!there) {
				lose(t, "the relay closed the connection");
			}
			return;
		case SMTP_WIRE_GONE: lose(t, t->wire.reply.text); break;
		}
		there = there && (t->state != ENVELOPE || flush(t));
	}
}

/* Content -------------------------------------------------------------------------- */

/* A reply before the dot can only be a refusal, and the connection is of no use behind it. */
static void early_reply(struct smtp_talk *t)
{
	switch (next_reply(t)) {
	case SMTP_WIRE_NONE: break;
	case SMTP_WIRE_REPLY:
		if (t->wire.reply.code >= 400) {
			obey(t, REPLY_DATA);
		} else {
			lose(t, "the relay replied before the end of the message");
		}
		break;
	case SMTP_WIRE_GONE: lose(t, t->wire.reply.text); break;
	}
}

static void content(struct smtp_talk *t, bool look)
{
	struct span *out = &t->wire.out;

	if (look) {
		early_reply(t);
	}
	for (int turn = 0; t->state == CONTENT && turn < CHUNKS; turn++) {
		if (!flush(t)) {
			early_reply(t);
			if (t->state == CONTENT) {
				lose(t, "the relay closed the connection within the message");
			}
			return;
		}
		if (out->n > 0) {
			return;
		}
		if (t->content.ended) {
			t->state = FINAL;
			return;
		}
		*out = (struct span){ t->chunk, smtp_content_take(&t->content, t->chunk, CHUNK) };
	}
}

static void final(struct smtp_talk *t, bool look)
{
	enum smtp_wire_next next = look ? next_reply(t) : SMTP_WIRE_NONE;

	if (next == SMTP_WIRE_GONE) {
		lose(t, t->wire.reply.text);
	}
	if (next != SMTP_WIRE_REPLY) {
		return;
	}
	if (t->wire.reply.code == 421 || t->wire.reply.code / 100 == 3) {
		obey(t, REPLY_DATA);
		return;
	}
	decide(t, REPLY_DATA);
	t->transaction = false;
	complete(t);
}

/* Between two copies ---------------------------------------------------------------- */

/* With nothing asked there is nothing to read. */
static void idle(struct smtp_talk *t, bool look)
{
	if (look && !smtp_wire_quiet(&t->wire)) {
		hang_up(t, false);
	}
}

/* Is there an open link that can carry one more? */
static bool usable(struct smtp_talk *t)
{
	if (smtp_link_state(t->link) != SMTP_LINK_OPEN || t->wire.in.n > 0) {
		return false;
	}
	return t->now - t->idle_since < STALE_US || smtp_wire_quiet(&t->wire);
}

/* From outside --------------------------------------------------------------------- */

void smtp_talk_run(struct smtp_talk *t, bool readable, int64_t now)
{
	static void (*const steps[])(struct smtp_talk * t, bool look) = {
		[IDLE] = idle,       [OPENING] = opening, [ENVELOPE] = envelope,
		[CONTENT] = content, [FINAL] = final,
	};
	enum talk_state before = OVER;
	bool look = readable;

	t->now = now;
	while (t->state != before && t->state != OVER) {
		bool buffered = t->wire.in.n > 0 || smtp_link_buffers(t->link);

		before = t->state;
		steps[before](t, look || (buffered && before != IDLE));
		look = false;
	}
	if (t->state == IDLE || t->state == OPENING || t->state == OVER) {
		return;
	}
	if (now >= t->deadline) {
		lose(t, "the relay did not answer in time");
	}
}

void smtp_talk_start(struct smtp_talk *t, struct smtp_job *job, int64_t now)
{
	struct err e = { 0 };
	struct buf words = BUF_INIT;

	t->job = job;
	t->now = now;
	t->mail_answered = t->refused = false;
	t->deadline = now + t->patience;
	if (!smtp_envelope_set(&t->envelope, job, &e)) {
		buf_printf(&words, "%s %s", e.status, e.text);
		misuse(t, words.p);
		buf_free(&words);
		return;
	}
	t->fresh = !usable(t);
	if (t->fresh) {
		connect_anew(t);
	} else {
		begin(t);
	}
	smtp_talk_run(t, false, now);
}

size_t smtp_talk_poll(struct smtp_talk *t, struct pollfd fds[SMTP_LINK_FDS], int *timeout,
                      int64_t now)
{
	bool writing = t->state == CONTENT || t->wire.out.n > 0;
	int64_t left = (t->deadline - now) / 1000 + 1;

	if (t->state != IDLE && t->state != OPENING && left < *timeout) {
		*timeout = left < 0 ? 0 : (int)left;
	}
	return smtp_link_poll(t->link, writing ? POLLIN | POLLOUT : POLLIN, fds, timeout);
}

struct smtp_talk *smtp_talk_new(const struct smtp_config *config, struct err *e)
{
	struct smtp_link *link = smtp_link_new(config, e);
	struct smtp_talk *t;

	if (!link) {
		return NULL;
	}
	t = mem_alloc(sizeof(*t));
	t->link = link;
	t->patience = (int64_t)(config->reply_timeout ? config->reply_timeout : PATIENCE) * 1000000;
	smtp_wire_init(&t->wire, link);
	return t;
}

void smtp_talk_free(struct smtp_talk *t)
{
	if (!t) {
		return;
	}
	smtp_link_close(t->link, t->state == IDLE);
	smtp_link_free(t->link);
	smtp_wire_clear(&t->wire);
	smtp_envelope_free(&t->envelope);
	buf_free(&t->lines);
	mem_free(t->chunk);
	mem_free(t);
}

bool smtp_talk_idle(const struct smtp_talk *t)
{
	return t->state == IDLE;
}

bool smtp_talk_connected(const struct smtp_talk *t)
{
	return smtp_link_state(t->link) == SMTP_LINK_OPEN;
}

bool smtp_talk_over(const struct smtp_talk *t)
{
	return t->state == OVER;
}

struct reply_input smtp_talk_verdict(const struct smtp_talk *t)
{
	return t->verdict;
}

const char *smtp_talk_text(const struct smtp_talk *t)
{
	return t->text;
}

/* By the status codes of RFC 6531 3.5 for an address and for a header. */
bool smtp_talk_wants_ascii(const struct smtp_talk *t)
{
	size_t skip = t->verdict.code > 0 ? 4 : 0; /* the code and what stands behind it */
	struct span text = span_from(span_str(t->text), skip);

	return t->envelope.utf8 &&
	       (span_starts(text, SPAN("5.6.7 ")) || span_starts(text, SPAN("5.6.9 ")));
}

struct smtp_job *smtp_talk_take(struct smtp_talk *t)
{
	struct smtp_job *job = t->job;

	t->job = NULL;
	t->state = IDLE;
	return job;
}
