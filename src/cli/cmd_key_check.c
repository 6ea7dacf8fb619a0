/*
 * key check, retire: what the DNS says of our keys, and the end of one. A key becomes
 * active here and nowhere else, after its record was seen.
 */
#include "base/unit.h"
#include "cli/cmd_key.h"
#include "cli/commands.h"
#include "net/dns.h"

#include <stdlib.h>
#include <sysexits.h>

#define EXIT_UNPUBLISHED 1

enum result { PUBLISHED, MISSING, DIFFERENT, MULTIPLE, REVOKED, MALFORMED, UNAVAILABLE, UNUSABLE };

/* What is said of a record, and what to do; the record follows when ASKS. */
static const struct {
	const char *name, *advice;
	bool asks;
} results[] = {
	[PUBLISHED] = { "published", "", false },
	[MISSING] = { "missing", "publish its record:", true },
	[DIFFERENT] = { "different", "another key is published there; replace it by this:", true },
	[MULTIPLE] = { "multiple", "several records are there; leave this one alone:", true },
	[REVOKED] = { "revoked",
	              "its record has an empty p=; if the key is not lost, publish:", true },
	[MALFORMED] = { "malformed",
	                "what is published is no key for mail; replace it by this:", true },
	[UNAVAILABLE] = { "unavailable", "no answer from the DNS; try again", false },
	[UNUSABLE] = { "unusable", "this OpenSSL lacks its algorithm; retire it", false },
};

static const enum result statuses[] = {
	[KEY_OK] = PUBLISHED,        [KEY_UNAVAILABLE] = UNAVAILABLE, [KEY_MISSING] = MISSING,
	[KEY_MULTIPLE] = MULTIPLE,   [KEY_SYNTAX] = MALFORMED,        [KEY_REVOKED] = REVOKED,
	[KEY_MALFORMED] = MALFORMED, [KEY_UNKNOWN] = DIFFERENT,       [KEY_PURPOSE] = MALFORMED,
	[KEY_LOOKUPS] = UNAVAILABLE,
};

struct finding {
	enum result result;
	bool testing, authenticated;
};

static struct finding look_at(struct call *call, const struct keysource *source,
                              const struct key_entry *key)
{
	struct finding out = { .result = UNUSABLE };
	struct key_record theirs, ours;
	if (!key->usable) {
		return out;
	}
	key_parse(call->arena, key->record, &ours);
	key_fetch(call->arena, source, key->selector, key->domain, true, &theirs);
	out = (struct finding){ statuses[theirs.status], theirs.testing, theirs.authenticated };
	if (theirs.status == KEY_OK && ours.key && !pkey_same(ours.key, theirs.key)) {
		out.result = DIFFERENT;
	}
	key_record_clear(&ours);
	key_record_clear(&theirs);
	return out;
}

/* Nobody needs the record of a key that was retired long ago. */
static bool over(struct call *call, const struct key_entry *key)
{
	return key->state == KEYS_RETIRED &&
	       call->context->env.now(&call->context->env) >= cmd_key_removable(key);
}

static void start_all(struct call *call, const struct keysource *source,
                      const struct key_entry *keys, size_t n)
{
	struct span *names = arena_array(call->arena, n, sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		names[i] = keys[i].name;
	}
	if (source->prefetch) {
		source->prefetch(source->self, names, n);
	}
}

/* Pending keys that are published sign from now on; *ACTIVATED are their names for people. */
static bool activate(struct call *call, const struct keysource *source, struct key_entry *keys,
                     size_t n, struct buf *activated)
{
	int64_t now = call->context->env.now(&call->context->env);
	for (size_t i = 0; i < n; i++) {
		if (keys[i].state != KEYS_PENDING ||
		    look_at(call, source, &keys[i]).result != PUBLISHED) {
			continue;
		}
		if (!keys_change(call->arena, &call->context->paths, &keys[i], KEYS_ACTIVE, now,
		                 &call->err)) {
			return false;
		}
		buf_printf(activated, "%.*s signs from now on\n", SPAN_FMT(keys[i].name));
	}
	return true;
}

static void print_json(struct json *j, const struct key_entry *key, const struct finding *f)
{
	json_open(j, '{');
	json_kspan(j, "domain", key->domain);
	json_kspan(j, "selector", key->selector);
	json_kstr(j, "algorithm", key_type_name(key->type));
	json_kstr(j, "state", cmd_key_state(key));
	json_kstr(j, "result", results[f->result].name);
	json_kbool(j, "testing", f->testing);
	json_kbool(j, "authenticated", f->authenticated);
	json_kint(j, "needed_until", key->state == KEYS_RETIRED ? cmd_key_removable(key) : 0);
	json_kspan(j, "name", key->name);
	json_kspan(j, "record", key->record);
	json_close(j);
}

