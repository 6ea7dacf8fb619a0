#ifndef LADLE_FLOW_NOTICES_H
#define LADLE_FLOW_NOTICES_H

/*
 * The texts of notices (rules/notice.h) with those of the site and of its lists,
 * which are files below template-dir:
 *
 *     LANGUAGE/NAME.txt                 the site's
 *     LIST@DOMAIN/LANGUAGE/NAME.txt     a list's; DOMAIN as lower-case A-labels
 */

#include "flow/context.h"
#include "rules/notice.h"

/* The source of LIST's texts (NULL: of the site's), for notice_render. C and LIST must outlive it.
 */
struct notice_source notices_source(struct arena *arena, const struct context *c,
                                    const struct list *list);

/* The language in which LIST (NULL: the site) writes. */
struct span notices_language(const struct context *c, const struct list *list);

/*
 * The notice NAME of LIST (NULL: of the site) with VARS, in its language. False only for
 * mistakes of the caller; a text with a fault is logged, and the next one used.
 */
bool notices_render(struct arena *arena, const struct context *c, const struct list *list,
                    const char *name, const struct notice_vars *vars, struct notice_text *out,
                    struct err *e);

/* The folder of the texts of LIST (NULL: of the site). */
const char *notices_folder(struct arena *arena, const struct context *c, const struct list *list);

/* Is there any text in LANGUAGE, or in the one it is a kind of, for LIST? */
bool notices_language_known(const struct context *c, const struct list *list, struct span language);

#endif
