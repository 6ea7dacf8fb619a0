/*
 * What people and programs are told: golden stories, the JSON of them, every member of it in
 * doc/formats; revisions of a long chain; bytes and sizes from strangers.
 */
#include "auth/report.h"

#include "auth/verify.h"
#include "base/file.h"
#include "chain.h"
#include "jsonpath.h"
#include "samples.h"

#include <check.h>
#include <string.h>
#include <time.h>

static const char letter_text[] =
	"From: Alice <alice@a.example>\r\nTo: list@b.example\r\nSubject: Hello\r\n"
	"Date: Fri, 27 Nov 2026 12:00:00 +0000\r\n\r\nOne\r\nTwo\r\n";

static const struct chain_hop alice = {
	.d = "a.example", .mf = "alice@a.example", .rt = "list@b.example"
};
static const struct chain_hop list = {
	.d = "b.example", .mf = "l@b.example", .rt = "x@c.example", .flags = "exploded"
};
static const struct chain_hop forward = {
	.d = "c.example", .mf = "x@c.example", .rt = "bob@d.example,eve@d.example"
};

/* ---- messages ---- */

struct made {
	struct chain *chain;
	struct arena *arena;
};

/* RAW with a tagged subject and NAME: VALUE behind it, and a footer. */
static struct edits *revised(struct arena *arena, struct span raw, const char *tag,
                             const char *field, const char *footer)
{
	struct message *m = ARENA_NEW(arena, struct message);
	struct edits *x;
	struct err e;
	size_t at = 0;

	*m = sample_parse(arena, raw);
	x = edit_new(arena, m);
	while (!span_iis(m->fields[at].name, "Subject")) {
		at++;
	}
	if (tag) {
		struct span text = message_text(arena, &m->fields[at]);

		edit_field_replace(x, at,
		                   arena_join(arena, SPAN("Subject: "), span_str(tag), text,
		                              SPAN("\r\n"), SPAN_END));
	}
	if (field) {
		edit_field_insert(x, at + 1, arena_join(arena, span_str(field), SPAN("\r\n"), SPAN_END));
	}
	edit_body(x, m->body.n, 0, span_str(footer));
	ck_assert_msg(edit_finish(x, &e), "%s", e.text);
	return x;
}

static struct span hop(struct made *w, struct span raw, const struct chain_hop *which,
                       struct edits *edits)
{
	struct chain_hop copy = *which;

	copy.edits = edits;
	return chain_hop(w->chain, raw, &copy);
}

static struct span two_changes(struct made *w)
{
	struct span raw = hop(w, span_str(letter_text), &alice, NULL);

	raw = hop(w, raw, &list,
	          revised(w->arena, raw, "[dev] ", "List-Id: <dev.b.example>", "-- \r\nThe list\r\n"));
	return hop(w, raw, &forward, revised(w->arena, raw, NULL, NULL, "Scanned\r\n"));
}

static struct span forged(struct made *w)
{
	struct span raw = two_changes(w);
	size_t at = span_find(raw, SPAN("Two\r\n"));
	char *copy = arena_str(w->arena, raw);

	memcpy(copy + at, "2nd", 3);
	return (struct span){ copy, raw.n };
}

static struct span expired(struct made *w)
{
	struct chain_hop old = alice;

	old.t = CHAIN_NOW - 20 * 86400;
	return hop(w, hop(w, span_str(letter_text), &old, NULL), &list, NULL);
}

static struct span dkim1(struct made *w, const char *d)
{
	struct span raw = span_str(letter_text);
	struct message m = sample_parse(w->arena, raw);
	struct signer signer = { span_str(d), SPAN("ed1"), w->chain->ed25519 };
	struct digest body_hash;
	struct buf out = BUF_INIT;
	struct err e;

	canon_body_hash(CANON_RELAXED, HASH_SHA256, m.body, &body_hash);
	ck_assert(dkim1_sign(&signer, m.fields, m.count, &body_hash, CHAIN_NOW, &out, &e));
	buf_add(&out, raw);
	return buf_move(&out, w->arena);
}

static struct span dkim1_aligned(struct made *w)
{
	return dkim1(w, "a.example");
}

static struct span dkim1_other(struct made *w)
{
	return dkim1(w, "z.example");
}

static struct span plain(struct made *w)
{
	(void)w;
	return span_str(letter_text);
}

