/*
 * Who is told of a refusal, by messages that are really signed and really checked: a report
 * goes where a signature leads, and nowhere else.
 */

#include "flow/refusal.h"

#include "auth/verify.h"
#include "flow/keys.h"
#include "mail/addr.h"
#include "mail/mime.h"
#include "mail/msgid.h"
#include "rules/setting.h"
#include "store/blob.h"
#include "store/lists.h"
#include "store/outbox.h"
#include "store/refusals.h"
#include "unit/auth/chain.h"
#include "unit/flow/scene.h"

#include <stdlib.h>
#include <string.h>

#define LIST   "dev@lists.example"
#define VICTIM "victim@innocent.example"

static struct scene s;
static struct chain *chain;
static struct list list;
static int64_t now;

static int64_t fixed(const struct env *env)
{
	return env->fixed_now;
}

static void key(const char *domain)
{
	ok(&s, keys_generate(s.arena, &s.c->paths, span_str(domain), SPAN("k"), KEY_ED25519, 0,
	                     KEYS_ACTIVE, CHAIN_NOW, &s.e));
}

static void setup(void)
{
	scene_open(&s);
	ok(&s, context_need(s.c, CONTEXT_STORE, &s.e));
	chain = chain_new();
	now = CHAIN_NOW;
	s.c->env.now = fixed;
	s.c->env.fixed_now = CHAIN_NOW;
	s.c->site.hostname = SPAN("mx.lists.example");
	setting_defaults(s.arena, SETTING_LIST, &list);
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	ok(&s, store_list_create(s.c->store, list.local, list.domain, CHAIN_NOW, &list.id, &s.e));
	key("lists.example");
}

static void teardown(void)
{
	chain_free(chain);
	scene_close(&s);
}

/* ---- one message that is refused ---- */

struct mail {
	struct span raw;
	struct span mail_from, rcpt;
	bool handed, no_list;
	const char *rule;
};

static struct refusal_choice refuse(const struct mail *in)
{
	struct arena *arena = s.arena;
	struct message m;
	struct verdict v;
	struct mailbox author;
	struct span rcpt = in->rcpt;
	struct envelope envelope = { true, in->mail_from, &rcpt, 1 };
	struct verify_options options = { now, SPAN("") };
	struct refusal_choice choice;
	ok(&s, message_parse(arena, in->raw, &m, &s.e));
	verify_message(arena, &m, &envelope, &chain->source, &options, &v);
	struct refusal r = {
		.list = in->no_list ? NULL : &list,
		.message = &m,
		.verdict = &v,
		.mail_from = in->mail_from,
		.recipient = in->rcpt,
		.arrived_as = in->rcpt,
		.author = addr_author(arena, &m, &author) ? author.addr : SPAN(""),
		.message_id = msgid_of(arena, &m),
		.rule = in->rule ? in->rule : "nonmember",
		.reason = SPAN("the author is not a member"),
		.arrived = now,
		.handed = in->handed,
	};
	ok(&s, refusal_decide(s.c, arena, &r, &choice, &s.e));
	ok(&s, refusal_post(s.c, arena, &r, &choice, &s.e));
	return choice;
}

static struct outgoing *letters(size_t *n)
{
	struct outgoing *v;
	ok(&s, store_outbox_ls(s.c->store, s.arena, OUTBOX_WAITING, 0, 100000, &v, n, &s.e));
	return v;
}

/* ---- the generated set ---- */

/* From and MAIL FROM of author N; a domain each, so that no limit is met. */
static struct span author(unsigned n)
{
	return arena_printf(s.arena, "ann%u@d%u.example", n, n);
}

static struct span written(unsigned n, const char *extra)
{
	return arena_printf(s.arena,
	                    "%sFrom: <ann%u@d%u.example>\r\nTo: " LIST "\r\nSubject: %u\r\n"
	                    "Message-ID: <%u@d%u.example>\r\n\r\nHello there, says number %u.\r\n",
	                    extra, n, n, n, n, n, n);
}

static struct span signed_by(unsigned n, struct span raw, const char *mf, const char *rt)
{
	const char *d = arena_printf(s.arena, "d%u.example", n).p;
	struct chain_hop hop = { .d = d, .mf = mf, .rt = rt };
	return chain_hop(chain, raw, &hop);
}

