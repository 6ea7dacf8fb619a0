/*
 * The parts of a report, in one walk over the MIME tree: what it says to people, what it
 * says to machines, what it returns. A part for machines decides what kind it is; without
 * one, mail/bounce_kind.h does.
 */
#include "mail/bounce.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/bounce_dsn.h"
#include "mail/bounce_kind.h"
#include "mail/bounce_reply.h"
#include "mail/bounce_text.h"
#include "mail/charset.h"
#include "mail/mime.h"
#include "mail/msgid.h"

static const char *const kinds[] = { "not-a-report", "failure",   "delay",  "autoreply",
	                             "challenge",    "complaint", "receipt" };

const char *bounce_kind_name(enum bounce_kind k)
{
	return kinds[k];
}

struct span bounce_unboxed(struct span raw)
{
	struct span rest = raw;
	if (span_starts(raw, SPAN("From ")) || span_starts(raw, SPAN(">From "))) {
		(void)span_line(&rest);
	}
	return rest;
}

/* --- parts ---------------------------------------------------------------------- */

struct parts {
	struct arena *arena;
	struct buf text; /* to people, UTF-8 with LF */
	struct span status, feedback, disposition;
	bool has_status, has_feedback, has_disposition;
	struct span returned;
	bool has_returned, whole;
};

/* Text of HTML, near enough to be searched: no tags, the five entities. */
static void add_html(struct buf *out, struct span s)
{
	static const struct {
		struct span name;
		char c;
	} entities[] = { { SPAN_INIT("&lt;"), '<' },
		         { SPAN_INIT("&gt;"), '>' },
		         { SPAN_INIT("&amp;"), '&' },
		         { SPAN_INIT("&quot;"), '"' },
		         { SPAN_INIT("&nbsp;"), ' ' } };
	while (s.n > 0) {
		size_t skip = 1;
		char c = s.p[0];
		if (c == '<' && span_chr(s, '>') != SPAN_NONE) {
			struct span tag = span_sub(s, 1, 3);
			skip = span_chr(s, '>') + 1;
			c = span_istarts(tag, SPAN("br")) || span_istarts(tag, SPAN("p")) ||
			                    span_istarts(tag, SPAN("/p")) ||
			                    span_istarts(tag, SPAN("/d")) ||
			                    span_istarts(tag, SPAN("tr"))
			            ? '\n'
			            : ' ';
		}
		for (size_t i = 0; c == '&' && i < sizeof(entities) / sizeof(*entities); i++) {
			if (span_istarts(s, entities[i].name)) {
				skip = entities[i].name.n;
				c = entities[i].c;
				break;
			}
		}
		buf_chr(out, c);
		s = span_from(s, skip);
	}
}

static void add_text(struct parts *x, const struct part *p)
{
	struct buf utf8 = BUF_INIT;
	struct span bytes = span_sub(mime_decode(x->arena, p), 0, LIMIT_REPORT_TEXT);
	if (x->text.n >= LIMIT_REPORT_TEXT) {
		return;
	}
	/* ISO-2022 is seven bits as well. */
	bool plain = utf8_valid(bytes) && span_chr(bytes, '\033') == SPAN_NONE;
	if (plain || !charset_to_utf8(&utf8, mime_charset(x->arena, &p->type), bytes)) {
		charset_repair(&utf8, bytes);
	}
	if (mime_is(&p->type, "text", "html")) {
		add_html(&x->text, buf_span(&utf8));
	} else {
		buf_add(&x->text, buf_span(&utf8));
	}
	buf_chr(&x->text, '\n');
	buf_free(&utf8);
}

static bool is_machine(const struct part *p, struct parts *x)
{
	const struct mime_type *t = &p->type;
	struct {
		bool is;
		struct span *out;
		bool *has;
	} rows[] = {
		{ mime_is(t, "message", "delivery-status") ||
		          mime_is(t, "message", "global-delivery-status"),
		  &x->status, &x->has_status },
		{ mime_is(t, "message", "feedback-report"), &x->feedback, &x->has_feedback },
		{ mime_is(t, "message", "disposition-notification") ||
		          mime_is(t, "message", "global-disposition-notification"),
		  &x->disposition, &x->has_disposition },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].is) {
			if (!*rows[i].has) {
				*rows[i].out = mime_decode(x->arena, p);
				*rows[i].has = true;
			}
			return true;
		}
	}
	return false;
}

