/*
 * sink_smtp.h - the dialogue: commands and content in, replies into `out`.
 *
 * The sink is as strict as a careful relay: a command out of order, a parameter that was not
 * offered, an address with 8-bit octets without SMTPUTF8 are refused.
 *
 * Only CR LF ends a line. A bare LF is content (or, in a command, an end that is tolerated): it
 * neither starts a line that could be the final dot nor one whose dot is unstuffed.
 */
#ifndef LADLE_TESTS_SINK_SMTP_H
#define LADLE_TESTS_SINK_SMTP_H

#include "sink_address.h"

#include <strings.h>

/* The longest command line that is taken, its end included. */
enum { MAX_COMMAND = 4096 };

/* The commands. `arg` is what follows the verb and one blank. */

static inline void command_ehlo(struct conn *c, const char *arg)
{
	if (!*arg) {
		answer(c, NULL, 501, "5.5.4 a name is missing");
	} else {
		happen(c, ON_EHLO, arg, 1);
	}
}

static inline void command_helo(struct conn *c, const char *arg)
{
	(void)arg;
	reset_transaction(c);
	c->greeted = true;
	c->extended = false;
	answer(c, NULL, 250, "sink");
}

static inline void command_starttls(struct conn *c, const char *arg)
{
	if (!c->sink->certificate || c->secure) {
		answer(c, NULL, 502, "5.5.1 not offered");
	} else if (*arg) {
		answer(c, NULL, 501, "5.5.4 no parameters here");
	} else {
		happen(c, ON_STARTTLS, "", 1);
	}
}

static inline void command_mail(struct conn *c, const char *arg)
{
	if (!c->greeted || c->has_sender) {
		answer(c, NULL, 503, c->greeted ? "5.5.1 MAIL again" : "5.5.1 EHLO first");
		return;
	}
	c->utf8 = false;
	judge_address(c, ON_MAIL, arg, "FROM:");
}

static inline void command_rcpt(struct conn *c, const char *arg)
{
	if (!c->has_sender) {
		answer(c, NULL, 503, "5.5.1 MAIL first");
	} else {
		judge_address(c, ON_RCPT, arg, "TO:");
	}
}

static inline void command_data(struct conn *c, const char *arg)
{
	if (*arg) {
		answer(c, NULL, 501, "5.5.4 no parameters here");
	} else if (!c->has_sender) {
		answer(c, NULL, 503, "5.5.1 MAIL first");
	} else if (!c->recipients) {
		answer(c, NULL, 554, "5.5.1 no valid recipients");
	} else {
		happen_to_recipients(c, ON_DATA);
	}
}

static inline void command_rset(struct conn *c, const char *arg)
{
	(void)arg;
	reset_transaction(c);
	answer(c, NULL, 250, "2.0.0 ok");
}

static inline void command_noop(struct conn *c, const char *arg)
{
	(void)arg;
	answer(c, NULL, 250, "2.0.0 ok");
}

static inline void command_vrfy(struct conn *c, const char *arg)
{
	(void)arg;
	answer(c, NULL, 252, "2.5.0 try and see");
}

static inline void command_quit(struct conn *c, const char *arg)
{
	(void)arg;
	happen(c, ON_QUIT, "", 1);
}

static const struct command {
	const char *verb;
	void (*run)(struct conn *c, const char *arg);
} commands[] = {
	{ "MAIL", command_mail }, { "RCPT", command_rcpt }, { "DATA", command_data },
	{ "EHLO", command_ehlo }, { "HELO", command_helo }, { "STARTTLS", command_starttls },
	{ "RSET", command_rset }, { "NOOP", command_noop }, { "VRFY", command_vrfy },
	{ "QUIT", command_quit },
};

static inline void run_command(struct conn *c, const char *line)
{
	size_t len = strcspn(line, " ");

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strncasecmp(line, commands[i].verb, len) || commands[i].verb[len]) {
			continue;
		}
		if (c->refused && commands[i].run != command_quit) {
			break;
		}
		commands[i].run(c, line + len + (line[len] == ' '));
		return;
	}
	if (c->refused) {
		answer(c, NULL, 503, "5.5.1 go away");
	} else {
		answer(c, NULL, 500, "5.5.2 unknown command");
	}
}