/* Alice's domain put a domain between; her From is a third one's. */
static struct span templated(struct made *w, const char *fields)
{
	struct span raw = span_str(letter_text);

	return chain_template(w->chain, raw, raw, fields);
}

#define M1   "M m=1; h=sha256:%H:%B;\n"
#define ENV1 "mf=%{<alice@a.example>%}; rt=%{<list@b.example>%}; "
#define ENV2 "mf=%{<l@b.example>%}; rt=%{<x@c.example>%}; "
#define SET  "s=ed:ed25519-sha256:%S;"
#define S1   "S i=1; m=1; t=%T; d=a.example; " ENV1 SET "\n"
#define S2   "S i=2; m=1; t=%T; d=b.example; " ENV2 SET "\n"

static struct span next_domain(struct made *w)
{
	return templated(w, M1 S1 "S i=2; m=1; t=%T; d=b.example; nd=c.example; " SET "\n"
	                          "S i=3; m=1; t=%T; d=c.example; f=exploded, future; n=x; "
	                          "mf=%{<l@c.example>%}; rt=%{<x@d.example>%}; " SET "\n");
}

static struct span provisional(struct made *w)
{
	return templated(w, M1 "S i=1; m=1; t=%T; d=a.example; " ENV1
	                       "s=wrong:ed25519-sha256:%S;\n" S2);
}

static struct span dns_trouble(struct made *w)
{
	return templated(w, M1 "S i=1; m=1; t=%T; d=a.example; " ENV1 "s=ed:ed25519-sha256:%S;\n"
	                       "S i=2; m=1; t=%T; d=b.example; " ENV2
	                       "s=temp:ed25519-sha256:%S;\n");
}

static struct span dns_trouble_before(struct made *w)
{
	return templated(w, M1 "S i=1; m=1; t=%T; d=a.example; " ENV1
	                       "s=temp:ed25519-sha256:%S;\n" S2);
}

static struct span broken(struct made *w)
{
	return templated(w, M1 "S i=1; m=1; t=%T; d=a.example.; " ENV1 SET "\n");
}

/* The list put its own From there. */
static struct span munged(struct made *w)
{
	struct span raw = hop(w, span_str(letter_text), &alice, NULL);
	struct message *m = ARENA_NEW(w->arena, struct message);
	struct edits *x;
	struct err e;

	*m = sample_parse(w->arena, raw);
	x = edit_new(w->arena, m);
	for (size_t i = 0; i < m->count; i++) {
		if (span_iis(m->fields[i].name, "From")) {
			edit_field_replace(x, i, SPAN("From: Alice via list <list@b.example>\r\n"));
		}
	}
	ck_assert(edit_finish(x, &e));
	return hop(w, raw, &list, x);
}

/* ---- stories ---- */

struct told {
	struct verdict v;
	struct report_letter letter;
};

static struct told look(struct made *w, struct span raw)
{
	struct envelope unknown = { .known = false };
	struct message m = sample_parse(w->arena, raw);
	struct told told;

	verify_message(w->arena, &m, &unknown, &w->chain->source, &(struct verify_options){ .now = CHAIN_NOW }, &told.v);
	report_compare(w->arena, &m, &told.v, &told.letter);
	return told;
}

static struct span story(struct made *w, struct span raw)
{
	struct told told = look(w, raw);
	struct buf out = BUF_INIT;

	report_text(&out, &told.v, &told.letter);
	return buf_move(&out, w->arena);
}

static struct made make(void)
{
	struct chain *chain = chain_new();

	return (struct made){ chain, chain->arena };
}

