#ifndef LADLE_RULES_DOMAINS_H
#define LADLE_RULES_DOMAINS_H

/*
 * Lists of domains as settings have them: separated by spaces or commas, each meaning
 * itself and all below it; "yahoo.*" means yahoo under any suffix, and all below.
 */

#include "base/span.h"

/* Is TEXT such a list (or empty)? U-labels are fine. */
bool domains_valid(struct span text);
/* Is DOMAIN in the list TEXT? Letter case and A- or U-labels make no difference. */
bool domains_have(struct span text, struct span domain);

#endif
