/* A folder of its own for each case. */

#include "base/folder.h"

#include "base/buf.h"
#include "base/file.h"

#include <check.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
	const char *files; /* each with its comma */
	struct span suffix;
	const char *want;
} cases[] = {
	{ "", SPAN_INIT(""), "" },
	{ "b,a,B,10,9,", SPAN_INIT(""), "10,9,B,a,b," },
	{ ".hidden,shown,", SPAN_INIT(""), "shown," },
	{ "b.key,a.key,c.old,key,", SPAN_INIT(".key"), "a,b," },
	{ ".key,.a.key,", SPAN_INIT(".key"), "" },
	{ "c.old,", SPAN_INIT(".key"), "" },
};

static void fill(struct arena *arena, const char *folder, const char *files)
{
	struct span rest = span_str(files), name;

	while ((name = span_cut(&rest, ',')).n > 0) {
		const char *path = arena_printf(arena, "%s/%.*s", folder, SPAN_FMT(name)).p;

		ck_assert(file_replace(path, SPAN(""), 0600, NULL));
	}
}

static void empty(struct arena *arena, const char *folder, const char *files)
{
	struct span rest = span_str(files), name;

	while ((name = span_cut(&rest, ',')).n > 0) {
		unlink(arena_printf(arena, "%s/%.*s", folder, SPAN_FMT(name)).p);
	}
	ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(names)
{
	char folder[] = "/tmp/ladle-folder-XXXXXX";
	struct arena *arena = arena_new();
	struct buf got = BUF_INIT;
	struct span *v;
	size_t n;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	fill(arena, folder, cases[_i].files);
	ck_assert(folder_names(arena, folder, cases[_i].suffix, &v, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		buf_printf(&got, "%.*s,", SPAN_FMT(v[i]));
	}
	ck_assert(span_is(buf_span(&got), cases[_i].want));
	empty(arena, folder, cases[_i].files);
	buf_free(&got);
	arena_free(arena);
}
END_TEST

START_TEST(none)
{
	struct arena *arena = arena_new();
	struct err e;
	struct span *v;
	size_t n;

	ck_assert(!folder_names(arena, "/nonexistent", SPAN(""), &v, &n, &e));
	ck_assert_str_eq(e.text, "cannot read \"/nonexistent\": No such file or directory");
	ck_assert_uint_eq(n, 0);
	arena_free(arena);
}
END_TEST

Suite *folder_suite(void)
{
	Suite *suite = suite_create("folder");
	TCase *tc = tcase_create("folder");

	tcase_add_loop_test(tc, names, 0, (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tc, none);
	suite_add_tcase(suite, tc);
	return suite;
}
