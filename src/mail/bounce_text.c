/*
 * Who is a recipient, in this order of trust:
 *   1. an address that begins its line, whatever brackets, quotes or bullets stand before;
 *   2. one in a line that speaks of recipients, users, mailboxes, delivery;
 *   3. any address at all;
 *   4. the recipient of what came back.
 * All of the best kind that is there are taken. What a recipient's reply is: the first reply
 * between the first line that names him and the first line that names another; failing that
 * the first of all.
 */
#include "mail/bounce_text.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/addr.h"
#include "mail/bounce_dsn.h"
#include "mail/bounce_reply.h"

#define SHOWN_MAX      500 /* bytes kept of what a report says to people */
#define LINE_MAX_FOUND 16  /* addresses looked at in one line */

static struct span next_line(struct span *rest)
{
	return span_cut(rest, '\n');
}

static bool any_of(struct span line, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_ifind(line, span_str(words[i])) != SPAN_NONE) {
			return true;
		}
	}
	return false;
}
#define ANY_OF(line, words) any_of((line), (words), sizeof(words) / sizeof(*(words)))

/* --- what is returned ----------------------------------------------------------- */

/* Lines with one of these are followed by the returned message. */
static const char *const dividers[] = {
	"copy of the message",       "is a copy of your",        "copy of the original",
	"copy of the mail",          "original message follow",  "original message header",
	"original message --",       "original message:",        "original headers",
	"original mail info",        "original mail as follows", "header of the original message",
	"message headers follow",    "message header follow",    "returned message",
	"returned mail follow",      "unsent message",           "undelivered message",
	"text of your message",      "text of the message",      "start of message",
	"message contents follow",   "your original message",    "the message you sent",
	"beginning of your message", "---original message",      "original text follow",
	"original message is",       "headers of your message",  "begin original",
	"message follows",
};

/* A header that stands there without a word before it. */
static bool header_begins(struct span line)
{
	static const char *const first[] = { "Received: ",         "Return-Path: <",
		                             "X-Originating-IP: ", "DKIM-Signature: ",
		                             "Delivered-To: ",     "Message-Id: <" };
	while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '>' || line.p[0] == '|')) {
		line = span_from(line, 1);
	}
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
		if (span_istarts(line, span_str(first[i]))) {
			return true;
		}
	}
	return false;
}

/* Words about what follows end a line, or stand in a line of dashes. */
static bool divides(struct span line)
{
	line = span_trim(line);
	return line.n > 0 && line.n < 120 && span_chr(line, '@') == SPAN_NONE &&
	       (line.p[0] == '-' || line.p[0] == '=' || line.p[0] == '*' || line.p[0] == '_' ||
	        line.p[line.n - 1] == ':' || line.p[line.n - 1] == '.' ||
	        line.p[line.n - 1] == '-') &&
	       ANY_OF(line, dividers);
}

struct span bounce_text_split(struct span text, struct span *returned)
{
	struct span rest = text;
	*returned = SPAN("");
	while (rest.p) {
		size_t at = (size_t)(rest.p - text.p);
		struct span line = next_line(&rest);
		bool words = divides(line);
		if ((words || header_begins(line)) && at > 0) {
			*returned = words ? (rest.p ? rest : SPAN("")) : span_from(text, at);
			return span_sub(text, 0, at);
		}
	}
	return text;
}

/* --- addresses -------------------------------------------------------------------- */

static bool local_char(char c)
{
	return ascii_alnum(c) || ascii_8bit(c) ||
	       (c != '\0' && span_chr(SPAN("!#$%&*+-/=?^_`{|}~."), c) != SPAN_NONE);
}

static bool domain_char(char c)
{
	return ascii_alnum(c) || ascii_8bit(c) || c == '-' || c == '.' || c == '_';
}

/* The address round the '@' at AT; empty when it is none. */
static struct span address_at(struct span line, size_t at)
{
	size_t from = at, to = at + 1;
	while (from > 0 && at - from < LIMIT_LOCAL_PART && local_char(line.p[from - 1])) {
		from--;
	}
	while (to < line.n && to - at < 256 && domain_char(line.p[to])) {
		to++;
	}
	while (to > at + 1 && (line.p[to - 1] == '.' || line.p[to - 1] == '-')) {
		to--;
	}
	while (from < at && (line.p[from] == '-' || line.p[from] == '*' || line.p[from] == '.')) {
		from++;
	}
	/* NAME=value@…, and what a bracket does not belong to */
	for (size_t i = from; i < at; i++) {
		if (line.p[i] == '=' && at - i > 1 && from + 4 >= i) {
			from = i + 1;
		}
	}
	struct span domain = span_sub(line, at + 1, to);
	if (from == at || span_chr(domain, '.') == SPAN_NONE || !ascii_alnum(line.p[to - 1])) {
		return SPAN("");
	}
	return span_sub(line, from, to);
}

