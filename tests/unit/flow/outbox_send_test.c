/* Our own mail from a letter to the relay. */

#include "flow/outbox_send.h"

#include "auth/verify.h"
#include "base/file.h"
#include "flow/journal.h"
#include "flow/keys.h"
#include "flow/outbox.h"
#include "flow/predecessor.h"
#include "mail/msgid.h"
#include "rules/setting.h"
#include "store/blob.h"
#include "store/lists.h"
#include "unit/flow/scene.h"
#include "unit/net/servers.h"

#include <string.h>
#include <unistd.h>

#define NOW CHAIN_NOW
#define CHAIN_NOW 1800000000

static struct scene s;
static struct server relay;
static struct list list;
static struct compose compose;
static struct outbox_send work;

static int64_t fixed(const struct env *env)
{
	return env->fixed_now;
}

static void key(const char *domain)
{
	ok(&s, keys_generate(s.arena, &s.c->paths, span_str(domain), SPAN("k"), KEY_ED25519, 0,
	                     KEYS_ACTIVE, NOW, &s.e));
}

static void setup(void)
{
	scene_open(&s);
	ok(&s, context_need(s.c, CONTEXT_STORE, &s.e));
	s.c->env.now = fixed;
	s.c->env.fixed_now = NOW;
	s.c->site.hostname = SPAN("mx.site.example");
	s.c->log.level = LOG_LEVEL_ERROR;
	setting_defaults(s.arena, SETTING_LIST, &list);
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	ok(&s, store_list_create(s.c->store, list.local, list.domain, NOW, &list.id, &s.e));
	key("lists.example");
	compose = (struct compose){
		.from = SPAN("dev+help@lists.example"),
		.to = SPAN("ann@one.example"),
		.subject = SPAN("Welcome"),
		.text = SPAN("Hello.\n"),
		.auto_submitted = SPAN("auto-replied"),
	};
	server_folder(&relay);
	work = (struct outbox_send){ .c = s.c, .journal = -1 };
}

static void teardown(void)
{
	smtp_free(work.smtp);
	arena_free(work.arena);
	if (work.journal >= 0) {
		close(work.journal);
	}
	server_forget(&relay);
	scene_close(&s);
}

/* The relay with SCRIPT, and our end of it. */
static void connect_to(const char *script)
{
	server_write(&relay, "script", span_str(script));
	server_start(&relay, "sink", "-o out -r script");
	struct span url = arena_printf(s.arena, "smtp://127.0.0.1:%u", relay.port);
	struct smtp_config config = { .url = url, .connections = 4, .hostname = SPAN("x.example") };
	work.smtp = smtp_new(&config, &s.e);
	ck_assert_msg(work.smtp != NULL, "%s", s.e.text);
	work.journal = journal_open(s.c, 0, &s.e);
	ck_assert_int_ge(work.journal, 0);
}

static void send_round(size_t rows)
{
	arena_free(work.arena);
	work.arena = arena_new();
	work.rows = work.finished = 0;
	work.relay_down = false;
	ok(&s, outbox_send(&work, &s.e));
	ck_assert_uint_eq(work.rows, rows);
}

static void post(const struct letter *l)
{
	ok(&s, store_begin(s.c->store, &s.e));
	ok(&s, outbox_post(s.c, l, &s.e));
	ok(&s, store_commit(s.c->store, &s.e));
}

static struct letter letter(void)
{
	return (struct letter){
		.list = &list,
		.kind = "test",
		.recipient = SPAN("ann@one.example"),
		.compose = &compose,
	};
}

static struct outgoing row(int64_t id)
{
	struct outgoing o;
	bool found;
	ok(&s, store_outbox_get(s.c->store, s.arena, id, &o, &found, &s.e));
	ck_assert(found);
	return o;
}

static struct message received(const char *name)
{
	struct message m;
	struct span raw = server_file(s.arena, &relay, name);
	ok(&s, message_parse(s.arena, raw, &m, &s.e));
	return m;
}

/* The records of our own keys. */
static struct txt own_txt(void *self, struct arena *arena, struct span name)
{
	struct key_entry *v;
	struct txt answer = { .status = TXT_NONE };
	size_t n;
	(void)self;
	ok(&s, keys_list(arena, &s.c->paths, SPAN(""), &v, &n, &s.e));
	for (size_t i = 0; i < n; i++) {
		if (span_ieq(v[i].name, name)) {
			answer = (struct txt){ .status = TXT_FOUND, .records = &v[i].record, .n = 1 };
		}
	}
	return answer;
}

static struct verdict verify(const struct message *m, struct span mail_from, struct span rcpt)
{
	struct keysource source = { .txt = own_txt };
	struct envelope envelope = { true, mail_from, &rcpt, 1 };
	struct verify_options options = { NOW, SPAN("") };
	struct verdict v;
	verify_message(s.arena, m, &envelope, &source, &options, &v);
	return v;
}

