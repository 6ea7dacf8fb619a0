/*
 * sink_script.h - the rules by which the sink misbehaves.
 *
 * A script is a text file, a rule a line, first match wins:
 *
 *	EVENT PATTERN [times N] [after N] [delay MS] [ACTION ...]
 *
 * The words of each kind are the rows of the tables below; tests/tools/README explains them. A
 * rule counts its matches: it acts from the `after`th on and at most `times` times; when it does
 * not act, the rules after it are asked.
 */
#ifndef LADLE_TESTS_SINK_SCRIPT_H
#define LADLE_TESTS_SINK_SCRIPT_H

#include "tool.h"

#include <fnmatch.h>
#include <limits.h>

enum event {
	ON_CONNECT,
	ON_EHLO,
	ON_STARTTLS,
	ON_MAIL,
	ON_RCPT,
	ON_DATA,
	ON_DOT,
	ON_QUIT,
	ON_IDLE,
	EVENTS
};

enum action {
	DO_DEFAULT,      /* what the sink does without a rule */
	DO_REPLY,        /* another reply; 2xx (354 for data) accepts */
	DO_REPLY_CLOSE,  /* the same, then the connection ends */
	DO_DROP,         /* the connection ends, no reply */
	DO_DROP_IN_DATA, /* 354, then the connection ends within the content */
	DO_STALL,        /* nothing is answered any more */
	DO_ACCEPT_DROP,  /* the message is stored, then the connection ends, no reply */
	DO_IDLE_421      /* 421 and close when no command came for a while */
};

struct rule {
	enum event event;
	enum action action;
	char *pattern;       /* fnmatch(3) */
	char *text;          /* of the reply, lines split by LF; NULL without a reply */
	int code;            /* of the reply */
	size_t bytes;        /* of content to take before the drop */
	unsigned long delay; /* in ms, before the action */
	unsigned long after; /* the first match that counts, from 1 */
	unsigned long times; /* it acts at most so often */
	unsigned long matched;
	unsigned long acted;
};

struct script {
	struct script *older; /* replaced by this one, kept for connections in a delay of it */
	struct text source;   /* the words of the rules point into it */
	struct rule *rules;
	size_t count;
};

enum argument { TAKES_NOTHING, TAKES_REPLY, TAKES_BYTES, TAKES_MS };

static const char *const event_words[EVENTS] = {
	[ON_CONNECT] = "connect", [ON_EHLO] = "ehlo", [ON_STARTTLS] = "starttls",
	[ON_MAIL] = "mail",       [ON_RCPT] = "rcpt", [ON_DATA] = "data",
	[ON_DOT] = "dot",         [ON_QUIT] = "quit", [ON_IDLE] = "idle",
};

/* `only`: the one event the action is for, EVENTS if it is for any. */
static const struct action_word {
	const char *word;
	enum action action;
	enum argument argument;
	enum event only;
} action_words[] = {
	{ "reply", DO_REPLY, TAKES_REPLY, EVENTS },
	{ "reply-then-close", DO_REPLY_CLOSE, TAKES_REPLY, EVENTS },
	{ "drop", DO_DROP, TAKES_NOTHING, EVENTS },
	{ "drop-in-data", DO_DROP_IN_DATA, TAKES_BYTES, ON_DATA },
	{ "stall", DO_STALL, TAKES_NOTHING, EVENTS },
	{ "accept-then-drop", DO_ACCEPT_DROP, TAKES_NOTHING, ON_DOT },
	{ "idle421", DO_IDLE_421, TAKES_MS, ON_IDLE },
};

/* Cuts the next word off *rest and returns it; NULL at the end. */
static inline char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r");

	*rest = word + strcspn(word, " \t\r");
	if (*rest == word) {
		return NULL;
	}
	if (**rest) {
		*(*rest)++ = '\0';
	}
	return word;
}

