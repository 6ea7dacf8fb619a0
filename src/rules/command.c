/*
 * The commands as one table, and how a mail is read for them. Everything is bounded: so
 * many lines, so many bytes of each, so many commands; a mail of 25 MB costs no more.
 */
#include "rules/command.h"

#include "mail/charset.h"
#include "mail/mime.h"
#include "mail/word.h"

/* Octets of an encoded text part that are decoded: COMMAND_LINES of them fit well. */
#define TEXT_BYTES (32u * 1024)

enum arity {
	NOTHING,  /* what stands behind it is of no interest: a list, a name */
	ADDRESS,  /* one address */
	TOKEN,    /* one word */
	OPTIONS,  /* rules/member.h */
	ENROL,    /* a mode and an address, both optional, and words of no interest */
	DISCHARGE /* an address, optional, and words of no interest */
};

static const struct spelling {
	struct span word;
	enum verb verb;
	enum arity arity;
} spellings[] = {
	{ SPAN_INIT("subscribe"), VERB_SUBSCRIBE, ENROL },
	{ SPAN_INIT("sub"), VERB_SUBSCRIBE, ENROL },
	{ SPAN_INIT("join"), VERB_SUBSCRIBE, ENROL },
	{ SPAN_INIT("unsubscribe"), VERB_UNSUBSCRIBE, DISCHARGE },
	{ SPAN_INIT("unsub"), VERB_UNSUBSCRIBE, DISCHARGE },
	{ SPAN_INIT("leave"), VERB_UNSUBSCRIBE, DISCHARGE },
	{ SPAN_INIT("signoff"), VERB_UNSUBSCRIBE, DISCHARGE },
	{ SPAN_INIT("remove"), VERB_UNSUBSCRIBE, DISCHARGE },
	{ SPAN_INIT("confirm"), VERB_CONFIRM, TOKEN },
	{ SPAN_INIT("auth"), VERB_CONFIRM, TOKEN },
	{ SPAN_INIT("accept"), VERB_CONFIRM, TOKEN },
	{ SPAN_INIT("help"), VERB_HELP, NOTHING },
	{ SPAN_INIT("sos"), VERB_HELP, NOTHING },
	{ SPAN_INIT("faq"), VERB_HELP, NOTHING },
	{ SPAN_INIT("info"), VERB_INFO, NOTHING },
	{ SPAN_INIT("intro"), VERB_INFO, NOTHING },
	{ SPAN_INIT("lists"), VERB_LISTS, NOTHING },
	{ SPAN_INIT("which"), VERB_WHICH, NOTHING },
	{ SPAN_INIT("status"), VERB_WHICH, NOTHING },
	{ SPAN_INIT("query"), VERB_WHICH, NOTHING },
	{ SPAN_INIT("show"), VERB_WHICH, NOTHING },
	{ SPAN_INIT("who"), VERB_WHO, NOTHING },
	{ SPAN_INIT("review"), VERB_WHO, NOTHING },
	{ SPAN_INIT("recipients"), VERB_WHO, NOTHING },
	{ SPAN_INIT("set"), VERB_SET, OPTIONS },
	{ SPAN_INIT("changeaddr"), VERB_CHANGE_ADDRESS, ADDRESS },
	{ SPAN_INIT("changeaddress"), VERB_CHANGE_ADDRESS, ADDRESS },
	{ SPAN_INIT("alias"), VERB_ALIAS, ADDRESS },
	{ SPAN_INIT("unalias"), VERB_UNALIAS, ADDRESS },
	{ SPAN_INIT("end"), VERB_END, NOTHING },
	{ SPAN_INIT("stop"), VERB_END, NOTHING },
	{ SPAN_INIT("quit"), VERB_END, NOTHING },
	{ SPAN_INIT("exit"), VERB_END, NOTHING },
	{ SPAN_INIT("--"), VERB_END, NOTHING },
	{ SPAN_INIT("-"), VERB_END, NOTHING },
};

static const char *const names[] = {
	[VERB_SUBSCRIBE] = "subscribe",
	[VERB_UNSUBSCRIBE] = "unsubscribe",
	[VERB_CONFIRM] = "confirm",
	[VERB_HELP] = "help",
	[VERB_INFO] = "info",
	[VERB_LISTS] = "lists",
	[VERB_WHICH] = "which",
	[VERB_WHO] = "who",
	[VERB_SET] = "set",
	[VERB_CHANGE_ADDRESS] = "changeaddr",
	[VERB_ALIAS] = "alias",
	[VERB_UNALIAS] = "unalias",
	[VERB_END] = "end",
};

const char *verb_name(enum verb v)
{
	return names[v];
}

/* "address=a@b", "<a@b>", "a@b": without what stands round it. */
static struct span bare_address(struct span word)
{
	if (span_istarts(word, SPAN("address="))) {
		word = span_from(word, 8);
	}
	if (word.n > 2 && word.p[0] == '<' && word.p[word.n - 1] == '>') {
		word = span_sub(word, 1, word.n - 1);
	}
	return word;
}

static bool is_address(struct span word)
{
	return span_chr(word, '@') != SPAN_NONE;
}

/* "digest=plain", as Mailman has it. */
static struct span mode_word(struct span word)
{
	static const struct spelled {
		const char *as;
		struct span mode;
	} spelled[] = {
		{ "digest=no", SPAN_INIT("mail") },
		{ "digest=mime", SPAN_INIT("digest-mime") },
		{ "digest=plain", SPAN_INIT("digest-plain") },
	};
	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
		if (span_iis(word, spelled[i].as)) {
			return spelled[i].mode;
		}
	}
	return word;
}

