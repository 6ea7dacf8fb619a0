/* The machine-readable half of a delivery report. */
#include "mail/dsn.h"

#include "base/utf8.h"
#include "mail/date.h"
#include "mail/word.h"

/* Bytes of the diagnostic text that are kept. */
#define DIAGNOSTIC_BYTES 500

/* TEXT on one line, without what a terminal must not see; without UTF-8 where there may be none. */
static struct span clean(struct arena *arena, struct span text, bool utf8)
{
	struct buf out = BUF_INIT;
	while (text.n > 0 && out.n < DIAGNOSTIC_BYTES) {
		size_t n = utf8_printable(text);
		if (n == 1 || (n > 1 && utf8)) {
			buf_add(&out, span_sub(text, 0, n));
		} else {
			buf_chr(&out, n > 1 ? '?' : ' ');
		}
		text = span_from(text, n > 0 ? n : 1);
	}
	return span_trim(buf_move(&out, arena));
}

static void field(struct buf *out, struct arena *arena, struct span name, struct span value)
{
	buf_add(out, word_fold(arena, name, value));
}

static struct span status_of(struct arena *arena, const struct dsn *d, bool utf8)
{
	struct buf out = BUF_INIT;
	struct span recipient = clean(arena, d->recipient, utf8);
	field(&out, arena, SPAN("Reporting-MTA"),
	      arena_join(arena, SPAN("dns; "), d->reporting_mta, SPAN_END));
	field(&out, arena, SPAN("Arrival-Date"), date_format(arena, d->arrived));
	buf_str(&out, "\r\n");
	field(&out, arena, SPAN("Final-Recipient"),
	      arena_join(arena, utf8_ascii(recipient) ? SPAN("rfc822; ") : SPAN("utf-8; "),
	                 recipient, SPAN_END));
	field(&out, arena, SPAN("Action"), SPAN("failed"));
	field(&out, arena, SPAN("Status"), d->status);
	field(&out, arena, SPAN("Diagnostic-Code"),
	      arena_join(arena, SPAN("x-ladle; "), clean(arena, d->diagnostic, utf8), SPAN_END));
	return buf_move(&out, arena);
}

void dsn_parts(struct arena *arena, const struct dsn *d, const struct message *m, bool whole,
               size_t limit, struct compose_part out[2], size_t *n)
{
	bool utf8_header = !utf8_ascii(m->header);
	bool utf8 = utf8_header || !utf8_ascii(d->recipient);
	out[0] = (struct compose_part){
		.type = utf8 ? SPAN("message/global-delivery-status")
		             : SPAN("message/delivery-status"),
		.description = SPAN("Delivery report"),
		.bytes = status_of(arena, d, utf8),
	};
	*n = 1;
	if (whole && m->raw.n <= limit && compose_carries(m->raw)) {
		out[(*n)++] = (struct compose_part){
			.type = utf8_header ? SPAN("message/global") : SPAN("message/rfc822"),
			.description = SPAN("The message as it arrived"),
			.bytes = m->raw,
		};
	} else if (m->header.n > 0 && compose_carries(m->header)) {
		out[(*n)++] = (struct compose_part){
			.type = utf8_header ? SPAN("message/global-headers")
			                    : SPAN("text/rfc822-headers"),
			.description = SPAN("The header of the message as it arrived"),
			.bytes = m->header,
		};
	}
}
