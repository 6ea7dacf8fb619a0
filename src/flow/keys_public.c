/* Names come from strangers' signatures: only what can be a selector and a domain is opened. */
#include "flow/keys_public.h"

#include "base/ascii.h"
#include "base/file.h"
#include "base/limits.h"

#define SUFFIX ".record"

static const char *path_of(struct arena *arena, const struct paths *paths, struct span domain,
                           struct span selector)
{
	return arena_printf(arena, "%s/%.*s/%.*s" SUFFIX, paths->keys, SPAN_FMT(domain),
	                    SPAN_FMT(selector))
	        .p;
}

bool keys_public_put(struct arena *arena, const struct paths *paths, const struct signer *signer,
                     struct err *e)
{
	const char *path = path_of(arena, paths, signer->domain, signer->selector);
	struct span record;
	return file_exists(path) ||
	       (key_text(arena, signer->key, &record, e) && file_replace(path, record, 0644, e));
}

void keys_public_complete(struct arena *arena, const struct paths *paths,
                          const struct keyring *ring)
{
	for (size_t i = 0; i < ring->n; i++) {
		(void)keys_public_put(arena, paths, &ring->v[i], NULL);
	}
}

/* Letters, digits, '-', '_' and inner dots that do not follow each other. */
static bool name_valid(struct span s)
{
	bool ok = s.n > 0 && s.n <= 253 && s.p[0] != '.' && s.p[s.n - 1] != '.';
	for (size_t i = 0; ok && i < s.n; i++) {
		ok = ascii_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_' ||
		     (s.p[i] == '.' && s.p[i - 1] != '.');
	}
	return ok;
}

static struct txt public_txt(void *self, struct arena *arena, struct span name)
{
	const struct paths *paths = self;
	struct span middle = SPAN("._domainkey.");
	struct txt answer = { .status = TXT_TEMPORARY };
	struct buf record = BUF_INIT;
	size_t at = span_ifind(name, middle);
	if (at == SPAN_NONE) {
		return answer;
	}
	struct span selector = span_sub(name, 0, at);
	struct span domain = arena_lower(arena, span_from(name, at + middle.n));
	if (name_valid(selector) && name_valid(domain) &&
	    file_read(path_of(arena, paths, domain, selector), LIMIT_KEY_RECORD, &record, NULL)) {
		answer.records = ARENA_NEW(arena, struct span);
		answer.records[0] = buf_move(&record, arena);
		answer.n = 1;
		answer.status = TXT_FOUND;
	}
	buf_free(&record);
	return answer;
}

struct keysource keys_public_source(struct arena *arena, const struct paths *paths)
{
	struct paths *copy = ARENA_NEW(arena, struct paths);
	*copy = *paths;
	return (struct keysource){ .self = copy, .txt = public_txt };
}
