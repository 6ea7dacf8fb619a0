#ifndef LADLE_FLOW_SPOOL_H
#define LADLE_FLOW_SPOOL_H

/*
 * Spool files: an envelope in a small header, then the message in CRLF form.
 *
 *     Ladle-Spool: 1
 *     From: <sender@example.com>          "<>": null sender
 *     Recipient: dev@lists.example.org    empty: the MTA has written it on top of the message
 *     Arrived-As: …                       (only when given with -a)
 *     Handed-By: users@lists.example.org (only when another list of this site handed it over)
 *     Time: 00000001795804201             seconds since 1970
 *     Size: 00000000000000004711          octets of the message that follows, as received
 *     Truncated: 0                        1: there was more than LIMIT_MESSAGE_HARD
 *     (empty line)
 *
 * Lines end in LF. A file in spool/new is complete and durable.
 */

#include "base/file.h"
#include "flow/context.h"
#include "mail/edit.h"

struct spooled {
	struct file_map map;
	struct span mail_from; /* without brackets, as the MTA gave it */
	struct span
		recipient; /* of X-Original-To or Delivered-To where none was given; may be empty */
	struct span arrived_as; /* the address of the SMTP transaction: -a, else the recipient */
	struct span handed_by;  /* address of the list of this site that handed it over, or empty */
	int64_t time;
	uint64_t size; /* octets after the envelope */
	bool truncated;
	struct span message; /* without the "From " line that mailbox-minded MTAs put first */
};

/* Map and parse PATH; spans live until spool_close. Permanent error for a file that is none of
 * ours. */
bool spool_open(const char *path, struct spooled *out, struct err *e);
void spool_close(struct spooled *s);

struct spool_envelope {
	const char *mail_from;  /* as given, with or without brackets; "" null */
	const char *recipient;  /* "": see above */
	const char *arrived_as; /* NULL when not given */
	const char *handed_by;  /* address of a list of this site; NULL: it came from outside */
};

/*
 * The durable part of `ladle receive`: message from descriptor FD into
 * spool/tmp, LF and CRLF both to CRLF, then fsync, rename into spool/new, fsync of the
 * folder. *NAME  gets the file's name. Nothing half-written is left visible on
 * failure.
 */
#define SPOOL_NAME 64
bool spool_receive(const struct context *c, int fd, const struct spool_envelope *envelope,
                   char name[SPOOL_NAME], struct err *e);

/*
 * The same for a message that is ours, in SEGMENTS (N of them). Under the NAME given:
 * a second message of that name takes the place of the first, if that is still there.
 */
bool spool_put(const struct context *c, const struct segment *segments, size_t n,
               const struct spool_envelope *envelope, const char *name, struct err *e);

#endif
