/*
 * Token = base32(varint held, first 16 octets of the HMAC). Who comes with one is found by
 * making it for every moderator there is: they are few, and the token needs no room for a name.
 */
#include "rules/moderation.h"

#include "auth/crypto.h"
#include "base/codec.h"
#include "base/limits.h"
#include "mail/addr.h"
#include "rules/people.h"

#define MAC_BYTES   16
#define TOKEN_MAX   64
#define VARINT_BITS 63

static const struct action {
	const char *name;
	enum role role;
	struct span word, shorter;
} actions[] = {
	[MODERATION_ACCEPT] = { "accept", ROLE_ACCEPT, SPAN_INIT("accept-"), SPAN_INIT("ma-") },
	[MODERATION_REJECT] = { "reject", ROLE_REJECT, SPAN_INIT("reject-"), SPAN_INIT("mr-") },
	[MODERATION_DISCARD] = { "discard", ROLE_DISCARD, SPAN_INIT("discard-"), SPAN_INIT("md-") },
	[MODERATION_ALLOW] = { "accept-allow", ROLE_ACCEPT_ALLOW, SPAN_INIT("accept-allow-"),
	                       SPAN_INIT("mw-") },
};

const char *moderation_name(enum moderation m)
{
	return actions[m].name;
}

bool moderation_of(enum role role, enum moderation *out)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (actions[i].role == role) {
			*out = (enum moderation)i;
			return true;
		}
	}
	return false;
}

/* Moderators are told apart by the form under which addresses are compared. */
static bool mac(struct arena *arena, struct span secret, const struct list *list,
                enum moderation action, int64_t held, struct span moderator, struct digest *out)
{
	struct span key;
	if (!addr_key(arena, moderator, &key, NULL)) {
		return false;
	}
	struct span text =
		arena_printf(arena, "ladle-moderation %s %lld %lld %.*s", actions[action].name,
	                     (long long)list->id, (long long)held, SPAN_FMT(key));
	hmac_sha256(secret, text, out);
	out->n = MAC_BYTES;
	return true;
}

static struct span token_of(struct arena *arena, int64_t held, const struct digest *d)
{
	struct buf bytes = BUF_INIT, text = BUF_INIT;
	uint64_t v = (uint64_t)held;
	for (; v >= 0x80; v >>= 7) {
		buf_chr(&bytes, (char)(v | 0x80));
	}
	buf_chr(&bytes, (char)v);
	buf_add(&bytes, digest_span(d));
	codec_base32(&text, buf_span(&bytes));
	buf_free(&bytes);
	return buf_move(&text, arena);
}

struct span moderation_address(struct arena *arena, const struct site *site, struct span secret,
                               const struct list *list, enum moderation action, int64_t held,
                               struct span moderator)
{
	struct digest d;
	if (!mac(arena, secret, list, action, held, moderator, &d)) {
		return SPAN("");
	}
	struct span token = token_of(arena, held, &d);
	struct span word = actions[action].word;
	if (list->local.n + 1 + word.n + token.n > LIMIT_LOCAL_PART) {
		word = actions[action].shorter;
	}
	return route_make(arena, list, site_delimiter(site),
	                  arena_join(arena, word, token, SPAN_END));
}

/* The number in front of the MAC; *BYTES is moved behind it. */
static bool take_number(struct span *bytes, int64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < bytes->n && 7 * (i + 1) <= VARINT_BITS; i++) {
		unsigned char c = (unsigned char)bytes->p[i];
		v |= (uint64_t)(c & 0x7f) << (7 * i);
		if (c < 0x80) {
			*bytes = span_from(*bytes, i + 1);
			*out = (int64_t)v;
			return true;
		}
	}
	return false;
}

/* Every address is tried: how long it takes says nothing about whose it was. */
static bool find_owner(struct arena *arena, struct span secret, const struct list *list,
                       enum moderation action, int64_t held, struct span given,
                       struct span addresses, struct span *moderator)
{
	struct span one;
	struct digest d;
	bool found = false;
	while (people_next(&addresses, &one)) {
		if (mac(arena, secret, list, action, held, one, &d) &&
		    crypto_same(digest_span(&d), given)) {
			*moderator = one;
			found = true;
		}
	}
	return found;
}

bool moderation_open(struct arena *arena, struct span secret, const struct list *list,
                     enum moderation action, struct span token, int64_t *held,
                     struct span *moderator)
{
	struct buf decoded = BUF_INIT;
	bool ok = token.n <= TOKEN_MAX && codec_unbase32(&decoded, token);
	struct span given = buf_move(&decoded, arena);
	return ok && take_number(&given, held) && given.n == MAC_BYTES &&
	       (find_owner(arena, secret, list, action, *held, given, list->owners, moderator) ||
	        find_owner(arena, secret, list, action, *held, given, list->moderators, moderator));
}

struct span moderation_pass(struct arena *arena, struct span random)
{
	struct buf text = BUF_INIT;
	codec_base32(&text, random);
	return buf_move(&text, arena);
}

struct span moderation_pass_hash(struct arena *arena, struct span pass)
{
	struct digest d;
	/* Local parts come back in any case. */
	hash_of(HASH_SHA256, arena_lower(arena, pass), &d);
	return arena_copy(arena, digest_span(&d));
}
