/*
 * The program gets the message and nothing of ours: an environment of three variables, no
 * descriptor, no shell. It runs as the same user all the same; see doc/security.
 */
#include "flow/filter_command.h"

#include "base/child.h"
#include "base/limits.h"
#include "rules/argv.h"
#include "rules/filter.h"

/* Bytes of its last line that are shown. */
#define REASON_MAX 300

static const struct {
	int code;
	enum decision decision;
	const char *reason; /* when it gives none */
} codes[] = {
	{ 0, DECISION_ACCEPT, "the filter command accepts it" },
	{ 80, DECISION_HOLD, "the filter command wants it to be looked at" },
	{ 81, DECISION_REJECT, "the filter command refuses it" },
	{ 82, DECISION_DISCARD, "the filter command discards it" },
};

static struct span last_line(struct arena *arena, struct span output)
{
	struct span text = span_rtrim(output);
	size_t lf = span_rchr(text, '\n');
	return filter_printable(arena, span_trim(lf == SPAN_NONE ? text : span_from(text, lf + 1)),
	                        REASON_MAX);
}

static struct policy_command failed(const struct arrival *a, struct span why)
{
	return (struct policy_command){
		a->patient ? DECISION_PUT_BACK : DECISION_HOLD,
		arena_printf(a->arena, "filter-command failed: %.*s", SPAN_FMT(why)),
	};
}

static struct policy_command read_end(const struct arrival *a, const struct child_end *end)
{
	struct span said = last_line(a->arena, buf_span(&end->output));
	if (end->timed_out) {
		return failed(a, SPAN("it takes too long"));
	}
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (end->code == codes[i].code) {
			return (struct policy_command){
				codes[i].decision,
				said.n > 0 ? said : span_str(codes[i].reason),
			};
		}
	}
	return failed(a, end->code < 0 ? arena_printf(a->arena, "signal %d", end->signal)
	                               : arena_printf(a->arena, "exit code %d%s%.*s", end->code,
	                                              said.n > 0 ? ", " : "", SPAN_FMT(said)));
}

struct policy_command filter_command_ask(const struct arrival *a)
{
	struct err e = { 0 };
	struct child_end end;
	const char *env[] = {
		arena_str(a->arena, SPAN("PATH=/usr/local/bin:/usr/bin:/bin")),
		arena_str(a->arena, arena_join(a->arena, SPAN("LADLE_LIST="), a->list.local,
		                               SPAN("@"), a->list.domain, SPAN_END)),
		arena_str(a->arena,
		          arena_join(a->arena, SPAN("LADLE_SENDER="), a->mail_from, SPAN_END)),
		NULL,
	};
	struct child child = {
		.env = env,
		.input = a->bytes,
		.timeout_ms = LIMIT_COMMAND_MS,
		.keep = LIMIT_COMMAND_OUT,
	};
	const char **argv;
	if (!argv_split(a->arena, a->list.filter_command, &argv, &e)) {
		return failed(a, span_str(e.text));
	}
	child.argv = argv;
	if (!child_run(&child, &end, &e)) {
		return failed(a, arena_copy(a->arena, span_str(e.text)));
	}
	struct policy_command said = read_end(a, &end);
	buf_free(&end.output);
	return said;
}