/* Turns \n and \\ in the text of a reply into what they mean. */
static inline void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && (text[1] == 'n' || text[1] == '\\')) {
			*to++ = *++text == 'n' ? '\n' : '\\';
		} else if (*text != '\r') {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* Reads the event word of a rule; returns NULL or what is wrong. */
static inline const char *parse_event(struct rule *r, const char *word)
{
	int event = 0;

	while (event < EVENTS && strcmp(word, event_words[event])) {
		event++;
	}
	if (event == EVENTS) {
		return "unknown event";
	}
	r->event = (enum event)event;
	return NULL;
}

/* Reads what follows the action word; returns NULL or what is wrong. */
static inline const char *parse_argument(struct rule *r, enum argument argument, char *rest)
{
	unsigned long value = 0;

	if (argument != TAKES_NOTHING && !number(next_word(&rest), INT_MAX, &value)) {
		return "a number is missing";
	}
	switch (argument) {
	case TAKES_REPLY:
		if (value < 200 || value > 599) {
			return "not a reply code";
		}
		r->code = (int)value;
		r->text = rest + strspn(rest, " \t");
		unescape(r->text);
		return NULL;
	case TAKES_BYTES: r->bytes = value; break;
	case TAKES_MS: r->delay = value; break;
	case TAKES_NOTHING: break;
	}
	return next_word(&rest) ? "words after the action" : NULL;
}

static inline const char *parse_action(struct rule *r, const char *word, char *rest)
{
	for (size_t i = 0; i < sizeof(action_words) / sizeof(action_words[0]); i++) {
		const struct action_word *row = &action_words[i];

		if (strcmp(word, row->word)) {
			continue;
		}
		if (row->only != EVENTS && row->only != r->event) {
			return "the action is not for this event";
		}
		r->action = row->action;
		return parse_argument(r, row->argument, rest);
	}
	return "unknown action";
}

/* Reads `times`, `after`, `delay` and the action; returns NULL or what is wrong. */
static inline const char *parse_doing(struct rule *r, char *rest)
{
	const char *word = next_word(&rest);

	while (word) {
		unsigned long *value = !strcmp(word, "times")   ? &r->times
		                       : !strcmp(word, "after") ? &r->after
		                       : !strcmp(word, "delay") ? &r->delay
		                                                : NULL;

		if (!value) {
			return parse_action(r, word, rest);
		}
		if (!number(next_word(&rest), INT_MAX, value)) {
			return "a number is missing";
		}
		word = next_word(&rest);
	}
	return r->delay ? NULL : "the action is missing";
}

/* Reads one rule from `line`, which is cut into words; returns NULL or what is wrong. */
static inline const char *parse_rule(struct rule *r, char *line)
{
	const char *event = next_word(&line), *wrong;

	*r = (struct rule){ .after = 1, .times = ULONG_MAX, .pattern = next_word(&line) };
	wrong = parse_event(r, event);
	if (wrong) {
		return wrong;
	}
	if (!r->pattern) {
		return "the pattern is missing";
	}
	wrong = parse_doing(r, line);
	if (wrong) {
		return wrong;
	}
	if (r->event == ON_IDLE && (!r->delay || r->after > 1)) {
		return "idle needs a time, and cannot have \"after\"";
	}
	return NULL;
}

static inline void script_free(struct script *s)
{
	while (s) {
		struct script *older = s->older;

		text_free(&s->source);
		free(s->rules);
		free(s);
		s = older;
	}
}

/*
 * Reads the rules of `path`. Returns NULL with the reason in *why (which the caller frees) if it
 * cannot be read or a line is wrong. Lines that are empty or begin with # say nothing.
 */
static inline struct script *script_read(const char *path, struct text *why)
{
	struct script *s = new_bytes(sizeof(*s));
	int line_number = 0;
	char *line, *end;

	if (!read_file(path, &s->source)) {
		text_printf(why, "cannot read \"%s\": %s", path, strerror(errno));
		script_free(s);
		return NULL;
	}
	text_append(&s->source, "", 1);
	for (line = s->source.data; *line; line = end) {
		const char *wrong;

		line_number++;
		end = strchrnul(line, '\n');
		if (*end) {
			*end++ = '\0';
		}
		line += strspn(line, " \t\r");
		if (!*line || *line == '#') {
			continue;
		}
		s->rules = realloc(s->rules, (s->count + 1) * sizeof(*s->rules));
		if (!s->rules) {
			die(TOOL_FAILED, "out of memory");
		}
		wrong = parse_rule(&s->rules[s->count++], line);
		if (wrong) {
			text_printf(why, "%s:%d: %s", path, line_number, wrong);
			script_free(s);
			return NULL;
		}
	}
	return s;
}

/* True if the pattern matches one of `count` strings, which follow each other, each NUL-ended. */
static inline bool rule_matches(const struct rule *r, const char *subjects, size_t count)
{
	for (; count; count--, subjects += strlen(subjects) + 1) {
		if (!strcmp(r->pattern, "<>") ? !*subjects : !fnmatch(r->pattern, subjects, 0)) {
			return true;
		}
	}
	return false;
}

/* The rule that acts on an event about these strings, NULL if none does. Counts. */
static inline struct rule *script_match(struct script *s, enum event event, const char *subjects,
                                        size_t count)
{
	for (size_t i = 0; s && i < s->count; i++) {
		struct rule *r = &s->rules[i];

		if (r->event != event || !rule_matches(r, subjects, count)) {
			continue;
		}
		if (++r->matched < r->after || r->acted >= r->times) {
			continue;
		}
		r->acted++;
		return r;
	}
	return NULL;
}

/* The rule that will act when a connection stays idle, NULL if none. Does not count: it may not. */
static inline struct rule *script_idle(struct script *s)
{
	for (size_t i = 0; s && i < s->count; i++) {
		if (s->rules[i].event == ON_IDLE && s->rules[i].acted < s->rules[i].times) {
			return &s->rules[i];
		}
	}
	return NULL;
}

#endif
