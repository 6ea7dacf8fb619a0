#ifndef LADLE_RULES_NOTICE_H
#define LADLE_RULES_NOTICE_H

/*
 * Mail that Ladle writes itself: one table of notices, and the texts, which are
 * templates (rules/template.h) in files. A file is UTF-8:
 *
 *     Subject: Welcome to {list}
 *
 *     The text. Paragraphs are filled to 72 columns; a line that begins with a
 *     space stays a line of its own.
 *
 * The text of a notice is looked for in the language that is asked for ("pt-br",
 * then "pt"), then in English; in each, the list's own comes first, then the
 * site's, then the built-in one. A text with a fault is passed over, so that no
 * mistake in a file keeps mail from being written.
 */

#include "base/err.h"
#include "base/mem.h"
#include "rules/list.h"
#include "rules/site.h"
#include "rules/template.h"

#define NOTICE_COLUMNS 72

/* A variable: what notice_set and the texts call it. */
struct notice_variable {
	const char *name;
	bool lines;          /* its value may have several lines */
	const char *example; /* for `templates show --example` and the tests */
	const char *help;
};
extern const struct notice_variable notice_variables[];
extern const size_t notice_variables_count;
const struct notice_variable *notice_variable_find(struct span name);

struct notice {
	const char *name;
	/* names separated by spaces beside those that every notice has; "!name": a text without it
	 * is of no use */
	const char *variables;
	const char *help; /* when it is sent, and to whom */
};
extern const struct notice notices[];
extern const size_t notices_count;
/* Those that every notice has, the same way. */
extern const char notice_common[];

/* The row NAME, or NULL. */
const struct notice *notice_find(struct span name);
/* The variables of ROW, common ones first, in ARENA. */
struct template_names notice_names(struct arena *arena, const struct notice *row);

/* The texts that are part of the program; written by templates/embed.sh. */
struct notice_builtin {
	const char *language, *name, *text;
};
extern const struct notice_builtin notice_builtins[];
extern const size_t notice_builtins_count;
/* The text of NAME in LANGUAGE as its file has it; p is NULL when there is none. */
struct span notice_builtin_text(struct span language, struct span name);

/* Is it a language's name: two or three letters, then perhaps "-" and letters or digits. */
bool notice_language_valid(struct span language);

/* --- reading a text ------------------------------------------------------------ */

struct notice_fault {
	unsigned line; /* in the file, from 1 */
	struct span text;
};

/* A text as its file has it, cut up. */
struct notice_file {
	struct span subject;         /* template, one line */
	struct span text;            /* template */
	struct notice_fault *faults; /* in the order in which they were found */
	size_t nfaults;
};

/*
 * Read BYTES as the text of ROW (NULL: only its form, no variables are known) into
 * *OUT, everything in ARENA. False when there are faults: no Subject line or no
 * empty line behind it, no text, not UTF-8, control characters, a line of more than
 * NOTICE_COLUMNS columns, more than LIMIT_TEMPLATE bytes, variables that ROW has
 * not, one it needs that is not there, conditions that are not balanced.
 */
bool notice_parse(struct arena *arena, const struct notice *row, struct span bytes,
                  struct notice_file *out);

/* TEXT with its paragraphs filled, without empty lines at both ends and twice in a row. */
struct span notice_flow(struct arena *arena, struct span text);

/* --- writing a notice ---------------------------------------------------------- */

struct notice_var {
	struct span name;
	struct span value; /* UTF-8; what must not be in mail becomes spaces and '?' */
};

/* Values as they are collected; more than there is room for are dropped. */
#define NOTICE_VARS 48
struct notice_vars {
	struct notice_var v[NOTICE_VARS];
	size_t n;
};
/* Add NAME, borrowed as VALUE is; a name that is there already gets the new value. */
void notice_set(struct notice_vars *vars, const char *name, struct span value);
/* The same with "yes" or nothing, for conditions. */
void notice_set_flag(struct notice_vars *vars, const char *name, bool flag);
/* The variables that every notice has. LIST: NULL for mail of the site. */
void notice_set_common(struct arena *arena, struct notice_vars *vars, const struct site *site,
                       const struct list *list, struct span recipient);

enum notice_level { NOTICE_LIST, NOTICE_SITE, NOTICE_BUILT_IN };

/* Where texts come from beside the built-in ones. */
struct notice_source {
	/* The bytes of NAME in LANGUAGE at LEVEL, in ARENA; p is NULL when there are none. */
	struct span (*read)(void *ctx, struct arena *arena, enum notice_level level,
	                    struct span language, struct span name);
	/* A text that is passed over, and its first fault, for the log. */
	void (*complain)(void *ctx, enum notice_level level, struct span language, struct span name,
	                 const struct notice_fault *fault);
	void *ctx;
};

/* The text that was chosen. */
struct notice_choice {
	struct notice_file file;
	struct span bytes; /* of the whole file, in ARENA or constant */
	struct span language;
	enum notice_level level;
};

/* The text of ROW in LANGUAGE (empty: English) that is used; false when there is none. */
bool notice_choose(struct arena *arena, const struct notice_source *where, const struct notice *row,
                   struct span language, struct notice_choice *out);

struct notice_text {
	struct span subject;     /* one line */
	struct span text;        /* lines end in LF */
	struct span language;    /* of the text that was taken */
	enum notice_level level; /* and where it came from */
};

/*
 * The text of NAME in LANGUAGE (empty: English) with VARS put in, all in ARENA. WHERE
 * NULL: only the built-in ones. Variables of VARS that this notice has not are
 * passed over, those it has and VARS has not are empty. False (bug) for a name of
 * a notice or variable that is in no table.
 */
bool notice_render(struct arena *arena, const struct notice_source *where, struct span name,
                   struct span language, const struct notice_var *vars, size_t n,
                   struct notice_text *out, struct err *e);

#endif
