#include "net/dns_reply.h"

#include "base/buf.h"
#include "base/limits.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* Parts of messages. The header: id, flags, counts of question, answer, authority, additional. */
#define HEADER(flags, an, ns) "\x12\x34" flags "\0\1" an ns "\0\0"
#define OK "\x81\x80"
#define NX "\x81\x83"
#define AD "\x81\xa0"
#define NONE "\0\0"
#define ONE "\0\1"
#define TWO "\0\2"
#define NAME "\1a\7example\0"
#define SAME "\xc0\x0c"            /* the name of the question */
#define QUESTION NAME "\0\x10\0\1"
#define TTL(hex) "\0\0" hex
#define TXT_HEAD "\0\x10\0\1"
#define CNAME_HEAD "\0\5\0\1"
#define SOA_HEAD "\0\6\0\1"
#define TXT_X(ttl) SAME TXT_HEAD ttl "\0\2\1x"
/* The same of another name of one byte in the domain of the question. */
#define TXT_OF(name, ttl) name "\xc0\x0e" TXT_HEAD ttl "\0\2\1x"
#define ALIAS_OF(name, to) name "\xc0\x0e" CNAME_HEAD TTL("\0\5") "\0\4" to "\xc0\x0e"
#define ALIAS(ttl) SAME CNAME_HEAD ttl "\0\4\1b\xc0\x0e"
/* An SOA with the root as both names. */
#define SOA(ttl, minimum) "\0" SOA_HEAD ttl "\0\x16\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1" minimum

