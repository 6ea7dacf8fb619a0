#ifndef LADLE_MAIL_DOWNGRADE_H
#define LADLE_MAIL_DOWNGRADE_H

/*
 * One field in ASCII, for a copy that has to go where there is no SMTPUTF8 (RFC 6531). What
 * a field is follows from its name; the forms are those of RFC 6857 section 3, and of RFC
 * 6858 section 2 where that one has nothing:
 *
 *   texts            RFC 2047 words, only from the first word that needs it to the last;
 *                    what is not UTF-8 in the character set "unknown-8bit" (RFC 1428)
 *   To, Cc, …        domains in A-labels, names in words; a local part that is not ASCII
 *                    makes its mailbox an empty group whose name says both
 *   Reply-To, …      the same, but nobody can answer such a mailbox: it is left out, and
 *                    the field with it when no other is there
 *   In-Reply-To, …   without the identifiers that are not ASCII
 *   Content-*        parameters as RFC 2231 has them
 *   Received, …      '?' for what is not ASCII
 *   signatures       are left out: they could not verify
 */

#include "mail/message.h"

/*
 * F, whose value is not all ASCII, in ASCII. *OUT: the complete field, folded, with CRLF; empty
 * when it is to be left out. False (permanent) when there is no such form: in Message-ID, in
 * a boundary, in the fields of DKIM2.
 */
bool downgrade_field(struct arena *arena, const struct field *f, struct span *out, struct err *e);

#endif
