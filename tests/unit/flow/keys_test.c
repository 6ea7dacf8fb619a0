#include "flow/keys.h"

#include "base/limits.h"
#include "unit/flow/scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scene s;
static struct keyring ring;

static void setup(void)
{
	scene_open(&s);
}

static void teardown(void)
{
	keys_free(&ring);
	scene_close(&s);
}

#define MADE 1800000000
#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static bool generate(const char *domain, const char *selector, enum key_type type)
{
	return keys_generate(s.arena, &s.c->paths, span_str(domain), span_str(selector), type, 2048,
	                     KEYS_ACTIVE, MADE, &s.e);
}

static bool pending(const char *domain, const char *selector, enum key_type type)
{
	return keys_generate(s.arena, &s.c->paths, span_str(domain), span_str(selector), type, 2048,
	                     KEYS_PENDING, MADE, &s.e);
}

static bool load(const char *domain)
{
	keys_free(&ring);
	return keys_load(s.arena, &s.c->paths, span_str(domain), &ring, &s.e);
}

static const char *key_path(const char *name)
{
	return arena_printf(s.arena, "%s/%s", s.c->paths.keys, name).p;
}

START_TEST(none)
{
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 0);
	ok(&s, load(""));
	ck_assert_uint_eq(ring.n, 0);
	ck_assert(mkdir(key_path("lists.example"), 0700) == 0);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 0);
}
END_TEST

