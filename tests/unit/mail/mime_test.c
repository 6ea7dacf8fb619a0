#include "mail/mime.h"

#include "base/buf.h"
#include "base/limits.h"
#include "corpus.h"

#include <check.h>
#include <string.h>
#include <time.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))
#define CHECK_SPAN(got, want)                                                                      \
	ck_assert_msg(span_eq((got), (want)), "got \"%.*s\", want \"%.*s\"", SPAN_FMT(got),        \
	              SPAN_FMT(want))

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* --- Content-Type ----------------------------------------------------------- */

static const struct {
	struct span value;
	const char *type, *subtype; /* NULL: broken */
} types[] = {
	{ SPAN_INIT("text/html"), "text", "html" },
	{ SPAN_INIT(" Text/HTML ; charset=x"), "Text", "HTML" },
	{ SPAN_INIT("\r\n text (a) / (b) html (c);"), "text", "html" },
	{ SPAN_INIT("multipart/mixed boundary=x"), "multipart", "mixed" },
	{ SPAN_INIT("application/vnd.a+b.c-d"), "application", "vnd.a+b.c-d" },
	{ SPAN_INIT(""), NULL, NULL },
	{ SPAN_INIT("text"), NULL, NULL },
	{ SPAN_INIT("text; charset=x"), NULL, NULL },
	{ SPAN_INIT("text/"), NULL, NULL },
	{ SPAN_INIT("/html"), NULL, NULL },
	{ SPAN_INIT("text/;a=b"), NULL, NULL },
	{ SPAN_INIT("te\0xt/html"), NULL, NULL },
	{ SPAN_INIT("(text/html"), NULL, NULL },
	{ SPAN_INIT("text(\\"), NULL, NULL },
};

START_TEST(type)
{
	struct mime_type t = mime_type(arena, types[_i].value);

	ck_assert(t.present);
	ck_assert_int_eq(t.broken, types[_i].type == NULL);
	CHECK_SPAN(t.type, span_str(types[_i].type ? types[_i].type : "text"));
	CHECK_SPAN(t.subtype, span_str(types[_i].type ? types[_i].subtype : "plain"));
}
END_TEST

START_TEST(type_is)
{
	struct mime_type t = mime_type(arena, SPAN("Text/Html"));

	ck_assert(mime_is(&t, "text", "html"));
	ck_assert(mime_is(&t, "text", NULL));
	ck_assert(!mime_is(&t, "text", "plain"));
	ck_assert(!mime_is(&t, "tex", NULL));
}
END_TEST

