/* sign: the protocol by hand, as an author's system or as a plain hop. */
#include "auth/dkim2.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "flow/context.h"
#include "mail/addr.h"
#include "mail/idn.h"

#include <errno.h>
#include <string.h>

static struct pkey *read_key(struct call *call)
{
	struct buf pem = BUF_INIT;
	const char *file = call_opt(call, "--key");
	struct pkey *key = NULL;
	errno = 0;
	if ((context_private(file, &call->err) || call_no_input(call, errno)) &&
	    call_file(call, file, LIMIT_KEY_FILE, &pem)) {
		key = pkey_private(buf_span(&pem), &call->err);
	}
	if (pem.p) {
		explicit_bzero(pem.p, pem.cap);
	}
	buf_free(&pem);
	return key;
}

static bool sign_dkim1(struct call *call, const struct signer *signer, const struct message *m,
                       int64_t now)
{
	struct digest body;
	canon_body_hash(CANON_RELAXED, HASH_SHA256, m->body, &body);
	return dkim1_sign(signer, m->fields, m->count, &body, now, &call->out, &call->err);
}

static bool read_paths(struct call *call, struct dkim2_envelope *out)
{
	size_t n;
	const char *from = call_opt(call, "--mf"), *next = call_opt(call, "--nd");
	const char **rcpts = call_opts(call, "--rt", &n);
	if (next && !from && n == 0) {
		return idn_ascii(call->arena, span_str(next), &out->next_domain, &call->err);
	}
	if (next || !from || n == 0) {
		return call_usage(call, "a DKIM2 signature names its envelope, --mf and --rt, or "
		                        "the domain that signs next, --nd");
	}
	struct span *rcpt = arena_array(call->arena, n, sizeof(*rcpt));
	for (size_t i = 0; i < n; i++) {
		if (!addr_path(call->arena, span_str(rcpts[i]), &rcpt[i], &call->err)) {
			return false;
		}
	}
	out->rcpt_to = rcpt;
	out->rcpts = n;
	return addr_path(call->arena, span_str(from), &out->mail_from, &call->err);
}

/* Those that mean something. */
static bool check_flags(struct call *call, struct span flags)
{
	while (flags.p && flags.n > 0) {
		struct span flag = span_trim(span_cut(&flags, ','));
		if (!span_is(flag, "feedback") && !span_is(flag, "feedhere") &&
		    !span_is(flag, "exploded")) {
			return call_usage(
				call, "--flags: \"%.*s\" is none of feedback, feedhere, exploded",
				SPAN_FMT(flag));
		}
	}
	return true;
}

/* Signs what is there; a message without an instance gets m=1. Changes are a list's work. */
static bool sign_dkim2(struct call *call, const struct signer *signer, const struct message *m,
                       int64_t now)
{
	struct dkim2_envelope envelope = { .t = now,
		                           .nonce = span_str(call_opt(call, "--nonce")),
		                           .flags = span_str(call_opt(call, "--flags")) };
	struct dkim2_base base = { 0 };
	struct buf instance = BUF_INIT, signature = BUF_INIT;
	struct canon_header header = canon_dkim2_header(call->arena, m->fields, m->count);
	struct digest hash;
	if (!check_flags(call, envelope.flags) || !read_paths(call, &envelope) ||
	    !dkim2_next(m->fields, m->count, SPAN_END, false, &base, &call->err)) {
		return false;
	}
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m->body, &base.body_hash);
	canon_dkim2_header_hash(HASH_SHA256, &header, &hash);
	if (base.m > 0) {
		dkim2_instance(&base, &hash, &instance);
	}
	struct dkim2_prefix *prefix = dkim2_prefix_new(call->arena, m->fields, m->count,
	                                               buf_span(&instance), signer, 1, &call->err);
	bool ok = prefix &&
	          dkim2_signature(&base, prefix, signer, 1, &envelope, &signature, &call->err);
	buf_add(&call->out, buf_span(&signature));
	buf_add(&call->out, buf_span(&instance));
	dkim2_prefix_free(prefix);
	buf_free(&signature);
	buf_free(&instance);
	return ok;
}

static bool sign_message(struct call *call, struct signer *signer)
{
	struct span text;
	struct message m;
	int64_t now;
	const struct env env = env_real();
	if (!call_number(call, "--now", env.now(&env), &now) ||
	    !call_message(call, call_arg(call, 0), &text) ||
	    !message_parse(call->arena, text, &m, &call->err)) {
		return false;
	}
	bool ok = call_opt(call, "--dkim1") ? sign_dkim1(call, signer, &m, now)
	                                    : sign_dkim2(call, signer, &m, now);
	buf_add(&call->out, text);
	if (!ok) {
		buf_clear(&call->out);
	}
	return ok;
}

static bool sign_run(struct call *call)
{
	call->raw = true;
	struct signer signer = { .selector = span_str(call_opt(call, "--selector")) };
	if (!call_opt(call, "--key") || signer.selector.n == 0 || !call_opt(call, "--domain")) {
		return call_usage(call, "wanted: --key, --selector, --domain");
	}
	if (!idn_ascii(call->arena, span_str(call_opt(call, "--domain")), &signer.domain,
	               &call->err) ||
	    !(signer.key = read_key(call))) {
		return false;
	}
	bool ok = sign_message(call, &signer);
	pkey_free(signer.key);
	return ok;
}

static const struct opt sign_opts[] = {
	{ "--key", "FILE", "private key (PEM, mode 0600)" },
	{ "--selector", "NAME", "s= of the key" },
	{ "--domain", "DOMAIN", "d= of the signature" },
	{ "--mf", "ADDRESS", "MAIL FROM it will be sent with" },
	{ "--rt", "ADDRESS", "RCPT TO it will be sent with; may be repeated" },
	{ "--nd", "DOMAIN", "instead of --mf and --rt: d= of the next signature" },
	{ "--flags", "F,F", "feedback, feedhere, exploded" },
	{ "--nonce", "TEXT", "n= of the signature" },
	{ "--dkim1", NULL, "a DKIM1 signature instead" },
	{ "--now", "SECONDS", "time of signing (seconds since 1970)" },
	{ NULL, NULL, NULL },
};

const struct command cmd_sign = {
	.name = "sign",
	.arguments = "--key FILE --selector S --domain D {--mf A --rt A… | --nd D} [FILE]",
	.summary = "Sign a message and print it",
	.min = 0,
	.max = 1,
	.opts = sign_opts,
	.run = sign_run,
};
