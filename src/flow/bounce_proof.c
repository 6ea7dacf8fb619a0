/*
 * What a report claims is asked in the order of cost. A claim that turns out wrong makes
 * the report forged, whatever address it came to: who has a member's return address and
 * lies about something else is not believed about him either.
 */
#include "flow/bounce_proof.h"

#include "auth/dkim2.h"
#include "base/unit.h"
#include "flow/keys_public.h"
#include "mail/addr.h"
#include "rules/route.h"
#include "rules/token.h"
#include "store/bounces.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"

const char *bounce_proof_name(enum bounce_proof p)
{
	static const char *const names[] = { "forged", "later", "token", "dkim2" };
	return names[p];
}

struct proving {
	struct context *c;
	struct arena *arena;
	const struct message *m;
	const struct bounce *b;
	struct span mail_from, arrived_as;
	struct bounce_origin *out;
	struct dkim2_result copy; /* of what came back; nhops 0: not signed */
	bool copy_ours;           /* its newest signature is ours and verifies */
	bool copy_unknown;        /* ours by its name, but the key is not there */
	bool foreign;             /* it came to an address that another list manager has made */
};

static bool verdict(struct proving *p, enum bounce_proof proof, const char *why)
{
	p->out->proof = proof;
	p->out->why = span_str(why);
	return true;
}

/* --- return addresses ------------------------------------------------------------- */

/* The list and token of ADDRESS, without an account of what they are good for. */
static bool read_address(struct proving *p, struct span address, struct list *list,
                         struct token *token, bool *valid, struct err *e)
{
	struct route routes[ROUTE_MAX];
	bool found = false;
	size_t n = route_address(p->arena, address, site_delimiter(&p->c->site), routes);
	*valid = p->foreign = false;
	for (size_t i = 0; i < n && !found; i++) {
		if (!store_list_find(p->c->store, p->arena, routes[i].local, routes[i].domain, list,
		                     &found, e)) {
			return false;
		}
		p->foreign = found && routes[i].verp.n > 0;
		*valid = found && routes[i].role == ROLE_BOUNCE &&
		         token_check(p->c->secret, TOKEN_BOUNCE, list->id, routes[i].token, token);
	}
	return true;
}

/* --- what came back ---------------------------------------------------------------- */

static struct span without_brackets(struct span path)
{
	return path.n >= 2 ? span_sub(path, 1, path.n - 1) : path;
}

static void read_copy(struct proving *p)
{
	struct keysource own = keys_public_source(p->arena, &p->c->paths);
	struct message copy;
	if (p->b->returned.n == 0 || !message_parse(p->arena, p->b->returned, &copy, NULL)) {
		return;
	}
	dkim2_verify(p->arena, &copy, NULL, &own, p->c->env.now(&p->c->env), &p->copy);
	if (p->copy.nhops == 0 || p->copy.ninstances == 0) {
		p->copy.nhops = 0;
		return;
	}
	const struct dkim2_hop *newest = &p->copy.hops[p->copy.nhops - 1];
	p->copy_unknown = newest->result == AUTH_TEMPERROR;
	p->copy_ours = p->copy.provisional || (!p->b->whole && newest->result == AUTH_PASS &&
	                                       dkim2_header_matches(&p->copy));
}

/* --- the two proofs ----------------------------------------------------------------- */

/* Our newest signature on the copy says who it was made for; FOUND: it is a return address. */
static bool copy_address(struct proving *p, struct list *list, struct token *token, bool *found,
                         struct err *e)
{
	*found = false;
	return p->copy.nhops == 0 ||
	       read_address(p, without_brackets(p->copy.hops[p->copy.nhops - 1].mf), list, token,
	                    found, e);
}

static bool same_token(const struct token *a, const struct token *b)
{
	return a->post == b->post && a->member == b->member;
}

/* Does a domain that the copy was sent to answer for the report? */
static bool domain_answers(const struct proving *p, const struct dkim2_result *report)
{
	const struct dkim2_hop *newest = &p->copy.hops[p->copy.nhops - 1];
	return newest->rts == 1 &&
	       addr_domain_below(addr_domain(without_brackets(newest->rt[0])), report->hops[0].d);
}

static bool load_member(struct proving *p, struct err *e)
{
	struct member member;
	bool found;
	if (!store_member_get(p->c->store, p->arena, p->out->list.id, p->out->member, &member,
	                      &found, e)) {
		return false;
	}
	p->out->address = found ? member.address : SPAN("");
	return true;
}

/* Of a probe or a warning: only while it matters. */
static bool load_own(struct proving *p, struct err *e)
{
	struct bounce_row row;
	if (!store_bounce_standing(p->c->store, p->out->member, &row, e)) {
		return false;
	}
	if (row.standing.state == BOUNCE_STATE_GOOD ||
	    row.standing.since != p->out->post - BOUNCE_PROOF_OWN) {
		return verdict(p, BOUNCE_PROOF_FORGED, "what it is about is over");
	}
	return load_member(p, e);
}

