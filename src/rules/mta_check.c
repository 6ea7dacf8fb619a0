/*
 * Files of Postfix, compared by what they mean: a table by looking up every address,
 * main.cf and master.cf by their parameters, aliases by name and command.
 */
#include "base/ascii.h"
#include "mail/addr.h"
#include "rules/mta.h"
#include "rules/regex.h"

#include <stdlib.h>

static bool next_physical(struct span *rest, unsigned *number, struct span *line)
{
	if (!rest->p || rest->n == 0) {
		return false;
	}
	*line = span_rtrim(span_cut(rest, '\n'));
	(*number)++;
	return true;
}

static bool counts(struct span line)
{
	struct span text = span_trim(line);
	return text.n > 0 && text.p[0] != '#';
}

bool mta_next_line(struct arena *arena, struct span *rest, unsigned *number, struct mta_line *out)
{
	struct span line;
	do {
		if (!next_physical(rest, number, &line)) {
			return false;
		}
	} while (!counts(line));
	*out = (struct mta_line){ span_trim(line), *number };
	while (rest->p && rest->n > 0) {
		struct span ahead = *rest;
		struct span next = span_rtrim(span_cut(&ahead, '\n'));
		if (counts(next) && !ascii_wsp(next.p[0])) {
			break;
		}
		*rest = ahead;
		(*number)++;
		if (counts(next)) {
			out->text =
				arena_join(arena, out->text, SPAN(" "), span_trim(next), SPAN_END);
		}
	}
	return true;
}

/* The word at the start of *REST, white space or END behind it. */
static struct span next_word(struct span *rest, char end)
{
	size_t n = 0;
	*rest = span_trim(*rest);
	while (n < rest->n && !ascii_wsp(rest->p[n]) && rest->p[n] != end) {
		n++;
	}
	struct span word = span_sub(*rest, 0, n);
	*rest = span_trim(span_from(*rest, n));
	return word;
}

/* --- tables --------------------------------------------------------------------- */

struct entry {
	unsigned line;
	struct span key, value;
	struct regex *regex; /* NULL: the key is text */
	bool inverted;       /* "!/…/" */
	bool used;
	bool wrong; /* was told already */
};

struct map {
	struct entry *v;
	size_t n, cap;
};

/* "/pattern/flags value"; the pattern ends at the first "/" without a backslash. */
static bool read_regex(const struct mta *m, struct span text, struct entry *e,
                       struct mta_findings *out)
{
	struct err err;
	e->inverted = text.p[0] == '!';
	text = span_from(text, e->inverted ? 2 : 1);
	size_t n = 0;
	while (n < text.n && text.p[n] != '/') {
		n += text.p[n] == '\\' ? 2 : 1;
	}
	if (n >= text.n) {
		mta_found(m, out, e->line, "the pattern has no end");
		return false;
	}
	e->regex = regex_new(span_sub(text, 0, n), &err);
	if (!e->regex) {
		mta_found(m, out, e->line, "%s", err.text);
		return false;
	}
	e->key = span_sub(text, 0, n);
	text = span_from(text, n + 1);
	if (text.n > 0 && !ascii_wsp(text.p[0])) {
		next_word(&text, ' '); /* flags */
	}
	e->value = span_trim(text);
	return true;
}

static void read_map(const struct mta *m, struct span text, struct map *map,
                     struct mta_findings *out)
{
	struct mta_line line;
	unsigned number = 0;
	while (mta_next_line(m->arena, &text, &number, &line)) {
		struct entry e = { .line = line.number };
		bool pattern =
			span_starts(line.text, SPAN("/")) || span_starts(line.text, SPAN("!/"));
		if (pattern ? !read_regex(m, line.text, &e, out)
		            : span_starts(line.text, SPAN("if ")) || span_is(line.text, "endif")) {
			continue; /* a condition only makes a table quicker */
		}
		if (!pattern) {
			e.key = next_word(&line.text, ' ');
			e.value = line.text;
		}
		*ARENA_PUSH(m->arena, map->v, map->n, map->cap) = e;
	}
}

/* Text keys: the address, the address without its extension, the domain. */
static bool key_matches(const struct mta *m, struct span key, struct span address)
{
	struct span local = addr_local(address), domain = addr_domain(address);
	size_t plus = span_chr(local, m->delimiter);
	if (span_ieq(key, address) || span_ieq(key, domain)) {
		return true;
	}
	if (span_starts(key, SPAN("@"))) {
		return span_ieq(span_from(key, 1), domain);
	}
	return plus != SPAN_NONE &&
	       span_ieq(key, addr_join(m->arena, span_sub(local, 0, plus), domain));
}

