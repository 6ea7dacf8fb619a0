/*
 * sink_events.h - what happens on each event, by default or as a rule says.
 *
 * Every step that a script may touch goes through happen(): it asks the script, waits if the rule
 * says so, and carries the rule out.
 */
#ifndef LADLE_TESTS_SINK_EVENTS_H
#define LADLE_TESTS_SINK_EVENTS_H

#include "sink_conn.h"

static inline void reset_transaction(struct conn *c)
{
	c->envelope.len = 0;
	c->params.len = 0;
	c->recipients = 0;
	c->has_sender = false;
	c->utf8 = false;
	spool_clear(&c->sink->store, &c->spool);
}

/* What an event leads to if nothing is against it. The reply is the rule's if it has one. */

static inline void accept_connection(struct conn *c, const struct rule *rule)
{
	answer(c, rule, 220, "sink ESMTP");
}

static inline void accept_ehlo(struct conn *c, const struct rule *rule)
{
	unsigned offers = c->sink->offers;
	struct text t = { 0 };

	reset_transaction(c);
	c->greeted = c->extended = true;
	text_printf(&t, "sink");
	if (offers & OFFER_PIPELINING) {
		text_printf(&t, "\nPIPELINING");
	}
	if (offers & OFFER_8BITMIME) {
		text_printf(&t, "\n8BITMIME");
	}
	if (offers & OFFER_SIZE) {
		text_printf(&t, "\nSIZE %zu", c->sink->max_size);
	}
	if (offers & OFFER_SMTPUTF8) {
		text_printf(&t, "\nSMTPUTF8");
	}
	if (offers & OFFER_DSN) {
		text_printf(&t, "\nDSN");
	}
	if (offers & OFFER_ENHANCED) {
		text_printf(&t, "\nENHANCEDSTATUSCODES");
	}
	if (c->sink->certificate && !c->secure) {
		text_printf(&t, "\nSTARTTLS");
	}
	answer(c, rule, 250, t.data);
	text_free(&t);
}

static inline void accept_starttls(struct conn *c, const struct rule *rule)
{
	answer(c, rule, 220, "2.0.0 go ahead");
	c->starting_tls = true;
	c->mode = DISCARDING;
}

/* Takes the candidate into the envelope. */
static inline void take_candidate(struct conn *c, const char *verb)
{
	text_append(&c->envelope, c->candidate.data, c->candidate.len);
	if (c->candidate_params.len) {
		text_printf(&c->params, "%s <%s> %.*s\n", verb, c->candidate.data,
		            (int)c->candidate_params.len, c->candidate_params.data);
	}
}

static inline void accept_mail(struct conn *c, const struct rule *rule)
{
	take_candidate(c, "MAIL");
	c->has_sender = true;
	answer(c, rule, 250, "2.1.0 sender ok");
}

static inline void accept_rcpt(struct conn *c, const struct rule *rule)
{
	take_candidate(c, "RCPT");
	c->recipients++;
	answer(c, rule, 250, "2.1.5 recipient ok");
}

static inline void accept_data(struct conn *c, const struct rule *rule)
{
	answer(c, rule, 354, "end with a dot");
	c->mode = IN_CONTENT;
	c->size = 0;
	c->bare_lf = 0;
	c->line_start = true;
	c->after_cr = false;
}

static inline void accept_dot(struct conn *c, const struct rule *rule)
{
	struct sink *s = c->sink;
	struct text lines = { 0 };
	const char *address = c->envelope.data;
	char text[64];

	s->counts.accepted++;
	s->counts.bytes += c->size;
	if (s->store.folder >= 0) {
		for (size_t i = 0; i <= c->recipients; i++, address += strlen(address) + 1) {
			text_printf(&lines, "<%s>\n", address);
		}
		store_message(&s->store, &c->spool, &lines, &c->params);
		text_free(&lines);
	}
	snprintf(text, sizeof(text), "2.0.0 accepted as %lu", s->counts.accepted);
	answer(c, rule, 250, text);
	reset_transaction(c);
}

static inline void accept_quit(struct conn *c, const struct rule *rule)
{
	answer(c, rule, 221, "2.0.0 bye");
	c->closing = true;
	c->mode = DISCARDING;
}

static inline void accept_idle(struct conn *c, const struct rule *rule)
{
	if (rule && rule->text) {
		reply(c, rule->code, rule->text);
	}
}

static void (*const accept_event[EVENTS])(struct conn *, const struct rule *) = {
	[ON_CONNECT] = accept_connection,
	[ON_EHLO] = accept_ehlo,
	[ON_STARTTLS] = accept_starttls,
	[ON_MAIL] = accept_mail,
	[ON_RCPT] = accept_rcpt,
	[ON_DATA] = accept_data,
	[ON_DOT] = accept_dot,
	[ON_QUIT] = accept_quit,
	[ON_IDLE] = accept_idle,
};

/* What a refusal of an event leads to, beside its reply. */
static inline void note_refusal(struct conn *c, enum event event)
{
	if (event == ON_CONNECT) {
		c->refused = true;
	}
	if (event >= ON_MAIL && event <= ON_DOT) {
		c->sink->counts.rejected++;
	}
	if (event == ON_DATA || event == ON_DOT) {
		reset_transaction(c);
	}
}

static inline void refuse(struct conn *c, enum event event, int code, const char *text)
{
	answer(c, NULL, code, text);
	note_refusal(c, event);
}

/* The reply of a rule, with its meaning: a positive one accepts. */
static inline void give_reply(struct conn *c, enum event event, const struct rule *rule)
{
	if (rule->code / 100 == (event == ON_DATA ? 3 : 2)) {
		accept_event[event](c, rule);
		return;
	}
	reply(c, rule->code, rule->text);
	note_refusal(c, event);
}

static inline void carry_out(struct conn *c, enum event event, const struct rule *rule)
{
	switch (rule ? rule->action : DO_DEFAULT) {
	case DO_DEFAULT: accept_event[event](c, NULL); break;
	case DO_REPLY: give_reply(c, event, rule); break;
	case DO_REPLY_CLOSE:
		give_reply(c, event, rule);
		c->closing = true;
		c->mode = DISCARDING;
		break;
	case DO_DROP: c->dead = true; break;
	case DO_DROP_IN_DATA:
		accept_data(c, NULL);
		c->dropping = true;
		c->drop_after = rule->bytes;
		c->dead = rule->bytes == 0;
		break;
	case DO_STALL: c->mode = DISCARDING; break;
	case DO_ACCEPT_DROP:
		c->mute = true;
		accept_dot(c, NULL);
		c->dead = true;
		break;
	case DO_IDLE_421:
		answer(c, NULL, 421, "4.4.2 idle for too long");
		c->closing = true;
		c->mode = DISCARDING;
		break;
	}
}

/* An event about `count` strings: asks the script, now or after its delay does what it says. */
static inline void happen(struct conn *c, enum event event, const char *subjects, size_t count)
{
	struct rule *rule = script_match(c->sink->script, event, subjects, count);

	if (!rule || !rule->delay) {
		carry_out(c, event, rule);
		return;
	}
	c->paused = true;
	c->event = event;
	c->rule = rule;
	set_due(c, now_ms() + (int64_t)rule->delay);
}

/* An event about any of the recipients. */
static inline void happen_to_recipients(struct conn *c, enum event event)
{
	happen(c, event, c->envelope.data + strlen(c->envelope.data) + 1, c->recipients);
}

#endif
