#include "mail/addr.h"

#include "base/buf.h"
#include "base/limits.h"

#include <check.h>
#include <string.h>
#include <time.h>

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

/*
 * What was read as one line: "!" broken, "G" a group, then "name<address>" of each,
 * with "q" behind a quoted local part and "g" behind a member of a group.
 */
static struct span shown(struct mailboxes l)
{
	struct buf out = BUF_INIT;

	buf_str(&out, l.broken ? "!" : "");
	buf_str(&out, l.group ? "G" : "");
	for (size_t i = 0; i < l.n; i++) {
		buf_str(&out, i ? "|" : "");
		buf_add(&out, l.v[i].name);
		buf_chr(&out, '<');
		buf_add(&out, l.v[i].addr);
		buf_chr(&out, '>');
		buf_str(&out, l.v[i].quoted ? "q" : "");
		buf_str(&out, l.v[i].in_group ? "g" : "");
	}
	return buf_move(&out, arena);
}

#define CHECK_SPAN(got, want)                                                                      \
	ck_assert_msg(span_eq((got), (want)), "got \"%.*s\", want \"%.*s\"", SPAN_FMT(got),        \
	              SPAN_FMT(want))

static const struct {
	struct span value;
	const char *want;
} fields[] = {
	/* plain */
	{ SPAN_INIT("a@b.example"), "<a@b.example>" },
	{ SPAN_INIT(" <a@b.example> "), "<a@b.example>" },
	{ SPAN_INIT("<A@B.Example>"), "<A@B.Example>" },
	{ SPAN_INIT("Jo Doe <jo@b.example>"), "Jo Doe<jo@b.example>" },
	{ SPAN_INIT("Jo\t  Doe\r\n <jo@b.example>"), "Jo Doe<jo@b.example>" },
	{ SPAN_INIT("Jo Doe<jo@b.example>"), "Jo Doe<jo@b.example>" },
	{ SPAN_INIT("John Q. Public <jq@b.example>"), "John Q. Public<jq@b.example>" },
	{ SPAN_INIT("Dr.Who <w@b.example>"), "Dr.Who<w@b.example>" },
	{ SPAN_INIT("\"Doe, Jo\" <jo@b.example>"), "Doe, Jo<jo@b.example>" },
	{ SPAN_INIT("\"a \\\"b\\\" \\\\c\" <jo@b.example>"), "a \"b\" \\c<jo@b.example>" },
	{ SPAN_INIT("\"Jo\r\n Doe\" <jo@b.example>"), "Jo Doe<jo@b.example>" },
	{ SPAN_INIT("\"Jo\"Doe <jo@b.example>"), "JoDoe<jo@b.example>" },
	{ SPAN_INIT("\"\" <jo@b.example>"), "<jo@b.example>" },
	{ SPAN_INIT("J\xc3\xb6 <j\xc3\xb6@b\xc3\xbc.example>"),
	  "J\xc3\xb6<j\xc3\xb6@b\xc3\xbc.example>" },
	{ SPAN_INIT("=?utf-8?q?J=C3=B6?= =?utf-8?q?_D?= <j@b.example>"),
	  "=?utf-8?q?J=C3=B6?= =?utf-8?q?_D?=<j@b.example>" },
	{ SPAN_INIT("a@b, c@d"), "<a@b>|<c@d>" },
	{ SPAN_INIT("A <a@b>,\r\n\tC <c@d>"), "A<a@b>|C<c@d>" },
	{ SPAN_INIT("a+b-c_d=e!f#g$h%i&j'k*l/m?n^o`p{q|r}s~t@b"),
	  "<a+b-c_d=e!f#g$h%i&j'k*l/m?n^o`p{q|r}s~t@b>" },
	{ SPAN_INIT("a@[192.0.2.1]"), "<a@[192.0.2.1]>" },
	{ SPAN_INIT("a@[IPv6:2001:db8::1]"), "<a@[IPv6:2001:db8::1]>" },
	/* obsolete and common */
	{ SPAN_INIT(""), "" },
	{ SPAN_INIT(" \r\n "), "" },
	{ SPAN_INIT(",,"), "" },
	{ SPAN_INIT("a@b,"), "<a@b>" },
	{ SPAN_INIT(",a@b, ,c@d,"), "<a@b>|<c@d>" },
	{ SPAN_INIT("a @ b . example"), "<a@b.example>" },
	{ SPAN_INIT("a . b@c"), "<a.b@c>" },
	{ SPAN_INIT("a. b@c .d"), "<a.b@c.d>" },
	{ SPAN_INIT("< a @ b >"), "<a@b>" },
	{ SPAN_INIT("<@r1,@r2:a@b>"), "<a@b>" },
	{ SPAN_INIT("X <@r1, , @r2 : a@b>"), "X<a@b>" },
	{ SPAN_INIT("root"), "<root>" },
	{ SPAN_INIT("Root <root>"), "Root<root>" },
	{ SPAN_INIT("a@b.example <a@b.example>"), "a@b.example<a@b.example>" },
	{ SPAN_INIT("A@B.example <a@b.example>"), "A@B.example<a@b.example>" },
	/* comments */
	{ SPAN_INIT("a@b (Jo Doe)"), "Jo Doe<a@b>" },
	{ SPAN_INIT("a@b (Jo (nested) Doe)"), "Jo (nested) Doe<a@b>" },
	{ SPAN_INIT("a@b ( Jo \\) Doe )"), "Jo ) Doe<a@b>" },
	{ SPAN_INIT("(x)a(y)@(z)b(Jo), (Me) c@d"), "Jo<a@b>|Me<c@d>" },
	{ SPAN_INIT("Jo (not me) Doe <a@b>"), "Jo Doe<a@b>" },
	{ SPAN_INIT("Jo(x)Doe <a@b>"), "Jo Doe<a@b>" },
	{ SPAN_INIT("<a@b> (Jo)"), "Jo<a@b>" },
	{ SPAN_INIT("a@b ()"), "<a@b>" },
	{ SPAN_INIT("(a@b)"), "" },
	{ SPAN_INIT("(c@d) a@b, (e@f)"), "c@d<a@b>" },
	{ SPAN_INIT("a(, c@d)@b"), ", c@d<a@b>" },
	{ SPAN_INIT("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"),
	  "Pete<pete@silly.test>" },
	/* quoted local parts */
	{ SPAN_INIT("\"jo doe\"@b"), "<\"jo doe\"@b>q" },
	{ SPAN_INIT("\"jo\"@b"), "<jo@b>q" },
	{ SPAN_INIT("\"jo@x\"@b"), "<\"jo@x\"@b>q" },
	{ SPAN_INIT("\"a\\\"b\\\\c\"@b"), "<\"a\\\"b\\\\c\"@b>q" },
	{ SPAN_INIT("\"\"@b"), "<\"\"@b>q" },
	{ SPAN_INIT("a.\"b c\".d@e"), "<\"a.b c.d\"@e>q" },
	{ SPAN_INIT("a..b@c"), "<\"a..b\"@c>" },
	{ SPAN_INIT("a.@c"), "<\"a.\"@c>" },
	/* groups */
	{ SPAN_INIT("undisclosed-recipients:;"), "G" },
	{ SPAN_INIT("undisclosed-recipients: ;"), "G" },
	{ SPAN_INIT("A Group:Chris <c@a>,joe@b,J <j@c>;"), "GChris<c@a>g|<joe@b>g|J<j@c>g" },
	{ SPAN_INIT("x@y, G: a@b; , z@w"), "G<x@y>|<a@b>g|<z@w>" },
	{ SPAN_INIT("\"G: x\": a@b,;"), "G<a@b>g" },
	{ SPAN_INIT("G: (nobody) ;"), "G" },
	{ SPAN_INIT("G: a@b"), "!G<a@b>g" },
	{ SPAN_INIT("G: H: a@b;;"), "!G<a@b>g" },
	{ SPAN_INIT(": a@b;"), "!G<a@b>g" },
	{ SPAN_INIT("a@b; c@d"), "!<a@b>|<c@d>" },
	{ SPAN_INIT("mailto:a@b"), "!G<a@b>g" },
	{ SPAN_INIT("<x@y>: a@b;"), "!G<x@y>|<a@b>g" },
	/* broken */
	{ SPAN_INIT("<>"), "!" },
	{ SPAN_INIT("Jo Doe"), "!" },
	{ SPAN_INIT("@b"), "!" },
	{ SPAN_INIT("a@"), "!" },
	{ SPAN_INIT("a@, c@d"), "!<c@d>" },
	{ SPAN_INIT("@"), "!" },
	{ SPAN_INIT("a@b@c"), "!" },
	{ SPAN_INIT("<a@b@c>"), "!" },
	{ SPAN_INIT("a@.b"), "!" },
	{ SPAN_INIT("a@b..c"), "!" },
	{ SPAN_INIT("a@\"b\""), "!" },
	{ SPAN_INIT("a@[b"), "!<a@b>" },
	{ SPAN_INIT("a@[b]c"), "!" },
	{ SPAN_INIT("[a]@b"), "!" },
	{ SPAN_INIT("Jo Doe jo@b"), "!Jo Doe<jo@b>" },
	{ SPAN_INIT("jo@b Jo Doe"), "!<jo@b>" },
	{ SPAN_INIT("\"x\"y@b"), "!<xy@b>q" },
	{ SPAN_INIT("Jo <jo@b"), "!Jo<jo@b>" },
	{ SPAN_INIT("Jo <jo@b, Me <me@b>"), "!Jo<jo@b>|Me<me@b>" },
	{ SPAN_INIT("G: Jo <jo@b; me@b"), "!GJo<jo@b>g|<me@b>" },
	{ SPAN_INIT("Jo jo@b>"), "!Jo<jo@b>" },
	{ SPAN_INIT("<<a@b>>"), "!<a@b>" },
	{ SPAN_INIT("<a@b><c@d>"), "!<a@b>|<c@d>" },
	{ SPAN_INIT("<a@b <c@d>"), "!<a@b>|<c@d>" },
	{ SPAN_INIT("<a@b> Jo"), "!<a@b>|<Jo>" },
	{ SPAN_INIT("Jo <a@b> Me <c@d>"), "!Jo<a@b>|Me<c@d>" },
	{ SPAN_INIT("<a b@c>"), "!<b@c>" },
	{ SPAN_INIT("<a:b@c>"), "!<b@c>" },
	{ SPAN_INIT("<@r>"), "!" },
	{ SPAN_INIT("<@r a@b>"), "!" },
	{ SPAN_INIT("x@y <a@b>"), "!x@y<a@b>" },
	{ SPAN_INIT("[tag] Jo <a@b>"), "![tag] Jo<a@b>" },
	{ SPAN_INIT("\"Jo <jo@b>"), "!Jo<jo@b>" },
	{ SPAN_INIT("\"Jo <jo@b>, \"Me\" <me@b>"), "!Jo <jo@b>, Me<me@b>" },
	{ SPAN_INIT("a@b (Jo"), "!Jo<a@b>" },
	{ SPAN_INIT("a@b (Jo, c@d"), "!Jo, c@d<a@b>" },
	{ SPAN_INIT("a@b) , c@d"), "!<a@b>|<c@d>" },
	{ SPAN_INIT("a\\b@c"), "!<ab@c>" },
	{ SPAN_INIT("\\"), "!" },
	{ SPAN_INIT("\"\\"), "!" },
	{ SPAN_INIT("(\\"), "!" },
	{ SPAN_INIT("\""), "!" },
	{ SPAN_INIT("("), "!" },
	{ SPAN_INIT("["), "!" },
	{ SPAN_INIT(">"), "!" },
	{ SPAN_INIT("<"), "!" },
	{ SPAN_INIT(";"), "!" },
	{ SPAN_INIT(":"), "!G" },
	{ SPAN_INIT("a\0b@c"), "!" },
	{ SPAN_INIT("a\x7f@c"), "!" },
	{ SPAN_INIT("\"a\0\"@c"), "!" },
	{ SPAN_INIT("J\1o <a@b>"), "!J\1o<a@b>" },
	{ SPAN_INIT("[a\r\n b] <a@b>"), "![a b]<a@b>" },
	{ SPAN_INIT("a@[b\r\n]"), "<a@[b]>" },
	{ SPAN_INIT("a@[b\r\n c]"), "!" },
	{ SPAN_INIT("j\xf6@b"), "!<j\xf6@b>" },
	{ SPAN_INIT("=?utf-8?q?Doe,_Jo?= <a@b>"), "!=?utf-8?q?Doe,_Jo?=<a@b>" },
	{ SPAN_INIT("=?utf-8?q?<x@y>?= <a@b>"), "!=?utf-8?q?<x@y>?=<a@b>" },
};

