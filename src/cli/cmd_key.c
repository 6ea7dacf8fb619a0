/* key gen, ls, dns. */
#include "cli/commands.h"
#include "flow/keys.h"
#include "mail/date.h"
#include "mail/idn.h"

#include <string.h>

#define RSA_BITS     2048
#define RSA_BITS_MAX 4096
/* Octets of one character-string of a TXT record (RFC 1035 3.3). */
#define TXT_STRING 255

static const struct kind {
	const char *name, *prefix;
	enum key_type type;
} kinds[] = {
	{ "rsa", "r", KEY_RSA },
	{ "ed25519", "e", KEY_ED25519 },
	{ "mldsa44", "m", KEY_MLDSA44 },
};

/* A selector that sorts by time and says the algorithm: "r20261127". */
static struct span usual_selector(struct call *call, const struct kind *kind)
{
	struct span day = date_iso(call->arena, call->context->env.now(&call->context->env));
	return arena_printf(call->arena, "%s%.4s%.2s%.2s", kind->prefix, day.p, day.p + 5,
	                    day.p + 8);
}

static bool generate(struct call *call, const struct kind *kind, struct span selector, int64_t bits)
{
	struct span domain;
	if (!idn_ascii(call->arena, span_str(call->args[0]), &domain, &call->err) ||
	    !keys_generate(call->arena, &call->context->paths, domain, selector, kind->type,
	                   (unsigned)bits, &call->err)) {
		return false;
	}
	buf_printf(&call->out, "made %.*s._domainkey.%.*s (%s)\n", SPAN_FMT(selector),
	           SPAN_FMT(domain), kind->name);
	return true;
}

static bool gen_one(struct call *call, const char *algorithm, int64_t bits)
{
	const char *selector = call_opt(call, "--selector");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(algorithm, kinds[i].name) == 0) {
			return generate(call, &kinds[i],
			                selector ? span_str(selector)
			                         : usual_selector(call, &kinds[i]),
			                bits);
		}
	}
	return call_usage(call, "unknown algorithm \"%s\": rsa, ed25519 or mldsa44", algorithm);
}

static bool gen_run(struct call *call)
{
	int64_t bits;
	const char *algorithm = call_opt(call, "--algorithm");
	if (!call_context(call, 0) || !call_number(call, "--bits", RSA_BITS, &bits)) {
		return false;
	}
	if (bits < RSA_BITS || bits > RSA_BITS_MAX) {
		return call_usage(call, "--bits: %d to %d", RSA_BITS, RSA_BITS_MAX);
	}
	if (call_opt(call, "--selector") && !algorithm) {
		return call_usage(call, "--selector names one key: say --algorithm too");
	}
	bool ok = algorithm ? gen_one(call, algorithm, bits)
	                    : gen_one(call, "rsa", bits) && gen_one(call, "ed25519", bits);
	if (ok) {
		buf_printf(&call->out,
		           "publish what \"ladle key dns %s\" prints before the first post\n",
		           call->args[0]);
	}
	return ok;
}

static const struct opt gen_opts[] = {
	{ "--algorithm", "NAME", "rsa, ed25519 or mldsa44 (default: one rsa and one ed25519 key)" },
	{ "--selector", "NAME", "name of the key (default: letter of the algorithm and date)" },
	{ "--bits", "N", "of an RSA key: 2048 (default) to 4096" },
	{ NULL, NULL, NULL },
};

const struct command cmd_key_gen = {
	.name = "key gen",
	.arguments = "[--algorithm NAME [--selector NAME]] [--bits N] DOMAIN",
	.summary = "Make signing keys for a domain",
	.min = 1,
	.max = 1,
	.opts = gen_opts,
	.run = gen_run,
};

static bool load(struct call *call, struct key_entry **keys, size_t *n)
{
	const char *domain = call_arg(call, 0);
	if (!call_context(call, 0) ||
	    !keys_list(call->arena, &call->context->paths, span_str(domain), keys, n, &call->err)) {
		return false;
	}
	return *n > 0 || !domain ||
	       err_set(&call->err, ERR_PERMANENT, "", "no keys for \"%s\" (ladle key gen %s)",
	               domain, domain);
}

static bool ls_run(struct call *call)
{
	struct key_entry *keys;
	size_t n;
	struct json j = JSON_INIT(&call->out);
	if (!load(call, &keys, &n)) {
		return false;
	}
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		const char *type = key_type_name(keys[i].type);
		if (call->json) {
			json_open(&j, '{');
			json_kspan(&j, "domain", keys[i].domain);
			json_kspan(&j, "selector", keys[i].selector);
			json_kstr(&j, "algorithm", type);
			json_kint(&j, "bits", keys[i].bits);
			json_kspan(&j, "name", keys[i].name);
			json_kspan(&j, "record", keys[i].record);
			json_close(&j);
		} else {
			buf_printf(&call->out, "%.*s\t%.*s\t%s\t%u\n", SPAN_FMT(keys[i].domain),
			           SPAN_FMT(keys[i].selector), type, keys[i].bits);
		}
	}
	call_close(call, &j);
	return true;
}

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_key_ls = {
	.name = "key ls",
	.arguments = "[DOMAIN]",
	.summary = "Show keys: domain, selector, algorithm, bits",
	.min = 0,
	.max = 1,
	.opts = json_opts,
	.run = ls_run,
};

/* A zone file line; long text in several strings, which DNS joins. */
static void zone_line(struct buf *out, const struct key_entry *key)
{
	buf_printf(out, "%.*s. IN TXT (", SPAN_FMT(key->name));
	for (size_t at = 0; at < key->record.n; at += TXT_STRING) {
		struct span part = span_sub(key->record, at, at + TXT_STRING);
		buf_printf(out, "%s\"%.*s\"", at ? "\n\t" : " ", SPAN_FMT(part));
	}
	buf_str(out, " )\n");
}

static bool dns_run(struct call *call)
{
	struct key_entry *keys;
	size_t n;
	if (!load(call, &keys, &n)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (call_opt(call, "--tsv")) {
			buf_printf(&call->out, "%.*s\t%.*s\n", SPAN_FMT(keys[i].name),
			           SPAN_FMT(keys[i].record));
		} else {
			zone_line(&call->out, &keys[i]);
		}
	}
	return true;
}

static const struct opt dns_opts[] = {
	{ "--tsv", NULL, "name, tabulator, text: as verify --dns reads it" },
	{ NULL, NULL, NULL },
};

const struct command cmd_key_dns = {
	.name = "key dns",
	.arguments = "[--tsv] [DOMAIN]",
	.summary = "Print the DNS records of keys as zone file lines",
	.min = 0,
	.max = 1,
	.opts = dns_opts,
	.run = dns_run,
};
