/*
 * Spool files, written and read. Invariants:
 *   1. a name appears in spool/new only after its content is synced;
 *   2. nobody writes to a file in spool/new;
 *   3. on failure the file in spool/tmp is removed (one left by a kill is swept
 *      by process after a day).
 */
#include "flow/spool.h"

#include "base/fault.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (64u * 1024)
#define MAGIC "Ladle-Spool: 1\n"
/* Digits wide enough for any size: patched in place once it is known. */
#define SIZE_LINES_FMT "Size: %020llu\nTruncated: %d\n\n"

/* The message on its way in: line ends made CRLF, nothing else. */
struct intake {
	int out;
	struct buf buffer;
	uint64_t size; /* octets written so far */
	bool cr;       /* the last octet was a CR that still waits for what follows */
	bool truncated;
};

static bool intake_flush(struct intake *in, struct err *e)
{
	if (fault_errno("spool-write")) {
		return err_errno(e, "cannot write to the spool");
	}
	bool ok = file_write_all(in->out, buf_span(&in->buffer), e);
	buf_clear(&in->buffer);
	return ok;
}

/*
 * LF and CRLF become CRLF; a CR before anything else stays as it is. Works line
 * by line with memchr, so long lines cost nothing.
 */
static void intake_convert(struct intake *in, struct span piece)
{
	while (piece.n > 0) {
		size_t lf = span_chr(piece, '\n');
		struct span line = span_sub(piece, 0, lf == SPAN_NONE ? piece.n : lf);
		bool had_cr = line.n > 0 ? line.p[line.n - 1] == '\r' : in->cr;
		buf_add(&in->buffer, line);
		if (line.n > 0) {
			in->cr = had_cr;
		}
		if (lf == SPAN_NONE) {
			return;
		}
		buf_str(&in->buffer, had_cr ? "\n" : "\r\n");
		in->cr = false;
		piece = span_from(piece, lf + 1);
	}
}

static bool intake_add(struct intake *in, struct span piece, struct err *e)
{
	if (in->truncated) {
		return true; /* read to the end all the same: an MTA may insist */
	}
	intake_convert(in, piece);
	in->size += in->buffer.n;
	if (in->size > LIMIT_MESSAGE_HARD) {
		in->buffer.n -= (size_t)(in->size - LIMIT_MESSAGE_HARD);
		in->size = LIMIT_MESSAGE_HARD;
		in->truncated = true;
	}
	return intake_flush(in, e);
}

static bool intake_run(struct intake *in, int fd, struct err *e)
{
	char *chunk = mem_alloc(CHUNK);
	bool ok = true;
	while (ok) {
		ssize_t got = read(fd, chunk, CHUNK);
		if (got == 0) {
			break;
		}
		if (got < 0 && errno != EINTR) {
			ok = err_errno(e, "cannot read the message");
		} else if (got > 0) {
			ok = intake_add(in, (struct span){ chunk, (size_t)got }, e);
		}
	}
	mem_free(chunk);
	return ok;
}

/* Header values of the spool file are one line: other bytes would forge a field. */
static bool one_line(const char *s, struct err *e)
{
	return !strpbrk(s, "\r\n") ||
	       err_set(e, ERR_PERMANENT, "5.1.3", "line break in an envelope address");
}

static bool write_envelope(struct intake *in, const struct spool_envelope *v, int64_t now,
                           off_t *size_at, struct err *e)
{
	if (!one_line(v->mail_from, e) || !one_line(v->recipient, e) ||
	    !one_line(v->arrived_as ? v->arrived_as : "", e) ||
	    !one_line(v->handed_by ? v->handed_by : "", e)) {
		return false;
	}
	struct span from = span_str(v->mail_from);
	if (span_starts(from, SPAN("<")) && span_ends(from, SPAN(">"))) {
		from = span_sub(from, 1, from.n - 1);
	}
	buf_printf(&in->buffer, MAGIC "From: <%.*s>\nRecipient: %s\n", SPAN_FMT(from),
	           v->recipient);
	if (v->arrived_as) {
		buf_printf(&in->buffer, "Arrived-As: %s\n", v->arrived_as);
	}
	if (v->handed_by) {
		buf_printf(&in->buffer, "Handed-By: %s\n", v->handed_by);
	}
	buf_printf(&in->buffer, "Time: %020lld\n", (long long)now);
	*size_at = (off_t)in->buffer.n;
	buf_printf(&in->buffer, SIZE_LINES_FMT, 0ULL, 0);
	return intake_flush(in, e);
}

