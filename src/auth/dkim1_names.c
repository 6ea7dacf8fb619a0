/*
 * What our signatures cover is a table. Fields that a reader sees or answers to
 * are named once more than they are there, so that none can be added.
 */
#include "auth/dkim1_write.h"

static const char *const oversigned[] = {
	"From",
	"Subject",
	"Date",
	"To",
	"Cc",
	"Reply-To",
	"Message-ID",
	"Sender",
	"In-Reply-To",
	"References",
	"MIME-Version",
	"Content-Type",
	"Content-Transfer-Encoding",
	"Content-Disposition",
	"List-Id",
	"List-Unsubscribe",
	"List-Unsubscribe-Post",
};

/* Signed when there; a name that ends in '-' is a prefix. */
static const char *const present[] = {
	"Content-",
	"List-",
	"Resent-",
};

static bool is_present_name(struct span name)
{
	for (size_t i = 0; i < sizeof(oversigned) / sizeof(oversigned[0]); i++) {
		if (span_iis(name, oversigned[i])) {
			return false; /* named already */
		}
	}
	for (size_t i = 0; i < sizeof(present) / sizeof(present[0]); i++) {
		struct span want = span_str(present[i]);

		if (span_ends(want, SPAN("-")) ? span_istarts(name, want) : span_ieq(name, want)) {
			return true;
		}
	}
	return false;
}

/*
 * Mail that is on a list by now. To an author's mail the list fields will still be
 * added, so there they must not be signed as absent.
 */
static bool on_a_list(const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_iis(fields[i].name, "List-Id")) {
			return true;
		}
	}
	return false;
}

/* One ARC set serves copies that differ in these. */
static bool is_personal(struct span name)
{
	return span_istarts(name, SPAN("List-Unsubscribe"));
}

/* Earlier signatures: RFC 8617 4.1.2 wants them covered. */
static bool is_of_arc(struct span name)
{
	return span_iis(name, "DKIM-Signature");
}

struct dkim1_names dkim1_names(struct arena *arena, const struct field *fields, size_t count,
                               enum dkim1_kind kind)
{
	bool listed = on_a_list(fields, count), arc = kind == DKIM1_ARC_MESSAGE;
	struct dkim1_names h = { NULL, 0 };
	size_t cap = 0;

	for (size_t k = 0; k < sizeof(oversigned) / sizeof(oversigned[0]); k++) {
		struct span name = span_str(oversigned[k]);

		if ((span_starts(name, SPAN("List-")) && !listed) || (arc && is_personal(name))) {
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			if (span_ieq(fields[i].name, name)) {
				*ARENA_PUSH(arena, h.v, h.n, cap) = name;
			}
		}
		*ARENA_PUSH(arena, h.v, h.n, cap) = name;
	}
	for (size_t i = 0; i < count; i++) {
		struct span name = fields[i].name;
		bool covered = is_present_name(name) && !(arc && is_personal(name));

		if (covered || (arc && is_of_arc(name))) {
			*ARENA_PUSH(arena, h.v, h.n, cap) = name;
		}
	}
	return h;
}