START_TEST(field)
{
	struct span got = shown(addr_parse(arena, fields[_i].value));

	CHECK_SPAN(got, span_str(fields[_i].want));
}
END_TEST

START_TEST(field_parts)
{
	struct mailboxes l = addr_parse(arena, SPAN("x <\"a b\" @ c . d>"));

	ck_assert_int_eq((int)l.n, 1);
	CHECK_SPAN(l.v[0].local, SPAN("a b"));
	CHECK_SPAN(l.v[0].domain, SPAN("c.d"));
}
END_TEST

static const struct {
	struct span value;
	const char *want; /* the address; NULL when it is not a single one */
} singles[] = {
	{ SPAN_INIT("Jo <jo@b.example>"), "jo@b.example" },
	{ SPAN_INIT("jo@b.example (Jo)"), "jo@b.example" },
	{ SPAN_INIT("jo@b.example,"), "jo@b.example" },
	{ SPAN_INIT(""), NULL },
	{ SPAN_INIT("jo"), NULL },
	{ SPAN_INIT("a@b, c@d"), NULL },
	{ SPAN_INIT("a@b, a@b"), NULL },
	{ SPAN_INIT("G: a@b;"), NULL },
	{ SPAN_INIT("G:;, a@b"), NULL },
	{ SPAN_INIT("\"a\"@b"), NULL },
	{ SPAN_INIT("a@b c"), NULL },
	{ SPAN_INIT("<a@b"), NULL },
	{ SPAN_INIT("a@b <c@d>"), NULL },
	{ SPAN_INIT("a@b, ("), NULL },
};

