/* DMARC: records, the tree walk, whose policy applies, what aligns, and the result. */
#include "auth/dmarc.h"
#include "auth/dmarc_record.h"
#include "auth/dmarc_walk.h"
#include "auth/lookups.h"
#include "base/buf.h"
#include "base/limits.h"

#include <check.h>
#include <string.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof((table)[0]))

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

/* ---- a zone that writes down what it is asked ---- */

struct spy {
	struct keysource zone, source;
	struct buf asked;
	size_t n;
};

static struct txt spy_txt(void *self, struct arena *a, struct span name)
{
	struct spy *spy = self;

	spy->n++;
	buf_add(&spy->asked, name);
	buf_chr(&spy->asked, ' ');
	return spy->zone.txt(spy->zone.self, a, name);
}

/* ZONE: lines "name text", the name without "_dmarc." unless it begins with a dot. */
static void spy_new(struct spy *spy, const char *zone)
{
	struct span rest = span_str(zone);
	struct buf tsv = BUF_INIT;
	struct err e;

	while (rest.n) {
		struct span line = span_cut(&rest, '\n');
		struct span name = span_cut(&line, ' ');

		if (span_starts(name, SPAN("."))) {
			name = span_from(name, 1);
		} else {
			buf_str(&tsv, "_dmarc.");
		}
		buf_printf(&tsv, "%.*s\t%.*s\n", SPAN_FMT(name), SPAN_FMT(line));
	}
	*spy = (struct spy){ .n = 0 };
	ck_assert(key_file_source(arena, buf_move(&tsv, arena), &spy->zone, &e));
	spy->source = (struct keysource){ .self = spy, .txt = spy_txt };
}

static void spy_free(struct spy *spy)
{
	buf_free(&spy->asked);
}

/* ---- records ---- */

#define NONE       DMARC_POLICY_NONE
#define QUARANTINE DMARC_POLICY_QUARANTINE
#define REJECT     DMARC_POLICY_REJECT

static const struct {
	const char *text;
	bool record;
	enum dmarc_policy p, sp, np;
	bool void_policy;
} records[] = {
	{ "v=DMARC1; p=none", true, NONE, NONE, NONE, false },
	{ "v=DMARC1;p=reject;", true, REJECT, REJECT, REJECT, false },
	{ "v = DMARC1 ; p = quarantine ; ", true, QUARANTINE, QUARANTINE, QUARANTINE, false },
	{ "v=DMARC1\t;\tp=REJECT", true, REJECT, REJECT, REJECT, false },
	{ "V=DMARC1;P=reject", true, REJECT, REJECT, REJECT, false },
	{ "v=DMARC1; sp=quarantine; p=reject", true, REJECT, QUARANTINE, QUARANTINE, false },
	{ "v=DMARC1; p=none; sp=quarantine; np=reject", true, NONE, QUARANTINE, REJECT, false },
	{ "v=DMARC1; p=quarantine; np=reject", true, QUARANTINE, QUARANTINE, REJECT, false },
	/* p= may be missing: none */
	{ "v=DMARC1", true, NONE, NONE, NONE, false },
	{ "v=DMARC1; rua=mailto:a@b.example", true, NONE, NONE, NONE, false },
	{ "v=DMARC1; sp=reject", true, NONE, REJECT, REJECT, false },
	/* not valid: none if somebody wants reports, else no DMARC */
	{ "v=DMARC1; p=rejected", true, NONE, NONE, NONE, true },
	{ "v=DMARC1; p=rejected; rua=mailto:a@b.example", true, NONE, NONE, NONE, false },
	{ "v=DMARC1; p=reject; sp=no; rua=mailto:a@b.example", true, NONE, NONE, NONE, false },
	{ "v=DMARC1; p=reject; sp=no", true, NONE, NONE, NONE, true },
	{ "v=DMARC1; p=reject; np=no; rua=nonsense", true, NONE, NONE, NONE, true },
	{ "v=DMARC1; p=no; rua=:", true, NONE, NONE, NONE, true },
	{ "v=DMARC1; p=no; rua=mailto:", true, NONE, NONE, NONE, true },
	{ "v=DMARC1; p=no; rua=1:x", true, NONE, NONE, NONE, true },
	{ "v=DMARC1; p=no; rua=x, mailto:a@b.example!10m", true, NONE, NONE, NONE, false },
	/* what is wrong elsewhere costs nothing */
	{ "v=DMARC1; p=reject; pct=0; ri=x; future=1", true, REJECT, REJECT, REJECT, false },
	{ "v=DMARC1; junk; p=reject; =x; x=; ;;", true, REJECT, REJECT, REJECT, false },
	{ "v=DMARC1; p=reject; p=none", true, REJECT, REJECT, REJECT, false },
	{ "v=DMARC1; p=; p=reject", true, REJECT, REJECT, REJECT, false },
	{ "v=DMARC1; xp=none; p=reject", true, REJECT, REJECT, REJECT, false },
	/* no records */
	{ "", false, 0, 0, 0, false },
	{ ";", false, 0, 0, 0, false },
	{ "p=reject; v=DMARC1", false, 0, 0, 0, false },
	{ "v=dmarc1; p=reject", false, 0, 0, 0, false },
	{ "v=DMARC12; p=reject", false, 0, 0, 0, false },
	{ "v=DMARC1 p=reject", false, 0, 0, 0, false },
	{ "v=DMARC1, p=reject", false, 0, 0, 0, false },
	{ "v=spf1 -all", false, 0, 0, 0, false },
	{ "v=DKIM1; p=AAAA", false, 0, 0, 0, false },
	{ ";v=DMARC1; p=reject", false, 0, 0, 0, false },
	{ "vv=DMARC1; p=reject", false, 0, 0, 0, false },
};

