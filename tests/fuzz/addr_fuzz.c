/* Any bytes as field, path and name: what is read can be written and read, on one line. */
#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/addr.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static bool has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_cntrl(s.p[i])) {
			return true;
		}
	}
	return false;
}

static void check_field(struct arena *arena, struct span text)
{
	struct mailboxes l = addr_parse(arena, text);
	struct mailbox one;

	require(l.n <= LIMIT_ADDRESSES);
	for (size_t i = 0; i < l.n; i++) {
		const struct mailbox *m = &l.v[i];
		struct mailboxes again = addr_parse(arena, m->addr);

		require(m->addr.n > 0 && m->addr.n <= LIMIT_ADDRESS && !has_control(m->addr));
		require(again.n == 1 && span_eq(again.v[0].addr, m->addr));
		require(span_eq(again.v[0].local, m->local));
		require(span_eq(again.v[0].domain, m->domain));
		require(!again.broken || !utf8_valid(m->addr));
	}
	if (addr_single(arena, text, &one)) {
		require(l.n == 1 && !l.broken && one.domain.n > 0);
	}
}

static void check_path(struct arena *arena, struct span text)
{
	struct span addr, again, canonical, key, key_again;
	struct mailboxes l;

	if (!addr_path(arena, text, &addr, NULL)) {
		require(!addr_key(arena, text, &key, NULL));
		return;
	}
	require(addr_path(arena, addr, &again, NULL) && span_eq(addr, again));
	require(!has_control(addr) && utf8_valid(addr));
	if (addr.n == 0) {
		return;
	}
	require(addr_canonical(arena, addr, &canonical, NULL));
	require(addr_canonical(arena, canonical, &again, NULL) && span_eq(canonical, again));
	require(addr_key(arena, canonical, &key, NULL));
	require(addr_key(arena, key, &key_again, NULL) && span_eq(key, key_again));
	require(addr_same(addr, canonical) && addr_same(key, addr));
	require(addr_domain_below(addr_domain(addr), addr_domain(canonical)) ==
	        (addr_domain(addr).p[0] != '['));
	/* A field that holds it gives it back. */
	l = addr_parse(arena, addr);
	require(l.n == 1 && !l.broken && addr_same(l.v[0].addr, addr));
}

static void check_name(struct arena *arena, struct span name)
{
	struct span text = addr_format(arena, name, SPAN("a@b"));
	struct mailboxes l = addr_parse(arena, text);

	require(span_chr(text, '\r') == SPAN_NONE && span_chr(text, '\n') == SPAN_NONE);
	require(l.n == 1 && !l.broken && !l.group && span_is(l.v[0].addr, "a@b"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *arena = arena_new();

	check_field(arena, text);
	check_path(arena, text);
	check_name(arena, text);
	arena_free(arena);
	return 0;
}
