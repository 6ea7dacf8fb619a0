/*
 * The golden cases, tests/golden/revise: NAME.in is a post, NAME.conf the settings of
 * the list, NAME.out what goes out, all with LF for CRLF. What every post gets is not
 * in NAME.out, unless NAME.conf has "show = all". "number" is that of the post, "size"
 * the largest Message-Instance, "ascii = yes" wants the form without SMTPUTF8. With GOLDEN_UPDATE set the .out are written.
 */
#include "revise_law.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "rules/setting.h"

#include <check.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static glob_t names;

/* Never in NAME.out. */
static const char *const usual[] = { "Received",       "X-Loop",           "List-Id",
	                             "List-Post",      "List-Help",        "List-Subscribe",
	                             "List-Owner",     "List-Unsubscribe", "Precedence" };

static struct span read_as(const char *path, bool crlf)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct err e;
	ck_assert_msg(file_read(path, 1 << 20, &text, &e), "%s", e.text);
	for (size_t i = 0; i < text.n; i++) {
		buf_str(&out, crlf && text.p[i] == '\n' ? "\r" : "");
		buf_chr(&out, text.p[i]);
	}
	buf_free(&text);
	return buf_move(&out, arena);
}

struct golden {
	struct site site;
	struct list list;
	uint64_t number, size, show, ascii;
};

static void read_line(struct golden *g, struct span line, const char *path)
{
	struct span value = line, name = span_trim(span_cut(&value, '='));
	struct err e;
	bool delimiter = span_is(name, "delimiter");
	enum setting_scope scope = delimiter ? SETTING_SITE : SETTING_LIST;
	if (name.n == 0 || name.p[0] == '#') {
		return;
	}
	value = span_trim(value);
	if (span_is(name, "number") || span_is(name, "size")) {
		uint64_t *to = span_is(name, "size") ? &g->size : &g->number;
		ck_assert_msg(span_u64(value, to), "%s: number", path);
	} else if (span_is(name, "ascii")) {
		g->ascii = span_is(value, "yes");
	} else if (span_is(name, "show")) {
		g->show = span_is(value, "all");
	} else {
		const struct setting *row = setting_find(scope, name);
		ck_assert_msg(row != NULL, "%s: %.*s", path, SPAN_FMT(name));
		ck_assert_msg(setting_put(arena, row, value,
		                          delimiter ? (void *)&g->site : (void *)&g->list, &e),
		              "%s: %s", path, e.text);
	}
}

static struct golden read_conf(const char *path)
{
	struct golden g = { .number = 42 };
	setting_defaults(arena, SETTING_SITE, &g.site);
	setting_defaults(arena, SETTING_LIST, &g.list);
	g.site.hostname = g.site.authserv_id = SPAN("mx.lists.example");
	g.list.local = SPAN("dev");
	g.list.domain = SPAN("lists.example");
	for (struct span rest = read_as(path, false); rest.p && rest.n > 0;) {
		read_line(&g, span_cut(&rest, '\n'), path);
	}
	return g;
}

static bool is_usual(struct span name)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (span_iis(name, usual[i])) {
			return true;
		}
	}
	return false;
}

/* The message with LF line ends, without what is usual. */
static struct span shown(const struct message *m, bool all)
{
	struct buf out = BUF_INIT, lf = BUF_INIT;
	for (size_t i = 0; i < m->count; i++) {
		if (all || !is_usual(m->fields[i].name)) {
			buf_add(&out, m->fields[i].raw);
		}
	}
	buf_add(&out, SPAN("\r\n"));
	buf_add(&out, m->body);
	for (size_t i = 0; i < out.n; i++) {
		bool cr = out.p[i] == '\r' && i + 1 < out.n && out.p[i + 1] == '\n';
		ck_assert_msg(out.p[i] != '\n' || (i > 0 && out.p[i - 1] == '\r'), "a bare LF");
		if (!cr) {
			buf_chr(&lf, out.p[i]);
		}
	}
	buf_free(&out);
	return buf_move(&lf, arena);
}

/* PATH, which ends in ".in", with ENDING instead. */
static const char *beside(const char *path, const char *ending)
{
	struct span stem = span_sub(span_str(path), 0, strlen(path) - 3);
	return arena_printf(arena, "%.*s%s", SPAN_FMT(stem), ending).p;
}

static void run(const char *path)
{
	struct message m, out;
	struct err e;
	struct golden g = read_conf(beside(path, ".conf"));
	ck_assert(message_parse(arena, read_as(path, true), &m, &e));
	const struct field *from = message_find(&m, "From");
	struct revise r = { .arena = arena,
		            .site = &g.site,
		            .list = &g.list,
		            .message = &m,
		            .munge = g.list.from == LIST_FROM_MUNGE,
		            .ascii = g.ascii != 0,
		            .recipient = SPAN("dev@lists.example"),
		            .id = SPAN("id1"),
		            .number = g.number,
		            .now = 1795800000 };
	r.has_author = message_count(&m, "From") == 1 && addr_single(arena, from->value, &r.author);
	struct edits *x = revise_law_check(&r, g.size, path);
	ck_assert(message_parse(arena, edit_print(x), &out, &e));
	ck_assert_msg(!g.ascii || utf8_ascii(out.header), "%s: the header is not ASCII", path);
	struct span got = shown(&out, g.show);
	if (getenv("GOLDEN_UPDATE")) {
		ck_assert_msg(file_replace(beside(path, ".out"), got, 0644, &e), "%s", e.text);
	}
	struct span want = read_as(beside(path, ".out"), false);
	ck_assert_msg(span_eq(got, want), "%s: got\n%.*s\nwant\n%.*s", path, SPAN_FMT(got),
	              SPAN_FMT(want));
}

START_TEST(golden)
{
	const char *folder = LADLE_SRCDIR "/tests/golden/revise/*.in";
	ck_assert_int_eq(glob(folder, 0, NULL, &names), 0);
	ck_assert_uint_ge(names.gl_pathc, 60);
	for (size_t i = 0; i < names.gl_pathc; i++) {
		arena = arena_new();
		run(names.gl_pathv[i]);
		arena_free(arena);
	}
	globfree(&names);
}
END_TEST

Suite *revise_golden_suite(void);

Suite *revise_golden_suite(void)
{
	Suite *suite = suite_create("revise_golden");
	TCase *tc = tcase_create("golden");
	tcase_add_test(tc, golden);
	suite_add_tcase(suite, tc);
	return suite;
}
