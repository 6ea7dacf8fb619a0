#ifndef LADLE_FLOW_BOUNCE_MAIL_H
#define LADLE_FLOW_BOUNCE_MAIL_H

/*
 * Mail about mail that came back: to the member (a probe, warnings, the removal) and to the
 * owners (the circuit breaker). Each goes into the outbox in the caller's transaction. The
 * return address of the first two has a token of its own (BOUNCE_PROOF_OWN), and is where a
 * reply goes.
 */

#include "flow/context.h"
#include "rules/list.h"
#include "store/bounces.h"

enum bounce_mail { BOUNCE_MAIL_PROBE, BOUNCE_MAIL_WARNING, BOUNCE_MAIL_REMOVED };

/* WHAT to MEMBER of LIST, whose standing is ROW's; LAST: his newest event, or NULL. */
bool bounce_mail_member(struct context *c, struct arena *arena, enum bounce_mail what,
                        const struct list *list, const struct member *member,
                        const struct bounce_row *row, const struct bounce_event *last,
                        struct err *e);

/* To the owners of LIST: group G of post SUBJECT. *TOLD: there was somebody to tell. */
bool bounce_mail_alert(struct context *c, struct arena *arena, const struct list *list,
                       const struct bounce_group *g, struct span subject, bool *told,
                       struct err *e);

#endif
