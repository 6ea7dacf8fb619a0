#ifndef LADLE_CLI_CMD_KEY_H
#define LADLE_CLI_CMD_KEY_H

/* What the commands about keys share. */

#include "cli/cli.h"
#include "flow/keys.h"

/* The keys of DOMAIN (NULL: of all). An error when a domain that was named has none. */
bool cmd_key_load(struct call *call, const char *domain, struct key_entry **keys, size_t *n);
/* "active", "replaced" (a newer one of its algorithm signs), "unusable" (libcrypto lacks its
 * algorithm), "pending", "retired". */
const char *cmd_key_state(const struct key_entry *key);
/* KEY's record as a line of a zone file; long text in several strings, which DNS joins. */
void cmd_key_zone_line(struct buf *out, const struct key_entry *key);
/* When the record of a retired key may go. */
int64_t cmd_key_removable(const struct key_entry *key);

#endif
