#ifndef LADLE_AUTH_REPORT_H
#define LADLE_AUTH_REPORT_H

/* A verdict for programs and for people. */

#include "auth/verdict.h"
#include "base/json.h"

/*
 * As the object's members dkim2 {result, text, provisional, hops[], instances[]} and dkim1
 * [{result, d, s, a, text…}], dmarc and arc (null until they are looked at); results in lower case.
 * Call inside an open object.
 */
void report_json(struct json *j, const struct verdict *v);
/* The story of the message in a few lines. */
void report_text(struct buf *out, const struct verdict *v);

#endif
