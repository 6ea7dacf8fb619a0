#include "rules/revise.h"

#include "auth/recipe.h"
#include "base/buf.h"
#include "base/codec.h"
#include "rules/setting.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct site site;
static struct list list;

static void setup(void)
{
	arena = arena_new();
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	site.hostname = site.authserv_id = SPAN("mx.lists.example");
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
}

static void teardown(void)
{
	arena_free(arena);
}

#define LENGTH(a)           ((int)(sizeof(a) / sizeof((a)[0])))
#define SET(setting, value) set(setting, span_str(value))

static void set(const char *setting, struct span value)
{
	struct err e = { 0 };
	ck_assert_msg(
		setting_put(arena, setting_find(SETTING_LIST, span_str(setting)), value, &list, &e),
		"%s", e.text);
}

/* TEXT, LF line ends, revised; printed. */
static const char *revised(const char *text, bool munge, bool *reversible)
{
	struct err e = { 0 };
	struct buf wire = BUF_INIT;
	struct message *m = ARENA_NEW(arena, struct message);
	struct span json;
	for (const char *p = text; *p; p++) {
		if (*p == '\n') {
			buf_chr(&wire, '\r');
		}
		buf_chr(&wire, *p);
	}
	ck_assert(message_parse(arena, buf_move(&wire, arena), m, &e));
	struct revise r = { .arena = arena,
		            .site = &site,
		            .list = &list,
		            .message = m,
		            .munge = munge,
		            .recipient = SPAN("dev@lists.example"),
		            .id = SPAN("id1"),
		            .number = 42,
		            .now = 1795800000 };
	const struct field *from = message_find(m, "From");
	r.has_author = from && addr_single(arena, from->value, &r.author);
	struct edits *x = edit_new(arena, m);
	ck_assert_msg(revise_all(x, &r, &e) && edit_finish(x, &e), "%s", e.text);
	*reversible = recipe_make(arena, x, &json, &e);
	return arena_str(arena, edit_print(x));
}

/* The value of header field NAME in TEXT, "" when there is none; "(2)" when there are two. */
static struct span value_of(const char *text, const char *name)
{
	struct message m;
	struct err e;
	ck_assert(message_parse(arena, span_str(text), &m, &e));
	if (message_count(&m, name) > 1) {
		return arena_printf(arena, "(%zu)", message_count(&m, name));
	}
	return message_text(arena, message_find(&m, name));
}

/* With tag "[dev]". */
static const struct {
	const char *subject, *want;
} subjects[] = {
	{ "Subject: hello\n", "[dev] hello" },
	{ "Subject:hello\n", "[dev] hello" },
	{ "Subject: [dev] hello\n", "[dev] hello" },
	{ "Subject: Re: [dev] hello\n", "Re: [dev] hello" },
	{ "Subject: Re: [DEV] hello\n", "Re: [DEV] hello" },
	{ "Subject: =?utf-8?q?=5Bdev=5D_h=C3=A9llo?=\n", "=?utf-8?q?=5Bdev=5D_h=C3=A9llo?=" },
	{ "Subject: =?iso-8859-1?q?h=E9llo?=\n", "[dev] =?iso-8859-1?q?h=E9llo?=" },
	{ "Subject:\n", "[dev]" },
	{ "Subject: \n", "[dev]" },
	{ "", "[dev]" },
	{ "Subject: a folded\n  subject\n", "[dev] a folded  subject" },
	{ "Subject: h\xe9llo raw\n", "[dev] h\xe9llo raw" },
};

START_TEST(subject)
{
	bool reversible;
	SET("subject-tag", "[dev]");
	struct span text = arena_printf(arena, "From: a@b.example\n%s\nx\n", subjects[_i].subject);
	const char *out = revised(text.p, false, &reversible);
	struct span got = value_of(out, "Subject");
	ck_assert_msg(span_is(got, subjects[_i].want), "%s -> %.*s", subjects[_i].subject,
	              SPAN_FMT(got));
	ck_assert(reversible);
}
END_TEST

