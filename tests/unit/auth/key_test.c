/* Key records: one by one, chosen from several, written, and from files. */
#include "auth/key.h"
#include "base/limits.h"
#include "samples.h"

#include <check.h>

/* RFC 8463, appendix A.2; RFC 6376, appendix C. */
#define ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define RSA                                                                                        \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"         \
	"IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0"         \
	"fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
/* 768 bits */
#define SHORT_RSA                                                                                  \
	"MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhANUtWL2UPW4Fv0/h1tUrr4tQ6eJiojXg7Qy8yKN8UmtwtYKn"         \
	"Aa8C+EYdZFzG+3afGc/9qJLctVzHxoIG7b6+IHSEPAEoiLgTXBt9k0f/JhWprTvf+rqxTmvURzOTNrtqKQIDAQAB"

static const struct {
	const char *text;
	enum key_status status;
	enum key_type type;
	bool strict, testing;
	const char *hashes;
} records[] = {
	{ "v=DKIM1; p=" RSA, KEY_OK, KEY_RSA, false, false, "" },
	{ "p=" RSA, KEY_OK, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=ed25519; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "v=DKIM1;k=ed25519;p=" ED25519 ";", KEY_OK, KEY_ED25519, false, false, "" },
	{ " v = DKIM1 ; k = ed25519 ; p = 11qYAYKxCrfVS/7TyWQHOg7h cvPapiMlrwIaaPcHURo= ", KEY_OK,
	  KEY_ED25519, false, false, "" },
	{ "v=DKIM1;; k=ed25519; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "k=ed25519; t=s; p=" ED25519, KEY_OK, KEY_ED25519, true, false, "" },
	{ "k=ed25519; t=y : s; p=" ED25519, KEY_OK, KEY_ED25519, true, true, "" },
	{ "k=ed25519; t=y:other; p=" ED25519, KEY_OK, KEY_ED25519, false, true, "" },
	{ "k=ed25519; t=; n=; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "k=ed25519; t=strict; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "k=ed25519; g=*; x=y; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "k=ed25519; h=sha1:sha256; p=" ED25519, KEY_OK, KEY_ED25519, false, false,
	  "sha1:sha256" },
	{ "k=ed25519; s=*; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "k=ed25519; s=tlsrpt : email; p=" ED25519, KEY_OK, KEY_ED25519, false, false, "" },
	{ "k=ed25519; s=tlsrpt; p=" ED25519, KEY_PURPOSE, KEY_ED25519, false, false, "" },
	{ "v=DKIM1; p=", KEY_REVOKED, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=other; p= ; t=s", KEY_REVOKED, KEY_RSA, true, false, "" },
	{ "v=DKIM1; k=other; p=AAAA", KEY_UNKNOWN, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=RSA; p=" RSA, KEY_UNKNOWN, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=rsa; p=" SHORT_RSA, KEY_MALFORMED, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=rsa; p=" ED25519, KEY_MALFORMED, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=ed25519; p=" RSA, KEY_MALFORMED, KEY_ED25519, false, false, "" },
	{ "v=DKIM1; k=rsa; p=!", KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "v=DKIM1; k=rsa", KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "v=DKIM2; p=" RSA, KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "v=dkim1; p=" RSA, KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "v=DKIM1; p=" RSA "; p=" RSA, KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "v=DKIM1 p=" RSA, KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "", KEY_SYNTAX, KEY_RSA, false, false, "" },
	{ "v=spf1 -all", KEY_SYNTAX, KEY_RSA, false, false, "" },
};

START_TEST(record_table)
{
	struct arena *arena = arena_new();
	struct key_record k;

	key_parse(arena, span_str(records[_i].text), &k);
	ck_assert_msg(k.status == records[_i].status, "\"%s\": %d", records[_i].text,
	              (int)k.status);
	ck_assert_int_eq(k.key != NULL, k.status == KEY_OK);
	ck_assert_int_eq(k.strict, records[_i].strict);
	ck_assert_int_eq(k.testing, records[_i].testing);
	ck_assert(span_is(k.hashes, records[_i].hashes));
	if (k.status == KEY_OK) {
		ck_assert_int_eq(k.type, records[_i].type);
		ck_assert_int_eq(pkey_type(k.key), records[_i].type);
	}
	key_record_clear(&k);
	arena_free(arena);
}
END_TEST

START_TEST(too_long)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct key_record k;

	buf_str(&text, "k=ed25519; p=" ED25519 "; n=");
	while (text.n <= LIMIT_KEY_RECORD) {
		buf_chr(&text, 'x');
	}
	key_parse(arena, buf_span(&text), &k);
	ck_assert_int_eq(k.status, KEY_SYNTAX);
	key_parse(arena, span_sub(buf_span(&text), 0, LIMIT_KEY_RECORD), &k);
	ck_assert_int_eq(k.status, KEY_OK);
	key_record_clear(&k);
	buf_free(&text);
	arena_free(arena);
}
END_TEST

/* A file of keys, and what is found with it. */
static const char zone[] = "# names are found in any case\n"
			   "One._domainkey.Example.com.\tv=DKIM1; k=ed25519; p=" ED25519 "\r\n"
			   "\n"
			   "two._domainkey.example.com\tv=DKIM1; k=ed25519; p=" ED25519 "\n"
			   "two._domainkey.example.com\tv=DKIM1; p=" RSA "\n"
			   "mixed._domainkey.example.com\tv=spf1 -all\n"
			   "mixed._domainkey.example.com\tv=DKIM1; k=ed25519; p=" ED25519 "\n"
			   "mixed._domainkey.example.com\tv=TLSRPTv1; rua=mailto:p@example.com\n"
			   "broken._domainkey.example.com\tv=DKIM1; =; p=" RSA "\n"
			   "broken._domainkey.example.com\tv=DKIM1; k=ed25519; p=" ED25519 "\n"
			   "other._domainkey.example.com\tv=spf1 -all\n"
			   "empty._domainkey.example.com\t\n"
			   "sub.sel._domainkey.example.com\tp=" RSA "\n"
			   "down._domainkey.example.com\tTEMPFAIL\n";

static const struct {
	const char *selector;
	enum key_status dkim1, dkim2;
} fetches[] = {
	{ "one", KEY_OK, KEY_OK },
	{ "ONE", KEY_OK, KEY_OK },
	{ "two", KEY_OK, KEY_MULTIPLE },
	{ "mixed", KEY_OK, KEY_OK },
	{ "broken", KEY_SYNTAX, KEY_MULTIPLE },
	{ "other", KEY_SYNTAX, KEY_SYNTAX },
	{ "empty", KEY_SYNTAX, KEY_SYNTAX },
	{ "sub.sel", KEY_OK, KEY_OK },
	{ "down", KEY_UNAVAILABLE, KEY_UNAVAILABLE },
	{ "none", KEY_MISSING, KEY_MISSING },
};

START_TEST(fetch_table)
{
	struct arena *arena = arena_new();
	struct keysource source;
	struct key_record k;
	struct err e;

	ck_assert_msg(key_file_source(arena, SPAN(zone), &source, &e), "%s", e.text);
	for (int dkim2 = 0; dkim2 < 2; dkim2++) {
		key_fetch(arena, &source, span_str(fetches[_i].selector), SPAN("example.com"),
		          dkim2, &k);
		ck_assert_msg(k.status == (dkim2 ? fetches[_i].dkim2 : fetches[_i].dkim1), "%s: %d",
		              fetches[_i].selector, (int)k.status);
		ck_assert(!k.authenticated);
		key_record_clear(&k);
	}
	arena_free(arena);
}
END_TEST

static struct txt odd_answer(void *self, struct arena *arena, struct span name)
{
	(void)arena;
	ck_assert(span_is(name, "s._domainkey.example.com"));
	return *(struct txt *)self;
}

START_TEST(fetch_odd)
{
	struct arena *arena = arena_new();
	struct txt answer = { .status = TXT_REFUSED };
	struct keysource source = { .self = &answer, .txt = odd_answer };
	struct span text = SPAN("k=ed25519; p=" ED25519);
	struct key_record k;

	key_fetch(arena, &source, SPAN("s"), SPAN("example.com"), false, &k);
	ck_assert_int_eq(k.status, KEY_LOOKUPS);
	key_fetch(arena, &source, SPAN("s"), SPAN("example.com"), true, &k);
	ck_assert_int_eq(k.status, KEY_MISSING);
	answer = (struct txt){ .status = TXT_FOUND };
	key_fetch(arena, &source, SPAN("s"), SPAN("example.com"), true, &k);
	ck_assert_int_eq(k.status, KEY_MISSING);
	answer = (struct txt){
		.status = TXT_FOUND, .records = &text, .n = 1, .authenticated = true
	};
	key_fetch(arena, &source, SPAN("s"), SPAN("example.com"), true, &k);
	ck_assert_int_eq(k.status, KEY_OK);
	ck_assert(k.authenticated);
	key_record_clear(&k);
	arena_free(arena);
}
END_TEST

/* The text of a key reads back as that key. */
START_TEST(text_reads_back)
{
	struct arena *arena = arena_new();
	struct key_record k;
	struct span text;
	struct err e;

	key_parse(arena, SPAN("p=" RSA), &k);
	ck_assert(key_text(arena, k.key, &text, &e));
	ck_assert(span_is(text, "v=DKIM1; k=rsa; p=" RSA));
	key_record_clear(&k);
	key_parse(arena, SPAN("k=ed25519; p=" ED25519), &k);
	ck_assert(key_text(arena, k.key, &text, &e));
	ck_assert(span_is(text, "v=DKIM1; k=ed25519; p=" ED25519));
	key_record_clear(&k);
	arena_free(arena);
}
END_TEST

/* text of a file, name, the texts found there joined with '|' (NULL: none) */
static const struct {
	const char *file, *name, *want;
} files[] = {
	{ "{\"example.com\": {\"a._domainkey\": [[\"txt\", \"one\"], [\"txt\", \"two\"]]}}",
	  "a._domainkey.example.com", "one|two" },
	{ "{\"example.com\": {\"a\": [[\"txt\", \"o\", \"ne\"], [\"mx\", \"x\"]]}}",
	  "a.example.com", "one" },
	{ "{\"example.com\": {\"a\": [[\"mx\", \"x\"]]}}", "a.example.com", NULL },
	{ "{\"a.example.com\": \"one\"}", "A.example.COM.", "one" },
	{ "{\"a.example.com\": [\"one\", \"two\"]}", "a.example.com", "one|two" },
	{ "{\"a.example.com\": {\"TXT\": [[\"o\", \"ne\"], [\"two\"]]}}", "a.example.com",
	  "one|two" },
	{ "{\"a.example.com\": \"one\"}", "example.com", NULL },
	{ "{\"a.example.com\": \"TEMPFAIL\"}", "a.example.com", "TEMPFAIL" },
	{ "{}", "a.example.com", NULL },
	{ "", "a.example.com", NULL },
	{ "a\t one \tmore\nb\ttwo", "a", " one \tmore" },
	{ "a\t one \tmore\nb\ttwo", "b", "two" },
};

START_TEST(file_table)
{
	struct arena *arena = arena_new();
	struct buf got = BUF_INIT;
	struct keysource source;
	struct txt answer;
	struct err e;

	ck_assert_msg(key_file_source(arena, span_str(files[_i].file), &source, &e), "%s", e.text);
	answer = source.txt(source.self, arena, span_str(files[_i].name));
	if (!files[_i].want) {
		ck_assert_int_eq(answer.status, TXT_NONE);
	} else if (span_is(span_str(files[_i].want), "TEMPFAIL")) {
		ck_assert_int_eq(answer.status, TXT_TEMPORARY);
	} else {
		ck_assert_int_eq(answer.status, TXT_FOUND);
		for (size_t i = 0; i < answer.n; i++) {
			if (i) {
				buf_chr(&got, '|');
			}
			buf_add(&got, answer.records[i]);
		}
		ck_assert_str_eq(got.p, files[_i].want);
	}
	buf_free(&got);
	arena_free(arena);
}
END_TEST

static const char *const bad_files[] = {
	"no tab here\n",
	"a\tone\n\ttwo\n",
	"{",
	"{\"a\": 1}",
	"{\"a\": {\"b\": 1}}",
	"{\"a\": {\"b\": [[\"txt\", 1]]}}",
	"{\"a\": \"one\", \"a\": \"two\"}",
};

START_TEST(file_refuses)
{
	struct arena *arena = arena_new();
	struct keysource source;
	struct err e = { .class = ERR_NONE };

	ck_assert(!key_file_source(arena, span_str(bad_files[_i]), &source, &e));
	ck_assert_int_eq(e.class, ERR_PERMANENT);
	arena_free(arena);
}
END_TEST

Suite *key_suite(void);

Suite *key_suite(void)
{
	Suite *suite = suite_create("auth/key");
	TCase *t = tcase_create("key");

	tcase_add_loop_test(t, record_table, 0, sizeof(records) / sizeof(records[0]));
	tcase_add_test(t, too_long);
	tcase_add_loop_test(t, fetch_table, 0, sizeof(fetches) / sizeof(fetches[0]));
	tcase_add_test(t, fetch_odd);
	tcase_add_test(t, text_reads_back);
	tcase_add_loop_test(t, file_table, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_loop_test(t, file_refuses, 0, sizeof(bad_files) / sizeof(bad_files[0]));
	suite_add_tcase(suite, t);
	return suite;
}
