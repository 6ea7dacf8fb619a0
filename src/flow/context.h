#ifndef LADLE_FLOW_CONTEXT_H
#define LADLE_FLOW_CONTEXT_H

/*
 * What every station works with: the site's configuration, where its files are,
 * clock, log, and, when asked for, the store, the resolver and the token secret.
 */

#include "base/env.h"
#include "base/log.h"
#include "net/dns.h"
#include "rules/bounce_class.h"
#include "rules/site.h"
#include "store/db.h"

/* Files of a site, absolute or relative to the working directory; in the context's arena. */
struct paths {
	const char *config;      /* ladle.conf */
	const char *data;        /* data-dir */
	const char *spool_tmp;   /* data/spool/tmp: being received */
	const char *spool_new;   /* data/spool/new: durable, to be processed */
	const char *spool_stuck; /* data/spool/stuck: too many attempts */
	const char *msg;         /* data/msg: message bytes by hash */
	const char *templates; /* template-dir: LANGUAGE/NAME.txt, LIST@DOMAIN/LANGUAGE/NAME.txt */
	const char *keys;      /* data/keys/DOMAIN/SELECTOR.pem */
	const char
		*journal;   /* data/journal: what a worker's relay accepted since its last settle */
	const char *secret; /* data/secret: 32 random octets for tokens */
	const char *db;     /* data/ladle.db */
	const char *lock;   /* data/run.lock */
	const char *wake;   /* data/wake: touched when there is new work */
};

enum context_need {
	CONTEXT_STORE = 1,  /* the database, schema up to date */
	CONTEXT_SECRET = 2, /* data/secret */
	CONTEXT_DNS = 4,    /* resolver */
};

struct context {
	struct arena *arena;
	struct site site;
	struct paths paths;
	struct env env;
	struct log log;
	struct store *store;            /* NULL unless asked for */
	struct span secret;             /* empty unless asked for */
	struct dns *dns;                /* NULL unless asked for */
	struct keysource keys;          /* of dns */
	struct bounce_classes *classes; /* NULL until context_classes */
};

/*
 * Read the configuration CONFIG (NULL: ./ladle.conf, then the compiled-in path),
 * become the owner of the data folder when root runs in a site of somebody else,
 * and open what NEEDS says. NULL with *E on trouble. STATION names the log lines.
 */
struct context *context_open(const char *config, unsigned needs, const char *station,
                             struct err *e);
/* Open more of what NEEDS says (after a fork: each process opens its own). */
bool context_need(struct context *c, unsigned needs, struct err *e);
void context_close(struct context *c);

/* What refusals mean: the site's rules (bounce-classes), then those built in. NULL with *E. */
const struct bounce_classes *context_classes(struct context *c, struct err *e);

/*
 * Make a new site in the folder DIR: ladle.conf (commented defaults), data
 * folders, secret, database. Permanent error when there is a ladle.conf.
 */
bool context_init(const char *dir, struct err *e);

/* Refuse to run with data that others can read: mode of FILE must be 0600 or stricter. */
bool context_private(const char *file, struct err *e);

#endif
