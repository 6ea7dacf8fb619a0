/* What a report must show to be believed: the token of its address, or signatures. */

#include "flow/bounce_proof.h"

#include "mail/addr.h"
#include "rules/route.h"
#include "rules/setting.h"
#include "rules/token.h"
#include "store/bounces.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"
#include "unit/auth/chain.h"
#include "unit/flow/scene.h"

#define DAY 86400

static struct scene s;
static struct chain *chain;
static struct list list, other;
static int64_t ann, ben, post;

static int64_t fixed(const struct env *env)
{
	return env->fixed_now;
}

static void make_list(struct list *out, const char *local)
{
	setting_defaults(s.arena, SETTING_LIST, out);
	out->local = span_str(local);
	out->domain = SPAN("lists.example");
	ok(&s, store_list_create(s.c->store, out->local, out->domain, CHAIN_NOW, &out->id, &s.e));
}

static int64_t add_member(const char *address)
{
	struct member m = { .address = span_str(address) }, found;
	struct span key;
	bool is;
	ok(&s, addr_key(s.arena, m.address, &key, &s.e));
	ok(&s, store_member_add(s.c->store, list.id, &m, key, &is, &s.e));
	ok(&s, store_member_find(s.c->store, s.arena, list.id, key, &found, &is, &s.e));
	return found.id;
}

static void setup(void)
{
	struct post p = { .number = 1, .received = CHAIN_NOW };
	scene_open(&s);
	ok(&s, context_need(s.c, CONTEXT_STORE | CONTEXT_SECRET, &s.e));
	chain = chain_new();
	s.c->keys = chain->source;
	s.c->env.now = fixed;
	s.c->env.fixed_now = CHAIN_NOW;
	make_list(&list, "dev");
	make_list(&other, "other");
	ann = add_member("ann@one.example");
	ben = add_member("ben@two.example");
	p.list = list.id;
	ok(&s, store_post_add(s.c->store, &p, &post, &s.e));
}

static void teardown(void)
{
	chain_free(chain);
	scene_close(&s);
}

static struct span back(const struct list *to, int64_t about, int64_t member)
{
	struct token t = { about, member };
	struct span token = token_make(s.arena, s.c->secret, TOKEN_BOUNCE, list.id, &t);
	return route_make(s.arena, to, '+', arena_join(s.arena, SPAN("b-"), token, SPAN_END));
}

static struct span report(const char *member, struct span returned)
{
	return arena_printf(s.arena,
	                    "From: <mailer-daemon@two.example>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
	                    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
	                    "\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
	                    "Reporting-MTA: dns; mx.two.example\r\n\r\nFinal-Recipient: rfc822; %s\r\n"
	                    "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n"
	                    "Content-Type: message/rfc822\r\n\r\n%.*s\r\n--b--\r\n",
	                    member, SPAN_FMT(returned));
}

static struct bounce_origin prove(struct span raw, struct span mail_from, struct span to)
{
	struct message m;
	struct bounce b;
	struct bounce_origin o;
	ok(&s, message_parse(s.arena, raw, &m, &s.e));
	bounce_read(s.arena, &m, &b);
	ok(&s, bounce_prove(s.c, s.arena, &m, &b, mail_from, to, &o, &s.e));
	return o;
}

static void is_forged(struct span raw, struct span to, const char *why)
{
	struct bounce_origin o = prove(raw, SPAN(""), to);
	ck_assert_str_eq(bounce_proof_name(o.proof), "forged");
	ck_assert_msg(span_find(o.why, span_str(why)) != SPAN_NONE, "%.*s", SPAN_FMT(o.why));
}

static struct span plain(void)
{
	return report("ben@two.example", SPAN("Subject: x\r\n\r\nHi\r\n"));
}

START_TEST(token)
{
	struct bounce_origin o = prove(plain(), SPAN(""), back(&list, post, ben));
	ck_assert_str_eq(bounce_proof_name(o.proof), "token");
	ck_assert_int_eq(o.member, ben);
	ck_assert_int_eq(o.post, post);
	ck_assert_int_eq(o.list.id, list.id);
	assert_span(o.address, "ben@two.example");
	/* On the last day, too; and whatever a mail system makes of its letters. */
	s.c->env.fixed_now = CHAIN_NOW + BOUNCE_PROOF_DAYS * DAY;
	o = prove(plain(), SPAN("x@y.example"), arena_lower(s.arena, back(&list, post, ben)));
	ck_assert_str_eq(bounce_proof_name(o.proof), "token");
}
END_TEST

