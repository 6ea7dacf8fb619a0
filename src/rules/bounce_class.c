/*
 * Rules and providers are read once, patterns compiled once. Two rounds ask the rules with
 * a pattern (over the reply, then over the text), a last one those without.
 */
#include "rules/bounce_class.h"

#include "base/ascii.h"
#include "mail/addr.h"
#include "rules/regex.h"

static const char *const names[BOUNCE_CLASS_COUNT] = {
	[BOUNCE_CLASS_UNKNOWN] = "unknown",           [BOUNCE_CLASS_ADDRESS_DEAD] = "address-dead",
	[BOUNCE_CLASS_MAILBOX_FULL] = "mailbox-full", [BOUNCE_CLASS_POLICY] = "policy-or-auth",
	[BOUNCE_CLASS_REPUTATION] = "reputation",     [BOUNCE_CLASS_CONTENT] = "content",
	[BOUNCE_CLASS_OUR_FAULT] = "our-fault",       [BOUNCE_CLASS_TRANSIENT] = "transient",
};

const char *bounce_class_name(enum bounce_class c)
{
	return names[c];
}

bool bounce_class_find(struct span name, enum bounce_class *out)
{
	for (unsigned i = 0; i < BOUNCE_CLASS_COUNT; i++) {
		if (span_iis(name, names[i])) {
			*out = (enum bounce_class)i;
			return true;
		}
	}
	return false;
}

struct provider {
	struct span name;
	struct span domains; /* separated by spaces */
};

struct bounce_classes {
	struct arena *arena;
	struct bounce_rule *rules;
	struct regex **patterns; /* of each rule, NULL for none */
	size_t n, rules_cap, patterns_cap;
	struct provider *providers;
	size_t nproviders, providers_cap;
};

/* --- reading ------------------------------------------------------------------ */

static struct span word(struct span *rest)
{
	size_t n = 0;
	*rest = span_trim(*rest);
	while (n < rest->n && !ascii_wsp(rest->p[n])) {
		n++;
	}
	struct span w = span_sub(*rest, 0, n);
	*rest = span_trim(span_from(*rest, n));
	return w;
}

static bool quoted(struct span *rest, struct span *out)
{
	size_t end;
	if (rest->n < 2 || rest->p[0] != '"' ||
	    (end = span_chr(span_from(*rest, 1), '"')) == SPAN_NONE) {
		return false;
	}
	*out = span_sub(*rest, 1, end + 1);
	*rest = span_trim(span_from(*rest, end + 2));
	return true;
}

static bool status_valid(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_digit(s.p[i]) && s.p[i] != '.' && (s.p[i] != '*' || i + 1 != s.n)) {
			return false;
		}
	}
	return s.n > 0;
}

static bool has_provider(const struct bounce_classes *c, struct span name)
{
	for (size_t i = 0; i < c->nproviders; i++) {
		if (span_ieq(c->providers[i].name, name)) {
			return true;
		}
	}
	return span_is(name, "*");
}

static bool bad(struct err *e, size_t line, const char *what, struct span text)
{
	return err_set(e, ERR_MISUSE, "", "line %zu: %s \"%.*s\"", line, what, SPAN_FMT(text));
}

static bool read_provider(struct bounce_classes *c, struct span rest, size_t line, struct err *e)
{
	struct provider p = { .name = word(&rest), .domains = rest };
	if (p.domains.n == 0) {
		return bad(e, line, "no domain for provider", p.name);
	}
	*ARENA_PUSH(c->arena, c->providers, c->nproviders, c->providers_cap) = p;
	return true;
}

static bool read_rule(struct bounce_classes *c, struct span rest, size_t line, bool own,
                      struct err *e)
{
	struct bounce_rule r = { .own = own };
	struct span all = rest, class = word(&rest), hardness = word(&rest);
	if (!bounce_class_find(class, &r.class)) {
		return bad(e, line, "no such class as", class);
	}
	r.hard = span_iis(hardness, "hard");
	if (!r.hard && !span_iis(hardness, "soft")) {
		return bad(e, line, "hard or soft, not", hardness);
	}
	r.status = word(&rest);
	if (!status_valid(r.status)) {
		return bad(e, line, "no status as 5.1.1, 5.1.*, 550 or *:", r.status);
	}
	r.provider = word(&rest);
	if (!has_provider(c, r.provider)) {
		return bad(e, line, "no provider line for", r.provider);
	}
	if (!quoted(&rest, &r.words)) {
		return bad(e, line, "no words in double quotes in", all);
	}
	r.pattern = rest;
	bool any = rest.n == 0 || span_is(rest, ".");
	struct regex *pattern = any ? NULL : regex_new(rest, e);
	if (!any && !pattern) {
		return err_prefix(e, "line %zu", line);
	}
	size_t count = c->n;
	*ARENA_PUSH(c->arena, c->patterns, count, c->patterns_cap) = pattern;
	*ARENA_PUSH(c->arena, c->rules, c->n, c->rules_cap) = r;
	return true;
}