static void print_text(struct call *call, const struct key_entry *key, const struct finding *f)
{
	buf_printf(&call->out, "%.*s\t%.*s\t%s\t%s", SPAN_FMT(key->domain), SPAN_FMT(key->selector),
	           cmd_key_state(key), results[f->result].name);
	if (key->state == KEYS_RETIRED) {
		buf_printf(&call->out, "\tneeded until %.*s",
		           SPAN_FMT(call_time(call, cmd_key_removable(key))));
	} else if (f->testing) {
		buf_str(&call->out, "\tt=y: receivers may take its mail as unsigned");
	} else if (key->state == KEYS_ACTIVE && key->usable && !key->signs) {
		buf_str(&call->out, "\ta newer key signs: ladle key retire");
	}
	buf_chr(&call->out, '\n');
}

static void print_advice(struct call *call, const struct key_entry *key, const struct finding *f)
{
	buf_printf(&call->out, "%.*s: %s\n", SPAN_FMT(key->name), results[f->result].advice);
	if (results[f->result].asks) {
		cmd_key_zone_line(&call->out, key);
	}
}

static void report(struct call *call, const struct key_entry *keys, const struct finding *found,
                   size_t n)
{
	struct json j = JSON_INIT(&call->out);
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		if (over(call, &keys[i])) {
			continue;
		}
		if (call->json) {
			print_json(&j, &keys[i], &found[i]);
		} else {
			print_text(call, &keys[i], &found[i]);
		}
	}
	call_close(call, &j);
	for (size_t i = 0; i < n && !call->json; i++) {
		if (!over(call, &keys[i]) && found[i].result != PUBLISHED) {
			print_advice(call, &keys[i], &found[i]);
		}
	}
}

/* 0: all published; 1: one is not; 75: it is not known of one. */
static int worst(struct call *call, const struct key_entry *keys, const struct finding *found,
                 size_t n)
{
	int code = 0;
	for (size_t i = 0; i < n; i++) {
		if (over(call, &keys[i]) || found[i].result == PUBLISHED) {
			continue;
		}
		if (found[i].result != UNAVAILABLE) {
			return EXIT_UNPUBLISHED;
		}
		code = EX_TEMPFAIL;
	}
	return code;
}

/* IN_DNS: what SOURCE says is what receivers see. */
static bool check(struct call *call, const struct keysource *source, bool in_dns)
{
	struct key_entry *keys;
	size_t n;
	struct buf activated = BUF_INIT;
	const char *domain = call_arg(call, 0);
	if (!cmd_key_load(call, domain, &keys, &n)) {
		return false;
	}
	if (n == 0) {
		return err_set(&call->err, ERR_PERMANENT, "",
		               "there are no keys (ladle key gen DOMAIN)");
	}
	start_all(call, source, keys, n);
	/* Then once more from the disk: a new key takes the place of an old one. */
	bool ok = (!in_dns || activate(call, source, keys, n, &activated)) &&
	          cmd_key_load(call, domain, &keys, &n);
	if (ok) {
		struct finding *found = arena_array(call->arena, n, sizeof(*found));
		for (size_t i = 0; i < n; i++) {
			found[i] = look_at(call, source, &keys[i]);
		}
		report(call, keys, found, n);
		call->exit = worst(call, keys, found, n);
		buf_add(&call->out, call->json ? SPAN_END : buf_span(&activated));
	}
	buf_free(&activated);
	return ok;
}

static bool check_run(struct call *call)
{
	struct keysource source = { 0 };
	struct dns *dns = NULL;
	bool ok = call_context(call, 0) && call_keysource(call, &dns, &source) &&
	          check(call, &source, dns || call_opt(call, "--activate"));
	dns_free(dns);
	return ok;
}