static const struct {
	struct span (*message)(struct made *w);
	const char *state;
	const char *story;
} stories[] = {
	{ two_changes, "fully-verified",
	  "DKIM2 pass: fully verified, 3 hops, 3 revisions\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is authentic: signed by a.example, which sent it first\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: pass\n"
	  "changed by b.example (list-id, subject, body):\n"
	  "    list-id added\n"
	  "    subject: \"Hello\" became \"[dev] Hello\"\n"
	  "    2 lines added at the end of the body\n"
	  "sent by b.example (i=2, 2027-01-15T08:00:00Z) to <x@c.example>: pass\n"
	  "changed by c.example (body):\n"
	  "    1 line added at the end of the body\n"
	  "sent to you by c.example (i=3, 2027-01-15T08:00:00Z) for <bob@d.example> and 1 more: pass\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ munged, "fully-verified",
	  "DKIM2 pass: fully verified, 2 hops, 2 revisions\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is now Alice via list <list@b.example>\n"
	  "    From is authentic: signed by b.example, which put it there\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: pass\n"
	  "changed by b.example (from):\n"
	  "    from: \"Alice <alice@a.example>\" became \"Alice via list <list@b.example>\"\n"
	  "sent to you by b.example (i=2, 2027-01-15T08:00:00Z) for <x@c.example>: pass\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ forged, "failed",
	  "DKIM2 fail: FAIL: Message-Instance m=3 body hash sha256 mismatch\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: the DKIM2 chain does not verify\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: pass\n"
	  "changed by b.example (list-id, subject, body), as it says:\n"
	  "    list-id added\n"
	  "    subject: \"Hello\" became \"[dev] Hello\"\n"
	  "    2 lines added at the end of the body\n"
	  "sent by b.example (i=2, 2027-01-15T08:00:00Z) to <x@c.example>: pass\n"
	  "changed by c.example (body), as it says:\n"
	  "    1 line added at the end of the body\n"
	  "sent to you by c.example (i=3, 2027-01-15T08:00:00Z) for <bob@d.example> and 1 more: pass\n"
	  "what is wrong:\n"
	  "    revision m=3 (c.example): the body is not the one that was signed, so it was changed after that\n"
	  "        FAIL: Message-Instance m=3 body hash sha256 mismatch\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ expired, "failed",
	  "DKIM2 fail: FAIL: DKIM2-Signature i=1 signature expired\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: the DKIM2 chain does not verify\n"
	  "sent by a.example (i=1, 2026-12-26T08:00:00Z) to <list@b.example>: pass\n"
	  "sent to you by b.example (i=2, 2027-01-15T08:00:00Z) for <x@c.example>: pass\n"
	  "what is wrong:\n"
	  "    hop i=1 (a.example): its signature is more than 14 days old\n"
	  "        FAIL: DKIM2-Signature i=1 signature expired\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ dkim1_aligned, "author-verified",
	  "DKIM2 none: the message has no DKIM2 fields\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is authentic: a DKIM1 signature of its domain passes, a.example\n"
	  "DKIM1 pass: a.example, ed25519-sha256, selector ed1, 256 bits, the author's domain\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ dkim1_other, "unverified",
	  "DKIM2 none: the message has no DKIM2 fields\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: no DKIM1 signature of its domain passes\n"
	  "DKIM1 pass: z.example, ed25519-sha256, selector ed1, 256 bits\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ plain, "unsigned",
	  "DKIM2 none: the message has no DKIM2 fields\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: nothing signs it\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ next_domain, "fully-verified",
	  "DKIM2 pass: fully verified, 3 hops, 1 revision\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is authentic: signed by a.example, which sent it first\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: pass\n"
	  "handed on by b.example (i=2, 2027-01-15T08:00:00Z) to c.example: pass\n"
	  "sent to you by c.example (i=3, 2027-01-15T08:00:00Z) for <x@d.example>: pass\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ provisional, "provisionally-verified",
	  "DKIM2 fail: FAIL: DKIM2-Signature i=1 selector wrong incorrect signature\n"
	  "    provisionally verified: the newest signature and the newest hashes hold\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: the DKIM2 chain does not verify\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: fail\n"
	  "sent to you by b.example (i=2, 2027-01-15T08:00:00Z) for <x@c.example>: pass\n"
	  "what is wrong:\n"
	  "    hop i=1 (a.example): its signature is wrong: forged, or fields were changed\n"
	  "        FAIL: DKIM2-Signature i=1 selector wrong incorrect signature\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ dns_trouble, "temporary",
	  "DKIM2 temperror: TEMPERROR: DKIM2-Signature i=2 public key temp could not be fetched\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: a key could not be fetched\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: pass\n"
	  "sent to you by b.example (i=2, 2027-01-15T08:00:00Z) for <x@c.example>: temperror\n"
	  "what is wrong:\n"
	  "    hop i=2 (b.example): its key could not be looked up: try again later\n"
	  "        TEMPERROR: DKIM2-Signature i=2 public key temp could not be fetched\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ dns_trouble_before, "provisionally-verified",
	  "DKIM2 temperror: TEMPERROR: DKIM2-Signature i=1 public key temp could not be fetched\n"
	  "    provisionally verified: the newest signature and the newest hashes hold\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: a key could not be fetched\n"
	  "sent by a.example (i=1, 2027-01-15T08:00:00Z) to <list@b.example>: temperror\n"
	  "sent to you by b.example (i=2, 2027-01-15T08:00:00Z) for <x@c.example>: pass\n"
	  "what is wrong:\n"
	  "    hop i=1 (a.example): its key could not be looked up: try again later\n"
	  "        TEMPERROR: DKIM2-Signature i=1 public key temp could not be fetched\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
	{ broken, "invalid",
	  "DKIM2 permerror: PERMERROR: DKIM2-Signature i=1 syntax error\n"
	  "written by Alice <alice@a.example> on Fri, 27 Nov 2026 12:00:00 +0000\n"
	  "    From is not proved: the DKIM2 chain does not verify\n"
	  "what is wrong:\n"
	  "    hop i=1: its field cannot be read\n"
	  "        PERMERROR: DKIM2-Signature i=1 syntax error\n"
	  "DKIM1 none\n"
	  "DMARC none: no record\n"
	  "ARC none\n"
	  "SPF none\n" },
};

START_TEST(story_table)
{
	struct made w = make();
	struct span raw = stories[_i].message(&w), text = story(&w, raw);
	struct told told = look(&w, raw);

	ck_assert_str_eq(report_state_name(report_state(&told.v)), stories[_i].state);
	ck_assert_msg(span_is(text, stories[_i].story), "wanted:\n%s\nfound:\n%.*s",
	              stories[_i].story, SPAN_FMT(text));
	chain_free(w.chain);
}
END_TEST

/* ---- JSON ---- */

static struct span as_json(struct arena *arena, const struct verdict *v)
{
	struct buf out = BUF_INIT;
	struct json j = JSON_INIT(&out);

	json_open(&j, '{');
	report_json(&j, v);
	json_close(&j);
	return buf_move(&out, arena);
}

static const struct {
	struct span (*message)(struct made *w);
	const char *path, *want;
} members[] = {
	{ two_changes, "schema", "1" },
	{ two_changes, "state", "\"fully-verified\"" },
	{ two_changes, "from_authentic", "true" },
	{ two_changes, "dkim2.draft", "\"draft-ietf-dkim-dkim2-spec-09\"" },
	{ two_changes, "dkim2.result", "\"pass\"" },
	{ two_changes, "dkim2.text", "\"\"" },
	{ two_changes, "dkim2.provisional", "true" },
	{ two_changes, "dkim2.failing", "0" },
	{ two_changes, "dkim2.hops.1.i", "2" },
	{ two_changes, "dkim2.hops.1.m", "2" },
	{ two_changes, "dkim2.hops.1.t", "1800000000" },
	{ two_changes, "dkim2.hops.1.time", "\"2027-01-15T08:00:00Z\"" },
	{ two_changes, "dkim2.hops.1.d", "\"b.example\"" },
	{ two_changes, "dkim2.hops.1.mf", "\"<l@b.example>\"" },
	{ two_changes, "dkim2.hops.2.rt", "[\"<bob@d.example>\",\"<eve@d.example>\"]" },
	{ two_changes, "dkim2.hops.1.flags", "[\"exploded\"]" },
	{ two_changes, "dkim2.hops.1.result", "\"pass\"" },
	{ two_changes, "dkim2.hops.1.sets",
	  "[{\"selector\":\"ed\",\"algorithm\":\"ed25519-sha256\",\"group\":0,\"bits\":256,"
	  "\"authenticated\":false,\"result\":\"pass\",\"text\":\"\"}]" },
	{ two_changes, "dkim2.instances.0.summary", "null" },
	{ two_changes, "dkim2.instances.0.changes", "[]" },
	{ two_changes, "dkim2.instances.1.sets.0.algorithm", "\"sha256\"" },
	{ two_changes, "dkim2.instances.1.sets.0.header_result", "\"pass\"" },
	{ two_changes, "dkim2.instances.1.sets.0.body_result", "\"pass\"" },
	{ two_changes, "dkim2.instances.1.summary",
	  "{\"bytes\":66,\"header\":[{\"name\":\"list-id\",\"steps\":0,\"copied\":0,\"restored\":0},"
	  "{\"name\":\"subject\",\"steps\":1,\"copied\":0,\"restored\":1}],"
	  "\"body\":{\"steps\":1,\"copied\":2,\"restored\":0}}" },
	{ two_changes, "dkim2.instances.1.changes",
	  "[\"list-id added\",\"subject: \\\"Hello\\\" became \\\"[dev] Hello\\\"\","
	  "\"2 lines added at the end of the body\"]" },
	{ two_changes, "dkim2.instances.2.fields", "[]" },
	{ two_changes, "dkim2.instances.2.body", "true" },
	{ two_changes, "dkim1", "[]" },
	{ two_changes, "dmarc.result", "\"none\"" },
	{ two_changes, "arc", "null" },
	{ two_changes, "spf", "null" },
	{ next_domain, "dkim2.hops.2.flags", "[\"exploded\",\"future\"]" },
	{ next_domain, "dkim2.hops.2.n", "\"x\"" },
	{ next_domain, "dkim2.hops.1.nd", "\"c.example\"" },
	{ next_domain, "dkim2.hops.1.rt", "[]" },
	{ forged, "dkim2.instances.2.sets.0.header_result", "\"pass\"" },
	{ forged, "dkim2.instances.2.sets.0.body_result", "\"fail\"" },
	{ forged, "dkim2.instances.1.sets.0.body_result", "\"none\"" },
	{ forged, "dkim2.instances.2.text", "\"FAIL: Message-Instance m=3 body hash sha256 mismatch\"" },
	{ expired, "dkim2.failing", "1" },
	{ provisional, "state", "\"provisionally-verified\"" },
	{ broken, "dkim2.hops", "[]" },
	{ dkim1_aligned, "dkim1.0.aligned", "true" },
	{ dkim1_aligned, "dkim1.0.bits", "256" },
	{ plain, "dkim2.result", "\"none\"" },
	{ plain, "state", "\"unsigned\"" },
};

START_TEST(member_table)
{
	struct made w = make();
	struct told told = look(&w, members[_i].message(&w));
	struct span found = jsonpath(w.arena, as_json(w.arena, &told.v), members[_i].path);

	ck_assert_msg(span_is(found, members[_i].want), "%s: wanted %s, found %.*s",
	              members[_i].path, members[_i].want, SPAN_FMT(found));
	chain_free(w.chain);
}
END_TEST

static struct txt with_ad(void *self, struct arena *arena, struct span name)
{
	struct chain *chain = self;
	struct txt txt = chain->source.txt(chain, arena, name);

	txt.authenticated = true;
	return txt;
}

START_TEST(authenticated_key)
{
	struct made w = make();
	struct keysource source = { .self = w.chain, .txt = with_ad };
	struct envelope unknown = { .known = false };
	struct message m = sample_parse(w.arena, two_changes(&w));
	struct report_letter letter = { .author = SPAN("") };
	struct buf text = BUF_INIT;
	struct verdict v;

	verify_message(w.arena, &m, &unknown, &source, &(struct verify_options){ .now = CHAIN_NOW }, &v);
	ck_assert(v.dkim2.hops[0].sets[0].authenticated);
	/* and nobody compared revisions */
	ck_assert(span_is(jsonpath(w.arena, as_json(w.arena, &v), "dkim2.instances.1.changes"),
	                  "null"));
	report_text(&text, &v, &letter);
	ck_assert(span_find(buf_span(&text), SPAN(": pass (key by DNSSEC)\n")) != SPAN_NONE);
	buf_free(&text);
	chain_free(w.chain);
}
END_TEST

/* A verdict with something everywhere. */
static void fill(struct arena *arena, struct verdict *v)
{
	v->dmarc = (struct dmarc_result){ .result = AUTH_FAIL, .text = SPAN("no"),
		                          .author = SPAN("a.example"), .found = SPAN("a.example"),
		                          .policy = DMARC_POLICY_REJECT, .testing = true };
	v->arc = (struct arc_result){ .result = AUTH_PASS, .nsets = 1 };
	v->arc.sets = ARENA_NEW(arena, struct arc_set);
	v->arc.sets[0] = (struct arc_set){ .i = 1, .d = SPAN("r.example"), .seal = AUTH_PASS };
	v->spf = (struct spf_result){ SPAN("softfail"), SPAN("a.example") };
	v->ndkim1 = 1;
	v->dkim1 = ARENA_NEW(arena, struct dkim1_result);
	v->dkim1[0] = (struct dkim1_result){ .result = AUTH_PASS, .d = SPAN("a.example"),
		                             .partial = true };
}

struct documented {
	struct span text;
	size_t keys;
};

static void is_documented(const char *key, void *self)
{
	struct documented *d = self;
	struct span rest = d->text;
	size_t n = strlen(key);

	d->keys++;
	for (;;) {
		size_t at = span_find(rest, span_str(key));

		ck_assert_msg(at != SPAN_NONE, "doc/formats has no %s", key);
		if (rest.p[at - 1] == ' ' && at + n < rest.n && strchr(" ,\n", rest.p[at + n])) {
			return;
		}
		rest = span_from(rest, at + n);
	}
}

START_TEST(all_documented)
{
	struct made w = make();
	struct told told = look(&w, two_changes(&w));
	struct documented d = { .keys = 0 };
	struct span formats = sample_file(w.arena, "../../doc/formats");
	struct buf text = BUF_INIT;

	fill(w.arena, &told.v);
	formats = span_from(formats, span_find(formats, SPAN("\nverify: object of")));
	d.text = span_sub(formats, 0, span_find(formats, SPAN("\nhash: object of")));
	jsonpath_keys(as_json(w.arena, &told.v), is_documented, &d);
	ck_assert_uint_gt(d.keys, 100);

	report_text(&text, &told.v, &told.letter);
	ck_assert_msg(span_find(buf_span(&text),
	                        SPAN("DKIM1 pass: a.example, a part of the body only\n"
	                             "DMARC fail: a.example asks for reject (in test mode): no\n"
	                             "ARC pass: 1 set, the newest of r.example\n"
	                             "SPF softfail: a.example\n")) != SPAN_NONE,
	              "%s", text.p);
	buf_free(&text);
	chain_free(w.chain);
}
END_TEST

/* ---- revisions ---- */

struct four {
	struct span revision[5]; /* 0: before DKIM2 */
};

static void four_revisions(struct made *w, struct four *out)
{
	static const char *const domains[] = { "a.example", "b.example", "c.example", "d.example",
		                               "e.example" };
	struct span raw = span_str(letter_text);

	out->revision[0] = raw;
	for (size_t i = 0; i < 4; i++) {
		struct chain_hop next = { .d = domains[i] };
		struct edits *edits = NULL;

		next.mf = arena_printf(w->arena, "%s@%s", i == 0 ? "alice" : "l", domains[i]).p;
		next.rt = arena_printf(w->arena, "l@%s", domains[i + 1]).p;
		if (i > 0) {
			edits = revised(w->arena, raw, i == 2 ? NULL : "[x] ",
			                i == 3 ? NULL : "Comments: a\xff", "more\r\n");
		}
		raw = hop(w, raw, &next, edits);
		out->revision[i + 1] = raw;
	}
}

static void same_hashes(struct made *w, struct span a, struct span b)
{
	struct message m[2] = { sample_parse(w->arena, a), sample_parse(w->arena, b) };
	struct buf header[2] = { BUF_INIT, BUF_INIT };

	for (size_t i = 0; i < 2; i++) {
		struct canon_header canon = canon_dkim2_header(w->arena, m[i].fields, m[i].count);

		canon_dkim2_header_text(&header[i], &canon);
		ck_assert_uint_eq(message_count(&m[i], "Message-Instance"),
		                  message_count(&m[0], "Message-Instance"));
	}
	ck_assert_msg(span_eq(buf_span(&header[0]), buf_span(&header[1])), "%s\n%s", header[0].p,
	              header[1].p);
	ck_assert(span_eq(m[0].body, m[1].body));
	buf_free(&header[0]);
	buf_free(&header[1]);
}

START_TEST(every_revision)
{
	struct made w = make();
	struct four four;
	struct message m;
	struct span out;
	struct err e;

	four_revisions(&w, &four);
	m = sample_parse(w.arena, four.revision[4]);
	for (uint64_t to = 0; to <= 4; to++) {
		ck_assert_msg(dkim2_undo(w.arena, &m, to, &out, &e), "%s", e.text);
		same_hashes(&w, out, four.revision[to]);
	}
	ck_assert(!dkim2_undo(w.arena, &m, 5, &out, &e));
	ck_assert_str_eq(e.text, "there is no revision m=5");
	chain_free(w.chain);
}
END_TEST

START_TEST(diffs)
{
	struct made w = make();
	struct buf out = BUF_INIT;
	struct message m = sample_parse(w.arena, two_changes(&w));
	struct err e;

	ck_assert(dkim2_diff(w.arena, &m, 0, &out, &e));
	ck_assert_str_eq(out.p, "--- m=1\n+++ m=2 (b.example)\n"
	                        "@@ -1,7 +1,10 @@\n From: Alice <alice@a.example>\r\n"
	                        " To: list@b.example\r\n-Subject: Hello\r\n"
	                        "+Subject: [dev] Hello\r\n"
	                        " Date: Fri, 27 Nov 2026 12:00:00 +0000\r\n"
	                        "+List-Id: <dev.b.example>\r\n \r\n One\r\n Two\r\n"
	                        "+-- \r\n+The list\r\n"
	                        "--- m=2\n+++ m=3 (c.example)\n"
	                        "@@ -8,3 +8,4 @@\n Two\r\n -- \r\n The list\r\n+Scanned\r\n");
	buf_clear(&out);
	ck_assert(dkim2_diff(w.arena, &m, 2, &out, &e));
	ck_assert(span_starts(buf_span(&out), SPAN("--- m=2\n")));
	buf_clear(&out);
	ck_assert(dkim2_diff(w.arena, &m, 3, &out, &e));
	ck_assert_uint_eq(out.n, 0);
	m = sample_parse(w.arena, broken(&w));
	ck_assert(!dkim2_diff(w.arena, &m, 0, &out, &e));
	ck_assert_str_eq(e.text, "PERMERROR: DKIM2-Signature i=1 syntax error");
	ck_assert_uint_eq(out.n, 0);
	buf_free(&out);
	chain_free(w.chain);
}
END_TEST

/* ---- strangers ---- */

static void must_be_lines(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		ck_assert(text.p[i] == '\n' || ((unsigned char)text.p[i] >= ' ' && text.p[i] != 0x7f));
	}
}

