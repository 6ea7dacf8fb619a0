/*
 * The walk over the parts. mail/mime reads multiparts; what it leaves closed, attached
 * messages, is opened here, also where somebody has given them a transfer encoding that
 * RFC 2046 5.2.1 forbids: readers decode them all the same.
 *
 * Bounds: LIMIT_PARTS and LIMIT_DEPTH count through attached messages, and all of these
 * together are read at most BUDGET times the size of the message.
 */
#include "rules/filter_tree.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/word.h"

enum {
	BUDGET = 8,
	NAMES_MAX = 32,  /* readings of the file names of one part */
	NAME_KEPT = 500, /* bytes of the one that is shown */
};

struct walk {
	struct arena *arena;
	const struct filter_rules *rules;
	struct filter_tree *out;
	size_t cap;
	uint64_t budget; /* bytes of attached messages that may still be read */
};

/* Where a part is found. */
struct place {
	size_t parent;
	unsigned depth;
	bool root, copied, sealed;
};

static void doubt(struct walk *w, const char *why)
{
	if (!w->out->doubt) {
		w->out->doubt = why;
	}
}

/* --- names ------------------------------------------------------------------ */

struct names {
	struct arena *arena; /* of one part: the readings of all are several times the message */
	struct span v[2 * NAMES_MAX]; /* as they stand, and decoded */
	size_t n;
};

/* Mailers put encoded words into quoted strings, which RFC 2047 forbids and all read. */
static void add_decoded(struct names *names, size_t from)
{
	for (size_t i = from, n = names->n; i < n; i++) {
		struct span text =
			word_decode(names->arena, message_unfold(names->arena, names->v[i]));
		if (!span_eq(text, names->v[i])) {
			names->v[names->n++] = text;
		}
	}
}

/* All of the field counts as parameters: some readers do without a value before them. */
static struct mime_type all_params(struct arena *arena, const struct field *f)
{
	return (struct mime_type){
		.present = true,
		.params = arena_join(arena, SPAN(";"), f->value, SPAN_END),
	};
}

static void add_names(struct walk *w, const struct message *m, const char *field, const char *param,
                      struct names *names)
{
	size_t at = 0;
	for (const struct field *f; (f = message_next(m, span_str(field), &at));) {
		if (span_ifind(f->value, span_str(param)) == SPAN_NONE) {
			continue;
		}
		struct mime_type value = all_params(names->arena, f);
		size_t before = names->n, room = (2 * NAMES_MAX - before) / 2;
		size_t n =
			mime_param_readings(names->arena, &value, param, names->v + before, room);
		if (n == room) {
			doubt(w, "a part has too many file names");
		}
		names->n += n;
		add_decoded(names, before);
	}
}

/* --- one part --------------------------------------------------------------- */

static uint64_t base64_bytes(struct span body)
{
	uint64_t n = 0;
	for (size_t i = 0; i < body.n; i++) {
		n += !ascii_fws(body.p[i]) && body.p[i] != '=';
	}
	return n * 3 / 4;
}

static bool seals(const struct part *p)
{
	return mime_is(&p->type, "multipart", "signed") ||
	       mime_is(&p->type, "multipart", "encrypted");
}

static bool encoded(const struct part *p)
{
	return p->encoding == MIME_QP || p->encoding == MIME_BASE64;
}

static bool attached(const struct part *p)
{
	return mime_is(&p->type, "message", "rfc822") || mime_is(&p->type, "message", "global");
}

/* A header that ends without an empty line: some readers go on behind the line that is no field. */
static bool open_header(const struct part *p)
{
	return p->message.separator.n == 0 && p->body.n > 0;
}

/* A type that cannot be read is taken for text/plain; "text" alone, which old mailers write, is. */
static bool broken_type(const struct part *p)
{
	const struct field *f = message_find(&p->message, "Content-Type");
	struct span rest = f ? span_trim(f->value) : SPAN("text");
	return p->type.broken && !span_iis(span_trim(span_cut(&rest, ';')), "text");
}

static bool several_boundaries(struct walk *w, const struct part *p)
{
	struct span readings[2];
	return mime_param_readings(w->arena, &p->type, "boundary", readings, 2) > 1;
}

/* A multipart, or an attached message. */
static const char *doubt_of_composite(struct walk *w, const struct part *p)
{
	bool multipart = mime_is(&p->type, "multipart", NULL);
	if (multipart && encoded(p)) {
		return "a multipart has a transfer encoding";
	}
	if (multipart && p->boundary.n == 0) {
		return "a multipart has no boundary";
	}
	if (multipart && several_boundaries(w, p)) {
		return "the boundary of a multipart can be read in two ways";
	}
	return (multipart || attached(p)) && p->encoding == MIME_UNKNOWN
	               ? "what holds other parts has an unknown transfer encoding"
	               : NULL;
}

