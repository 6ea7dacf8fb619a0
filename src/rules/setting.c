/* Values of settings: from text into struct site or struct list, and back. */
#include "rules/setting.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/near.h"
#include "base/unit.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/idn.h"
#include "rules/argv.h"
#include "rules/dns_server.h"
#include "rules/domains.h"
#include "rules/field_rule.h"
#include "rules/filter_rule.h"
#include "rules/notice.h"
#include "rules/route.h"
#include "rules/rule.h"
#include "rules/template.h"

#include <string.h>

const struct setting *setting_find(enum setting_scope scope, struct span name)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (settings[i].scope == scope && span_is(name, settings[i].name)) {
			return &settings[i];
		}
	}
	return NULL;
}

struct span setting_hint(struct arena *arena, enum setting_scope scope, struct span name)
{
	struct near near = near_to(name);
	for (size_t i = 0; i < settings_count; i++) {
		if (settings[i].scope == scope) {
			near_try(&near, span_str(settings[i].name));
		}
	}
	return near_hint(arena, &near);
}

static bool bad(const struct setting *row, struct span value, struct err *e, const char *want)
{
	return err_set(e, ERR_MISUSE, "", "%s: bad value \"%.*s\": %s", row->name, SPAN_FMT(value),
	               want);
}

static bool parse_number(const struct setting *row, struct span value, uint64_t *out, struct err *e)
{
	enum unit unit = row->type == SETTING_SIZE       ? UNIT_SIZE
	                 : row->type == SETTING_DURATION ? UNIT_DURATION
	                                                 : UNIT_NONE;
	if (!unit_read(value, unit, out)) {
		return bad(row, value, e,
		           row->type == SETTING_SIZE ? "a size such as 500k or 25M is wanted"
		           : row->type == SETTING_DURATION
		                   ? "a time such as 30s, 5m, 2h or 5d is wanted"
		                   : "a number is wanted");
	}
	if (*out < row->min || *out > row->max) {
		return err_set(e, ERR_MISUSE, "", "%s: \"%.*s\" is not between %llu and %llu%s",
		               row->name, SPAN_FMT(value), (unsigned long long)row->min,
		               (unsigned long long)row->max,
		               row->type == SETTING_SIZE       ? " bytes"
		               : row->type == SETTING_DURATION ? " seconds"
		                                               : "");
	}
	return true;
}

static bool parse_choice(const struct setting *row, struct span value, uint64_t *out, struct err *e)
{
	const char *choices = row->type == SETTING_BOOL ? "no yes" : row->choices;
	struct span rest = span_str(choices);
	for (uint64_t i = 0; rest.p; i++) {
		if (span_eq(span_cut(&rest, ' '), value)) {
			*out = i;
			return true;
		}
	}
	return err_set(e, ERR_MISUSE, "", "%s: bad value \"%.*s\": one of \"%s\" is wanted",
	               row->name, SPAN_FMT(value), choices);
}

static bool check_addresses(const struct setting *row, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	struct span rest = value, addr;
	bool ok = true;
	while (ok && rest.p && value.n > 0) {
		struct span one = span_trim(span_cut(&rest, ','));
		ok = one.n > 0 && addr_path(arena, one, &addr, NULL) && addr.n > 0;
	}
	arena_free(arena);
	return ok || bad(row, value, e, "addresses separated by commas are wanted");
}

/* Addresses that lists may have. */
static bool check_lists(const struct setting *row, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	struct span rest = value, key;
	bool ok = check_addresses(row, value, e);
	while (ok && rest.p && rest.n > 0) {
		ok = (addr_key(arena, span_trim(span_cut(&rest, ',')), &key, e) &&
		      route_name_valid(addr_local(key), e)) ||
		     err_prefix(e, "%s", row->name);
	}
	arena_free(arena);
	return ok;
}

static bool has_lines(const struct setting *row)
{
	return row->type == SETTING_LINES || row->type == SETTING_TEMPLATE ||
	       row->type == SETTING_FIELDS || row->type == SETTING_FILTER ||
	       row->type == SETTING_RULES;
}

static bool check_text(const struct setting *row, struct span value, struct err *e)
{
	for (size_t i = 0; i < value.n; i++) {
		if (ascii_cntrl(value.p[i]) && value.p[i] != '\n' && value.p[i] != '\t') {
			return bad(row, value, e, "it holds a control character");
		}
	}
	if (!has_lines(row) && span_chr(value, '\n') != SPAN_NONE) {
		return bad(row, value, e, "one line is wanted");
	}
	if (!utf8_valid(value)) {
		return bad(row, value, e, "it is not UTF-8");
	}
	if (row->max > 0 && (value.n < row->min || value.n > row->max)) {
		return err_set(e, ERR_MISUSE, "", "%s: %zu bytes, not %llu to %llu", row->name,
		               value.n, (unsigned long long)row->min, (unsigned long long)row->max);
	}
	return true;
}

