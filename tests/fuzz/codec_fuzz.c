/*
 * The codecs: every decoder takes any bytes, and what an encoder makes of any
 * bytes decodes to them again.
 */

#include "base/codec.h"

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds) {
		abort();
	}
}

typedef void (*encoder)(struct buf *out, struct span in);
typedef bool (*decoder)(struct buf *out, struct span in);

static bool unqp(struct buf *out, struct span text)
{
	codec_unqp(out, text);
	return true;
}

static void round_trip(encoder encode, decoder decode, struct span bytes)
{
	struct buf coded = BUF_INIT, plain = BUF_INIT;

	encode(&coded, bytes);
	require(decode(&plain, buf_span(&coded)));
	require(span_eq(buf_span(&plain), bytes));
	buf_free(&coded);
	buf_free(&plain);
}

/* Strict and lenient agree where strict accepts; canonical is what encoding gives back. */
static void compare_base64(struct span text)
{
	struct buf strict = BUF_INIT, lenient = BUF_INIT, again = BUF_INIT, bare = BUF_INIT;
	bool good = codec_unbase64(&strict, text);

	codec_unbase64_lenient(&lenient, text);
	require(!good || span_eq(buf_span(&strict), buf_span(&lenient)));
	codec_base64(&again, buf_span(&strict));
	for (size_t i = 0; i < text.n; i++) {
		if (span_chr(SPAN(" \t\r\n"), text.p[i]) == SPAN_NONE) {
			buf_chr(&bare, text.p[i]);
		}
	}
	require(codec_base64_canonical(text) ==
	        (good && span_eq(buf_span(&again), buf_span(&bare))));
	buf_free(&strict);
	buf_free(&lenient);
	buf_free(&again);
	buf_free(&bare);
}

static void check_qp_lines(struct span bytes)
{
	struct buf coded = BUF_INIT;
	struct span rest;

	codec_qp(&coded, bytes);
	rest = buf_span(&coded);
	while (rest.n) {
		struct span line = span_line(&rest);
		size_t ending = span_ends(line, SPAN("\r\n")) ? 2 : 0;

		require(line.n - ending <= 76);
		require(!span_starts(line, SPAN(".")) && !span_starts(line, SPAN("From ")));
		require(!span_ends(line, SPAN(" \r\n")) && !span_ends(line, SPAN("\t\r\n")));
	}
	buf_free(&coded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { (const char *)data, size };
	struct buf out = BUF_INIT;

	round_trip(codec_base64, codec_unbase64, bytes);
	round_trip(codec_base32, codec_unbase32, bytes);
	round_trip(codec_hex, codec_unhex, bytes);
	round_trip(codec_qp, unqp, bytes);
	compare_base64(bytes);
	check_qp_lines(bytes);
	codec_unqp(&out, bytes);
	require(out.n <= size);
	buf_clear(&out);
	codec_unhex(&out, bytes);
	codec_unbase32(&out, bytes);
	buf_free(&out);
	return 0;
}
