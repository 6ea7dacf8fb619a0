#include "samples.h"

#include "base/codec.h"
#include "base/file.h"

#include <check.h>
#include <stdlib.h>

static const char *source_folder(void)
{
#ifdef LADLE_SRCDIR
	return LADLE_SRCDIR;
#else
	return getenv("SRC");
#endif
}

struct span sample_file(struct arena *arena, const char *name)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct err e;

	ck_assert_msg(source_folder() != NULL, "SRC is not set");
	buf_printf(&path, "%s/tests/corpus/%s", source_folder(), name);
	ck_assert_msg(file_read(path.p, 1 << 24, &text, &e), "%s", e.text);
	buf_free(&path);
	return buf_move(&text, arena);
}

struct span sample_crlf(struct arena *arena, struct span text)
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

struct message sample_parse(struct arena *arena, struct span raw)
{
	struct message m;
	struct err e;

	ck_assert_msg(message_parse(arena, raw, &m, &e), "%s", e.text);
	return m;
}

struct keysource sample_keys(struct arena *arena, const char *name)
{
	struct keysource source;
	struct err e;

	ck_assert_msg(key_file_source(arena, sample_file(arena, name), &source, &e), "%s", e.text);
	return source;
}

struct span sample_unbase64(struct arena *arena, const char *base64)
{
	struct buf out = BUF_INIT;

	ck_assert(codec_unbase64(&out, span_str(base64)));
	return buf_move(&out, arena);
}