START_TEST(single)
{
	struct mailbox m;
	bool ok = addr_single(arena, singles[_i].value, &m);

	ck_assert_int_eq(ok, singles[_i].want != NULL);
	if (ok) {
		CHECK_SPAN(m.addr, span_str(singles[_i].want));
	}
}
END_TEST

static const struct {
	struct span header;
	const char *want; /* the domain; NULL when there is no author */
} authors[] = {
	{ SPAN_INIT("from: A <a@b.example>\r\n\r\n"), "b.example" },
	{ SPAN_INIT("To: c@d.example\r\nFrom: a@b.example\r\n\r\nFrom: e@f\r\n"), "b.example" },
	{ SPAN_INIT("From: a@b.example\r\nFROM: a@b.example\r\n\r\n"), NULL },
	{ SPAN_INIT("From: a@b.example, c@d.example\r\n\r\n"), NULL },
	{ SPAN_INIT("From:\r\n\r\n"), NULL },
	{ SPAN_INIT("Sender: a@b.example\r\n\r\n"), NULL },
	{ SPAN_INIT(""), NULL },
};

START_TEST(author)
{
	struct message m;
	struct mailbox box = { .domain = SPAN("left") };

	ck_assert(message_parse(arena, authors[_i].header, &m, NULL));
	ck_assert_int_eq(addr_author(arena, &m, &box), authors[_i].want != NULL);
	CHECK_SPAN(box.domain, span_str(authors[_i].want));
}
END_TEST