static const struct {
	const char *text; /* header and body; signed with DKIM1 when it can be */
	const char *fields;
} hostile[] = {
	{ "From: \x1b[2J\xff <a@a.example>\x07\r\nSubject: =?utf-8?q?=1B=5B2J=0A?=\r\n\r\n", M1 S1 },
	{ "From: a@a.example\r\n\r\n", M1 "S i=1; m=1; t=%T; d=a\x1b.example; " ENV1 SET "\n" },
	{ "From: a@a.example\r\n\r\n", "S i=18446744073709551615; m=1; t=%T; d=a; " SET "\n" M1 },
	{ "From: a@a.example\r\n\r\n",
	  M1 "S i=1; m=1; t=18446744073709551615; d=a.example; " ENV1 SET "\n" },
	{ "From: a@a.example\r\nDKIM-Signature: v=1; a=\x1b[2J; d=x\x07\n; s=\x7f\r\n\r\n", M1 S1 },
	{ "From: a@a.example\r\nSubject: new\r\n\r\nnew\r\n",
	  M1 S1 "M m=2; h=sha256:%H:%B; r=%{{\"h\":{\"subject\":[{\"u\":[\"G1syShv/Bw==\"]}]},"
	        "\"b\":[{\"u\":[\"G1syShv/Bw==\"]}]}%};\n"
	        "S i=2; m=2; t=%T; d=b.example; " ENV2 SET "\n" },
	{ "", M1 S1 },
	{ "\r\n\r\n", M1 S1 },
	{ "From: a@a.example\r\n\r\n",
	  M1 S1 "M m=2; h=sha256:%H:%B; r=%{{\"b\":[{\"c\":[9007199254740991,9007199254740992]}]}%};\n"
	        "S i=2; m=2; t=%T; d=b.example; " ENV2 SET "\n" },
};

