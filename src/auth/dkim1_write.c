/*
 * A signature field, tag by tag, in lines of at most COLUMNS columns where it
 * can be. It is signed as it stands, with b= still empty, and then completed.
 */
#include "auth/dkim1_write.h"

#include "base/codec.h"

#include <stdio.h>

/* Columns of a line, its white space counted. */
enum { COLUMNS = 76 };

void dkim1_write(struct dkim1_writer *w, struct span word)
{
	if (w->column + word.n > COLUMNS && w->column > 1) {
		buf_str(w->out, "\r\n\t");
		w->column = 1;
	}
	buf_add(w->out, word);
	w->column += word.n;
}

void dkim1_write_line(struct dkim1_writer *w, struct span start)
{
	buf_str(w->out, "\r\n\t");
	buf_add(w->out, start);
	w->column = 1 + start.n;
}

void dkim1_write_signer(struct dkim1_writer *w, const struct signer *signer, int64_t now)
{
	char t[32];

	dkim1_write_line(w, SPAN("d="));
	buf_add(w->out, signer->domain);
	buf_str(w->out, "; s=");
	buf_add(w->out, signer->selector);
	buf_chr(w->out, ';');
	w->column += signer->domain.n + signer->selector.n + sizeof("; s=;") - 1;
	snprintf(t, sizeof(t), " t=%lld;", (long long)now);
	dkim1_write(w, span_str(t));
}

void dkim1_write_names(struct dkim1_writer *w, const struct dkim1_names *names)
{
	struct buf word = BUF_INIT;

	for (size_t i = 0; i < names->n; i++) {
		buf_clear(&word);
		buf_add(&word, names->v[i]);
		buf_chr(&word, i + 1 == names->n ? ';' : ':');
		dkim1_write(w, buf_span(&word));
	}
	buf_free(&word);
}

/* Base64 may be broken anywhere. */
void dkim1_write_base64(struct dkim1_writer *w, struct span bytes)
{
	struct buf text = BUF_INIT;
	struct span rest;

	codec_base64(&text, bytes);
	rest = buf_span(&text);
	while (rest.n) {
		size_t room = w->column < COLUMNS ? COLUMNS - w->column : COLUMNS - 1;
		struct span line = span_sub(rest, 0, room);

		dkim1_write(w, line);
		rest = span_from(rest, line.n);
	}
	buf_free(&text);
}

/* The field without a signature, as the last of what is signed. */
static struct field unsigned_field(struct span raw)
{
	struct span value = raw, name = span_cut(&value, ':');

	return (struct field){ raw, name, value };
}

bool dkim1_write_signature(struct dkim1_writer *w, const struct signer *signer, struct hash *before,
                           struct err *e)
{
	struct buf text = BUF_INIT, signature = BUF_INIT;
	struct field last;
	struct digest digest;
	bool ok;

	dkim1_write_line(w, SPAN("b="));
	last = unsigned_field(buf_span(w->out));
	canon_field(&text, CANON_RELAXED, &last, true);
	hash_add(before, buf_span(&text));
	hash_final(before, &digest);
	ok = pkey_sign(signer->key, HASH_SHA256, &digest, SPAN_END, &signature, e);
	if (ok) {
		dkim1_write_base64(w, buf_span(&signature));
		buf_str(w->out, "\r\n");
	}
	buf_free(&text);
	buf_free(&signature);
	return ok;
}