static const struct {
	struct span path;
	const char *want; /* NULL when it must be refused */
} paths[] = {
	{ SPAN_INIT(""), "" },
	{ SPAN_INIT("<>"), "" },
	{ SPAN_INIT("a@b.example"), "a@b.example" },
	{ SPAN_INIT("<A@B.Example>"), "A@B.Example" },
	{ SPAN_INIT("<a@b.example.>"), "a@b.example" },
	{ SPAN_INIT("<@r1,@r2:a@b>"), "a@b" },
	{ SPAN_INIT("<\"a b\"@c>"), "\"a b\"@c" },
	{ SPAN_INIT("<\"a@b\"@c>"), "\"a@b\"@c" },
	{ SPAN_INIT("<\"a\\\"b\"@c>"), "\"a\\\"b\"@c" },
	{ SPAN_INIT("<\"\"@c>"), "\"\"@c" },
	{ SPAN_INIT("a..b@c"), "a..b@c" },
	{ SPAN_INIT("SRS0=x=y=z=a@b"), "SRS0=x=y=z=a@b" },
	{ SPAN_INIT("a@_x.example"), "a@_x.example" },
	{ SPAN_INIT("a@[192.0.2.1]"), "a@[192.0.2.1]" },
	{ SPAN_INIT("a@[IPv6:2001:db8::1]"), "a@[IPv6:2001:db8::1]" },
	{ SPAN_INIT("j\xc3\xb6@b\xc3\xbc"
	            "cher.example"),
	  "j\xc3\xb6@b\xc3\xbc"
	  "cher.example" },
	{ SPAN_INIT("a"), NULL },
	{ SPAN_INIT("<a>"), NULL },
	{ SPAN_INIT("<"), NULL },
	{ SPAN_INIT(">"), NULL },
	{ SPAN_INIT("<a@b"), NULL },
	{ SPAN_INIT("a@b>"), NULL },
	{ SPAN_INIT("<<a@b>>"), NULL },
	{ SPAN_INIT(" a@b"), NULL },
	{ SPAN_INIT("a@b "), NULL },
	{ SPAN_INIT("a b@c"), NULL },
	{ SPAN_INIT("@b"), NULL },
	{ SPAN_INIT("a@"), NULL },
	{ SPAN_INIT("a@."), NULL },
	{ SPAN_INIT("a@b.."), NULL },
	{ SPAN_INIT("a@.b"), NULL },
	{ SPAN_INIT("a@b..c"), NULL },
	{ SPAN_INIT("a@-b"), NULL },
	{ SPAN_INIT("a@b!c"), NULL },
	{ SPAN_INIT("a@b@c"), NULL },
	{ SPAN_INIT("<@r:>"), NULL },
	{ SPAN_INIT("<@r>"), NULL },
	{ SPAN_INIT("<a,b@c>"), NULL },
	{ SPAN_INIT("a\"b\"@c"), NULL },
	{ SPAN_INIT("\"a\"b@c"), NULL },
	{ SPAN_INIT("\"a@c"), NULL },
	{ SPAN_INIT("\"a\\\"@c"), NULL },
	{ SPAN_INIT("\"@c"), NULL },
	{ SPAN_INIT("a\\b@c"), NULL },
	{ SPAN_INIT("a@[]"), NULL },
	{ SPAN_INIT("a@["), NULL },
	{ SPAN_INIT("a@[1.2.3.4"), NULL },
	{ SPAN_INIT("a@[1 2]"), NULL },
	{ SPAN_INIT("a@[1]]"), NULL },
	{ SPAN_INIT("a\r\nRCPT TO:<x@y>@b"), NULL },
	{ SPAN_INIT("\"a\r\n\"@b"), NULL },
	{ SPAN_INIT("a\0@b"), NULL },
	{ SPAN_INIT("a@b\0"), NULL },
	{ SPAN_INIT("a\x7f@b"), NULL },
	{ SPAN_INIT("j\xf6@b"), NULL },
	{ SPAN_INIT("a@b\xfc"), NULL },
	{ SPAN_INIT("a@\xe2\x84\x80.example"), NULL }, /* U+2100 maps to "a/c" */
};