/* SCHEME://something, the scheme one of the row's choices. */
static bool check_url(const struct setting *row, struct span value, struct err *e)
{
	size_t at = span_find(value, SPAN("://"));
	bool ok = value.n == 0;
	for (struct span rest = span_str(row->choices); !ok && at != SPAN_NONE && rest.p;) {
		ok = span_eq(span_cut(&rest, ' '), span_sub(value, 0, at)) && at + 3 < value.n;
	}
	for (size_t i = 0; i < value.n; i++) {
		ok = ok && ascii_graph(value.p[i]) && value.p[i] != '<' && value.p[i] != '>';
	}
	return ok || err_set(e, ERR_MISUSE, "", "%s: bad value \"%.*s\": a URL is wanted (%s)",
	                     row->name, SPAN_FMT(value), row->choices);
}

/* HOST[:PORT], an IPv6 address in brackets. */
static bool is_authority(struct span s)
{
	size_t colon = span_rchr(s, ':');
	struct span host = s, out;
	uint64_t port;
	if (colon != SPAN_NONE && s.p[s.n - 1] != ']') {
		host = span_sub(s, 0, colon);
		if (!span_u64(span_from(s, colon + 1), &port) || port == 0 || port > UINT16_MAX) {
			return false;
		}
	}
	if (span_starts(host, SPAN("[")) && span_ends(host, SPAN("]"))) {
		return dns_server_is_ipv6(span_sub(host, 1, host.n - 1));
	}
	struct arena *arena = arena_new();
	bool ok = idn_ascii(arena, host, &out, NULL);
	arena_free(arena);
	return ok;
}

/* A login there would be silently ignored, and so would a path. */
static bool check_relay(const struct setting *row, struct span value, struct err *e)
{
	struct span rest = span_from(value, span_find(value, SPAN("://")) + 3);
	if (!check_url(row, value, e)) {
		return false;
	}
	rest.n -= span_ends(rest, SPAN("/"));
	return is_authority(rest) ||
	       bad(row, value, e, "host and port are wanted behind the scheme, and no login");
}

static bool check_servers(const struct setting *row, struct span value, struct err *e)
{
	char *list;
	if (!dns_server_list(value, &list, NULL)) {
		return bad(row, value, e,
		           "addresses or address:port, separated by commas, are wanted");
	}
	mem_free(list);
	return true;
}

static bool check_names(const struct setting *row, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	struct span rest = value, out;
	bool ok = true;
	while (ok && rest.p && rest.n > 0) {
		size_t n = 0;
		while (n < rest.n && rest.p[n] != ',' && !ascii_wsp(rest.p[n])) {
			n++;
		}
		ok = n == 0 || idn_ascii(arena, span_sub(rest, 0, n), &out, NULL);
		rest = span_from(rest, n + 1);
	}
	arena_free(arena);
	return ok || bad(row, value, e, "names of servers, separated by commas, are wanted");
}

static bool check_word(const struct setting *row, struct span value, struct err *e)
{
	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_graph(value.p[i])) {
			return bad(row, value, e, "one word of ASCII is wanted");
		}
	}
	return true;
}

/* Checks of another file, whose errors do not name the setting. */
static bool check_with(bool (*check)(struct span, struct err *), const struct setting *row,
                       struct span value, struct err *e)
{
	return check(value, e) || err_prefix(e, "%s", row->name);
}

static bool check_domains(const struct setting *row, struct span value, struct err *e)
{
	return check_text(row, value, e) &&
	       (domains_valid(value) ||
	        bad(row, value, e, "domains separated by spaces are wanted"));
}

static bool check_filter(const struct setting *row, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	struct filter_rules rules;
	bool ok = filter_rule_parse(arena, value, &rules, e);
	arena_free(arena);
	return ok || err_prefix(e, "%s", row->name);
}

static bool check_language(const struct setting *row, struct span value, struct err *e)
{
	return (value.n == 0 && row->scope == SETTING_LIST) || notice_language_valid(value) ||
	       bad(row, value, e, "a language such as en, de or pt-br is wanted");
}

static bool check_rules(const struct setting *row, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	struct rule_set set;
	bool ok = rule_parse(arena, value, &set, e);
	arena_free(arena);
	return ok || err_prefix(e, "%s", row->name);
}

static bool check_command(const struct setting *row, struct span value, struct err *e)
{
	struct arena *arena = arena_new();
	const char **words;
	bool ok = value.n == 0 || argv_split(arena, value, &words, e);
	arena_free(arena);
	return ok || err_prefix(e, "%s", row->name);
}

