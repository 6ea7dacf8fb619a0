/* Letters become bytes and rows. Signatures are made when they go out: dates and keys are
 * those of that time. */
#include "flow/outbox.h"

#include "base/utf8.h"
#include "mail/message.h"
#include "mail/msgid.h"
#include "store/blob.h"

static struct span domain_of(const struct context *c, const struct letter *l)
{
	if (l->domain.n > 0) {
		return l->domain;
	}
	return l->list ? l->list->domain : c->site.hostname;
}

/* The letter's bytes: as they are, or written. */
static struct span bytes_of(const struct context *c, struct arena *arena, const struct letter *l)
{
	struct buf out = BUF_INIT;
	if (!l->compose) {
		return l->raw;
	}
	struct compose x = *l->compose;
	if (x.date == 0) {
		x.date = c->env.now(&c->env);
	}
	if (x.message_id.n == 0) {
		x.message_id = msgid_make(arena, &c->env, domain_of(c, l));
	}
	compose_write(&out, &x);
	return buf_move(&out, arena);
}

static bool post(struct context *c, struct arena *arena, const struct letter *l, struct err *e)
{
	char blob[BLOB_NAME + 1];
	struct message m;
	int64_t id;
	struct span bytes = bytes_of(c, arena, l);
	if (!message_parse(arena, bytes, &m, e) || !blob_put(c->paths.msg, bytes, blob, e)) {
		return false;
	}
	struct outgoing row = {
		.list = l->list ? l->list->id : 0,
		.priority = l->priority,
		.kind = span_str(l->kind),
		.mail_from = l->mail_from,
		.recipient = l->recipient,
		.blob = span_str(blob),
		.domain = domain_of(c, l),
		.chain = l->compose ? OUTBOX_BEGIN : l->chain,
		.via = l->via,
		.utf8 = l->utf8 || !utf8_ascii(m.header),
		.message_id = msgid_of(arena, &m),
		.about = l->about.n > 0 || !l->compose ? l->about : l->compose->in_reply_to,
		.at = c->env.now(&c->env),
		.next_at = l->not_before,
	};
	return store_outbox_put(c->store, &row, &id, e);
}

bool outbox_post(struct context *c, const struct letter *l, struct err *e)
{
	struct arena *arena = arena_new();
	bool ok = post(c, arena, l, e);
	arena_free(arena);
	return ok;
}
