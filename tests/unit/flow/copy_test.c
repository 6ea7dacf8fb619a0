#include "auth/verify.h"
#include "flow/copy.h"

#include "auth/arc.h"
#include "base/limits.h"
#include "rules/setting.h"
#include "unit/auth/chain.h"
#include "unit/auth/samples.h"

#include <check.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define NOW CHAIN_NOW
#define LIST_ADDRESS "dev@lists.example"
#define PERSONAL "List-Unsubscribe: <mailto:dev+unsubscribe-token@lists.example>\r\n"

static struct chain *chain;
static struct arena *arena;
static struct site site;
static struct list list;
static struct signer signers[2];
static struct keyring ring;

static void setup(void)
{
	chain = chain_new();
	arena = chain->arena;
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	site.hostname = site.authserv_id = SPAN("mx.lists.example");
	list.id = 1;
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	list.subject_tag = SPAN("[dev]");
	list.footer = SPAN("-- \nThe list");
	signers[0] = (struct signer){ list.domain, SPAN("rsa"), chain->rsa };
	signers[1] = (struct signer){ list.domain, SPAN("ed"), chain->ed25519 };
	ring = (struct keyring){ .domain = list.domain, .v = signers, .n = 2 };
}

static void teardown(void)
{
	chain_free(chain);
}

/* Fields that sort on either side of List-Unsubscribe, and some that begin like it. */
#define POST \
	"Received: from a.example\r\nZ-Last: 1\r\nAaa: 2\r\nList-Unsub: 3\r\n" \
	"LIST-UNSUBSCRIBED: 4\r\n" \
	"List-Unsubscribe: <mailto:other@a.example>\r\nList: 5\r\nFrom: Ann <ann@one.example>\r\n" \
	"To: dev@lists.example\r\nSubject: a\r\n\tfolded one\r\nMessage-ID: <1@one.example>\r\n" \
	"Date: Fri, 27 Nov 2026 12:00:00 +0000\r\nList-V: 6\r\n\r\nHello.\r\n\r\nMore  of it.\r\n"

/* ---- a variant of each mode ---- */

enum author { AUTHOR_BARE, AUTHOR_SIGNED, AUTHOR_BROKEN };

static const struct mode {
	const char *name;
	enum author author;
	bool munge;
	uint64_t original; /* revision that undoing leads to; 0: of before m=1 */
	bool undone;       /* there is a recipe */
} modes[] = {
	{ "plain", AUTHOR_BARE, false, 0, false },
	{ "new-origin", AUTHOR_BARE, true, 0, true },
	{ "continue", AUTHOR_SIGNED, false, 1, true },
	{ "continue", AUTHOR_SIGNED, true, 1, true },
	{ "opaque", AUTHOR_BROKEN, true, 0, false },
};
#define MODES ((int)(sizeof(modes) / sizeof(modes[0])))

/* What a test works with: the stored message, its variant, a press of it. */
struct work {
	struct message received;
	struct variant variant;
	struct copy_press *press;
};

static struct span received(enum author author)
{
	struct chain_hop hop = { .d = "one.example", .mf = "ann@one.example", .rt = LIST_ADDRESS };
	struct span raw = author == AUTHOR_BARE ? SPAN(POST) : chain_hop(chain, SPAN(POST), &hop);
	char *bytes = arena_str(arena, raw);
	if (author == AUTHOR_BROKEN) {
		bytes[span_find(raw, SPAN("More"))] = 'm';
	}
	return (struct span){ bytes, raw.n };
}

static void prepare(struct work *w, const struct mode *mode)
{
	struct err e = { 0 };
	struct verdict verdict;
	struct span rcpt = SPAN(LIST_ADDRESS);
	struct envelope envelope = { true, SPAN("ann@one.example"), &rcpt, 1 };
	w->received = sample_parse(arena, received(mode->author));
	verify_message(arena, &w->received, &envelope, &chain->source, &(struct verify_options){ .now = NOW }, &verdict);
	struct prepare_input in = {
		.site = &site, .list = &list, .message = &w->received, .verdict = &verdict,
		.recipient = SPAN(LIST_ADDRESS), .id = SPAN("id"), .number = 1, .now = NOW,
		.munge = mode->munge, .as_opaque = mode->author == AUTHOR_BROKEN,
	};
	ck_assert_msg(variant_prepare(arena, &in, &w->variant, NULL, &e), "%s", e.text);
	ck_assert_msg(span_is(w->variant.mode, mode->name), "mode %.*s", SPAN_FMT(w->variant.mode));
	ck_assert(mode->undone == (w->variant.recipe.n > 0));
}

