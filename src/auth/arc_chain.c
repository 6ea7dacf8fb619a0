/*
 * The fields of ARC by instance. A field is put in its place by name and i=,
 * wherever in the header it stands. Cost: one pass over the fields.
 */
#include "auth/arc_chain.h"

#include "base/ascii.h"
#include "mail/cfws.h"
#include "mail/taglist.h"

static const char *const part_names[ARC_PARTS] = {
	[ARC_RESULTS] = "ARC-Authentication-Results",
	[ARC_MESSAGE] = "ARC-Message-Signature",
	[ARC_SEAL] = "ARC-Seal",
};

static bool part_of(struct span name, enum arc_part *part)
{
	for (unsigned p = 0; p < ARC_PARTS; p++) {
		if (span_iis(name, part_names[p])) {
			*part = (enum arc_part)p;
			return true;
		}
	}
	return false;
}

static bool take(struct span *s, char c)
{
	*s = cfws_skip(*s);
	if (!s->n || s->p[0] != c) {
		return false;
	}
	*s = cfws_skip(span_from(*s, 1));
	return true;
}

/* "i = N ;" at the start of the value: no tag list stands behind it. */
static struct span results_number(struct span value)
{
	struct span number;
	size_t n = 0;

	if (!take(&value, 'i') || !take(&value, '=')) {
		return SPAN_END;
	}
	while (n < value.n && ascii_digit(value.p[n])) {
		n++;
	}
	number = span_sub(value, 0, n);
	value = span_from(value, n);
	return take(&value, ';') ? number : SPAN_END;
}

/* 0 when F has no number or one that is out of range. */
static unsigned number_of(const struct field *f, enum arc_part part, struct span *cv)
{
	struct span text = SPAN_END;
	struct taglist tags;
	uint64_t i;

	if (part == ARC_RESULTS) {
		text = results_number(f->value);
	} else if (taglist_parse(f->value, 0, &tags, NULL)) {
		const struct tag *tag = taglist_find(&tags, "i");

		text = tag ? tag->value : text;
		tag = taglist_find(&tags, "cv");
		*cv = tag ? tag->value : SPAN_END;
	}
	return text.n <= 2 && span_u64(text, &i) && i <= ARC_SETS ? (unsigned)i : 0;
}

static void set_fault(struct arena *arena, struct arc_chain *c, enum arc_part part, unsigned i,
                      const char *what)
{
	if (c->fault.n) {
		return;
	}
	c->fault = i ? arena_printf(arena, "%s i=%u %s", part_names[part], i, what)
	             : arena_printf(arena, "%s %s", part_names[part], what);
}

static void add(struct arena *arena, struct arc_chain *c, const struct field *f, enum arc_part part)
{
	struct span cv = SPAN_END;
	unsigned i = number_of(f, part, &cv);

	if (!i) {
		set_fault(arena, c, part, 0, "has no valid i=");
		return;
	}
	if (c->v[i].part[part]) {
		set_fault(arena, c, part, i, "is there twice");
		return;
	}
	c->v[i].part[part] = f;
	c->n = i > c->n ? i : c->n;
	if (part == ARC_SEAL) {
		c->v[i].cv = cv;
	}
}

void arc_chain_read(struct arena *arena, const struct field *fields, size_t count,
                    struct arc_chain *out)
{
	enum arc_part part;

	*out = (struct arc_chain){ .n = 0 };
	for (size_t k = 0; k < count; k++) {
		if (part_of(fields[k].name, &part)) {
			out->present = true;
			add(arena, out, &fields[k], part);
		}
	}
	for (unsigned i = 1; i <= out->n; i++) {
		for (unsigned p = 0; p < ARC_PARTS; p++) {
			if (!out->v[i].part[p]) {
				set_fault(arena, out, (enum arc_part)p, i, "is missing");
			}
		}
	}
}

bool arc_chain_ended(const struct arc_chain *c)
{
	return span_is(c->v[c->n].cv, "fail");
}

void arc_chain_hash(struct hash *hash, const struct arc_link *set, bool with_seal)
{
	struct buf text = BUF_INIT;

	for (unsigned p = 0; p < (with_seal ? ARC_PARTS : ARC_SEAL); p++) {
		canon_field(&text, CANON_RELAXED, set->part[p], false);
	}
	hash_add(hash, buf_span(&text));
	buf_free(&text);
}