static bool read_text(struct bounce_classes *c, struct span text, bool own, bool providers,
                      struct err *e)
{
	for (size_t line = 1; text.p; line++) {
		struct span rest = span_trim(span_cut(&text, '\n')), all = rest;
		if (rest.n == 0 || rest.p[0] == '#') {
			continue;
		}
		bool is_provider = span_iis(word(&rest), "provider");
		if (is_provider == providers && !(is_provider ? read_provider(c, rest, line, e)
		                                              : read_rule(c, all, line, own, e))) {
			return false;
		}
	}
	return true;
}

struct bounce_classes *bounce_class_new(struct span text, struct err *e)
{
	struct arena *arena = arena_new();
	struct bounce_classes *c = ARENA_NEW(arena, struct bounce_classes);
	struct span builtin = bounce_class_builtin();
	c->arena = arena;
	text = arena_copy(arena, text);
	if (!read_text(c, text, true, true, e) || !read_text(c, builtin, false, true, e) ||
	    !read_text(c, text, true, false, e) || !read_text(c, builtin, false, false, e)) {
		bounce_class_free(c);
		return NULL;
	}
	return c;
}

void bounce_class_free(struct bounce_classes *c)
{
	if (c) {
		for (size_t i = 0; i < c->n; i++) {
			regex_free(c->patterns[i]);
		}
		arena_free(c->arena);
	}
}

const struct bounce_rule *bounce_class_rules(const struct bounce_classes *c, size_t *n)
{
	*n = c->n;
	return c->rules;
}

bool bounce_class_provider(const struct bounce_classes *c, size_t i, struct span *name,
                           struct span *domains)
{
	if (i >= c->nproviders) {
		return false;
	}
	*name = c->providers[i].name;
	*domains = c->providers[i].domains;
	return true;
}

/* --- asking ------------------------------------------------------------------- */

static bool begins(struct span text, struct span glob)
{
	if (glob.n > 0 && glob.p[glob.n - 1] == '*') {
		return span_starts(text, span_sub(glob, 0, glob.n - 1));
	}
	return span_eq(text, glob);
}

static bool status_meets(const struct bounce_rule *r, const struct bounce_said *said)
{
	if (span_is(r->status, "*")) {
		return true;
	}
	if (span_chr(r->status, '.') != SPAN_NONE) {
		return said->status.n > 0 && begins(said->status, r->status);
	}
	const char digits[] = { (char)('0' + said->code / 100 % 10),
		                (char)('0' + said->code / 10 % 10), (char)('0' + said->code % 10) };
	return said->code != 0 && begins((struct span){ digits, 3 }, r->status);
}

static bool at_provider(const struct provider *p, const struct bounce_said *said)
{
	struct span domains = p->domains;
	while (domains.n > 0) {
		struct span d = word(&domains);
		if (addr_domain_below(said->domain, d) || addr_domain_below(said->hosts[0], d) ||
		    addr_domain_below(said->hosts[1], d)) {
			return true;
		}
	}
	return false;
}

static bool provider_meets(const struct bounce_classes *c, const struct bounce_rule *r,
                           const struct bounce_said *said)
{
	bool meets = span_is(r->provider, "*");
	for (size_t i = 0; !meets && i < c->nproviders; i++) {
		meets = span_ieq(c->providers[i].name, r->provider) &&
		        at_provider(&c->providers[i], said);
	}
	return meets;
}

/* TEXT: what patterns are asked over; empty: rules that need none. */
static bool text_meets(const struct bounce_classes *c, size_t i, struct span text)
{
	bool limited = false;
	if (text.n == 0) {
		return !c->patterns[i];
	}
	return c->patterns[i] ? regex_match(c->patterns[i], text, &limited) && !limited
	                      : c->rules[i].pattern.n > 0;
}

static const struct bounce_rule *ask(const struct bounce_classes *c, const struct bounce_said *said,
                                     struct span text)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct bounce_rule *r = &c->rules[i];
		if (status_meets(r, said) && text_meets(c, i, text) && provider_meets(c, r, said)) {
			return r;
		}
	}
	return NULL;
}

const struct bounce_rule *bounce_class_of(const struct bounce_classes *c,
                                          const struct bounce_said *said)
{
	static const struct bounce_rule none = { BOUNCE_CLASS_UNKNOWN,
		                                 false,
		                                 SPAN_INIT("*"),
		                                 SPAN_INIT("*"),
		                                 SPAN_INIT("no rule knows this reply"),
		                                 { "", 0 },
		                                 false };
	const struct bounce_rule *r = said->reply.n > 0 ? ask(c, said, said->reply) : NULL;
	if (!r && said->text.n > 0) {
		r = ask(c, said, said->text);
	}
	if (!r) {
		r = ask(c, said, SPAN(""));
	}
	return r ? r : &none;
}
