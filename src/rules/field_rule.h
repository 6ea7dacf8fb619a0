#ifndef LADLE_RULES_FIELD_RULE_H
#define LADLE_RULES_FIELD_RULE_H

/* Header fields that a list adds and takes away by its settings. */

#include "base/err.h"
#include "base/mem.h"

/*
 * header-add: lines "Name: template". Misuse when a line is no such field, a name is
 * one that Ladle or the author answers for, or a variable is unknown.
 */
bool field_rule_check_add(struct span text, struct err *e);
/* The next field of REST (which moves behind it) with its template; false at the end. */
bool field_rule_next(struct span *rest, struct span *name, struct span *value);

/*
 * header-remove: names separated by white space or commas; "X-*" for all that begin
 * so. Misuse for what is no name, and for a name that a rule must not take away.
 */
bool field_rule_check_remove(struct span text, struct err *e);
/* Is a field NAME to be taken away by RULE? Never one that the check would refuse. */
bool field_rule_removes(struct span rule, struct span name);

#endif
