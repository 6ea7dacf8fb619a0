/*
 * Token = base32(varint post?, varint member, first 10 octets of the HMAC). The
 * HMAC covers kind, list, post and member, so a token is good for one purpose.
 */
#include "rules/token.h"

#include "auth/crypto.h"
#include "base/codec.h"

#define MAC_BYTES  10
#define VARINT_MAX 10

static void put_varint(struct buf *out, uint64_t v)
{
	while (v >= 0x80) {
		buf_chr(out, (char)(v | 0x80));
		v >>= 7;
	}
	buf_chr(out, (char)v);
}

static bool take_varint(struct span *in, int64_t *out)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < VARINT_MAX - 1 && i < in->n; i++) {
		unsigned char c = (unsigned char)in->p[i];
		v |= (uint64_t)(c & 0x7f) << (7 * i);
		if (c < 0x80) {
			*in = span_from(*in, i + 1);
			*out = (int64_t)v;
			return true;
		}
	}
	return false;
}

static void mac(struct span secret, enum token_kind kind, int64_t list, const struct token *t,
                struct digest *out)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "ladle-token %d %lld %lld %lld", (int)kind, (long long)list,
	           (long long)t->post, (long long)t->member);
	hmac_sha256(secret, buf_span(&text), out);
	buf_free(&text);
}

struct span token_make(struct arena *arena, struct span secret, enum token_kind kind, int64_t list,
                       const struct token *t)
{
	struct buf bytes = BUF_INIT, text = BUF_INIT;
	struct digest d;
	if (kind == TOKEN_BOUNCE) {
		put_varint(&bytes, (uint64_t)t->post);
	}
	put_varint(&bytes, (uint64_t)t->member);
	mac(secret, kind, list, t, &d);
	buf_add(&bytes, span_sub(digest_span(&d), 0, MAC_BYTES));
	codec_base32(&text, buf_span(&bytes));
	buf_free(&bytes);
	return buf_move(&text, arena);
}

static bool parse(struct span bytes, enum token_kind kind, struct token *out, struct span *given)
{
	*out = (struct token){ 0 };
	if (kind == TOKEN_BOUNCE && !take_varint(&bytes, &out->post)) {
		return false;
	}
	if (!take_varint(&bytes, &out->member)) {
		return false;
	}
	*given = bytes;
	return bytes.n == MAC_BYTES;
}

bool token_check(struct span secret, enum token_kind kind, int64_t list, struct span text,
                 struct token *out)
{
	struct buf bytes = BUF_INIT;
	struct span given;
	struct digest d;
	bool ok = text.n <= 64 && codec_unbase32(&bytes, text) &&
	          parse(buf_span(&bytes), kind, out, &given);
	if (ok) {
		mac(secret, kind, list, out, &d);
		ok = crypto_same(span_sub(digest_span(&d), 0, MAC_BYTES), given);
	}
	buf_free(&bytes);
	return ok;
}
