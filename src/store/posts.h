#ifndef LADLE_STORE_POSTS_H
#define LADLE_STORE_POSTS_H

#include "store/db.h"

enum post_state { POST_SENDING, POST_DONE, POST_STUCK };

struct post {
	int64_t id;
	int64_t list;
	int64_t number; /* on its list, from 1 */
	enum post_state state;
	struct span blob; /* the message as received */
	struct span message_id;
	struct span author;
	struct span subject;   /* decoded */
	struct span verdict;   /* JSON */
	struct span reason;    /* why stuck, or why the mode */
	int64_t received;      /* seconds since 1970 */
	int64_t member_max;    /* goes to members with id <= this */
	int64_t cursor;        /* members up to this id are claimed */
	int64_t done;          /* when all was settled; 0 */
	struct span handed_by; /* address of the list of this site that handed it over, or empty */
};

/* A prepared form of a post: From kept (munged false) or munged. What deliver needs, and no more.
 */
struct variant {
	int64_t post;
	bool munged;
	struct span mode; /* egress_name */
	struct span why;
	struct span header;            /* all fields but the signing ones, CRLF */
	struct span body;              /* encoded segments, flow/variant.h */
	struct span recipe;            /* JSON; empty: none */
	struct span body_hash_simple;  /* 32 octets, DKIM2 */
	struct span body_hash_relaxed; /* 32 octets, DKIM1 */
	int64_t mi;                    /* Message-Instance number to add, 0: none */
	int64_t mi_top;                /* m= our signature names, 0: no DKIM2 */
	int64_t hop;                   /* i= of our signature, 0: no DKIM2 */
	bool utf8;                     /* header needs SMTPUTF8 */
	bool ascii;                    /* one made to do without it */
	struct span via;               /* domain of an imaginary hop i=hop-1 (nd=), or empty */
};

/* Number is given by the store: one more than the list's last. */
bool store_post_next_number(struct store *s, int64_t list, int64_t *number, struct err *e);
/* The id that the next post gets, of whatever list, if nobody else adds one before. */
bool store_post_next(struct store *s, int64_t *id, struct err *e);
bool store_post_add(struct store *s, const struct post *p, int64_t *id, struct err *e);
bool store_post_get(struct store *s, struct arena *arena, int64_t id, struct post *out, bool *found,
                    struct err *e);
/* All posts with this identifier, newest first (one a list). */
bool store_post_by_message_id(struct store *s, struct arena *arena, struct span message_id,
                              struct post **out, size_t *n, struct err *e);
/* Those in STATE, oldest first. */
bool store_post_ls(struct store *s, struct arena *arena, enum post_state state, size_t limit,
                   struct post **out, size_t *n, struct err *e);
bool store_post_set_state(struct store *s, int64_t id, enum post_state state, struct span reason,
                          int64_t now, struct err *e);

bool store_variant_add(struct store *s, const struct variant *v, struct err *e);
bool store_variant_get(struct store *s, struct arena *arena, int64_t post, bool munged,
                       struct variant *out, bool *found, struct err *e);
/* The one for a relay without SMTPUTF8. */
bool store_variant_ascii(struct store *s, struct arena *arena, int64_t post, struct variant *out,
                         bool *found, struct err *e);

/*
 * The hashes of first instances (Message-Instance m=1, the h= value without white
 * space) of what LIST distributed, for replays (draft 14.9). Swept: those before BEFORE.
 */
bool store_seen(struct store *s, int64_t list, struct span hashes, bool *seen, struct err *e);
bool store_seen_add(struct store *s, int64_t list, struct span hashes, int64_t now, struct err *e);
bool store_seen_sweep(struct store *s, int64_t before, struct err *e);

/* Domains whose mail was seen to be authentic on this site. */
bool store_domain_signs(struct store *s, struct span domain, bool *known, struct err *e);
bool store_domain_signed(struct store *s, struct span domain, int64_t now, struct err *e);

#endif
