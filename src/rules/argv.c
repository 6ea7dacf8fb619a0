/* Words of a command line. */
#include "rules/argv.h"

#include "base/ascii.h"
#include "base/buf.h"

/* One word from the front of *REST; false when a quote is not closed. */
static bool take(struct span *rest, struct buf *word)
{
	bool quoted = false;
	size_t i = 0;
	for (; i < rest->n && (quoted || !ascii_wsp(rest->p[i])); i++) {
		char c = rest->p[i];
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && c == '\\' && i + 1 < rest->n &&
		    (rest->p[i + 1] == '"' || rest->p[i + 1] == '\\')) {
			c = rest->p[++i];
		}
		buf_chr(word, c);
	}
	*rest = span_from(*rest, i);
	return !quoted;
}

bool argv_split(struct arena *arena, struct span text, const char ***words, struct err *e)
{
	const char **v = NULL;
	size_t n = 0, cap = 0;
	for (struct span rest = span_trim(text); rest.n > 0; rest = span_trim(rest)) {
		struct buf word = BUF_INIT;
		if (!take(&rest, &word)) {
			buf_free(&word);
			return err_set(e, ERR_MISUSE, "", "a quote is not closed");
		}
		*ARENA_PUSH(arena, v, n, cap) = arena_str(arena, buf_span(&word));
		buf_free(&word);
	}
	if (n == 0 || v[0][0] != '/') {
		return err_set(e, ERR_MISUSE, "",
		               "\"%s\": the absolute path of a program is wanted",
		               n > 0 ? v[0] : "");
	}
	*ARENA_PUSH(arena, v, n, cap) = NULL;
	*words = v;
	return true;
}
