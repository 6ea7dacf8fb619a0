#ifndef LADLE_RULES_LIST_H
#define LADLE_RULES_LIST_H

/* What a list and a member are. */

#include "base/span.h"

enum list_from { LIST_FROM_AUTO, LIST_FROM_KEEP, LIST_FROM_MUNGE };
enum list_reply { LIST_REPLY_NONE, LIST_REPLY_LIST, LIST_REPLY_AUTHOR, LIST_REPLY_ADDRESS };
enum list_bare { LIST_BARE_AUTO, LIST_BARE_HOLD, LIST_BARE_ACCEPT, LIST_BARE_REJECT };
enum list_action {
	LIST_ACTION_HOLD,
	LIST_ACTION_ACCEPT,
	LIST_ACTION_REJECT,
	LIST_ACTION_DISCARD,
	LIST_ACTION_CONFIRM /* held; before the moderators the author has to confirm it */
};
enum list_expired { LIST_EXPIRED_DISCARD, LIST_EXPIRED_REJECT };
enum list_notice { LIST_NOTICE_NONE, LIST_NOTICE_MEMBERS, LIST_NOTICE_ALL };
enum list_protected { LIST_PROTECTED_LEAVE, LIST_PROTECTED_WRAP };
enum list_modify { LIST_MODIFY_FULL, LIST_MODIFY_HEADERS, LIST_MODIFY_NONE };
enum list_tag_place { LIST_TAG_ANY, LIST_TAG_FIRST, LIST_TAG_AFTER_REPLY };
enum list_sender { LIST_SENDER_KEEP, LIST_SENDER_LIST };
enum list_eai { LIST_EAI_MUNGE, LIST_EAI_SKIP };
enum list_from_address { LIST_FROM_ADDRESS_LIST, LIST_FROM_ADDRESS_AUTHOR };

enum list_owner_notices { LIST_OWNERS_DAILY, LIST_OWNERS_EACH, LIST_OWNERS_OFF };
enum list_roster { LIST_ROSTER_OFF, LIST_ROSTER_OWNERS };

struct list {
	int64_t id;
	struct span local;  /* local part of the posting address */
	struct span domain; /* lower-case A-labels */
	/* settings, see rules/setting_table.c */
	struct span description;  /* List-Id phrase and List headers */
	struct span language;     /* of notices; empty: the site's */
	struct span subject_tag;  /* "[dev]"; empty: none */
	struct span footer;       /* template; empty: none */
	uint64_t from;            /* enum list_from */
	struct span always_munge; /* author domains, rules/domains.h */
	struct span never_munge;
	uint64_t reply_to;         /* enum list_reply */
	uint64_t unauthenticated;  /* enum list_bare: what a From without proof is worth */
	uint64_t broken_signature; /* enum list_action: a DKIM2 chain that does not verify */
	uint64_t altered;          /* enum list_action: changed on the way by another domain */
	struct span trusted_hops;  /* domains that may change posts, rules/domains.h */
	uint64_t nonmember;        /* enum list_action: posts from others */
	uint64_t moderated;        /* bool: every post is held */
	uint64_t protected_parts; /* enum list_protected: signed or encrypted mail and the footer */
	uint64_t personal_unsubscribe; /* bool: List-Unsubscribe with a token of the member's own */
	uint64_t sign;                 /* bool: DKIM1 and, by mode, DKIM2 signatures of ours */
	uint64_t arc_seal;             /* bool: an ARC set of ours on what we sign */
	uint64_t message_size;         /* bytes; 0: the site's */
	struct span archive_url;
	struct span help_url;
	struct span aliases; /* other posting addresses, separated by commas */
	uint64_t replay;     /* enum list_action: a post whose first signature was seen before */
	/* what is changed in a post; templates with the variables of rules/template.h */
	uint64_t modify;               /* enum list_modify */
	uint64_t subject_tag_place;    /* enum list_tag_place */
	struct span header_text;       /* template */
	struct span footer_html;       /* template of HTML; empty: made of the text */
	struct span header_html;       /* the same */
	uint64_t html_in_place;        /* bool: put them into HTML, too */
	uint64_t other_parts;          /* enum list_protected: what is neither text nor mixed */
	struct span reply_to_address;  /* for LIST_REPLY_ADDRESS */
	struct span from_name;         /* template, display name of a munged From */
	uint64_t from_address;         /* enum list_from_address, in a munged From */
	uint64_t eai;                  /* enum list_eai: copies that need SMTPUTF8 */
	uint64_t sender;               /* enum list_sender */
	struct span header_add;        /* lines "Name: template" */
	struct span header_remove;     /* names, "X-*" for all that begin so */
	struct span archived_at;       /* template of a URL */
	struct span content_filter;    /* rules, rules/filter_rule.h; empty: none */
	uint64_t collapse_alternative; /* bool: of alternatives only the plain text */
	uint64_t drop_html;            /* bool: no HTML where there is plain text */
	uint64_t anonymous;            /* bool: nothing in the header tells who wrote it */
	/* moderation; addresses separated by commas, rules/people.h */
	struct span owners;
	struct span moderators;
	struct span allowed_authors; /* post as if they were members */
	uint64_t moderators_bypass;  /* bool: they are not moderated themselves */
	uint64_t hold_expiry;        /* seconds; 0: never */
	uint64_t hold_expired;       /* enum list_expired */
	uint64_t hold_notice;        /* enum list_notice: which authors learn of it */
	/* who comes and goes, rules/subscribe.h */
	uint64_t subscribe_policy;   /* enum subscribe_policy */
	uint64_t unsubscribe_policy; /* enum unsubscribe_policy */
	uint64_t member_limit;       /* members the list may have; 0: any number */
	uint64_t welcome, goodbye;   /* bool: say so to who comes, to who goes */
	uint64_t owner_notices;      /* enum list_owner_notices */
	uint64_t roster;             /* enum list_roster: who may ask for the members by mail */
	uint64_t reminder;           /* bool: once a year each member is reminded */
	uint64_t advertised;         /* bool: shown by the command lists */
	/* rules about posts */
	struct span rules;          /* text, rules/rule.h */
	uint64_t emergency;         /* bool: only moderators' posts are not held */
	uint64_t moderate_first;    /* posts of an author that are held until he is trusted */
	struct span filter_command; /* words of a command line; empty: none */
	/* of the post at hand, no setting */
	struct span post_tag; /* what rules put before its subject; empty: nothing */
};

/* Digests are a preference that is kept; until they are made, posts come one by one. */
enum member_delivery {
	MEMBER_MAIL,
	MEMBER_NOMAIL,
	MEMBER_DIGEST_MIME,
	MEMBER_DIGEST_PLAIN,
	MEMBER_BOTH
};

enum member_flag {
	MEMBER_NO_SELFCOPY = 1, /* no copy of own posts */
	MEMBER_ACK = 2,         /* a note when an own post was distributed */
	MEMBER_DEDUP = 4,       /* no copy of posts that name the member in To or Cc */
	MEMBER_HIDE = 8,        /* not shown by `who` */
	MEMBER_MODERATED = 16,  /* own posts are held */
};

struct member {
	int64_t id; /* grows; a post goes to the members up to the number at posting time */
	struct span address;  /* canonical form, addr_canonical */
	struct span name;     /* UTF-8, may be empty */
	uint64_t delivery;    /* enum member_delivery */
	int64_t joined;       /* seconds since 1970 */
	int64_t paused;       /* no mail before this time; 0: never asked for */
	uint64_t flags;       /* enum member_flag */
	struct span language; /* of notices; empty: the list's */
};

#endif