/* Judges the form of a command line of `len` bytes, its end included. True if it may be run. */
static inline bool check_line(struct conn *c, const char *line, size_t len)
{
	struct sink *s = c->sink;
	bool bare = !c->overlong && (len < 2 || line[len - 2] != '\r');
	bool ahead = c->out.len > 0;

	s->counts.commands_ahead += ahead;
	s->counts.bare_lf += bare;
	if (bare) {
		sink_log(s, "connection %lu: error: bare LF in a command", c->id);
	}
	if (ahead && !(s->offers & OFFER_PIPELINING)) {
		sink_log(s, "connection %lu: error: command sent ahead without PIPELINING", c->id);
	}
	if (c->overlong || len > MAX_COMMAND) {
		answer(c, NULL, 500, "5.5.2 line too long");
	} else if (memchr(line, '\0', len)) {
		answer(c, NULL, 500, "5.5.2 NUL in a command");
	} else if (bare && s->strict) {
		answer(c, NULL, 500, "5.5.2 bare LF");
	} else if (ahead && s->strict && !(s->offers & OFFER_PIPELINING)) {
		answer(c, NULL, 503, "5.5.0 PIPELINING was not offered");
	} else {
		return true;
	}
	c->overlong = false;
	return false;
}

/* Runs the next command of the input; returns the bytes used, 0 if its line is not complete. */
static inline size_t take_command(struct conn *c, const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	char line[MAX_COMMAND + 1];
	size_t len, text_len;

	if (!lf && n <= MAX_COMMAND) {
		return 0;
	}
	if (!lf) {
		c->overlong = true;
		return n;
	}
	len = text_len = (size_t)(lf - p) + 1;
	if (!check_line(c, p, len)) {
		return len;
	}
	while (text_len && strchr(" \t\r\n", p[text_len - 1])) {
		text_len--;
	}
	memcpy(line, p, text_len);
	line[text_len] = '\0';
	if (c->sink->verbose) {
		sink_log(c->sink, "%lu < %s", c->id, line);
	}
	run_command(c, line);
	return len;
}

/* The final dot has come: judges the content before the script is asked. */
static inline void end_content(struct conn *c)
{
	struct sink *s = c->sink;

	c->mode = IN_COMMANDS;
	s->counts.bare_lf += c->bare_lf;
	if (c->bare_lf) {
		sink_log(s, "connection %lu: error: %lu bare LF in content", c->id, c->bare_lf);
	}
	if (c->dropping) {
		c->dead = true;
	} else if (c->bare_lf && s->strict) {
		refuse(c, ON_DOT, 554, "5.6.0 bare LF in content");
	} else if (c->size > s->max_size) {
		refuse(c, ON_DOT, 552, "5.3.4 message too large");
	} else {
		happen_to_recipients(c, ON_DOT);
	}
}

/* Takes content up to and including the final dot; returns the bytes used. */
static inline size_t take_content(struct conn *c, const char *p, size_t n)
{
	const char *at = p, *end = p + n;

	while (at < end) {
		const char *lf, *stop;
		size_t left = (size_t)(end - at);

		if (c->line_start && *at == '.') {
			if (!memcmp(at, ".\r\n", left < 3 ? left : 3)) {
				if (left < 3) {
					break;
				}
				at += 3;
				end_content(c);
				break;
			}
			at++;
			left--;
		}
		lf = memchr(at, '\n', left);
		stop = lf ? lf + 1 : end;
		c->line_start = lf && (lf > at ? lf[-1] == '\r' : c->after_cr);
		c->bare_lf += lf && !c->line_start;
		c->after_cr = !lf && stop[-1] == '\r';
		c->size += (size_t)(stop - at);
		spool_append(&c->sink->store, &c->spool, at, (size_t)(stop - at));
		at = stop;
	}
	return (size_t)(at - p);
}

/* Content that a rule lets in only up to some byte. */
static inline size_t take_some_content(struct conn *c, const char *p, size_t n)
{
	size_t used = take_content(c, p, n < c->drop_after ? n : c->drop_after);

	c->drop_after -= used;
	/* what is left may be the beginning of a final dot, which needs no waiting for here */
	if (c->drop_after <= n - used) {
		c->dead = true;
	}
	return used;
}

/* Uses as much of the input as can be used now; returns how much. */
static inline size_t consume(struct conn *c, const char *p, size_t n)
{
	size_t used = 0, step = 1;

	while (used < n && step && !c->paused && !c->dead) {
		if (c->mode == DISCARDING && c->starting_tls) {
			sink_log(c->sink, "connection %lu: error: input ahead of TLS", c->id);
		}
		if (c->mode == DISCARDING) {
			step = n - used;
		} else if (c->mode == IN_COMMANDS) {
			step = take_command(c, p + used, n - used);
		} else if (c->dropping) {
			step = take_some_content(c, p + used, n - used);
		} else {
			step = take_content(c, p + used, n - used);
		}
		used += step;
	}
	return used;
}

#endif