static bool patch_size(const struct intake *in, off_t at, struct err *e)
{
	char lines[64];
	int n = snprintf(lines, sizeof(lines), SIZE_LINES_FMT, (unsigned long long)in->size,
	                 in->truncated ? 1 : 0);
	return pwrite(in->out, lines, (size_t)n, at) == n ||
	       err_errno(e, "cannot write to the spool");
}

/* Where a message comes from: a descriptor, or bytes of ours, which are in CRLF form. */
struct source {
	int fd;
	const struct segment *segments; /* NULL: fd */
	size_t n;
};

static bool intake_segments(struct intake *in, const struct source *from, struct err *e)
{
	for (size_t i = 0; i < from->n; i++) {
		struct span bytes = from->segments[i].bytes;
		if (fault_errno("spool-write")) {
			return err_errno(e, "cannot write to the spool");
		}
		if (!file_write_all(in->out, bytes, e)) {
			return false;
		}
		in->size += bytes.n;
	}
	return true;
}

static bool fill(const struct context *c, const struct source *from, int out,
                 const struct spool_envelope *v, struct err *e)
{
	struct intake in = { .out = out, .buffer = BUF_INIT };
	off_t size_at = 0;
	bool ok = write_envelope(&in, v, c->env.now(&c->env), &size_at, e) &&
	          (from->segments ? intake_segments(&in, from, e) : intake_run(&in, from->fd, e)) &&
	          patch_size(&in, size_at, e);
	buf_free(&in.buffer);
	if (ok && (fault_errno("spool-sync") || fsync(out) != 0)) {
		ok = err_errno(e, "cannot sync the spool");
	}
	return ok;
}

/*
 * Time first, so that names sort by arrival, within a second by the monotonic clock
 * (all of it: its seconds begin elsewhere); then process and chance against collisions.
 */
static void make_name(const struct context *c, char name[SPOOL_NAME])
{
	unsigned char r[4];
	c->env.random(&c->env, r, sizeof(r));
	snprintf(name, SPOOL_NAME, "%012llx.%012llx.%lx.%02x%02x%02x%02x",
	         (unsigned long long)c->env.now(&c->env),
	         (unsigned long long)c->env.now_us(&c->env), (unsigned long)getpid(), r[0], r[1],
	         r[2], r[3]);
}

/* Into spool/tmp under a name of its own, then under NAME into spool/new. */
static bool keep(const struct context *c, const struct source *from,
                 const struct spool_envelope *envelope, const char *name, struct err *e)
{
	char own[SPOOL_NAME];
	make_name(c, own);
	struct arena *arena = arena_new();
	const char *tmp = arena_printf(arena, "%s/%s", c->paths.spool_tmp, own).p;
	const char *new = arena_printf(arena, "%s/%s", c->paths.spool_new, name).p;
	int out = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = out >= 0 || err_errno(e, "cannot create \"%s\"", tmp);
	if (ok) {
		ok = fill(c, from, out, envelope, e);
		if (close(out) != 0 && ok) {
			ok = err_errno(e, "cannot close \"%s\"", tmp);
		}
		if (ok && (fault_errno("spool-rename") || rename(tmp, new) != 0)) {
			ok = err_errno(e, "cannot rename \"%s\"", tmp);
		}
		if (!ok) {
			unlink(tmp);
		}
	}
	arena_free(arena);
	/* If this fails the name may be there after all and the MTA tries again: twice is better
	 * than never. */
	return ok && file_sync_dir(c->paths.spool_new, e);
}

