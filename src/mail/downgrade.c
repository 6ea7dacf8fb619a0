/*
 * Fields in ASCII, by a table of their kinds. Nothing here has to be undone by a reader: the
 * recipe of the copy has the field as it came. So where a form would be long or
 * doubtful, the shorter and safer one is taken.
 */
#include "mail/downgrade.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/word.h"

enum {
	WORD_OCTETS = 42,    /* of unknown text in one encoded word of at most 75 characters */
	SECTION_COLUMNS = 54 /* of a parameter's value in one section */
};

struct job {
	struct arena *arena;
	const struct field *field;
	struct err *e;
};

typedef bool downgrade_fn(const struct job *j, struct span *out);

static bool give(const struct job *j, struct span value, struct span *out)
{
	*out = value.n > 0 ? word_fold(j->arena, j->field->name, value) : SPAN("");
	return true;
}

static bool refuse(const struct job *j, struct span *out)
{
	(void)out;
	return err_set(j->e, ERR_PERMANENT, "5.6.7", "%.*s has no ASCII form",
	               SPAN_FMT(j->field->name));
}

static bool leave_out(const struct job *j, struct span *out)
{
	(void)j;
	*out = SPAN("");
	return true;
}

/* --- texts ----------------------------------------------------------------------- */

/* Text that is not UTF-8, octet by octet, so that a reader may guess as before. */
static struct span unknown_words(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	for (size_t at = 0; at < text.n; at += WORD_OCTETS) {
		buf_str(&out, at > 0 ? " =?unknown-8bit?B?" : "=?unknown-8bit?B?");
		codec_base64(&out, span_sub(text, at, at + WORD_OCTETS));
		buf_str(&out, "?=");
	}
	return buf_move(&out, arena);
}

/* From the start of the first word with an octet that is not ASCII to the end of the last one. */
static void find_run(struct span text, size_t *from, size_t *to)
{
	size_t first = 0, last = text.n;
	while (first < text.n && (text.p[first] & 0x80) == 0) {
		first++;
	}
	while (last > first && (text.p[last - 1] & 0x80) == 0) {
		last--;
	}
	while (first > 0 && !ascii_wsp(text.p[first - 1])) {
		first--;
	}
	while (last < text.n && !ascii_wsp(text.p[last])) {
		last++;
	}
	*from = first;
	*to = last;
}

static bool as_text(const struct job *j, struct span *out)
{
	struct span text = message_text(j->arena, j->field);
	size_t from = 0, to = text.n;
	if (!utf8_valid(text)) {
		find_run(text, &from, &to);
		return give(j,
		            arena_join(j->arena, span_sub(text, 0, from),
		                       unknown_words(j->arena, span_sub(text, from, to)),
		                       span_from(text, to), SPAN_END),
		            out);
	}
	if (span_find(text, SPAN("=?")) != SPAN_NONE) {
		/* The white space beside a new word would not be shown. */
		return give(j, word_encode(j->arena, word_decode(j->arena, text), false), out);
	}
	find_run(text, &from, &to);
	return give(j,
	            arena_join(j->arena, span_sub(text, 0, from),
	                       word_encode(j->arena, span_sub(text, from, to), false),
	                       span_from(text, to), SPAN_END),
	            out);
}

/* Machines read these, and people only in trouble. Line breaks stay where they are. */
static bool masked(const struct job *j, struct span *out)
{
	struct span raw = j->field->raw;
	char *p = arena_alloc(j->arena, raw.n + 1);
	for (size_t i = 0; i < raw.n; i++) {
		p[i] = (raw.p[i] & 0x80) != 0 ? '?' : raw.p[i];
	}
	*out = (struct span){ p, raw.n };
	if (!span_ends(*out, SPAN("\r\n"))) {
		*out = arena_join(j->arena, *out, SPAN("\r\n"), SPAN_END);
	}
	return true;
}

/* --- addresses ------------------------------------------------------------------- */

static void add_item(struct buf *out, struct span item)
{
	buf_str(out, out->n > 0 ? ", " : "");
	buf_add(out, item);
}

/* An empty group called NAME. */
static void add_group(struct arena *arena, struct buf *out, struct span name)
{
	add_item(out, word_encode(arena, name, true));
	buf_str(out, ":;");
}

static void add_box(struct arena *arena, struct buf *out, const struct mailbox *box,
                    bool only_reachable)
{
	struct span name = word_decode(arena, box->name), wire = box->addr;
	if (!utf8_ascii(wire) && !addr_canonical(arena, wire, &wire, NULL)) {
		wire = box->addr;
	}
	if (utf8_ascii(wire)) {
		add_item(out, addr_format(arena, name, wire));
	} else if (!only_reachable) {
		add_group(arena, out,
		          name.n == 0
		                  ? wire
		                  : arena_join(arena, name, SPAN(" <"), wire, SPAN(">"), SPAN_END));
	}
}

static struct span boxes(const struct job *j, const struct mailboxes *all, bool only_reachable)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < all->n; i++) {
		add_box(j->arena, &out, &all->v[i], only_reachable);
	}
	return buf_move(&out, j->arena);
}

/* What holds no mailbox is the name of a group, as "Empfänger:;", or broken: its text. */
static struct span nobody(const struct job *j)
{
	struct buf out = BUF_INIT;
	struct span text = message_text(j->arena, j->field);
	while (text.n > 0 && (ascii_wsp(text.p[text.n - 1]) || text.p[text.n - 1] == ';' ||
	                      text.p[text.n - 1] == ':')) {
		text.n--;
	}
	add_group(j->arena, &out, word_decode(j->arena, text));
	return buf_move(&out, j->arena);
}