static void start(struct work *w, const struct mode *mode)
{
	struct err e = { 0 };
	prepare(w, mode);
	w->press = copy_press_new(&w->variant, w->received.raw, &list, &ring, &e);
	ck_assert_msg(w->press != NULL, "%s", e.text);
}

static struct copy_job job_for(struct span unsubscribe)
{
	return (struct copy_job){ SPAN("dev+b-token@lists.example"), SPAN("ben@two.example"),
	                          unsubscribe, NOW };
}

static struct span header_of(struct work *w, struct span unsubscribe)
{
	struct err e = { 0 };
	struct buf out = BUF_INIT;
	struct copy_job job = job_for(unsubscribe);
	ck_assert_msg(copy_header(w->press, &job, &out, &e), "%s", e.text);
	return buf_move(&out, arena);
}

static struct span copy_of(struct work *w, struct span header)
{
	struct buf out = BUF_INIT;
	const struct segments *body = copy_body(w->press);
	buf_add(&out, header);
	for (size_t i = 0; i < body->n; i++) {
		buf_add(&out, body->v[i].bytes);
	}
	return buf_move(&out, arena);
}

/* ---- what a stranger's verifier says ---- */

static void verify(struct work *w, const struct mode *mode, struct span header)
{
	struct verdict v;
	struct span rcpt = SPAN("ben@two.example");
	struct envelope envelope = { true, SPAN("dev+b-token@lists.example"), &rcpt, 1 };
	struct message m = sample_parse(arena, copy_of(w, header));
	bool plain = strcmp(mode->name, "plain") == 0;
	verify_message(arena, &m, &envelope, &chain->source, &(struct verify_options){ .now = NOW + 5 }, &v);
	ck_assert_uint_eq(v.ndkim1, 1);
	ck_assert_msg(v.dkim1[0].result == AUTH_PASS, "DKIM1: %.*s", SPAN_FMT(v.dkim1[0].text));
	ck_assert(span_is(v.dkim1[0].a, "rsa-sha256"));
	ck_assert_msg(v.dkim2.result == (plain ? AUTH_NONE : AUTH_PASS), "DKIM2: %.*s",
	              SPAN_FMT(v.dkim2.text));
	if (!plain) {
		const struct dkim2_hop *last = &v.dkim2.hops[v.dkim2.nhops - 1];
		ck_assert_uint_eq(last->nsets, 2); /* both keys sign */
		ck_assert(last->exploded == (last->i > 1));
	}
}

static struct span canonical(const struct message *m)
{
	struct buf out = BUF_INIT;
	struct canon_header h = canon_dkim2_header(arena, m->fields, m->count);
	canon_dkim2_header_text(&out, &h);
	return buf_move(&out, arena);
}

static void undo(struct work *w, const struct mode *mode, struct span header)
{
	struct err e = { 0 };
	struct span text;
	struct message m = sample_parse(arena, copy_of(w, header));
	ck_assert_msg(dkim2_undo(arena, &m, mode->original, &text, &e), "%s", e.text);
	m = sample_parse(arena, text);
	ck_assert(span_eq(canonical(&m), canonical(&w->received)));
	ck_assert(span_eq(m.body, w->received.body));
}