bool spool_receive(const struct context *c, int fd, const struct spool_envelope *envelope,
                   char name[SPOOL_NAME], struct err *e)
{
	struct source from = { .fd = fd };
	make_name(c, name);
	return keep(c, &from, envelope, name, e);
}

bool spool_put(const struct context *c, const struct segment *segments, size_t n,
               const struct spool_envelope *envelope, const char *name, struct err *e)
{
	struct source from = { .fd = -1, .segments = segments, .n = n };
	return keep(c, &from, envelope, name, e);
}

static bool take_line(struct span *rest, const char *name, struct span *value)
{
	size_t lf = span_chr(*rest, '\n');
	size_t n = strlen(name);
	if (lf == SPAN_NONE || lf < n || memcmp(rest->p, name, n) != 0) {
		return false;
	}
	*value = span_sub(*rest, n, lf);
	*rest = span_from(*rest, lf + 1);
	return true;
}

/*
 * The value of NAME in the lines that the MTA has put on top of MESSAGE: above its
 * Received field. What is below that came with the message, and anybody can write it.
 */
static struct span trace_value(struct span message, struct span name)
{
	while (message.n > 0) {
		struct span line = span_line(&message);
		if (span_trim(line).n == 0 || span_istarts(line, SPAN("Received:"))) {
			break;
		}
		if (span_istarts(line, name)) {
			return span_trim(span_from(line, name.n));
		}
	}
	return SPAN("");
}

/* Where no recipient was given: what the MTA has written down, the older address first. */
static struct span recipient_on_top(struct span message)
{
	struct span original = trace_value(message, SPAN("X-Original-To:"));
	return original.n > 0 ? original : trace_value(message, SPAN("Delivered-To:"));
}

static bool parse(struct spooled *s)
{
	struct span rest = s->map.bytes, from, time, size, truncated, empty;
	uint64_t at = 0, bytes = 0;
	if (!span_starts(rest, SPAN(MAGIC))) {
		return false;
	}
	rest = span_from(rest, sizeof(MAGIC) - 1);
	if (!take_line(&rest, "From: <", &from) || !span_ends(from, SPAN(">")) ||
	    !take_line(&rest, "Recipient: ", &s->recipient)) {
		return false;
	}
	bool arrived = take_line(&rest, "Arrived-As: ", &s->arrived_as);
	if (!take_line(&rest, "Handed-By: ", &s->handed_by)) {
		s->handed_by = SPAN("");
	}
	if (!take_line(&rest, "Time: ", &time) || !take_line(&rest, "Size: ", &size) ||
	    !take_line(&rest, "Truncated: ", &truncated) || !take_line(&rest, "", &empty) ||
	    empty.n != 0 || !span_u64(time, &at) || at > INT64_MAX || !span_u64(size, &bytes) ||
	    bytes != rest.n || !(span_is(truncated, "0") || span_is(truncated, "1"))) {
		return false;
	}
	s->mail_from = span_sub(from, 0, from.n - 1);
	s->time = (int64_t)at;
	s->size = bytes;
	s->truncated = span_is(truncated, "1");
	s->message = rest;
	if (span_starts(rest, SPAN("From ")) && !span_starts(rest, SPAN("From :"))) {
		span_line(&s->message);
	}
	if (s->recipient.n == 0) {
		s->recipient = recipient_on_top(s->message);
	}
	if (!arrived) {
		s->arrived_as = s->recipient;
	}
	return true;
}

bool spool_open(const char *path, struct spooled *out, struct err *e)
{
	*out = (struct spooled){ 0 };
	if (!file_map(path, &out->map, e)) {
		return false;
	}
	if (!parse(out)) {
		file_unmap(&out->map);
		return err_set(e, ERR_PERMANENT, "", "\"%s\" is not a complete spool file", path);
	}
	return true;
}

void spool_close(struct spooled *s)
{
	file_unmap(&s->map);
}
