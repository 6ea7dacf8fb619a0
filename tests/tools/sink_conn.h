/*
 * sink_conn.h - the state of the sink and of one connection, and how a reply gets written.
 *
 * Replies are collected in `out` and written once the input at hand is used up, so a client that
 * sends commands ahead gets one packet for all of them.
 */
#ifndef LADLE_TESTS_SINK_CONN_H
#define LADLE_TESTS_SINK_CONN_H

#include "sink_script.h"
#include "sink_store.h"

enum offer {
	OFFER_PIPELINING = 1,
	OFFER_8BITMIME = 2,
	OFFER_SIZE = 4,
	OFFER_SMTPUTF8 = 8,
	OFFER_DSN = 16,
	OFFER_ENHANCED = 32,
	OFFER_ALL = 63
};

struct counts {
	unsigned long accepted; /* messages */
	unsigned long rejected; /* MAIL, RCPT, DATA, final dots answered with 4xx or 5xx */
	unsigned long connections;
	unsigned long bytes;          /* of accepted content, dots unstuffed */
	unsigned long bare_lf;        /* LF without CR, in commands and content */
	unsigned long commands_ahead; /* commands in before the reply to the one before was out */
};

struct sink {
	unsigned offers; /* what EHLO announces, enum offer */
	bool strict;
	bool verbose;
	size_t max_size;         /* of content, in bytes */
	const char *certificate; /* with `key`: STARTTLS is offered; PEM files */
	const char *key;
	const char *script_path;
	struct script *script;
	struct store store;
	struct counts counts;
	struct conn *conns;
	size_t timed; /* connections with a `due` */
	char *buffer; /* all input passes through here */
	int log;
	int epoll;
	int listener;
	int signals;
};

enum mode { IN_COMMANDS, IN_CONTENT, DISCARDING };

struct conn {
	struct sink *sink;
	struct conn *next;
	struct conn *previous;
	unsigned long id; /* for the log, from 1 */
	int fd;
	unsigned interest; /* what epoll was last told */
	enum mode mode;
	struct text rest; /* input not used yet */
	struct text out;  /* replies not written yet */

	bool dead;         /* to be closed at once, after what is in `out` */
	bool closing;      /* no more replies; waits for the client to close */
	bool shut;         /* and the client was told */
	bool mute;         /* replies are thrown away */
	bool refused;      /* by a rule for `connect` */
	bool greeted;      /* HELO or EHLO was accepted */
	bool extended;     /* it was EHLO */
	bool secure;       /* TLS is on */
	bool starting_tls; /* STARTTLS was accepted, its reply is in `out` */
	bool overlong;     /* the present command line is too long and is skipped */

	int64_t due; /* when the timer fires, in ms; 0: never */
	bool paused; /* by the delay of `rule` about `event` */
	enum event event;
	struct rule *rule;

	struct text candidate; /* the address that MAIL or RCPT is about, NUL-ended */
	struct text candidate_params;
	struct text envelope; /* addresses, NUL-ended: the sender, then the recipients */
	struct text params;   /* VERB <ADDRESS> PARAMETERS, a line each */
	size_t recipients;
	bool has_sender;
	bool utf8; /* MAIL said SMTPUTF8 */

	struct spool spool;
	size_t size;           /* of the content so far */
	unsigned long bare_lf; /* in the content */
	bool line_start;
	bool after_cr;
	bool dropping; /* within the content, after `drop_after` more bytes */
	size_t drop_after;
};

__attribute__((format(printf, 2, 3))) static inline void sink_log(const struct sink *s,
                                                                  const char *format, ...)
{
	struct text line = { 0 };
	char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0) {
		die(TOOL_FAILED, "out of memory");
	}
	va_end(args);
	text_printf(&line, "%s\n", message);
	if (!write_all(s->log, line.data, line.len)) {
		die(TOOL_FAILED, "cannot write log: %s", strerror(errno));
	}
	free(message);
	text_free(&line);
}

/* Sets the timer of a connection; 0 stops it. */
static inline void set_due(struct conn *c, int64_t due)
{
	c->sink->timed += (due != 0);
	c->sink->timed -= (c->due != 0);
	c->due = due;
}

/* Adds a reply to `out`, one line of it for each line of `text`. */
static inline void reply(struct conn *c, int code, const char *text)
{
	const char digits[3] = { (char)('0' + code / 100), (char)('0' + code / 10 % 10),
		                 (char)('0' + code % 10) };
	bool last = false;

	if (c->mute) {
		return;
	}
	while (!last) {
		size_t len = strcspn(text, "\n");

		last = !text[len];
		text_append(&c->out, digits, 3);
		text_append(&c->out, last ? " " : "-", 1);
		text_append(&c->out, text, len);
		text_append(&c->out, "\r\n", 2);
		if (c->sink->verbose) {
			sink_log(c->sink, "%lu > %d%c%.*s", c->id, code, last ? ' ' : '-', (int)len,
			         text);
		}
		text += len + 1;
	}
}

/*
 * The reply that a rule has, or else `code` and `text`, which begins with an enhanced status code
 * (RFC 2034) that is left out when those are not offered.
 */
static inline void answer(struct conn *c, const struct rule *rule, int code, const char *text)
{
	if (rule && rule->text) {
		reply(c, rule->code, rule->text);
		return;
	}
	if (!(c->sink->offers & OFFER_ENHANCED)) {
		text += strspn(text, "0123456789. ");
	}
	reply(c, code, text);
}

#endif
