#ifndef LADLE_MAIL_ADDR_H
#define LADLE_MAIL_ADDR_H

/*
 * Addresses: mailboxes in fields (RFC 5322 3.4, with its obsolete forms and
 * RFC 6532) and paths of the envelope (RFC 5321 4.1.2, RFC 6531).
 */

#include "mail/message.h"

struct mailbox {
	struct span name; /* display name: unquoted, comments removed, RFC 2047 words as they stand;
	                     may be empty */
	struct span local;  /* local part without quotes and backslashes */
	struct span domain; /* as written, no white space; empty for a bare local part */
	struct span addr; /* "local@domain" as it is written on the wire, local part quoted when it
	                     must be */
	bool quoted;      /* the local part was a quoted string */
	bool in_group;    /* stood inside a group */
};

struct mailboxes {
	struct mailbox *v; /* in the arena */
	size_t n;
	bool group;  /* at least one group, also an empty one */
	bool broken; /* something did not parse; v holds what did */
};

/* All mailboxes of the field value VALUE (folded or not). Never fails: see broken. At most
 * LIMIT_ADDRESSES. */
struct mailboxes addr_parse(struct arena *arena, struct span value);

/*
 * The one author of a From field as the DKIM2 draft, section 11, wants it:
 * exactly one mailbox, no group, not broken, local part not quoted, with a
 * domain. VALUE is the field's value.
 */
bool addr_single(struct arena *arena, struct span value, struct mailbox *out);

/* The one author of M: of its only From, as addr_single. Else *OUT is all zeros. */
bool addr_author(struct arena *arena, const struct message *m, struct mailbox *out);

/*
 * An envelope path: "<local@domain>", "local@domain", "<@route:local@domain>"
 * (route dropped), "<>" or "" (null). Gives the address without brackets in *ADDR
 * (empty for null). Control characters, a space outside quotes, more than
 * LIMIT_ADDRESS bytes, no '@', a domain that is no domain: permanent error.
 * A trailing dot of the domain is dropped. Case is kept.
 */
bool addr_path(struct arena *arena, struct span path, struct span *addr, struct err *e);

/*
 * LOCAL (without quotes and backslashes) and DOMAIN as an address, the local part
 * quoted when it must be (RFC 5321 4.1.2). Without '@' when DOMAIN is empty.
 */
struct span addr_join(struct arena *arena, struct span local, struct span domain);

/* LOCAL without its quotes and backslashes; LOCAL itself when it has none. */
struct span addr_unquote(struct arena *arena, struct span local);

/* Parts of an address: at the last '@'. Both empty when there is none. */
struct span addr_local(struct span addr);
struct span addr_domain(struct span addr);

/*
 * The form under which an address is stored and compared: domain as lower-case
 * A-label, local part kept as is (compare with addr_same). Errors: as addr_path,
 * and the null address.
 */
bool addr_canonical(struct arena *arena, struct span addr, struct span *out, struct err *e);
/* Same mailbox for a list: domains equal as A-labels, local parts equal without regard to ASCII
 * case. */
bool addr_same(struct span a, struct span b);
/*
 * Key for look-ups: the canonical address with its ASCII letters in lower case,
 * the local part quoted only when it must be.
 */
bool addr_key(struct arena *arena, struct span addr, struct span *out, struct err *e);

/*
 * Is ADDR plainly its own key: lower-case ASCII, a dot-atom, a domain of ordinary labels? Quick,
 * for large files; false says nothing.
 */
bool addr_is_plain(struct span addr);

/* A display name and address as field text: atoms, quoted string or RFC 2047 words as needed. NAME
 * is UTF-8. */
struct span addr_format(struct arena *arena, struct span name, struct span addr);

/*
 * "Relaxed match" of the DKIM2 draft: CHILD equals PARENT or is below it,
 * compared as A-labels without regard to case. False for address literals and
 * for anything empty.
 */
bool addr_domain_below(struct span child, struct span parent);

#endif
