/* hash and undo: recipes by hand. */
#include "auth/dkim2.h"
#include "base/codec.h"
#include "base/limits.h"
#include "cli/commands.h"

#include <unistd.h>

static bool load(struct call *call, struct message *m)
{
	struct span text;
	if (!call_message(call, call_arg(call, 0), &text) ||
	    !message_parse(call->arena, text, m, &call->err)) {
		return false;
	}
	return m->count > 0 ||
	       err_set(&call->err, ERR_PERMANENT, "",
	               "this is no message: give one that begins with its header fields");
}

static struct span base64(struct call *call, const struct digest *d)
{
	struct buf out = BUF_INIT;
	codec_base64(&out, digest_span(d));
	return buf_move(&out, call->arena);
}

static bool hash_run(struct call *call)
{
	struct message m;
	struct digest header_hash, body_hash;
	if (!load(call, &m)) {
		return false;
	}
	struct canon_header header = canon_dkim2_header(call->arena, m.fields, m.count);
	if (call_opt(call, "--header")) {
		call->raw = true;
		canon_dkim2_header_text(&call->out, &header);
		return true;
	}
	canon_dkim2_header_hash(HASH_SHA256, &header, &header_hash);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &body_hash);
	struct span h = base64(call, &header_hash), b = base64(call, &body_hash);
	if (call->json) {
		struct json j = JSON_INIT(&call->out);
		json_open(&j, '{');
		json_kstr(&j, "algorithm", "sha256");
		json_kspan(&j, "header", h);
		json_kspan(&j, "body", b);
		json_close(&j);
		buf_chr(&call->out, '\n');
	} else {
		buf_printf(&call->out, "sha256:%.*s:%.*s\n", SPAN_FMT(h), SPAN_FMT(b));
	}
	return true;
}

static const struct opt hash_opts[] = {
	{ "--header", NULL, "print the canonical header instead" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_hash = {
	.name = "hash",
	.arguments = "[FILE]",
	.summary = "Print the DKIM2 hashes of a message, as h= has them",
	.min = 0,
	.max = 1,
	.opts = hash_opts,
	.run = hash_run,
};

/* ---- undo ---- */

/* Behind what is wrong with the message, what to do next. */
static bool add_hint(struct call *call)
{
	const struct err first = call->err;
	return err_set(&call->err, first.class, first.status,
	               "%s (ladle verify tells more about the message)", first.text);
}

/* The highest m= that is there. */
static bool newest(struct call *call, const struct message *m, uint64_t *out)
{
	struct dkim2_base base;
	if (!dkim2_next(m->fields, m->count, SPAN_END, false, &base, &call->err)) {
		return add_hint(call);
	}
	*out = base.m > 0 ? 0 : base.signs_m;
	return *out > 0 || err_set(&call->err, ERR_PERMANENT, "",
	                           "the message has no Message-Instance, so nobody wrote down what "
	                           "could be undone (ladle verify shows what there is)");
}

/* What failed, and what can be done instead: the lowest revision that can be had. */
static bool undo_failed(struct call *call, const struct message *m, uint64_t to, uint64_t top)
{
	const struct err first = call->err;
	struct span text;
	for (uint64_t k = to + 1; k < top && top <= LIMIT_SIGNATURES; k++) {
		if (dkim2_undo(call->arena, m, k, &text, NULL)) {
			return err_set(&call->err, first.class, first.status,
			               "%s (--to %llu is as far as it goes)", first.text,
			               (unsigned long long)k);
		}
	}
	return add_hint(call);
}

static bool print_older(struct call *call, const struct message *m, uint64_t to)
{
	struct span text;
	call->raw = true;
	if (!dkim2_undo(call->arena, m, to, &text, &call->err)) {
		return false;
	}
	buf_add(&call->out, text);
	return true;
}

/* On a terminal it is for people, elsewhere for patch(1), octet by octet. */
static bool print_diff(struct call *call, const struct message *m, uint64_t to)
{
	call->raw = isatty(STDOUT_FILENO) == 0;
	return dkim2_diff(call->arena, m, to, &call->out, &call->err);
}

static bool undo_run(struct call *call)
{
	struct message m;
	uint64_t top = 0;
	int64_t to;
	bool diff = call_opt(call, "--diff") != NULL;
	if (!load(call, &m) || !newest(call, &m, &top) ||
	    !call_number(call, "--to", diff ? 0 : (int64_t)top - 1, &to)) {
		return false;
	}
	if ((uint64_t)to >= top) {
		return call_usage(call,
		                  "--to %llu: the message is at revision %llu, so --to is a "
		                  "number from 0 to %llu",
		                  (unsigned long long)to, (unsigned long long)top,
		                  (unsigned long long)top - 1);
	}
	return (diff ? print_diff : print_older)(call, &m, (uint64_t)to) ||
	       undo_failed(call, &m, (uint64_t)to, top);
}

static const struct opt undo_opts[] = {
	{ "--to", "M", "back to revision M; 0 is the original before DKIM2 (default: one step)" },
	{ "--diff", NULL, "show what each hop changed, as a unified diff; all, or since --to" },
	{ NULL, NULL, NULL },
};

const struct command cmd_undo = {
	.name = "undo",
	.arguments = "[--diff] [--to M] [FILE]",
	.summary = "Undo what was changed on the way, by the recipes in the message",
	.min = 0,
	.max = 1,
	.opts = undo_opts,
	.run = undo_run,
};