/*
 * An address of the last position is the person's: "subscribe LIST@DOMAIN ADDRESS". Which
 * of one alone is meant only the caller knows, who knows the list's.
 */
static void read_person(struct span rest, bool modes, struct command_line *out)
{
	while (rest.n > 0) {
		struct span word = span_word(&rest);
		if (is_address(word)) {
			out->argument = bare_address(word);
		} else if (modes && member_delivery_read(mode_word(word), &out->change.delivery)) {
			out->change.has_delivery = true;
		}
		out->everywhere = out->everywhere || (!modes && span_is(word, "*"));
	}
}

static void read_rest(enum arity arity, struct span rest, struct command_line *out)
{
	struct span first = rest;
	switch (arity) {
	case NOTHING: break;
	case ENROL: read_person(rest, true, out); break;
	case DISCHARGE: read_person(rest, false, out); break;
	case OPTIONS: out->bad = !member_change_read(rest, &out->change); break;
	case TOKEN:
		out->argument = span_word(&first);
		out->bad = out->argument.n == 0;
		break;
	case ADDRESS:
		out->argument = bare_address(span_word(&first));
		out->bad = !is_address(out->argument) || first.n > 0;
		break;
	}
}

bool command_line(struct span line, struct command_line *out)
{
	struct span rest = line;
	struct span word = span_word(&rest);
	*out = (struct command_line){ .argument = SPAN("") };
	if (line.n > COMMAND_LINE_SIZE) {
		return false;
	}
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		if (span_ieq(word, spellings[i].word)) {
			out->verb = spellings[i].verb;
			read_rest(spellings[i].arity, rest, out);
			return true;
		}
	}
	return false;
}

/* False: nothing behind it counts. */
static bool take(struct command_list *out, const struct command_line *line)
{
	if (line->verb == VERB_END) {
		return false;
	}
	if (out->n == COMMAND_MAX) {
		out->more = true;
		return false;
	}
	out->v[out->n++] = *line;
	return true;
}

void command_read(struct span subject, struct span text, struct command_list *out)
{
	struct command_line line;
	*out = (struct command_list){ 0 };
	if (command_line(subject, &line) && !take(out, &line)) {
		return;
	}
	for (size_t lines = 0; text.p && text.n > 0 && lines < COMMAND_LINES;) {
		struct span next = span_trim(span_cut(&text, '\n'));
		if (next.n == 0) {
			continue;
		}
		lines++;
		if (next.p[0] == '>') {
			continue;
		}
		if (!command_line(next, &line)) {
			out->unknown = true;
			return;
		}
		if (!take(out, &line)) {
			return;
		}
	}
}

/* SUBJECT without "Re:" and tags of lists before it; *REPLY: it had one. */
static struct span without_reply(struct span subject, bool *reply)
{
	*reply = false;
	for (;;) {
		subject = span_trim(subject);
		if (span_istarts(subject, SPAN("re:")) || span_istarts(subject, SPAN("aw:"))) {
			subject = span_from(subject, 3);
			*reply = true;
		} else if (subject.n > 0 && subject.p[0] == '[' &&
		           span_chr(subject, ']') != SPAN_NONE) {
			subject = span_from(subject, span_chr(subject, ']') + 1);
		} else {
			return subject;
		}
	}
}

/*
 * A reply has the subject of what it answers: "Re: Help for dev" asks for nothing. But "Re:
 * confirm TOKEN" does.
 */
static struct span command_subject(struct arena *arena, const struct message *m)
{
	bool reply;
	struct command_line line;
	struct span subject = without_reply(
		word_decode(arena, message_text(arena, message_find(m, "Subject"))), &reply);
	return !reply || (command_line(subject, &line) && line.verb == VERB_CONFIRM) ? subject
	                                                                             : SPAN("");
}

/* What its author wrote to be read: no file, no other mail. */
static bool is_text(const struct part *p)
{
	return !p->children && mime_is(&p->type, "text", "plain") &&
	       !message_begins(&p->message, "Content-Disposition", SPAN("attachment"));
}

/* The first such part, in the order of the message. */
static const struct part *first_text(const struct part *p)
{
	while (!is_text(p)) {
		if (p->children) {
			p = p->children;
			continue;
		}
		while (p && !p->next) {
			p = p->parent;
		}
		if (!p) {
			return NULL;
		}
		p = p->next;
	}
	return p;
}

static struct span text_of(struct arena *arena, const struct part *p)
{
	struct part start = *p;
	struct buf out = BUF_INIT;
	start.body = span_sub(p->body, 0, TEXT_BYTES);
	struct span bytes = mime_decode(arena, &start);
	if (!charset_to_utf8(&out, mime_charset(arena, &p->type), bytes)) {
		charset_repair(&out, bytes);
	}
	return buf_move(&out, arena);
}

void command_mail(struct arena *arena, const struct message *m, struct span *subject,
                  struct span *text)
{
	struct mime tree;
	*subject = command_subject(arena, m);
	*text = SPAN("");
	const struct part *p = mime_parse(arena, m, &tree, NULL) ? first_text(tree.root) : NULL;
	if (p) {
		*text = text_of(arena, p);
	}
}

bool command_suffix(struct arena *arena, struct span suffix, struct command_line *out)
{
	if (member_delivery_read(suffix, &out->change.delivery)) {
		out->change.has_delivery = true;
		return true;
	}
	size_t equals = span_rchr(suffix, '=');
	if (equals == SPAN_NONE || equals == 0 || equals + 1 == suffix.n) {
		return false;
	}
	out->argument = arena_join(arena, span_sub(suffix, 0, equals), SPAN("@"),
	                           span_from(suffix, equals + 1), SPAN_END);
	return true;
}