struct search {
	struct arena *arena;
	const struct span *senders;
	size_t nsenders;
	struct bounce *out;
	unsigned wanted; /* 1, 2 or 3, as above */
};

static bool is_sender(const struct search *s, struct span address)
{
	struct span local = addr_local(address);
	if (s->wanted > 1 && (span_iis(local, "postmaster") || span_iis(local, "mailer-daemon") ||
	                      span_iis(local, "support") || span_iis(local, "help"))) {
		return true;
	}
	for (size_t i = 0; i < s->nsenders; i++) {
		if (addr_same(s->senders[i], address)) {
			return true;
		}
	}
	return false;
}

/* Words of a line that is about a recipient, and of one that is not. */
static const char *const about[] = {
	"recipient", "deliver",   "unknown", "user",    "rcpt",     "address", "mailbox",
	"failed",    "sent to",   "to:",     "no such", "account",  "reach",   "exist",
	"unable",    "emailaddr", "invalid", "reject",  "disabled", "quota",   "full",
};
static const char *const others[] = {
	"mail from",     "envelope-from", "envelope sender", "message-id", "contact",
	"from:",         "mailto:",       "reply to",        "sender:",    "on behalf",
	"http://",       "https://",      "from <",          "reply-to",   "questions",
	"administrator", "assistance",    "return-path",
};

/* How much the place of the address at FROM in LINE tells; 0: nothing. */
static unsigned rank(struct span line, size_t from)
{
	bool foreign = ANY_OF(line, others) || span_istarts(span_trim(line), SPAN("To:"));
	size_t i = 0;
	struct bounce_reply code;
	bounce_reply_find(span_sub(line, 0, from), &code);
	/* "554 <a@b>... no such user" */
	if (code.at == 0) {
		while (i < from &&
		       (ascii_digit(line.p[i]) || span_chr(SPAN(" -.#"), line.p[i]) != SPAN_NONE)) {
			i++;
		}
	} else if (span_istarts(span_trim(line), SPAN("(expanded from: "))) {
		return 1;
	}
	while (i < from && (ascii_fws(line.p[i]) || ascii_8bit(line.p[i]) ||
	                    span_chr(SPAN("<>\"'*-[(|+=."), line.p[i]) != SPAN_NONE)) {
		i++;
	}
	if (i == from && !ANY_OF(span_sub(line, 0, from + 1), others)) {
		return 1;
	}
	return foreign ? 3 : ANY_OF(line, about) ? 2 : 3;
}

static void add(struct search *s, struct span found)
{
	struct span address;
	if (addr_path(s->arena, found, &address, NULL) && !is_sender(s, address)) {
		(void)bounce_recipient(s->arena, s->out, arena_copy(s->arena, address));
	}
}

static void search_line(struct search *s, struct span line)
{
	size_t seen = 0;
	for (size_t i = 0; i < line.n && seen < LINE_MAX_FOUND; i++) {
		struct span found = line.p[i] == '@' ? address_at(line, i) : SPAN("");
		if (found.n == 0) {
			continue;
		}
		seen++;
		if (rank(line, (size_t)(found.p - line.p)) == s->wanted) {
			add(s, found);
			if (s->wanted == 1) {
				return;
			}
		}
		i = (size_t)(found.p + found.n - line.p);
	}
}

/* Of one kind: the first line that has any decides where, but all like it count. */
static void search_text(struct search *s, struct span text)
{
	while (text.p) {
		search_line(s, span_sub(next_line(&text), 0, 1000));
	}
}

/* The recipients that a returned header names. */
static void search_returned(struct search *s, struct span returned)
{
	static const char *const names[] = { "X-Envelope-To", "X-Original-To", "Delivered-To", "To",
		                             "Cc" };
	struct message m;
	while (returned.n > 0 && ascii_fws(returned.p[0])) {
		returned = span_from(returned, 1);
	}
	if (!message_parse(s->arena, span_sub(returned, 0, LIMIT_HEADER), &m, NULL)) {
		return;
	}
	for (size_t i = 0; s->out->n == 0 && i < sizeof(names) / sizeof(*names); i++) {
		const struct field *f = message_find(&m, names[i]);
		struct mailboxes list = { .n = 0 };
		if (f) {
			list = addr_parse(s->arena, f->value);
		}
		for (size_t k = 0; k < list.n; k++) {
			add(s, list.v[k].addr);
		}
	}
}