START_TEST(verifies)
{
	const struct mode *mode = &modes[_i];
	static const struct span fields[] = { SPAN_INIT(PERSONAL), SPAN_INIT("") };
	struct work w;
	start(&w, mode);
	for (int i = 0; i < 2; i++) {
		struct err e = { 0 };
		struct copy_job job = job_for(fields[i]);
		struct span header = header_of(&w, fields[i]);
		struct message m = sample_parse(arena, header);
		verify(&w, mode, header);
		ck_assert_msg(copy_check(w.press, &job, header, &e), "%s", e.text);
		ck_assert_uint_eq(message_count(&m, "List-Unsubscribe"), 1);
		ck_assert(span_find(header, SPAN("unsubscribe-token@")) != SPAN_NONE || i == 1);
		ck_assert(span_find(header, SPAN("dev+unsubscribe@")) != SPAN_NONE || i == 0);
		if (mode->undone) {
			undo(&w, mode, header);
		}
	}
	copy_press_free(w.press);
}
END_TEST

/* Recipients, return paths and times differ: nothing of one copy is in the other. */
START_TEST(many_copies)
{
	struct work w;
	start(&w, &modes[_i]);
	for (int i = 0; i < 6; i++) {
		struct err e = { 0 };
		struct buf out = BUF_INIT;
		struct copy_job job = {
			arena_printf(arena, "dev+b-%d@lists.example", i),
			arena_printf(arena, "member%d@two.example", i),
			i % 3 ? arena_printf(arena, "List-Unsubscribe: <mailto:dev+u-%d@x>\r\n", i)
			      : SPAN(""),
			NOW + i,
		};
		ck_assert_msg(copy_header(w.press, &job, &out, &e), "%s", e.text);
		ck_assert_msg(copy_check(w.press, &job, buf_span(&out), &e), "%s", e.text);
		/* With another's envelope it must not verify. */
		job.rcpt_to = SPAN("other@two.example");
		ck_assert(_i == 0 || !copy_check(w.press, &job, buf_span(&out), &e));
		buf_free(&out);
	}
	copy_press_free(w.press);
}
END_TEST

/* The variant's own field given as a personal one: the same bytes, in any order of calls. */
START_TEST(cached_is_the_same)
{
	struct work w;
	struct err e;
	start(&w, &modes[_i]);
	struct message m = sample_parse(arena, w.variant.header);
	struct span own = message_find(&m, "List-Unsubscribe")->raw;
	struct span computed = header_of(&w, own);
	struct span cached = header_of(&w, SPAN(""));
	ck_assert(span_eq(computed, cached));
	ck_assert(!span_eq(header_of(&w, SPAN(PERSONAL)), cached));
	ck_assert(span_eq(header_of(&w, SPAN("")), cached));
	ck_assert(span_eq(header_of(&w, own), cached));
	copy_press_free(w.press);
	w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
	ck_assert(w.press && span_eq(header_of(&w, SPAN("")), cached));
	copy_press_free(w.press);
}
END_TEST

/* ---- ARC ---- */

static struct span arc_part(struct span header)
{
	return span_sub(header, 0, span_find(header, SPAN("\r\nDKIM")));
}

/* One set for all copies, on top; it verifies, and all else is as without it. */
START_TEST(sealed)
{
	struct work w;
	struct err e = { 0 };
	struct copy_job job = job_for(SPAN(PERSONAL));
	struct arc_result arc;
	struct span plain, header, other;
	struct message m;
	start(&w, &modes[_i]);
	plain = header_of(&w, SPAN(PERSONAL));
	copy_press_free(w.press);
	list.arc_seal = 1;
	start(&w, &modes[_i]);
	header = header_of(&w, SPAN(PERSONAL));
	other = header_of(&w, SPAN(""));
	ck_assert(span_ends(header, plain));
	ck_assert(span_starts(header, SPAN("ARC-Seal: i=1; a=rsa-sha256; cv=none;")));
	ck_assert(span_eq(arc_part(header), arc_part(other)));
	m = sample_parse(arena, copy_of(&w, other));
	arc_verify(arena, &m, &chain->source, NOW + 5, &arc);
	ck_assert_msg(arc.result == AUTH_PASS, "%.*s", SPAN_FMT(arc.text));
	verify(&w, &modes[_i], header);
	if (modes[_i].undone) {
		undo(&w, &modes[_i], header);
	}
	ck_assert_msg(copy_check(w.press, &job, header, &e), "%s", e.text);
	/* The self-check looks at it. */
	((char *)(uintptr_t)header.p)[span_find(header, SPAN("t=")) + 2] ^= 1;
	ck_assert(!copy_check(w.press, &job, header, &e) && strstr(e.text, "ARC"));
	copy_press_free(w.press);
}
END_TEST

