/*
 * d2bench KEYS FOLDER: what DKIM2 costs, in processor time, one figure a line (NAME=VALUE):
 *
 *     verify     verifications a second of a message with three Ed25519 hops and two recipes
 *     verify-rsa the same with RSA of 2048 bits
 *     hops       cost of 40 such hops over that of 10
 *     ed25519    signatures for copies of one post a second, field included
 *     rsa2048    the same with RSA
 *     body       bytes a second of the body hash
 *     apply      bytes a second that a recipe goes over (one copy, one line dropped), hash
 *                included
 *     sha256     bytes a second of SHA-256 alone, in pieces of 16 kB as openssl speed has it
 *
 * KEYS holds ed.pem and rsa.pem. FOLDER gets verify.eml and verify-rsa.eml, the messages with three hops,
 * and zone.tsv, its key records, for others to measure.
 */
#include "base/file.h"
#include "hop.h"

#include <string.h>
#include <time.h>

enum { NOW = 1800000000, LARGE = 32 << 20 };

struct bench {
	struct arena *arena;
	struct pkey *ed, *rsa;
	struct keysource zone;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "d2bench: %s\n", what);
		exit(70);
	}
}

/* A post of 4 kB that went over HOPS lists, each with a tag field and a footer. */
static struct span chain_of(struct bench *b, struct arena *arena, size_t hops, bool rsa)
{
	struct buf text = BUF_INIT;
	struct span raw, next;

	buf_str(&text, "From: a@h1.example\r\nTo: dev@h2.example\r\nSubject: bench\r\n"
	               "Date: Fri, 27 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@h1.example>\r\n\r\n");
	while (text.n < 4096) {
		buf_str(&text, "A line of a post of ordinary width, as people write them\r\n");
	}
	raw = buf_move(&text, arena);
	for (size_t i = 1; i <= hops; i++) {
		struct signer signer = { arena_printf(arena, "h%zu.example", i),
			                 rsa ? SPAN("rsa") : SPAN("ed"), rsa ? b->rsa : b->ed };
		struct hop hop = { .signers = &signer, .nsigners = 1, .flags = SPAN("exploded"), .t = NOW };
		struct message m;
		struct err e = { .text = "" };

		hop.mail_from = arena_printf(arena, "l@h%zu.example", i);
		hop.rcpt_to = arena_printf(arena, "l@h%zu.example", i + 1);
		must(message_parse(arena, raw, &m, &e), e.text);
		if (i > 1) {
			hop.edits = edit_new(arena, &m);
			edit_field_drop_all(hop.edits, "List-Id");
			edit_field_top(hop.edits, SPAN("List-Id"), arena_printf(arena, "<l.h%zu.example>", i));
			edit_body(hop.edits, m.body.n, 0, arena_printf(arena, "-- \r\nfooter of %zu\r\n", i));
			must(edit_finish(hop.edits, &e), e.text);
		}
		must(hop_sign(arena, raw, &hop, &next, &e), e.text);
		raw = next;
	}
	return raw;
}

/* Seconds that one verification takes; measured for a second. */
static double verify_cost(struct bench *b, struct span raw)
{
	double start = seconds(), took;
	unsigned n = 0;

	do {
		struct arena *arena = arena_new();
		struct dkim2_result result;
		struct message m;

		must(message_parse(arena, raw, &m, NULL), "message");
		dkim2_verify(arena, &m, NULL, &b->zone, NOW, &result);
		must(result.result == AUTH_PASS, "does not verify");
		arena_free(arena);
		n++;
		took = seconds() - start;
	} while (took < 1);
	return took / n;
}

static double sign_rate(struct bench *b, struct pkey *key, const char *selector)
{
	struct signer signer = { SPAN("h3.example"), span_str(selector), key };
	struct span raw = chain_of(b, b->arena, 2, false), rcpt = SPAN("member0001@example.net");
	struct dkim2_envelope envelope = { .mail_from = SPAN("l-bounces@h3.example"),
		                           .rcpt_to = &rcpt, .rcpts = 1, .t = NOW };
	struct dkim2_base base = { 0 };
	struct buf out = BUF_INIT;
	struct dkim2_prefix *prefix;
	struct message m;
	double start, took;
	unsigned n = 0;

	must(message_parse(b->arena, raw, &m, NULL), "message");
	must(dkim2_next(m.fields, m.count, SPAN_END, false, &base, NULL), "numbers");
	prefix = dkim2_prefix_new(b->arena, m.fields, m.count, SPAN(""), &signer, 1, NULL);
	must(prefix != NULL, "prefix");
	start = seconds();
	do {
		buf_clear(&out);
		must(dkim2_signature(&base, prefix, &signer, 1, &envelope, &out, NULL), "signature");
		n++;
		took = seconds() - start;
	} while (took < 1);
	dkim2_prefix_free(prefix);
	buf_free(&out);
	return n / took;
}

