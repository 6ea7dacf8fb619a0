/*
 * Rules for single header fields. Which names they may not touch is one table:
 * those that a message has once and its author answers for, those that say how to
 * read the body, and those that Ladle itself writes or hands on (two edits of one
 * field would be a bug).
 */
#include "rules/field_rule.h"

#include "base/ascii.h"
#include "rules/template.h"

static const struct guarded {
	const char *name;
	bool add, remove; /* not by these rules */
} guarded[] = {
	{ "From", true, true },
	{ "Date", true, true },
	{ "Message-ID", true, true },
	{ "Sender", true, true },
	{ "Reply-To", true, true },
	{ "To", true, true },
	{ "Cc", true, true },
	{ "Bcc", true, true },
	{ "Resent-Bcc", true, true },
	{ "Subject", true, true },
	{ "In-Reply-To", true, false },
	{ "References", true, false },
	{ "Return-Path", true, true },
	{ "Received", true, true },
	{ "MIME-Version", true, true },
	{ "Content-", true, true }, /* all that begin so: they describe the body */
	{ "DKIM-Signature", true, false },
	{ "DKIM2-Signature", true, true },
	{ "Message-Instance", true, true },
	{ "ARC-Seal", true, true },
	{ "ARC-Message-Signature", true, true },
	{ "ARC-Authentication-Results", true, true },
	{ "Authentication-Results", true, true },
	{ "List-Id", true, true },
	{ "List-Post", true, true },
	{ "List-Help", true, true },
	{ "List-Subscribe", true, true },
	{ "List-Unsubscribe", true, true },
	{ "List-Unsubscribe-Post", true, true },
	{ "List-Owner", true, true },
	{ "List-Archive", true, true },
	{ "Archived-At", true, true },
	{ "Precedence", true, true },
	{ "X-Loop", true, true },
	{ "X-Original-From", true, true },
	{ "X-Ladle-Approve", true, true },
};

static const struct guarded *guard(struct span name)
{
	for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
		struct span known = span_str(guarded[i].name);
		bool prefix = span_ends(known, SPAN("-"));
		if (prefix ? span_istarts(name, known) : span_ieq(name, known)) {
			return &guarded[i];
		}
	}
	return NULL;
}

static bool is_name(struct span name)
{
	bool ok = name.n > 0 && name.n <= 76;
	for (size_t i = 0; i < name.n; i++) {
		ok = ok && ascii_graph(name.p[i]) && name.p[i] != ':';
	}
	return ok;
}

bool field_rule_next(struct span *rest, struct span *name, struct span *value)
{
	while (rest->p && rest->n > 0) {
		struct span line = span_trim(span_cut(rest, '\n'));
		if (line.n > 0) {
			size_t colon = span_chr(line, ':');
			*name = span_rtrim(span_sub(line, 0, colon == SPAN_NONE ? line.n : colon));
			*value = colon == SPAN_NONE ? SPAN("")
			                            : span_trim(span_from(line, colon + 1));
			return true;
		}
	}
	return false;
}

bool field_rule_check_add(struct span text, struct err *e)
{
	struct span name, value;
	while (field_rule_next(&text, &name, &value)) {
		const struct guarded *g = guard(name);
		if (!is_name(name) || value.n == 0) {
			return err_set(e, ERR_MISUSE, "", "\"%.*s\" is not \"Name: value\"",
			               SPAN_FMT(name));
		}
		if (g && g->add) {
			return err_set(e, ERR_MISUSE, "", "\"%s\" cannot be added by a rule",
			               g->name);
		}
		if (!template_check(value, e)) {
			return err_prefix(e, "\"%.*s\"", SPAN_FMT(name));
		}
	}
	return true;
}

/* The next word of *REST; empty at the end. */
static struct span next_word(struct span *rest)
{
	size_t from = 0, to;
	while (from < rest->n && (ascii_fws(rest->p[from]) || rest->p[from] == ',')) {
		from++;
	}
	for (to = from; to < rest->n && !ascii_fws(rest->p[to]) && rest->p[to] != ',';) {
		to++;
	}
	struct span word = span_sub(*rest, from, to);
	*rest = span_from(*rest, to);
	return word;
}

bool field_rule_check_remove(struct span text, struct err *e)
{
	struct span word;
	while ((word = next_word(&text)).n > 0) {
		const struct guarded *g = guard(word);
		size_t star = span_chr(word, '*');
		if (!is_name(word) || star == 0 || (star != SPAN_NONE && star + 1 < word.n)) {
			return err_set(e, ERR_MISUSE, "", "\"%.*s\" is no name of a header field",
			               SPAN_FMT(word));
		}
		if (g && g->remove) {
			return err_set(e, ERR_MISUSE, "", "\"%s\" cannot be removed by a rule",
			               g->name);
		}
	}
	return true;
}

bool field_rule_removes(struct span rule, struct span name)
{
	const struct guarded *g = guard(name);
	struct span word;
	while ((word = next_word(&rule)).n > 0 && !(g && g->remove)) {
		bool prefix = span_ends(word, SPAN("*"));
		if (prefix ? span_istarts(name, span_sub(word, 0, word.n - 1))
		           : span_ieq(name, word)) {
			return true;
		}
	}
	return false;
}