START_TEST(record_table)
{
	struct dmarc_record r;
	const char *text = records[_i].text;

	ck_assert_msg(dmarc_record_parse(span_str(text), &r) == records[_i].record, "\"%s\"", text);
	if (records[_i].record) {
		ck_assert_msg(r.p == records[_i].p, "\"%s\": p", text);
		ck_assert_msg(r.sp == records[_i].sp, "\"%s\": sp", text);
		ck_assert_msg(r.np == records[_i].np, "\"%s\": np", text);
		ck_assert_msg(r.void_policy == records[_i].void_policy, "\"%s\": void", text);
	}
}
END_TEST

static const struct {
	const char *text;
	enum dmarc_psd psd;
	bool testing, strict_dkim, strict_spf;
} flags[] = {
	{ "v=DMARC1", DMARC_PSD_UNKNOWN, false, false, false },
	{ "v=DMARC1; psd=y; t=y; adkim=s; aspf=s", DMARC_PSD_YES, true, true, true },
	{ "v=DMARC1; psd=N; t=Y; adkim=S; aspf=r", DMARC_PSD_NO, true, true, false },
	{ "v=DMARC1; psd=u; t=n; adkim=r; aspf=S", DMARC_PSD_UNKNOWN, false, false, true },
	{ "v=DMARC1; psd=yes; t=yes; adkim=strict; aspf=strict", DMARC_PSD_UNKNOWN, false, false,
	  false },
	{ "v=DMARC1; psd; t; adkim; aspf", DMARC_PSD_UNKNOWN, false, false, false },
};

START_TEST(flag_table)
{
	struct dmarc_record r;

	ck_assert(dmarc_record_parse(span_str(flags[_i].text), &r));
	ck_assert_int_eq(r.psd, flags[_i].psd);
	ck_assert_int_eq(r.testing, flags[_i].testing);
	ck_assert_int_eq(r.strict_dkim, flags[_i].strict_dkim);
	ck_assert_int_eq(r.strict_spf, flags[_i].strict_spf);
}
END_TEST

START_TEST(hostile_records)
{
	struct buf text = BUF_INIT;
	struct dmarc_record r;

	ck_assert(!dmarc_record_parse(SPAN("v=DMARC1\0; p=reject"), &r));
	ck_assert(dmarc_record_parse(SPAN("v=DMARC1; p=reject\0"), &r) && r.void_policy);
	ck_assert(dmarc_record_parse(SPAN("v=DMARC1; \xff\xfe=\x80; p=reject"), &r));
	ck_assert_int_eq(r.p, REJECT);
	buf_str(&text, "v=DMARC1;");
	while (text.n + 9 < LIMIT_KEY_RECORD) {
		buf_str(&text, ";");
	}
	buf_str(&text, "p=reject");
	ck_assert_uint_le(text.n, LIMIT_KEY_RECORD);
	ck_assert(dmarc_record_parse(buf_span(&text), &r) && r.p == REJECT);
	buf_str(&text, ";;;;;;;;");
	ck_assert(!dmarc_record_parse(buf_span(&text), &r));
	buf_free(&text);
}
END_TEST

