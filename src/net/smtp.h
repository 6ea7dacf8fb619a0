#ifndef LADLE_NET_SMTP_H
#define LADLE_NET_SMTP_H

/*
 * SMTP client over libcurl: one recipient a transaction, many reused connections
 * to one relay, all of them at work at the same time. libcurl connects, says
 * EHLO, starts TLS and moves the bytes; MAIL to dot is ours (smtp_link.c says
 * why). Every libcurl pitfall that touches us is handled here and nowhere else.
 *
 *     struct smtp *s = smtp_new(&config, &e);
 *     while (work) {
 *             while (smtp_room(s) && …) smtp_submit(s, job);
 *             smtp_drive(s, 1000);
 *             while ((job = smtp_done(s))) …job->result…
 *     }
 */

#include "base/env.h"
#include "base/err.h"
#include "mail/edit.h"
#include "net/reply.h"

enum smtp_tls { SMTP_TLS_NONE, SMTP_TLS_OPPORTUNISTIC, SMTP_TLS_REQUIRED };

struct smtp_config {
	struct span url; /* smtp://host:port, smtps://host:port */
	enum smtp_tls tls;
	unsigned connections;   /* at most this many at once, at least 1 */
	struct span hostname;   /* for EHLO; empty: the system's */
	unsigned reply_timeout; /* seconds to wait for any reply; 0: 600 (RFC 5321 4.5.3.2.6) */
	struct span ca_file;    /* PEM file of trusted certificates; empty: the system's */
};

struct smtp_result {
	enum outcome outcome;
	bool relay_down;
	bool wants_ascii; /* it failed because it needs SMTPUTF8, here or further on (RFC 6531 3.5)
	                   */
	long code;        /* 0: no reply */
	char reply[400];  /* "550 5.1.1 text", the lines joined, or what went wrong; printable, cut
	                   */
};

/* One copy. Caller owns it and all it points to until smtp_done gives it back. */
struct smtp_job {
	struct span mail_from; /* without brackets; empty: the null path */
	struct span rcpt_to;   /* without brackets; UTF-8 allowed */
	bool null_sender; /* must be set with an empty mail_from: a forgotten sender is a bug */
	const struct segment *segments; /* the message, strict CRLF, in pieces */
	size_t count;
	uint64_t size; /* sum of the pieces, for SIZE= */
	bool utf8; /* header needs SMTPUTF8 (addresses are looked at anyway); fails where that is
	              not offered */
	void *user;
	struct smtp_result result;
	struct smtp_job *next; /* for smtp */
};

struct smtp;

/*
 * Load now what smtp_new would load (libcurl), so that the processes forked from this
 * one share it. Temporary error when that cannot be.
 */
bool smtp_load(struct err *e);

/* Copies what CONFIG points to. NULL, class misuse: the url is more than scheme, host and port, or
 * the host name none. */
struct smtp *smtp_new(const struct smtp_config *config, struct err *e);
/* Breaks what is under way; those jobs have no result. */
void smtp_free(struct smtp *s);
/* Copies that can still be submitted before one must be done and given back. */
unsigned smtp_room(const struct smtp *s);
/* Jobs submitted and not given back yet. */
unsigned smtp_busy(const struct smtp *s);
/*
 * Is the session that would take the next job there, and has it not offered SMTPUTF8? Then a
 * job that needs it is not worth making; in rare cases it is another session in the end.
 */
bool smtp_lacks_utf8(const struct smtp *s);
/* What the reply of a job says that fails for that. */
#define SMTP_LACKS_UTF8 "5.6.7 the message needs SMTPUTF8, which the relay does not offer"
/* Start JOB. A job that must not go on the wire (control characters in an address, a bare LF) is
 * done at once as failed. */
void smtp_submit(struct smtp *s, struct smtp_job *job);
/* Work until something is done or TIMEOUT milliseconds passed; returns at once when nothing is
 * under way. */
bool smtp_drive(struct smtp *s, unsigned timeout, struct err *e);
/* A finished job, or NULL. */
struct smtp_job *smtp_done(struct smtp *s);

#endif