/* ---- */

static const struct {
	const char *mail_from;
	bool site; /* not the list's */
} envelopes[] = {
	{ "dev+owner-bounces@lists.example", false },
	{ "", false },
	{ "", true },
};
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

START_TEST(signed_and_sent)
{
	struct letter l = letter();
	key("site.example");
	l.mail_from = span_str(envelopes[_i].mail_from);
	if (envelopes[_i].site) {
		l.list = NULL;
		compose.from = SPAN("postmaster@mx.site.example");
	}
	post(&l);
	assert_span(row(1).domain, envelopes[_i].site ? "mx.site.example" : "lists.example");
	connect_to("");
	send_round(1);
	ck_assert_int_eq(row(1).state, OUTBOX_SENT);
	ck_assert(span_starts(row(1).reply, SPAN("250")));
	ck_assert_int_eq(row(1).attempts, 1);
	struct message m = received("out/001.eml");
	assert_span(server_file(s.arena, &relay, "out/001.env"),
	            arena_printf(s.arena, "<%s>\n<ann@one.example>\n", envelopes[_i].mail_from).p);
	ck_assert(span_eq(msgid_of(s.arena, &m), row(1).message_id));
	struct verdict v = verify(&m, l.mail_from, l.recipient);
	ck_assert_msg(v.dkim2.result == AUTH_PASS, "%.*s", SPAN_FMT(v.dkim2.text));
	ck_assert_uint_eq(v.dkim2.nhops, 1);
	ck_assert(v.dkim2.author_signed);
	ck_assert_int_eq(v.dkim1[0].result, AUTH_PASS);
	send_round(0);
}
END_TEST

START_TEST(answers_of_the_relay)
{
	struct letter l = letter();
	static const char *const to[] = { "ok@one.example", "later@one.example", "gone@one.example" };
	for (size_t i = 0; i < 3; i++) {
		l.recipient = span_str(to[i]);
		post(&l);
	}
	connect_to("rcpt later@* reply 451 4.7.1 greylisted\nrcpt gone@* reply 550 5.1.1 no\n");
	send_round(3);
	ck_assert_int_eq(row(1).state, OUTBOX_SENT);
	assert_span(row(1).blob, "");
	ck_assert_int_eq(row(2).state, OUTBOX_WAITING);
	assert_span(row(2).reply, "451 4.7.1 greylisted");
	ck_assert_int_eq(row(2).attempts, 1);
	ck_assert(row(2).next_at >= NOW + 270 && row(2).next_at <= NOW + 330);
	ck_assert_int_eq(row(3).state, OUTBOX_FAILED);
	assert_span(row(3).reply, "550 5.1.1 no");
	/* Patience ends. */
	s.c->env.fixed_now = NOW + (int64_t)s.c->site.retry_for;
	send_round(1);
	ck_assert_int_eq(row(2).state, OUTBOX_FAILED);
}
END_TEST

START_TEST(relay_down)
{
	struct letter l = letter();
	post(&l);
	post(&l);
	connect_to("connect * reply-then-close 421 4.3.2 busy\n");
	send_round(2);
	ck_assert(work.relay_down);
	for (int64_t id = 1; id <= 2; id++) {
		ck_assert_int_eq(row(id).state, OUTBOX_WAITING);
		ck_assert_int_eq(row(id).attempts, 0);
		ck_assert_int_eq(row(id).next_at, NOW + 5);
	}
}
END_TEST

/* No key: that letter is stuck and says what to do; the others go. */
START_TEST(no_key)
{
	struct letter l = letter();
	l.domain = SPAN("other.example");
	post(&l);
	l.domain = SPAN("");
	post(&l);
	connect_to("");
	send_round(2);
	ck_assert_int_eq(row(1).state, OUTBOX_STUCK);
	ck_assert(span_find(row(1).reply, SPAN("ladle key gen other.example")) != SPAN_NONE);
	ck_assert_int_eq(row(2).state, OUTBOX_SENT);
}
END_TEST

/* A list that signs nothing sends its own mail so, too. */
START_TEST(unsigned_list)
{
	struct letter l = letter();
	ok(&s, store_list_set(s.c->store, list.id, setting_find(SETTING_LIST, SPAN("sign")),
	                      SPAN("no"), &s.e));
	post(&l);
	connect_to("");
	send_round(1);
	struct message m = received("out/001.eml");
	ck_assert_uint_eq(message_count(&m, "DKIM-Signature") + message_count(&m, "DKIM2-Signature"),
	                  0);
}
END_TEST

