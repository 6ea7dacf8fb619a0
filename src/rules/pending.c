/*
 * A token is random and stored as its hash, so that who reads the database cannot confirm
 * anything.
 */
#include "rules/pending.h"

#include "base/codec.h"
#include "base/unit.h"

static const struct pending_kind kinds[PENDING_ACTIONS] = {
	[PENDING_SUBSCRIBE] = { "subscribe", 7 * UNIT_DAY, false },
	[PENDING_INVITE] = { "invite", 14 * UNIT_DAY, false },
	[PENDING_UNSUBSCRIBE] = { "unsubscribe", 7 * UNIT_DAY, false },
	[PENDING_CHANGE_OLD] = { "change-address", 7 * UNIT_DAY, false },
	[PENDING_CHANGE_NEW] = { "change-address-new", 7 * UNIT_DAY, false },
	[PENDING_ALIAS] = { "alias", 7 * UNIT_DAY, false },
	[PENDING_WHO] = { "who", 7 * UNIT_DAY, false },
	[PENDING_LEAVE_ALL] = { "leave-all", 7 * UNIT_DAY, false },
	[PENDING_POST] = { "post", 7 * UNIT_DAY, true },
};

const struct pending_kind *pending_kind(enum pending_action action)
{
	return &kinds[action];
}

struct span pending_token(struct arena *arena, const struct env *env)
{
	char bytes[PENDING_TOKEN_BYTES];
	struct buf text = BUF_INIT;
	env->random(env, bytes, sizeof(bytes));
	codec_base32(&text, (struct span){ bytes, sizeof(bytes) });
	return buf_move(&text, arena);
}

bool pending_hash(struct span token, struct digest *out)
{
	struct buf bytes = BUF_INIT;
	bool ok = token.n <= 64 && codec_unbase32(&bytes, token) && bytes.n == PENDING_TOKEN_BYTES;
	if (ok) {
		hash_of(HASH_SHA256, buf_span(&bytes), out);
	}
	buf_free(&bytes);
	return ok;
}