static struct span signed_as_usual(unsigned n, const char *extra)
{
	return signed_by(n, written(n, extra), author(n).p, LIST);
}

/* DKIM1 by DOMAIN. */
static struct span dkim1(struct span raw, struct span domain)
{
	struct signer signer = { domain, SPAN("ed"), chain->ed25519 };
	struct message m;
	struct digest body;
	struct buf out = BUF_INIT;
	ok(&s, message_parse(s.arena, raw, &m, &s.e));
	canon_body_hash(CANON_RELAXED, HASH_SHA256, m.body, &body);
	ok(&s, dkim1_sign(&signer, m.fields, m.count, &body, CHAIN_NOW, &out, &s.e));
	buf_add(&out, raw);
	return buf_move(&out, s.arena);
}

/* RAW with the first FROM replaced. */
static struct span replaced(struct span raw, const char *from, const char *to)
{
	size_t at = span_find(raw, span_str(from));
	ck_assert_uint_ne(at, SPAN_NONE);
	return arena_join(s.arena, span_sub(raw, 0, at), span_str(to),
	                  span_from(raw, at + strlen(from)), SPAN_END);
}

/* One letter of the signature of the topmost signature field, another. */
static struct span broken_value(struct span raw)
{
	size_t at = span_find(raw, SPAN(":ed25519-sha256:")) + 30;
	char *p = arena_alloc(s.arena, raw.n + 1);
	memcpy(p, raw.p, raw.n);
	while (p[at] < 'A' || p[at] > 'Y') {
		at++;
	}
	p[at]++;
	return (struct span){ p, raw.n };
}

/* Each makes message N into *OUT and says who must be told; empty: nobody. */
static struct span genuine(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "");
	return author(n);
}

static struct span forged_sender(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "");
	out->mail_from = SPAN(VICTIM);
	return SPAN("");
}

static struct span null_sender(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "");
	out->mail_from = SPAN("");
	return SPAN("");
}

static struct span altered_body(unsigned n, struct mail *out)
{
	out->raw = replaced(signed_as_usual(n, ""), "Hello", "Hallo");
	return SPAN("");
}

static struct span altered_subject(unsigned n, struct mail *out)
{
	out->raw = replaced(signed_as_usual(n, ""), "Subject: ", "Subject: x");
	return SPAN("");
}

static struct span altered_signature(unsigned n, struct mail *out)
{
	out->raw = broken_value(signed_as_usual(n, ""));
	return SPAN("");
}

/* The attacker signs as himself, with the victim in mf=. */
static struct span victim_in_mf(unsigned n, struct mail *out)
{
	struct span raw = written(n, "");
	out->raw = chain_template(chain, raw, raw,
	                          arena_printf(s.arena,
	                                       "M m=1; h=sha256:%%H:%%B;\n"
	                                       "S i=1; m=1; t=%%T; d=d%u.example; "
	                                       "mf=%%{<" VICTIM ">%%}; rt=%%{<" LIST
	                                       ">%%}; s=ed:ed25519-sha256:%%S;\n",
	                                       n)
	                                  .p);
	out->mail_from = SPAN(VICTIM);
	return SPAN("");
}

static struct span unsigned_spoof(unsigned n, struct mail *out)
{
	out->raw = written(n, "");
	return SPAN("");
}

static struct span other_recipient(unsigned n, struct mail *out)
{
	out->raw = signed_by(n, written(n, ""), author(n).p, "other@lists.example");
	return SPAN("");
}

static struct span automatic(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "Auto-Submitted: auto-generated\r\n");
	return SPAN("");
}

static struct span looped(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "X-Loop: dev.lists.example\r\n");
	return author(n);
}

static struct span bulk(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, n % 2 ? "Precedence: Bulk\r\n" : "List-Id: <x.example>\r\n");
	return SPAN("");
}

static struct span a_report(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "Content-Type: multipart/report; boundary=x\r\n");
	return SPAN("");
}

/* A member's name in From; the attacker answers for his own server, and is told. */
static struct span spoofed_member(unsigned n, struct mail *out)
{
	struct span raw = replaced(written(n, ""), "From: <", "From: <member@d.example>\r\nX: <");
	out->raw = signed_by(n, raw, author(n).p, LIST);
	return author(n);
}