START_TEST(hostile_bytes)
{
	struct made w = make();
	struct span raw = span_str(hostile[_i].text);
	struct told told;

	raw = chain_template(w.chain, raw, raw, hostile[_i].fields);
	must_be_lines(story(&w, raw));
	told = look(&w, raw);
	jsonpath(w.arena, as_json(w.arena, &told.v), "dkim2.result");
	chain_free(w.chain);
}
END_TEST

/* 50 hops, each with a recipe, over a long body: seconds at most, in any build. */
START_TEST(long_chain)
{
	struct made w = make();
	struct buf body = BUF_INIT, out = BUF_INIT;
	struct message m;
	struct told told;
	struct span raw;
	clock_t start;
	struct err e;

	buf_str(&body, "From: l@b.example\r\nSubject: x\r\n\r\n");
	for (int i = 0; i < 20000; i++) {
		buf_printf(&body, "line %d of a long text\r\n", i);
	}
	raw = buf_move(&body, w.arena);
	for (int i = 0; i < 50; i++) {
		static const struct chain_hop self = { .d = "b.example", .mf = "l@b.example",
			                               .rt = "l@b.example" };

		raw = hop(&w, raw, &self,
		          i == 0 ? NULL : revised(w.arena, raw, "+", NULL, "footer\r\n"));
	}
	start = clock();
	told = look(&w, raw);
	ck_assert_msg(told.v.dkim2.result == AUTH_PASS, "%.*s", SPAN_FMT(told.v.dkim2.text));
	ck_assert_uint_eq(told.v.dkim2.instances[49].nchanges, 2);
	report_text(&out, &told.v, &told.letter);
	must_be_lines(buf_span(&out));
	as_json(w.arena, &told.v);
	buf_clear(&out);
	m = sample_parse(w.arena, raw);
	ck_assert(dkim2_diff(w.arena, &m, 0, &out, &e));
	ck_assert(span_find(buf_span(&out), SPAN("+++ m=50 (b.example)\n")) != SPAN_NONE);
	ck_assert_msg((clock() - start) / CLOCKS_PER_SEC < 20, "%ld s",
	              (long)((clock() - start) / CLOCKS_PER_SEC));
	buf_free(&out);
	chain_free(w.chain);
}
END_TEST