static bool addresses(const struct job *j, struct span *out)
{
	struct mailboxes all = addr_parse(j->arena, j->field->value);
	return give(j, all.n > 0 ? boxes(j, &all, false) : nobody(j), out);
}

static bool answerable(const struct job *j, struct span *out)
{
	struct mailboxes all = addr_parse(j->arena, j->field->value);
	return give(j, boxes(j, &all, true), out);
}

/* --- identifiers ----------------------------------------------------------------- */

static bool identifiers(const struct job *j, struct span *out)
{
	struct buf list = BUF_INIT;
	struct span rest = message_text(j->arena, j->field);
	while (rest.n > 0) {
		size_t n = 0;
		while (n < rest.n && !ascii_wsp(rest.p[n])) {
			n++;
		}
		struct span word = span_sub(rest, 0, n);
		rest = span_from(rest, n + 1);
		if (word.n > 0 && utf8_ascii(word)) {
			buf_str(&list, list.n > 0 ? " " : "");
			buf_add(&list, word);
		}
	}
	return give(j, buf_move(&list, j->arena), out);
}

/* --- MIME parameters (RFC 2231) ---------------------------------------------------- */

/* REST up to the next ';' that no quoted string holds. */
static struct span cut_parameter(struct span *rest)
{
	bool quoted = false;
	size_t n = 0;
	for (; n < rest->n && (quoted || rest->p[n] != ';'); n++) {
		quoted = quoted != (rest->p[n] == '"');
		n += quoted && rest->p[n] == '\\' && n + 1 < rest->n;
	}
	struct span out = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n + 1);
	return out;
}

/* Octet C percent-encoded where it must be. */
static void add_octet(struct buf *out, char c)
{
	if (ascii_alnum(c) || c == '.' || c == '-' || c == '_') {
		buf_chr(out, c);
	} else {
		buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

/* VALUE in sections of a line each, or in one piece. */
static void add_extended(struct buf *out, struct span name, struct span value)
{
	const char *charset = utf8_valid(value) ? "utf-8" : "";
	struct buf section = BUF_INIT;
	size_t at = 0;
	for (unsigned number = 0; at < value.n || number == 0; number++) {
		buf_clear(&section);
		while (at < value.n && section.n < SECTION_COLUMNS) {
			add_octet(&section, value.p[at++]);
		}
		buf_printf(out, "; %.*s*", SPAN_FMT(name));
		if (number > 0 || at < value.n) {
			buf_printf(out, "%u*", number);
		}
		buf_printf(out, number == 0 ? "=%s''" : "=", charset);
		buf_add(out, buf_span(&section));
	}
	buf_free(&section);
}

static bool is_token(struct span s)
{
	bool ok = s.n > 0;
	for (size_t i = 0; i < s.n; i++) {
		ok = ok && (ascii_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_');
	}
	return ok;
}

static bool parameters(const struct job *j, struct span *out)
{
	struct buf value = BUF_INIT;
	struct span rest = message_text(j->arena, j->field), type = cut_parameter(&rest);
	bool ok = utf8_ascii(type);
	buf_add(&value, type);
	while (ok && rest.n > 0) {
		struct span text = span_trim(cut_parameter(&rest)), content = text;
		struct span name = span_trim(span_cut(&content, '='));
		if (text.n > 0 && utf8_ascii(text)) {
			buf_str(&value, "; ");
			buf_add(&value, text);
		} else if (text.n > 0 && is_token(name)) {
			ok = !span_iis(name, "boundary");
			add_extended(&value, name, addr_unquote(j->arena, span_trim(content)));
		}
	}
	struct span whole = buf_move(&value, j->arena);
	return ok ? give(j, whole, out) : refuse(j, out);
}

/* --- the kinds ---------------------------------------------------------------------- */

static const struct kind {
	const char *name;
	downgrade_fn *fn;
} kinds[] = {
	{ "From", addresses },
	{ "To", addresses },
	{ "Cc", addresses },
	{ "Bcc", addresses },
	{ "Resent-From", addresses },
	{ "Resent-To", addresses },
	{ "Resent-Cc", addresses },
	{ "Sender", answerable },
	{ "Resent-Sender", answerable },
	{ "Reply-To", answerable },
	{ "Mail-Reply-To", answerable },
	{ "Mail-Followup-To", answerable },
	{ "Disposition-Notification-To", answerable },
	{ "Return-Receipt-To", answerable },
	{ "Errors-To", answerable },
	{ "Message-ID", refuse },
	{ "DKIM2-Signature", refuse },
	{ "Message-Instance", refuse },
	{ "In-Reply-To", identifiers },
	{ "References", identifiers },
	{ "Content-Type", parameters },
	{ "Content-Disposition", parameters },
	{ "Content-Transfer-Encoding", masked },
	{ "MIME-Version", masked },
	{ "Date", masked },
	{ "Received", masked },
	{ "Received-SPF", masked },
	{ "Return-Path", masked },
	{ "Delivered-To", masked },
	{ "Authentication-Results", masked },
	{ "DKIM-Signature", leave_out },
	{ "ARC-Seal", leave_out },
	{ "ARC-Message-Signature", leave_out },
	{ "ARC-Authentication-Results", leave_out },
};

bool downgrade_field(struct arena *arena, const struct field *f, struct span *out, struct err *e)
{
	struct job j = { arena, f, e };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (span_iis(f->name, kinds[i].name)) {
			return kinds[i].fn(&j, out);
		}
	}
	return as_text(&j, out);
}