static void look_for_doubt(struct walk *w, const struct filter_part *f)
{
	const struct part *p = f->part;
	const struct message *m = &p->message;
	if (message_count(m, "Content-Type") > 1) {
		doubt(w, "a part has two Content-Type fields");
	} else if (message_count(m, "Content-Transfer-Encoding") > 1) {
		doubt(w, "a part has two Content-Transfer-Encoding fields");
	} else if (f->number > 1 && open_header(p)) { /* that of the post is closed on the copies */
		doubt(w, "the header of a part does not end with an empty line");
	} else if (broken_type(p)) {
		doubt(w, "a Content-Type cannot be read");
	} else {
		const char *why = doubt_of_composite(w, p);
		if (why) {
			doubt(w, why);
		}
	}
}

/* Where file names are; the best known first, which is the one that is shown. */
static const struct {
	const char *field, *param;
} places[] = {
	{ "Content-Disposition", "filename" },
	{ "Content-Type", "name" },
	{ "Content-Type", "filename" },
	{ "Content-Disposition", "name" },
};

static void ask_rules(struct walk *w, struct filter_part *f)
{
	const struct part *p = f->part;
	struct names names = { .n = 0 };
	if (w->rules->n == 0) {
		return;
	}
	names.arena = arena_new();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		add_names(w, &p->message, places[i].field, places[i].param, &names);
	}
	if (names.n > 0) {
		struct span name = word_decode(names.arena, names.v[0]);
		f->name = arena_copy(w->arena, span_sub(name, 0, NAME_KEPT));
	}
	f->size = p->encoding == MIME_BASE64 ? base64_bytes(p->body) : p->body.n;
	look_for_doubt(w, f);
	struct filter_subject_of subject = {
		.type = p->type.type,
		.subtype = p->type.subtype,
		.names = names.v,
		.nnames = names.n,
		.size = f->size,
		.leaf = !p->children,
	};
	f->rule = filter_rule_find(w->rules, &subject);
	arena_free(names.arena);
}

/* --- the walk --------------------------------------------------------------- */

static void visit(struct walk *w, const struct part *p, struct place at);

static void open_attached(struct walk *w, const struct part *p, struct place at)
{
	struct message *m = ARENA_NEW(w->arena, struct message);
	struct mime inner;
	/* A decoded copy costs memory too: all of them together are no larger than the message. */
	uint64_t cost = p->body.n * (uint64_t)(encoded(p) ? BUDGET : 1);
	if (cost > w->budget || at.depth > LIMIT_DEPTH) {
		doubt(w, "attached messages are nested too deep");
		return;
	}
	w->budget -= cost;
	if (!message_parse(w->arena, mime_decode(w->arena, p), m, NULL) ||
	    !mime_parse(w->arena, m, &inner, NULL)) {
		doubt(w, "an attached message cannot be read");
		return;
	}
	if (inner.cut) {
		doubt(w, "an attached message has too many or too deep parts");
	}
	at.root = true;
	at.copied = at.copied || encoded(p);
	visit(w, inner.root, at);
}

static void visit(struct walk *w, const struct part *p, struct place at)
{
	size_t me = w->out->n;
	if (me >= LIMIT_PARTS || at.depth > LIMIT_DEPTH) {
		doubt(w, "the message has too many or too deep parts");
		return;
	}
	struct filter_part *f = ARENA_PUSH(w->arena, w->out->v, w->out->n, w->cap);
	*f = (struct filter_part){
		.part = p,
		.number = me + 1,
		.parent = at.parent,
		.depth = at.depth,
		.root = at.root,
		.copied = at.copied,
		.sealed = at.sealed,
	};
	ask_rules(w, f);
	w->out->v[at.parent].parents = w->out->v[at.parent].parents || me > 0;
	struct place below = {
		.parent = me,
		.depth = at.depth + 1,
		.copied = at.copied,
		.sealed = at.sealed || seals(p),
	};
	for (const struct part *c = p->children; c; c = c->next) {
		visit(w, c, below);
	}
	if (!p->children && attached(p)) {
		open_attached(w, p, below);
	}
}

void filter_tree_read(struct arena *arena, const struct filter_rules *rules,
                      const struct message *m, struct filter_tree *out)
{
	struct mime mime;
	struct walk w = {
		.arena = arena, .rules = rules, .out = out, .budget = BUDGET * (uint64_t)m->raw.n
	};
	*out = (struct filter_tree){ 0 };
	/* A bare CR goes out as a space: what is read here is not what members read. */
	if (m->bare || m->nul) {
		doubt(&w, "the message has a bare CR, a bare LF or a NUL");
	}
	if (!mime_parse(arena, m, &mime, NULL)) {
		doubt(&w, "the message cannot be read");
		return;
	}
	if (mime.cut) {
		doubt(&w, "the message has too many or too deep parts");
	}
	visit(&w, mime.root, (struct place){ .root = true });
}
