/* Canonical forms: tables of small bodies and fields, and any split of a body into pieces. */
#include "auth/canon.h"
#include "base/codec.h"
#include "base/mem.h"

#include <check.h>

static void same_text(struct span got, struct span want)
{
	ck_assert_msg(span_eq(got, want), "got \"%.*s\", wanted \"%.*s\"", SPAN_FMT(got),
	              SPAN_FMT(want));
}

/* The digest of TEXT itself is what a body with that canonical form must have. */
static void same_body(enum canon form, struct span body, struct span want)
{
	struct digest got, wanted;

	canon_body_hash(form, HASH_SHA256, body, &got);
	hash_of(HASH_SHA256, want, &wanted);
	ck_assert_msg(span_eq(digest_span(&got), digest_span(&wanted)), "form %d of \"%.*s\"",
	              (int)form, SPAN_FMT(body));
}

/* body, simple form, relaxed form */
static const struct {
	struct span body, simple, relaxed;
} bodies[] = {
	/* RFC 6376 3.4.5 */
	{ SPAN_INIT(" C \r\nD \t E\r\n\r\n\r\n"), SPAN_INIT(" C \r\nD \t E\r\n"),
	  SPAN_INIT(" C\r\nD E\r\n") },
	{ SPAN_INIT(""), SPAN_INIT("\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("\r\n"), SPAN_INIT("\r\n"), SPAN_INIT("") },
	{ SPAN_INIT("\r\n\r\n\r\n"), SPAN_INIT("\r\n"), SPAN_INIT("") },
	{ SPAN_INIT(" \t\r\n \r\n"), SPAN_INIT(" \t\r\n \r\n"), SPAN_INIT("") },
	{ SPAN_INIT(" "), SPAN_INIT(" \r\n"), SPAN_INIT("") },
	{ SPAN_INIT("a"), SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n") },
	{ SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n") },
	{ SPAN_INIT("\r\n\r\na\r\n\r\nb"), SPAN_INIT("\r\n\r\na\r\n\r\nb\r\n"),
	  SPAN_INIT("\r\n\r\na\r\n\r\nb\r\n") },
	{ SPAN_INIT("a \t b\t\tc \r\n\t\r\n"), SPAN_INIT("a \t b\t\tc \r\n\t\r\n"),
	  SPAN_INIT("a b c\r\n") },
	{ SPAN_INIT("a \r\n \r\n b\r\n"), SPAN_INIT("a \r\n \r\n b\r\n"),
	  SPAN_INIT("a\r\n\r\n b\r\n") },
	/* A bare CR or LF is data, also at the end and before white space. */
	{ SPAN_INIT("a\r"), SPAN_INIT("a\r\r\n"), SPAN_INIT("a\r\r\n") },
	{ SPAN_INIT("a\n\n"), SPAN_INIT("a\n\n\r\n"), SPAN_INIT("a\n\n\r\n") },
	{ SPAN_INIT("a \r b\r\r\n"), SPAN_INIT("a \r b\r\r\n"), SPAN_INIT("a \r b\r\r\n") },
	{ SPAN_INIT("a\r\n\r"), SPAN_INIT("a\r\n\r\r\n"), SPAN_INIT("a\r\n\r\r\n") },
	{ SPAN_INIT("a \n"), SPAN_INIT("a \n\r\n"), SPAN_INIT("a \n\r\n") },
	{ SPAN_INIT("a\r\n\n"), SPAN_INIT("a\r\n\n\r\n"), SPAN_INIT("a\r\n\n\r\n") },
	{ SPAN_INIT(" \r"), SPAN_INIT(" \r\r\n"), SPAN_INIT(" \r\r\n") },
	/* Other white space is not WSP; NUL and 8-bit are data. */
	{ SPAN_INIT("a\f\v b \xa0\r\n"), SPAN_INIT("a\f\v b \xa0\r\n"),
	  SPAN_INIT("a\f\v b \xa0\r\n") },
	{ SPAN_INIT("a\0 \0b\r\n"), SPAN_INIT("a\0 \0b\r\n"), SPAN_INIT("a\0 \0b\r\n") },
};

START_TEST(body_table)
{
	same_body(CANON_SIMPLE, bodies[_i].body, bodies[_i].simple);
	same_body(CANON_RELAXED, bodies[_i].body, bodies[_i].relaxed);
}
END_TEST

/* The values that RFC 6376 3.4.3 and 3.4.4 give for empty bodies. */
START_TEST(empty_bodies)
{
	static const struct {
		enum canon form;
		enum hash_alg alg;
		const char *want;
	} cases[] = {
		{ CANON_SIMPLE, HASH_SHA1, "uoq1oCgLlTqpdDX/iUbLy7J1Wic=" },
		{ CANON_SIMPLE, HASH_SHA256, "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=" },
		{ CANON_RELAXED, HASH_SHA1, "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
		{ CANON_RELAXED, HASH_SHA256, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf text = BUF_INIT;
		struct digest digest;

		canon_body_hash(cases[i].form, cases[i].alg, SPAN(""), &digest);
		codec_base64(&text, digest_span(&digest));
		same_text(buf_span(&text), span_str(cases[i].want));
		buf_free(&text);
	}
}
END_TEST

static void hash_split(enum canon form, struct span body, uint64_t limit, const size_t *cuts,
                       size_t n, struct digest *out, uint64_t *length)
{
	struct canon_body *b = canon_body_new(form, HASH_SHA256, limit);
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		canon_body_add(b, span_sub(body, from, cuts[i]));
		from = cuts[i];
	}
	canon_body_add(b, span_from(body, from));
	canon_body_final(b, out, length);
}

/* Every way to cut a body at two places gives the same digest. */
START_TEST(every_split)
{
	struct span body = bodies[_i].body;

	for (int form = CANON_SIMPLE; form <= CANON_RELAXED; form++) {
		struct digest whole, pieces;

		canon_body_hash((enum canon)form, HASH_SHA256, body, &whole);
		for (size_t a = 0; a <= body.n; a++) {
			for (size_t b = a; b <= body.n; b++) {
				hash_split((enum canon)form, body, UINT64_MAX, (size_t[]){ a, b },
				           2, &pieces, NULL);
				ck_assert(span_eq(digest_span(&whole), digest_span(&pieces)));
			}
		}
	}
}
END_TEST

/* A generator of our own: the same bodies in every run. */
static uint32_t step(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

/* What the relaxed form is, said plainly: over the whole text, line by line. */
static void plain(enum canon form, struct span body, struct buf *out)
{
	size_t empty = 0;

	while (body.n) {
		struct span line = span_line(&body);
		size_t start;

		if (span_ends(line, SPAN("\r\n"))) {
			line.n -= 2;
		}
		if (form == CANON_RELAXED) {
			while (line.n &&
			       (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t')) {
				line.n--;
			}
		}
		if (!line.n) {
			empty++;
			continue;
		}
		for (; empty; empty--) {
			buf_str(out, "\r\n");
		}
		start = out->n;
		for (size_t i = 0; i < line.n; i++) {
			bool wsp = line.p[i] == ' ' || line.p[i] == '\t';

			if (form == CANON_SIMPLE || !wsp) {
				buf_chr(out, line.p[i]);
			} else if (out->n == start || out->p[out->n - 1] != ' ') {
				buf_chr(out, ' ');
			}
		}
		buf_str(out, "\r\n");
	}
	if (!out->n && form == CANON_SIMPLE) {
		buf_str(out, "\r\n");
	}
}

/* Random bodies of awkward bytes in random pieces, some longer than the gathering buffer. */
START_TEST(random_bodies)
{
	static const char alphabet[] = "\r\n\r\n\r\n  \t\r\nab\xff\n";
	uint32_t state = 7;

	for (int round = 0; round < 4000; round++) {
		struct buf body = BUF_INIT, canonical = BUF_INIT;
		size_t n = step(&state) % (round % 10 ? 60 : 9000), cuts[8];
		enum canon form = step(&state) % 2 ? CANON_RELAXED : CANON_SIMPLE;
		uint64_t limit = step(&state) % 2 ? UINT64_MAX : step(&state) % (n + 4), length;
		struct digest got, want;

		while (body.n < n) {
			uint32_t pick = step(&state);

			if (pick % 64 == 0) {
				for (uint32_t i = 0; i < pick % 500; i++) {
					buf_chr(&body, "xy z"[i % 4]);
				}
			} else {
				buf_chr(&body, alphabet[pick % (sizeof(alphabet) - 1)]);
			}
		}
		for (size_t i = 0; i < 8; i++) {
			cuts[i] = (i ? cuts[i - 1] : 0) + step(&state) % (body.n / 8 + 1);
		}
		plain(form, buf_span(&body), &canonical);
		hash_split(form, buf_span(&body), limit, cuts, 8, &got, &length);
		hash_of(HASH_SHA256,
		        span_sub(buf_span(&canonical), 0,
		                 limit < canonical.n ? (size_t)limit : canonical.n),
		        &want);
		ck_assert_msg(span_eq(digest_span(&got), digest_span(&want)), "round %d", round);
		ck_assert_uint_eq(length, canonical.n);
		buf_free(&body);
		buf_free(&canonical);
	}
}
END_TEST

START_TEST(segments)
{
	struct segment v[] = {
		{ SPAN_INIT("a \r"), true },
		{ SPAN_INIT("\nb\r\n"), false },
		{ SPAN_INIT("\r\n"), true },
	};
	struct segments s = { v, 3, 9 };
	struct digest got, want;

	canon_segments_hash(CANON_RELAXED, HASH_SHA256, &s, &got);
	hash_of(HASH_SHA256, SPAN("a\r\nb\r\n"), &want);
	ck_assert(span_eq(digest_span(&got), digest_span(&want)));
}
END_TEST

static struct message parse(struct arena *arena, struct span raw)
{
	struct message m;
	struct err e;

	ck_assert_msg(message_parse(arena, raw, &m, &e), "%s", e.text);
	return m;
}

static const struct {
	struct span raw, simple, relaxed, dkim2;
} fields[] = {
	/* RFC 6376 3.4.5 */
	{ SPAN_INIT("A: X\r\n"), SPAN_INIT("A: X\r\n"), SPAN_INIT("a:X\r\n"),
	  SPAN_INIT("a:X\r\n") },
	{ SPAN_INIT("B : Y\t\r\n\tZ  \r\n"), SPAN_INIT("B : Y\t\r\n\tZ  \r\n"),
	  SPAN_INIT("b:Y Z\r\n"), SPAN_INIT("b:Y Z\r\n") },
	{ SPAN_INIT("SubJect:\r\n \r\n\t x\r\n"), SPAN_INIT("SubJect:\r\n \r\n\t x\r\n"),
	  SPAN_INIT("subject:x\r\n"), SPAN_INIT("subject:x\r\n") },
	{ SPAN_INIT("X:\r\n"), SPAN_INIT("X:\r\n"), SPAN_INIT("x:\r\n"), SPAN_INIT("x:\r\n") },
	{ SPAN_INIT("X: \f a\n b\r c \r\n"), SPAN_INIT("X: \f a\n b\r c \r\n"),
	  SPAN_INIT("x:\f a\n b\r c\r\n"), SPAN_INIT("x:\f a\n b\r c\r\n") },
	/* The last line of a header that ends there, without a CRLF. */
	{ SPAN_INIT("X: a"), SPAN_INIT("X: a\r\n"), SPAN_INIT("x:a\r\n"), SPAN_INIT("x:a\r\n") },
};

START_TEST(field_table)
{
	struct arena *arena = arena_new();
	struct message m = parse(arena, fields[_i].raw);
	struct buf out = BUF_INIT;

	ck_assert_uint_eq(m.count, 1);
	canon_field(&out, CANON_SIMPLE, m.fields, false);
	same_text(buf_span(&out), fields[_i].simple);
	buf_clear(&out);
	canon_field(&out, CANON_SIMPLE, m.fields, true);
	same_text(buf_span(&out), span_sub(fields[_i].simple, 0, fields[_i].simple.n - 2));
	buf_clear(&out);
	canon_field(&out, CANON_RELAXED, m.fields, false);
	same_text(buf_span(&out), fields[_i].relaxed);
	buf_clear(&out);
	canon_field(&out, CANON_RELAXED, m.fields, true);
	same_text(buf_span(&out), span_sub(fields[_i].relaxed, 0, fields[_i].relaxed.n - 2));
	buf_clear(&out);
	canon_dkim2_field(&out, m.fields[0].name, m.fields[0].value);
	same_text(buf_span(&out), fields[_i].dkim2);
	buf_free(&out);
	arena_free(arena);
}
END_TEST

/* Order by name, same name from the bottom; what is outside the hash is left out. */
START_TEST(dkim2_header)
{
	struct arena *arena = arena_new();
	struct message m = parse(arena, SPAN("Received: by x\r\n"
	                                     "To: a\r\n"
	                                     "subject: one\r\n"
	                                     "X-Loop: l\r\n"
	                                     "received-spf: pass\r\n"
	                                     "Reply-To: r\r\n"
	                                     "Subject: two\r\n"
	                                     "Sub: s\r\n"
	                                     "DKIM2-Signature: i=1\r\n"
	                                     "message-instance: m=1\r\n"
	                                     "Auto-Submitted: no\r\n"
	                                     "List-Id: <l>\r\n"
	                                     "Receive: hashed\r\n"
	                                     "SUBJECT:  three\r\n"
	                                     " lines\r\n"
	                                     "\r\n"));
	struct canon_header h = canon_dkim2_header(arena, m.fields, m.count);
	struct span want = SPAN("auto-submitted:no\r\nlist-id:<l>\r\nreceive:hashed\r\n"
	                        "reply-to:r\r\nsub:s\r\nsubject:three lines\r\nsubject:two\r\n"
	                        "subject:one\r\nto:a\r\n");
	struct digest got, wanted;
	struct buf out = BUF_INIT;

	canon_dkim2_header_text(&out, &h);
	same_text(buf_span(&out), want);
	canon_dkim2_header_hash(HASH_SHA512, &h, &got);
	hash_of(HASH_SHA512, want, &wanted);
	ck_assert(span_eq(digest_span(&got), digest_span(&wanted)));
	buf_free(&out);
	arena_free(arena);
}
END_TEST

START_TEST(dkim2_unhashed)
{
	static const struct {
		const char *name;
		bool unhashed;
	} names[] = {
		{ "x-anything", true },
		{ "X-", true },
		{ "X", false },
		{ "RECEIVED", true },
		{ "Received-SPF", true },
		{ "Receivedx", false },
		{ "Return-Path", true },
		{ "DKIM-Signature", true },
		{ "arc-seal", true },
		{ "Arc-Message-Signature", true },
		{ "ARC-Authentication-Results", true },
		{ "authentication-results", true },
		{ "Authentication-Results-Original", false },
		{ "Delivered-To", true },
		{ "Apparently-To", true },
		{ "original-recipient", true },
		{ "DL-Expansion-History", true },
		{ "SIO-Label-History", true },
		{ "X400-Received", true },
		{ "x400-trace", true },
		{ "X400-Other", false },
		{ "Message-Instance", true },
		{ "DKIM2-Signature", true },
		{ "VBR-Info", false },
		{ "Auto-Submitted", false },
		{ "List-Id", false },
		{ "From", false },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_msg(canon_dkim2_unhashed(span_str(names[i].name)) == names[i].unhashed,
		              "%s", names[i].name);
	}
}
END_TEST

START_TEST(dkim2_input)
{
	static const struct {
		struct span value, whole, emptied;
	} cases[] = {
		{ SPAN_INIT(" i=1; s = sel : rsa-sha256 : AAAA\r\n\tBBBB== ; d=a.example;"),
		  SPAN_INIT("dkim2-signature:i=1;s=sel:rsa-sha256:AAAABBBB==;d=a.example;\r\n"),
		  SPAN_INIT("dkim2-signature:i=1;s=sel:rsa-sha256:;d=a.example;\r\n") },
		{ SPAN_INIT("s=a:x:AA,b:y:BB|c:z:CC"),
		  SPAN_INIT("dkim2-signature:s=a:x:AA,b:y:BB|c:z:CC\r\n"),
		  SPAN_INIT("dkim2-signature:s=a:x:,b:y:|c:z:\r\n") },
		{ SPAN_INIT("ds=a:b:c;;n=;S=a:b:c;"),
		  SPAN_INIT("dkim2-signature:ds=a:b:c;;n=;S=a:b:c;\r\n"),
		  SPAN_INIT("dkim2-signature:ds=a:b:c;;n=;S=a:b:c;\r\n") },
		{ SPAN_INIT(""), SPAN_INIT("dkim2-signature:\r\n"),
		  SPAN_INIT("dkim2-signature:\r\n") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;

		canon_dkim2_input(&out, SPAN("DKIM2-Signature"), cases[i].value, false);
		same_text(buf_span(&out), cases[i].whole);
		buf_clear(&out);
		canon_dkim2_input(&out, SPAN("DKIM2-Signature"), cases[i].value, true);
		same_text(buf_span(&out), cases[i].emptied);
		buf_free(&out);
	}
}
END_TEST

Suite *canon_suite(void);

Suite *canon_suite(void)
{
	Suite *suite = suite_create("auth/canon");
	TCase *t = tcase_create("canon");
	int nbodies = sizeof(bodies) / sizeof(bodies[0]);

	tcase_add_loop_test(t, body_table, 0, nbodies);
	tcase_add_loop_test(t, every_split, 0, nbodies);
	tcase_add_test(t, empty_bodies);
	tcase_add_test(t, random_bodies);
	tcase_add_test(t, segments);
	tcase_add_loop_test(t, field_table, 0, sizeof(fields) / sizeof(fields[0]));
	tcase_add_test(t, dkim2_header);
	tcase_add_test(t, dkim2_unhashed);
	tcase_add_test(t, dkim2_input);
	tcase_set_timeout(t, 60);
	suite_add_tcase(suite, t);
	return suite;
}
