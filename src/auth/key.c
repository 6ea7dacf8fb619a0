/*
 * Key records: the text of one, which of several counts, and the text of our
 * own. Whatever a stranger's record holds ends in a status, never in an error.
 */
#include "auth/key.h"

#include "base/codec.h"
#include "base/limits.h"
#include "mail/taglist.h"

/* The type called NAME (case matters, RFC 6376 3.2), false when there is none. */
static bool type_of(struct span name, enum key_type *type)
{
	for (unsigned t = KEY_RSA; t <= KEY_MLDSA44; t++) {
		if (!span_is(name, key_type_name((enum key_type)t))) {
			continue;
		}
		*type = (enum key_type)t;
		return *type != KEY_MLDSA44 || crypto_has_mldsa44();
	}
	return false;
}

/* Is WORD among the colon-separated words of LIST? */
static bool has_word(struct span list, const char *word)
{
	while (list.p) {
		if (span_is(span_trim(span_cut(&list, ':')), word)) {
			return true;
		}
	}
	return false;
}

static enum key_status decode(struct arena *arena, struct span value, struct key_record *out)
{
	struct buf octets = BUF_INIT;
	enum key_status status = KEY_SYNTAX;

	value = taglist_squeeze(arena, value);
	if (codec_unbase64(&octets, value)) {
		out->key = pkey_public(out->type, buf_span(&octets), NULL);
		status = out->key ? KEY_OK : KEY_MALFORMED;
	}
	buf_free(&octets);
	return status;
}

static enum key_status parse(struct arena *arena, struct span text, struct key_record *out)
{
	struct taglist tags;
	const struct tag *v, *k, *p, *s, *t, *h;

	if (!taglist_parse(text, TAGLIST_EMPTY_TAGS, &tags, NULL)) {
		return KEY_SYNTAX;
	}
	v = taglist_find(&tags, "v");
	k = taglist_find(&tags, "k");
	p = taglist_find(&tags, "p");
	s = taglist_find(&tags, "s");
	t = taglist_find(&tags, "t");
	h = taglist_find(&tags, "h");
	if (!p || (v && !span_is(v->value, "DKIM1"))) {
		return KEY_SYNTAX;
	}
	out->strict = t && has_word(t->value, "s");
	out->testing = t && has_word(t->value, "y");
	if (h) {
		out->hashes = h->value;
	}
	if (!p->value.n) {
		return KEY_REVOKED;
	}
	if (!type_of(k ? k->value : SPAN("rsa"), &out->type)) {
		return KEY_UNKNOWN;
	}
	if (s && !has_word(s->value, "*") && !has_word(s->value, "email")) {
		return KEY_PURPOSE;
	}
	return decode(arena, p->value, out);
}

void key_parse(struct arena *arena, struct span text, struct key_record *out)
{
	*out = (struct key_record){ .status = KEY_SYNTAX };
	if (text.n <= LIMIT_KEY_RECORD) {
		out->status = parse(arena, text, out);
	}
}

/*
 * Other things stand at such names too: the answer of a wildcard, a policy. A
 * record that says v=DKIM1 is a key even when the rest of it is broken.
 */
static bool looks_like_key(struct span text)
{
	struct taglist tags;
	const struct tag *v;

	if (span_starts(text, SPAN("v=DKIM1"))) {
		return true;
	}
	if (!taglist_parse(text, TAGLIST_EMPTY_TAGS, &tags, NULL)) {
		return false;
	}
	v = taglist_find(&tags, "v");
	return taglist_find(&tags, "p") && (!v || span_is(v->value, "DKIM1"));
}

static enum key_status choose(const struct txt *answer, bool dkim2, struct span *text)
{
	size_t keys = 0;

	for (size_t i = 0; i < answer->n; i++) {
		if (looks_like_key(answer->records[i]) && !keys++) {
			*text = answer->records[i];
		}
	}
	if (!keys) {
		return KEY_SYNTAX;
	}
	return dkim2 && keys > 1 ? KEY_MULTIPLE : KEY_OK;
}

void key_fetch(struct arena *arena, const struct keysource *source, struct span selector,
               struct span domain, bool dkim2, struct key_record *out)
{
	struct span name = arena_join(arena, selector, SPAN("._domainkey."), domain, SPAN_END);
	struct txt answer = source->txt(source->self, arena, name);
	struct span text = SPAN_END;
	enum key_status status;

	*out = (struct key_record){ .status = KEY_MISSING };
	if (answer.status == TXT_FOUND && answer.n) {
		status = choose(&answer, dkim2, &text);
		if (status == KEY_OK) {
			key_parse(arena, text, out);
		} else {
			out->status = status;
		}
	} else if (answer.status == TXT_TEMPORARY) {
		out->status = KEY_UNAVAILABLE;
	} else if (answer.status == TXT_REFUSED) {
		out->status = dkim2 ? KEY_MISSING : KEY_LOOKUPS;
	}
	out->authenticated = answer.authenticated;
}

void key_record_clear(struct key_record *k)
{
	pkey_free(k->key);
	k->key = NULL;
}

bool key_text(struct arena *arena, const struct pkey *k, struct span *out, struct err *e)
{
	struct buf octets = BUF_INIT, text = BUF_INIT;
	bool ok = pkey_record(k, &octets, e);

	if (ok) {
		buf_printf(&text, "v=DKIM1; k=%s; p=", key_type_name(pkey_type(k)));
		codec_base64(&text, buf_span(&octets));
		*out = buf_move(&text, arena);
	}
	buf_free(&octets);
	return ok;
}