START_TEST(subject_number_and_folding)
{
	bool reversible;
	SET("subject-tag", "[dev %d]");
	const char *out =
		revised("From: a@b.example\nSubject: one\n two\n\nx\n", false, &reversible);
	ck_assert_ptr_nonnull(strstr(out, "\r\nSubject: [dev 42] one\r\n two\r\n"));
	out = revised("From: a@b.example\nSubject: Re: [dev 7] one\n\nx\n", false, &reversible);
	ck_assert_ptr_nonnull(strstr(out, "\r\nSubject: Re: [dev 42] one\r\n"));
	char longer[200] = "From: a@b.example\nSubject: ";
	memset(longer + strlen(longer), 'x', 76);
	strcpy(longer + strlen("From: a@b.example\nSubject: ") + 76, "\n\nx\n");
	out = revised(longer, false, &reversible);
	ck_assert_ptr_nonnull(strstr(out, "\r\nSubject: [dev 42]\r\n xxx"));
	SET("subject-tag", "[d\xc3\xa9v]");
	out = revised("From: a@b.example\nSubject: one\n\nx\n", false, &reversible);
	ck_assert_ptr_nonnull(strstr(out, "\r\nSubject: =?"));
}
END_TEST

/* From and Reply-To, by setting. */
static const struct {
	const char *reply_to; /* setting */
	bool munge;
	const char *header;
	const char *from, *want_reply_to, *cc;
} froms[] = {
	{ "none", false, "From: Ann <a@b.example>\n", "Ann <a@b.example>", "", "" },
	{ "list", false, "From: Ann <a@b.example>\n", "Ann <a@b.example>", "dev@lists.example",
	  "" },
	{ "list", false, "From: a@b.example\nReply-To: x@y.example\nReply-To: z@y.example\n",
	  "a@b.example", "dev@lists.example", "" },
	{ "author", false, "From: a@b.example\nReply-To: x@y.example\n", "a@b.example",
	  "a@b.example", "" },
	{ "none", true, "From: Ann <a@b.example>\n", "Ann via dev <dev@lists.example>",
	  "Ann <a@b.example>", "" },
	{ "none", true, "From: Ann <a@b.example>\nReply-To: x@y.example\n",
	  "Ann via dev <dev@lists.example>", "x@y.example", "" },
	{ "author", true, "From: Ann <a@b.example>\nReply-To: x@y.example\n",
	  "Ann via dev <dev@lists.example>", "Ann <a@b.example>", "" },
	{ "list", true, "From: Ann <a@b.example>\n", "Ann via dev <dev@lists.example>",
	  "dev@lists.example", "Ann <a@b.example>" },
	{ "list", true, "From: a@b.example\nCc: c@d.example\n", "a via dev <dev@lists.example>",
	  "dev@lists.example", "c@d.example, a@b.example" },
	{ "list", true, "From: a@b.example\nCc: A@B.example\n", "a via dev <dev@lists.example>",
	  "dev@lists.example", "A@B.example" },
	{ "none", true, "From: \"Archer, Ann\" <a@b.example>\n",
	  "\"Archer, Ann via dev\" <dev@lists.example>", "\"Archer, Ann\" <a@b.example>", "" },
};

START_TEST(from)
{
	bool reversible;
	SET("reply-to", froms[_i].reply_to);
	struct span text = arena_printf(arena, "%sSubject: s\n\nx\n", froms[_i].header);
	const char *out = revised(text.p, froms[_i].munge, &reversible);
	ck_assert_str_eq(arena_str(arena, value_of(out, "From")), froms[_i].from);
	ck_assert_str_eq(arena_str(arena, value_of(out, "Reply-To")), froms[_i].want_reply_to);
	ck_assert_str_eq(arena_str(arena, value_of(out, "Cc")), froms[_i].cc);
	ck_assert_int_eq(value_of(out, "X-Original-From").n > 0, froms[_i].munge);
	ck_assert(reversible);
}
END_TEST

