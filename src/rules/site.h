#ifndef LADLE_RULES_SITE_H
#define LADLE_RULES_SITE_H

/* What a site is: the parsed ladle.conf. Filled by rules/setting; constant afterwards. */

#include "base/span.h"

enum site_tls { SITE_TLS_NONE, SITE_TLS_OPPORTUNISTIC, SITE_TLS_REQUIRED };
enum site_delimiter { SITE_DELIMITER_PLUS, SITE_DELIMITER_MINUS };
enum site_log { SITE_LOG_STDERR, SITE_LOG_SYSLOG };

struct site {
	struct span data_dir;            /* data-dir: absolute, or below the folder of ladle.conf */
	struct span hostname;            /* our name in EHLO, Received, message ids */
	struct span authserv_id;         /* authserv-id; empty: hostname */
	struct span trusted_authserv_id; /* trusted-authserv-id: "id, id"; see authres_spf */
	struct span smtp_url;            /* smtp-url: smtp://host:port or smtps://… */
	uint64_t smtp_tls;               /* enum site_tls */
	uint64_t smtp_connections;       /* a worker */
	uint64_t workers;                /* deliver processes; 0: one a core */
	struct span dns_servers;         /* dns-servers: "addr[:port], …"; empty: the system's */
	uint64_t dns_timeout;            /* seconds for one look-up, retries included */
	uint64_t message_size;           /* bytes */
	struct span dkim2_receivers;     /* domains that verify DKIM2, rules/domains.h */
	uint64_t log;                    /* enum site_log */
	uint64_t delimiter;              /* enum site_delimiter */
	struct span language;            /* of notices */
	struct span template_dir;        /* as data_dir */
	uint64_t retry_for;              /* seconds a deferred copy is retried */
	struct span bounce_classes; /* bounce-classes: a file of rules/bounce_class.h, or empty */
	struct span robot;          /* addresses for commands about all lists, or empty */
	struct span rules;          /* text, rules/rule.h; before those of the list */
};

/* The character between a list's name and a command. */
static inline char site_delimiter(const struct site *site)
{
	return site->delimiter == SITE_DELIMITER_MINUS ? '-' : '+';
}

#endif