static struct span dkim1_author(unsigned n, struct mail *out)
{
	out->raw = dkim1(written(n, ""), addr_domain(author(n)));
	return author(n);
}

static struct span dkim1_victim(unsigned n, struct mail *out)
{
	out->raw = dkim1(written(n, ""), addr_domain(author(n)));
	out->mail_from = SPAN(VICTIM);
	return SPAN("");
}

static struct span dkim1_of_another(unsigned n, struct mail *out)
{
	out->raw = dkim1(written(n, ""), SPAN("attacker.example"));
	return SPAN("");
}

static struct span dkim1_altered(unsigned n, struct mail *out)
{
	out->raw = replaced(dkim1(written(n, ""), addr_domain(author(n))), "Hello", "Hallo");
	return SPAN("");
}

/* DKIM1 of the author, and a chain that does not verify: what is there must hold. */
static struct span dkim1_and_broken_chain(unsigned n, struct mail *out)
{
	out->raw = broken_value(dkim1(written(n, ""), addr_domain(author(n))));
	out->raw = replaced(signed_by(n, dkim1(written(n, ""), addr_domain(author(n))),
	                              author(n).p, LIST),
	                    "i=1; m=1; t=", "i=1; m=1; t=1");
	return SPAN("");
}

/* The first hop does not verify, the newest does: it answers for having sent it. */
static struct span broken_before(unsigned n, struct mail *out)
{
	struct span raw = signed_by(n, written(n, ""), author(n).p, "fwd@hop.example");
	struct chain_hop hop = { .d = "hop.example", .mf = "fwd@hop.example", .rt = LIST };
	out->mail_from = arena_printf(s.arena, "fwd%u@h%u.hop.example", n, n);
	hop.mf = out->mail_from.p;
	out->raw = chain_hop(chain, broken_value(raw), &hop);
	return out->mail_from;
}

static struct span field_twice(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "");
	size_t at = span_find(out->raw, SPAN("DKIM2-Signature:"));
	struct span rest = span_from(out->raw, at), field = span_line(&rest);
	while (rest.p[0] == ' ' || rest.p[0] == '\t') {
		field.n += span_line(&rest).n;
	}
	out->raw = arena_join(s.arena, field, out->raw, SPAN_END);
	return SPAN("");
}

static struct span handed_over(unsigned n, struct mail *out)
{
	out->raw = signed_as_usual(n, "");
	out->handed = true;
	return SPAN("");
}

static struct span not_ours(unsigned n, struct mail *out)
{
	out->raw = signed_by(n, written(n, ""), author(n).p, "dev@elsewhere.example");
	out->rcpt = SPAN("dev@elsewhere.example");
	return SPAN("");
}