/* ---- the walk ---- */

#define DEEP "a.b.c.d.e.f.g.h.i.j.mail.example.com"

static const struct {
	const char *domain, *names;
} walks[] = {
	{ "", "" },
	{ "com", "com " },
	{ "example.com", "example.com com " },
	{ "a.mail.example.com", "a.mail.example.com mail.example.com example.com com " },
	{ "1.2.3.4.5.6.7", "1.2.3.4.5.6.7 2.3.4.5.6.7 3.4.5.6.7 4.5.6.7 5.6.7 6.7 7 " },
	{ "1.2.3.4.5.6.7.8",
	  "1.2.3.4.5.6.7.8 2.3.4.5.6.7.8 3.4.5.6.7.8 4.5.6.7.8 5.6.7.8 6.7.8 7.8 8 " },
	{ "1.2.3.4.5.6.7.8.9",
	  "1.2.3.4.5.6.7.8.9 3.4.5.6.7.8.9 4.5.6.7.8.9 5.6.7.8.9 6.7.8.9 7.8.9 8.9 9 " },
	/* RFC 9989 4.10 */
	{ DEEP, DEEP " g.h.i.j.mail.example.com h.i.j.mail.example.com i.j.mail.example.com"
	             " j.mail.example.com mail.example.com example.com com " },
};

START_TEST(walk_table)
{
	struct span names[DMARC_QUERIES];
	size_t n = dmarc_names(arena, span_str(walks[_i].domain), names);
	struct buf got = BUF_INIT;

	ck_assert_uint_le(n, DMARC_QUERIES);
	for (size_t i = 0; i < n; i++) {
		ck_assert(span_starts(names[i], SPAN("_dmarc.")));
		buf_add(&got, span_from(names[i], 7));
		buf_chr(&got, ' ');
	}
	ck_assert_msg(span_is(buf_span(&got), walks[_i].names), "%.*s", SPAN_FMT(got));
	buf_free(&got);
}
END_TEST

/* What a walk asks for is what was announced, however long the name. */
START_TEST(walk_bound)
{
	struct buf name = BUF_INIT, want = BUF_INIT;
	struct span names[DMARC_QUERIES];
	struct spy spy;
	size_t n;

	spy_new(&spy, "");
	for (int i = 0; i < 126; i++) {
		buf_str(&name, i ? ".a" : "a");
	}
	dmarc_discover(arena, &spy.source, buf_span(&name));
	ck_assert_uint_eq(spy.n, DMARC_QUERIES);
	n = dmarc_names(arena, buf_span(&name), names);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&want, "%.*s ", SPAN_FMT(names[i]));
	}
	ck_assert(span_eq(buf_span(&want), buf_span(&spy.asked)));
	buf_free(&name);
	buf_free(&want);
	spy_free(&spy);
}
END_TEST

/* ---- discovery ---- */

#define BANK                                                                                       \
	"bank.example v=DMARC1; p=reject; psd=y\n"                                                 \
	"giant.bank.example v=DMARC1; p=quarantine\n"