/*
 * A post that came with a chain: what our results say of it decides. Nothing is added
 * when they say nothing, though there is one.
 */
static const struct {
	const char *results, *start;
} chains[] = {
	{ "mx; arc=pass", "ARC-Seal: i=2; a=rsa-sha256; cv=pass;" },
	{ "mx; arc=fail", "ARC-Seal: i=2; a=rsa-sha256; cv=fail;" },
	{ "mx; dkim=none", "DKIM" },
	{ "mx; arc=fail; cv=fail", "DKIM" },
};

START_TEST(sealed_before)
{
	struct work w;
	struct err e = { 0 };
	struct copy_job job = job_for(SPAN(PERSONAL));
	struct buf out = BUF_INIT;
	struct span one;
	struct message m;
	list.arc_seal = 1;
	start(&w, &modes[0]);
	one = header_of(&w, SPAN(""));
	copy_press_free(w.press);
	one = arc_part(one);
	if (_i == 3) {
		char *bytes = arena_str(arena, one);
		memcpy(bytes + span_find(one, SPAN("cv=none")), "cv=fail", 7);
		one.p = bytes;
	}
	m = sample_parse(arena, w.variant.header);
	for (size_t i = 0; i < m.count; i++) {
		if (span_iis(m.fields[i].name, "Authentication-Results")) {
			buf_printf(&out, "Authentication-Results: %s\r\n%.*s\r\n", chains[_i].results,
			           SPAN_FMT(one));
		} else {
			buf_add(&out, m.fields[i].raw);
		}
	}
	w.variant.header = buf_move(&out, arena);
	w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
	ck_assert_msg(w.press && copy_header(w.press, &job, &out, &e), "%s", e.text);
	ck_assert_msg(span_starts(buf_span(&out), span_str(chains[_i].start)), "%.60s", out.p);
	ck_assert_msg(copy_check(w.press, &job, buf_span(&out), &e), "%s", e.text);
	buf_free(&out);
	copy_press_free(w.press);
}
END_TEST

/* ---- the self-check ---- */

static bool checks(struct work *w, struct span header)
{
	struct err e = { 0 };
	struct copy_job job = job_for(SPAN(PERSONAL));
	bool good = copy_check(w->press, &job, header, &e);
	ck_assert(good || (e.class == ERR_BUG && strstr(e.text, "self-check: ")));
	return good;
}

/* Any octet of a field that both signatures cover, and any of the signatures, is missed. */
static const char *const covered[] = {
	"From: ", "Subject: ", "Message-ID: ", "List-Unsubscribe: ", "List-Id: ",
	"DKIM-Signature: ",
};

START_TEST(notices_header)
{
	struct work w;
	start(&w, &modes[_i]);
	struct span header = header_of(&w, SPAN(PERSONAL));
	char *bytes = arena_str(arena, header);
	ck_assert(checks(&w, header));
	for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++) {
		/* Behind the name, in the middle of the value. */
		size_t at = span_find(header, span_str(covered[i]));
		ck_assert_msg(at != SPAN_NONE, "no %s", covered[i]);
		at += strlen(covered[i]) + 6;
		bytes[at] = (char)(bytes[at] ^ 2);
		ck_assert_msg(!checks(&w, (struct span){ bytes, header.n }), "%s", covered[i]);
		bytes[at] = header.p[at];
	}
	ck_assert(checks(&w, (struct span){ bytes, header.n }));
	copy_press_free(w.press);
}
END_TEST