static const struct opt check_opts[] = {
	{ "--dns", "FILE|SERVER",
	  "records from a file (name, tabulator, text; or JSON), or address[:port] of a server" },
	{ "--activate", NULL, "let pending keys sign on the word of a FILE, too" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_key_check = {
	.name = "key check",
	.arguments = "[--dns FILE|SERVER [--activate]] [DOMAIN]",
	.summary = "Compare keys with the DNS; pending ones that are published sign",
	.min = 0,
	.max = 1,
	.opts = check_opts,
	.run = check_run,
};

/* ---- retire ---- */

/* Does KEY sign every copy, with DKIM1 as well? */
static bool carries(const struct key_entry *key)
{
	return key->state == KEYS_ACTIVE && key->usable && key->type != KEY_MLDSA44;
}

static struct key_entry *find(struct call *call, struct key_entry *keys, size_t n,
                              const char *selector)
{
	for (size_t i = 0; i < n; i++) {
		if (!span_ieq(keys[i].selector, span_str(selector))) {
			continue;
		}
		if (keys[i].state != KEYS_RETIRED) {
			return &keys[i];
		}
		err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is retired already", selector);
		return NULL;
	}
	err_set(&call->err, ERR_PERMANENT, "", "\"%s\" has no key \"%s\" (ladle key ls)",
	        call->args[0], selector);
	return NULL;
}

static bool is_rsa(const struct key_entry *key)
{
	return key->type == KEY_RSA && carries(key);
}

/* Are there KEYS that are IS, and all of them LEAVING? */
static bool none_stays(bool (*is)(const struct key_entry *), const struct key_entry *keys, size_t n,
                       struct key_entry *const *leaving, size_t count)
{
	size_t before = 0, gone = 0;
	for (size_t i = 0; i < n; i++) {
		before += is(&keys[i]);
	}
	for (size_t i = 0; i < count; i++) {
		gone += is(leaving[i]);
	}
	return gone > 0 && gone == before;
}

/* Without a key, posts wait; or a parent domain signs, whom nobody expects. */
static bool check_rest(struct call *call, const struct key_entry *keys, size_t n,
                       struct key_entry *const *leaving, size_t count)
{
	return !none_stays(carries, keys, n, leaving, count) || call_opt(call, "--force") ||
	       err_set(&call->err, ERR_PERMANENT, "",
	               "\"%s\" would have no active key left: ladle key gen and check first, or "
	               "--force",
	               call->args[0]);
}

static bool retire_one(struct call *call, struct key_entry *key)
{
	int64_t now = call->context->env.now(&call->context->env);
	bool signed_mail = key->state == KEYS_ACTIVE;
	/* A record that no mail needs is not waited for. */
	if (!signed_mail) {
		now -= KEYS_RECORD_DAYS * (int64_t)UNIT_DAY;
	}
	if (!keys_change(call->arena, &call->context->paths, key, KEYS_RETIRED, now, &call->err)) {
		return false;
	}
	if (signed_mail) {
		buf_printf(&call->out, "retired %.*s; leave its record in the DNS until %.*s UTC\n",
		           SPAN_FMT(key->name), SPAN_FMT(call_time(call, cmd_key_removable(key))));
	} else {
		buf_printf(&call->out, "retired %.*s; it never signed, so its record may go\n",
		           SPAN_FMT(key->name));
	}
	return true;
}

static bool retire_run(struct call *call)
{
	struct key_entry *keys;
	size_t n, count = (size_t)call->count - 1;
	if (!cmd_key_load(call, call->args[0], &keys, &n)) {
		return false;
	}
	struct key_entry **leaving = arena_array(call->arena, count, sizeof(*leaving));
	for (size_t i = 0; i < count; i++) {
		leaving[i] = find(call, keys, n, call->args[i + 1]);
		if (!leaving[i]) {
			return false;
		}
		for (size_t k = 0; k < i; k++) {
			if (leaving[k] == leaving[i]) {
				return call_usage(call, "\"%s\" twice", call->args[i + 1]);
			}
		}
	}
	/* Many receivers check DKIM1 by RSA only. Asked now: retiring changes the entries. */
	bool rsa = none_stays(is_rsa, keys, n, leaving, count);
	bool ok = check_rest(call, keys, n, leaving, count);
	for (size_t i = 0; ok && i < count; i++) {
		ok = retire_one(call, leaving[i]);
	}
	if (ok && rsa) {
		buf_str(&call->out, "no RSA key signs now: receivers that know no Ed25519 cannot "
		                    "check DKIM1 (ladle key gen --algorithm rsa)\n");
	}
	return ok;
}

static const struct opt retire_opts[] = {
	{ "--force", NULL, "even the last active key of the domain" },
	{ NULL, NULL, NULL },
};

const struct command cmd_key_retire = {
	.name = "key retire",
	.arguments = "[--force] DOMAIN SELECTOR…",
	.summary = "Stop signing with keys",
	.min = 2,
	.max = -1,
	.opts = retire_opts,
	.run = retire_run,
};
