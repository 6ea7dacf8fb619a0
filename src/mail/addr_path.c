/*
 * Addresses of the envelope. Stricter than fields: what gets through here is
 * written into SMTP commands and signatures again, so nothing may be left that
 * one reader takes for something else than another.
 */
#include "mail/addr.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/idn.h"

#include <string.h>

static bool fail(struct err *e, struct span path, const char *fault)
{
	return err_set(e, ERR_PERMANENT, "5.1.3", "bad address: %s: \"%.*s\"", fault,
	               SPAN_FMT(span_sub(path, 0, LIMIT_ADDRESS)));
}

/* Of a local part without quotes; dots anywhere, as some providers have them. */
static bool atom_char(char c)
{
	return ascii_8bit(c) || (ascii_graph(c) && !strchr("()<>[]:;@\\,\"", c));
}

static const char *quoted_fault(struct span local)
{
	size_t i = 1;

	while (i < local.n && local.p[i] != '"') {
		i += local.p[i] == '\\' ? 2 : 1;
	}
	return i + 1 == local.n ? NULL : "broken quotes";
}

static const char *local_fault(struct span local)
{
	if (local.n == 0) {
		return "no local part";
	}
	if (local.p[0] == '"') {
		return quoted_fault(local);
	}
	for (size_t i = 0; i < local.n; i++) {
		if (!atom_char(local.p[i])) {
			return "character that needs quotes";
		}
	}
	return NULL;
}

/* All but the domain. */
static const char *address_fault(struct span addr)
{
	if (addr.n > LIMIT_ADDRESS) {
		return "too long";
	}
	if (span_chr(addr, '@') == SPAN_NONE) {
		return "no \"@\"";
	}
	return local_fault(addr_local(addr));
}

static const char *literal_fault(struct span domain)
{
	if (domain.n < 3 || domain.p[domain.n - 1] != ']') {
		return "broken address literal";
	}
	for (size_t i = 1; i + 1 < domain.n; i++) {
		if (!ascii_graph(domain.p[i]) || strchr("[]\\@<>", domain.p[i])) {
			return "broken address literal";
		}
	}
	return NULL;
}

static const char *text_fault(struct span path)
{
	for (size_t i = 0; i < path.n; i++) {
		if (ascii_cntrl(path.p[i])) {
			return "control character";
		}
	}
	return utf8_valid(path) ? NULL : "8-bit text that is not UTF-8";
}

/* What stands between the angle brackets, if there are any. */
static bool unwrap(struct span *path)
{
	bool open = path->n > 0 && path->p[0] == '<';
	bool close = path->n > 0 && path->p[path->n - 1] == '>';

	if (open != close) {
		return false;
	}
	if (open) {
		*path = span_sub(*path, 1, path->n - 1);
	}
	return true;
}

/* Drop the route "@a,@b:" (RFC 5321 4.1.2, A-d-l). */
static void drop_route(struct span *path)
{
	size_t colon = span_chr(*path, ':');

	if (path->n > 0 && path->p[0] == '@' && colon != SPAN_NONE) {
		*path = span_from(*path, colon + 1);
	}
}

static struct span trim_dot(struct span addr)
{
	return addr.p[addr.n - 1] == '.' ? span_sub(addr, 0, addr.n - 1) : addr;
}

bool addr_path(struct arena *arena, struct span path, struct span *addr, struct err *e)
{
	const char *fault = text_fault(path);
	struct span inner = path, domain, ignored;

	if (fault) {
		return fail(e, path, fault);
	}
	if (!unwrap(&inner)) {
		return fail(e, path, "broken angle brackets");
	}
	*addr = inner;
	if (inner.n == 0) {
		return true;
	}

	drop_route(&inner);
	domain = addr_domain(inner);
	fault = address_fault(inner);
	if (!fault && domain.n > 0 && domain.p[0] == '[') {
		fault = literal_fault(domain);
	} else if (!fault && !idn_ascii(arena, domain, &ignored, e)) {
		return err_prefix(e, "bad address");
	}
	if (fault) {
		return fail(e, path, fault);
	}
	*addr = trim_dot(inner);
	return true;
}

/* The path PATH as local part and canonical domain. */
static bool canonical_parts(struct arena *arena, struct span path, struct span *local,
                            struct span *domain, struct err *e)
{
	struct span addr;

	if (!addr_path(arena, path, &addr, e)) {
		return false;
	}
	if (addr.n == 0) {
		return fail(e, path, "empty");
	}
	*local = addr_local(addr);
	*domain = addr_domain(addr);
	if (domain->p[0] != '[') {
		return idn_ascii(arena, *domain, domain, e);
	}
	*domain = arena_lower(arena, *domain);
	return true;
}

bool addr_canonical(struct arena *arena, struct span addr, struct span *out, struct err *e)
{
	struct span local, domain;

	if (!canonical_parts(arena, addr, &local, &domain, e)) {
		return false;
	}
	*out = arena_join(arena, local, SPAN("@"), domain, SPAN_END);
	return true;
}

bool addr_key(struct arena *arena, struct span addr, struct span *out, struct err *e)
{
	struct span local, domain;

	if (!canonical_parts(arena, addr, &local, &domain, e)) {
		return false;
	}
	*out = arena_lower(arena, addr_join(arena, addr_unquote(arena, local), domain));
	return true;
}
