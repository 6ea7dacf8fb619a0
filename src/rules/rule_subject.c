/* The table of what rules ask about, and how each answer is found in a message. */
#include "rules/rule_subject.h"

#include "auth/dmarc.h"
#include "base/limits.h"
#include "mail/charset.h"
#include "mail/mime.h"
#include "mail/word.h"
#include "rules/addressed.h"
#include "rules/misplaced.h"
#include "rules/spam.h"

static enum rule_answer answer(bool yes)
{
	return yes ? RULE_YES : RULE_NO;
}

/* ---- flags ---- */

static enum rule_answer member(struct arena *arena, const struct policy_input *in)
{
	(void)arena;
	return policy_undecided(in) ? RULE_UNKNOWN : answer(policy_member(in));
}

static enum rule_answer authentic(struct arena *arena, const struct policy_input *in)
{
	(void)arena;
	return answer(in->verdict->from_authentic);
}

static enum rule_answer owner(struct arena *arena, const struct policy_input *in)
{
	(void)arena;
	return answer(policy_owner(in));
}

static enum rule_answer moderator(struct arena *arena, const struct policy_input *in)
{
	(void)arena;
	return answer(policy_moderator(in));
}

static enum rule_answer flagged(struct arena *arena, const struct policy_input *in)
{
	(void)arena;
	return answer(in->member_moderated);
}

/* What another list of the site hands over is meant for this one, whatever To says. */
static enum rule_answer addressed(struct arena *arena, const struct policy_input *in)
{
	return answer(in->handed || addressed_to(arena, in->list, in->message, NULL));
}

static enum rule_answer empty_subject(struct arena *arena, const struct policy_input *in)
{
	return answer(misplaced_empty(arena, in->list, in->message));
}

static enum rule_answer command(struct arena *arena, const struct policy_input *in)
{
	return answer(misplaced_command(arena, in->list, in->message));
}

static enum rule_answer digest(struct arena *arena, const struct policy_input *in)
{
	return answer(misplaced_digest(arena, in->list, in->message));
}

static enum rule_answer spam(struct arena *arena, const struct policy_input *in)
{
	return answer(spam_marked(arena, in->message));
}

/* ---- numbers ---- */

static bool size(struct arena *arena, const struct policy_input *in, int64_t *out)
{
	(void)arena;
	*out = (int64_t)in->size;
	return true;
}

static bool recipients(struct arena *arena, const struct policy_input *in, int64_t *out)
{
	size_t n;
	addressed_to(arena, in->list, in->message, &n);
	*out = (int64_t)n;
	return true;
}

static bool member_for(struct arena *arena, const struct policy_input *in, int64_t *out)
{
	(void)arena;
	*out = in->member_for;
	return in->member;
}

static bool posts(struct arena *arena, const struct policy_input *in, int64_t *out)
{
	(void)arena;
	*out = in->posts;
	return true;
}

static bool score(struct arena *arena, const struct policy_input *in, int64_t *out)
{
	return spam_score(arena, in->message, out);
}

/* ---- words ---- */

static struct span dkim2(const struct policy_input *in)
{
	return span_str(auth_result_name(in->verdict->dkim2.result));
}

/* Of the signatures that may speak for From, the best one. */
static struct span dkim1(const struct policy_input *in)
{
	static const enum auth_result best_first[] = { AUTH_PASS, AUTH_TEMPERROR, AUTH_FAIL,
		                                       AUTH_PERMERROR };
	for (size_t b = 0; b < sizeof(best_first) / sizeof(best_first[0]); b++) {
		for (size_t i = 0; i < in->verdict->ndkim1; i++) {
			const struct dkim1_result *r = &in->verdict->dkim1[i];
			if (r->aligned && !r->partial && r->result == best_first[b]) {
				return span_str(auth_result_name(r->result));
			}
		}
	}
	return SPAN("none");
}

static struct span dmarc(const struct policy_input *in)
{
	return span_str(auth_result_name(in->verdict->dmarc.result));
}

static struct span dmarc_policy_asked(const struct policy_input *in)
{
	return span_str(dmarc_policy_name(dmarc_effective(&in->verdict->dmarc)));
}

static struct span arc(const struct policy_input *in)
{
	return span_str(auth_result_name(in->verdict->arc.result));
}

static struct span spf(const struct policy_input *in)
{
	struct span result = in->verdict->spf.result;
	return result.n > 0 ? result : SPAN("none");
}

/* ---- texts ---- */

static bool once(struct span text, size_t *at, struct span *out)
{
	*out = text;
	return (*at)++ == 0;
}

static bool from(struct arena *arena, const struct policy_input *in, struct span name, size_t *at,
                 struct span *out)
{
	(void)arena, (void)name;
	return once(in->author, at, out);
}

static bool sender(struct arena *arena, const struct policy_input *in, struct span name, size_t *at,
                   struct span *out)
{
	(void)arena, (void)name;
	return once(in->mail_from, at, out);
}

static bool subject(struct arena *arena, const struct policy_input *in, struct span name,
                    size_t *at, struct span *out)
{
	const struct field *f = message_find(in->message, "Subject");
	(void)name;
	return once(word_decode(arena, message_text(arena, f)), at, out);
}

static bool header(struct arena *arena, const struct policy_input *in, struct span name, size_t *at,
                   struct span *out)
{
	const struct field *f = message_next(in->message, name, at);
	*out = word_decode(arena, message_text(arena, f));
	return f != NULL;
}