START_TEST(path)
{
	struct err e = { .class = ERR_NONE };
	struct span got = SPAN("?");
	bool ok = addr_path(arena, paths[_i].path, &got, &e);

	ck_assert_msg(ok == (paths[_i].want != NULL), "%.*s: %s", SPAN_FMT(paths[_i].path), e.text);
	if (ok) {
		CHECK_SPAN(got, span_str(paths[_i].want));
	} else {
		ck_assert_int_eq(e.class, ERR_PERMANENT);
	}
}
END_TEST

START_TEST(path_length)
{
	char text[LIMIT_ADDRESS + 3];
	struct span got;
	struct err e;

	memset(text, 'a', sizeof(text));
	text[0] = '<';
	text[300] = '@';
	text[LIMIT_ADDRESS + 1] = '>';
	ck_assert(addr_path(arena, (struct span){ text, LIMIT_ADDRESS + 2 }, &got, &e));
	ck_assert_int_eq((int)got.n, LIMIT_ADDRESS);
	text[LIMIT_ADDRESS + 1] = 'a';
	text[LIMIT_ADDRESS + 2] = '>';
	ck_assert(!addr_path(arena, (struct span){ text, LIMIT_ADDRESS + 3 }, &got, &e));
}
END_TEST

static const struct {
	struct span addr;
	const char *canonical, *key; /* NULL when it must be refused */
} forms[] = {
	{ SPAN_INIT("Jo.Doe@B.Example."), "Jo.Doe@b.example", "jo.doe@b.example" },
	{ SPAN_INIT("<Jo@B\xc3\xbc"
	            "cher.example>"),
	  "Jo@xn--bcher-kva.example", "jo@xn--bcher-kva.example" },
	{ SPAN_INIT("J\xc3\x96@B"), "J\xc3\x96@b", "j\xc3\x96@b" },
	{ SPAN_INIT("\"Jo\"@B"), "\"Jo\"@b", "jo@b" },
	{ SPAN_INIT("\"J o\"@B"), "\"J o\"@b", "\"j o\"@b" },
	{ SPAN_INIT("a..b@c"), "a..b@c", "\"a..b\"@c" },
	{ SPAN_INIT("A@[IPv6:2001:DB8::1]"), "A@[ipv6:2001:db8::1]", "a@[ipv6:2001:db8::1]" },
	{ SPAN_INIT("<>"), NULL, NULL },
	{ SPAN_INIT(""), NULL, NULL },
	{ SPAN_INIT("a"), NULL, NULL },
};

