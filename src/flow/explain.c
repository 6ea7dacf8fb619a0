/* The same functions as process and deliver call, without their transactions. */
#include "flow/explain.h"

#include "flow/edition.h"
#include "flow/handover.h"
#include "store/lists.h"
#include "store/members.h"

/* The variants, or why there can be none. */
static bool prepare(struct explain *x, struct err *e)
{
	struct arrival *a = &x->a;
	if (!a->has_list || !a->readable || a->route.role != ROLE_POST) {
		err_set(&x->unprepared, ERR_PERMANENT, "", "%.*s", SPAN_FMT(a->reason));
		return true;
	}
	if (!store_post_next_number(x->c->store, a->list.id, &x->number, e) ||
	    !store_post_next(x->c->store, &x->post, e)) {
		return false;
	}
	x->prepared = arrival_rewrite(x->c, a, &x->rewrite, &x->unprepared) &&
	              prepare_post(x->c, a, &x->rewrite, x->number, &x->p, &x->unprepared);
	return true;
}

/* The arrival, up to where its list is known. */
static bool begin(struct context *c, struct arena *arena, struct span bytes, struct span mail_from,
                  struct span recipient, struct explain *out, struct err *e)
{
	*out = (struct explain){ .c = c };
	out->a = (struct arrival){
		.arena = arena,
		.id = SPAN("explain"),
		.bytes = bytes,
		.mail_from = mail_from,
		.recipient = recipient,
		.arrived_as = recipient,
		.arrived = c->env.now(&c->env),
	};
	return arrival_route(c, &out->a, e);
}

bool explain_rules(struct context *c, struct arena *arena, struct span bytes, struct span mail_from,
                   struct span recipient, const struct span *rules, struct explain *out,
                   struct err *e)
{
	if (!begin(c, arena, bytes, mail_from, recipient, out, e)) {
		return false;
	}
	out->a.as_new = true;
	if (rules) {
		out->a.list.rules = *rules;
	}
	arrival_read(&out->a);
	return arrival_judge(c, &out->a, e);
}

bool explain_message(struct context *c, struct arena *arena, struct span bytes,
                     struct span mail_from, struct span recipient, struct explain *out,
                     struct err *e)
{
	if (!begin(c, arena, bytes, mail_from, recipient, out, e)) {
		return false;
	}
	arrival_read(&out->a);
	if (!arrival_judge(c, &out->a, e) || !prepare(out, e)) {
		return false;
	}
	struct refusal refusal = arrival_refusal(&out->a);
	return refusal_decide(c, arena, &refusal, &out->told, e);
}

bool explain_sender(struct arena *arena, const char *from, struct span bytes, struct span *out,
                    struct err *e)
{
	struct message m;
	struct mailbox author;
	*out = SPAN("");
	if (from) {
		return addr_path(arena, span_str(from), out, e);
	}
	if (message_parse(arena, bytes, &m, NULL)) {
		const struct field *f = message_find(&m, "From");
		if (f && addr_single(arena, f->value, &author)) {
			*out = author.addr;
		}
	}
	return true;
}

bool explain_variant(const struct explain *x, struct span address, bool ascii, size_t *i,
                     struct err *e)
{
	const struct prepared *p = &x->p;
	*i = edition_index(&x->c->site, p->normal, address);
	if (!ascii || (!p->v[*i].utf8 && edition_reaches(address))) {
		return true;
	}
	if (!edition_reaches(address)) {
		return err_set(e, ERR_PERMANENT, "5.6.7", "the address needs SMTPUTF8");
	}
	if (p->n == p->normal) {
		return err_set(e, ERR_PERMANENT, "5.6.7", "there is no ASCII form: %s",
		               x->a.list.eai == LIST_EAI_SKIP ? "the list has eai=skip"
		                                              : p->v[*i].why.p);
	}
	*i = p->n - 1;
	return true;
}

static void put_segments(struct buf *out, const struct segments *body)
{
	for (size_t i = 0; i < body->n; i++) {
		buf_add(out, body->v[i].bytes);
	}
}

bool explain_after(const struct explain *x, size_t i, struct buf *out, struct err *e)
{
	struct segments body;
	if (!variant_decode(x->a.arena, x->p.v[i].body, x->a.bytes, &body, e)) {
		return false;
	}
	buf_add(out, x->p.v[i].header);
	buf_str(out, "\r\n");
	put_segments(out, &body);
	return true;
}

static bool find_member(const struct explain *x, struct span address, struct member *out,
                        struct err *e)
{
	struct span key;
	bool found;
	if (!addr_key(x->a.arena, address, &key, e) ||
	    !store_member_find(x->c->store, x->a.arena, x->a.list.id, key, out, &found, e)) {
		return false;
	}
	return found || err_set(e, ERR_PERMANENT, "",
	                        "\"%.*s\" is not a member of \"%.*s\": nobody gets that copy",
	                        SPAN_FMT(address), SPAN_FMT(x->a.list.local));
}

bool explain_copy(const struct explain *x, struct span address, bool ascii, struct buf *out,
                  struct err *e)
{
	struct editions editions = { 0 };
	struct member member;
	size_t which;
	bool ok = find_member(x, address, &member, e) &&
	          explain_variant(x, member.address, ascii, &which, e) &&
	          editions_keys(&editions, x->a.arena, x->c, &x->a.list, e);
	for (size_t i = 0; ok && i < x->p.n; i++) {
		ok = editions_add(&editions, &x->p.v[i], x->a.bytes, e);
	}
	if (ok) {
		struct edition_recipient to = { x->post, member.id, member.address, false };
		struct edition *edition = &editions.v[which];
		struct copy_job job = edition_job(&editions, &to);
		ok = handover_wanted(x->c, x->a.arena, member.address, &to.is_list, e) &&
		     copy_header(edition->press, &job, out, e);
		put_segments(out, copy_body(edition->press));
	}
	editions_close(&editions);
	return ok;
}

void explain_end(struct explain *x)
{
	rewrite_end(&x->rewrite);
}