static bool check_span(const struct setting *row, struct span value, struct err *e)
{
	switch (row->type) {
	case SETTING_ADDRESS: return check_text(row, value, e) && check_addresses(row, value, e);
	case SETTING_LISTS: return check_text(row, value, e) && check_lists(row, value, e);
	case SETTING_RELAY: return check_relay(row, value, e);
	case SETTING_SERVERS: return check_text(row, value, e) && check_servers(row, value, e);
	case SETTING_NAMES: return check_text(row, value, e) && check_names(row, value, e);
	case SETTING_URL: return check_url(row, value, e);
	case SETTING_WORD: return check_word(row, value, e);
	case SETTING_DOMAINS: return check_domains(row, value, e);
	case SETTING_RULES: return check_text(row, value, e) && check_rules(row, value, e);
	case SETTING_COMMAND: return check_text(row, value, e) && check_command(row, value, e);
	case SETTING_TEMPLATE:
	case SETTING_TEMPLATE_LINE:
		return check_text(row, value, e) && check_with(template_check, row, value, e);
	case SETTING_TEMPLATE_URL:
		return check_url(row, value, e) && check_with(template_check, row, value, e);
	case SETTING_FIELDS:
		return check_text(row, value, e) && check_with(field_rule_check_add, row, value, e);
	case SETTING_FIELD_NAMES:
		return check_text(row, value, e) &&
		       check_with(field_rule_check_remove, row, value, e);
	case SETTING_LANGUAGE: return check_language(row, value, e);
	case SETTING_FILTER: return check_text(row, value, e) && check_filter(row, value, e);
	default: return check_text(row, value, e);
	}
}

static bool is_number(const struct setting *row)
{
	return row->type == SETTING_BOOL || row->type == SETTING_NUMBER ||
	       row->type == SETTING_SIZE || row->type == SETTING_DURATION ||
	       row->type == SETTING_CHOICE;
}

/* Those in which "\n" and "\\" are written with a backslash. */
static bool is_text(const struct setting *row)
{
	return row->type == SETTING_TEXT || row->type == SETTING_TEMPLATE_LINE || has_lines(row);
}

/* "\n" as written in files and on command lines. */
struct span setting_unescape(struct arena *arena, struct span value)
{
	char *out = arena_str(arena, value);
	size_t n = 0;
	for (size_t i = 0; i < value.n; i++) {
		bool escape = value.p[i] == '\\' && i + 1 < value.n;
		if (escape && (value.p[i + 1] == 'n' || value.p[i + 1] == '\\')) {
			out[n++] = value.p[++i] == 'n' ? '\n' : '\\';
		} else {
			out[n++] = value.p[i];
		}
	}
	return (struct span){ out, n };
}

bool setting_put(struct arena *arena, const struct setting *row, struct span value, void *target,
                 struct err *e)
{
	char *at = (char *)target + row->offset;
	if (is_number(row)) {
		uint64_t v;
		bool word = row->type == SETTING_BOOL || row->type == SETTING_CHOICE;
		if (!(word ? parse_choice(row, value, &v, e) : parse_number(row, value, &v, e))) {
			return false;
		}
		memcpy(at, &v, sizeof(v));
		return true;
	}
	struct span text = is_text(row) ? setting_unescape(arena, value) : arena_copy(arena, value);
	if (!check_span(row, text, e)) {
		return false;
	}
	memcpy(at, &text, sizeof(text));
	return true;
}

void setting_defaults(struct arena *arena, enum setting_scope scope, void *target)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (settings[i].scope == scope) {
			setting_put(arena, &settings[i], span_str(settings[i].preset), target,
			            NULL);
		}
	}
}

static struct span number_text(struct arena *arena, const struct setting *row, uint64_t v)
{
	if (row->type == SETTING_SIZE && v > 0) {
		const char *unit = v % (1024 * 1024) == 0 ? "M" : v % 1024 == 0 ? "k" : "";
		uint64_t by = *unit == 'M' ? 1024 * 1024 : *unit == 'k' ? 1024 : 1;
		return arena_printf(arena, "%llu%s", (unsigned long long)(v / by), unit);
	}
	if (row->type == SETTING_DURATION) {
		const char *unit = v % UNIT_DAY == 0    ? "d"
		                   : v % UNIT_HOUR == 0 ? "h"
		                   : v % 60 == 0        ? "m"
		                                        : "s";
		uint64_t by = *unit == 'd'   ? UNIT_DAY
		              : *unit == 'h' ? UNIT_HOUR
		              : *unit == 'm' ? 60
		                             : 1;
		return arena_printf(arena, "%llu%s", (unsigned long long)(v / by), unit);
	}
	return arena_printf(arena, "%llu", (unsigned long long)v);
}

struct span setting_escape(struct arena *arena, struct span value)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n') {
			buf_str(&out, "\\n");
		} else if (value.p[i] == '\\') {
			buf_str(&out, "\\\\");
		} else {
			buf_chr(&out, value.p[i]);
		}
	}
	return buf_move(&out, arena);
}

struct span setting_text(struct arena *arena, const struct setting *row, const void *target)
{
	const char *at = (const char *)target + row->offset;
	if (!is_number(row)) {
		struct span text;
		memcpy(&text, at, sizeof(text));
		return is_text(row) ? setting_escape(arena, text) : text;
	}
	uint64_t v;
	memcpy(&v, at, sizeof(v));
	if (row->type != SETTING_CHOICE && row->type != SETTING_BOOL) {
		return number_text(arena, row, v);
	}
	struct span rest = span_str(row->type == SETTING_BOOL ? "no yes" : row->choices),
		    word = { 0 };
	for (uint64_t i = 0; i <= v && rest.p; i++) {
		word = span_cut(&rest, ' ');
	}
	return word;
}