static const struct {
	const char *zone, *author;
	const char *found, *organization;
	enum dmarc_policy effective;
	size_t asked;
} discoveries[] = {
	{ "", "example.com", "", "example.com", NONE, 2 },
	{ "example.com v=DMARC1; p=reject", "example.com", "example.com", "example.com", REJECT, 2 },
	{ "example.com v=DMARC1; p=reject", "EXAMPLE.com", "example.com", "example.com", REJECT, 2 },
	{ "xn--bcher-kva.example v=DMARC1; p=reject", "b\xc3\xbc"
	                                              "cher.example",
	  "xn--bcher-kva.example", "xn--bcher-kva.example", REJECT, 2 },
	{ "example.com v=DMARC1; p=reject", "a.b.example.com", "example.com", "example.com", REJECT,
	  4 },
	{ "example.com v=DMARC1; p=reject; sp=none", "a.example.com", "example.com", "example.com",
	  NONE, 3 },
	{ "example.com v=DMARC1; p=reject; sp=none", "example.com", "example.com", "example.com",
	  REJECT, 2 },
	/* sp= of the author's own record is not for him */
	{ "a.example.com v=DMARC1; p=quarantine; sp=none\nexample.com v=DMARC1; p=reject",
	  "a.example.com", "a.example.com", "example.com", QUARANTINE, 3 },
	/* between author and organization nothing counts */
	{ "b.example.com v=DMARC1; p=none\nexample.com v=DMARC1; p=reject", "a.b.example.com",
	  "example.com", "example.com", REJECT, 4 },
	/* psd=n ends it */
	{ "b.example.com v=DMARC1; p=none; psd=n\nexample.com v=DMARC1; p=reject",
	  "a.b.example.com", "b.example.com", "b.example.com", NONE, 2 },
	{ "a.b.example.com v=DMARC1; p=quarantine; psd=n\nexample.com v=DMARC1; p=reject",
	  "a.b.example.com", "a.b.example.com", "a.b.example.com", QUARANTINE, 1 },
	/* psd=y: one below is the organization, the record of the suffix if it has none */
	{ BANK, "giant.bank.example", "giant.bank.example", "giant.bank.example", QUARANTINE, 2 },
	{ BANK, "mail.giant.bank.example", "giant.bank.example", "giant.bank.example", QUARANTINE,
	  3 },
	{ BANK, "mail.mega.bank.example", "bank.example", "mega.bank.example", REJECT, 3 },
	{ BANK, "bank.example", "bank.example", "bank.example", REJECT, 1 },
	{ BANK, "1.2.3.4.5.6.7.8.bank.example", "bank.example", "8.bank.example", REJECT, 7 },
	{ "com v=DMARC1; p=none; psd=y; sp=reject", "a.mail.example.com", "com", "example.com",
	  REJECT, 4 },
	{ "c.d.e.f.g.h.i v=DMARC1; p=reject; psd=y", "x.y.b.c.d.e.f.g.h.i", "c.d.e.f.g.h.i",
	  "b.c.d.e.f.g.h.i", REJECT, 2 },
	/* psd=u, and what is not valid, is nothing */
	{ "example.com v=DMARC1; p=reject; psd=u", "a.example.com", "example.com", "example.com",
	  REJECT, 3 },
	/* more than eight labels (RFC 9989 B.4): the middle is not looked at */
	{ "example.com v=DMARC1; p=reject", "a.b.c.d.e.f.g.h.i.j.k.example.com", "example.com",
	  "example.com", REJECT, 8 },
	{ "b.c.d.e.f.g.h.i.j.k.example.com v=DMARC1; p=reject", "a.b.c.d.e.f.g.h.i.j.k.example.com",
	  "", "a.b.c.d.e.f.g.h.i.j.k.example.com", NONE, 8 },
	/* np=: "a" is nowhere, "here" is in the zone */
	{ "example.com v=DMARC1; p=none; sp=none; np=reject\n.here.example.com x", "a.example.com",
	  "example.com", "example.com", REJECT, 4 },
	{ "example.com v=DMARC1; p=none; sp=none; np=reject\n.here.example.com x",
	  "here.example.com", "example.com", "example.com", NONE, 4 },
	{ "example.com v=DMARC1; p=none; sp=none; np=reject\n.x.here.example.com x",
	  "here.example.com", "example.com", "example.com", NONE, 4 },
	{ "example.com v=DMARC1; p=none; np=reject\n.a.example.com TEMPFAIL", "a.example.com",
	  "example.com", "example.com", REJECT, 4 },
	{ "example.com v=DMARC1; p=none; np=reject", "example.com", "example.com", "example.com",
	  NONE, 2 },
	/* t=y: one step milder */
	{ "example.com v=DMARC1; p=reject; t=y", "example.com", "example.com", "example.com",
	  QUARANTINE, 2 },
	{ "example.com v=DMARC1; p=quarantine; t=y", "example.com", "example.com", "example.com",
	  NONE, 2 },
	{ "example.com v=DMARC1; p=none; t=y", "example.com", "example.com", "example.com", NONE,
	  2 },
	{ "example.com v=DMARC1; p=none; np=reject; t=y", "a.example.com", "example.com",
	  "example.com", QUARANTINE, 4 },
	/* several are none; other texts are passed over */
	{ "example.com v=DMARC1; p=reject\nexample.com v=DMARC1; p=reject", "example.com", "",
	  "example.com", NONE, 2 },
	{ "a.example.com v=DMARC1; p=none\na.example.com v=DMARC1; p=none\n"
	  "example.com v=DMARC1; p=reject",
	  "a.example.com", "example.com", "example.com", REJECT, 3 },
	{ "example.com v=spf1 -all\nexample.com v=DMARC1; p=reject\nexample.com hello",
	  "example.com", "example.com", "example.com", REJECT, 2 },
	{ "example.com hello", "example.com", "", "example.com", NONE, 2 },
	/* no valid policy: no DMARC, also where it is inherited, and nothing higher up counts */
	{ "example.com v=DMARC1; p=x", "example.com", "", "example.com", NONE, 2 },
	{ "example.com v=DMARC1; p=x", "a.example.com", "", "example.com", NONE, 3 },
	{ "a.example.com v=DMARC1; p=x\nexample.com v=DMARC1; p=reject", "a.example.com", "",
	  "example.com", NONE, 3 },
	{ "example.com v=DMARC1; p=x; rua=mailto:a@example.com", "example.com", "example.com",
	  "example.com", NONE, 2 },
	/* DNS: what is known counts, the rest is open */
	{ "example.com TEMPFAIL", "example.com", "", "", NONE, 2 },
	{ "example.com v=DMARC1; p=reject\ncom TEMPFAIL", "a.example.com", "example.com",
	  "example.com", REJECT, 3 },
	{ "a.example.com v=DMARC1; p=reject\nexample.com TEMPFAIL", "a.example.com",
	  "a.example.com", "", REJECT, 3 },
	{ "com TEMPFAIL", "example.com", "", "", NONE, 2 },
	{ "a.example.com TEMPFAIL\nexample.com v=DMARC1; p=reject", "a.example.com", "", "", NONE,
	  3 },
	/* no domain */
	{ "", "", "", "", NONE, 0 },
	{ "", "[192.0.2.1]", "", "", NONE, 0 },
	{ "", "a..b", "", "", NONE, 0 },
	{ "", "a b", "", "", NONE, 0 },
};

