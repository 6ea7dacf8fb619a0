/* Our own mail: what is written can be read back, whatever strangers put into it. */

#include "mail/compose.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/mime.h"
#include "mail/msgid.h"
#include "mail/word.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static struct compose c;

static void setup(void)
{
	arena = arena_new();
	c = (struct compose){
		.from = SPAN("dev+help@lists.example"),
		.to = SPAN("ann@one.example"),
		.subject = SPAN("Welcome"),
		.date = 1800000000,
		.message_id = SPAN("abc@lists.example"),
		.text = SPAN("Hello.\n"),
	};
}

static void teardown(void)
{
	arena_free(arena);
}

#define assert_span(got, text)                                                                     \
	do {                                                                                       \
		struct span got_ = (got);                                                          \
		ck_assert_msg(span_is(got_, (text)), "\"%.*s\" is not \"%s\"", SPAN_FMT(got_),     \
		              (text));                                                             \
	} while (0)

/* The message, read back. Whatever was in it: strict CRLF, no line too long, all fields sound. */
static struct message written(void)
{
	struct buf out = BUF_INIT;
	struct message m;
	compose_write(&out, &c);
	struct span raw = buf_move(&out, arena);
	ck_assert(message_parse(arena, raw, &m, NULL));
	ck_assert(!m.bare && !m.nul && m.separator.n == 2);
	for (struct span rest = m.header; rest.n > 0;) {
		ck_assert_uint_le(span_line(&rest).n, LIMIT_LINE_OUT + 2);
	}
	return m;
}

static struct span value(const struct message *m, const char *name)
{
	return message_text(arena, message_find(m, name));
}

START_TEST(whole)
{
	c.auto_submitted = SPAN("auto-replied");
	c.in_reply_to = SPAN("1@one.example");
	c.references = SPAN("<0@one.example>\r\n <1@one.example>");
	c.list_id = SPAN("dev.lists.example");
	c.reply_to = SPAN("dev@lists.example");
	c.from_name = SPAN("Dev (list)");
	c.fields = &(struct compose_field){ SPAN("X-Loop"), SPAN("dev.lists.example") };
	c.nfields = 1;
	struct message m = written();
	assert_span(m.raw,
	            "From: \"Dev (list)\" <dev+help@lists.example>\r\n"
	            "To: ann@one.example\r\n"
	            "Reply-To: dev@lists.example\r\n"
	            "Subject: Welcome\r\n"
	            "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
	            "Message-ID: <abc@lists.example>\r\n"
	            "In-Reply-To: <1@one.example>\r\n"
	            "References: <0@one.example> <1@one.example>\r\n"
	            "Auto-Submitted: auto-replied\r\n"
	            "List-Id: <dev.lists.example>\r\n"
	            "X-Loop: dev.lists.example\r\n"
	            "MIME-Version: 1.0\r\n"
	            "Content-Type: text/plain; charset=us-ascii\r\n"
	            "Content-Transfer-Encoding: 7bit\r\n"
	            "\r\n"
	            "Hello.\r\n");
}
END_TEST

#define A10   "aaaaaaaaaa"
#define A100  A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define A1000 A100 A100 A100 A100 A100 A100 A100 A100 A100 A100