/* A recipe of hundreds of names, one of them very long, is told in a few lines. */
START_TEST(many_names)
{
	struct made w = make();
	struct buf fields = BUF_INIT, text = BUF_INIT;
	struct span raw;
	struct told told;

	buf_str(&text, "From: alice@a.example\r\n");
	buf_str(&fields, M1 S1 "M m=2; h=sha256:%H:%B; r=%{{\"h\":{\"");
	for (int i = 0; i < 5000; i++) {
		buf_chr(&fields, 'a');
	}
	buf_str(&fields, "\":[{\"d\":[\"x\"]}]");
	for (int i = 0; i < 700; i++) {
		buf_printf(&fields, ",\"n%d\":[{\"d\":[\"%d\"]}]", i, i);
	}
	for (int i = 0; i < 200; i++) {
		buf_printf(&text, "n%d: %0300d\r\n", i, i);
	}
	buf_str(&text, "\r\nbody\r\n");
	buf_str(&fields, "}}%};\nS i=2; m=2; t=%T; d=b.example; " ENV2 SET "\n");
	raw = chain_template(w.chain, buf_span(&text), buf_span(&text), fields.p);
	told = look(&w, raw);
	ck_assert_uint_eq(told.v.dkim2.instances[1].nfields, 701);
	ck_assert(told.v.dkim2.instances[1].compared);
	ck_assert_uint_eq(told.v.dkim2.instances[1].nchanges, 21);
	for (size_t i = 0; i < 21; i++) {
		ck_assert_uint_lt(told.v.dkim2.instances[1].changes[i].n, 300);
	}
	ck_assert_uint_lt(story(&w, raw).n, 8000);
	buf_free(&fields);
	buf_free(&text);
	chain_free(w.chain);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table[0]))

Suite *report_suite(void)
{
	Suite *suite = suite_create("report");
	TCase *tcase = tcase_create("report");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, story_table, 0, ROWS(stories));
	tcase_add_loop_test(tcase, member_table, 0, ROWS(members));
	tcase_add_test(tcase, authenticated_key);
	tcase_add_test(tcase, all_documented);
	tcase_add_test(tcase, every_revision);
	tcase_add_test(tcase, diffs);
	tcase_add_loop_test(tcase, hostile_bytes, 0, ROWS(hostile));
	tcase_add_test(tcase, long_chain);
	tcase_add_test(tcase, many_names);
	suite_add_tcase(suite, tcase);
	return suite;
}