/* Mail that is handed on: byte for byte, the chain going on, through the domain it came to. */
START_TEST(handed_on)
{
	struct letter l = letter();
	l.mail_from = SPAN("bob@lists.example");
	l.recipient = SPAN("dev+owner@alias.example");
	key("alias.example");
	post(&l);
	connect_to("");
	send_round(1);
	struct message first = received("out/001.eml");
	l = (struct letter){
		.list = &list,
		.kind = "owner",
		.priority = OUTBOX_REPORT,
		.mail_from = SPAN("dev+owner-bounces@lists.example"),
		.recipient = SPAN("carl@three.example"),
		.raw = first.raw,
		.chain = OUTBOX_CONTINUE,
		.via = SPAN("alias.example"),
	};
	post(&l);
	send_round(1);
	struct message m = received("out/002.eml");
	ck_assert(span_ends(m.raw, first.raw));
	struct verdict v = verify(&m, l.mail_from, l.recipient);
	ck_assert_msg(v.dkim2.result == AUTH_PASS, "%.*s", SPAN_FMT(v.dkim2.text));
	ck_assert_uint_eq(v.dkim2.nhops, 3);
	ck_assert_uint_eq(v.dkim2.ninstances, 1);

	l.raw = SPAN("From: a@b.example\r\n\r\n\303\244 plain\r\n");
	l.chain = OUTBOX_PLAIN;
	l.via = SPAN("");
	post(&l);
	send_round(1);
	m = received("out/003.eml");
	ck_assert(span_ends(m.raw, l.raw));
	ck_assert_uint_eq(message_count(&m, "DKIM2-Signature"), 0);
	ck_assert_uint_eq(message_count(&m, "DKIM-Signature"), 1);
}
END_TEST

START_TEST(smtputf8)
{
	struct letter l = letter();
	compose.to = l.recipient = SPAN("\303\244nn@one.example");
	post(&l);
	ck_assert(row(1).utf8);
	connect_to("");
	send_round(1);
	ck_assert_int_eq(row(1).state, OUTBOX_SENT);
	ck_assert(span_find(server_file(s.arena, &relay, "out/001.params"), SPAN("SMTPUTF8")) !=
	          SPAN_NONE);
}
END_TEST

/* Accepted, in the journal, not settled: not sent again. */
START_TEST(worker_dies)
{
	struct letter l = letter();
	struct outgoing *v;
	int64_t released;
	size_t n;
	post(&l);
	post(&l);
	connect_to("");
	ok(&s, store_outbox_claim(s.c->store, s.arena, 0, 10, NOW, &v, &n, &s.e));
	ck_assert_uint_eq(n, 2);
	ok(&s, journal_reserve(work.journal, 3, &s.e));
	ok(&s, journal_put(work.journal, 0, 7, 8, &s.e)); /* of a post */
	ok(&s, journal_put(work.journal, 1, JOURNAL_OUTBOX, 2, &s.e));
	ok(&s, predecessor_give_back(s.c, 0, &released, &s.e));
	ck_assert_int_eq(released, 1);
	ck_assert_int_eq(row(2).state, OUTBOX_SENT);
	ck_assert_int_eq(row(1).state, OUTBOX_WAITING);
	send_round(1);
	ck_assert_int_eq(row(1).state, OUTBOX_SENT);
	ck_assert_uint_eq(server_file(s.arena, &relay, "out/002.eml").n, 0);
}
END_TEST

/* Bytes that are gone: that letter waits; nothing else does. */
START_TEST(no_bytes)
{
	struct letter l = letter();
	post(&l);
	ok(&s, blob_rm(s.c->paths.msg, row(1).blob, &s.e));
	post(&l);
	connect_to("");
	send_round(2);
	ck_assert_int_eq(row(1).state, OUTBOX_WAITING);
	ck_assert_int_eq(row(1).next_at, NOW + 300);
	ck_assert_int_eq(row(2).state, OUTBOX_SENT);
}
END_TEST

/* A letter that was not committed was never written. */
START_TEST(with_the_transaction)
{
	struct letter l = letter();
	ok(&s, store_begin(s.c->store, &s.e));
	ok(&s, outbox_post(s.c, &l, &s.e));
	store_rollback(s.c->store);
	connect_to("");
	send_round(0);
}
END_TEST

Suite *outbox_send_suite(void);

Suite *outbox_send_suite(void)
{
	Suite *suite = suite_create("flow/outbox_send");
	TCase *c = tcase_create("outbox_send");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, signed_and_sent, 0, COUNT(envelopes));
	tcase_add_test(c, answers_of_the_relay);
	tcase_add_test(c, relay_down);
	tcase_add_test(c, no_key);
	tcase_add_test(c, unsigned_list);
	tcase_add_test(c, handed_on);
	tcase_add_test(c, smtputf8);
	tcase_add_test(c, worker_dies);
	tcase_add_test(c, no_bytes);
	tcase_add_test(c, with_the_transaction);
	suite_add_tcase(suite, c);
	return suite;
}
