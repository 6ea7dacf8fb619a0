/* Texts of notices from files. What cannot be read is logged and is as if it were not there. */
#include "flow/notices.h"

#include "base/file.h"
#include "base/limits.h"
#include "rules/route.h"

struct shelf {
	const struct context *context;
	const struct list *list; /* NULL: none */
};

const char *notices_folder(struct arena *arena, const struct context *c, const struct list *list)
{
	if (!list) {
		return c->paths.templates;
	}
	struct span name = route_list(arena, list);
	return arena_printf(arena, "%s/%.*s", c->paths.templates, SPAN_FMT(name)).p;
}

static struct span path_of(struct arena *arena, const struct shelf *s, enum notice_level level,
                           struct span language, struct span name)
{
	const char *folder =
		notices_folder(arena, s->context, level == NOTICE_LIST ? s->list : NULL);
	return arena_printf(arena, "%s/%.*s/%.*s.txt", folder, SPAN_FMT(language), SPAN_FMT(name));
}

static void complain(void *ctx, enum notice_level level, struct span language, struct span name,
                     const struct notice_fault *fault)
{
	const struct shelf *s = ctx;
	struct arena *arena = arena_new();
	struct span path = level == NOTICE_BUILT_IN ? SPAN("built-in")
	                                            : path_of(arena, s, level, language, name);
	log_event(&s->context->log, LOG_LEVEL_WARNING, "template-passed-over", { "notice", name },
	          { "language", language }, { "file", path },
	          { "line", arena_printf(arena, "%u", fault->line) }, { "error", fault->text });
	arena_free(arena);
}

static struct span read_text(void *ctx, struct arena *arena, enum notice_level level,
                             struct span language, struct span name)
{
	const struct shelf *s = ctx;
	struct buf text = BUF_INIT;
	struct err e;
	const char *path = path_of(arena, s, level, language, name).p;
	if ((level == NOTICE_LIST && !s->list) || !file_exists(path)) {
		return SPAN_END;
	}
	if (!file_read(path, LIMIT_TEMPLATE, &text, &e)) {
		complain(ctx, level, language, name, &(struct notice_fault){ 0, span_str(e.text) });
		buf_free(&text);
		return SPAN_END;
	}
	return buf_move(&text, arena);
}

struct notice_source notices_source(struct arena *arena, const struct context *c,
                                    const struct list *list)
{
	struct shelf *shelf = ARENA_NEW(arena, struct shelf);
	*shelf = (struct shelf){ c, list };
	return (struct notice_source){ .read = read_text, .complain = complain, .ctx = shelf };
}

struct span notices_language(const struct context *c, const struct list *list)
{
	return list && list->language.n > 0 ? list->language : c->site.language;
}

bool notices_render(struct arena *arena, const struct context *c, const struct list *list,
                    const char *name, const struct notice_vars *vars, struct notice_text *out,
                    struct err *e)
{
	struct notice_source where = notices_source(arena, c, list);
	return notice_render(arena, &where, span_str(name), notices_language(c, list), vars->v,
	                     vars->n, out, e);
}

static bool has_folder(struct arena *arena, const struct context *c, const struct list *list,
                       struct span language)
{
	const char *folder = notices_folder(arena, c, list);
	return file_exists(arena_printf(arena, "%s/%.*s", folder, SPAN_FMT(language)).p);
}

bool notices_language_known(const struct context *c, const struct list *list, struct span language)
{
	struct arena *arena = arena_new();
	size_t dash = span_chr(language, '-');
	struct span kinds[] = { language,
		                span_sub(language, 0, dash == SPAN_NONE ? language.n : dash) };
	bool known = false;
	for (size_t i = 0; i < 2 && !known; i++) {
		known = has_folder(arena, c, NULL, kinds[i]) ||
		        has_folder(arena, c, list, kinds[i]);
		for (size_t j = 0; j < notice_builtins_count && !known; j++) {
			known = span_is(kinds[i], notice_builtins[j].language);
		}
	}
	arena_free(arena);
	return known;
}
