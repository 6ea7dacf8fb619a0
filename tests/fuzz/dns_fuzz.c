/* The reader of DNS messages: any bytes; what it gives lies in the message's size. */
#include "net/dns_reply.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct dns_reply r;
	size_t total = 0;

	dns_reply_read(arena, (struct span){ (const char *)data, size }, &r);
	for (size_t i = 0; i < r.n; i++) {
		total += r.records[i].n;
	}
	if (total > size || (r.status == TXT_FOUND) != (r.n > 0) || r.status == TXT_REFUSED ||
	    (r.alias.n > 0 && r.status != TXT_NONE)) {
		abort();
	}
	arena_free(arena);
	return 0;
}
