/* From a list of this site to another: see the header. A hand-over's spool name is
 * TIME.0.hPOST.MEMBER; others have a process number, which has no 'h', in its place. */
#include "flow/handover.h"

#include "base/fault.h"
#include "base/folder.h"
#include "flow/spool.h"
#include "rules/route.h"
#include "store/lists.h"

#include <stdio.h>

bool handover_wanted(struct context *c, struct arena *arena, struct span address, bool *is_list,
                     struct err *e)
{
	struct route routes[ROUTE_MAX];
	int64_t id = 0;
	/* The first candidate is the whole address as that of a list. */
	size_t n = route_address(arena, address, site_delimiter(&c->site), routes);
	bool ok = n == 0 || store_list_at(c->store, routes[0].local, routes[0].domain, &id, e);
	*is_list = id != 0;
	return ok;
}

bool handover_put(struct context *c, struct arena *arena, const struct list *from,
                  const struct post *post, int64_t member, const struct copy_job *job,
                  const struct segment *segments, size_t n, struct err *e)
{
	char name[SPOOL_NAME];
	struct span by = route_list(arena, from);
	struct spool_envelope envelope = {
		.mail_from = arena_str(arena, job->mail_from),
		.recipient = arena_str(arena, job->rcpt_to),
		.handed_by = arena_str(arena, by),
	};
	snprintf(name, sizeof(name), "%012llx.0.h%llx.%llx", (unsigned long long)post->received,
	         (unsigned long long)post->id, (unsigned long long)member);
	(void)fault_point("handover-begin");
	bool ok = spool_put(c, segments, n, &envelope, name, e);
	(void)fault_point("handover-spooled");
	return ok;
}

static bool is_ours(struct span name)
{
	span_cut(&name, '.');
	span_cut(&name, '.');
	return span_starts(name, SPAN("h"));
}

bool handover_names(struct arena *arena, const struct context *c, struct span **names, size_t *n,
                    struct err *e)
{
	size_t all, kept = 0;
	if (!folder_names(arena, c->paths.spool_new, SPAN(""), names, &all, e)) {
		return false;
	}
	for (size_t i = 0; i < all; i++) {
		if (is_ours((*names)[i])) {
			(*names)[kept++] = (*names)[i];
		}
	}
	*n = kept;
	return true;
}