START_TEST(no_token)
{
	is_forged(plain(), SPAN("dev-bounces@lists.example"), "token of its address");
	is_forged(plain(), SPAN("dev+b-aebry3ix2magv7t5vnxa@lists.example"), "token of its address");
	is_forged(plain(), SPAN("dev-bounces+ben=two.example@lists.example"),
	          "of another list manager");
	is_forged(plain(), back(&other, post, ben), "token of its address");
	is_forged(plain(), SPAN("nobody@lists.example"), "token of its address");
	is_forged(plain(), SPAN(""), "no address with a token");
}
END_TEST

START_TEST(too_late)
{
	is_forged(plain(), back(&list, post + 1, ben), "no such post");
	s.c->env.fixed_now = CHAIN_NOW + BOUNCE_PROOF_DAYS * DAY + 1;
	is_forged(plain(), back(&list, post, ben), "too old");
}
END_TEST

START_TEST(who_has_left)
{
	struct span key;
	bool removed;
	ok(&s, addr_key(s.arena, SPAN("ben@two.example"), &key, &s.e));
	ok(&s, store_member_rm(s.c->store, list.id, key, &removed, &s.e));
	struct bounce_origin o = prove(plain(), SPAN(""), back(&list, post, ben));
	ck_assert_str_eq(bounce_proof_name(o.proof), "token");
	ck_assert_uint_eq(o.address.n, 0);
}
END_TEST

/* Of a probe: as long as the member's standing is what it was. */
START_TEST(probe)
{
	struct bounce_row row = { .member = ann, .list = list.id };
	struct span to = back(&list, BOUNCE_PROOF_OWN + CHAIN_NOW, ann);
	is_forged(plain(), to, "is over");
	row.standing = (struct bounce_standing){ BOUNCE_STATE_PROBED, CHAIN_NOW, 0 };
	ok(&s, store_bounce_standing_put(s.c->store, &row, &s.e));
	struct bounce_origin o = prove(plain(), SPAN(""), to);
	ck_assert_str_eq(bounce_proof_name(o.proof), "token");
	assert_span(o.address, "ann@one.example");
	row.standing.since++;
	ok(&s, store_bounce_standing_put(s.c->store, &row, &s.e));
	is_forged(plain(), to, "is over");
}
END_TEST

/* Signed by the right domain, but what it returns is of no key of ours; or altered. */
START_TEST(signatures)
{
	struct span to = back(&list, post, ben);
	struct chain_hop ours = { .d = "lists.example",
		                  .mf = arena_str(s.arena, to),
		                  .rt = "ben@two.example" };
	struct span copy = chain_hop(chain, SPAN("From: <a@lists.example>\r\nSubject: x\r\n\r\nHi\r\n"),
	                             &ours);
	struct chain_hop theirs = { .d = "two.example", .mf = "", .rt = ours.mf };
	struct span raw = chain_hop(chain, report("ben@two.example", copy), &theirs);
	is_forged(raw, to, "no key of ours");
	size_t at = span_find(raw, SPAN("5.1.1"));
	ck_assert_uint_ne(at, SPAN_NONE);
	is_forged(arena_join(s.arena, span_sub(raw, 0, at), SPAN("5.1.2"), span_from(raw, at + 5),
	                     SPAN_END),
	          to, "does not verify");
	struct bounce_origin o = prove(raw, SPAN("mailer-daemon@two.example"), to);
	ck_assert_str_eq(bounce_proof_name(o.proof), "forged");
}
END_TEST

Suite *bounce_proof_suite(void)
{
	Suite *suite = suite_create("bounce_proof");
	TCase *tc = tcase_create("bounce_proof");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, token);
	tcase_add_test(tc, no_token);
	tcase_add_test(tc, too_late);
	tcase_add_test(tc, who_has_left);
	tcase_add_test(tc, probe);
	tcase_add_test(tc, signatures);
	suite_add_tcase(suite, tc);
	return suite;
}
