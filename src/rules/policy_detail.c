/* One function for each check that knows more than that it applies. */
#include "rules/policy_detail.h"

#include "base/limits.h"
#include "rules/automatic.h"
#include "rules/filter.h"

#include <string.h>

/* Bytes of what a stranger wrote. */
#define QUOTED_MAX 100

static struct span quoted(struct arena *arena, struct span text)
{
	return filter_printable(arena, message_unfold(arena, span_trim(text)), QUOTED_MAX);
}

static struct span size(struct arena *arena, const struct policy_input *in)
{
	uint64_t site = in->site->message_size, list = in->list->message_size;
	bool by_list = list > 0 && list < site;
	if (in->truncated) {
		return arena_printf(arena, "over %u bytes, of which the first are here",
		                    LIMIT_MESSAGE_HARD);
	}
	return arena_printf(arena, "%zu bytes, %s allows %llu", in->size,
	                    by_list ? "list-message-size" : "message-size",
	                    (unsigned long long)(by_list ? list : site));
}

static struct span loop(struct arena *arena, const struct policy_input *in)
{
	size_t hops = message_count(in->message, "Received");
	return hops > LIMIT_HOPS ? arena_printf(arena, "%zu Received fields, %u are allowed", hops,
	                                        LIMIT_HOPS)
	                         : SPAN("its List-Id or X-Loop is the list's");
}

static struct span author(struct arena *arena, const struct policy_input *in)
{
	size_t n = message_count(in->message, "From");
	const struct field *from = message_find(in->message, "From");
	return n == 1 ? arena_printf(arena, "From: %.*s", SPAN_FMT(quoted(arena, from->value)))
	              : arena_printf(arena, "%zu From fields", n);
}

static struct span automatic(struct arena *arena, const struct policy_input *in)
{
	const struct message *m = in->message;
	if (in->mail_from.n == 0) {
		return SPAN("the sender is <>");
	}
	if (automatic_submitted(m)) {
		return arena_printf(
			arena, "Auto-Submitted: %.*s",
			SPAN_FMT(quoted(arena, message_find(m, "Auto-Submitted")->value)));
	}
	return message_begins(m, "Content-Type", SPAN("multipart/report"))
	               ? SPAN("a report")
	               : SPAN("what programs write for who is away");
}

static struct span nonmember(struct arena *arena, const struct policy_input *in)
{
	return quoted(arena, in->author);
}

static const struct detail {
	const char *rule;
	struct span (*say)(struct arena *arena, const struct policy_input *in);
} details[] = {
	{ "size", size },           { "loop", loop },           { "author", author },
	{ "automatic", automatic }, { "nonmember", nonmember },
};

struct span policy_detail(struct arena *arena, const char *rule, const struct policy_input *in)
{
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		if (strcmp(details[i].rule, rule) == 0) {
			return details[i].say(arena, in);
		}
	}
	return SPAN("");
}
