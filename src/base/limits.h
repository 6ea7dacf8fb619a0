#ifndef LADLE_BASE_LIMITS_H
#define LADLE_BASE_LIMITS_H

/* Every bound of the program, with its unit. Documented in ladle(1), "Limits". */

#define LIMIT_MESSAGE_HARD (100u * 1024 * 1024)  /* bytes that are ever kept of one message */
#define LIMIT_HEADER       (256u * 1024)         /* bytes of a header */
#define LIMIT_FIELDS       1000u                 /* header fields a message */
#define LIMIT_ADDED_HEADER (32u * 1024)          /* bytes of these for what each copy adds */
#define LIMIT_ADDED_FIELDS 16u                   /* fields of these for the same */
#define LIMIT_PARTS        1000u                 /* MIME parts a message */
#define LIMIT_DEPTH        32u                   /* MIME nesting */
#define LIMIT_ADDRESS      320u                  /* bytes of an address */
#define LIMIT_LOCAL_PART   64u                   /* bytes of a local part that we make */
#define LIMIT_ADDRESSES    5000u                 /* addresses read from one field */
#define LIMIT_COMMENTS     32u                   /* nesting of comments in a field */
#define LIMIT_REPORTED     200u                  /* recipients read from one report */
#define LIMIT_REPORT_TEXT  (64u * 1024)          /* bytes read of what it says to people */
#define LIMIT_RECIPE_OUT   (32u * 1024)          /* bytes of JSON that we write */
#define LIMIT_RECIPE_IN    (256u * 1024)         /* bytes of JSON that we read */
#define LIMIT_RECIPE_STEPS 100000u               /* steps in one recipe that we read */
#define LIMIT_RECIPE_DEPTH 16u                   /* nesting of its JSON */
#define LIMIT_REBUILD      8u                    /* bytes all recipes rebuild, in message sizes */
#define LIMIT_SIGNATURES   50u                   /* signatures, and instances, a message */
#define LIMIT_SETS         8u                    /* hash or signature sets a field */
#define LIMIT_TAGS         64u                   /* tags of one tag list */
#define LIMIT_DNS_LOOKUPS  50u                   /* a message */
#define LIMIT_KEY_RECORD   (16u * 1024)          /* bytes of one TXT record set */
#define LIMIT_LINE_OUT     998u                  /* bytes a line that we write (RFC 5322 2.1.1) */
#define LIMIT_HOPS         50u                   /* Received fields */
#define LIMIT_REGEX_MATCH  1000000u              /* PCRE2 match limit */
#define LIMIT_REGEX_DEPTH  1000u                 /* PCRE2 depth limit */
#define LIMIT_REGEX_HEAP   (4u * 1024)           /* PCRE2 heap limit, kB */
#define LIMIT_RULES        200u                  /* rules of one list, and of the site */
#define LIMIT_RULE_LINE    2000u                 /* bytes of one rule */
#define LIMIT_RULE_DEPTH   32u                   /* nesting of parentheses and nots in it */
#define LIMIT_RULE_TESTS   100u                  /* conditions in it */
#define LIMIT_RULE_TAG     200u                  /* bytes of a tag */
#define LIMIT_RULE_PERIOD  (31 * 86400)          /* seconds that posts are counted for */
#define LIMIT_RULE_BODY    (256u * 1024)         /* bytes of text that rules look at */
#define LIMIT_ATTEMPTS     5u                    /* attempts at one message before it is stuck */
#define LIMIT_CONFIG       (1u * 1024 * 1024)    /* bytes of a configuration file */
#define LIMIT_SETTING      (32u * 1024)          /* bytes of one setting's value */
#define LIMIT_TEMPLATE     (32u * 1024)          /* bytes of a notice's text */
#define LIMIT_KEY_FILE     (64u * 1024)          /* bytes of a private key's file */
#define LIMIT_KEY_SOURCE   (16u * 1024 * 1024)   /* bytes of a file with key records */
#define LIMIT_IMPORT       (1024u * 1024 * 1024) /* bytes of a file of members */
#define LIMIT_REPAIRS      10000                 /* bare CRs and NULs mended in a body */
#define LIMIT_LOG_VALUE    1000u                 /* bytes of one value in the log, then "..." */

#define LIMIT_ATTACHED       (256u * 1024) /* bytes of a held message that moderators get whole */
#define LIMIT_HELD_MAIL_HOUR 100           /* held messages that moderators get mail about */
/* Reports about refused messages within an hour: to one address, one domain, in all. */
#define LIMIT_REFUSALS_ADDRESS 4
#define LIMIT_REFUSALS_DOMAIN  60
#define LIMIT_REFUSALS_SITE    600
#define LIMIT_RETURNED         (100u * 1024) /* bytes of a message that a report returns whole */

#define LIMIT_COMMAND_MS      10000        /* milliseconds a filter command may take */
#define LIMIT_COMMAND_OUT     4096u        /* bytes of its output that are kept, the last ones */
#define LIMIT_RECEIVE_SECONDS 60           /* receive gives up with 75 */
#define LIMIT_SIGNATURE_AGE   (14 * 86400) /* seconds a DKIM2 signature lives */
#define LIMIT_SIGNATURE_AHEAD 86400        /* seconds it may be from the future */
#define LIMIT_BUSY_MS         30000        /* milliseconds to wait for a locked database */
#define LIMIT_PUT_BACK        86400        /* seconds to retry after a DNS failure */

/* Comparing texts line by line; beyond, all that differs is one change. */
#define LIMIT_DIFF_LINES    200000u   /* lines that are looked at one by one */
#define LIMIT_DIFF_DISTANCE 1000u     /* lines that differ */
#define LIMIT_DIFF_WORK     20000000u /* comparisons of two lines */

#endif
