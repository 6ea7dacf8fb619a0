/*
 * Authentication-Results of others (RFC 8601 2.2), and the little of Received that
 * says which hop wrote what stands above it.
 *
 * Two uses with opposite needs. To remove what claims to be ours every spelling must
 * be recognised; to believe a field it must be well formed: a result is believed
 * only when all before it, and all of itself, could be read.
 */
#include "auth/authres.h"

#include "base/ascii.h"
#include "mail/addr.h"
#include "mail/cfws.h"
#include "mail/idn.h"

/* ---- words ---- */

/* The quoted string at the start of S, without quotes and backslashes. */
static struct span unquote(struct arena *arena, struct span s)
{
	char *out = arena_alloc(arena, s.n);
	size_t n = 0;

	for (size_t i = 1; i < s.n && s.p[i] != '"'; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n) {
			i++;
		}
		if (s.p[i] != '\r' && s.p[i] != '\n') {
			out[n++] = s.p[i];
		}
	}
	return (struct span){ out, n };
}

/*
 * The word at *REST behind white space and comments, moved over: up to white space, a
 * comment, one of STOP, or a quoted string that does not end. Other quoted strings are
 * one with what is round them.
 */
static struct span take_word(struct span *rest, const char *stop)
{
	struct span s = cfws_skip(*rest), stops = span_str(stop);
	size_t n = 0, step = 1;

	while (n < s.n && step && !ascii_fws(s.p[n]) && s.p[n] != '(' &&
	       span_chr(stops, s.p[n]) == SPAN_NONE) {
		step = s.p[n] == '"' ? cfws_quoted(span_from(s, n)) : 1;
		n += step;
	}
	*rest = span_from(s, n);
	return span_sub(s, 0, n);
}

static bool take_char(struct span *rest, char c)
{
	struct span s = cfws_skip(*rest);

	if (!s.n || s.p[0] != c) {
		return false;
	}
	*rest = span_from(s, 1);
	return true;
}

/* ---- names of servers ---- */

/* The authserv-id at *REST. '/' begins a version in the old form of RFC 5451. */
static struct span take_id(struct arena *arena, struct span *rest)
{
	struct span s = cfws_skip(*rest);

	if (s.n && s.p[0] == '"') {
		size_t n = cfws_quoted(s);

		*rest = span_from(s, n ? n : s.n);
		return unquote(arena, s);
	}
	return take_word(rest, ";/");
}

/* Two spellings of one name: case, a dot at the end, U-labels. */
static struct span folded(struct arena *arena, struct span id)
{
	struct span out;

	id = span_trim(id);
	if (span_ends(id, SPAN("."))) {
		id.n--;
	}
	return idn_ascii(arena, id, &out, NULL) ? out : id;
}

/* Is ID what VALUE begins with, for a reader to whom control characters are nothing? */
static bool begins_with_id(struct span value, struct span id)
{
	size_t at = 0, n = 0;

	while (n < id.n && at < value.n) {
		char c = value.p[at++];

		if (ascii_cntrl(c) || (n == 0 && c == ' ')) {
			continue;
		}
		if (ascii_lower(c) != ascii_lower(id.p[n++])) {
			return false;
		}
	}
	return n == id.n && n > 0 &&
	       (at == value.n || !(ascii_alnum(value.p[at]) || value.p[at] == '-' ||
	                           value.p[at] == '_' || value.p[at] == '.'));
}

bool authres_is_ours(struct span value, struct span authserv_id)
{
	struct arena *arena = arena_new();
	struct span whole = value;
	struct span ours = folded(arena, authserv_id), loose = cfws_skip(value);
	bool same = span_ieq(folded(arena, take_id(arena, &value)), ours);

	/* A quoted string that does not end, as somebody may read it who does not mind. */
	if (!same && span_starts(loose, SPAN("\""))) {
		loose = span_from(loose, 1);
		same = span_ieq(folded(arena, take_word(&loose, ";/\"")), ours);
	}
	arena_free(arena);
	return same || begins_with_id(whole, authserv_id);
}

/* The next of the ids in *TRUSTED; empty at the end. */
static struct span next_trusted(struct span *trusted)
{
	struct span id = SPAN("");

	while (!id.n && trusted->p) {
		id = span_trim(span_cut(trusted, ','));
	}
	return id;
}

/* Is HOST one of TRUSTED, or below one? */
static bool is_trusted_host(struct arena *arena, struct span trusted, struct span host)
{
	struct span id;

	host = folded(arena, host);
	while (host.n && (id = next_trusted(&trusted)).n) {
		if (addr_domain_below(host, folded(arena, id))) {
			return true;
		}
	}
	return false;
}

/*
 * Does the value *REST begin with one of TRUSTED? Only in the plain form, which servers
 * write: in quotes, with a dot at its end or behind a comment it may be a stranger's,
 * which the server that removes fields with its id did not recognise.
 */
