/* hash and undo: recipes by hand. */
#include "auth/dkim2.h"
#include "base/codec.h"
#include "cli/commands.h"

static bool load(struct call *call, struct message *m)
{
	struct span text;
	return call_message(call, call_arg(call, 0), &text) &&
	       message_parse(call->arena, text, m, &call->err);
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

/* The highest m= that is there. */
static bool newest(struct call *call, const struct message *m, uint64_t *out)
{
	struct dkim2_base base;
	if (!dkim2_next(m->fields, m->count, SPAN_END, false, &base, &call->err)) {
		return false;
	}
	*out = base.m > 0 ? 0 : base.signs_m;
	return *out > 0 ||
	       err_set(&call->err, ERR_PERMANENT, "", "the message has no Message-Instance");
}

static bool undo_run(struct call *call)
{
	call->raw = true;
	struct message m;
	struct span out;
	uint64_t top = 0;
	int64_t to;
	if (!load(call, &m) || !newest(call, &m, &top) ||
	    !call_number(call, "--to", (int64_t)top - 1, &to)) {
		return false;
	}
	if ((uint64_t)to >= top) {
		return call_usage(call, "--to: the newest revision is %llu",
		                  (unsigned long long)top);
	}
	if (!dkim2_undo(call->arena, &m, (uint64_t)to, &out, &call->err)) {
		return false;
	}
	buf_add(&call->out, out);
	return true;
}

static const struct opt undo_opts[] = {
	{ "--to", "M", "back to revision M; 0 is the original before DKIM2 (default: one step)" },
	{ NULL, NULL, NULL },
};

const struct command cmd_undo = {
	.name = "undo",
	.arguments = "[--to M] [FILE]",
	.summary = "Undo what was changed on the way, by the recipes in the message",
	.min = 0,
	.max = 1,
	.opts = undo_opts,
	.run = undo_run,
};