/* The member, if he is one still, and the age of the post. */
static bool load_subject(struct proving *p, const struct token *token, struct err *e)
{
	struct bounce_origin *o = p->out;
	struct post post;
	bool found;
	o->post = token->post;
	o->member = token->member;
	if (o->post >= BOUNCE_PROOF_OWN) {
		return load_own(p, e);
	}
	if (!store_post_get(p->c->store, p->arena, token->post, &post, &found, e)) {
		return false;
	}
	if (!found || post.list != o->list.id) {
		return verdict(p, BOUNCE_PROOF_FORGED, "there is no such post");
	}
	if (p->c->env.now(&p->c->env) - post.received > (int64_t)BOUNCE_PROOF_DAYS * UNIT_DAY) {
		return verdict(p, BOUNCE_PROOF_FORGED, "its return address is too old");
	}
	return load_member(p, e);
}

static bool prove_dkim2(struct proving *p, const struct dkim2_result *report,
                        const struct token *arrived, bool arrived_valid, struct err *e)
{
	struct token token;
	struct list list;
	bool found;
	if (p->mail_from.n > 0) {
		return verdict(p, BOUNCE_PROOF_FORGED, "signed, but not from the null sender");
	}
	if (p->copy_unknown) {
		return verdict(p, BOUNCE_PROOF_FORGED, "the copy is signed, but by no key of ours");
	}
	if (!p->copy_ours) {
		return verdict(p, BOUNCE_PROOF_FORGED,
		               "the copy that it returns is not as we signed it");
	}
	if (!copy_address(p, &list, &token, &found, e)) {
		return false;
	}
	if (!found) {
		return verdict(p, BOUNCE_PROOF_FORGED, "the copy has no return address of ours");
	}
	if (arrived_valid && !same_token(arrived, &token)) {
		return verdict(p, BOUNCE_PROOF_FORGED, "it returns the copy of another member");
	}
	if (!domain_answers(p, report)) {
		return verdict(p, BOUNCE_PROOF_FORGED,
		               "it is signed by a domain that the copy was not sent to");
	}
	p->out->list = list;
	(void)verdict(p, BOUNCE_PROOF_DKIM2,
	              "it is signed by DKIM2 and returns a copy that our key verifies");
	if (!load_subject(p, &token, e)) {
		return false;
	}
	const struct dkim2_hop *newest = &p->copy.hops[p->copy.nhops - 1];
	if (p->out->proof == BOUNCE_PROOF_DKIM2 && p->out->address.n > 0 &&
	    !addr_same(without_brackets(newest->rt[0]), p->out->address)) {
		return verdict(p, BOUNCE_PROOF_FORGED, "the copy went to another address");
	}
	return true;
}

static bool prove_token(struct proving *p, const struct token *arrived, bool valid, struct err *e)
{
	struct token token;
	struct list list;
	bool found;
	if (!valid) {
		return verdict(
			p, BOUNCE_PROOF_FORGED,
			p->foreign
				? "its address is of another list manager, which anybody can write"
			: p->arrived_as.n > 0 ? "the token of its address does not verify"
					      : "no address with a token, and no DKIM2");
	}
	if (!copy_address(p, &list, &token, &found, e)) {
		return false;
	}
	if (p->copy_ours && (!found || !same_token(arrived, &token))) {
		return verdict(p, BOUNCE_PROOF_FORGED, "it returns the copy of another member");
	}
	(void)verdict(p, BOUNCE_PROOF_TOKEN, "it came to a return address whose token verifies");
	return load_subject(p, arrived, e);
}

bool bounce_prove(struct context *c, struct arena *arena, const struct message *m,
                  const struct bounce *b, struct span mail_from, struct span arrived_as,
                  struct bounce_origin *out, struct err *e)
{
	struct proving p = { .c = c,
		             .arena = arena,
		             .m = m,
		             .b = b,
		             .mail_from = mail_from,
		             .arrived_as = arrived_as,
		             .out = out };
	struct envelope envelope = { arrived_as.n > 0, mail_from, &p.arrived_as, 1 };
	struct dkim2_result report = { 0 };
	struct token arrived;
	bool valid;
	*out = (struct bounce_origin){ .why = SPAN("") };
	if (!read_address(&p, arrived_as, &out->list, &arrived, &valid, e)) {
		return false;
	}
	if (!valid) {
		out->list = (struct list){ 0 };
	}
	read_copy(&p);
	if (message_find(m, "DKIM2-Signature") || message_find(m, "Message-Instance")) {
		dkim2_verify(arena, m, &envelope, &c->keys, c->env.now(&c->env), &report);
	}
	if (report.result == AUTH_TEMPERROR) {
		return verdict(&p, BOUNCE_PROOF_LATER,
		               "the keys of its signature are not known yet");
	}
	if (report.result != AUTH_NONE && report.result != AUTH_PASS) {
		out->proof = BOUNCE_PROOF_FORGED;
		out->why = arena_printf(arena, "its DKIM2 chain does not verify: %.*s",
		                        SPAN_FMT(report.text));
		return true;
	}
	/* A post that left without DKIM2 leaves nothing to compare: then its token counts. */
	if (report.result == AUTH_PASS && b->dsn && p.copy.nhops > 0) {
		return prove_dkim2(&p, &report, &arrived, valid, e);
	}
	return prove_token(&p, &arrived, valid, e);
}