static const struct {
	struct span message;
	enum txt_status status;
	uint32_t ttl;
	const char *records; /* with | between */
	const char *alias;
	bool authenticated;
} cases[] = {
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION TXT_X(TTL("\0\x0a"))), TXT_FOUND, 10, "x", "", false },
	{ SPAN_INIT(HEADER(AD, ONE, NONE) QUESTION TXT_X(TTL("\0\x0a"))), TXT_FOUND, 10, "x", "", true },
	/* the least TTL of all; one with the top bit is none */
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION TXT_X(TTL("\1\0")) TXT_X(TTL("\0\x0a"))), TXT_FOUND, 10,
	  "x|x", "", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION ALIAS(TTL("\0\5")) TXT_OF("\1b", TTL("\0\x0a"))), TXT_FOUND, 5,
	  "x", "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION TXT_X("\x80\0\0\1")), TXT_FOUND, 0, "x", "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION TXT_X("\x7f\xff\xff\xff")), TXT_FOUND, INT32_MAX, "x", "",
	  false },
	/* strings of one record are one text, any bytes */
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\0\x0a\2ab\0\3cd\xff\1e"),
	  TXT_FOUND, 1, "abcd\xff" "e", "", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\0\4\1a\1b" TXT_X(TTL("\0\1"))),
	  TXT_FOUND, 1, "ab|x", "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\0\1\0"), TXT_FOUND, 1, "", "",
	  false },
	/* nothing there */
	{ SPAN_INIT(HEADER(NX, NONE, ONE) QUESTION SOA(TTL("\0\x14"), TTL("\0\x1e"))), TXT_NONE, 20, NULL, "",
	  false },
	{ SPAN_INIT(HEADER(OK, NONE, ONE) QUESTION SOA(TTL("\0\x1e"), TTL("\0\x14"))), TXT_NONE, 20, NULL, "",
	  false },
	{ SPAN_INIT(HEADER(NX, NONE, NONE) QUESTION), TXT_NONE, 60, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, NONE, NONE) QUESTION), TXT_NONE, 60, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") NONE), TXT_NONE, 1, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME "\0\x01\0\1" TTL("\0\5") "\0\4\x7f\0\0\1"), TXT_NONE, 5,
	  NULL, "", false },
	/* an alias: of what does not exist, of what has no TXT, of what nothing was said about */
	{ SPAN_INIT(HEADER(NX, ONE, NONE) QUESTION ALIAS(TTL("\0\5"))), TXT_NONE, 5, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, ONE) QUESTION ALIAS(TTL("\0\x3c")) SOA(TTL("\0\x14"), TTL("\0\x14"))),
	  TXT_NONE, 20, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION ALIAS(TTL("\0\5"))), TXT_NONE, 5, NULL, "b.example", false },
	/* names are compared without regard to case; aliases one after the other */
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION "\1A\7eXAMPLE\0" TXT_HEAD TTL("\0\1") "\0\2\1x"), TXT_FOUND, 1,
	  "x", "", false },
	{ SPAN_INIT(HEADER(OK, "\0\3", NONE) QUESTION ALIAS_OF("\1A", "\1b") ALIAS_OF("\1B", "\1c") TXT_OF("\1C", TTL("\0\1"))),
	  TXT_FOUND, 1, "x", "", false },
	/* what is of another name was not asked for */
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION TXT_OF("\1b", TTL("\0\1"))), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION "\0" TXT_HEAD TTL("\0\1") "\0\2\1x"), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION TXT_X(TTL("\0\1")) TXT_OF("\1b", TTL("\0\1"))), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION ALIAS(TTL("\0\5")) TXT_X(TTL("\0\x0a"))), TXT_NONE, 5, NULL, "b.example", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION ALIAS_OF("\1c", "\1b")), TXT_NONE, 5, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION ALIAS_OF("\1c", "\1b") TXT_OF("\1b", TTL("\0\1"))), TXT_TEMPORARY, 0, NULL, "", false },
	/* an alias of an alias that comes first is asked for by itself; a loop is for who asks */
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION ALIAS_OF("\1b", "\1c") ALIAS_OF("\1a", "\1b")), TXT_NONE, 5, NULL, "b.example", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION ALIAS_OF("\1a", "\1b") ALIAS_OF("\1b", "\1a")), TXT_NONE, 5, NULL, "a.example", false },
	/* strings of no bytes among others, and alone; a class that is not ours */
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\0\5\0\1x\0\0"), TXT_FOUND, 1, "x", "", false },
	{ SPAN_INIT(HEADER(OK, TWO, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\0\2\0\0" TXT_X(TTL("\0\1"))), TXT_FOUND, 1, "|x", "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME "\0\x10\0\3" TTL("\0\1") "\0\2\1x"), TXT_NONE, 60, NULL, "", false },
	/* errors and broken ones: nobody knows */
	{ SPAN_INIT(HEADER("\x81\x82", NONE, NONE) QUESTION), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER("\x81\x85", NONE, NONE) QUESTION), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(""), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT("\x12\x34\x81\x80\0\1\0\0\0\0\0"), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT("\x12\x34\x81\x80\0\0\0\0\0\0\0\0"), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, "\xff\xff", NONE) QUESTION TXT_X(TTL("\0\1"))), TXT_TEMPORARY, 0, NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\0\2\5x"), TXT_TEMPORARY, 0, NULL, "",
	  false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION SAME TXT_HEAD TTL("\0\1") "\xff\xff\1x"), TXT_TEMPORARY, 0,
	  NULL, "", false },
	{ SPAN_INIT(HEADER(OK, ONE, NONE) "\x41" "aaa\0\0\x10\0\1" TXT_X(TTL("\0\1"))), TXT_TEMPORARY, 0, NULL, "",
	  false },
	/* a name that points at itself */
	{ SPAN_INIT(HEADER(OK, ONE, NONE) "\xc0\x0c\0\x10\0\1" TXT_X(TTL("\0\1"))), TXT_TEMPORARY, 0, NULL, "",
	  false },
};

static const char *shown(const struct dns_reply *r)
{
	struct buf out = BUF_INIT;

	if (r->n == 0)
		return NULL;
	for (size_t i = 0; i < r->n; i++) {
		buf_str(&out, i ? "|" : "");
		buf_add(&out, r->records[i]);
	}
	return arena_str(arena, buf_move(&out, arena));
}

START_TEST(table)
{
	struct dns_reply r;

	dns_reply_read(arena, cases[_i].message, &r);
	ck_assert_int_eq(r.status, cases[_i].status);
	if (r.status != TXT_TEMPORARY)
		ck_assert_uint_eq(r.ttl, cases[_i].ttl);
	ck_assert_pstr_eq(shown(&r), cases[_i].records);
	ck_assert(span_is(r.alias, cases[_i].alias));
	ck_assert_int_eq(r.status == TXT_FOUND && r.authenticated, cases[_i].authenticated);
	ck_assert(!r.no_edns);
}
END_TEST

