#ifndef LADLE_TESTS_MAIL_CORPUS_H
#define LADLE_TESTS_MAIL_CORPUS_H

/* The messages under tests/corpus/mail, for properties that hold for any input. */

#include "base/span.h"

/*
 * Call EACH for every file, first with its bytes as they are, then with every
 * bare LF made CRLF. Returns the number of files; fails the test when there are none.
 */
size_t corpus_each(void (*each)(const char *path, struct span raw));

#endif