static const struct kind {
	const char *name;
	struct span (*make)(unsigned n, struct mail *out);
} kinds[] = {
	{ "genuine", genuine },
	{ "forged sender", forged_sender },
	{ "null sender", null_sender },
	{ "altered body", altered_body },
	{ "altered subject", altered_subject },
	{ "altered signature", altered_signature },
	{ "victim in mf=", victim_in_mf },
	{ "unsigned spoof", unsigned_spoof },
	{ "other recipient", other_recipient },
	{ "automatic", automatic },
	{ "looped", looped },
	{ "bulk", bulk },
	{ "a report", a_report },
	{ "spoofed member", spoofed_member },
	{ "DKIM1 of the author", dkim1_author },
	{ "DKIM1, victim as sender", dkim1_victim },
	{ "DKIM1 of another domain", dkim1_of_another },
	{ "DKIM1, altered", dkim1_altered },
	{ "DKIM1 and a broken chain", dkim1_and_broken_chain },
	{ "broken before the newest hop", broken_before },
	{ "a field twice", field_twice },
	{ "handed over", handed_over },
	{ "not ours", not_ours },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* How many messages: REFUSAL_COUNT says so. */
static unsigned wanted(void)
{
	const char *text = getenv("REFUSAL_COUNT");
	uint64_t n;
	return text && span_u64(span_str(text), &n) ? (unsigned)n : 460;
}

START_TEST(no_backscatter)
{
	size_t told = 0, n;
	unsigned count = wanted();
	ck_assert_uint_ge(count, KINDS);
	ok(&s, store_begin(s.c->store, &s.e));
	for (unsigned i = 0; i < count; i++) {
		const struct kind *kind = &kinds[i % KINDS];
		struct mail mail = { .mail_from = author(i), .rcpt = SPAN(LIST) };
		struct span to = kind->make(i, &mail);
		/* The limit for the whole site is another test's. */
		s.c->env.fixed_now = now + (int64_t)(i / 1000) * REFUSAL_PERIOD;
		struct refusal_choice choice = refuse(&mail);
		ck_assert_msg(span_eq(choice.address, to), "%s %u: \"%.*s\" instead of \"%.*s\": %s",
		              kind->name, i, SPAN_FMT(choice.address), SPAN_FMT(to), choice.why);
		told += to.n > 0;
	}
	struct outgoing *v = letters(&n);
	ck_assert_uint_eq(n, told);
	for (size_t i = 0; i < n; i++) {
		ck_assert(!span_is(v[i].recipient, VICTIM));
		ck_assert_uint_eq(v[i].mail_from.n, 0);
	}
	ok(&s, store_commit(s.c->store, &s.e));
}
END_TEST

/* ---- one report ---- */

static struct mime report(struct message *m)
{
	struct file_map map;
	struct mime mime;
	size_t n;
	struct outgoing *v = letters(&n);
	ck_assert_uint_ge(n, 1);
	ok(&s, blob_map(s.c->paths.msg, v[n - 1].blob, &map, &s.e));
	struct span raw = arena_copy(s.arena, map.bytes);
	file_unmap(&map);
	ok(&s, message_parse(s.arena, raw, m, &s.e));
	ok(&s, mime_parse(s.arena, m, &mime, &s.e));
	ck_assert(mime_is(&mime.root->type, "multipart", "report"));
	ck_assert(mime.root->closed);
	return mime;
}

START_TEST(whole_report)
{
	struct mail mail = { .mail_from = author(1), .rcpt = SPAN(LIST) };
	struct message m;
	genuine(1, &mail);
	ck_assert_int_eq(refuse(&mail).to, REFUSAL_SIGNER);
	struct mime mime = report(&m);
	const struct part *p = mime.root->children;
	ck_assert(mime_is(&p->type, "text", "plain"));
	p = p->next;
	ck_assert(mime_is(&p->type, "message", "delivery-status"));
	p = p->next;
	ck_assert(mime_is(&p->type, "message", "rfc822"));
	ck_assert(span_eq(p->body, mail.raw));
	ck_assert_ptr_null(p->next);
	assert_span(message_text(s.arena, message_find(&m, "From")), "dev <dev+owner@lists.example>");
	assert_span(message_text(s.arena, message_find(&m, "To")), "ann1@d1.example");
	assert_span(message_text(s.arena, message_find(&m, "In-Reply-To")), "<1@d1.example>");
	assert_span(message_text(s.arena, message_find(&m, "Auto-Submitted")), "auto-replied");
	/* The same again, by a mail server that tried again: once is enough. */
	assert_span(span_str(refuse(&mail).code), "told-already");
}
END_TEST

/* The texts of the draft, where the chain was the reason. */
START_TEST(diagnostic)
{
	struct mail mail = { .rcpt = SPAN(LIST), .rule = "broken-signature" };
	struct message m;
	broken_before(1, &mail);
	ck_assert_int_eq(refuse(&mail).to, REFUSAL_SIGNER);
	report(&m);
	ck_assert(span_find(m.raw, SPAN("Diagnostic-Code: x-ladle; FAIL: DKIM2-Signature i=1 ")) !=
	          SPAN_NONE);
	ck_assert(span_find(m.raw, SPAN("Status: 5.7.20\r\n")) != SPAN_NONE);
}
END_TEST

/* Sent to an alias at another domain: that domain's key signs, or nobody is told. */
START_TEST(alias)
{
	struct mail mail = { .mail_from = author(1), .rcpt = SPAN("team@alias.example") };
	struct message m;
	size_t n;
	mail.raw = signed_by(1, written(1, ""), author(1).p, "team@alias.example");
	assert_span(span_str(refuse(&mail).code), "no-key");
	key("alias.example");
	ck_assert_int_eq(refuse(&mail).to, REFUSAL_SIGNER);
	report(&m);
	assert_span(letters(&n)[0].domain, "alias.example");
	assert_span(message_text(s.arena, message_find(&m, "From")),
	            "dev <team+owner@alias.example>");
}
END_TEST

START_TEST(nobody_there)
{
	struct mail mail = { .mail_from = author(1), .rcpt = SPAN("x@lists.example"),
		             .no_list = true, .rule = "no-list" };
	struct message m;
	mail.raw = signed_by(1, written(1, ""), author(1).p, "x@lists.example");
	ck_assert_int_eq(refuse(&mail).to, REFUSAL_SIGNER);
	report(&m);
	assert_span(message_text(s.arena, message_find(&m, "From")),
	            "Mail system <MAILER-DAEMON@lists.example>");
	ck_assert(span_find(m.raw, SPAN("Status: 5.1.1\r\n")) != SPAN_NONE);
}
END_TEST

START_TEST(list_that_does_not_sign)
{
	struct mail mail = { .mail_from = author(1), .rcpt = SPAN(LIST) };
	genuine(1, &mail);
	list.sign = false;
	assert_span(span_str(refuse(&mail).code), "no-key");
}
END_TEST

/* Mail with UTF-8 in its header comes back as RFC 6533 says. */
START_TEST(international)
{
	struct mail mail = { .mail_from = SPAN("\303\244nn@d1.example"), .rcpt = SPAN(LIST) };
	struct message m;
	size_t n;
	struct span raw = replaced(written(1, ""), "From: <ann1@", "From: <\303\244nn@");
	mail.raw = signed_by(1, raw, "\303\244nn@d1.example", LIST);
	ck_assert_int_eq(refuse(&mail).to, REFUSAL_SIGNER);
	struct mime mime = report(&m);
	ck_assert(letters(&n)[0].utf8);
	const struct part *p = mime.root->children->next;
	ck_assert(mime_is(&p->type, "message", "global-delivery-status"));
	ck_assert(mime_is(&p->next->type, "message", "global"));
	ck_assert(span_eq(p->next->body, mail.raw));
}
END_TEST

static unsigned told_of(unsigned count, const char *form, const char *code)
{
	unsigned told = 0;
	ok(&s, store_begin(s.c->store, &s.e));
	for (unsigned i = 0; i < count; i++) {
		struct refused r = { .at = now, .code = SPAN("told") };
		bool first = strcmp(form, "one") == 0, domain = strcmp(form, "domain") == 0;
		r.address = first ? SPAN("ann1@d1.example")
		                  : arena_printf(s.arena, "x%u@d%u.example", i, domain ? 1 : i + 2);
		r.domain = addr_domain(r.address);
		ok(&s, store_refusal_add(s.c->store, &r, &s.e));
	}
	ok(&s, store_commit(s.c->store, &s.e));
	for (unsigned i = 0; i < 2; i++) {
		struct mail mail = { .mail_from = author(1), .rcpt = SPAN(LIST) };
		mail.raw = signed_as_usual(
			1, arena_printf(s.arena, "X: %s %u\r\n", form, i).p);
		struct refusal_choice choice = refuse(&mail);
		told += choice.to != REFUSAL_NOBODY;
		if (choice.to == REFUSAL_NOBODY) {
			assert_span(span_str(choice.code), code);
		}
	}
	return told;
}

START_TEST(limits)
{
	ck_assert_uint_eq(told_of(3, "one", "limit-address"), 1);
	now += REFUSAL_PERIOD + 1;
	s.c->env.fixed_now = now;
	ck_assert_uint_eq(told_of(59, "domain", "limit-domain"), 1);
	now += REFUSAL_PERIOD + 1;
	s.c->env.fixed_now = now;
	ck_assert_uint_eq(told_of(599, "site", "limit-site"), 1);
}
END_TEST

Suite *refusal_suite(void);

Suite *refusal_suite(void)
{
	Suite *suite = suite_create("flow/refusal");
	TCase *c = tcase_create("refusal");
	tcase_set_timeout(c, 300);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, no_backscatter);
	tcase_add_test(c, whole_report);
	tcase_add_test(c, diagnostic);
	tcase_add_test(c, alias);
	tcase_add_test(c, nobody_there);
	tcase_add_test(c, list_that_does_not_sign);
	tcase_add_test(c, international);
	tcase_add_test(c, limits);
	suite_add_tcase(suite, c);
	return suite;
}
