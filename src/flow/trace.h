#ifndef LADLE_FLOW_TRACE_H
#define LADLE_FLOW_TRACE_H

/* "Did X get it?": everything the store knows about one message identifier. */

#include "flow/context.h"
#include "rules/list.h"
#include "store/bounces.h"
#include "store/fanout.h"
#include "store/held.h"
#include "store/inbox.h"
#include "store/outbox.h"

struct trace_post {
	struct post post;
	struct list list;
	struct variant keep, munged, ascii;
	bool has_keep, has_munged, has_ascii;
	struct fan_counts counts;
	struct span made_id;  /* Message-ID that an anonymous list sent; empty: the author's */
	struct member member; /* when an address was asked for */
	bool has_member;
	struct fan_row row;
	bool has_row;
	struct bounce_event *bounces; /* about that member and this post, newest first */
	size_t nbounces;
};

struct trace {
	struct trace_post *posts;
	size_t nposts;
	struct inbox *inbox;
	size_t ninbox;
	struct held *held; /* those the inbox rows point to */
	size_t nheld;
	struct outgoing *letters; /* own mail; newest first */
	size_t nletters;
};

/*
 * MESSAGE_ID with or without brackets, the author's or what an anonymous list has made of
 * it; ADDRESS may be empty.
 */
bool trace_message(struct context *c, struct arena *arena, struct span message_id,
                   struct span address, struct trace *out, struct err *e);

#endif