static struct entry *look_up(const struct mta *m, struct map *map, struct span address)
{
	for (size_t i = 0; i < map->n; i++) {
		struct entry *e = &map->v[i];
		bool limited;
		bool hit = e->regex ? regex_match(e->regex, address, &limited) != e->inverted
		                    : key_matches(m, e->key, address);
		if (hit) {
			return e;
		}
	}
	return NULL;
}

static void check_address(const struct mta *m, struct map *map, struct span address,
                          const char *want, struct mta_findings *out)
{
	struct entry *e = look_up(m, map, address);
	if (!e) {
		mta_found(m, out, 0, "missing: %.*s", SPAN_FMT(address));
		return;
	}
	e->used = true;
	if (!span_starts(e->value, span_str(want)) && !e->wrong) {
		e->wrong = true;
		mta_found(m, out, e->line, "wrong: %.*s has \"%.*s\", not \"%s\"",
		          SPAN_FMT(address), SPAN_FMT(e->value), want);
	}
}

void mta_check_map(const struct mta *m, struct span text, const char *want,
                   struct mta_findings *out)
{
	struct map map = { 0 };
	read_map(m, text, &map, out);
	for (size_t i = 0; i < m->n; i++) {
		const struct mta_address *a = &m->addresses[i];
		size_t n;
		struct span *forms = mta_forms(m, a, &n);
		struct span any =
			arena_printf(m->arena, "%.*s%cb-x", SPAN_FMT(a->local), m->delimiter);
		for (size_t j = 0; j < n; j++) {
			check_address(m, &map, forms[j], want, out);
		}
		check_address(m, &map, addr_join(m->arena, any, a->domain), want, out);
	}
	for (size_t i = 0; i < map.n; i++) {
		/* Lines of a table of transports that are not Ladle's are not Ladle's business. */
		if (!map.v[i].used && span_starts(map.v[i].value, span_str(want))) {
			mta_found(m, out, map.v[i].line, "extra: no list has \"%.*s\"",
			          SPAN_FMT(map.v[i].key));
		}
		regex_free(map.v[i].regex);
	}
}

/* --- main.cf and master.cf ------------------------------------------------------- */

/* Is WORD one of VALUE's, which are separated by spaces and commas? */
static bool has_word(struct span value, struct span word)
{
	while (value.n > 0) {
		struct span one = next_word(&value, ',');
		if (span_ieq(one, word)) {
			return true;
		}
		if (one.n == 0) {
			value = span_from(value, 1);
		}
	}
	return false;
}

/* The value of KEY, the last one, as Postfix has it; p is NULL without one. */
static struct span parameter(const struct mta *m, struct span text, const char *key, unsigned *line)
{
	struct mta_line l;
	struct span value = SPAN_END;
	unsigned number = 0;
	*line = 0;
	while (mta_next_line(m->arena, &text, &number, &l)) {
		size_t equals = span_chr(l.text, '=');
		if (equals != SPAN_NONE && span_is(span_trim(span_sub(l.text, 0, equals)), key)) {
			value = span_trim(span_from(l.text, equals + 1));
			*line = l.number;
		}
	}
	return value;
}

void mta_check_main(const struct mta *m, struct span text, struct mta_findings *out)
{
	unsigned line, limit_line, delimiter_line;
	struct span relay = parameter(m, text, "relay_domains", &line);
	struct span limit = parameter(m, text, "ladle_destination_recipient_limit", &limit_line);
	struct span delimiter = parameter(m, text, "recipient_delimiter", &delimiter_line);
	for (size_t i = 0; i < m->ndomains; i++) {
		if (!has_word(relay, m->domains[i])) {
			mta_found(m, out, line, "missing: %.*s in relay_domains",
			          SPAN_FMT(m->domains[i]));
		}
	}
	if (!span_is(limit, "1")) {
		mta_found(m, out, limit_line, "missing: ladle_destination_recipient_limit = 1");
	}
	if (m->delimiter == '+' && span_chr(delimiter, '+') == SPAN_NONE) {
		mta_found(m, out, delimiter_line, "missing: recipient_delimiter = +");
	}
	if (span_chr(delimiter, '-') != SPAN_NONE) {
		mta_found(m, out, delimiter_line,
		          "wrong: \"-\" in recipient_delimiter splits lists at their dashes");
	}
	static const char *const maps[] = { "relay_recipient_maps", "transport_maps" };
	for (size_t i = 0; i < 2; i++) {
		if (parameter(m, text, maps[i], &line).n == 0) {
			mta_found(m, out, 0, "missing: %s", maps[i]);
		}
	}
}

