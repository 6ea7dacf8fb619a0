/*
 * Fields of RFC 3464 by a table: what a block says goes to the report or to a recipient. A
 * block with a recipient's address is one about him; several blocks about the same address
 * are one, the first word counts. Lenient, as these parts are written by hand: a line that
 * is no field continues the value before it.
 */
#include "mail/bounce_dsn.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/bounce_reply.h"
#include "mail/word.h"

#include <stddef.h>

#define REPLY_MAX 1000
/* Addresses of a report that are looked at. */
#define NAMED_MAX (4 * LIMIT_REPORTED)

/* --- addresses ---------------------------------------------------------------- */

/* RFC 6533 3: "\x{E9}" is U+00E9. */
static void add_escape(struct buf *out, struct span hex)
{
	uint32_t c = 0;
	for (size_t i = 0; i < hex.n; i++) {
		char x = ascii_lower(hex.p[i]);
		c = c * 16 + (uint32_t)(ascii_digit(x) ? x - '0' : x - 'a' + 10);
	}
	if (c < 0x80) {
		buf_chr(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_chr(out, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_chr(out, (char)(0xe0 | c >> 12));
		buf_chr(out, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_chr(out, (char)(0xf0 | c >> 18));
		buf_chr(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_chr(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_chr(out, (char)(0x80 | (c & 0x3f)));
}

/* The hexadecimal digits of an escape at the start of S that is a printable character. */
static struct span escape_at(struct span s)
{
	size_t n = 0;
	if (!span_starts(s, SPAN("\\x{"))) {
		return SPAN("");
	}
	s = span_from(s, 3);
	while (n < s.n && n < 6 &&
	       (ascii_digit(s.p[n]) ||
	        (ascii_lower(s.p[n]) >= 'a' && ascii_lower(s.p[n]) <= 'f'))) {
		n++;
	}
	return n >= 2 && n < s.n && s.p[n] == '}' ? span_sub(s, 0, n) : SPAN("");
}

static struct span unescape(struct arena *arena, struct span s)
{
	struct buf out = BUF_INIT;
	if (span_find(s, SPAN("\\x{")) == SPAN_NONE) {
		return s;
	}
	while (s.n > 0) {
		struct span hex = escape_at(s);
		if (hex.n > 0) {
			add_escape(&out, hex);
			s = span_from(s, hex.n + 4);
		} else {
			buf_chr(&out, s.p[0]);
			s = span_from(s, 1);
		}
	}
	return buf_move(&out, arena);
}

/* What an address of people looks like: printable, one '@' at least, no spaces outside quotes. */
static bool plausible(struct arena *arena, struct span s, struct span *out)
{
	return s.n <= LIMIT_ADDRESS && utf8_valid(s) && addr_path(arena, s, out, NULL) &&
	       out->n > 0;
}

struct span bounce_typed_address(struct arena *arena, struct span value)
{
	struct span address, rest = value, type = span_trim(span_cut(&rest, ';'));
	bool typed = rest.p && span_chr(type, '@') == SPAN_NONE;
	struct span s = typed ? span_trim(rest) : span_trim(value);
	if (typed && span_iis(type, "utf-8")) {
		s = unescape(arena, s);
	}
	size_t open = span_rchr(s, '<'), close = span_rchr(s, '>');
	if (open != SPAN_NONE && close != SPAN_NONE && close > open) {
		s = span_sub(s, open + 1, close);
	}
	if (s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
		s = span_sub(s, 1, s.n - 1);
	}
	/* A comment behind it is no part of it. */
	size_t space = span_chr(s, ' ');
	if (space != SPAN_NONE && span_chr(s, '"') == SPAN_NONE) {
		s = span_sub(s, 0, space);
	}
	return plausible(arena, s, &address) ? arena_copy(arena, address) : SPAN("");
}

/* Some are read from fields that may hold anything. */
static bool presentable(struct span s)
{
	bool ok = s.n <= LIMIT_ADDRESS && span_chr(s, '@') != SPAN_NONE && utf8_valid(s);
	for (size_t i = 0; ok && i < s.n; i++) {
		ok = !ascii_cntrl(s.p[i]);
	}
	return ok;
}

struct bounce_recipient *bounce_recipient(struct arena *arena, struct bounce *out,
                                          struct span address)
{
	/* Each is compared with those before it: how often must be bounded, too. */
	if (out->named == NAMED_MAX) {
		return NULL;
	}
	out->named++;
	for (size_t i = 0; i < out->n; i++) {
		if (addr_same(out->v[i].address, address)) {
			return &out->v[i];
		}
	}
	if (out->n == LIMIT_REPORTED || !presentable(address)) {
		return NULL;
	}
	if (!out->v) {
		out->v = arena_array(arena, LIMIT_REPORTED, sizeof(*out->v));
	}
	out->v[out->n] = (struct bounce_recipient){ .address = address };
	return &out->v[out->n++];
}

/* --- blocks ------------------------------------------------------------------- */

enum meaning { TEXT, NAME, ADDRESS, ACTION, STATUS, REPLY };

static const struct row {
	const char *name;
	enum meaning meaning;
	bool recipient; /* offset in struct bounce_recipient, else in struct bounce */
	size_t offset;
} table[] = {
#define REPORT(f)    false, offsetof(struct bounce, f)
#define RECIPIENT(f) true, offsetof(struct bounce_recipient, f)
	{ "Original-Envelope-Id", TEXT, REPORT(envelope_id) },
	{ "Reporting-MTA", NAME, REPORT(reporting_mta) },
	{ "DSN-Gateway", NAME, REPORT(gateway) },
	{ "Received-From-MTA", NAME, REPORT(received_from) },
	{ "Arrival-Date", TEXT, REPORT(arrived) },
	{ "Original-Recipient", ADDRESS, RECIPIENT(original) },
	{ "Final-Recipient", ADDRESS, RECIPIENT(final) },
	{ "Action", ACTION, RECIPIENT(action) },
	{ "Status", STATUS, RECIPIENT(status) },
	{ "Remote-MTA", NAME, RECIPIENT(remote_mta) },
	{ "Diagnostic-Code", REPLY, RECIPIENT(reply) },
	{ "Last-Attempt-Date", TEXT, RECIPIENT(last_attempt) },
	{ "Final-Log-ID", TEXT, RECIPIENT(log_id) },
	{ "Will-Retry-Until", TEXT, RECIPIENT(retry_until) },
};

static const struct row *find_row(struct span name)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (span_iis(name, table[i].name)) {
			return &table[i];
		}
	}
	return NULL;
}

static const char *const actions[] = {
	[BOUNCE_ACTION_NONE] = "",    [BOUNCE_FAILED] = "failed",
	[BOUNCE_DELAYED] = "delayed", [BOUNCE_DELIVERED] = "delivered",
	[BOUNCE_RELAYED] = "relayed", [BOUNCE_EXPANDED] = "expanded",
};

const char *bounce_action_name(enum bounce_action a)
{
	return actions[a];
}

/* Also "Failed (permanent)" and "deliverable" of some. */
static enum bounce_action read_action(struct span value)
{
	static const struct {
		const char *word;
		enum bounce_action action;
	} others[] = { { "failure", BOUNCE_FAILED },
		       { "expired", BOUNCE_FAILED },
		       { "deliverable", BOUNCE_DELIVERED } };
	for (unsigned i = BOUNCE_FAILED; i <= BOUNCE_EXPANDED; i++) {
		if (span_istarts(value, span_str(actions[i]))) {
			return (enum bounce_action)i;
		}
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (span_istarts(value, span_str(others[i].word))) {
			return others[i].action;
		}
	}
	return BOUNCE_ACTION_NONE;
}

/* "5.1.1 (bad destination)" and " 5.1.1" are 5.1.1. */
static struct span read_status(struct span value)
{
	size_t n = 0;
	while (n < value.n && (ascii_digit(value.p[n]) || value.p[n] == '.')) {
		n++;
	}
	value = span_sub(value, 0, n);
	return bounce_status_valid(value) ? value : SPAN("");
}

/* Without "dns;" or "smtp;" before it. */
static struct span untyped(struct span value)
{
	size_t end = span_chr(value, ';');
	for (size_t i = 0; end != SPAN_NONE && i < end; i++) {
		if (!ascii_alnum(value.p[i]) && value.p[i] != '-' && value.p[i] != '_' &&
		    !ascii_fws(value.p[i])) {
			return value;
		}
	}
	return end == SPAN_NONE ? value : span_trim(span_from(value, end + 1));
}

static void put(struct arena *arena, const struct row *row, struct span value, void *target)
{
	char *at = (char *)target + row->offset;
	struct span line = bounce_line(arena, message_unfold(arena, value), REPLY_MAX);
	if (row->meaning == ACTION) {
		enum bounce_action *action = (enum bounce_action *)(void *)at;
		*action = *action == BOUNCE_ACTION_NONE ? read_action(line) : *action;
		return;
	}
	struct span *out = (struct span *)(void *)at;
	if (out->n > 0) {
		return;
	}
	*out = row->meaning == ADDRESS  ? bounce_typed_address(arena, line)
	       : row->meaning == STATUS ? read_status(line)
	       : row->meaning == TEXT   ? line
	                                : untyped(line);
}

/* --- reading ------------------------------------------------------------------ */

struct block {
	struct bounce_recipient r;
	bool recipient; /* some field was about one */
};

/* The next line of *REST without its end; ends of lines are LF or CRLF. */
static struct span next_line(struct span *rest)
{
	return span_rtrim(span_cut(rest, '\n'));
}

static size_t name_length(struct span line)
{
	size_t colon = span_chr(line, ':');
	for (size_t i = 0; colon != SPAN_NONE && i < colon; i++) {
		if (!ascii_alnum(line.p[i]) && line.p[i] != '-') {
			return 0;
		}
	}
	return colon == SPAN_NONE || colon == 0 ? 0 : colon;
}

/* Take over what a block says about the recipient it names. */
static void merge(struct arena *arena, const struct block *b, struct bounce *out)
{
	struct span address = b->r.original.n > 0 ? b->r.original : b->r.final;
	if (address.n == 0) {
		return;
	}
	struct bounce_recipient *r = bounce_recipient(arena, out, address);
	if (r && r->original.n == 0 && r->final.n == 0) {
		*r = b->r;
		r->address = address;
	}
}

static void read_reply(struct bounce_recipient *r)
{
	struct bounce_reply found;
	bounce_reply_find(r->reply, &found);
	r->code = found.code;
	if (!bounce_status_telling(r->status) && found.status.n > 0) {
		r->status = found.status;
	}
}

static void end_block(struct arena *arena, struct block *b, struct bounce *out)
{
	if (b->recipient) {
		read_reply(&b->r);
		merge(arena, b, out);
	}
	*b = (struct block){ .recipient = false };
}

static void end_field(struct arena *arena, const struct row *row, struct span value,
                      struct block *b, struct bounce *out)
{
	if (!row) {
		return;
	}
	/* A new recipient, though the empty line before him is missing. */
	const struct span *same =
		(const struct span *)(const void *)((const char *)&b->r + row->offset);
	if (row->meaning == ADDRESS && same->n > 0) {
		end_block(arena, b, out);
	}
	b->recipient = b->recipient || row->recipient;
	put(arena, row, value, row->recipient ? (void *)&b->r : (void *)out);
}

void bounce_dsn(struct arena *arena, struct span text, struct bounce *out)
{
	struct block b = { .recipient = false };
	const struct row *row = NULL;
	struct span value = SPAN("");
	while (text.p) {
		struct span line = next_line(&text);
		size_t name = name_length(line);
		if (name == 0 && span_trim(line).n > 0) {
			value.n = (size_t)(line.p + line.n - value.p) * (row != NULL);
			continue;
		}
		end_field(arena, row, value, &b, out);
		row = name > 0 ? find_row(span_sub(line, 0, name)) : NULL;
		value = row ? span_from(line, name + 1) : SPAN("");
		if (name == 0) {
			end_block(arena, &b, out);
		}
	}
	end_field(arena, row, value, &b, out);
	end_block(arena, &b, out);
}

void bounce_feedback(struct arena *arena, struct span text, struct bounce *out)
{
	while (text.p) {
		struct span line = next_line(&text);
		size_t name = name_length(line);
		struct span field = span_sub(line, 0, name);
		struct span value = name > 0 ? span_trim(span_from(line, name + 1)) : SPAN("");
		if (span_iis(field, "Feedback-Type") && out->feedback_type.n == 0) {
			out->feedback_type = bounce_line(arena, value, 64);
		} else if (span_iis(field, "Reporting-MTA") && out->reporting_mta.n == 0) {
			out->reporting_mta = bounce_line(arena, untyped(value), 255);
		} else if (span_iis(field, "Original-Rcpt-To") ||
		           span_iis(field, "Removal-Recipient")) {
			struct span address = bounce_typed_address(arena, value);
			if (address.n > 0) {
				(void)bounce_recipient(arena, out, address);
			}
		}
	}
}
