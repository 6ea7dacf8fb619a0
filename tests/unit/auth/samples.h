#ifndef LADLE_TESTS_AUTH_SAMPLES_H
#define LADLE_TESTS_AUTH_SAMPLES_H

/* Files under tests/corpus, for the tests of auth/. */

#include "auth/key.h"
#include "mail/message.h"

/* The file tests/corpus/NAME. */
struct span sample_file(struct arena *arena, const char *name);
/* TEXT with CRLF line ends. */
struct span sample_crlf(struct arena *arena, struct span text);
/* RAW parsed; the test fails when it cannot be. */
struct message sample_parse(struct arena *arena, struct span raw);
/* The key source that tests/corpus/NAME describes. */
struct keysource sample_keys(struct arena *arena, const char *name);
/* BASE64 decoded. */
struct span sample_unbase64(struct arena *arena, const char *base64);

#endif