/* Every octet of the DKIM2 fields that is no white space. */
START_TEST(notices_dkim2)
{
	static const char *const names[] = { "DKIM2-Signature", "Message-Instance" };
	struct work w;
	start(&w, &modes[_i]);
	struct span header = header_of(&w, SPAN(PERSONAL));
	struct message m = sample_parse(arena, header);
	char *bytes = arena_str(arena, header);
	for (int k = 0; k < 2; k++) {
		const struct field *f = message_find(&m, names[k]);
		size_t at = (size_t)(f->raw.p - header.p);
		for (size_t i = 0; i < f->raw.n - 2; i += 17) {
			if (!strchr(" \t\r\n", f->raw.p[i])) {
				bytes[at + i] = (char)(bytes[at + i] ^ 2);
				ck_assert_msg(!checks(&w, (struct span){ bytes, header.n }),
				              "%s, octet %zu", names[k], i);
				bytes[at + i] = header.p[at + i];
			}
		}
	}
	copy_press_free(w.press);
}
END_TEST

/* An octet of the stored message, or of what the list inserts, is another by then. */
START_TEST(notices_body)
{
	struct work w;
	start(&w, &modes[_i]);
	struct span header = header_of(&w, SPAN(PERSONAL));
	const struct segments *body = copy_body(w.press);
	ck_assert_uint_ge(body->n, 2);
	for (size_t i = 0; i < body->n; i++) {
		char *p = (char *)(uintptr_t)body->v[i].bytes.p;
		*p = (char)(*p ^ 1);
		ck_assert_msg(!checks(&w, header), "segment %zu", i);
		*p = (char)(*p ^ 1);
	}
	ck_assert(checks(&w, header));
	copy_press_free(w.press);
}
END_TEST

/* A recipe that does not lead back, or is none: signed all the same, and noticed. */
static const char *const bad_recipes[] = {
	"{", "null", "[]", "{\"h\":{\"subject\":[{\"c\":[9,9]}]}}", "{\"b\":[{\"c\":[1,9999]}]}",
	"{\"h\":{\"received\":[]}}",
};

START_TEST(notices_recipe)
{
	for (size_t i = 0; i < sizeof(bad_recipes) / sizeof(bad_recipes[0]); i++) {
		struct work w;
		struct err e = { 0 };
		prepare(&w, &modes[_i]);
		w.variant.recipe = span_str(bad_recipes[i]);
		w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
		ck_assert_msg(w.press != NULL, "%s", e.text);
		ck_assert_msg(!checks(&w, header_of(&w, SPAN(PERSONAL))), "%s: %s", modes[_i].name,
		              bad_recipes[i]);
		copy_press_free(w.press);
	}
}
END_TEST

/* One that can be followed has to lead to what was received. */
START_TEST(notices_other_recipe)
{
	struct work w;
	struct err e = { 0 };
	prepare(&w, &modes[_i]);
	char *recipe = arena_str(arena, w.variant.recipe);
	size_t n = 0;
	for (size_t i = 0; i < w.variant.recipe.n; i++) {
		if (recipe[i] < '0' || recipe[i] > '9') {
			continue;
		}
		recipe[i] = (char)(recipe[i] ^ 1);
		w.variant.recipe = (struct span){ recipe, w.variant.recipe.n };
		w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
		ck_assert_msg(!checks(&w, header_of(&w, SPAN(PERSONAL))), "%s", recipe);
		copy_press_free(w.press);
		recipe[i] = (char)(recipe[i] ^ 1);
		n++;
	}
	ck_assert_uint_gt(n, 0);
}
END_TEST

/* ---- keys ---- */

