/*
 * editcost [-v] [-t] FOLDER…: what the usual edits of a list (subject tag, footer, list fields)
 * cost on every message below the folders that has one author, once with his From kept and once
 * with From munged. A line for each of these and each kind of message,
 *
 *     from=kept kind=plain n=N median=BYTES max=BYTES limit=BYTES over=N us=MICROSECONDS
 *
 * kind: of text/plain and of multipart/mixed, where the footer is put in place, and of those
 * that are wrapped. median, max: the Message-Instance field with its recipe. over: how many
 * are longer than the limit and what the recipe has to bring back beyond a Subject of
 * ordinary length: a long one, the fields of another list, a munged From. us, with -t: processor time of the
 * median message, for the edits, the new header and the recipe. -v names those that are longer
 * than the limit. Exits 1 when one is over it.
 */
#include "auth/dkim2.h"
#include "auth/recipe.h"
#include "base/file.h"
#include "mail/mime.h"
#include "rules/revise.h"
#include "rules/setting.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NOW     1795800000
#define POST    "dev@lists.example"
#define LARGEST (4u << 20)
#define OWN      80u
#define FROM     100u /* for "from" and what it was, where it is munged */
#define OVERHEAD 24u /* {"reply-to":[{"d":[""]}]} */
#define AT_LEAST 2e-3 /* seconds that one message is edited over and over */

enum kind { PLAIN, MIXED, WRAPPED, KINDS };

static const struct {
	const char *name;
	size_t limit;
} kinds[KINDS] = { { "plain", 500 }, { "mixed", 500 }, { "wrapped", 700 } };

struct sample {
	size_t bytes;
	double seconds;
};

struct samples {
	struct sample *v;
	size_t n, cap, over;
};

/* Set up once by main; nftw has no argument to pass it. */
static struct setup {
	struct arena *arena;
	struct site site;
	struct list list;
	bool verbose, timed;
	struct samples of[2][KINDS]; /* From kept, munged */
} setup;

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Edits and recipe, as for a post; NULL: the list does not take it. */
static struct edits *edit(struct arena *arena, const struct message *m,
                          const struct mailbox *author, bool munge, struct span *recipe)
{
	struct err e = { 0 };
	struct revise r = {
		.arena = arena,
		.site = &setup.site,
		.list = &setup.list,
		.message = m,
		.author = *author,
		.has_author = true,
		.recipient = SPAN(POST),
		.id = SPAN("test"),
		.munge = munge,
		.number = 7,
		.now = NOW,
	};
	struct edits *x = edit_new(arena, m);
	if (revise_all(x, &r, &e) && edit_finish(x, &e) && recipe_make(arena, x, recipe, &e)) {
		return x;
	}
	if (setup.verbose) {
		printf("refused: %s\n", e.text);
	}
	return NULL;
}

static size_t instance_bytes(const struct edits *x, struct span recipe)
{
	struct arena *arena = arena_new();
	struct message m;
	struct digest hash;
	struct buf out = BUF_INIT;
	struct segments body = edit_segments(x);
	struct dkim2_base base = { .m = 2, .signs_m = 2, .i = 2, .recipe = recipe };
	size_t n = 0;
	if (message_parse(arena, edit_header(x), &m, NULL)) {
		struct canon_header h = canon_dkim2_header(arena, m.fields, m.count);
		canon_segments_hash(CANON_SIMPLE, HASH_SHA256, &body, &base.body_hash);
		canon_dkim2_header_hash(HASH_SHA256, &h, &hash);
		dkim2_instance(&base, &hash, &out);
		n = out.n;
	}
	buf_free(&out);
	arena_free(arena);
	return n;
}

static enum kind kind_of(struct arena *arena, const struct edits *x)
{
	struct message now;
	struct mime before, after;
	if (!mime_parse(arena, x->m, &before, NULL) ||
	    !message_parse(arena, edit_print(x), &now, NULL) ||
	    !mime_parse(arena, &now, &after, NULL)) {
		return WRAPPED;
	}
	if (before.root->boundary.n == 0 && after.root->boundary.n == 0) {
		return PLAIN;
	}
	return span_eq(before.root->boundary, after.root->boundary) ? MIXED : WRAPPED;
}

static size_t limit_of(enum kind kind, bool munge)
{
	return kinds[kind].limit + (munge ? FROM : 0);
}

/*
 * What the recipe brings back beyond OWN octets of the fields that change: base64 of JSON,
 * and base64 before that where it is no UTF-8.
 */
static size_t beyond(const struct edits *x)
{
	size_t bytes = 0;
	for (size_t i = 0; i < x->m->count; i++) {
		const struct field *f = &x->m->fields[i];
		bool back = !edit_field_kept(x, i) && !canon_dkim2_unhashed(f->name);
		bytes += back ? f->value.n + (span_ieq(f->name, SPAN("Subject")) ? 0 : OVERHEAD) : 0;
	}
	return bytes > OWN ? (bytes - OWN) * 2 : 0;
}