/* Texts that go through a field: what comes out when it is decoded. */
static const struct {
	const char *in;
	const char *out; /* NULL: the same */
} texts[] = {
	{ "Welcome", NULL },
	{ "W\303\266lkom \342\202\254", NULL },
	{ "a\r\nBcc: eve@evil.example", "a  Bcc: eve@evil.example" },
	{ "a\nX: 1\rY", "a X: 1 Y" },
	{ "\r\n\r\nbody", "body" },
	{ "tab\there", "tab here" },
	{ "\033[2Jclear", "[2Jclear" },
	{ "\302\205next line, \342\200\256reversed", "next line,  reversed" },
	{ "\377\376 not UTF-8", "not UTF-8" },
	{ "=?utf-8?Q?looks_like_a_word?=", NULL },
	{ A1000 A1000, NULL },
	{ "\303\244" A1000 " b \303\244" A1000, NULL },
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

START_TEST(subject)
{
	const char *out = texts[_i].out ? texts[_i].out : texts[_i].in;
	c.subject = span_str(texts[_i].in);
	struct message m = written();
	ck_assert_uint_eq(m.count, 8);
	struct span got = word_decode(arena, value(&m, "Subject"));
	ck_assert_msg(span_is(got, out), "\"%.*s\"", SPAN_FMT(got));
}
END_TEST

START_TEST(everywhere)
{
	struct span text = span_str(texts[_i].in);
	c.from_name = text;
	c.in_reply_to = c.references = c.list_id = c.auto_submitted = c.message_id = text;
	c.to = c.reply_to = text;
	struct compose_field fields[] = { { SPAN("X-One"), text }, { text, SPAN("1") } };
	c.fields = fields;
	c.nfields = 2;
	c.text = text;
	struct message m = written();
	ck_assert_ptr_null(message_find(&m, "Bcc"));
	ck_assert_ptr_null(message_find(&m, "X"));
	ck_assert_uint_eq(message_count(&m, "From"), 1);
	struct mailbox author;
	ck_assert(addr_author(arena, &m, &author));
	assert_span(author.addr, "dev+help@lists.example");
	for (size_t i = 0; i < m.raw.n; i++) {
		char b = m.raw.p[i];
		ck_assert((b >= ' ' && b < 0x7f) || b == '\r' || b == '\n' || b == '\t');
	}
}
END_TEST

START_TEST(nul)
{
	c.subject = SPAN("a\0b");
	c.text = SPAN("x\0y\n");
	struct message m = written();
	assert_span(value(&m, "Subject"), "a b");
	assert_span(m.body, "x?y\r\n");
}
END_TEST

/* ---- the text ---- */

static const struct {
	const char *in, *encoding, *out; /* out: decoded; NULL: the same with CRLF ends */
} bodies[] = {
	{ "", "7bit", "\r\n" },
	{ "a", "7bit", "a\r\n" },
	{ "a\n\nb\n", "7bit", "a\r\n\r\nb\r\n" },
	{ "a\r\nb\r\n", "7bit", "a\r\nb\r\n" },
	{ "a\rb", "7bit", "a?b\r\n" },
	{ ".\n..\n", "7bit", ".\r\n..\r\n" },
	{ "From here\n", "quoted-printable", "From here\r\n" },
	{ "Gr\303\274\303\237e\n", "quoted-printable", "Gr\303\274\303\237e\r\n" },
	{ "\033]0;x\007\342\200\256y\n", "7bit", "?]0;x??y\r\n" },
	{ A1000, "quoted-printable", A1000 "\r\n" },
};

START_TEST(text)
{
	c.text = span_str(bodies[_i].in);
	struct message m = written();
	struct mime mime;
	ck_assert(mime_parse(arena, &m, &mime, NULL));
	assert_span(value(&m, "Content-Transfer-Encoding"), bodies[_i].encoding);
	assert_span(mime_decode(arena, mime.root), bodies[_i].out);
	ck_assert(utf8_ascii(m.raw));
	for (struct span rest = m.body; rest.n > 0;) {
		ck_assert_uint_le(span_line(&rest).n, LIMIT_LINE_OUT + 2);
	}
}
END_TEST

/* ---- parts ---- */

static struct mime parts_of(const struct message *m)
{
	struct mime mime;
	ck_assert(mime_parse(arena, m, &mime, NULL));
	ck_assert(mime.root->closed);
	return mime;
}

START_TEST(attached)
{
	struct compose_part parts[] = {
		{ SPAN("message/delivery-status"), SPAN(""), SPAN("Reporting-MTA: dns; a\r\n") },
		{ SPAN("message/rfc822"), SPAN("The message \303\244"),
		  SPAN("Subject: \303\244\r\n\r\n--=_abclistsexample_0--\r\nno line end") },
		{ SPAN("text/rfc822-headers"), SPAN(""), SPAN("") },
	};
	c.parts = parts;
	c.nparts = 3;
	c.subtype = SPAN("report");
	c.report_type = SPAN("delivery-status");
	struct message m = written();
	struct mime mime = parts_of(&m);
	ck_assert(mime_is(&mime.root->type, "multipart", "report"));
	assert_span(mime_param(arena, &mime.root->type, "report-type"), "delivery-status");
	assert_span(mime.root->boundary, "=_abclistsexample_1");
	const struct part *p = mime.root->children;
	ck_assert(mime_is(&p->type, "text", "plain"));
	assert_span(p->body, "Hello.\r\n");
	for (size_t i = 0; i < 3; i++) {
		p = p->next;
		ck_assert_ptr_nonnull(p);
		ck_assert(span_eq(p->body, parts[i].bytes));
	}
	ck_assert_ptr_null(p->next);
	assert_span(value(&m, "Content-Transfer-Encoding"), "8bit");
}
END_TEST

START_TEST(ascii_parts_are_7bit)
{
	struct compose_part part = { SPAN("message/rfc822"), SPAN(""), SPAN("A: b\r\n\r\nc\r\n") };
	c.parts = &part;
	c.nparts = 1;
	struct message m = written();
	ck_assert_uint_eq(span_ifind(m.raw, SPAN("8bit")), SPAN_NONE);
	struct mime mime = parts_of(&m);
	ck_assert(mime_is(&mime.root->type, "multipart", "mixed"));
}
END_TEST

static const struct {
	struct span bytes;
	bool carried;
} carried[] = {
	{ SPAN_INIT(""), true },
	{ SPAN_INIT("a: b\r\n\r\nx"), true },
	{ SPAN_INIT("\303\244\r\n"), true },
	{ SPAN_INIT("a\nb"), false },
	{ SPAN_INIT("a\rb"), false },
	{ SPAN_INIT("a\r"), false },
	{ SPAN_INIT("a\0b"), false },
	{ SPAN_INIT(A100 A100 A100 A100 A100 A100 A100 A100 A100 A10 A10 A10 A10 A10 A10 A10 A10
	            A10 "12345678\r\n"), true },
	{ SPAN_INIT(A100 A100 A100 A100 A100 A100 A100 A100 A100 A10 A10 A10 A10 A10 A10 A10 A10
	            A10 "123456789\r\n"), false },
};

START_TEST(carries)
{
	ck_assert(compose_carries(carried[_i].bytes) == carried[_i].carried);
}
END_TEST

START_TEST(smtputf8)
{
	ck_assert(!compose_utf8(&c));
	c.subject = c.from_name = SPAN("\303\244");
	ck_assert(!compose_utf8(&c));
	c.to = SPAN("\303\244nn@one.example");
	ck_assert(compose_utf8(&c));
	struct message m = written();
	assert_span(value(&m, "To"), "\303\244nn@one.example");
}
END_TEST

/* Two identifiers differ, and both can be read back. */
START_TEST(identifiers)
{
	struct env env = env_real();
	struct span a = msgid_make(arena, &env, SPAN("lists.example"));
	struct span b = msgid_make(arena, &env, SPAN("lists.example"));
	ck_assert(!span_eq(a, b));
	ck_assert(span_ends(a, SPAN("@lists.example")) && a.n > 30);
	c.message_id = a;
	struct message m = written();
	ck_assert(span_eq(msgid_of(arena, &m), a));
}
END_TEST

Suite *compose_suite(void);

Suite *compose_suite(void)
{
	Suite *suite = suite_create("mail/compose");
	TCase *t = tcase_create("compose");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, whole);
	tcase_add_loop_test(t, subject, 0, COUNT(texts));
	tcase_add_loop_test(t, everywhere, 0, COUNT(texts));
	tcase_add_test(t, nul);
	tcase_add_loop_test(t, text, 0, COUNT(bodies));
	tcase_add_test(t, attached);
	tcase_add_test(t, ascii_parts_are_7bit);
	tcase_add_loop_test(t, carries, 0, COUNT(carried));
	tcase_add_test(t, smtputf8);
	tcase_add_test(t, identifiers);
	suite_add_tcase(suite, t);
	return suite;
}