START_TEST(form)
{
	struct span got = SPAN("?");
	struct err e;

	if (!forms[_i].canonical) {
		ck_assert(!addr_canonical(arena, forms[_i].addr, &got, &e));
		ck_assert(!addr_key(arena, forms[_i].addr, &got, &e));
		return;
	}
	ck_assert(addr_canonical(arena, forms[_i].addr, &got, &e));
	CHECK_SPAN(got, span_str(forms[_i].canonical));
	ck_assert(addr_key(arena, forms[_i].addr, &got, &e));
	CHECK_SPAN(got, span_str(forms[_i].key));
}
END_TEST

static const struct {
	struct span a, b;
	bool same;
} pairs[] = {
	{ SPAN_INIT("a@b"), SPAN_INIT("A@B"), true },
	{ SPAN_INIT("a@b"), SPAN_INIT("a@b."), true },
	{ SPAN_INIT("\"a\"@b"), SPAN_INIT("a@b"), true },
	{ SPAN_INIT("\"a\\b\"@c"), SPAN_INIT("ab@c"), true },
	{ SPAN_INIT("a@b\xc3\xbc"
	            "cher.example"),
	  SPAN_INIT("A@XN--BCHER-KVA.example"), true },
	{ SPAN_INIT("a@b\xc3\xbc"
	            "cher.example"),
	  SPAN_INIT("A@B\xc3\x9c"
	            "CHER.example"),
	  true },
	{ SPAN_INIT("a@b"), SPAN_INIT("a@c"), false },
	{ SPAN_INIT("a@b"), SPAN_INIT("b@b"), false },
	{ SPAN_INIT("a@b"), SPAN_INIT("a@b.c"), false },
	{ SPAN_INIT("a"), SPAN_INIT("A"), false },
	{ SPAN_INIT("a"), SPAN_INIT("b"), false },
	{ SPAN_INIT(""), SPAN_INIT("a@b"), false },
	{ SPAN_INIT("\xc3\xb6@b"), SPAN_INIT("\xc3\x96@b"), false },
};

START_TEST(same)
{
	ck_assert_int_eq(addr_same(pairs[_i].a, pairs[_i].b), pairs[_i].same);
	ck_assert_int_eq(addr_same(pairs[_i].b, pairs[_i].a), pairs[_i].same);
}
END_TEST

static const struct {
	struct span child, parent;
	bool below;
} domains[] = {
	{ SPAN_INIT("example.com"), SPAN_INIT("example.com"), true },
	{ SPAN_INIT("a.Example.com"), SPAN_INIT("example.COM"), true },
	{ SPAN_INIT("a.b.example.com."), SPAN_INIT("example.com"), true },
	{ SPAN_INIT("a.b\xc3\xbc"
	            "cher.example"),
	  SPAN_INIT("xn--bcher-kva.example"), true },
	{ SPAN_INIT("a.xn--bcher-kva.example"),
	  SPAN_INIT("b\xc3\xbc"
	            "cher.example"),
	  true },
	{ SPAN_INIT("example.com"), SPAN_INIT("a.example.com"), false },
	{ SPAN_INIT("aexample.com"), SPAN_INIT("example.com"), false },
	{ SPAN_INIT("x@example.com"), SPAN_INIT("example.com"), false },
	{ SPAN_INIT("example.com.evil"), SPAN_INIT("example.com"), false },
	{ SPAN_INIT("[192.0.2.1]"), SPAN_INIT("[192.0.2.1]"), false },
	{ SPAN_INIT("[192.0.2.1"), SPAN_INIT("2.1"), false },
	{ SPAN_INIT(""), SPAN_INIT(""), false },
	{ SPAN_INIT("a"), SPAN_INIT(""), false },
	{ SPAN_INIT("a."), SPAN_INIT("."), false },
	{ SPAN_INIT(""), SPAN_INIT("a"), false },
};

