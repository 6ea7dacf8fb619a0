/* Lists of domains. */
#include "rules/domains.h"

#include "base/ascii.h"
#include "mail/addr.h"
#include "mail/idn.h"

/* The next entry of *REST, which is cut off; no pointer at the end. */
static struct span next(struct span *rest)
{
	while (rest->n > 0 && (ascii_wsp(rest->p[0]) || rest->p[0] == ',')) {
		*rest = span_from(*rest, 1);
	}
	size_t n = 0;
	while (n < rest->n && !ascii_wsp(rest->p[n]) && rest->p[n] != ',') {
		n++;
	}
	struct span entry = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n);
	return n > 0 ? entry : SPAN_END;
}

/* "yahoo.*" without its end; no pointer for any other entry. */
static struct span stem(struct span entry)
{
	return span_ends(entry, SPAN(".*")) ? span_sub(entry, 0, entry.n - 2) : SPAN_END;
}

bool domains_valid(struct span text)
{
	struct arena *arena = arena_new();
	bool ok = true;
	for (struct span entry; ok && (entry = next(&text)).p;) {
		struct span name = stem(entry), ascii;
		ok = idn_ascii(arena, name.p ? name : entry, &ascii, NULL) && ascii.n > 0;
	}
	arena_free(arena);
	return ok;
}

/* STEM, a dot and something behind it, at the beginning of DOMAIN or behind one of its dots. */
static bool has_stem(struct span domain, struct span name)
{
	for (struct span rest = domain; rest.n > name.n + 1; span_cut(&rest, '.')) {
		if (span_istarts(rest, name) && rest.p[name.n] == '.') {
			return true;
		}
	}
	return false;
}

bool domains_have(struct span text, struct span domain)
{
	bool found = false;
	for (struct span entry; !found && (entry = next(&text)).p;) {
		struct span name = stem(entry);
		found = name.p ? has_stem(domain, name) : addr_domain_below(domain, entry);
	}
	return found;
}
