/* key gen, ls, dns. */
#include "cli/cmd_key.h"
#include "base/unit.h"
#include "cli/commands.h"
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

struct plan {
	struct span domain;
	enum keys_state state;
	int64_t bits;
};

/*
 * The first keys of a domain sign at once, so that a new site works; a key that comes to
 * others waits until its record is there, since mail is signed without it.
 */
static bool make_plan(struct call *call, struct plan *plan)
{
	struct keyring ring;
	const struct paths *paths = &call->context->paths;
	if (!idn_ascii(call->arena, span_str(call->args[0]), &plan->domain, &call->err) ||
	    !keys_load(call->arena, paths, plan->domain, &ring, &call->err)) {
		return false;
	}
	plan->state = ring.n > 0 ? KEYS_PENDING : KEYS_ACTIVE;
	keys_free(&ring);
	return true;
}

static bool generate(struct call *call, const struct kind *kind, struct span selector,
                     const struct plan *plan)
{
	int64_t now = call->context->env.now(&call->context->env);
	if (!keys_generate(call->arena, &call->context->paths, plan->domain, selector, kind->type,
	                   (unsigned)plan->bits, plan->state, now, &call->err)) {
		return false;
	}
	buf_printf(&call->out, "made %.*s._domainkey.%.*s (%s, %s)\n", SPAN_FMT(selector),
	           SPAN_FMT(plan->domain), kind->name, keys_state_name(plan->state));
	return true;
}

static bool gen_one(struct call *call, const char *algorithm, const struct plan *plan)
{
	const char *selector = call_opt(call, "--selector");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(algorithm, kinds[i].name) == 0) {
			return generate(call, &kinds[i],
			                selector ? span_str(selector)
			                         : usual_selector(call, &kinds[i]),
			                plan);
		}
	}
	return call_usage(call, "unknown algorithm \"%s\": rsa, ed25519 or mldsa44", algorithm);
}

static void say_next(struct call *call, const struct plan *plan)
{
	const char *domain = call->args[0];
	if (plan->state == KEYS_ACTIVE) {
		buf_printf(&call->out,
		           "it signs from now on: publish what \"ladle key dns %s\" prints before "
		           "the first post\n",
		           domain);
	} else {
		buf_printf(&call->out,
		           "it signs once its record is seen: publish what \"ladle key dns %s\" "
		           "prints, then \"ladle key check %s\"\n",
		           domain, domain);
	}
}

static bool gen_run(struct call *call)
{
	struct plan plan;
	const char *algorithm = call_opt(call, "--algorithm");
	if (!call_context(call, 0) || !call_number(call, "--bits", RSA_BITS, &plan.bits)) {
		return false;
	}
	if (plan.bits < RSA_BITS || plan.bits > RSA_BITS_MAX) {
		return call_usage(call, "--bits: %d to %d", RSA_BITS, RSA_BITS_MAX);
	}
	if (call_opt(call, "--selector") && !algorithm) {
		return call_usage(call, "--selector names one key: say --algorithm too");
	}
	bool ok = make_plan(call, &plan) &&
	          (algorithm ? gen_one(call, algorithm, &plan)
	                     : gen_one(call, "rsa", &plan) && gen_one(call, "ed25519", &plan));
	if (ok) {
		say_next(call, &plan);
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

bool cmd_key_load(struct call *call, const char *domain, struct key_entry **keys, size_t *n)
{
	if (!call_context(call, 0) ||
	    !keys_list(call->arena, &call->context->paths, span_str(domain), keys, n, &call->err)) {
		return false;
	}
	return *n > 0 || !domain ||
	       err_set(&call->err, ERR_PERMANENT, "", "no keys for \"%s\" (ladle key gen %s)",
	               domain, domain);
}

const char *cmd_key_state(const struct key_entry *key)
{
	if (key->state != KEYS_ACTIVE || key->signs) {
		return keys_state_name(key->state);
	}
	return key->usable ? "replaced" : "unusable";
}

int64_t cmd_key_removable(const struct key_entry *key)
{
	return key->since + KEYS_RECORD_DAYS * (int64_t)UNIT_DAY;
}

static bool ls_run(struct call *call)
{
	struct key_entry *keys;
	size_t n;
	struct json j = JSON_INIT(&call->out);
	if (!cmd_key_load(call, call_arg(call, 0), &keys, &n)) {
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
			json_kstr(&j, "state", cmd_key_state(&keys[i]));
			json_kint(&j, "since", keys[i].since);
			json_kspan(&j, "name", keys[i].name);
			json_kspan(&j, "record", keys[i].record);
			json_close(&j);
		} else {
			buf_printf(&call->out, "%.*s\t%.*s\t%s\t%u\t%s\t%.*s\n",
			           SPAN_FMT(keys[i].domain), SPAN_FMT(keys[i].selector), type,
			           keys[i].bits, cmd_key_state(&keys[i]),
			           SPAN_FMT(call_time(call, keys[i].since)));
		}
	}
	call_close(call, &j);
	return true;
}

static const struct opt json_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_key_ls = {
	.name = "key ls",
	.arguments = "[DOMAIN]",
	.summary = "Show keys: domain, selector, algorithm, bits, state, since when",
	.min = 0,
	.max = 1,
	.opts = json_opts,
	.run = ls_run,
};

void cmd_key_zone_line(struct buf *out, const struct key_entry *key)
{
	buf_printf(out, "%.*s. IN TXT (", SPAN_FMT(key->name));
	for (size_t at = 0; at < key->record.n; at += TXT_STRING) {
		struct span part = span_sub(key->record, at, at + TXT_STRING);
		buf_printf(out, "%s\"%.*s\"", at ? "\n\t" : " ", SPAN_FMT(part));
	}
	buf_str(out, " )\n");
}

/* Records that have had their time are not asked for again. */
static bool needed(struct call *call, const struct key_entry *key)
{
	int64_t now = call->context->env.now(&call->context->env);
	return key->usable && (key->state != KEYS_RETIRED || now < cmd_key_removable(key));
}

static bool dns_run(struct call *call)
{
	struct key_entry *keys;
	size_t n;
	if (!cmd_key_load(call, call_arg(call, 0), &keys, &n)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!needed(call, &keys[i])) {
			continue;
		}
		if (call_opt(call, "--tsv")) {
			buf_printf(&call->out, "%.*s\t%.*s\n", SPAN_FMT(keys[i].name),
			           SPAN_FMT(keys[i].record));
		} else {
			cmd_key_zone_line(&call->out, &keys[i]);
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