START_TEST(domain_below)
{
	ck_assert_int_eq(addr_domain_below(domains[_i].child, domains[_i].parent),
	                 domains[_i].below);
}
END_TEST

START_TEST(parts)
{
	CHECK_SPAN(addr_local(SPAN("\"a@b\"@c")), SPAN("\"a@b\""));
	CHECK_SPAN(addr_domain(SPAN("\"a@b\"@c")), SPAN("c"));
	ck_assert_int_eq((int)addr_local(SPAN("a")).n, 0);
	ck_assert_int_eq((int)addr_domain(SPAN("a")).n, 0);
	ck_assert_int_eq((int)addr_domain(SPAN("a@")).n, 0);
}
END_TEST

static const struct {
	struct span name;
	const char *want;
} formats[] = {
	{ SPAN_INIT(""), "a@b" },
	{ SPAN_INIT("  \t"), "a@b" },
	{ SPAN_INIT("Jo"), "Jo <a@b>" },
	{ SPAN_INIT(" Jo Doe "), "Jo Doe <a@b>" },
	{ SPAN_INIT("Jo  Doe"), "\"Jo  Doe\" <a@b>" },
	{ SPAN_INIT("Jo D. Doe"), "\"Jo D. Doe\" <a@b>" },
	{ SPAN_INIT("Doe, Jo"), "\"Doe, Jo\" <a@b>" },
	{ SPAN_INIT("a \"b\" \\c"), "\"a \\\"b\\\" \\\\c\" <a@b>" },
	{ SPAN_INIT("Jo via List"), "Jo via List <a@b>" },
	{ SPAN_INIT("x@y <z@w>"), "\"x@y <z@w>\" <a@b>" },
	{ SPAN_INIT("J\xc3\xb6"), "=?utf-8?B?SsO2?= <a@b>" },
	{ SPAN_INIT("J\xc3\xb6, Johannes Johannes (x)"),
	  "=?utf-8?Q?J=C3=B6=2C_Johannes_Johannes_=28x=29?= <a@b>" },
	{ SPAN_INIT("=?x"), "=?utf-8?B?PT94?= <a@b>" },
	{ SPAN_INIT("Jo\r\nBcc: x@y"), "\"Jo  Bcc: x@y\" <a@b>" },
	{ SPAN_INIT("J\xf6"), "=?utf-8?B?Su+/vQ==?= <a@b>" },
	{ SPAN_INIT("J\0o"), "J o <a@b>" },
};

START_TEST(format)
{
	struct span got = addr_format(arena, formats[_i].name, SPAN("a@b"));

	CHECK_SPAN(got, span_str(formats[_i].want));
}
END_TEST

/* What addr_format writes for ASCII names is read back as it was. */
START_TEST(format_and_back)
{
	char name[3] = "x x";

	for (int c = 0x21; c < 0x7f; c++) {
		struct mailboxes l;

		name[2] = (char)c;
		l = addr_parse(arena, addr_format(arena, (struct span){ name, 3 }, SPAN("a@b")));
		ck_assert_int_eq((int)l.n, 1);
		ck_assert(!l.broken);
		CHECK_SPAN(l.v[0].name, ((struct span){ name, 3 }));
	}
}
END_TEST

/* A field of the largest size out of each of these, fast. */
static const char *const repeated[] = {
	"a",     "a ",   "a,",   "a@b,",   "(",      "()",        "((",     ")",   "\"",
	"\" ",   "\"\\", "\\",   "[",      "[]",     "<",         ">",      "<>",  "@",
	"@@,",   ":",    ";",    ":;",     "a:",     "a;",        "<a",     "<a,", "<@a,",
	",",     ".",    " .",   "a.",     "=?",     "=?a?q?b?=", "=?a?q?", "=?,", "\"\" ",
	"\r\n ", "a (",  "\xff", "\"a\".", "<a@b> ",
};

