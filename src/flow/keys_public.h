#ifndef LADLE_FLOW_KEYS_PUBLIC_H
#define LADLE_FLOW_KEYS_PUBLIC_H

/*
 * The public halves of our keys, in data/keys/DOMAIN/SELECTOR.record, for the station that
 * opens no private ones: it recognizes our own signatures without the DNS. Written when a
 * key is made, and before one signs whose file is missing; never removed, so that mail
 * signed by a retired key is known as long as it is on its way.
 */

#include "flow/keys.h"

/* Write the record of SIGNER, if it is not there. */
bool keys_public_put(struct arena *arena, const struct paths *paths, const struct signer *signer,
                     struct err *e);

/* For keys that were made by hand: the records of RING that are missing. What cannot be
 * written only makes reports wait. */
void keys_public_complete(struct arena *arena, const struct paths *paths,
                          const struct keyring *ring);

/* Our records; of every other name the answer is that nobody knows (TXT_TEMPORARY). In ARENA. */
struct keysource keys_public_source(struct arena *arena, const struct paths *paths);

#endif
