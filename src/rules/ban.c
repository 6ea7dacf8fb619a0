/*
 * Bans are kept in the form that they are compared in: keys of addresses, domains as lower-case
 * A-labels, patterns as they were written.
 */
#include "rules/ban.h"

#include "mail/addr.h"
#include "mail/idn.h"
#include "rules/regex.h"

static const char *const names[] = {
	[BAN_ADDRESS] = "address",
	[BAN_DOMAIN] = "domain",
	[BAN_REGEX] = "regex",
};

const char *ban_kind_name(enum ban_kind k)
{
	return names[k];
}

static bool read_regex(struct arena *arena, struct span text, struct ban *out, struct err *e)
{
	struct regex *r = regex_new(text, e);
	out->kind = BAN_REGEX;
	out->pattern = arena_copy(arena, text);
	regex_free(r);
	return r;
}

static bool read_domain(struct arena *arena, struct span text, struct ban *out, struct err *e)
{
	struct span domain = span_starts(text, SPAN("@")) ? span_from(text, 1) : text;
	out->kind = BAN_DOMAIN;
	if (domain.n == 0 || !idn_ascii(arena, domain, &out->pattern, NULL)) {
		return err_set(e, ERR_MISUSE, "",
		               "\"%.*s\" is no address, domain or pattern (^...)", SPAN_FMT(text));
	}
	out->pattern = arena_lower(arena, out->pattern);
	return true;
}

bool ban_read(struct arena *arena, struct span text, struct ban *out, struct err *e)
{
	if (span_starts(text, SPAN("^"))) {
		return read_regex(arena, text, out, e);
	}
	size_t at = span_rchr(text, '@');
	if (at == SPAN_NONE || at == 0) {
		return read_domain(arena, text, out, e);
	}
	out->kind = BAN_ADDRESS;
	return addr_key(arena, text, &out->pattern, e);
}

static bool regex_strikes(struct span pattern, struct span key)
{
	struct err ignored;
	bool limited = false;
	struct regex *r = regex_new(pattern, &ignored);
	bool found = r && regex_match(r, key, &limited);
	regex_free(r);
	return found;
}

bool ban_strikes(const struct ban *b, struct span key, int64_t now)
{
	if (b->expires != 0 && b->expires <= now) {
		return false;
	}
	switch (b->kind) {
	case BAN_ADDRESS: return addr_same(b->pattern, key);
	case BAN_DOMAIN: return addr_domain_below(addr_domain(key), b->pattern);
	case BAN_REGEX: return regex_strikes(b->pattern, key);
	}
	return false;
}

const struct ban *ban_find(const struct ban *bans, size_t n, struct span key, int64_t now)
{
	for (size_t i = 0; i < n; i++) {
		if (ban_strikes(&bans[i], key, now)) {
			return &bans[i];
		}
	}
	return NULL;
}