/* "for <a@b>" of the oldest Received field that has it. */
static void search_received(struct search *s, struct span returned)
{
	struct message m;
	if (!message_parse(s->arena, span_sub(returned, 0, LIMIT_HEADER), &m, NULL)) {
		return;
	}
	for (size_t i = m.count; s->out->n == 0 && i-- > 0;) {
		struct span v = message_text(s->arena, &m.fields[i]);
		size_t at = span_find(v, SPAN(" for <"));
		if (span_iis(m.fields[i].name, "Received") && at != SPAN_NONE) {
			v = span_from(v, at + 6);
			add(s,
			    span_sub(v, 0, span_chr(v, '>') == SPAN_NONE ? 0 : span_chr(v, '>')));
		}
	}
}

void bounce_text_recipients(struct arena *arena, struct span text, struct span returned,
                            const struct span *senders, size_t nsenders, struct bounce *out)
{
	struct search s = { arena, senders, nsenders, out, 1 };
	for (; out->n == 0 && s.wanted <= 3; s.wanted++) {
		search_text(&s, text);
	}
	if (out->n == 0) {
		search_returned(&s, returned);
	}
	if (out->n == 0) {
		search_received(&s, returned);
	}
	/* Somebody wrote to himself. */
	s.nsenders = 0;
	for (s.wanted = 1; out->n == 0 && s.wanted <= 2; s.wanted++) {
		search_text(&s, text);
	}
}

/* --- replies ---------------------------------------------------------------------- */

/* Which recipient of OUT does LINE name? out->n: none. */
static size_t named(const struct bounce *out, struct span line)
{
	if (span_chr(line, '@') == SPAN_NONE) {
		return out->n;
	}
	for (size_t i = 0; i < out->n; i++) {
		if (span_ifind(line, out->v[i].address) != SPAN_NONE ||
		    (out->v[i].final.n > 0 && span_ifind(line, out->v[i].final) != SPAN_NONE)) {
			return i;
		}
	}
	return out->n;
}

/*
 * What is said to each, in one pass: from the first line that names him up to one that names
 * another. OUT->n spans in the arena; empty for who is not named.
 */
static struct span *sections(struct arena *arena, const struct bounce *out, struct span text)
{
	struct span *all = arena_array(arena, out->n, sizeof(*all));
	struct span rest = text;
	size_t open = out->n;
	while (rest.p) {
		struct span line = next_line(&rest);
		size_t n = named(out, line);
		if (n < out->n && n != open) {
			open = all[n].n == 0 ? n : out->n;
			all[n] = open == n ? line : all[n];
		}
		if (open < out->n) {
			all[open].n = (size_t)(line.p + line.n - all[open].p);
		}
	}
	return all;
}

/* From the reply at AT to the end of its paragraph. */
static struct span reply_text(struct arena *arena, struct span text, size_t at)
{
	struct span rest = span_from(text, at);
	size_t n = 0;
	while (rest.p) {
		struct span line = next_line(&rest);
		if (span_trim(line).n == 0 || (n > 0 && span_chr(line, '>') == 0)) {
			break;
		}
		n = (size_t)(line.p + line.n - text.p) - at;
	}
	return bounce_line(arena, span_sub(text, at, at + n), SHOWN_MAX);
}

static void read_replies(struct arena *arena, struct span text, struct bounce_recipient *r)
{
	struct bounce_reply found;
	bounce_reply_find(text, &found);
	if (found.at == SPAN_NONE) {
		return;
	}
	if (r->reply.n == 0 || (r->code == 0 && found.code != 0)) {
		r->reply = reply_text(arena, text, found.at);
		r->code = found.code;
	}
	if (!bounce_status_telling(r->status) && found.status.n > 0) {
		r->status = arena_copy(arena, found.status);
	}
}

void bounce_text_replies(struct arena *arena, struct span text, struct bounce *out)
{
	struct span *own_of = out->n > 0 ? sections(arena, out, text) : NULL;
	for (size_t i = 0; i < out->n; i++) {
		struct bounce_recipient *r = &out->v[i];
		struct span own = own_of[i];
		r->text = bounce_line(arena, own, SHOWN_MAX);
		/* The address alone says nothing: then it was said before. */
		if (r->text.n < r->address.n + 10) {
			r->text = bounce_line(arena, text, SHOWN_MAX);
		}
		if (r->reply.n == 0 || r->code == 0) {
			read_replies(arena, own.n > 0 ? own : text, r);
		}
		if (r->reply.n == 0 && out->n == 1) {
			read_replies(arena, text, r);
		}
	}
}
