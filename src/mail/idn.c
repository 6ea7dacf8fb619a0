/*
 * Domains in their two spellings. Most domains of mail are ASCII and need no
 * library: they are checked and lower-cased here, with the underscore that DNS
 * owners such as _domainkey need. The others go through libidn2, and what
 * comes back passes the same check, since its mapping can make characters that
 * have no place in a domain (U+2100 becomes "a/c").
 */
#include "mail/idn.h"

#include "base/ascii.h"
#include "base/utf8.h"

#include <idn2.h>
#include <string.h>

enum {
	LABEL_MAX = 63,              /* octets, RFC 1035 2.3.4 */
	INPUT_MAX = 4 * IDN_NAME_MAX /* octets of UTF-8 worth a conversion */
};

static bool label_char(char c)
{
	return ascii_alnum(c) || c == '-' || c == '_';
}

static bool label_chars(struct span label)
{
	for (size_t i = 0; i < label.n; i++) {
		if (!label_char(label.p[i])) {
			return false;
		}
	}
	return true;
}

bool idn_is_name(struct span text)
{
	bool ok = text.n > 0 && text.n <= IDN_NAME_MAX;

	for (struct span rest = text; ok && rest.p;) {
		struct span label = span_cut(&rest, '.');

		ok = label.n > 0 && label.n <= LABEL_MAX && label_chars(label);
	}
	return ok;
}

/* What is wrong with one label, or NULL. */
static const char *label_fault(struct span label)
{
	if (label.n == 0) {
		return "empty label";
	}
	if (label.n > LABEL_MAX) {
		return "label longer than 63 octets";
	}
	if (label.p[0] == '-' || label.p[label.n - 1] == '-') {
		return "misplaced hyphen";
	}
	return label_chars(label) ? NULL : "forbidden character";
}

static const char *domain_fault(struct span domain)
{
	struct span rest = domain;

	if (domain.n == 0) {
		return "empty";
	}
	if (domain.n > IDN_NAME_MAX) {
		return "longer than 253 octets";
	}
	while (rest.p) {
		const char *fault = label_fault(span_cut(&rest, '.'));

		if (fault) {
			return fault;
		}
	}
	return NULL;
}

static struct span without_dot(struct span domain)
{
	return domain.n && domain.p[domain.n - 1] == '.' ? span_sub(domain, 0, domain.n - 1)
	                                                 : domain;
}

static bool fail(struct err *e, struct span domain, const char *fault)
{
	struct span shown = span_sub(domain, 0, INPUT_MAX / 4);

	return err_set(e, ERR_PERMANENT, "5.1.2", "not a domain: %s: \"%.*s\"", fault,
	               SPAN_FMT(shown));
}

/* libidn2 reads C strings, so a NUL must not get there. */
static bool convertible(struct span domain)
{
	return domain.n <= INPUT_MAX && utf8_valid(domain) && span_chr(domain, '\0') == SPAN_NONE;
}

static bool to_ascii(struct arena *arena, struct span domain, struct span *out, struct err *e)
{
	const int flags = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT;
	uint8_t *text = NULL;
	const char *fault;
	int code;

	if (!convertible(domain)) {
		return fail(e, domain, "neither ASCII nor UTF-8 of a fit length");
	}
	code = idn2_lookup_u8((const uint8_t *)arena_str(arena, domain), &text, flags);
	if (code == IDN2_MALLOC) {
		return err_set(e, ERR_TEMPORARY, "4.3.0", "no memory for a domain");
	}
	if (code != IDN2_OK) {
		return fail(e, domain, idn2_strerror(code));
	}

	struct span found = without_dot(span_str((const char *)text));
	fault = domain_fault(found);
	if (!fault) {
		*out = arena_lower(arena, found);
	}
	idn2_free(text);
	return fault ? fail(e, domain, fault) : true;
}

bool idn_ascii(struct arena *arena, struct span domain, struct span *out, struct err *e)
{
	struct span bare = without_dot(domain);
	const char *fault;

	if (!utf8_ascii(bare)) {
		return to_ascii(arena, bare, out, e);
	}
	fault = domain_fault(bare);
	if (fault) {
		return fail(e, domain, fault);
	}
	*out = arena_lower(arena, bare);
	return true;
}

/* Only what means the same domain again may be shown for it. */
static bool same_domain(struct arena *arena, struct span a, struct span b)
{
	return idn_ascii(arena, a, &a, NULL) && idn_ascii(arena, b, &b, NULL) && span_eq(a, b);
}

struct span idn_unicode(struct arena *arena, struct span domain)
{
	struct span out;
	char *text = NULL;

	if (domain.n == 0 || !convertible(domain)) {
		return domain;
	}
	if (idn2_to_unicode_8z8z(arena_str(arena, domain), &text, IDN2_NONTRANSITIONAL) !=
	    IDN2_OK) {
		return domain;
	}
	out = arena_copy(arena, span_str(text));
	idn2_free(text);
	return same_domain(arena, out, domain) ? out : domain;
}
