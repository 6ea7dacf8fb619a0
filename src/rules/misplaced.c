/* Commands, answers to digests, and subjects without a word, found by what people write. */
#include "rules/misplaced.h"

#include "base/ascii.h"
#include "mail/mime.h"
#include "mail/word.h"
#include "rules/subject.h"

/* More words than that are a sentence, and no command. */
#define WORDS_MAX 4
/* A token of ours in "confirm TOKEN" is no shorter. */
#define TOKEN_MIN 16
/* Bytes of a text, and of a whole body, that can be a command and a greeting. */
#define TEXT_MAX 1200
#define BODY_MAX (64 * 1024)

/* These are commands only by themselves: "please help" is a post. */
static const char *const alone[] = {
	"help", "info", "who", "which", "lists", "join", "leave", "stop", "signon", "end",
};

static const char *const phrased[] = {
	"subscribe", "unsubscribe", "signoff", "remove", "confirm", "abbestellen",
};

/* What people put around those. */
static const char *const around[] = { "please", "pls", "me", "digest", "nomail" };

static bool is_one_of(struct span word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_iis(word, words[i])) {
			return true;
		}
	}
	return false;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof((words)[0]))

/* "Unsubscribe!" is meant, too. */
static struct span without_marks(struct span word)
{
	while (word.n > 0 && span_chr(SPAN(".,!;:\"'<>"), word.p[word.n - 1]) != SPAN_NONE) {
		word.n--;
	}
	while (word.n > 0 && span_chr(SPAN("\"'<"), word.p[0]) != SPAN_NONE) {
		word = span_from(word, 1);
	}
	return word;
}

static bool is_token(struct span word)
{
	for (size_t i = 0; i < word.n; i++) {
		if (!ascii_alnum(word.p[i])) {
			return false;
		}
	}
	return word.n >= TOKEN_MIN;
}

/* What may stand beside a command: an address, the list, a token. */
static bool belongs(const struct list *list, struct span word)
{
	return IS_ONE_OF(word, around) || span_chr(word, '@') != SPAN_NONE ||
	       span_ieq(word, list->local) || is_token(word);
}

static bool is_command(const struct list *list, struct span text)
{
	size_t words = 0, found = 0;
	if (IS_ONE_OF(without_marks(span_trim(text)), alone)) {
		return true;
	}
	for (struct span rest = text; rest.p;) {
		struct span word = without_marks(span_trim(span_cut(&rest, ' ')));
		if (word.n == 0) {
			continue;
		}
		bool command = IS_ONE_OF(word, phrased);
		if (++words > WORDS_MAX || (!command && !belongs(list, word))) {
			return false;
		}
		found += command;
	}
	return found == 1;
}

static const struct part *first_text(const struct part *p)
{
	if (!p->children) {
		return mime_is(&p->type, "text", "plain") ? p : NULL;
	}
	for (const struct part *c = p->children; c; c = c->next) {
		const struct part *found = first_text(c);
		if (found) {
			return found;
		}
	}
	return NULL;
}

/* The one line of TEXT that says something before a signature; false when there are more. */
static bool only_line(struct span text, struct span *out)
{
	*out = SPAN("");
	for (struct span rest = text; rest.p && rest.n > 0;) {
		struct span line = span_cut(&rest, '\n');
		if (span_is(span_rtrim(line), "--")) {
			break;
		}
		line = span_trim(line);
		if (line.n > 0 && out->n > 0) {
			return false;
		}
		*out = line.n > 0 ? line : *out;
	}
	return true;
}

static struct span subject_of(struct arena *arena, const struct message *m)
{
	return word_decode(arena, message_text(arena, message_find(m, "Subject")));
}

bool misplaced_command(struct arena *arena, const struct list *list, const struct message *m)
{
	struct mime mime;
	struct span line;
	if (is_command(list, subject_of(arena, m))) {
		return true;
	}
	if (m->body.n > BODY_MAX || !mime_parse(arena, m, &mime, NULL)) {
		return false;
	}
	const struct part *p = first_text(mime.root);
	return p && p->body.n <= TEXT_MAX && only_line(mime_decode(arena, p), &line) &&
	       is_command(list, line);
}

static struct span without_prefix(struct arena *arena, const struct list *list,
                                  const struct message *m)
{
	struct span text = subject_of(arena, m);
	struct subject s = subject_read(text, list->subject_tag, 0);
	return span_trim(span_from(text, s.end));
}

bool misplaced_digest(struct arena *arena, const struct list *list, const struct message *m)
{
	struct span text = without_prefix(arena, list, m);
	return span_istarts(text, arena_join(arena, list->local, SPAN(" digest"), SPAN_END)) ||
	       span_istarts(text, arena_join(arena, SPAN("digest of "), list->local, SPAN_END));
}

bool misplaced_empty(struct arena *arena, const struct list *list, const struct message *m)
{
	return without_prefix(arena, list, m).n == 0;
}