START_TEST(list_fields)
{
	static const char *const names[] = { "List-Id",        "List-Post",        "List-Help",
		                             "List-Subscribe", "List-Unsubscribe", "List-Owner",
		                             "List-Archive",   "Precedence",       "X-Loop",
		                             "Received" };
	bool reversible;
	SET("archive-url", "https://x.example/");
	const char *out = revised(
		"From: a@b.example\nList-Id: <other.example>\nPrecedence: bulk\n"
		"List-Post: NO\nArchived-At: <x>\nAuthentication-Results: mx.lists.example; dkim=pass\n"
		/* our name in other spellings */
		"AUTHENTICATION-results : (a (b) \\)) MX.Lists.Example. (x) 1; dkim=pass\n"
		"Authentication-Results:\n \"mx.lists.\\example\"; dkim=pass\n"
		"Authentication-Results: mx.lists.example/1; dkim=pass\n"
		"Authentication-Results: mx.lists.example(x)\n\t2; dkim=pass\n"
		"Authentication-Results: \"mx.lists.example; dkim=pass\n"
		"Authentication-Results: other.example; dkim=pass\nBcc: secret@x.example\n\nx\n",
		false, &reversible);
	for (int i = 0; i < LENGTH(names); i++) {
		struct span v = value_of(out, names[i]);
		ck_assert_msg(v.n > 0 && v.p[0] != '(', "%s: %.*s", names[i], SPAN_FMT(v));
	}
	ck_assert(span_is(value_of(out, "List-Id"), "<dev.lists.example>"));
	ck_assert(span_is(value_of(out, "Authentication-Results"), "other.example; dkim=pass"));
	ck_assert_uint_eq(value_of(out, "Archived-At").n + value_of(out, "Bcc").n, 0);
	ck_assert(reversible);
}
END_TEST

/* With footer "F\xc3\xbc\xc3\x9f" or "foot": header of the message, its body, the body afterwards;
 * NULL: wrapped. */
#define PLAIN "Content-Type: text/plain"
static const struct {
	const char *footer, *header, *body, *want;
} footers[] = {
	{ "foot", "", "text\n", "text\r\nfoot\r\n" },
	{ "foot", "", "text", "text\r\nfoot\r\n" },
	{ "foot", "", "", "foot\r\n" },
	{ "foot", "", "text\n\n\n", "text\r\n\r\n\r\nfoot\r\n" },
	{ "a\\nb", "", "text\n", "text\r\na\r\nb\r\n" },
	{ "F\xc3\xbc\xc3\x9f", "", "text\n", NULL },
	{ "F\xc3\xbc\xc3\x9f", PLAIN "; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", "text\n",
	  "text\r\nF\xc3\xbc\xc3\x9f\r\n" },
	{ "F\xc3\xbc\xc3\x9f", PLAIN "; charset=utf-8\n", "text\n", NULL },
	{ "F\xc3\xbc\xc3\x9f", PLAIN "; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n",
	  "text\n", "text\r\nF\xfc\xdf\r\n" },
	{ "\xe2\x82\xac", PLAIN "; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n", "text\n",
	  NULL },
	{ "foot", PLAIN "; charset=x-unknown\n", "text\n", NULL },
	{ "foot", PLAIN "; charset=utf-16\nContent-Transfer-Encoding: base64\n", "AAAA\n", NULL },
	{ "F\xc3\xbc\xc3\x9f=",
	  PLAIN "; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n", "te=20xt=\nx\n",
	  "te=20xt=\r\nx\r\nF=C3=BC=C3=9F=3D\r\n" },
	{ "foot", PLAIN "\nContent-Transfer-Encoding: quoted-printable\n", "text=\n", NULL },
	/* base64 of "text\n": "dGV4dAo=" */
	{ "foot", PLAIN "\nContent-Transfer-Encoding: base64\n", "dGV4dAo=\n",
	  "dGV4\r\ndApmb290DQo=\r\n" },
	/* of "texte\r\n", no padding at the end of the first line */
	{ "foot", PLAIN "\nContent-Transfer-Encoding: base64\n", "dGV4\ndGU=\n",
	  "dGV4\r\ndGUNCmZvb3QNCg==\r\n" },
	{ "foot", PLAIN "\nContent-Transfer-Encoding: base64\n", "", "Zm9vdA0K\r\n" },
	{ "foot", PLAIN "\nContent-Transfer-Encoding: base64\n", "dGV4dA\n", NULL },
	{ "foot", PLAIN "\nContent-Transfer-Encoding: base64\n", "dG=4\ndGU=\n", NULL },
	{ "foot", PLAIN "\nContent-Transfer-Encoding: x-uuencode\n", "text\n", NULL },
	{ "foot", "Content-Type: text/html\n", "<p>\n", NULL },
	{ "foot", "Content-Type: nonsense\n", "text\n", NULL },
	{ "foot", "Content-Type: text/plain\nContent-Type: text/html\n", "text\n", NULL },
	{ "foot", "Content-Type: multipart/mixed; boundary=b\n", "--b\n\nx\n--b--\n",
	  "--b\r\n\r\nx\r\n--b\r\nContent-Type: text/plain; charset=us-ascii\r\n"
	  "Content-Transfer-Encoding: 7bit\r\nContent-Disposition: inline\r\n\r\nfoot\r\n--b--\r\n" },
	{ "foot", "Content-Type: message/rfc822\n", "Subject: x\n\nx\n", NULL },
	{ "foot", "Content-Type: multipart/signed; boundary=b\n", "--b\n", "--b\r\n" },
	{ "foot", "Content-Type: application/pkcs7-mime\n", "AAAA\n", "AAAA\r\n" },
	{ "foot", "", "x\n-----BEGIN PGP SIGNED MESSAGE-----\n",
	  "x\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n" },
};