static const struct spf_result no_spf = { { NULL, 0 }, { NULL, 0 } };

START_TEST(discovery_table)
{
	struct spy spy;
	struct dmarc_result r;
	bool undecided;

	spy_new(&spy, discoveries[_i].zone);
	r = dmarc_evaluate(
		dmarc_discover(arena, &spy.source, span_str(discoveries[_i].author)), NULL, 0,
		&no_spf, &undecided);
	ck_assert_msg(span_is(r.found, discoveries[_i].found), "found \"%.*s\"",
	              SPAN_FMT(r.found));
	ck_assert_msg(span_is(r.organization, discoveries[_i].organization),
	              "organization \"%.*s\"", SPAN_FMT(r.organization));
	ck_assert_str_eq(dmarc_policy_name(dmarc_effective(&r)),
	                 dmarc_policy_name(discoveries[_i].effective));
	ck_assert_msg(spy.n == discoveries[_i].asked, "asked for %.*s", SPAN_FMT(spy.asked));
	ck_assert_int_eq(r.result == AUTH_FAIL, r.found.n > 0);
	ck_assert(!undecided && r.text.n);
	spy_free(&spy);
}
END_TEST

/* ---- alignment ---- */

#define EXAMPLE "example.com v=DMARC1; p=reject\n"
#define SIGNING EXAMPLE "signing.example.com v=DMARC1; p=none\n"
#define OWN     EXAMPLE "own.example.com v=DMARC1; p=none; psd=n\n"
#define APART   DMARC_APART
#define ALIGNED DMARC_ALIGNED
#define OPEN    DMARC_UNDECIDED