START_TEST(no_keys)
{
	struct work w;
	struct err e = { 0 };
	struct keyring none = { .domain = list.domain };
	prepare(&w, &modes[_i]);
	ck_assert(!copy_press_new(&w.variant, w.received.raw, &list, &none, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert_msg(strstr(e.text, "ladle key gen lists.example"), "%s", e.text);
}
END_TEST

/* The only key is of an algorithm that this libcrypto lacks, or that DKIM1 has not. */
START_TEST(no_useful_key)
{
	struct work w;
	struct err e = { 0 };
	struct keyring none = { .domain = list.domain, .passed_over = SPAN("keys/x/m1.pem") };
	prepare(&w, &modes[_i]);
	ck_assert(!copy_press_new(&w.variant, w.received.raw, &list, &none, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert_msg(strstr(e.text, "m1.pem") && strstr(e.text, "OpenSSL lacks"), "%s", e.text);
	if (!crypto_has_mldsa44()) {
		return;
	}
	struct signer signer = { list.domain, SPAN("m1"), pkey_generate(KEY_MLDSA44, 0, NULL) };
	none = (struct keyring){ .domain = list.domain, .v = &signer, .n = 1 };
	ck_assert(!copy_press_new(&w.variant, w.received.raw, &list, &none, &e));
	ck_assert_msg(strstr(e.text, "which DKIM1 needs"), "%s", e.text);
	pkey_free(signer.key);
}
END_TEST

/* With a third key of another kind than the two. */
START_TEST(three_keys)
{
	struct work w;
	struct err e = { 0 };
	if (!crypto_has_mldsa44()) {
		printf("skipped: three_keys: this libcrypto has no ML-DSA-44\n");
		return;
	}
	struct signer all[] = { signers[0], signers[1],
		                { list.domain, SPAN("m1"), pkey_generate(KEY_MLDSA44, 0, NULL) } };
	ring = (struct keyring){ .domain = list.domain, .v = all, .n = 3 };
	start(&w, &modes[_i]);
	struct copy_job job = job_for(SPAN(PERSONAL));
	struct span header = header_of(&w, SPAN(PERSONAL));
	ck_assert_msg(copy_check(w.press, &job, header, &e), "%s", e.text);
	ck_assert(w.variant.hop == 0 || span_find(header, SPAN("m1:mldsa44:")) != SPAN_NONE);
	copy_press_free(w.press);
	pkey_free(all[2].key);
}
END_TEST

START_TEST(one_key)
{
	for (int k = 0; k < 2; k++) {
		struct work w;
		struct err e = { 0 };
		ring = (struct keyring){ .domain = list.domain, .v = &signers[k], .n = 1 };
		start(&w, &modes[_i]);
		struct copy_job job = job_for(SPAN(""));
		struct span header = header_of(&w, SPAN(""));
		ck_assert_msg(copy_check(w.press, &job, header, &e), "%s", e.text);
		copy_press_free(w.press);
	}
}
END_TEST

/* A list that does not sign needs no key and leaves none of our fields. */
START_TEST(unsigned_list)
{
	struct work w;
	struct err e = { 0 };
	struct keyring none = { .domain = list.domain };
	struct mode mode = { "plain", AUTHOR_BARE, _i == 1, 0, false };
	list.sign = false;
	prepare(&w, &mode);
	w.press = copy_press_new(&w.variant, w.received.raw, &list, &none, &e);
	ck_assert_msg(w.press != NULL, "%s", e.text);
	struct span header = header_of(&w, SPAN(PERSONAL));
	struct message m = sample_parse(arena, header);
	ck_assert_uint_eq(message_count(&m, "DKIM-Signature"), 0);
	ck_assert_uint_eq(message_count(&m, "DKIM2-Signature"), 0);
	ck_assert_uint_eq(message_count(&m, "Message-Instance"), 0);
	ck_assert(checks(&w, header));
	ck_assert(span_ends(header, SPAN("\r\n\r\n")));
	copy_press_free(w.press);
}
END_TEST

/* ---- a post that came to another domain's address ---- */

#define ALIAS "dev@example.net"

static void prepare_alias(struct work *w, bool key, bool munge, bool fine)
{
	struct err e = { 0 };
	struct verdict verdict;
	struct span rcpt = SPAN(ALIAS);
	struct envelope envelope = { true, SPAN("ann@one.example"), &rcpt, 1 };
	struct chain_hop hop = { .d = "one.example", .mf = "ann@one.example", .rt = ALIAS };
	w->received = sample_parse(arena, chain_hop(chain, SPAN(POST), &hop));
	verify_message(arena, &w->received, &envelope, &chain->source, &(struct verify_options){ .now = NOW }, &verdict);
	struct prepare_input in = {
		.site = &site, .list = &list, .message = &w->received, .verdict = &verdict,
		.recipient = rcpt, .arrived_as = rcpt, .arrived_key = key, .id = SPAN("id"),
		.number = 1, .now = NOW, .munge = munge,
	};
	ck_assert_msg(variant_prepare(arena, &in, &w->variant, NULL, &e) == fine, "%s", e.text);
}

START_TEST(over_a_hop)
{
	struct work w;
	struct err e = { 0 };
	struct signer hop_signers[2] = { { SPAN("example.net"), SPAN("rsa"), chain->rsa },
		                         { SPAN("example.net"), SPAN("ed"), chain->ed25519 } };
	struct keyring hop = { .domain = SPAN("example.net"), .v = hop_signers, .n = 2 }, none = { 0 };
	struct mode mode = { "continue", AUTHOR_SIGNED, _i == 1, 1, true };
	struct verdict v;
	struct span rcpt = SPAN("ben@two.example"), field[2];
	struct envelope envelope = { true, SPAN("dev+b-token@lists.example"), &rcpt, 1 };
	prepare_alias(&w, true, mode.munge, true);
	ck_assert(span_is(w.variant.via, "example.net"));
	ck_assert_int_eq(w.variant.hop, 3);
	ck_assert_int_eq(w.variant.mi, 2);
	w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
	ck_assert_msg(w.press != NULL, "%s", e.text);
	ck_assert(!copy_press_via(w.press, &none, NOW, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	ck_assert_msg(copy_press_via(w.press, &hop, NOW, &e), "%s", e.text);
	for (int i = 0; i < 2; i++) {
		struct span header = header_of(&w, i ? SPAN(PERSONAL) : SPAN(""));
		verify(&w, &mode, header);
		undo(&w, &mode, header);
		ck_assert(checks(&w, header));
		struct message m = sample_parse(arena, copy_of(&w, header));
		verify_message(arena, &m, &envelope, &chain->source, &(struct verify_options){ .now = NOW }, &v);
		ck_assert_uint_eq(v.dkim2.nhops, 3);
		ck_assert(span_is(v.dkim2.hops[1].d, "example.net"));
		ck_assert(span_is(v.dkim2.hops[1].nd, "lists.example"));
		ck_assert_uint_eq(v.dkim2.hops[1].m, 1);
		ck_assert_uint_eq(v.dkim2.hops[2].m, 2);
		size_t at = 0;
		message_next(&m, SPAN("DKIM2-Signature"), &at);
		field[i] = message_next(&m, SPAN("DKIM2-Signature"), &at)->raw;
	}
	ck_assert(span_eq(field[0], field[1]));
	copy_press_free(w.press);
}
END_TEST

/* Without a key the chain ends: its fields go, a new one can be undone to the author's text. */
START_TEST(without_a_hop)
{
	struct work w;
	struct mode mode = { "new-origin", AUTHOR_SIGNED, true, 0, true };
	struct err e = { 0 };
	prepare_alias(&w, false, false, false);
	prepare_alias(&w, false, true, true);
	ck_assert(span_is(w.variant.mode, "new-origin"));
	ck_assert(w.variant.via.n == 0 && w.variant.recipe.n > 0);
	ck_assert_int_eq(w.variant.hop, 1);
	w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
	ck_assert_msg(w.press != NULL, "%s", e.text);
	struct span header = header_of(&w, SPAN(PERSONAL));
	verify(&w, &mode, header);
	undo(&w, &mode, header);
	ck_assert(checks(&w, header));
	copy_press_free(w.press);
}
END_TEST

/* The return path has to be at or below the signing domain (custody). */
START_TEST(foreign_return_path)
{
	struct work w;
	struct err e = { 0 };
	struct buf out = BUF_INIT;
	struct copy_job job = job_for(SPAN(""));
	start(&w, &modes[1]);
	job.mail_from = SPAN("dev-bounces@other.example");
	ck_assert(!copy_header(w.press, &job, &out, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	buf_free(&out);
	copy_press_free(w.press);
}
END_TEST

/* What the store gives back was not what process put there. */
START_TEST(damaged_variant)
{
	struct work w;
	prepare(&w, &modes[1]);
	struct variant v[4] = { w.variant, w.variant, w.variant, w.variant };
	v[0].body_hash_simple.n = 31;
	v[1].body_hash_relaxed = SPAN("");
	v[2].body = SPAN("k 0 999999\n");
	v[3].body = arena_join(arena, v[3].body, SPAN("?"), SPAN_END);
	for (int i = 0; i < 4; i++) {
		struct err e = { 0 };
		ck_assert(!copy_press_new(&v[i], w.received.raw, &list, &ring, &e));
		ck_assert_int_eq(e.class, ERR_BUG);
	}
}
END_TEST

Suite *copy_suite(void);

/* N fields more, or one of N bytes. */
static struct span grown(bool fields, size_t n)
{
	struct buf out = BUF_INIT;
	buf_str(&out, fields ? "" : "X-Large:");
	for (size_t i = 0; i < n; i++) {
		buf_str(&out, fields ? "X: y\r\n" : "x");
	}
	buf_str(&out, fields ? POST : "\r\n" POST);
	return buf_move(&out, arena);
}

static bool fits(struct work *w, struct span raw, struct err *e)
{
	struct verdict verdict;
	w->received = sample_parse(arena, raw);
	verify_message(arena, &w->received, NULL, &chain->source,
	               &(struct verify_options){ .now = NOW }, &verdict);
	struct prepare_input in = {
		.site = &site, .list = &list, .message = &w->received, .verdict = &verdict,
		.recipient = SPAN(LIST_ADDRESS), .id = SPAN("id"), .number = 1, .now = NOW,
		.munge = true,
	};
	return variant_prepare(arena, &in, &w->variant, NULL, e);
}

/* Whatever is let through can be read with its signatures, too. */
START_TEST(within_limits)
{
	bool fields = _i == 0;
	size_t low = 0, high = fields ? LIMIT_FIELDS - 14 : LIMIT_HEADER - 600;
	struct work w;
	struct err e = { 0 };
	list.arc_seal = true;
	ck_assert(!fits(&w, grown(fields, high), &e));
	ck_assert_msg(strstr(e.text, "over") != NULL, "%s", e.text);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		*(fits(&w, grown(fields, middle), &e) ? &low : &high) = middle;
	}
	e = (struct err){ 0 };
	ck_assert(low > (fields ? LIMIT_FIELDS : LIMIT_HEADER) / 4 * 3);
	ck_assert(!fits(&w, grown(fields, high), &e));
	ck_assert_msg(strstr(e.text, "header of the copies over") != NULL, "%s", e.text);
	ck_assert(fits(&w, grown(fields, low), &e));
	w.press = copy_press_new(&w.variant, w.received.raw, &list, &ring, &e);
	ck_assert_msg(w.press != NULL, "%s", e.text);
	ck_assert(checks(&w, header_of(&w, SPAN(PERSONAL))));
	copy_press_free(w.press);
}
END_TEST

Suite *copy_suite(void)
{
	Suite *suite = suite_create("flow/copy");
	TCase *c = tcase_create("copy");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, verifies, 0, MODES);
	tcase_add_loop_test(c, many_copies, 0, MODES);
	tcase_add_loop_test(c, cached_is_the_same, 0, MODES);
	tcase_add_loop_test(c, sealed, 0, MODES);
	tcase_add_loop_test(c, sealed_before, 0, (int)(sizeof(chains) / sizeof(chains[0])));
	tcase_add_loop_test(c, notices_header, 0, MODES);
	tcase_add_loop_test(c, notices_dkim2, 1, MODES);
	tcase_add_loop_test(c, notices_body, 0, MODES);
	tcase_add_loop_test(c, notices_recipe, 1, 4);
	tcase_add_loop_test(c, notices_other_recipe, 1, 4);
	tcase_add_loop_test(c, no_keys, 0, MODES);
	tcase_add_loop_test(c, no_useful_key, 0, MODES);
	tcase_add_loop_test(c, three_keys, 0, MODES);
	tcase_add_loop_test(c, one_key, 0, MODES);
	tcase_add_loop_test(c, unsigned_list, 0, 2);
	tcase_add_loop_test(c, over_a_hop, 0, 2);
	tcase_add_test(c, without_a_hop);
	tcase_add_loop_test(c, within_limits, 0, 2);
	tcase_add_test(c, foreign_return_path);
	tcase_add_test(c, damaged_variant);
	suite_add_tcase(suite, c);
	return suite;
}
