/* What could end a command early, or be read as a parameter of it, stops here. */
#include "net/smtp_address.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/idn.h"

static bool fail(struct span addr, const char *fault, struct err *e)
{
	return err_set(e, ERR_PERMANENT, "5.1.3", "bad address: %s: \"%.*s\"", fault,
	               SPAN_FMT(span_sub(addr, 0, LIMIT_ADDRESS)));
}

/* ADDR in its two parts, the domain as it goes out; both in ARENA or in ADDR. */
static bool split(struct arena *arena, struct span addr, struct span *local, struct span *domain,
                  struct err *e)
{
	struct span path;

	if (span_chr(addr, '<') != SPAN_NONE || span_chr(addr, '>') != SPAN_NONE) {
		return fail(addr, "angle bracket", e);
	}
	if (addr.n == 0 || addr.p[0] == '@') {
		return fail(addr, "no local part", e);
	}
	if (!addr_path(arena, addr, &path, e)) {
		return false;
	}
	*local = addr_local(path);
	*domain = addr_domain(path);
	return domain->p[0] == '[' || idn_ascii(arena, *domain, domain, e);
}

bool smtp_address_wire(struct span addr, struct buf *out, bool *utf8, struct err *e)
{
	struct arena *arena = arena_new();
	struct span local, domain;
	bool ok = split(arena, addr, &local, &domain, e);

	if (ok) {
		buf_add(out, local);
		buf_chr(out, '@');
		buf_add(out, domain);
		*utf8 = *utf8 || !utf8_ascii(local);
	}
	arena_free(arena);
	return ok;
}