static const struct {
	const char *zone, *author, *domain;
	enum dmarc_alignment relaxed, strict;
} alignments[] = {
	/* RFC 9989 4.4, B.1 */
	{ EXAMPLE, "news.example.com", "foo.example.com", ALIGNED, APART },
	{ EXAMPLE, "news.example.com", "news.example.com", ALIGNED, ALIGNED },
	{ EXAMPLE, "news.example.com", "foo.example.net", APART, APART },
	{ EXAMPLE, "example.com", "child.example.com", ALIGNED, APART },
	{ EXAMPLE, "child.example.com", "example.com", ALIGNED, APART },
	{ EXAMPLE, "child.example.com", "example.net", APART, APART },
	/* B.4 */
	{ SIGNING, "example.com", "example.com", ALIGNED, ALIGNED },
	{ SIGNING, "example.com", "signing.example.com", ALIGNED, APART },
	{ SIGNING, "a.b.c.d.e.f.g.h.i.j.k.example.com", "signing.example.com", ALIGNED, APART },
	{ SIGNING, "a.b.c.d.e.f.g.h.i.j.k.example.com", "example.com", ALIGNED, APART },
	{ BANK, "giant.bank.example", "mail.giant.bank.example", ALIGNED, APART },
	{ BANK, "giant.bank.example", "mail.mega.bank.example", APART, APART },
	{ BANK, "giant.bank.example", "bank.example", APART, APART },
	{ BANK, "bank.example", "giant.bank.example", APART, APART },
	{ BANK, "mail.mega.bank.example", "mega.bank.example", ALIGNED, APART },
	/* an organization of its own below, and above */
	{ OWN, "example.com", "own.example.com", APART, APART },
	{ OWN, "own.example.com", "example.com", APART, APART },
	{ OWN, "own.example.com", "x.own.example.com", ALIGNED, APART },
	{ OWN, "other.example.com", "x.own.example.com", APART, APART },
	/* spellings */
	{ EXAMPLE, "Example.COM", "CHILD.example.com", ALIGNED, APART },
	{ EXAMPLE, "example.com", "notexample.com", APART, APART },
	{ EXAMPLE, "example.com", "", APART, APART },
	{ EXAMPLE, "example.com", "com", APART, APART },
	{ EXAMPLE, "example.com", "[192.0.2.1]", APART, APART },
	/* without a record: one at or below the other, no top-level domain */
	{ "", "example.com", "example.com", ALIGNED, ALIGNED },
	{ "", "mail.example.com", "example.com", ALIGNED, ALIGNED },
	{ "", "example.com", "mail.example.com", ALIGNED, ALIGNED },
	{ "", "a.example.com", "b.example.com", APART, APART },
	{ "", "example.com", "com", APART, APART },
	{ "", "com", "example.com", APART, APART },
	{ "", "localhost", "localhost", ALIGNED, ALIGNED },
	{ "", "", "example.com", APART, APART },
	{ "", "", "", APART, APART },
	/* DNS fails */
	{ "example.com TEMPFAIL", "example.com", "example.com", ALIGNED, ALIGNED },
	{ "example.com TEMPFAIL", "example.com", "a.example.com", OPEN, OPEN },
	{ "example.com TEMPFAIL", "b.example.com", "a.example.com", OPEN, OPEN },
	{ "example.com TEMPFAIL", "example.com", "example.net", APART, APART },
	{ EXAMPLE "a.example.com TEMPFAIL", "example.com", "a.example.com", OPEN, APART },
	{ EXAMPLE "com TEMPFAIL", "example.com", "a.example.com", ALIGNED, APART },
};

START_TEST(alignment_table)
{
	struct spy spy;
	struct dmarc *d;

	spy_new(&spy, alignments[_i].zone);
	d = dmarc_discover(arena, &spy.source, span_str(alignments[_i].author));
	ck_assert_msg(dmarc_align(d, span_str(alignments[_i].domain), false) ==
	                      alignments[_i].relaxed,
	              "%s, %s: relaxed", alignments[_i].author, alignments[_i].domain);
	ck_assert_msg(dmarc_align(d, span_str(alignments[_i].domain), true) ==
	                      alignments[_i].strict,
	              "%s, %s: strict", alignments[_i].author, alignments[_i].domain);
	spy_free(&spy);
}
END_TEST