START_TEST(generated)
{
	struct stat st;
	ok(&s, generate("Lists.EXAMPLE", "e1", KEY_ED25519));
	ck_assert(stat(key_path("lists.example/e1.pem"), &st) == 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert(stat(key_path("lists.example"), &st) == 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_uint_eq(scene_entries(key_path("lists.example")), 2);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
	assert_span(ring.domain, "lists.example");
	assert_span(ring.v[0].domain, "lists.example");
	assert_span(ring.v[0].selector, "e1");
}
END_TEST

START_TEST(selector_taken)
{
	ok(&s, generate("lists.example", "e1", KEY_ED25519));
	struct span before = scene_read(&s, key_path("lists.example/e1.pem"));
	fails(&s, ERR_PERMANENT, "has a key already", generate("lists.example", "e1", KEY_ED25519));
	ck_assert(span_eq(before, scene_read(&s, key_path("lists.example/e1.pem"))));
}
END_TEST

/* One an algorithm, RSA first; of several the last in the alphabet when they are of one age. */
START_TEST(order)
{
	ok(&s, generate("lists.example", "b", KEY_ED25519));
	ok(&s, generate("lists.example", "z", KEY_RSA));
	ok(&s, generate("lists.example", "a", KEY_ED25519));
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 2);
	ck_assert_int_eq(pkey_type(ring.v[0].key), KEY_RSA);
	assert_span(ring.v[0].selector, "z");
	assert_span(ring.v[1].selector, "b");
}
END_TEST

/* Whose keys sign mail of a domain: its own, else the nearest parent's. */
static const struct {
	const char *domain, *want;
} parents[] = {
	{ "example", "example" },
	{ "lists.example", "lists.example" },
	{ "dev.lists.example", "lists.example" },
	{ "a.b.c.lists.example", "lists.example" },
	{ "other.example", "example" },
	{ "bare.lists.example", "lists.example" },
	{ "notlists.example", "example" },
	{ "example.org", "" },
	{ "xexample", "" },
	{ ".example", "example" },
};

START_TEST(parent)
{
	ok(&s, generate("example", "e1", KEY_ED25519));
	ok(&s, generate("lists.example", "e2", KEY_ED25519));
	ck_assert(mkdir(key_path("bare.lists.example"), 0700) == 0);
	for (int i = 0; i < LENGTH(parents); i++) {
		ok(&s, load(parents[i].domain));
		ck_assert_uint_eq(ring.n, parents[i].want[0] ? 1 : 0);
		if (ring.n > 0) {
			assert_span(ring.domain, parents[i].want);
			assert_span(ring.v[0].domain, parents[i].want);
		}
	}
}
END_TEST

/* One key that others can read, and none of them is used. */
START_TEST(readable_by_others)
{
	static const mode_t modes[] = { 0640, 0604, 0660, 0601, 0644, 0777, 0610 };
	struct key_entry *list;
	size_t n;
	ok(&s, generate("lists.example", "e1", KEY_ED25519));
	ok(&s, generate("lists.example", "e2", KEY_ED25519));
	for (int i = 0; i < LENGTH(modes); i++) {
		ck_assert(chmod(key_path("lists.example/e2.pem"), modes[i]) == 0);
		fails(&s, ERR_TEMPORARY, "lists.example/e2.pem\" can be read by others",
		      load("lists.example"));
		ck_assert(strstr(s.e.text, "chmod 600"));
		ck_assert_uint_eq(ring.n, 0);
		fails(&s, ERR_TEMPORARY, "can be read by others", load("dev.lists.example"));
		fails(&s, ERR_TEMPORARY, "can be read by others",
		      keys_list(s.arena, &s.c->paths, SPAN(""), &list, &n, &s.e));
	}
	ck_assert(chmod(key_path("lists.example/e2.pem"), 0400) == 0);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
}
END_TEST

static const char *const bad_selectors[] = {
	"", ".", "..", "a/b", "/", "../../x", ".a", "a.", "a..b", "a b", "a\nb", "a:b", "a;b", "a*",
	"\xc3\xa4", "a\x01", "a,b", "a=b",
	"0123456789012345678901234567890123456789012345678901234567890123",
};
static const char *const good_selectors[] = {
	"a", "A", "0", "2026-11_x", "a.b.c", "-", "_", "pem", "a.pem",
	"012345678901234567890123456789012345678901234567890123456789012",
};

START_TEST(selectors)
{
	for (int i = 0; i < LENGTH(bad_selectors); i++) {
		fails(&s, ERR_MISUSE, "not a selector",
		      generate("l.example", bad_selectors[i], KEY_ED25519));
	}
	ck_assert_uint_eq(scene_entries(s.c->paths.keys), 0);
	for (int i = 0; i < LENGTH(good_selectors); i++) {
		const char *domain = arena_printf(s.arena, "d%d.example", i).p;
		ok(&s, generate(domain, good_selectors[i], KEY_ED25519));
		ok(&s, load(domain));
		ck_assert_uint_eq(ring.n, 1);
		assert_span(ring.v[0].selector, good_selectors[i]);
	}
}
END_TEST

static const char *const bad_domains[] = {
	"", ".", "..", "../x", "/etc", "a/b", "a..b", ".example", "a b.example", "a\nb", "-\xff-",
};

START_TEST(domains)
{
	for (int i = 0; i < LENGTH(bad_domains); i++) {
		s.e = (struct err){ 0 };
		ck_assert_msg(!generate(bad_domains[i], "e1", KEY_ED25519), "\"%s\"",
		              bad_domains[i]);
		ck_assert(s.e.text[0] != '\0');
	}
	ck_assert_uint_eq(scene_entries(s.c->paths.keys), 0);
	ok(&s, generate("b\xc3\xbc" "cher.example", "e1", KEY_ED25519));
	ok(&s, load("xn--bcher-kva.example"));
	ck_assert_uint_eq(ring.n, 1);
}
END_TEST

/* A copy has room for so many signatures. */
START_TEST(too_many)
{
	for (unsigned i = 0; i < LIMIT_SETS; i++) {
		ok(&s, generate("lists.example", arena_printf(s.arena, "e%u", i).p, KEY_ED25519));
	}
	fails(&s, ERR_PERMANENT, "has 8 keys", generate("lists.example", "e8", KEY_ED25519));
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
	/* By hand it can be done. */
	struct span pem = scene_read(&s, key_path("lists.example/e1.pem"));
	scene_write(&s, "data/keys/lists.example/e8.pem", pem, 0600);
	fails(&s, ERR_PERMANENT, "lists.example\" holds 9 active keys", load("lists.example"));
	ck_assert_uint_eq(ring.n, 0);
	struct key_entry *list;
	size_t n;
	ok(&s, keys_list(s.arena, &s.c->paths, SPAN("lists.example"), &list, &n, &s.e));
	ck_assert_uint_eq(n, LIMIT_SETS + 1);
}
END_TEST

/* What lies in the folder and is no key of ours. */
START_TEST(odd_files)
{
	ok(&s, generate("lists.example", "e1", KEY_ED25519));
	scene_write(&s, "data/keys/lists.example/notes.txt", SPAN("x"), 0644);
	scene_write(&s, "data/keys/lists.example/.e3.pem", SPAN("x"), 0644);
	scene_write(&s, "data/keys/lists.example/e1.pem~", SPAN("x"), 0644);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
	static const char *const contents[] = {
		"", "no key\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	};
	for (int i = 0; i < LENGTH(contents); i++) {
		scene_write(&s, "data/keys/lists.example/e2.pem", span_str(contents[i]), 0600);
		s.e = (struct err){ 0 };
		ck_assert(!load("lists.example"));
		ck_assert_msg(strstr(s.e.text, "lists.example/e2.pem"), "%s", s.e.text);
		ck_assert_uint_eq(ring.n, 0);
	}
	ck_assert(unlink(key_path("lists.example/e2.pem")) == 0);
	ck_assert(symlink("nowhere", key_path("lists.example/e2.pem")) == 0);
	fails(&s, ERR_TEMPORARY, "e2.pem", load("lists.example"));
	ck_assert(unlink(key_path("lists.example/e2.pem")) == 0);
	ck_assert(mkdir(key_path("lists.example/e2.pem"), 0700) == 0);
	fails(&s, ERR_TEMPORARY, "e2.pem", load("lists.example"));
}
END_TEST

START_TEST(listed)
{
	struct key_entry *list;
	size_t n;
	ok(&s, keys_list(s.arena, &s.c->paths, SPAN(""), &list, &n, &s.e));
	ck_assert_uint_eq(n, 0);
	ok(&s, generate("b.example", "e1", KEY_ED25519));
	ok(&s, generate("a.example", "e2", KEY_ED25519));
	ok(&s, generate("a.example", "e1", KEY_ED25519));
	ok(&s, keys_list(s.arena, &s.c->paths, SPAN(""), &list, &n, &s.e));
	ck_assert_uint_eq(n, 3);
	assert_span(list[0].name, "e1._domainkey.a.example");
	assert_span(list[1].name, "e2._domainkey.a.example");
	assert_span(list[2].name, "e1._domainkey.b.example");
	ck_assert(span_starts(list[2].record, SPAN("v=DKIM1; k=ed25519; p=")));
	ck_assert(!span_eq(list[0].record, list[1].record));
	ok(&s, keys_list(s.arena, &s.c->paths, SPAN("B.Example"), &list, &n, &s.e));
	ck_assert_uint_eq(n, 1);
	ok(&s, keys_list(s.arena, &s.c->paths, SPAN("c.b.example"), &list, &n, &s.e));
	ck_assert_uint_eq(n, 0); /* a parent's keys are not its own */
}
END_TEST

static bool present(const char *domain)
{
	bool out;
	ok(&s, keys_present(s.arena, &s.c->paths, span_str(domain), &out, &s.e));
	return out;
}

/* As keys_load finds them, but without opening one. */
START_TEST(found_by_name)
{
	ck_assert(!present("lists.example"));
	ok(&s, generate("example", "e1", KEY_ED25519));
	ok(&s, generate("b.test", "e1", KEY_ED25519));
	ck_assert(chmod(key_path("b.test/e1.pem"), 0) == 0);
	ck_assert(present("example"));
	ck_assert(present("Lists.EXAMPLE"));
	ck_assert(present("b.test"));
	ck_assert(!present("test"));
	ck_assert(!present(""));
	ck_assert(!present("../keys/example"));
	ck_assert(!present("bad..example"));
}
END_TEST

static struct key_entry *entry(const char *domain, const char *selector)
{
	struct key_entry *list;
	size_t n;
	ok(&s, keys_list(s.arena, &s.c->paths, span_str(domain), &list, &n, &s.e));
	for (size_t i = 0; i < n; i++) {
		if (span_is(list[i].selector, selector)) {
			return &list[i];
		}
	}
	ck_abort_msg("no %s", selector);
}

static bool change(const char *selector, enum keys_state state, int64_t now)
{
	return keys_change(s.arena, &s.c->paths, entry("lists.example", selector), state, now,
	                   &s.e);
}

/* A pending key signs nothing, then it takes the place of the old one, and back. */
START_TEST(rotation)
{
	struct stat st;
	ok(&s, generate("lists.example", "z", KEY_ED25519));
	ok(&s, pending("lists.example", "a", KEY_ED25519));
	ck_assert_int_eq(entry("lists.example", "a")->state, KEYS_PENDING);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
	assert_span(ring.v[0].selector, "z");
	ck_assert(!entry("lists.example", "a")->signs && entry("lists.example", "z")->signs);

	ok(&s, change("a", KEYS_ACTIVE, MADE + 10));
	ck_assert(stat(key_path("lists.example/a.pem"), &st) == 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_uint_eq(scene_entries(key_path("lists.example")), 4);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
	assert_span(ring.v[0].selector, "a");
	ck_assert(entry("lists.example", "a")->signs && !entry("lists.example", "z")->signs);
	ck_assert_int_eq(entry("lists.example", "a")->since, MADE + 10);

	ok(&s, change("a", KEYS_RETIRED, MADE + 20));
	ck_assert_int_eq(entry("lists.example", "a")->since, MADE + 20);
	ck_assert(!entry("lists.example", "a")->signs && entry("lists.example", "z")->signs);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, 1);
	assert_span(ring.v[0].selector, "z");
	fails(&s, ERR_PERMANENT, "has a key already", generate("lists.example", "a", KEY_ED25519));
}
END_TEST

/* Keys that only wait do not take mail from the parent. */
START_TEST(pending_alone)
{
	ok(&s, generate("example", "p", KEY_ED25519));
	ok(&s, pending("lists.example", "a", KEY_ED25519));
	ok(&s, load("lists.example"));
	assert_span(ring.domain, "example");
	ok(&s, change("a", KEYS_ACTIVE, MADE));
	ok(&s, load("lists.example"));
	assert_span(ring.domain, "lists.example");
	ok(&s, pending("other.test", "a", KEY_ED25519));
	ok(&s, load("other.test"));
	ck_assert_uint_eq(ring.n, 0);
}
END_TEST

/* A file that is there is never written over. */
START_TEST(change_to_taken)
{
	ok(&s, generate("lists.example", "a", KEY_ED25519));
	scene_write(&s, "data/keys/lists.example/a.retired", SPAN("x"), 0600);
	struct key_entry key = { .domain = SPAN("lists.example"), .selector = SPAN("a") };
	fails(&s, ERR_PERMANENT, "is there already",
	      keys_change(s.arena, &s.c->paths, &key, KEYS_RETIRED, MADE, &s.e));
	key.selector = SPAN("none");
	fails(&s, ERR_TEMPORARY, "none.pem",
	      keys_change(s.arena, &s.c->paths, &key, KEYS_RETIRED, MADE, &s.e));
}
END_TEST

/* Where libcrypto has no ML-DSA-44, such a key stops nobody who has another. */
START_TEST(passed_over)
{
	static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MDQCAQAwCwYJYIZIAWUDBAMRBCKAICyhyVkEnpdam+Bs52Bg37js+3BN/JmIdGxF\n"
				  "YvWKDv2m\n-----END PRIVATE KEY-----\n";
	bool has = crypto_has_mldsa44();
	ok(&s, generate("lists.example", "e1", KEY_ED25519));
	scene_write(&s, "data/keys/lists.example/m1.pem", SPAN(pem), 0600);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, has ? 2 : 1);
	assert_span(ring.v[0].selector, "e1");
	ck_assert_int_eq(ring.passed_over.n > 0, !has);
	ck_assert_int_eq(entry("lists.example", "m1")->type, KEY_MLDSA44);
	ck_assert_int_eq(entry("lists.example", "m1")->usable, has);
	ck_assert_int_eq(entry("lists.example", "m1")->signs, has);
	ck_assert(unlink(key_path("lists.example/e1.pem")) == 0);
	ok(&s, load("lists.example"));
	ck_assert_uint_eq(ring.n, has ? 1 : 0);
	if (!has) {
		ck_assert(span_ends(ring.passed_over, SPAN("lists.example/m1.pem")));
	}
}
END_TEST

Suite *keys_suite(void);

Suite *keys_suite(void)
{
	Suite *suite = suite_create("flow/keys");
	TCase *c = tcase_create("keys");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, none);
	tcase_add_test(c, generated);
	tcase_add_test(c, selector_taken);
	tcase_add_test(c, order);
	tcase_add_test(c, parent);
	tcase_add_test(c, readable_by_others);
	tcase_add_test(c, selectors);
	tcase_add_test(c, domains);
	tcase_add_test(c, too_many);
	tcase_add_test(c, odd_files);
	tcase_add_test(c, listed);
	tcase_add_test(c, found_by_name);
	tcase_add_test(c, rotation);
	tcase_add_test(c, pending_alone);
	tcase_add_test(c, change_to_taken);
	tcase_add_test(c, passed_over);
	suite_add_tcase(suite, c);
	return suite;
}
