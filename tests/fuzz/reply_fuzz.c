/*
 * The collector of SMTP replies: the replies of a stream are the same however it
 * is cut, their text is printable, nothing grows without bound.
 */
#include "base/ascii.h"
#include "base/utf8.h"
#include "net/smtp_reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void check_reply(const struct smtp_reply *r, enum smtp_reply_state state)
{
	struct span text = { r->text, r->length };

	check(r->length < sizeof(r->text) && r->text[r->length] == '\0' && utf8_valid(text));
	for (size_t i = 0; i < text.n; i++) {
		check(!ascii_cntrl(text.p[i]));
	}
	if (state == SMTP_REPLY_DONE) {
		check(r->code >= 200 && r->code <= 599 && r->length >= 3);
	}
	if (state == SMTP_REPLY_BROKEN) {
		check(r->code == 0);
	}
	check(r->bytes <= SMTP_REPLY_BYTES || state == SMTP_REPLY_BROKEN);
}

/* All replies of IN in pieces of STEP bytes; a number that depends on all that was collected. */
static uint64_t collect(struct span in, size_t step)
{
	struct smtp_reply r = { 0 };
	uint64_t sum = 0;

	while (in.n > 0) {
		struct span piece = span_sub(in, 0, step);
		size_t before = piece.n;
		enum smtp_reply_state state = smtp_reply_feed(&r, &piece);

		check(before > piece.n);
		check(state != SMTP_REPLY_MORE || piece.n == 0);
		in = span_from(in, before - piece.n);
		check_reply(&r, state);
		if (state == SMTP_REPLY_MORE) {
			continue;
		}
		for (size_t i = 0; i < r.length; i++) {
			sum = sum * 31 + (unsigned char)r.text[i];
		}
		sum = sum * 31 + (uint64_t)r.code + r.offers;
		if (state == SMTP_REPLY_BROKEN) {
			break;
		}
		smtp_reply_clear(&r);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = { (const char *)data, size };
	/* What does not end is found out at a byte that depends on the pieces. */
	bool bounded = size <= SMTP_REPLY_BYTES;
	uint64_t whole = collect(in, size);

	check(collect(in, 1) == whole || !bounded);
	check(collect(in, 7) == whole || !bounded);
	return 0;
}