START_TEST(footer)
{
	bool reversible;
	SET("footer", footers[_i].footer);
	struct span text = arena_printf(arena, "From: a@b.example\n%s\n%s", footers[_i].header,
	                                footers[_i].body);
	const char *out = revised(text.p, false, &reversible);
	const char *body = strstr(out, "\r\n\r\n") + 4;
	ck_assert(reversible);
	if (footers[_i].want) {
		ck_assert_msg(strcmp(body, footers[_i].want) == 0, "%d: %s", _i, body);
		return;
	}
	/* Wrapped: the old body stands in it untouched, between two boundaries. */
	ck_assert_msg(span_istarts(value_of(out, "Content-Type"), SPAN("multipart/mixed")), "%d",
	              _i);
	ck_assert_msg(strncmp(body, "--=_ladle_", 10) == 0, "%d: %s", _i, body);
	ck_assert_msg(span_is(value_of(out, "MIME-Version"), "1.0"), "%d", _i);
}
END_TEST

START_TEST(protected_is_wrapped_on_request)
{
	bool reversible;
	SET("footer", "foot");
	SET("protected-parts", "wrap");
	const char *out = revised(
		"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/signed; boundary=b\n\n"
		"--b\n\nx\n--b--\n",
		false, &reversible);
	ck_assert(span_istarts(value_of(out, "Content-Type"), SPAN("multipart/mixed")));
	ck_assert_ptr_nonnull(strstr(
		out,
		"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n\r\n--=_ladle_"));
	ck_assert(reversible);
}
END_TEST

/* Every one is distributed: whatever the header, it comes out with one of each of ours. */
START_TEST(dropped_chain)
{
	bool reversible;
	struct err e;
	struct message m;
	struct span text = SPAN(
		"From: a@b.example\r\nDKIM2-Signature: i=1\r\nMessage-Instance: m=1\r\n\r\nx\r\n");
	ck_assert(message_parse(arena, text, &m, &e));
	struct revise r = { .arena = arena,
		            .site = &site,
		            .list = &list,
		            .message = &m,
		            .drop_dkim2 = true,
		            .recipient = SPAN("dev@lists.example"),
		            .id = SPAN("id1") };
	struct edits *x = edit_new(arena, &m);
	ck_assert(revise_all(x, &r, &e) && edit_finish(x, &e));
	const char *out = arena_str(arena, edit_print(x));
	ck_assert_uint_eq(value_of(out, "DKIM2-Signature").n + value_of(out, "Message-Instance").n,
	                  0);
	ck_assert(!recipe_make(arena, x, &text, &e));
	(void)reversible;
}
END_TEST

