/* Addresses of lists: roles behind a delimiter and in dash form, as one table. */
#include "rules/route.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/addr.h"
#include "mail/idn.h"
#include "rules/list.h"
#include "rules/verp.h"

static const struct word {
	struct span word;
	enum role role;
	bool token; /* "word-TOKEN" is understood */
	bool dash;  /* "list-word" is understood */
} words[] = {
	{ SPAN_INIT("owner"), ROLE_OWNER, false, true },
	{ SPAN_INIT("request"), ROLE_REQUEST, false, true },
	{ SPAN_INIT("help"), ROLE_HELP, false, true },
	{ SPAN_INIT("subscribe"), ROLE_SUBSCRIBE, true, true },
	{ SPAN_INIT("unsubscribe"), ROLE_UNSUBSCRIBE, true, true },
	{ SPAN_INIT("confirm"), ROLE_CONFIRM, true, true },
	{ SPAN_INIT("owner-bounces"), ROLE_OWNER_BOUNCES, false, true }, /* before "bounces" */
	{ SPAN_INIT("bounces"), ROLE_BOUNCE, true, true },
	{ SPAN_INIT("b"), ROLE_BOUNCE, true, false },
	{ SPAN_INIT("a"), ROLE_AUTHOR, true, false },
	/* The short forms are for lists whose names leave no room for the long ones. */
	{ SPAN_INIT("accept"), ROLE_ACCEPT, true, false },
	{ SPAN_INIT("ma"), ROLE_ACCEPT, true, false },
	{ SPAN_INIT("reject"), ROLE_REJECT, true, false },
	{ SPAN_INIT("mr"), ROLE_REJECT, true, false },
	{ SPAN_INIT("discard"), ROLE_DISCARD, true, false },
	{ SPAN_INIT("md"), ROLE_DISCARD, true, false },
	{ SPAN_INIT("accept-allow"), ROLE_ACCEPT_ALLOW, true, false }, /* behind "accept" */
	{ SPAN_INIT("mw"), ROLE_ACCEPT_ALLOW, true, false },
	{ SPAN_INIT("post"), ROLE_PASS, true, false },
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static const char *const names[] = {
	[ROLE_POST] = "posting",
	[ROLE_OWNER] = "owner",
	[ROLE_REQUEST] = "request",
	[ROLE_HELP] = "help",
	[ROLE_SUBSCRIBE] = "subscribe",
	[ROLE_UNSUBSCRIBE] = "unsubscribe",
	[ROLE_CONFIRM] = "confirmation",
	[ROLE_BOUNCE] = "bounce",
	[ROLE_OWNER_BOUNCES] = "owner bounce",
	[ROLE_ACCEPT] = "accept",
	[ROLE_REJECT] = "reject",
	[ROLE_DISCARD] = "discard",
	[ROLE_ACCEPT_ALLOW] = "accept-allow",
	[ROLE_PASS] = "pass",
	[ROLE_AUTHOR] = "author",
	[ROLE_OTHER] = "unknown",
};

/* Longest list name such that the longest address made of it (bounce and unsubscribe tokens) has a
 * local part of LIMIT_LOCAL_PART. */
#define NAME_MAX_BYTES 27

const char *role_name(enum role r)
{
	return names[r];
}

/* The role of WORD, its token behind the first '-' where the role takes one. */
static void read_word(struct span word, struct route *out)
{
	out->role = ROLE_OTHER;
	out->word = word;
	for (size_t i = 0; i < WORDS; i++) {
		struct span w = words[i].word;
		if (span_ieq(word, w)) {
			out->role = words[i].role;
		} else if (words[i].token && span_istarts(word, w) && word.p[w.n] == '-') {
			out->role = words[i].role;
			out->token = span_from(word, w.n + 1);
		}
	}
}

/* "dev-request": the list before a known word in dash form. */
static bool dash_form(struct arena *arena, struct span local, struct route *out)
{
	for (size_t i = 0; i < WORDS; i++) {
		struct span w = words[i].word;
		if (words[i].dash && local.n > w.n + 1 && span_iends(local, w) &&
		    local.p[local.n - w.n - 1] == '-') {
			out->local = arena_lower(arena, span_sub(local, 0, local.n - w.n - 1));
			out->word = span_from(local, local.n - w.n);
			out->role = words[i].role;
			return true;
		}
	}
	return false;
}

struct span route_dash_word(size_t i)
{
	for (size_t k = 0; k < WORDS; k++) {
		if (words[k].dash && i-- == 0) {
			return words[k].word;
		}
	}
	return SPAN("");
}

/* With '-' as delimiter, a list "a-b" and its words leave several places to split: the first known
 * word wins. */
static bool delimited(struct arena *arena, struct span local, char delimiter, struct route *out)
{
	for (size_t at = 1; at < local.n; at++) {
		if (local.p[at] != delimiter) {
			continue;
		}
		read_word(span_from(local, at + 1), out);
		out->local = arena_lower(arena, span_sub(local, 0, at));
		if (delimiter != '-' || out->role != ROLE_OTHER) {
			return true;
		}
		out->token = SPAN_END;
	}
	return false;
}

size_t route_address(struct arena *arena, struct span address, char delimiter,
                     struct route out[ROUTE_MAX])
{
	struct span addr, domain;
	size_t n = 0;
	if (!addr_path(arena, address, &addr, NULL) || addr.n == 0 ||
	    !idn_ascii(arena, addr_domain(addr), &domain, NULL)) {
		return 0;
	}
	struct span local = addr_local(addr);
	out[n++] = (struct route){ .role = ROLE_POST,
		                   .local = arena_lower(arena, local),
		                   .domain = domain };
	struct verp verp;
	if (verp_read(arena, local, &verp)) {
		out[n++] = (struct route){ .role = ROLE_BOUNCE,
			                   .local = verp.list,
			                   .domain = domain,
			                   .verp = verp.member };
	}
	out[n] = (struct route){ .domain = domain };
	n += delimited(arena, local, delimiter, &out[n]);
	out[n] = (struct route){ .domain = domain };
	n += dash_form(arena, local, &out[n]);
	return n;
}

bool route_name_valid(struct span local, struct err *e)
{
	static const char *const reserved[] = { "postmaster", "abuse",      "mailer-daemon",
		                                "root",       "hostmaster", "webmaster",
		                                "noreply",    "no-reply" };
	if (local.n == 0 || local.n > NAME_MAX_BYTES) {
		return err_set(e, ERR_MISUSE, "", "list name \"%.*s\" must have 1 to %d characters",
		               SPAN_FMT(local), NAME_MAX_BYTES);
	}
	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];
		bool inner = c == '-' || c == '_' || c == '.';
		if (!(ascii_alnum(c) && !ascii_upper(c)) && !(inner && i > 0 && i + 1 < local.n)) {
			return err_set(e, ERR_MISUSE, "",
			               "list name \"%.*s\": a-z, 0-9 and, inside, '-', '_', '.'",
			               SPAN_FMT(local));
		}
	}
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (span_is(local, reserved[i])) {
			return err_set(e, ERR_MISUSE, "", "list name \"%s\" is reserved (RFC 2142)",
			               reserved[i]);
		}
	}
	for (size_t i = 0; i < WORDS; i++) {
		struct span w = words[i].word;
		if (words[i].dash && span_iends(local, w) &&
		    (local.n == w.n || local.p[local.n - w.n - 1] == '-')) {
			return err_set(e, ERR_MISUSE, "",
			               "list name \"%.*s\" ends in \"%.*s\", which is a command",
			               SPAN_FMT(local), SPAN_FMT(w));
		}
	}
	return true;
}

struct span route_list(struct arena *arena, const struct list *list)
{
	return arena_join(arena, list->local, SPAN("@"), list->domain, SPAN_END);
}

struct span route_make(struct arena *arena, const struct list *list, char delimiter,
                       struct span word)
{
	if (word.n == 0) {
		return route_list(arena, list);
	}
	return arena_join(arena, list->local, (struct span){ &delimiter, 1 }, word, SPAN("@"),
	                  list->domain, SPAN_END);
}
