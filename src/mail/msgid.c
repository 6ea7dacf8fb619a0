/*
 * Finds the message identifier as strangers write it: with comments, folded in
 * the middle, without brackets. The topmost field counts.
 */
#include "mail/msgid.h"

#include "base/ascii.h"
#include "base/codec.h"
#include "mail/cfws.h"
#include "mail/taglist.h"

/* A bare identifier ends where white space does. */
static struct span first_word(struct span s)
{
	size_t n = 0;

	while (n < s.n && !ascii_fws(s.p[n])) {
		n++;
	}
	return span_sub(s, 0, n);
}

struct span msgid_of(struct arena *arena, const struct message *m)
{
	struct span text = cfws_skip(message_text(arena, message_find(m, "Message-ID")));
	size_t open = span_chr(text, '<');

	if (open == SPAN_NONE) {
		return first_word(text);
	}
	text = span_from(text, open + 1);
	/* Some writers fold long identifiers, which leaves white space inside. */
	return taglist_squeeze(arena, span_cut(&text, '>'));
}

size_t msgid_list(struct arena *arena, struct span value, size_t max, struct span **out)
{
	struct span rest = value, *v = NULL;
	size_t n = 0, cap = 0;

	for (size_t open; (open = span_chr(rest, '<')) != SPAN_NONE;) {
		rest = span_from(rest, open + 1);
		size_t close = span_chr(rest, '>');

		if (close == SPAN_NONE) {
			break;
		}
		struct span id = taglist_squeeze(arena, span_sub(rest, 0, close));

		rest = span_from(rest, close + 1);
		if (id.n > 0) {
			*ARENA_PUSH(arena, v, n, cap) = id;
		}
	}
	size_t skip = n > max ? n - max : 0;

	*out = v ? v + skip : NULL;
	return n - skip;
}

struct span msgid_make(struct arena *arena, const struct env *env, struct span domain)
{
	char random[15];
	struct buf out = BUF_INIT;

	env->random(env, random, sizeof(random));
	codec_base32(&out, (struct span){ random, sizeof(random) });
	buf_chr(&out, '@');
	buf_add(&out, domain);
	return buf_move(&out, arena);
}