static struct span large_body(struct bench *b)
{
	struct buf out = BUF_INIT;

	buf_reserve(&out, LARGE + 100);
	while (out.n < LARGE) {
		buf_str(&out, "A line of a body of ordinary width, as they are in attachments, of base64\r\n");
	}
	return buf_move(&out, b->arena);
}

static double body_rate(struct span body)
{
	double start = seconds();
	struct digest digest;

	canon_body_hash(CANON_SIMPLE, HASH_SHA256, body, &digest);
	return (double)body.n / (seconds() - start);
}

static double apply_rate(struct bench *b, struct span body)
{
	struct lines now = recipe_lines(b->arena, body), old;
	struct step step = { .kind = STEP_COPY, .first = 1, .last = LARGE / 76 - 1 };
	struct recipe recipe = { .body = &step, .nbody = 1, .has_body = true };
	uint64_t budget = UINT64_MAX;
	double start = seconds();
	struct digest digest;
	struct span what;

	must(recipe_apply_body(b->arena, &recipe, &now, &old, &budget, &what) == RECIPE_OK, "recipe");
	recipe_lines_hash(HASH_SHA256, &old, &digest);
	return (double)body.n / (seconds() - start);
}

static double hash_rate(struct span body)
{
	struct digest digest;
	double start = seconds();

	for (size_t at = 0; at < body.n; at += 16384) {
		hash_of(HASH_SHA256, span_sub(body, at, at + 16384), &digest);
	}
	return (double)body.n / (seconds() - start);
}

static void set_up(struct bench *b, const char *keys, const char *folder)
{
	struct buf zone = BUF_INIT;
	struct span ed, rsa;

	b->arena = arena_new();
	b->ed = hop_key(arena_printf(b->arena, "%s/ed.pem", keys).p);
	b->rsa = hop_key(arena_printf(b->arena, "%s/rsa.pem", keys).p);
	must(key_text(b->arena, b->ed, &ed, NULL) && key_text(b->arena, b->rsa, &rsa, NULL), "keys");
	for (int i = 1; i <= 50; i++) {
		buf_printf(&zone, "ed._domainkey.h%d.example\t%.*s\n", i, SPAN_FMT(ed));
		buf_printf(&zone, "rsa._domainkey.h%d.example\t%.*s\n", i, SPAN_FMT(rsa));
	}
	must(file_replace(arena_printf(b->arena, "%s/zone.tsv", folder).p, buf_span(&zone), 0600, NULL),
	     "zone.tsv");
	must(key_file_source(b->arena, buf_move(&zone, b->arena), &b->zone, NULL), "zone");
}

int main(int argc, char **argv)
{
	struct bench b;
	struct span chain, body;

	if (argc != 3) {
		fprintf(stderr, "usage: d2bench KEYS FOLDER\n");
		return 64;
	}
	set_up(&b, argv[1], argv[2]);
	body = large_body(&b);
	for (int rsa = 0; rsa < 2; rsa++) {
		const char *name = rsa ? "verify-rsa" : "verify";

		chain = chain_of(&b, b.arena, 3, rsa);
		must(file_replace(arena_printf(b.arena, "%s/%s.eml", argv[2], name).p, chain, 0600, NULL),
		     name);
		printf("%s=%.1f\n", name, 1 / verify_cost(&b, chain));
	}
	printf("hops=%.3f\n", verify_cost(&b, chain_of(&b, b.arena, 40, false)) /
	                              verify_cost(&b, chain_of(&b, b.arena, 10, false)));
	printf("ed25519=%.1f\n", sign_rate(&b, b.ed, "ed"));
	printf("rsa2048=%.1f\n", sign_rate(&b, b.rsa, "rsa"));
	printf("body=%.0f\n", body_rate(body));
	printf("apply=%.0f\n", apply_rate(&b, body));
	printf("sha256=%.0f\n", hash_rate(body));
	pkey_free(b.ed);
	pkey_free(b.rsa);
	arena_free(b.arena);
	return 0;
}
