#ifndef LADLE_RULES_SETTING_H
#define LADLE_RULES_SETTING_H

/*
 * Every setting of a site and of a list is one row of one table: name, scope,
 * type, default, help, and where its value goes. The reader of ladle.conf, `list
 * create|set|show`, the manual page check and the store all use this table.
 */

#include "base/err.h"
#include "base/mem.h"

enum setting_scope { SETTING_SITE, SETTING_LIST };

enum setting_type {
	SETTING_TEXT,   /* one line of UTF-8 */
	SETTING_WORD,   /* printable ASCII without a space, or empty */
	SETTING_LINES,  /* UTF-8; a line break is written \n, a backslash \\ */
	SETTING_FILTER, /* lines, each a rule of rules/filter_rule.h, or empty */
	SETTING_BOOL,   /* yes | no */
	SETTING_NUMBER,
	SETTING_SIZE,     /* bytes; suffixes k, M, G (1024) */
	SETTING_DURATION, /* seconds; suffixes s, m, h, d */
	SETTING_CHOICE,   /* one of `choices`, stored as its index (enum) */
	SETTING_ADDRESS,  /* empty, or addresses separated by commas */
	SETTING_LISTS,    /* the same, each fit to be a list's */
	SETTING_DOMAINS,  /* empty, or domains as rules/domains.h reads them */
	SETTING_RULES,    /* lines, each a rule of rules/rule.h, or empty */
	SETTING_COMMAND,  /* empty, or words as rules/argv.h reads them */
	SETTING_URL,      /* empty, or scheme://host…, the scheme one of `choices` */
	SETTING_RELAY,    /* a URL of host and port, nothing else */
	SETTING_SERVERS,  /* empty, or DNS servers as rules/dns_server.h reads them */
	SETTING_NAMES,    /* empty, or names as domains are, separated by white space or commas */
	SETTING_PATH,
	SETTING_TEMPLATE,      /* as LINES, with the variables of rules/template.h */
	SETTING_TEMPLATE_LINE, /* as TEXT, the same */
	SETTING_TEMPLATE_URL,  /* as URL, the same */
	SETTING_FIELDS,        /* as LINES: "Name: template", rules/field_rule.h */
	SETTING_LANGUAGE,      /* of notices, rules/notice.h; of a list also empty */
	SETTING_FIELD_NAMES,   /* field names separated by white space or commas */
};

struct setting {
	const char *name;
	enum setting_scope scope;
	enum setting_type type;
	const char *preset; /* default, as text */
	const char
		*choices; /* "keep munge": words separated by single spaces; NULL for other types */
	uint64_t min, max; /* of numbers, sizes, durations */
	size_t offset;     /* in struct site or struct list */
	const char *help;  /* one sentence */
};

extern const struct setting settings[];
extern const size_t settings_count;

/* The row NAME of SCOPE, or NULL. */
const struct setting *setting_find(enum setting_scope scope, struct span name);

/* For a message about NAME, which is none of SCOPE: near_hint, or empty. */
struct span setting_hint(struct arena *arena, enum setting_scope scope, struct span name);

/*
 * Check VALUE and put it into TARGET (struct site or struct list), strings copied
 * to ARENA. False (misuse) with a text that names setting, value and what would be right; TARGET is
 * then unchanged.
 */
bool setting_put(struct arena *arena, const struct setting *row, struct span value, void *target,
                 struct err *e);
/* Put every default of SCOPE. */
void setting_defaults(struct arena *arena, enum setting_scope scope, void *target);
/* The present value of ROW in TARGET as text that setting_put reads back. */
struct span setting_text(struct arena *arena, const struct setting *row, const void *target);
/* TEXT with its line breaks and backslashes written so that setting_put reads them back. */
struct span setting_escape(struct arena *arena, struct span text);
/* The other way round. */
struct span setting_unescape(struct arena *arena, struct span value);

/*
 * Read a site's configuration TEXT (`key = value` lines, # comments, leading white
 * space continues a value) into *SITE, which setting_defaults has filled. FILE is for messages:
 * "FILE:LINE: …".
 */
struct site;
bool setting_read_site(struct arena *arena, struct span text, const char *file, struct site *site,
                       struct err *e);

#endif