/* Seconds that one message takes. */
static double time_of(const struct message *m, const struct mailbox *author, bool munge)
{
	double start = seconds(), took;
	unsigned n = 0;
	do {
		struct arena *arena = arena_new();
		struct span recipe;
		edit(arena, m, author, munge, &recipe);
		arena_free(arena);
		n++;
		took = seconds() - start;
	} while (took < AT_LEAST);
	return took / n;
}

static void measure(const char *path, const struct message *m, const struct mailbox *author,
                    bool munge)
{
	struct arena *arena = arena_new();
	struct span recipe;
	struct edits *x = edit(arena, m, author, munge, &recipe);
	if (x) {
		enum kind kind = kind_of(arena, x);
		struct samples *s = &setup.of[munge][kind];
		struct sample sample = { instance_bytes(x, recipe),
			                 setup.timed ? time_of(m, author, munge) : 0 };
		size_t limit = limit_of(kind, munge);
		bool over = sample.bytes > limit + beyond(x);
		s->over += over;
		*ARENA_PUSH(setup.arena, s->v, s->n, s->cap) = sample;
		if ((setup.verbose && sample.bytes > limit) || over) {
			printf("%s %s: %s, %zu bytes, up to %zu of them for long or other fields\n",
			       over ? "OVER" : "long", path, kinds[kind].name, sample.bytes, beyond(x));
		}
	}
	arena_free(arena);
}

static struct span crlf_form(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r')) {
			buf_chr(&out, '\r');
		}
		buf_chr(&out, text.p[i]);
	}
	return buf_move(&out, arena);
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct arena *arena = arena_new();
	struct buf bytes = BUF_INIT;
	struct message m;
	struct mailbox author;
	struct err e;
	(void)where;
	if (kind == FTW_F && st->st_size <= (off_t)LARGEST && file_read(path, LARGEST, &bytes, &e)) {
		struct span text = buf_span(&bytes);
		if (span_starts(text, SPAN("From "))) {
			span_line(&text);
		}
		if (message_parse(arena, crlf_form(arena, text), &m, &e) && m.count > 0 &&
		    addr_author(arena, &m, &author)) {
			measure(path, &m, &author, false);
			measure(path, &m, &author, true);
		}
	}
	buf_free(&bytes);
	arena_free(arena);
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	return (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static int by_seconds(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

static size_t report(bool munge, enum kind kind)
{
	struct samples *s = &setup.of[munge][kind];
	printf("from=%s kind=%s n=%zu", munge ? "munged" : "kept", kinds[kind].name, s->n);
	if (s->n > 0) {
		qsort(s->v, s->n, sizeof(*s->v), by_bytes);
		printf(" median=%zu max=%zu limit=%zu over=%zu", s->v[s->n / 2].bytes,
		       s->v[s->n - 1].bytes, limit_of(kind, munge), s->over);
		qsort(s->v, s->n, sizeof(*s->v), by_seconds);
		if (setup.timed) {
			printf(" us=%.1f", s->v[s->n / 2].seconds * 1e6);
		}
	}
	putchar('\n');
	return s->over;
}

static bool prepare(struct err *e)
{
	static const char *const wanted[][2] = {
		{ "subject-tag", "[dev]" },
		{ "footer", "--------\\nThe list, https://lists.example/" },
		{ "protected-parts", "wrap" },
		{ "other-parts", "wrap" },
	};
	setting_defaults(setup.arena, SETTING_SITE, &setup.site);
	setup.site.hostname = setup.site.authserv_id = SPAN("mx.lists.example");
	setting_defaults(setup.arena, SETTING_LIST, &setup.list);
	setup.list.local = SPAN("dev");
	setup.list.domain = SPAN("lists.example");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		const struct setting *row = setting_find(SETTING_LIST, span_str(wanted[i][0]));
		if (!row || !setting_put(setup.arena, row, span_str(wanted[i][1]), &setup.list, e)) {
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	size_t over = 0, n = 0;
	setup.arena = arena_new();
	for (int o; (o = getopt(argc, argv, "tv")) != -1;) {
		setup.timed = setup.timed || o == 't';
		setup.verbose = setup.verbose || o == 'v';
		optind = o == '?' ? argc : optind;
	}
	if (optind >= argc || !prepare(&e)) {
		fprintf(stderr, "usage: editcost [-v] [-t] FOLDER… %s\n", e.text);
		return 64;
	}
	for (int i = optind; i < argc; i++) {
		nftw(argv[i], visit, 16, FTW_PHYS);
	}
	for (int munge = 0; munge < 2; munge++) {
		for (enum kind kind = PLAIN; kind < KINDS; kind++) {
			over += report(munge, kind);
			n += setup.of[munge][kind].n;
		}
	}
	arena_free(setup.arena);
	return over > 0 || n == 0;
}