static bool raw_header(struct arena *arena, const struct policy_input *in, struct span name,
                       size_t *at, struct span *out)
{
	const struct field *f = message_next(in->message, name, at);
	*out = message_text(arena, f);
	return f != NULL;
}

/* Each field twice: decoded, then as it stands. */
static bool any_header(struct arena *arena, const struct policy_input *in, struct span name,
                       size_t *at, struct span *out)
{
	size_t i = *at / 2;
	(void)name;
	if (i >= in->message->count) {
		return false;
	}
	const struct field *f = &in->message->fields[i];
	struct span text = message_text(arena, f);
	text = *at % 2 == 0 ? word_decode(arena, text) : text;
	*out = arena_join(arena, f->name, SPAN(": "), text.n > 0 ? text : SPAN(""), SPAN_END);
	(*at)++;
	return true;
}

/* A text part as UTF-8 with LF line ends behind OUT, which is full at LIMIT_RULE_BODY. */
static void add_text(struct arena *arena, const struct part *p, struct buf *out)
{
	struct part cut = *p;
	struct buf text = BUF_INIT;
	cut.body = span_sub(p->body, 0, LIMIT_RULE_BODY);
	struct span bytes = mime_decode(arena, &cut);
	if (!charset_to_utf8(&text, mime_charset(arena, &p->type), bytes)) {
		charset_repair(&text, bytes);
	}
	for (size_t i = 0; i < text.n && out->n < LIMIT_RULE_BODY; i++) {
		if (text.p[i] != '\r') {
			buf_chr(out, text.p[i]);
		}
	}
	buf_chr(out, '\n');
	buf_free(&text);
}

static void add_texts(struct arena *arena, const struct part *p, struct buf *out)
{
	if (!p->children && mime_is(&p->type, "text", NULL)) {
		add_text(arena, p, out);
	}
	for (const struct part *c = p->children; c && out->n < LIMIT_RULE_BODY; c = c->next) {
		add_texts(arena, c, out);
	}
}

static bool body(struct arena *arena, const struct policy_input *in, struct span name, size_t *at,
                 struct span *out)
{
	struct mime mime;
	struct buf text = BUF_INIT;
	(void)name;
	if (*at == 0 && mime_parse(arena, in->message, &mime, NULL)) {
		add_texts(arena, mime.root, &text);
	}
	return once(buf_move(&text, arena), at, out);
}

#define RESULTS "pass fail permerror temperror none"

static const struct rule_subject subjects[] = {
	{ .name = "member", .kind = RULE_FLAG, .flag = member },
	{ .name = "authentic", .kind = RULE_FLAG, .flag = authentic },
	{ .name = "owner", .kind = RULE_FLAG, .flag = owner },
	{ .name = "moderator", .kind = RULE_FLAG, .flag = moderator },
	{ .name = "moderated", .kind = RULE_FLAG, .flag = flagged },
	{ .name = "addressed", .kind = RULE_FLAG, .flag = addressed },
	{ .name = "empty-subject", .kind = RULE_FLAG, .flag = empty_subject },
	{ .name = "command", .kind = RULE_FLAG, .flag = command },
	{ .name = "digest-subject", .kind = RULE_FLAG, .flag = digest },
	{ .name = "spam", .kind = RULE_FLAG, .flag = spam },
	{ .name = "size", .kind = RULE_SIZE, .number = size },
	{ .name = "recipients", .kind = RULE_NUMBER, .number = recipients },
	{ .name = "member-for", .kind = RULE_DURATION, .number = member_for },
	{ .name = "posts", .kind = RULE_NUMBER, .number = posts },
	{ .name = "author-posts",
	  .kind = RULE_NUMBER,
	  .takes = RULE_TAKES_PERIOD,
	  .of_author = true },
	{ .name = "list-posts", .kind = RULE_NUMBER, .takes = RULE_TAKES_PERIOD },
	{ .name = "spam-score", .kind = RULE_SCORE, .number = score },
	{ .name = "dkim2", .kind = RULE_WORD, .choices = RESULTS, .word = dkim2 },
	{ .name = "dkim1", .kind = RULE_WORD, .choices = RESULTS, .word = dkim1 },
	{ .name = "dmarc", .kind = RULE_WORD, .choices = RESULTS, .word = dmarc },
	{ .name = "dmarc-policy",
	  .kind = RULE_WORD,
	  .choices = "none quarantine reject",
	  .word = dmarc_policy_asked },
	{ .name = "arc", .kind = RULE_WORD, .choices = RESULTS, .word = arc },
	{ .name = "spf", .kind = RULE_WORD, .choices = RESULTS " softfail neutral", .word = spf },
	{ .name = "from", .kind = RULE_TEXT, .text = from },
	{ .name = "sender", .kind = RULE_TEXT, .text = sender },
	{ .name = "subject", .kind = RULE_TEXT, .text = subject },
	{ .name = "header", .kind = RULE_TEXT, .takes = RULE_TAKES_FIELD, .text = header },
	{ .name = "raw-header", .kind = RULE_TEXT, .takes = RULE_TAKES_FIELD, .text = raw_header },
	{ .name = "any-header", .kind = RULE_TEXT, .text = any_header },
	{ .name = "body", .kind = RULE_TEXT, .text = body },
	{ .name = "type", .kind = RULE_TYPES },
	{ .name = "extension", .kind = RULE_EXTENSIONS },
};

#define COUNT (sizeof(subjects) / sizeof(subjects[0]))

const struct rule_subject *rule_subject_find(struct span word)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (span_is(word, subjects[i].name)) {
			return &subjects[i];
		}
	}
	return NULL;
}
