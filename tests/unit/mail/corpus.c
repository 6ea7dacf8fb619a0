#include "corpus.h"

#include "base/buf.h"
#include "base/file.h"

#include <check.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

/* nftw passes no context, so that it only collects names. */
static char *paths[1000];
static size_t path_count;

static int collect(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)place;
	if (type == FTW_F && path_count < sizeof(paths) / sizeof(*paths)) {
		paths[path_count++] = mem_str(path);
	}
	return 0;
}

static const char *source_folder(void)
{
#ifdef LADLE_SRCDIR
	return LADLE_SRCDIR;
#else
	return getenv("SRC");
#endif
}

static void add_crlf(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r')) {
			buf_chr(out, '\r');
		}
		buf_chr(out, text.p[i]);
	}
}

static void run_file(const char *path, void (*each)(const char *path, struct span raw))
{
	struct buf text = BUF_INIT, crlf = BUF_INIT;
	struct err e;

	ck_assert_msg(file_read(path, 1 << 24, &text, &e), "%s", e.text);
	each(path, buf_span(&text));
	add_crlf(&crlf, buf_span(&text));
	each(path, buf_span(&crlf));
	buf_free(&text);
	buf_free(&crlf);
}

size_t corpus_each(void (*each)(const char *path, struct span raw))
{
	struct buf folder = BUF_INIT;
	size_t count;

	ck_assert_msg(source_folder() != NULL, "SRC is not set");
	buf_printf(&folder, "%s/tests/corpus/mail", source_folder());
	nftw(folder.p, collect, 16, FTW_PHYS);
	buf_free(&folder);
	for (size_t i = 0; i < path_count; i++) {
		run_file(paths[i], each);
		mem_free(paths[i]);
	}
	count = path_count;
	path_count = 0;
	ck_assert_uint_gt(count, 60);
	return count;
}
