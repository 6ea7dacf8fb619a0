/* ladle.conf: `key = value`, # comments, a line that begins with white space continues the one
 * before. */
#include "base/ascii.h"
#include "base/buf.h"
#include "rules/setting.h"
#include "rules/site.h"

struct reader {
	struct arena *arena;
	struct span rest;
	unsigned line; /* number of the last line read */
};

/* The next line without its end; false at the end of the text. */
static bool next_line(struct reader *r, struct span *line)
{
	if (!r->rest.p || r->rest.n == 0) {
		return false;
	}
	*line = span_rtrim(span_cut(&r->rest, '\n'));
	r->line++;
	return true;
}

static bool continues(const struct reader *r)
{
	return r->rest.p && r->rest.n > 0 && ascii_wsp(r->rest.p[0]);
}

/* A logical line: with its continuations, comments and empty lines passed over. */
static bool next_entry(struct reader *r, struct span *entry, unsigned *at)
{
	struct span line;
	do {
		if (!next_line(r, &line)) {
			return false;
		}
	} while (span_trim(line).n == 0 || span_trim(line).p[0] == '#');
	*at = r->line;
	*entry = span_trim(line);
	while (continues(r) && next_line(r, &line)) {
		if (span_trim(line).n > 0) {
			*entry = arena_join(r->arena, *entry, SPAN(" "), span_trim(line), SPAN_END);
		}
	}
	return true;
}

static bool put(struct arena *arena, struct span entry, bool *seen, struct site *site,
                struct err *e)
{
	size_t equals = span_chr(entry, '=');
	struct span name = span_trim(span_sub(entry, 0, equals == SPAN_NONE ? entry.n : equals));
	const struct setting *row = setting_find(SETTING_SITE, name);
	if (equals == SPAN_NONE) {
		return err_set(e, ERR_MISUSE, "", "\"%.*s\" is not \"key = value\"",
		               SPAN_FMT(entry));
	}
	if (!row) {
		bool of_list = setting_find(SETTING_LIST, name) != NULL;
		return err_set(e, ERR_MISUSE, "", "unknown key \"%.*s\"%s", SPAN_FMT(name),
		               of_list ? ", which is a setting of lists (ladle list set)"
		                       : setting_hint(arena, SETTING_SITE, name).p);
	}
	if (seen[row - settings]) {
		return err_set(e, ERR_MISUSE, "", "key \"%s\" is there twice", row->name);
	}
	seen[row - settings] = true;
	return setting_put(arena, row, span_trim(span_from(entry, equals + 1)), site, e);
}

bool setting_read_site(struct arena *arena, struct span text, const char *file, struct site *site,
                       struct err *e)
{
	struct reader r = { arena, text, 0 };
	struct span entry;
	unsigned at;
	struct site read = *site;
	bool *seen = arena_array(arena, settings_count, sizeof(*seen));
	while (next_entry(&r, &entry, &at)) {
		if (!put(arena, entry, seen, &read, e)) {
			return err_prefix(e, "%s:%u", file, at);
		}
	}
	*site = read;
	return true;
}