/* The flags of pipe(8) that put something before the message, or end it. */
static void check_flags(const struct mta *m, const struct mta_line *l, struct mta_findings *out)
{
	size_t at = span_find(l->text, SPAN(" flags="));
	struct span rest = span_from(l->text, at == SPAN_NONE ? l->text.n : at + 7);
	struct span flags = next_word(&rest, ' ');
	if (span_chr(flags, 'q') == SPAN_NONE) {
		mta_found(m, out, l->number, "missing: flag q");
	}
	for (size_t i = 0; i < flags.n; i++) {
		struct span bad = SPAN("BDFORhu.>");
		if (span_chr(bad, flags.p[i]) != SPAN_NONE) {
			mta_found(m, out, l->number, "wrong: flag %c changes what arrives",
			          flags.p[i]);
		}
	}
}

static void check_service(const struct mta *m, const struct mta_line *l, struct mta_findings *out)
{
	static const char *const needed[] = { "null_sender=", "|| exit 75", "${original_recipient}",
		                              "${sender}", " receive " };
	check_flags(m, l, out);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (span_find(l->text, span_str(needed[i])) == SPAN_NONE) {
			mta_found(m, out, l->number, "missing: %s", needed[i]);
		}
	}
	struct span config = arena_join(m->arena, SPAN(" -C "), m->config, SPAN(" "), SPAN_END);
	if (span_find(l->text, config) == SPAN_NONE) {
		mta_found(m, out, l->number, "missing: -C %.*s", SPAN_FMT(m->config));
	}
}

void mta_check_master(const struct mta *m, struct span text, struct mta_findings *out)
{
	struct mta_line l;
	unsigned number = 0;
	bool found = false;
	while (mta_next_line(m->arena, &text, &number, &l)) {
		struct span rest = l.text;
		if (span_is(next_word(&rest, ' '), "ladle")) {
			found = true;
			check_service(m, &l, out);
		}
	}
	if (!found) {
		mta_found(m, out, 0, "missing: the service \"ladle\"");
	}
}

/* --- aliases --------------------------------------------------------------------- */

struct names {
	struct span *v; /* in the order of span_icmp once sorted */
	size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
	return span_icmp(*(const struct span *)a, *(const struct span *)b);
}

static void sort_names(struct names *names)
{
	if (names->n > 0) {
		qsort(names->v, names->n, sizeof(*names->v), by_name);
	}
}

static bool has_name(const struct names *names, struct span name)
{
	return names->n > 0 && bsearch(&name, names->v, names->n, sizeof(name), by_name);
}

/* The names of all lists, with their words. */
static void needed_names(const struct mta *m, struct names *out)
{
	for (size_t i = 0; i < m->n; i++) {
		size_t n;
		struct span *forms = mta_forms(m, &m->addresses[i], &n);
		for (size_t j = 0; j < n; j++) {
			*ARENA_PUSH(m->arena, out->v, out->n, out->cap) = addr_local(forms[j]);
		}
	}
	sort_names(out);
}

static bool is_ours(struct span command)
{
	return span_find(command, SPAN(" receive")) != SPAN_NONE &&
	       span_find(command, SPAN("ladle")) != SPAN_NONE;
}

static void check_alias(const struct mta *m, const struct names *needed, unsigned line,
                        struct span name, struct span command, struct mta_findings *out)
{
	bool is_list = has_name(needed, name), ours = is_ours(command);
	if (is_list && !ours) {
		mta_found(m, out, line, "wrong: %.*s does not go to ladle receive", SPAN_FMT(name));
	} else if (is_list && span_find(command, SPAN("|| exit 75")) == SPAN_NONE) {
		mta_found(m, out, line, "wrong: %.*s lacks \"|| exit 75\"", SPAN_FMT(name));
	} else if (!is_list && ours) {
		mta_found(m, out, line, "extra: no list has %.*s", SPAN_FMT(name));
	} else if (span_istarts(name, SPAN("owner-")) && has_name(needed, span_from(name, 6))) {
		mta_found(m, out, line, "wrong: %.*s becomes the sender of all posts",
		          SPAN_FMT(name));
	}
}

void mta_check_aliases(const struct mta *m, struct span text, struct mta_findings *out)
{
	struct names needed = { 0 }, there = { 0 };
	struct mta_line l;
	unsigned number = 0;
	needed_names(m, &needed);
	while (mta_next_line(m->arena, &text, &number, &l)) {
		struct span value = l.text;
		struct span name = next_word(&value, ':');
		check_alias(m, &needed, l.number, name, value, out);
		*ARENA_PUSH(m->arena, there.v, there.n, there.cap) = name;
	}
	sort_names(&there);
	for (size_t i = 0; i < needed.n; i++) {
		bool again = i > 0 && span_ieq(needed.v[i - 1], needed.v[i]);
		if (!again && !has_name(&there, needed.v[i])) {
			mta_found(m, out, 0, "missing: %.*s", SPAN_FMT(needed.v[i]));
		}
	}
}