static bool take_trusted(struct arena *arena, struct span trusted, struct span *rest)
{
	struct span s = span_trim(*rest), id;
	size_t n = 0;

	while (n < s.n && !ascii_fws(s.p[n]) && s.p[n] != ';') {
		n++;
	}
	*rest = span_from(s, n);
	s = span_sub(s, 0, n);
	while ((id = next_trusted(&trusted)).n) {
		if (span_ieq(s, id) || span_ieq(s, folded(arena, id))) {
			return true;
		}
	}
	return false;
}

/* ---- results ---- */

/* One result: method [/ version] = result, and its reason and properties. */
struct resinfo {
	struct span method, result, mailfrom;
	bool has_mailfrom, has_helo;
};

/* Behind the method: "= result". */
static bool take_result(struct span *rest, struct resinfo *out)
{
	if (take_char(rest, '/')) {
		take_word(rest, "=;");
	}
	if (!take_char(rest, '=')) {
		return false;
	}
	out->result = take_word(rest, ";");
	return out->result.n > 0;
}

/* "ptype.property = value"; also "reason = value", and words of no standard such as "action=none".
 */
static bool take_property(struct span *rest, struct resinfo *out)
{
	struct span type = take_word(rest, ".=;"), property = SPAN(""), value;

	if (take_char(rest, '.')) {
		property = take_word(rest, "=;");
	}
	if (!type.n || !take_char(rest, '=')) {
		return false;
	}
	value = take_word(rest, ";");
	if (span_iis(type, "smtp") && span_iis(property, "helo")) {
		out->has_helo = true;
	} else if (span_iis(type, "smtp") && span_iis(property, "mailfrom") && !out->has_mailfrom) {
		out->has_mailfrom = true;
		out->mailfrom = value;
	}
	return true;
}

/* The next result of *REST, which begins with ';'. False at the end, and where it cannot be read.
 */
static bool next_resinfo(struct span *rest, struct resinfo *out)
{
	struct span s;

	*out = (struct resinfo){ .has_mailfrom = false };
	if (!take_char(rest, ';')) {
		return false;
	}
	out->method = take_word(rest, "/=;");
	if (!out->method.n || !take_result(rest, out)) {
		return false;
	}
	for (s = cfws_skip(*rest); s.n && s.p[0] != ';'; s = cfws_skip(*rest)) {
		if (!take_property(rest, out)) {
			return false;
		}
	}
	return true;
}

/* The domain of "local@domain", "@domain" or "domain", in brackets or not, as A-labels. */
static struct span mailfrom_domain(struct arena *arena, struct span value)
{
	struct span out;
	size_t at;

	if (value.n && value.p[0] == '"' && cfws_quoted(value) == value.n) {
		value = unquote(arena, value);
	}
	if (span_starts(value, SPAN("<")) && span_ends(value, SPAN(">"))) {
		value = span_sub(value, 1, value.n - 1);
	}
	at = span_rchr(value, '@');
	value = at == SPAN_NONE ? value : span_from(value, at + 1);
	return idn_ascii(arena, value, &out, NULL) ? out : SPAN("");
}

/*
 * Look through the field VALUE; true when SPF of MAIL FROM is in it. The first that is not of HELO
 * decides, whether it names MAIL FROM or not: what is behind it may have come out of a
 * comment that a stranger's address ended.
 */
static bool read_field(struct arena *arena, struct span value, struct span trusted,
                       struct spf_result *out)
{
	struct span version;
	struct resinfo r;

	if (!take_trusted(arena, trusted, &value)) {
		return false;
	}
	version = take_word(&value, ";");
	if (version.n && !span_is(version, "1")) {
		return false;
	}
	while (next_resinfo(&value, &r)) {
		if (span_iis(r.method, "spf") && (r.has_mailfrom || !r.has_helo)) {
			out->result = arena_lower(arena, r.result);
			out->domain = mailfrom_domain(arena, r.mailfrom);
			return true;
		}
	}
	return false;
}

/* ---- hops ---- */

/* The host behind "by" in the Received value VALUE; empty when there is none. */
static struct span received_by(struct span value)
{
	while (cfws_skip(value).n) {
		struct span word = take_word(&value, ";");

		if (span_iis(word, "by")) {
			return take_word(&value, ";");
		}
		if (!word.n) {
			break;
		}
	}
	return SPAN("");
}

void authres_spf(struct arena *arena, const struct message *m, struct span trusted,
                 struct spf_result *out)
{
	struct span first = SPAN("");

	*out = (struct spf_result){ .result = SPAN(""), .domain = SPAN("") };
	for (size_t i = 0; trusted.n && i < m->count; i++) {
		const struct field *f = &m->fields[i];

		/* With white space before the colon it is no server's. */
		if (span_iis(f->name, "Authentication-Results") && f->raw.p[f->name.n] == ':' &&
		    read_field(arena, f->value, trusted, out)) {
			return;
		}
		if (span_iis(f->name, "Received")) {
			struct span by = received_by(f->value);

			first = first.n ? first : by;
			if (!span_ieq(by, first) && !span_iis(by, "localhost") &&
			    !is_trusted_host(arena, trusted, by)) {
				return;
			}
		}
	}
}
