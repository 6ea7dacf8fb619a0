/*
 * Verifying DKIM-Signature fields. The order of the checks puts first what costs
 * nothing and what the DNS cannot change: syntax, expiry, body, then the key
 * and the signature.
 *
 * Work is bounded: LIMIT_SIGNATURES fields, LIMIT_FIELDS names each, and see
 * dkim1_check.c.
 */
#include "auth/dkim1.h"

#include "auth/dkim1_check.h"
#include "base/limits.h"
#include "mail/addr.h"

/* Key and signature, when all else is in order. */
static struct dkim1_outcome with_key(struct dkim1_checker *c, size_t self,
                                     const struct dkim1_field *f, struct dkim1_result *out)
{
	struct key_record key;
	struct dkim1_outcome o = dkim1_check_key(c, f, &key);

	out->authenticated = key.authenticated;
	if (o.result == AUTH_PASS) {
		out->bits = pkey_bits(key.key);
		o = dkim1_check_selected(c, self, f, key.key);
	}
	key_record_clear(&key);
	return o;
}

static size_t covered(const struct dkim1_field *f, struct span name)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		n += span_ieq(f->names[i], name);
	}
	return n;
}

/* A message is read from the first field of a name, a signature begins with the last (5.4.2). */
static void find_added(const struct message *m, const struct dkim1_field *f,
                       struct dkim1_result *out)
{
	static const char *const once[] = { "Subject", "To", "Cc" };

	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		size_t count = message_count(m, once[i]);

		out->doubles = out->doubles || (count > 1 && count > covered(f, span_str(once[i])));
	}
	out->adds_subject = message_count(m, "Subject") > covered(f, SPAN("subject"));
}

static void verify_field(struct dkim1_checker *c, struct span author, size_t self,
                         struct dkim1_result *out)
{
	struct dkim1_field f;
	const char *reason = dkim1_field_parse(c->arena, &c->m->fields[self], DKIM1_SIGNATURE, &f);
	struct dkim1_outcome o = { AUTH_PERMERROR, span_str(reason) };

	*out = (struct dkim1_result){ .d = f.d, .s = f.s, .a = f.a, .i = f.i };
	out->aligned = addr_domain_below(f.d, author) || addr_domain_below(author, f.d);
	if (!reason) {
		find_added(c->m, &f, out);
		o = dkim1_check_body(c, &f, &out->partial);
	}
	if (o.result == AUTH_PASS) {
		o = with_key(c, self, &f, out);
	}
	out->result = o.result;
	out->text = o.reason;
}

void dkim1_verify(struct arena *arena, const struct message *m, const struct keysource *source,
                  int64_t now, struct dkim1_result **results, size_t *count)
{
	struct dkim1_checker c = { .arena = arena, .m = m, .source = source, .now = now };
	struct mailbox author;
	size_t cap = 0;

	addr_author(arena, m, &author);
	*results = NULL;
	*count = 0;
	for (size_t i = 0; i < m->count && *count < LIMIT_SIGNATURES; i++) {
		if (span_iis(m->fields[i].name, "DKIM-Signature")) {
			verify_field(&c, author.domain, i,
			             ARENA_PUSH(arena, *results, *count, cap));
		}
	}
}
