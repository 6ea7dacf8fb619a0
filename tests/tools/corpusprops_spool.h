#ifndef LADLE_CORPUSPROPS_SPOOL_H
#define LADLE_CORPUSPROPS_SPOOL_H

/* How corpusprops gets a message: by the spool, as `ladle receive` takes it and `ladle run` finds it. */

#include "corpusprops_author.h"
#include "flow/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Every line end CRLF, or every CRLF LF. */
static struct span lf_form(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n') {
			buf_chr(&out, text.p[i]);
		}
	}
	return buf_move(&out, arena);
}

static struct span crlf_form(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r')) {
			buf_chr(&out, '\r');
		}
		buf_chr(&out, text.p[i]);
	}
	return buf_move(&out, arena);
}

/* Some files have key records before the message, up to the first empty line. */
static struct span without_records(struct span text)
{
	struct span rest = text;
	struct span line = span_line(&rest);
	size_t end = span_find(text, SPAN("\n\n"));
	return span_find(line, SPAN("._domainkey.")) != SPAN_NONE &&
	                       span_chr(line, ':') == SPAN_NONE && end != SPAN_NONE ?
	               span_from(text, end + 2) :
	               text;
}

/* A spool in a temporary folder, which is the caller's to remove (paths.data). */
static bool prepare_spool(struct arena *arena, struct context *intake, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = arena_str(arena, arena_printf(arena, "%s/props.XXXXXX", tmp ? tmp : "/tmp"));
	intake->env = env_real();
	if (!mkdtemp(folder)) {
		return err_errno(e, "cannot make \"%s\"", folder);
	}
	intake->paths.data = folder;
	intake->paths.spool_tmp = intake->paths.spool_new = folder;
	return true;
}

/* TEXT as `receive` spools it and `run` finds it. */
static struct span received(struct arena *arena, const struct context *intake, struct span text)
{
	char name[SPOOL_NAME];
	struct spooled spooled;
	struct spool_envelope envelope = { .mail_from = "a@author.example", .recipient = POST };
	struct err e = { 0 };
	const char *in = arena_printf(arena, "%s/in", intake->paths.data).p;
	int fd = open(in, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && file_write_all(fd, text, &e) && lseek(fd, 0, SEEK_SET) == 0 &&
	          spool_receive(intake, fd, &envelope, name, &e);
	const char *path =
		arena_printf(arena, "%s/%s", intake->paths.spool_new, ok ? name : "").p;
	if (!ok || !spool_open(path, &spooled, &e)) {
		fprintf(stderr, "corpusprops: spool: %s\n", e.text);
		exit(70);
	}
	struct span message = arena_copy(arena, spooled.message);
	spool_close(&spooled);
	unlink(path);
	unlink(in);
	close(fd);
	return message;
}

#endif