/* Nothing is asked about a domain that cannot align, or is the author's. */
START_TEST(walks_when_needed)
{
	static const char *const no_walk[] = { "example.net", "example.com", "com", "x.com" };
	struct spy spy;
	struct dmarc *d;
	size_t before;

	spy_new(&spy, EXAMPLE);
	d = dmarc_discover(arena, &spy.source, SPAN("example.com"));
	before = spy.n;
	for (int i = 0; i < LENGTH(no_walk); i++) {
		dmarc_align(d, span_str(no_walk[i]), false);
	}
	dmarc_align(d, SPAN("a.example.com"), true);
	ck_assert_uint_eq(spy.n, before);
	dmarc_align(d, SPAN("a.example.com"), false);
	ck_assert_uint_eq(spy.n, before + 3);
	spy_free(&spy);
}
END_TEST

/* ---- the result ---- */

static const struct {
	const char *zone;
	const char *d; /* of the signature, "" for none */
	enum auth_result dkim;
	const char *spf, *spf_domain;
	enum auth_result result;
	bool undecided;
} results[] = {
	{ "", "", AUTH_NONE, "", "", AUTH_NONE, false },
	{ "", "example.com", AUTH_PASS, "", "", AUTH_NONE, false },
	{ "", "", AUTH_NONE, "pass", "example.com", AUTH_NONE, false },
	{ EXAMPLE, "", AUTH_NONE, "", "", AUTH_FAIL, false },
	{ EXAMPLE, "example.com", AUTH_PASS, "", "", AUTH_PASS, false },
	{ EXAMPLE, "a.example.com", AUTH_PASS, "", "", AUTH_PASS, false },
	{ EXAMPLE, "example.net", AUTH_PASS, "", "", AUTH_FAIL, false },
	{ EXAMPLE, "example.com", AUTH_FAIL, "", "", AUTH_FAIL, false },
	{ EXAMPLE, "example.com", AUTH_PERMERROR, "", "", AUTH_FAIL, false },
	{ EXAMPLE, "example.com", AUTH_TEMPERROR, "", "", AUTH_TEMPERROR, true },
	{ EXAMPLE, "a.example.com", AUTH_TEMPERROR, "", "", AUTH_TEMPERROR, true },
	{ EXAMPLE, "example.net", AUTH_TEMPERROR, "", "", AUTH_FAIL, false },
	{ EXAMPLE, "", AUTH_NONE, "pass", "example.com", AUTH_PASS, false },
	{ EXAMPLE, "", AUTH_NONE, "Pass", "bounce.example.com", AUTH_PASS, false },
	{ EXAMPLE, "", AUTH_NONE, "pass", "example.net", AUTH_FAIL, false },
	{ EXAMPLE, "", AUTH_NONE, "pass", "", AUTH_FAIL, false },
	{ EXAMPLE, "", AUTH_NONE, "softfail", "example.com", AUTH_FAIL, false },
	{ EXAMPLE, "", AUTH_NONE, "temperror", "example.com", AUTH_FAIL, false },
	{ EXAMPLE, "example.com", AUTH_TEMPERROR, "pass", "example.com", AUTH_PASS, false },
	{ EXAMPLE "a.example.com TEMPFAIL", "a.example.com", AUTH_PASS, "", "", AUTH_TEMPERROR,
	  true },
	{ EXAMPLE "a.example.com TEMPFAIL", "", AUTH_NONE, "pass", "a.example.com", AUTH_TEMPERROR,
	  true },
	{ "example.com v=DMARC1; adkim=s", "a.example.com", AUTH_PASS, "", "", AUTH_FAIL, false },
	{ "example.com v=DMARC1; adkim=s", "example.com", AUTH_PASS, "", "", AUTH_PASS, false },
	{ "example.com v=DMARC1; adkim=s", "", AUTH_NONE, "pass", "a.example.com", AUTH_PASS,
	  false },
	{ "example.com v=DMARC1; aspf=s", "", AUTH_NONE, "pass", "a.example.com", AUTH_FAIL,
	  false },
	{ "example.com v=DMARC1; aspf=s", "a.example.com", AUTH_PASS, "", "", AUTH_PASS, false },
	{ "example.com TEMPFAIL", "", AUTH_NONE, "", "", AUTH_TEMPERROR, false },
	{ "example.com TEMPFAIL", "example.com", AUTH_PASS, "", "", AUTH_TEMPERROR, false },
	{ "example.com TEMPFAIL", "a.example.com", AUTH_PASS, "", "", AUTH_TEMPERROR, true },
	{ "example.com TEMPFAIL", "", AUTH_NONE, "pass", "example.com", AUTH_TEMPERROR, true },
	{ "example.com v=DMARC1; p=x", "example.com", AUTH_PASS, "", "", AUTH_NONE, false },
};