static const struct {
	struct span value; /* of the field, behind "a/b" */
	const char *want;  /* parameter "name" */
} params[] = {
	{ SPAN_INIT("; name=x"), "x" },
	{ SPAN_INIT(";NAME=x"), "x" },
	{ SPAN_INIT("; name = x ; b=c"), "x" },
	{ SPAN_INIT("; name (c) = (d) x (e)"), "x" },
	{ SPAN_INIT(";\r\n\tname=\"a b\\\"c\\\\d\""), "a b\"c\\d" },
	{ SPAN_INIT("; name=\"a;b=c\"; b=d"), "a;b=c" },
	{ SPAN_INIT("; name=\"a\r\n b\""), "a b" },
	{ SPAN_INIT("; b=\"; name=no\"; name=x"), "x" },
	{ SPAN_INIT("; (; name=no) name=x"), "x" },
	{ SPAN_INIT(";;; name=x;"), "x" },
	{ SPAN_INIT("; b; name=x"), "x" },
	{ SPAN_INIT("; b c d; name=x"), "x" },
	{ SPAN_INIT(" junk; name=x"), "x" },
	{ SPAN_INIT("; name=----=_x/y:z?"), "----=_x/y:z?" },
	{ SPAN_INIT("; name=x; name=y"), "x" },
	{ SPAN_INIT("; name=\"\""), "" },
	{ SPAN_INIT("; name="), "" },
	{ SPAN_INIT("; name=;b=c"), "" },
	{ SPAN_INIT("; name"), "" },
	{ SPAN_INIT("; names=x"), "" },
	{ SPAN_INIT("; nam=x"), "" },
	{ SPAN_INIT(""), "" },
	{ SPAN_INIT("; name=\"x"), "x" },
	{ SPAN_INIT("; name=\"x\\"), "x\\" },
	{ SPAN_INIT("; name=\""), "" },
	/* RFC 2231 */
	{ SPAN_INIT("; name*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"),
	  "This is ***fun***" },
	{ SPAN_INIT("; name*0=\"ftp://\"; name*1=\"cs.utk.edu/pub\""), "ftp://cs.utk.edu/pub" },
	{ SPAN_INIT(
		  "; name*0*=us-ascii'en'This%20is%20even%20more%20; name*1*=%2A%2A%2Afun%2A%2A%2A%20;"
		  " name*2=\"isn't it!\""),
	  "This is even more ***fun*** isn't it!" },
	{ SPAN_INIT("; name*1=b; name*0=a; name*2=c"), "abc" },
	{ SPAN_INIT("; name*0=a; name*2=c"), "a" },
	{ SPAN_INIT("; name*1=b"), "" },
	{ SPAN_INIT("; name*1=b; name=x"), "x" },
	{ SPAN_INIT("; name=x; name*=utf-8''J%C3%B6"), "J\xc3\xb6" },
	{ SPAN_INIT("; name*=iso-8859-1''J%F6"), "J\xc3\xb6" },
	{ SPAN_INIT("; name*0*=utf-8''J%C3; name*1*=%B6"), "J\xc3\xb6" },
	{ SPAN_INIT("; name*=x-none''J%F6"), "J\xf6" },
	{ SPAN_INIT("; name*=''a%20b"), "a b" },
	{ SPAN_INIT("; name*=a%20b"), "a b" },
	{ SPAN_INIT("; name*=utf-8'a%20b"), "" },
	{ SPAN_INIT("; name*=utf-8''a%2"), "a%2" },
	{ SPAN_INIT("; name*=utf-8''a%zz"), "a%zz" },
	{ SPAN_INIT("; name*0=a; name*0=b"), "a" },
	{ SPAN_INIT("; name**=a"), "" },
	{ SPAN_INIT("; name*x=a"), "" },
	{ SPAN_INIT("; name*99999999999999999999=a"), "" },
	{ SPAN_INIT("; name*100=a"), "" },
};

START_TEST(param)
{
	struct span value = arena_join(arena, SPAN("a/b"), params[_i].value, SPAN_END);
	struct mime_type t = mime_type(arena, value);

	CHECK_SPAN(mime_param(arena, &t, "name"), span_str(params[_i].want));
}
END_TEST

static const char *const hostile[] = {
	";",      "(",        "()",       "((",       "\"",         "\\",      ";name",
	";name=", ";name=\"", "=",        ";name*0=", ";name*1*=%", ";name=(", ";name*=a'b'",
	" ",      "\r\n ",    "; name=x", "a",        "\"x\"(",
};