static bool is_returned(const struct part *p, struct parts *x)
{
	const struct mime_type *t = &p->type;
	bool whole = mime_is(t, "message", "rfc822") || mime_is(t, "message", "global");
	bool header = mime_is(t, "text", "rfc822-headers") || mime_is(t, "text", "rfc822-header") ||
	              mime_is(t, "message", "global-headers") ||
	              mime_is(t, "message", "rfc822-headers");
	if ((whole || header) && !x->has_returned) {
		x->returned = mime_decode(x->arena, p);
		x->has_returned = true;
		x->whole = whole;
	}
	return whole || header;
}

/* HTML counts only where there is no plain text. */
static void walk(struct parts *x, const struct part *p, bool html)
{
	for (; p; p = p->next) {
		if (p->children) {
			walk(x, p->children, html);
			continue;
		}
		if (is_machine(p, x) || is_returned(p, x)) {
			continue;
		}
		bool is_html = mime_is(&p->type, "text", "html");
		if (is_html == html &&
		    (mime_is(&p->type, "text", NULL) || mime_is(&p->type, "multipart", NULL)) &&
		    !(x->has_returned && x->text.n > 0)) {
			add_text(x, p);
		}
	}
}

/* --- reading -------------------------------------------------------------------- */

/* Addresses of the report itself, and of the author of what it returns: not recipients. */
static size_t senders(struct arena *arena, const struct message *m, struct span *out, size_t max)
{
	static const char *const names[] = { "From",        "To",           "Sender",
		                             "Return-Path", "Delivered-To", "X-Original-To",
		                             "Reply-To" };
	size_t n = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct field *f = message_find(m, names[i]);
		struct mailboxes list = { .n = 0 };
		if (f) {
			list = addr_parse(arena, f->value);
		}
		for (size_t k = 0; k < list.n && n < max; k++) {
			out[n++] = list.v[k].addr;
		}
	}
	return n;
}

static void read_failed_recipients(struct arena *arena, const struct message *m, struct bounce *out)
{
	struct span name = SPAN("X-Failed-Recipients");
	size_t at = 0;
	for (const struct field *f; (f = message_next(m, name, &at));) {
		struct mailboxes list = addr_parse(arena, f->value);
		for (size_t i = 0; i < list.n; i++) {
			if (list.v[i].domain.n > 0) {
				(void)bounce_recipient(arena, out, list.v[i].addr);
			}
		}
	}
}

/* What the actions of its recipients make of a report. */
static enum bounce_kind kind_of(const struct bounce *out, struct span text)
{
	bool delivered = out->n > 0, delayed = out->n > 0;
	for (size_t i = 0; i < out->n; i++) {
		enum bounce_action a = out->v[i].action;
		char class = out->v[i].status.n > 0 ? out->v[i].status.p[0] : '\0';
		delivered = delivered && (a >= BOUNCE_DELIVERED || (a == 0 && class == '2'));
		delayed = delayed && (a == BOUNCE_DELAYED ||
		                      (a == 0 && class == '4' && bounce_kind_delay(text)));
	}
	return delivered ? BOUNCE_RECEIPT : delayed ? BOUNCE_DELAY : BOUNCE_FAILURE;
}

/* Is the root multipart/report with a report-type of RFC 3464 or 6533, or without any? */
static bool is_report(struct arena *arena, const struct mime *mime)
{
	struct span type = mime_param(arena, &mime->root->type, "report-type");
	return mime_is(&mime->root->type, "multipart", "report") &&
	       (type.n == 0 || span_iis(type, "delivery-status") ||
	        span_iis(type, "global-delivery-status"));
}

/* A part for machines that some put into the text for people. */
static bool inline_status(struct span text)
{
	return span_ifind(text, SPAN("\nFinal-Recipient:")) != SPAN_NONE &&
	       span_ifind(text, SPAN("\nStatus:")) != SPAN_NONE;
}