START_TEST(bare_cr)
{
	bool reversible;
	const char *out = revised("From: a@b.example\n\na\rb\r\rc\n\r", false, &reversible);
	ck_assert_str_eq(strstr(out, "\r\n\r\n") + 4, "a b  c\r\n ");
	ck_assert(!reversible);
}
END_TEST

/* Where the footer would go into the last quantum. */
START_TEST(bare_cr_in_base64)
{
	bool reversible;
	SET("footer", "foot");
	const char *out = revised("From: a@b.example\n" PLAIN "\nContent-Transfer-Encoding: base64\n\n"
	                          "dGV4\ndG\rU=\n", false, &reversible);
	ck_assert_msg(strstr(out, "dGV4\r\ndG U=\r\n"), "%s", out);
	ck_assert(!reversible);
}
END_TEST

/* AUTHOR, its stand-in at list "dev", and whether that can be read back. */
static const struct {
	const char *author, *want;
	bool back;
} stand_ins[] = {
	{ "ann@example.org", "dev+a-ann=example.org@lists.example", true },
	{ "Ann.B+x@EXAMPLE.org", "dev+a-ann.b+x=example.org@lists.example", true },
	{ "a=b@example.org", "dev+a-", false },
	{ "\"a b\"@example.org", "dev+a-", false },
	{ "\xc3\xa4nn@example.org", "dev+a-", false },
	{ "ann@ex\xc3\xa4mple.org", "dev+a-ann=xn--exmple-cua.org@lists.example", true },
	{ "a.very.long.local.part.of.somebody@a.department.of.example.org", "dev+a-", false },
	{ "ann@[192.0.2.1]", "dev+a-", false },
	{ "", "dev+a-", false },
};

START_TEST(stand_in)
{
	struct span author = span_str(stand_ins[_i].author), key;
	struct span got = revise_author_address(arena, &site, &list, author);
	struct span again = revise_author_address(arena, &site, &list, author);
	struct span other = revise_author_address(arena, &site, &list, SPAN("x=y@example.org"));
	struct span word = span_from(addr_local(got), 4);
	ck_assert_msg(span_starts(got, span_str(stand_ins[_i].want)), "%.*s", SPAN_FMT(got));
	ck_assert(span_eq(got, again) && !span_eq(got, other));
	ck_assert_uint_le(addr_local(got).n, 64);
	ck_assert(addr_path(arena, got, &key, NULL));
	ck_assert_int_eq(revise_author_of(arena, word).n > 0, stand_ins[_i].back);
	if (stand_ins[_i].back) {
		ck_assert(addr_same(revise_author_of(arena, word), author));
	}
}
END_TEST

Suite *revise_suite(void)
{
	Suite *suite = suite_create("revise");
	TCase *tc = tcase_create("revise");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, subject, 0, LENGTH(subjects));
	tcase_add_test(tc, subject_number_and_folding);
	tcase_add_loop_test(tc, from, 0, LENGTH(froms));
	tcase_add_test(tc, list_fields);
	tcase_add_loop_test(tc, stand_in, 0, LENGTH(stand_ins));
	tcase_add_loop_test(tc, footer, 0, LENGTH(footers));
	tcase_add_test(tc, protected_is_wrapped_on_request);
	tcase_add_test(tc, dropped_chain);
	tcase_add_test(tc, bare_cr);
	tcase_add_test(tc, bare_cr_in_base64);
	suite_add_tcase(suite, tc);
	return suite;
}
