/*
 * held accept, reject, discard: of messages that are named, or of all that fit. What fits is
 * only counted until --yes says that it is meant.
 */
#include "base/file.h"
#include "base/utf8.h"
#include "cli/cmd_held.h"
#include "flow/moderate.h"
#include "rules/people.h"

#define PAGE       1000
#define REASON_MAX 4000

struct decide {
	struct call *call;
	struct moderate m;
	struct held_filter filter;
	struct json j;
	bool bulk;    /* by what fits, not by number */
	bool counted; /* nothing is done yet */
	int64_t done, passed;
};

static const char *const past[] = {
	[MODERATION_ACCEPT] = "accepted",
	[MODERATION_REJECT] = "rejected",
	[MODERATION_DISCARD] = "discarded",
	[MODERATION_ALLOW] = "accepted and allowed",
};

static void print_done(struct decide *d, int64_t id, bool done, struct span note, const char *error)
{
	if (d->call->json) {
		json_open(&d->j, '{');
		json_kint(&d->j, "id", id);
		json_kbool(&d->j, "done", done);
		json_kstr(&d->j, "result", done ? past[d->m.action] : "");
		json_kspan(&d->j, "note", note);
		json_kstr(&d->j, "error", error);
		json_close(&d->j);
	} else if (done) {
		buf_printf(&d->call->out, "%s %lld%s%.*s\n", past[d->m.action], (long long)id,
		           note.n > 0 ? ", " : "", SPAN_FMT(note));
	} else {
		buf_printf(&d->call->out, "passed over %lld: %s\n", (long long)id, error);
	}
	call_flush(d->call);
}

/* One that was named must be possible; of many, those that are not are said and passed over. */
static bool decide_one(struct decide *d, int64_t id)
{
	struct call *call = d->call;
	struct arena *arena = arena_new();
	struct span note = SPAN("");
	d->m.held = id;
	bool ok = d->counted || moderate(call->context, arena, &d->m, &note, &call->err);
	d->done += ok;
	if (ok && !d->counted) {
		print_done(d, id, true, note, "");
	} else if (!ok && d->bulk && call->err.class == ERR_PERMANENT) {
		d->passed++;
		print_done(d, id, false, note, call->err.text);
		call->err = (struct err){ 0 };
		ok = true;
	}
	arena_free(arena);
	return ok;
}

static bool decide_page(struct decide *d, int64_t *after, size_t *n)
{
	struct arena *arena = arena_new();
	struct held *rows;
	bool ok = store_held_ls(d->call->context->store, arena, d->filter.list,
	                        d->m.back == HELD_BACK_ALL ? HELD_REFUSED : HELD_WAITING, *after,
	                        PAGE, &rows, n, &d->call->err);
	for (size_t i = 0; ok && i < *n; i++) {
		*after = rows[i].id;
		ok = !held_fits(&d->filter, &rows[i]) || decide_one(d, rows[i].id);
	}
	arena_free(arena);
	return ok;
}

static bool decide_fitting(struct decide *d)
{
	int64_t after = 0;
	for (size_t n = PAGE; n == PAGE;) {
		if (!decide_page(d, &after, &n)) {
			return false;
		}
	}
	return true;
}

static bool decide_named(struct decide *d)
{
	for (int i = 0; i < d->call->count; i++) {
		int64_t id;
		if (!held_id(d->call, d->call->args[i], &id) || !decide_one(d, id)) {
			return false;
		}
	}
	return true;
}

/* The text for the author: of an option, or of a file. */
static bool read_reason(struct call *call, struct span *out)
{
	const char *file = call_opt(call, "--reason-file");
	struct buf text = BUF_INIT;
	*out = span_str(call_opt(call, "--reason"));
	if (file) {
		if (!file_read(file, REASON_MAX, &text, &call->err)) {
			return false;
		}
		*out = span_trim(buf_move(&text, call->arena));
	}
	if (out->n > REASON_MAX || !utf8_valid(*out)) {
		return call_usage(call, "the reason must be UTF-8 of at most %d bytes", REASON_MAX);
	}
	return true;
}

static void print_count(struct decide *d)
{
	struct call *call = d->call;
	if (call->json || !d->bulk) {
		return;
	}
	if (d->counted) {
		buf_printf(&call->out, "%lld would be %s; --yes does it\n", (long long)d->done,
		           past[d->m.action]);
	} else {
		buf_printf(&call->out, "%lld %s, %lld passed over\n", (long long)d->done,
		           past[d->m.action], (long long)d->passed);
	}
}

static bool decide_run(struct call *call, enum moderation action)
{
	struct decide d = { .call = call, .j = JSON_INIT(&call->out) };
	d.m = (struct moderate){
		.action = call_opt(call, "--allow") ? MODERATION_ALLOW : action,
		.by = held_by(call),
		.channel = SPAN(HELD_BY_CLI),
		.back = call_opt(call, "--refused") ? HELD_BACK_ALL : HELD_BACK_RULES,
	};
	if (!read_reason(call, &d.m.note) || !held_filter_read(call, &d.filter, &d.bulk)) {
		return false;
	}
	if (d.bulk == (call->count > 0)) {
		return call_usage(call, d.bulk ? "either numbers or what they are chosen by"
		                               : "which? Numbers, or --list, --sender, --rule, "
		                                 "--older, --all");
	}
	d.counted = d.bulk && !call_opt(call, "--yes");
	if (!call_context(call, CONTEXT_STORE | CONTEXT_DNS | CONTEXT_SECRET)) {
		return false;
	}
	call_open(call, &d.j, '[');
	bool ok = d.bulk ? decide_fitting(&d) : decide_named(&d);
	call_close(call, &d.j);
	print_count(&d);
	return ok;
}

#define DECIDE_OPTS                                                                                \
	HELD_FILTER_OPTS, { "--all", NULL, "all that wait" },                                      \
		{ "--yes", NULL, "do it; without, what is chosen by an option is only counted" },  \
		{ "--refused", NULL, "of those that were refused, not of those that wait" },       \
	{                                                                                          \
		"--by", "NAME", "who decides, for the record; else the user"                       \
	}

static bool accept_run(struct call *call)
{
	return decide_run(call, MODERATION_ACCEPT);
}

static const struct opt accept_opts[] = {
	DECIDE_OPTS,
	{ "--allow", NULL, "and let their authors post from now on (allowed-authors)" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_held_accept = {
	.name = "held accept",
	.arguments = "[ID…]",
	.summary = "Distribute held messages",
	.min = 0,
	.max = -1,
	.opts = accept_opts,
	.run = accept_run,
};

static bool reject_run(struct call *call)
{
	return decide_run(call, MODERATION_REJECT);
}

static const struct opt reject_opts[] = {
	DECIDE_OPTS,
	{ "--reason", "TEXT", "why, for the author" },
	{ "--reason-file", "FILE", "the same, of a file" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_held_reject = {
	.name = "held reject",
	.arguments = "[ID…]",
	.summary = "Refuse held messages, with a reason",
	.min = 0,
	.max = -1,
	.opts = reject_opts,
	.run = reject_run,
};

static bool discard_run(struct call *call)
{
	return decide_run(call, MODERATION_DISCARD);
}

static const struct opt discard_opts[] = { DECIDE_OPTS, OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_held_discard = {
	.name = "held discard",
	.arguments = "[ID…]",
	.summary = "Discard held messages, telling nobody",
	.min = 0,
	.max = -1,
	.opts = discard_opts,
	.run = discard_run,
};