START_TEST(param_linear)
{
	struct buf text = BUF_INIT;
	struct span readings[32];
	struct timespec from, to;
	struct mime_type t;

	buf_str(&text, "a/b;");
	while (text.n < LIMIT_HEADER) {
		buf_str(&text, hostile[_i]);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	t = mime_type(arena, buf_span(&text));
	mime_param(arena, &t, "name");
	mime_param_readings(arena, &t, "name", readings, LENGTH(readings));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	buf_free(&text);
	ck_assert_int_le(to.tv_sec - from.tv_sec, 1);
}
END_TEST

START_TEST(charset)
{
	struct mime_type t = mime_type(arena, SPAN("text/plain; charset=\"UTF-8\""));

	CHECK_SPAN(mime_charset(arena, &t), SPAN("utf-8"));
	t = mime_type(arena, SPAN("text/plain; charset=\" \""));
	CHECK_SPAN(mime_charset(arena, &t), SPAN("us-ascii"));
	t = mime_type(arena, SPAN("text/plain"));
	CHECK_SPAN(mime_charset(arena, &t), SPAN("us-ascii"));
}
END_TEST

static const struct {
	struct span value;
	enum mime_encoding want;
} encodings[] = {
	{ SPAN_INIT("7bit"), MIME_7BIT },           { SPAN_INIT(" 8BIT (x)"), MIME_8BIT },
	{ SPAN_INIT("(x) binary"), MIME_BINARY },   { SPAN_INIT("Quoted-Printable;"), MIME_QP },
	{ SPAN_INIT("\r\n base64 "), MIME_BASE64 }, { SPAN_INIT(""), MIME_UNKNOWN },
	{ SPAN_INIT("base-64"), MIME_UNKNOWN },     { SPAN_INIT("x-uuencode"), MIME_UNKNOWN },
	{ SPAN_INIT("base64\0"), MIME_BASE64 },
};

START_TEST(encoding)
{
	ck_assert_int_eq(mime_encoding(encodings[_i].value), encodings[_i].want);
}
END_TEST

/* --- the tree --------------------------------------------------------------- */

static void show(struct buf *out, const struct part *p)
{
	if (p->boundary.n == 0) {
		buf_chr(out, '[');
		buf_add(out, p->body);
		buf_chr(out, ']');
		return;
	}
	buf_chr(out, '(');
	for (const struct part *c = p->children; c; c = c->next) {
		show(out, c);
	}
	buf_str(out, p->closed ? ")" : ">");
	buf_printf(out, "%zu", p->close_at);
}

static struct mime parse(struct span raw)
{
	struct message *m = ARENA_NEW(arena, struct message);
	struct mime out;

	ck_assert(message_parse(arena, raw, m, NULL));
	ck_assert(mime_parse(arena, m, &out, NULL));
	return out;
}

#define MIXED(b) "Content-Type: multipart/mixed; boundary=" b "\r\n\r\n"

/* WANT: "[body]" of a leaf, "(…)" a closed multipart, "(…>" one that is not, then close_at. */
static const struct {
	struct span raw;
	const char *want;
} trees[] = {
	{ SPAN_INIT("A: b\r\n\r\nx\r\n"), "[x\r\n]" },
	{ SPAN_INIT(""), "[]" },
	{ SPAN_INIT("Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx"), "[--\r\n\r\nx]" },
	{ SPAN_INIT("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx"),
	  "[--\r\n\r\nx]" },
	{ SPAN_INIT(MIXED("x")), "(>0" },
	{ SPAN_INIT(MIXED("x") "abc"), "(>3" },
	{ SPAN_INIT(MIXED("x") "--x--"), "()0" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\na\r\n--x\r\n\r\nb\r\n--x--\r\n"), "([a][b])20" },
	{ SPAN_INIT(MIXED("x") "pre\r\n--x\r\n\r\na\r\n--x--\r\nepi\r\n--x\r\n"), "([a])15" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\na\r\n\r\n--x--"), "([a\r\n])12" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\na"), "([a]>8" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\na\r\n"), "([a\r\n]>10" },
	/* empty and half parts */
	{ SPAN_INIT(MIXED("x") "--x\r\n--x--\r\n"), "([])5" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\n--x--\r\n"), "([])7" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\n\r\n--x--\r\n"), "([])9" },
	{ SPAN_INIT(MIXED("x") "--x\r\nA: b\r\n--x--\r\n"), "([])11" },
	{ SPAN_INIT(MIXED("x") "--x\r\nA: b\r\n\r\n--x--\r\n"), "([])13" },
	{ SPAN_INIT(MIXED("x") "--x\r\nA: b\r\nno field\r\n--x--\r\n"), "([no field])21" },
	{ SPAN_INIT(MIXED("x") "--x\r\n cont: x\r\n--x--\r\n"), "([ cont: x])15" },
	{ SPAN_INIT(MIXED("x") "--x\r\nA: b\r\n c\r\n\r\nz\r\n--x--\r\n"), "([z])20" },
	{ SPAN_INIT(MIXED("x") "--x"), "([]>3" },
	{ SPAN_INIT(MIXED("x") "--x\r\n"), "([]>5" },
	{ SPAN_INIT(MIXED("x") "--x\r\nA: b"), "([]>9" },
	/* what a delimiter is */
	{ SPAN_INIT(MIXED("x") "--x \t\r\n\r\na\r\n--x-- \r\n"), "([a])12" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\n--xy\r\n--x-\r\n --x\r\n-x\r\n--X\r\n--x--y\r\n--x--"),
	  "([--xy\r\n--x-\r\n --x\r\n-x\r\n--X\r\n--x--y])42" },
	{ SPAN_INIT(MIXED("x") "--x\r\n\r\na\n--x\nb\r--x\rc\r\n--x--"),
	  "([a\n--x\nb\r--x\rc])22" },
	{ SPAN_INIT(MIXED("\"a b:c \"") "--a b:c\r\n\r\n1\r\n--a b:c\r\n\r\n2\r\n--a b:c--"),
	  "([1][2])28" },
	{ SPAN_INIT(MIXED("\"a:b\"") "--a:b\r\nA: b\r\n--a:b\r\n\r\n2\r\n--a:b--"), "([][2])25" },
	{ SPAN_INIT(MIXED("\"x--\"") "--x--\r\n\r\na\r\n--x----\r\n"), "([a])12" },
	/* nested */
	{ SPAN_INIT(
		  MIXED("x") "--x\r\n" MIXED("y") "--y\r\n\r\na\r\n--y--\r\n--x\r\n\r\nb\r\n--x--"),
	  "(([a])60[b])77" },
	{ SPAN_INIT(MIXED("x") "--x\r\n" MIXED("y") "--y\r\n\r\na\r\n--x\r\n\r\nb\r\n--x--"),
	  "(([a]>58[b])70" },
	{ SPAN_INIT(MIXED("x") "--x\r\n" MIXED("y") "--y\r\n\r\na\r\n--x--"), "(([a]>58)60" },
	{ SPAN_INIT(MIXED("x") "--x\r\n" MIXED("y") "--y\r\n\r\na"), "(([a]>58>58" },
	{ SPAN_INIT(MIXED("x") "--x\r\n" MIXED("y") "--y--\r\nepi\r\n--y\r\n--x--"), "(()50)67" },
	{ SPAN_INIT(
		  MIXED("x") "--x\r\n" MIXED("x") "--x\r\n\r\na\r\n--x--\r\n--x\r\n\r\nb\r\n--x--"),
	  "(([a])60[b])77" },
	{ SPAN_INIT(MIXED("x") "--x\r\nContent-Type: multipart/mixed; boundary=y\r\n--x--"),
	  "((>46)48" },
	{ SPAN_INIT(MIXED("x") "--x\r\nContent-Type: message/rfc822\r\n\r\n" MIXED(
		  "y") "--y\r\n--x--"),
	  "([" MIXED("y") "--y])87" },
};

START_TEST(tree)
{
	struct mime m = parse(trees[_i].raw);
	struct buf out = BUF_INIT;

	show(&out, m.root);
	CHECK_SPAN(buf_span(&out), span_str(trees[_i].want));
	buf_free(&out);
	ck_assert(!m.cut);
}
END_TEST

START_TEST(part_fields)
{
	struct mime m = parse(SPAN(MIXED(
		"x") "--x\r\nContent-Type: text/html;\r\n charset=UTF-8\r\n"
	             "Content-Transfer-Encoding: quoted-printable\r\n\r\na=\r\nb=3D\r\n"
	             "--x\r\ncontent-type : a/b\r\ncontent-transfer-encoding : base64\r\n\r\nYQ=\r\n=\r\n"
	             "--x\r\nContent-Type: nonsense\r\n\r\nc\r\n"
	             "--x\r\n\r\nd\r\n--x--\r\n"));
	const struct part *p = m.root->children;

	ck_assert_int_eq((int)m.parts, 5);
	ck_assert_int_eq((int)p->depth, 1);
	ck_assert_ptr_eq(p->parent, m.root);
	ck_assert(mime_is(&p->type, "text", "html"));
	CHECK_SPAN(mime_charset(arena, &p->type), SPAN("utf-8"));
	ck_assert_int_eq((int)p->message.count, 2);
	CHECK_SPAN(mime_decode(arena, p), SPAN("ab="));
	p = p->next;
	CHECK_SPAN(p->type.subtype, SPAN("b"));
	CHECK_SPAN(mime_decode(arena, p), SPAN("a"));
	p = p->next;
	ck_assert(p->type.broken && mime_is(&p->type, "text", "plain"));
	CHECK_SPAN(mime_decode(arena, p), SPAN("c"));
	p = p->next;
	ck_assert(!p->type.present && mime_is(&p->type, "text", "plain"));
	ck_assert_int_eq(p->encoding, MIME_7BIT);
	ck_assert_ptr_eq(mime_decode(arena, p).p, p->body.p);
	ck_assert_ptr_null(p->next);
}
END_TEST

START_TEST(digest)
{
	struct mime m = parse(SPAN("Content-Type: multipart/digest; boundary=x\r\n\r\n"
	                           "--x\r\n\r\nSubject: a\r\n\r\nb\r\n--x--\r\n"));

	ck_assert(mime_is(&m.root->children->type, "message", "rfc822"));
	CHECK_SPAN(m.root->children->body, SPAN("Subject: a\r\n\r\nb"));
}
END_TEST

/* --- properties and bounds --------------------------------------------------- */

static bool within(struct span inner, struct span outer)
{
	return inner.n == 0 || (inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n);
}

static size_t check_part(const struct part *p, struct span top)
{
	struct message m = p->message;
	size_t count = 1, at = 0;

	ck_assert(p->raw.n == m.header.n + m.separator.n + m.body.n && span_eq(p->body, m.body));
	ck_assert(p->raw.n == 0 || span_starts(p->raw, m.header));
	ck_assert(within(p->raw, p->parent ? p->parent->body : p->raw) && p->close_at <= top.n);
	for (size_t i = 0; i < m.count; i++) {
		at += m.fields[i].raw.n;
	}
	ck_assert_int_eq((int)at, (int)m.header.n);
	if (p->closed) {
		ck_assert(span_starts(span_from(span_from(top, p->close_at), 2), p->boundary));
	}
	for (const struct part *c = p->children; c; c = c->next) {
		ck_assert(c->parent == p && c->depth == p->depth + 1 && c->depth <= LIMIT_DEPTH);
		/* In order and apart, as far as they can be told. */
		ck_assert(!c->next || c->raw.p + c->raw.n <= c->next->raw.p);
		count += check_part(c, top);
	}
	return count;
}

static void check_tree(const char *name, struct span raw)
{
	struct message m;
	struct mime out;

	if (!message_parse(arena, raw, &m, NULL)) {
		return;
	}
	ck_assert_msg(mime_parse(arena, &m, &out, NULL), "%s", name);
	ck_assert_int_eq((int)check_part(out.root, m.body), (int)out.parts);
	ck_assert_int_le((int)out.parts, LIMIT_PARTS);
}

START_TEST(corpus)
{
	ck_assert_int_gt((int)corpus_each(check_tree), 0);
}
END_TEST

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* COUNT multiparts in one another, their ends missing. */
static void nest(struct buf *out, int count)
{
	for (int i = 0; i < count; i++) {
		if (i > 0) {
			buf_printf(out, "--b%d\r\n", i - 1);
		}
		buf_printf(out, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n", i);
	}
}

START_TEST(depth)
{
	const int counts[] = { 31, 32, 33, 1000 };
	struct buf text = BUF_INIT;
	struct mime m;

	nest(&text, counts[_i]);
	m = parse(buf_span(&text));
	ck_assert_int_eq(m.cut, counts[_i] > 32);
	ck_assert_int_eq((int)m.parts, counts[_i] < 33 ? counts[_i] : 33);
	check_tree("nest", buf_span(&text));
	buf_free(&text);
}
END_TEST

START_TEST(part_count)
{
	struct buf text = BUF_INIT;
	struct mime m;

	buf_str(&text, MIXED("x"));
	for (unsigned i = 0; i < LIMIT_PARTS - 1; i++) {
		buf_str(&text, "--x\r\n\r\na\r\n");
	}
	m = parse(buf_span(&text));
	ck_assert(!m.cut);
	ck_assert_int_eq((int)m.parts, LIMIT_PARTS);
	buf_str(&text, "--x\r\n\r\nb\r\n--x--\r\n");
	m = parse(buf_span(&text));
	ck_assert(m.cut);
	ck_assert_int_eq((int)m.parts, LIMIT_PARTS);
	/* The end is still found, and the last part holds the rest. */
	ck_assert(m.root->closed);
	check_tree("many", buf_span(&text));
	buf_free(&text);
}
END_TEST

START_TEST(header_size)
{
	struct buf text = BUF_INIT;
	struct mime m;

	buf_str(&text, MIXED("x") "--x\r\n");
	for (unsigned i = 0; i < LIMIT_FIELDS + 1; i++) {
		buf_str(&text, "a:\r\n");
	}
	buf_str(&text, "\r\nb\r\n--x\r\nA: ");
	for (unsigned i = 0; i < LIMIT_HEADER; i++) {
		buf_str(&text, "\r\n a");
	}
	buf_str(&text, "\r\n--x\r\n\r\nc\r\n--x--");
	m = parse(buf_span(&text));
	ck_assert(m.cut);
	ck_assert_int_eq((int)m.parts, 4);
	ck_assert_int_eq((int)m.root->children->message.count, 0);
	CHECK_SPAN(m.root->children->next->next->body, SPAN("c"));
	check_tree("header", buf_span(&text));
	buf_free(&text);
}
END_TEST

/* Many lines and bytes of each kind in a body of 32 open multiparts. */
static const char *const lines[] = {
	"",
	"\n",
	"\r",
	"\r\n",
	"--\r\n",
	"--b\r\n",
	"--b1\r\n",
	"--b30\r\n",
	"--b5\r\n",
	"--b30\r\na:\r\n",
	"--b30\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\na:\r\n",
	"a:\r\n",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
	"--b30\r\nContent-Type: multipart/x; boundary=y\r\n\r\n",
	"------------------------",
	"--b30 \t \r\n",
	"--b30--x\r\n",
};

START_TEST(linear)
{
	struct buf text = BUF_INIT;
	double from;

	nest(&text, 32);
	if (*lines[_i]) {
		while (text.n < 2000000) {
			buf_str(&text, lines[_i]);
		}
	} else {
		buf_reserve(&text, 20000000);
		memset(text.p + text.n, 0, 20000000 - text.n);
		text.n = 20000000;
	}
	from = seconds();
	check_tree(lines[_i], buf_span(&text));
	ck_assert_int_lt((int)(seconds() - from), 4);
	buf_free(&text);
}
END_TEST

Suite *mime_suite(void)
{
	Suite *suite = suite_create("mime");
	TCase *tc = tcase_create("mime");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, type, 0, LENGTH(types));
	tcase_add_test(tc, type_is);
	tcase_add_loop_test(tc, param, 0, LENGTH(params));
	tcase_add_loop_test(tc, param_linear, 0, LENGTH(hostile));
	tcase_add_test(tc, charset);
	tcase_add_loop_test(tc, encoding, 0, LENGTH(encodings));
	tcase_add_loop_test(tc, tree, 0, LENGTH(trees));
	tcase_add_test(tc, part_fields);
	tcase_add_test(tc, digest);
	tcase_add_test(tc, corpus);
	tcase_add_loop_test(tc, depth, 0, 4);
	tcase_add_test(tc, part_count);
	tcase_add_test(tc, header_size);
	tcase_add_loop_test(tc, linear, 0, LENGTH(lines));
	suite_add_tcase(suite, tc);
	return suite;
}
