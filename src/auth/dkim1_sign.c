/*
 * Making a DKIM-Signature field. What it covers is a table. Fields that a
 * reader sees or answers to are named once more than they are there, so that
 * none can be added.
 */
#include "auth/dkim1.h"

#include "auth/dkim1_field.h"
#include "base/codec.h"

/* Columns of a line, its white space counted. */
enum { COLUMNS = 76 };

static const char *const oversigned[] = {
	"From",
	"Subject",
	"Date",
	"To",
	"Cc",
	"Reply-To",
	"Message-ID",
	"Sender",
	"In-Reply-To",
	"References",
	"MIME-Version",
	"Content-Type",
	"Content-Transfer-Encoding",
	"Content-Disposition",
	"List-Id",
	"List-Unsubscribe",
	"List-Unsubscribe-Post",
};

/* Signed when there; a name that ends in '-' is a prefix. */
static const char *const present[] = {
	"Content-",
	"List-",
	"Resent-",
};

static bool is_present_name(struct span name)
{
	for (size_t i = 0; i < sizeof(oversigned) / sizeof(oversigned[0]); i++) {
		if (span_iis(name, oversigned[i])) {
			return false; /* named already */
		}
	}
	for (size_t i = 0; i < sizeof(present) / sizeof(present[0]); i++) {
		struct span want = span_str(present[i]);

		if (span_ends(want, SPAN("-")) ? span_istarts(name, want) : span_ieq(name, want)) {
			return true;
		}
	}
	return false;
}

struct names {
	struct span *v;
	size_t n, cap;
};

static void add_name(struct arena *arena, struct names *h, struct span name)
{
	*ARENA_PUSH(arena, h->v, h->n, h->cap) = name;
}

/*
 * Mail that is on a list by now. To an author's mail the list fields will still be
 * added, so there they must not be signed as absent.
 */
static bool on_a_list(const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_iis(fields[i].name, "List-Id")) {
			return true;
		}
	}
	return false;
}

static struct names names_of(struct arena *arena, const struct field *fields, size_t count)
{
	struct names h = { NULL, 0, 0 };

	for (size_t k = 0; k < sizeof(oversigned) / sizeof(oversigned[0]); k++) {
		struct span name = span_str(oversigned[k]);

		if (span_starts(name, SPAN("List-")) && !on_a_list(fields, count)) {
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			if (span_ieq(fields[i].name, name)) {
				add_name(arena, &h, name);
			}
		}
		add_name(arena, &h, name);
	}
	for (size_t i = 0; i < count; i++) {
		if (is_present_name(fields[i].name)) {
			add_name(arena, &h, fields[i].name);
		}
	}
	return h;
}

/* The field being written: text so far and the column its last line has reached. */
struct writer {
	struct buf *out;
	size_t column;
};

/* WORD, on a new line when it has no room on this one. */
static void put(struct writer *w, struct span word)
{
	if (w->column + word.n > COLUMNS && w->column > 1) {
		buf_str(w->out, "\r\n\t");
		w->column = 1;
	}
	buf_add(w->out, word);
	w->column += word.n;
}

static void put_names(struct writer *w, struct arena *arena, const struct names *h)
{
	for (size_t i = 0; i < h->n; i++) {
		bool last = i + 1 == h->n;

		put(w, arena_join(arena, h->v[i], last ? SPAN(";") : SPAN(":"), SPAN_END));
	}
}

/* Base64 may be broken anywhere. */
static void put_base64(struct writer *w, struct span bytes)
{
	struct buf text = BUF_INIT;
	struct span rest;

	codec_base64(&text, bytes);
	rest = buf_span(&text);
	while (rest.n) {
		size_t room = w->column < COLUMNS ? COLUMNS - w->column : COLUMNS - 1;
		struct span line = span_sub(rest, 0, room);

		put(w, line);
		rest = span_from(rest, line.n);
	}
	buf_free(&text);
}

static void new_line(struct writer *w, struct span start)
{
	buf_str(w->out, "\r\n\t");
	buf_add(w->out, start);
	w->column = 1 + start.n;
}

/* Everything up to and with "b=". */
static void put_tags(struct writer *w, struct arena *arena, const struct signer *signer,
                     const struct names *h, const struct digest *body_hash, int64_t now)
{
	put(w, arena_printf(arena, "DKIM-Signature: v=1; a=%s-sha256; c=relaxed/relaxed;",
	                    key_type_name(pkey_type(signer->key))));
	new_line(w, arena_join(arena, SPAN("d="), signer->domain, SPAN("; s="), signer->selector,
	                       SPAN(";"), SPAN_END));
	put(w, arena_printf(arena, " t=%lld;", (long long)now));
	new_line(w, SPAN("h="));
	put_names(w, arena, h);
	new_line(w, SPAN("bh="));
	put_base64(w, digest_span(body_hash));
	put(w, SPAN(";"));
	new_line(w, SPAN("b="));
}

/* The field without a signature, as the last of what is signed. */
static struct field unsigned_field(struct span raw)
{
	struct span value = raw, name = span_cut(&value, ':');

	return (struct field){ raw, name, value };
}

bool dkim1_sign(const struct signer *signer, const struct field *fields, size_t count,
                const struct digest *body_hash, int64_t now, struct buf *out, struct err *e)
{
	struct arena *arena = arena_new();
	struct names h = names_of(arena, fields, count);
	struct buf field = BUF_INIT, input = BUF_INIT, signature = BUF_INIT;
	struct writer w = { &field, 0 };
	struct field last;
	struct digest digest;
	bool ok = false;

	if (pkey_type(signer->key) == KEY_MLDSA44) {
		err_set(e, ERR_MISUSE, "", "key type \"mldsa44\" cannot sign for DKIM1");
		goto done;
	}
	put_tags(&w, arena, signer, &h, body_hash, now);
	dkim1_selected(arena, &input, CANON_RELAXED, fields, count, SPAN_NONE, h.v, h.n);
	last = unsigned_field(buf_span(&field));
	canon_field(&input, CANON_RELAXED, &last, true);
	hash_of(HASH_SHA256, buf_span(&input), &digest);
	if (!pkey_sign(signer->key, HASH_SHA256, &digest, buf_span(&input), &signature, e)) {
		goto done;
	}
	put_base64(&w, buf_span(&signature));
	buf_str(&field, "\r\n");
	buf_add(out, buf_span(&field));
	ok = true;
done:
	buf_free(&field);
	buf_free(&input);
	buf_free(&signature);
	arena_free(arena);
	return ok;
}