/* Cut anywhere, no message means more than the whole did, and nothing is read behind its end. */
START_TEST(cut)
{
	struct span whole = cases[_i].message;

	for (size_t n = 0; n < whole.n; n++) {
		char *copy = mem_resize(NULL, n);
		struct dns_reply r;

		memcpy(copy, whole.p, n);
		dns_reply_read(arena, (struct span){ copy, n }, &r);
		ck_assert_int_ne(r.status, TXT_FOUND);
		mem_free(copy);
	}
}
END_TEST

/* Any byte changed to anything: no crash. */
START_TEST(changed)
{
	struct span whole = cases[_i].message;
	char *copy = mem_resize(NULL, whole.n);

	memcpy(copy, whole.p, whole.n);
	for (size_t at = 0; at < whole.n; at++) {
		for (int value = 0; value < 256; value++) {
			struct arena *own = arena_new();
			struct dns_reply r;

			copy[at] = (char)value;
			dns_reply_read(own, (struct span){ copy, whole.n }, &r);
			arena_free(own);
		}
		copy[at] = whole.p[at];
	}
	mem_free(copy);
}
END_TEST

START_TEST(no_edns)
{
	static const struct span messages[] = { SPAN_INIT(HEADER("\x81\x81", NONE, NONE) QUESTION),
		SPAN_INIT(HEADER("\x81\x84", NONE, NONE) QUESTION) };
	struct dns_reply r;

	for (int i = 0; i < LENGTH(messages); i++) {
		dns_reply_read(arena, messages[i], &r);
		ck_assert(r.no_edns);
		ck_assert_int_eq(r.status, TXT_TEMPORARY);
	}
}
END_TEST

/* Only NXDOMAIN says that there is no such name, and of an alias it speaks of the end. */
START_TEST(no_name)
{
	static const struct {
		struct span message;
		bool no_name;
	} messages[] = {
		{ SPAN_INIT(HEADER(NX, NONE, NONE) QUESTION), true },
		{ SPAN_INIT(HEADER(NX, NONE, ONE) QUESTION SOA(TTL("\0\x14"), TTL("\0\x1e"))), true },
		{ SPAN_INIT(HEADER(OK, NONE, ONE) QUESTION SOA(TTL("\0\x14"), TTL("\0\x1e"))), false },
		{ SPAN_INIT(HEADER(NX, ONE, NONE) QUESTION ALIAS(TTL("\0\5"))), false },
		{ SPAN_INIT(HEADER(OK, ONE, NONE) QUESTION TXT_X(TTL("\0\x0a"))), false },
	};
	struct dns_reply r;

	for (int i = 0; i < LENGTH(messages); i++) {
		dns_reply_read(arena, messages[i].message, &r);
		ck_assert_msg(r.no_name == messages[i].no_name, "%d", i);
	}
}
END_TEST

/* A record set that is no key any more. */
START_TEST(too_much)
{
	struct buf m = BUF_INIT;
	char text[100];
	struct dns_reply r;

	memset(text, 'x', sizeof(text));
	buf_add(&m, SPAN(HEADER(OK, "\0\xc8", NONE) QUESTION));
	for (int i = 0; i < 200; i++) {
		buf_add(&m, SPAN(SAME TXT_HEAD TTL("\0\1") "\0\x65\x64"));
		buf_add(&m, (struct span){ text, sizeof(text) });
	}
	ck_assert_uint_gt(m.n, LIMIT_KEY_RECORD);
	dns_reply_read(arena, buf_span(&m), &r);
	ck_assert_int_eq(r.status, TXT_NONE);
	ck_assert_uint_eq(r.n, 0);
	buf_free(&m);
}
END_TEST

Suite *dns_reply_suite(void);
Suite *dns_reply_suite(void)
{
	Suite *s = suite_create("net/dns_reply");
	TCase *c = tcase_create("dns_reply");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, table, 0, LENGTH(cases));
	tcase_add_loop_test(c, cut, 0, LENGTH(cases));
	tcase_add_loop_test(c, changed, 0, LENGTH(cases));
	tcase_add_test(c, no_edns);
	tcase_add_test(c, no_name);
	tcase_add_test(c, too_much);
	suite_add_tcase(s, c);
	return s;
}
