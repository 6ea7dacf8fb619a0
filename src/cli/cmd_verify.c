/* verify: all that is known about a message's authenticity. */
#include "auth/report.h"
#include "auth/verify.h"
#include "cli/commands.h"
#include "mail/addr.h"
#include "net/dns.h"

#include <string.h>

static bool read_path(struct call *call, const char *text, struct span *out)
{
	return addr_path(call->arena, span_str(text), out, &call->err);
}

static bool read_envelope(struct call *call, struct envelope *out)
{
	size_t n;
	const char *from = call_opt(call, "--mf");
	const char **rcpts = call_opts(call, "--rt", &n);
	if (!from && n == 0) {
		return true;
	}
	if (!from || n == 0) {
		return call_usage(call, "the envelope is --mf and at least one --rt");
	}
	out->known = true;
	out->rcpt_to = arena_array(call->arena, n, sizeof(*out->rcpt_to));
	for (; out->rcpts < n; out->rcpts++) {
		if (!read_path(call, rcpts[out->rcpts], &out->rcpt_to[out->rcpts])) {
			return false;
		}
	}
	return read_path(call, from, &out->mail_from);
}

/* Whom the site believes about SPF; nobody without a site. */
static struct span trusted(const struct call *call)
{
	return call->context ? call->context->site.trusted_authserv_id : SPAN("");
}

/* What this command says by its exit code, beside sysexits. */
enum { VERIFIED = 0, NOT_VERIFIED = 1, NOTHING_TO_VERIFY = 2 };

static int exit_code(const struct verdict *v)
{
	const int later = err_exit(ERR_TEMPORARY);
	const int codes[] = {
		[REPORT_FULLY_VERIFIED] = VERIFIED,
		[REPORT_PROVISIONALLY_VERIFIED] =
			v->dkim2.result == AUTH_TEMPERROR ? later : NOT_VERIFIED,
		[REPORT_FAILED] = NOT_VERIFIED,
		[REPORT_INVALID] = NOT_VERIFIED,
		[REPORT_AUTHOR_VERIFIED] = VERIFIED,
		[REPORT_UNVERIFIED] = NOT_VERIFIED,
		[REPORT_TEMPORARY] = later,
		[REPORT_UNSIGNED] = NOTHING_TO_VERIFY,
	};

	return codes[report_state(v)];
}

static void print(struct call *call, const struct message *m, struct verdict *v)
{
	struct report_letter letter;
	struct json j = JSON_INIT(&call->out);
	report_compare(call->arena, m, v, &letter);
	if (!call->json) {
		report_text(&call->out, v, &letter);
		return;
	}
	json_open(&j, '{');
	report_json(&j, v);
	json_close(&j);
	buf_chr(&call->out, '\n');
}

static bool verify_run(struct call *call)
{
	struct envelope envelope = { 0 };
	struct keysource keys = { 0 };
	struct dns *dns = NULL;
	struct span text;
	struct message m;
	struct verdict v;
	int64_t now;
	const struct env env = env_real();
	bool ok = call_number(call, "--now", env.now(&env), &now) &&
	          read_envelope(call, &envelope) && call_message(call, call_arg(call, 0), &text) &&
	          message_parse(call->arena, text, &m, &call->err) &&
	          call_keysource(call, &dns, &keys);
	if (ok) {
		struct verify_options options = { now, trusted(call) };
		verify_message(call->arena, &m, &envelope, &keys, &options, &v);
		print(call, &m, &v);
		call->exit = exit_code(&v);
	}
	dns_free(dns);
	return ok;
}

static const struct opt verify_opts[] = {
	{ "--mf", "ADDRESS", "MAIL FROM it came with; '' or <> is the null path" },
	{ "--rt", "ADDRESS", "RCPT TO it came with; may be repeated" },
	{ "--dns", "FILE|SERVER",
	  "keys from a file (name, tabulator, text; or JSON), or address[:port] of a server" },
	{ "--now", "SECONDS", "verify as of this time (seconds since 1970)" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_verify = {
	.name = "verify",
	.arguments = "[--mf A --rt A]… [--dns FILE|SERVER] [FILE]",
	.summary = "Show what is known about a message's authenticity",
	.min = 0,
	.max = 1,
	.opts = verify_opts,
	.run = verify_run,
};