static void read_machine(struct parts *x, const struct message *m, struct bounce *out)
{
	struct span text = buf_span(&x->text);
	if (x->has_feedback) {
		bounce_feedback(x->arena, x->feedback, out);
		out->kind = BOUNCE_COMPLAINT;
		out->why = "a part message/feedback-report";
	} else if (x->has_disposition) {
		bounce_dsn(x->arena, x->disposition, out);
		/* RFC 5429: some refuse by a receipt. */
		bool refused = span_ifind(x->disposition, SPAN("; deleted")) != SPAN_NONE &&
		               span_ifind(text, SPAN("rejected")) != SPAN_NONE;
		out->kind = refused ? BOUNCE_FAILURE : BOUNCE_RECEIPT;
		out->why = "a part message/disposition-notification";
	} else if (x->has_status) {
		bounce_dsn(x->arena, x->status, out);
		out->kind = kind_of(out, text);
		out->why = "a part message/delivery-status";
	} else {
		bounce_kind_read(x->arena, m, text, out);
		if (out->kind == BOUNCE_FAILURE && inline_status(text)) {
			bounce_dsn(x->arena, text, out);
			out->kind = kind_of(out, text);
		}
	}
}

static void read_id(struct arena *arena, struct bounce *out)
{
	struct message m;
	if (out->returned.n > 0 &&
	    message_parse(arena,
	                  out->whole ? out->returned : span_sub(out->returned, 0, LIMIT_HEADER), &m,
	                  NULL)) {
		out->message_id = msgid_of(arena, &m);
	}
}

/* Who, and what was said: from the text, where the part for machines is silent. */
static void read_text(struct parts *x, const struct message *m, struct span text,
                      struct bounce *out)
{
	struct span own[16];
	size_t n = senders(x->arena, m, own, sizeof(own) / sizeof(*own));
	struct mailbox author;
	if (out->kind == BOUNCE_AUTOREPLY || out->kind == BOUNCE_CHALLENGE) {
		if (addr_author(x->arena, m, &author)) {
			(void)bounce_recipient(x->arena, out, author.addr);
		}
		return;
	}
	if (out->kind == BOUNCE_NONE) {
		return;
	}
	if (out->n == 0) {
		read_failed_recipients(x->arena, m, out);
	}
	if (out->n == 0) {
		bounce_text_recipients(x->arena, text, out->returned, own, n, out);
	}
	if (out->kind == BOUNCE_FAILURE || out->kind == BOUNCE_DELAY) {
		bounce_text_replies(x->arena, text, out);
	}
}

/* Some gateway attached a report to one of its own. */
static bool is_wrapped(struct arena *arena, const struct parts *x, struct message *inner)
{
	if (x->has_status || x->has_feedback || x->has_disposition || !x->whole ||
	    !message_parse(arena, x->returned, inner, NULL)) {
		return false;
	}
	const struct field *f = message_find(inner, "Content-Type");
	struct mime_type t = mime_type(arena, f ? f->value : SPAN(""));
	return mime_is(&t, "multipart", "report");
}

static void read_parts(struct arena *arena, const struct message *m, bool wrapped,
                       struct bounce *out)
{
	struct parts x = { .arena = arena, .text = BUF_INIT };
	struct message inner;
	struct mime mime;
	struct span inside;
	*out = (struct bounce){ .why = "nothing says that it is one" };
	if (!mime_parse(arena, m, &mime, NULL)) {
		return;
	}
	walk(&x, mime.root, false);
	if (x.text.n == 0) {
		walk(&x, mime.root, true);
	}
	if (!wrapped && is_wrapped(arena, &x, &inner)) {
		buf_free(&x.text);
		read_parts(arena, &inner, true, out);
		out->dsn = false;
		return;
	}
	out->returned = x.returned;
	out->whole = x.whole;
	read_machine(&x, m, out);
	out->dsn = x.has_status && is_report(arena, &mime);
	struct span text = bounce_text_split(buf_span(&x.text), &inside);
	if (!x.has_returned) {
		out->returned = arena_copy(arena, inside);
	}
	read_id(arena, out);
	read_text(&x, m, text, out);
	buf_free(&x.text);
}

void bounce_read(struct arena *arena, const struct message *m, struct bounce *out)
{
	read_parts(arena, m, false, out);
}