START_TEST(linear)
{
	struct buf text = BUF_INIT;
	struct timespec from, to;

	while (text.n < LIMIT_HEADER) {
		buf_str(&text, repeated[_i]);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	ck_assert(addr_parse(arena, buf_span(&text)).n <= LIMIT_ADDRESSES);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	buf_free(&text);
	ck_assert_int_le(to.tv_sec - from.tv_sec, 1);
}
END_TEST

START_TEST(limit)
{
	struct buf text = BUF_INIT;
	struct mailboxes l;

	for (size_t i = 0; i < LIMIT_ADDRESSES; i++) {
		buf_str(&text, "a@b,");
	}
	l = addr_parse(arena, buf_span(&text));
	ck_assert(!l.broken);
	ck_assert_int_eq((int)l.n, LIMIT_ADDRESSES);
	buf_str(&text, "a@b,");
	l = addr_parse(arena, buf_span(&text));
	buf_free(&text);
	ck_assert(l.broken);
	ck_assert_int_eq((int)l.n, LIMIT_ADDRESSES);
}
END_TEST

START_TEST(long_address)
{
	struct buf text = BUF_INIT;
	struct mailboxes l;

	for (size_t i = 0; i < LIMIT_ADDRESS; i++) {
		buf_chr(&text, 'a');
	}
	buf_str(&text, "@b, c@d");
	l = addr_parse(arena, buf_span(&text));
	buf_free(&text);
	CHECK_SPAN(shown(l), SPAN("!<c@d>"));
}
END_TEST

START_TEST(comment_depth)
{
	struct buf text = BUF_INIT;
	struct mailboxes l;

	buf_str(&text, "a@b ");
	for (int i = 0; i < 32 + _i; i++) {
		buf_chr(&text, '(');
	}
	for (int i = 0; i < 32 + _i; i++) {
		buf_chr(&text, ')');
	}
	l = addr_parse(arena, buf_span(&text));
	buf_free(&text);
	ck_assert_int_eq(l.broken, _i > 0);
	ck_assert_int_eq((int)l.n, 1);
}
END_TEST

static const struct {
	const char *text;
	bool plain;
} plains[] = {
	{ "a@b.example", true },
	{ "first.last+tag@sub-1.example.org", true },
	{ "x@localhost", true },
	{ "A@b.example", false },
	{ "a@B.example", false },
	{ "a@b.example.", false },
	{ "a@b..example", false },
	{ "a@-b.example", false },
	{ "a@b-.example", false },
	{ "a@", false },
	{ "@b", false },
	{ ".a@b", false },
	{ "a..b@c", false },
	{ "a@b@c", false },
	{ "\"a\"@b", false },
	{ "a b@c", false },
	{ "<a@b>", false },
	{ "a@b,c@d", false },
	{ "a@b;c", false },
	{ "a@b_c", false },
	{ "a@[1.2.3.4]", false },
	{ "\xc3\xa9@b", false },
	{ "a@\xc3\xa9.example", false },
	{ "a\r@b", false },
	{ "", false },
};

/* What is plain is its own key and canonical form. */
START_TEST(plain)
{
	struct span text = span_str(plains[_i].text), key, canonical;

	ck_assert_int_eq(addr_is_plain(text), plains[_i].plain);
	if (plains[_i].plain) {
		ck_assert(addr_key(arena, text, &key, NULL));
		ck_assert(addr_canonical(arena, text, &canonical, NULL));
		ck_assert(span_eq(key, text) && span_eq(canonical, text));
	}
}
END_TEST

Suite *addr_suite(void)
{
	Suite *suite = suite_create("addr");
	TCase *tc = tcase_create("addr");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, field, 0, LENGTH(fields));
	tcase_add_test(tc, field_parts);
	tcase_add_loop_test(tc, single, 0, LENGTH(singles));
	tcase_add_loop_test(tc, author, 0, LENGTH(authors));
	tcase_add_loop_test(tc, path, 0, LENGTH(paths));
	tcase_add_test(tc, path_length);
	tcase_add_loop_test(tc, form, 0, LENGTH(forms));
	tcase_add_loop_test(tc, same, 0, LENGTH(pairs));
	tcase_add_loop_test(tc, domain_below, 0, LENGTH(domains));
	tcase_add_loop_test(tc, plain, 0, LENGTH(plains));
	tcase_add_test(tc, parts);
	tcase_add_loop_test(tc, format, 0, LENGTH(formats));
	tcase_add_test(tc, format_and_back);
	tcase_add_loop_test(tc, linear, 0, LENGTH(repeated));
	tcase_add_test(tc, limit);
	tcase_add_test(tc, long_address);
	tcase_add_loop_test(tc, comment_depth, 0, 2);
	suite_add_tcase(suite, tc);
	return suite;
}