START_TEST(result_table)
{
	struct dkim1_result signature = { .result = results[_i].dkim, .d = span_str(results[_i].d) };
	struct spf_result spf = { span_str(results[_i].spf), span_str(results[_i].spf_domain) };
	struct dmarc_result r;
	struct spy spy;
	struct dmarc *d;
	bool undecided;

	spy_new(&spy, results[_i].zone);
	d = dmarc_discover(arena, &spy.source, SPAN("example.com"));
	dmarc_align_signatures(d, &signature, 1);
	r = dmarc_evaluate(d, &signature, signature.d.n ? 1 : 0, &spf, &undecided);
	ck_assert_str_eq(auth_result_name(r.result), auth_result_name(results[_i].result));
	ck_assert_int_eq(undecided, results[_i].undecided);
	ck_assert_int_eq(r.text.n == 0, r.result == AUTH_PASS);
	/* l= : a part of the body is anybody's */
	if (results[_i].dkim == AUTH_PASS && !spf.result.n) {
		signature.partial = true;
		r = dmarc_evaluate(d, &signature, 1, &spf, &undecided);
		ck_assert_int_ne(r.result, AUTH_PASS);
		ck_assert(!undecided);
	}
	spy_free(&spy);
}
END_TEST

/* A message of many aligned signatures costs no more look-ups than one may cost, and still ends. */
START_TEST(lookups_are_bounded)
{
	struct dkim1_result v[LIMIT_SIGNATURES];
	struct spy spy;
	struct lookups *l;
	struct keysource limited;
	struct dmarc *d;
	struct dmarc_result r;
	bool undecided;

	spy_new(&spy, EXAMPLE);
	l = lookups_new(arena, &spy.source);
	limited = lookups_source(l);
	for (unsigned i = 0; i < LIMIT_SIGNATURES; i++) {
		v[i] = (struct dkim1_result){
			.result = AUTH_PASS,
			.d = arena_printf(arena, "a.b.c.d.e.f.g%u.example.com", i),
		};
	}
	d = dmarc_discover(arena, &limited, SPAN("example.com"));
	dmarc_align_signatures(d, v, LIMIT_SIGNATURES);
	r = dmarc_evaluate(d, v, LIMIT_SIGNATURES, &no_spf, &undecided);
	ck_assert_uint_eq(spy.n, LIMIT_DNS_LOOKUPS);
	ck_assert_int_eq(r.result, AUTH_PASS);
	ck_assert(v[0].aligned && !v[LIMIT_SIGNATURES - 1].aligned);
	ck_assert(!undecided);
	spy_free(&spy);
}
END_TEST

Suite *dmarc_suite(void);

Suite *dmarc_suite(void)
{
	Suite *suite = suite_create("auth/dmarc");
	TCase *t = tcase_create("dmarc");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, record_table, 0, LENGTH(records));
	tcase_add_loop_test(t, flag_table, 0, LENGTH(flags));
	tcase_add_test(t, hostile_records);
	tcase_add_loop_test(t, walk_table, 0, LENGTH(walks));
	tcase_add_test(t, walk_bound);
	tcase_add_loop_test(t, discovery_table, 0, LENGTH(discoveries));
	tcase_add_loop_test(t, alignment_table, 0, LENGTH(alignments));
	tcase_add_test(t, walks_when_needed);
	tcase_add_loop_test(t, result_table, 0, LENGTH(results));
	tcase_add_test(t, lookups_are_bounded);
	suite_add_tcase(suite, t);
	return suite;
}
