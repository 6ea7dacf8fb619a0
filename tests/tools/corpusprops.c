/*
 * corpusprops [-l N] [-t N] [-o FOLDER] [-e N] [-k KEYS] FOLDER…: every message below the
 * folders goes through the lists of the table in corpusprops_lists.h (each, or with -l every
 * Nth, others for the next message), as an author's mail comes to it:
 *
 *   bare     with his DKIM1 signature only, From munged: the list is a new origin
 *   kept     the same where the list lets him stay in From: no DKIM2
 *   signed   with his DKIM2 signature, too: the list continues
 *
 * A message without From is tried with one that is lent to it. Each message is received in
 * its CRLF and in its LF form: that has to be the same octets, or, where there is a CR before
 * a CRLF, the LF form goes through the lists as a message of its own.
 *
 * and every Nth copy (-t, default 1) once more through the same list. Of each must be true:
 *
 *   verify   our verifier passes its DKIM2, our DKIM1 and, where sealed, ARC
 *   undo     undone it is what was received: hashed fields in canonical form, body byte
 *            for byte but for empty lines at its end; the second copy step by step
 *   dkim1    the author's DKIM1 signature verifies: on the copy where the list modifies
 *            nothing and keeps From, and on what is undone to the beginning; so do those
 *            that it came with and that verified then (-k: their key records, TSV)
 *   growth   the edits add no more than the texts of the list and GROWTH bytes
 *
 * A message without one author, or that a list does not take, is named with the
 * reason. So is a copy that cannot be undone, for other reasons than its list's rules.
 * -o keeps every Nth copy (-e) for tests/props/reader.py: NNN.before, NNN.after, a line
 * of FOLDER/index each, and the keys in FOLDER/keys. The last line has the counts; a line
 * for each list comes before. Exits 1 when something was not true.
 */
#include "auth/verify.h"
#include "base/file.h"
#include "flow/copy.h"
#include "rules/filter.h"
#include "rules/revise_anonymous.h"
#include "rules/revise_content.h"
#include "rules/setting.h"
#include "corpusprops_author.h"
#include "corpusprops_lists.h"
#include "corpusprops_spool.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST (4u << 20)
#define GROWTH  2048u /* fields that every list adds, boundaries, encoding */
#define NO_FROM "no From"

struct counts {
	unsigned copies, new_origin, opaque, continued, plain, refused, verified, undone, twice,
		steps, author, untouched, others, others_untouched, failed;
	size_t growth, recipe;
};

/* Set up once by main; nftw has no argument to pass it. */
static struct setup {
	struct site site;
	struct list lists[CONFIGS];
	size_t texts[CONFIGS]; /* bytes of what the list writes, each form of it */
	struct counts counts[CONFIGS];
	unsigned files, crlf, same, own_lf, refused, lent, accepted, dkim2_before, others;
	unsigned kept, every, seen, twice, rounds, thin, next;
	struct context intake; /* no more of it than `receive` needs */
	struct keysource theirs; /* keys of the corpus */
	struct signer author, keys[2];
	struct keyring ring;
	struct keysource source;
	const char *out;
	FILE *index;
} setup;

/* One message on its way through one list. */
struct trip {
	struct arena *arena;
	const char *path, *form;
	bool munge;
	size_t config;
	struct span domain;              /* of the author's signatures; empty: none */
	const struct message *received;  /* as the author sent it */
	unsigned others;                 /* DKIM1 signatures of others that verify on it */
};

static const struct list *list_of(const struct trip *t)
{
	return &setup.lists[t->config];
}

static struct counts *counts_of(const struct trip *t)
{
	return &setup.counts[t->config];
}

static bool complain(const struct trip *t, const char *what, struct span detail)
{
	counts_of(t)->failed++;
	printf("FAILED %s: %s, %s: %s: %.*s\n", t->path, configs[t->config].name, t->form, what,
	       SPAN_FMT(detail));
	return false;
}

static struct txt all_keys(void *self, struct arena *arena, struct span name)
{
	const struct setup *s = self;
	const struct signer *signers[] = { &s->keys[0], &s->keys[1] };
	struct txt out = { .status = TXT_NONE };
	struct span *record = ARENA_NEW(arena, struct span);
	for (size_t i = 0; i < 2; i++) {
		struct span mine = arena_join(arena, signers[i]->selector, SPAN("._domainkey."),
		                              signers[i]->domain, SPAN_END);
		if (span_ieq(mine, name) && key_text(arena, signers[i]->key, record, NULL)) {
			out = (struct txt){ TXT_FOUND, record, 1, false, false };
		}
	}
	/* The author's key answers for whatever domain he has. */
	if (out.status == TXT_NONE && span_istarts(name, SPAN("author._domainkey.")) &&
	    key_text(arena, s->author.key, record, NULL)) {
		out = (struct txt){ TXT_FOUND, record, 1, false, false };
	}
	if (out.status == TXT_NONE && setup.theirs.txt) {
		out = setup.theirs.txt(setup.theirs.self, arena, name);
	}
	return out;
}

static struct span canonical(struct arena *arena, const struct message *m)
{
	struct buf out = BUF_INIT;
	struct canon_header h = canon_dkim2_header(arena, m->fields, m->count);
	canon_dkim2_header_text(&out, &h);
	return buf_move(&out, arena);
}

static struct span without_end(struct span body)
{
	while (span_ends(body, SPAN("\r\n"))) {
		body.n -= 2;
	}
	return body;
}

/* dkim2.md section 4: equal but for trailing empty lines, folding, unhashed fields. */
static bool same_message(const struct trip *t, const char *what, const struct message *now,
                         const struct message *before)
{
	struct span a = canonical(t->arena, now), b = canonical(t->arena, before);
	while (a.n > 0 || b.n > 0) {
		struct span is = span_line(&a), was = span_line(&b);
		if (!span_eq(is, was)) {
			return complain(t, what,
			                arena_join(t->arena, span_trim(is), SPAN(" <- "),
			                           span_trim(was), SPAN_END));
		}
	}
	return span_eq(without_end(now->body), without_end(before->body)) ||
	       complain(t, what, SPAN("body"));
}

static bool undo(const struct trip *t, const struct message *sent, uint64_t to,
                 struct message *out)
{
	struct span text;
	struct err e = { 0 };
	return (dkim2_undo(t->arena, sent, to, &text, &e) &&
	        message_parse(t->arena, text, out, &e)) ||
	       complain(t, "undo", span_str(e.text));
}

/* The revision that V was made of: 0 is what was there before DKIM2. */
static uint64_t before_of(const struct variant *v)
{
	return (uint64_t)(v->recipe.n > 0 ? v->mi - 1 : v->mi_top);
}

static bool is_authors(const struct trip *t, const struct dkim1_result *r)
{
	return t->domain.n > 0 && span_is(r->s, "author") && span_ieq(r->d, t->domain);
}

/* DKIM1 that others than the author and the list signed. */
static unsigned others_passing(const struct trip *t, const struct dkim1_result *r, size_t n)
{
	unsigned passing = 0;
	for (size_t i = 0; i < n; i++) {
		passing += r[i].result == AUTH_PASS && !is_authors(t, &r[i]) &&
		           !span_ieq(r[i].d, setup.ring.domain);
	}
	return passing;
}

/* What verified when it came verifies on M: adds to MINE and OTHERS. */
static void check_authors(const struct trip *t, const struct message *m, unsigned *mine,
                          unsigned *others)
{
	struct dkim1_result *r;
	size_t n, i = 0;
	dkim1_verify(t->arena, m, &setup.source, NOW, &r, &n);
	while (i < n && !is_authors(t, &r[i])) {
		i++;
	}
	if (t->domain.n > 0) {
		if (i < n && r[i].result == AUTH_PASS) {
			++*mine;
		} else {
			complain(t, "author's DKIM1", i < n ? r[i].text : SPAN("not there"));
		}
	}
	unsigned passing = others_passing(t, r, n);
	*others += passing < t->others ? passing : t->others;
	if (passing < t->others) {
		complain(t, "DKIM1 of others", arena_printf(t->arena, "%u of %u", passing, t->others));
	}
}

static bool undoable(const struct variant *v)
{
	return span_is(v->mode, "continue") || span_is(v->mode, "new-origin");
}

static void check_undo(const struct trip *t, const struct message *sent, const struct variant *v)
{
	struct message undone = *sent;
	bool none = list_of(t)->modify == LIST_MODIFY_NONE && !v->munged;
	/* A bare CR or a NUL in the body never goes out, whatever the list says. */
	none = none && !t->received->bare && !t->received->nul;
	if (none) {
		check_authors(t, sent, &counts_of(t)->untouched, &counts_of(t)->others_untouched);
	}
	if (!undoable(v) || (v->recipe.n > 0 && !undo(t, sent, before_of(v), &undone))) {
		return;
	}
	if (same_message(t, "undone differs", &undone, t->received)) {
		counts_of(t)->undone++;
	}
	if (!none) {
		check_authors(t, &undone, &counts_of(t)->author, &counts_of(t)->others);
	}
}

static bool check_verdict(const struct trip *t, const struct message *sent, bool plain,
                          const struct copy_job *job, struct verdict *v)
{
	struct span rcpt = job->rcpt_to;
	struct envelope envelope = { true, job->mail_from, &rcpt, 1 };
	struct verify_options options = { .now = NOW };
	verify_message(t->arena, sent, &envelope, &setup.source, &options, v);
	if (v->dkim2.result != (plain ? AUTH_NONE : AUTH_PASS)) {
		return complain(t, "copy does not verify", v->dkim2.text);
	}
	if (v->ndkim1 == 0 || v->dkim1[0].result != AUTH_PASS) {
		return complain(t, "list's DKIM1", v->ndkim1 ? v->dkim1[0].text : SPAN("none"));
	}
	return !list_of(t)->arc_seal || message_count(t->received, "ARC-Seal") > 0 ||
	       v->arc.result == AUTH_PASS || complain(t, "ARC", v->arc.text);
}

static struct span print_copy(struct arena *arena, struct span header, const struct segments *body)
{
	struct buf out = BUF_INIT;
	buf_add(&out, header);
	for (size_t i = 0; i < body->n; i++) {
		buf_add(&out, body->v[i].bytes);
	}
	return buf_move(&out, arena);
}

/* What the list makes of the message before its own edits; false: it takes it not. */
static bool rewrite(const struct trip *t, struct rewrite *w, struct span *why, struct err *e)
{
	const struct list *list = list_of(t);
	struct filter_result filtered;
	filter_judge(t->arena, list, &w->message, &filtered);
	if (filtered.action > FILTER_STRIP) {
		*why = filtered.reason;
		return false;
	}
	struct edits *x = edit_new(t->arena, &w->message);
	if (filtered.changes) {
		revise_content(x, &filtered, SPAN(POST));
		if (!rewrite_pass(w, x, e)) {
			return false;
		}
	}
	if (!list->anonymous) {
		return true;
	}
	struct anonymous fields = { .arena = t->arena,
		                    .site = &setup.site,
		                    .list = list,
		                    .message_id = SPAN("made@lists.example"),
		                    .now = NOW };
	x = edit_new(t->arena, &w->message);
	revise_anonymous(x, &fields);
	return rewrite_pass(w, x, e);
}

static void check_growth(const struct trip *t, const struct edits *x, const struct variant *v)
{
	size_t before = x->m->raw.n, after = edit_print(x).n;
	size_t growth = after > before ? after - before : 0;
	/* A note in the author's multipart has his boundary around it, however long. */
	struct mime mime;
	bool parts = mime_parse(t->arena, x->m, &mime, NULL);
	size_t own = setup.texts[t->config] + (parts ? 3 * mime.root->boundary.n : 0);
	struct counts *c = counts_of(t);
	c->growth = growth > c->growth ? growth : c->growth;
	c->recipe = v->recipe.n > c->recipe ? v->recipe.n : c->recipe;
	if (growth > own + GROWTH) {
		complain(t, "growth", arena_printf(t->arena, "%zu > %zu + %u", growth, own, GROWTH));
	}
}

static void refuse(const struct trip *t, struct span why)
{
	counts_of(t)->refused++;
	printf("refused %s: %s, %s: %.*s\n", t->path, configs[t->config].name, t->form,
	       SPAN_FMT(why));
}

static bool prepare_copy(const struct trip *t, const struct verdict *verdict, struct rewrite *w,
                         struct variant *v)
{
	struct err e = { 0 };
	struct span why = SPAN("");
	struct edits *x;
	enum auth_result chain = verdict->dkim2.result;
	if (!rewrite(t, w, &why, &e)) {
		refuse(t, why.n > 0 ? why : span_str(e.text));
		return false;
	}
	struct prepare_input in = {
		.site = &setup.site,
		.list = list_of(t),
		.message = &w->message,
		.verdict = verdict,
		.recipient = SPAN(POST),
		.arrived_as = SPAN(POST),
		.arrived_key = true,
		.id = SPAN("test"),
		.number = 7,
		.now = NOW,
		.munge = w->changed || t->munge,
		.as_opaque = w->changed || (chain != AUTH_PASS && chain != AUTH_NONE),
		.nameless = list_of(t)->anonymous,
		.rewrite = w->changed ? w : NULL,
	};
	if (!variant_prepare(t->arena, &in, v, &x, &e)) {
		if (e.class == ERR_BUG) {
			return complain(t, "not prepared", span_str(e.text));
		}
		refuse(t, span_str(e.text));
		return false;
	}
	check_growth(t, x, v);
	if (!undoable(v) && !w->changed && !in.as_opaque && in.munge) {
		printf("%.*s %s: %s, %s: %.*s\n", SPAN_FMT(v->mode), t->path,
		       configs[t->config].name, t->form, SPAN_FMT(v->why));
	}
	return true;
}

#define FIXED(text) { text, sizeof(text) - 1 }
static const struct copy_job job = {
	FIXED("dev+b-token@lists.example"), FIXED(POST),
	FIXED("List-Unsubscribe: <mailto:dev+unsubscribe-x@lists.example>\r\n"), NOW
};

static bool make_copy(const struct trip *t, const struct variant *v, struct message *sent)
{
	struct err e = { 0 };
	struct buf header = BUF_INIT;
	/* RSA, which is slow, for the first list and the seals only. */
	bool both = t->config == 0 || list_of(t)->arc_seal;
	struct keyring ring = setup.ring;
	ring.v += both ? 0 : 1;
	ring.n -= both ? 0 : 1;
	struct copy_press *p = copy_press_new(v, t->received->raw, list_of(t), &ring, &e);
	bool ok = p && copy_header(p, &job, &header, &e) &&
	          message_parse(t->arena, print_copy(t->arena, buf_span(&header), copy_body(p)),
	                        sent, &e);
	buf_free(&header);
	copy_press_free(p);
	return ok || complain(t, "signing", span_str(e.text));
}

static bool keep_file(const char *ending, struct span text)
{
	struct err e;
	char name[300];
	snprintf(name, sizeof(name), "%s/%u.%s", setup.out, setup.kept, ending);
	return file_replace(name, text, 0644, &e);
}

static void keep(const struct trip *t, const struct message *sent, const struct variant *v)
{
	if (setup.out && setup.seen++ % setup.every == 0 && keep_file("before", t->received->raw) &&
	    keep_file("after", sent->raw)) {
		fprintf(setup.index, "%u\t%s\t%s\t%.*s\t%s\n", setup.kept, configs[t->config].name,
		        t->form, SPAN_FMT(v->mode), t->path);
		setup.kept++;
	}
}

/* One round; false when there is no copy that a second list could take. */
static bool round_trip(const struct trip *t, const struct verdict *arrived, struct message *sent,
                       struct variant *v, struct verdict *found)
{
	struct counts *c = counts_of(t);
	struct rewrite w;
	rewrite_begin(&w, t->arena, t->received);
	bool ok = prepare_copy(t, arrived, &w, v);
	rewrite_end(&w);
	if (!ok) {
		return false;
	}
	c->copies++;
	c->new_origin += span_is(v->mode, "new-origin");
	c->opaque += span_is(v->mode, "opaque");
	c->continued += span_is(v->mode, "continue");
	c->plain += span_is(v->mode, "plain");
	if (!make_copy(t, v, sent) || !check_verdict(t, sent, span_is(v->mode, "plain"), &job, found)) {
		return false;
	}
	c->verified++;
	return true;
}

/* The copy comes to the list again: two steps, each undone by itself. */
static void again(const struct trip *first, const struct message *sent, const struct variant *v,
                  const struct verdict *arrived)
{
	struct trip t = *first;
	struct message twice, undone;
	struct variant w;
	struct verdict found;
	t.received = sent;
	t.form = arena_printf(t.arena, "%s, twice", first->form).p;
	if (!round_trip(&t, arrived, &twice, &w, &found)) {
		return;
	}
	counts_of(&t)->twice++;
	t.domain = SPAN("");
	t.others = 0;
	check_undo(&t, &twice, &w);
	if (undoable(v) && undoable(&w) && undo(&t, &twice, before_of(v), &undone) &&
	    same_message(&t, "undone twice differs", &undone, first->received)) {
		counts_of(&t)->steps++;
	}
}

static void through_list(struct trip *t, const struct verdict *arrived)
{
	struct message sent;
	struct variant v;
	struct verdict found;
	if (!round_trip(t, arrived, &sent, &v, &found)) {
		return;
	}
	check_undo(t, &sent, &v);
	keep(t, &sent, &v);
	if (!span_is(v.mode, "plain") && setup.rounds++ % setup.twice == 0) {
		again(t, &sent, &v, &found);
	}
}

static void through_lists(struct trip *t, struct span domain)
{
	struct verdict v;
	struct span rcpt = SPAN(POST);
	struct envelope envelope = { true, arena_join(t->arena, SPAN("a@"), domain, SPAN_END),
		                     &rcpt, 1 };
	struct verify_options options = { .now = NOW };
	verify_message(t->arena, t->received, &envelope, &setup.source, &options, &v);
	if (*t->form == 's' && v.dkim2.result != AUTH_PASS) {
		t->config = 0;
		complain(t, "author's signature does not verify", v.dkim2.text);
		return;
	}
	t->others = others_passing(t, v.dkim1, v.ndkim1);
	setup.others += t->others;
	bool signed_2 = v.dkim2.result == AUTH_PASS;
	const char *form = t->form;
	/* Others for what comes next. */
	size_t first = setup.next++ % setup.thin;
	for (t->config = first; t->config < CONFIGS; t->config += setup.thin) {
		bool munge = list_of(t)->from == LIST_FROM_MUNGE;
		t->form = form;
		t->munge = munge || !signed_2;
		through_list(t, &v);
		if (!munge && v.dkim2.result == AUTH_NONE) {
			t->form = "kept";
			t->munge = false;
			through_list(t, &v);
		}
	}
}

/* Each in an arena of its own: what a list makes is many times the message. */
static void as_author(const char *path, const struct message *m, struct span domain, bool dkim2)
{
	struct arena *arena = arena_new();
	struct err e;
	struct message bare = *m, both;
	struct signer author = setup.author;
	author.domain = domain;
	struct span text = dkim1_signed(arena, m, &author);
	struct trip t = { arena, path, "bare", true, 0, domain, &bare, 0 };
	if (text.n == 0 || !message_parse(arena, text, &bare, &e)) {
		bare = *m;
		t.domain = SPAN("");
		printf("unsigned %s: no signature as %.*s\n", path, SPAN_FMT(domain));
	}
	through_lists(&t, domain);
	if (!dkim2 && (bare.bare || bare.nul)) {
		printf("unsigned %s: no DKIM2 on a bare CR or a NUL\n", path);
		dkim2 = true;
	}
	text = dkim2 || t.domain.n == 0 ? SPAN("") : author_signed(arena, &bare, &author);
	if (text.n > 0 && message_parse(arena, text, &both, &e)) {
		t.form = "signed";
		t.received = &both;
		through_lists(&t, domain);
	}
	arena_free(arena);
}

/* Why no list takes it; empty: it does. */
static struct span unfit(struct arena *arena, struct span text, struct message *m,
                         struct span *domain)
{
	struct mailbox author;
	struct err e = { 0 };
	if (!message_parse(arena, text, m, &e)) {
		return arena_printf(arena, "%s", e.text);
	}
	if (m->count == 0) {
		return SPAN("no header");
	}
	if (span_chr(m->header, '\0') != SPAN_NONE) {
		return SPAN("NUL in the header");
	}
	for (struct span rest = m->header; rest.n > 0;) {
		struct span line = span_line(&rest);
		if (line.n > 1 && span_chr(span_sub(line, 0, line.n - 2), '\r') != SPAN_NONE) {
			return SPAN("bare CR in the header");
		}
	}
	size_t from = message_count(m, "From");
	if (from != 1) {
		return from == 0 ? SPAN(NO_FROM) : arena_printf(arena, "%zu From fields", from);
	}
	if (!addr_single(arena, message_find(m, "From")->value, &author) ||
	    !addr_key(arena, author.addr, domain, NULL)) {
		return SPAN("From names no single author");
	}
	*domain = addr_domain(*domain);
	return SPAN("");
}

static void one_message(struct arena *arena, const char *path, struct span text)
{
	struct message m;
	struct span domain;
	struct span why = unfit(arena, text, &m, &domain);
	if (why.n > 0) {
		setup.refused++;
		printf("refused %s: %.*s\n", path, SPAN_FMT(why));
		/* What is below the header may still be worth a try. */
		text = arena_join(arena, SPAN("From: Anna <anna@author.example>\r\n"), text, SPAN_END);
		if (!span_is(why, NO_FROM) || unfit(arena, text, &m, &domain).n > 0) {
			return;
		}
		path = arena_printf(arena, "%s (From lent)", path).p;
		setup.lent++;
	}
	setup.accepted++;
	bool dkim2 =
		message_count(&m, "DKIM2-Signature") + message_count(&m, "Message-Instance") > 0;
	setup.dkim2_before += dkim2;
	as_author(path, &m, domain, dkim2);
}

static void both_forms(struct arena *arena, const char *path, struct span text)
{
	struct span crlf = received(arena, &setup.intake, crlf_form(arena, text));
	struct span lf = received(arena, &setup.intake, lf_form(arena, text));
	one_message(arena, path, crlf);
	if (span_eq(crlf, lf)) {
		setup.same++;
	} else if (span_find(text, SPAN("\r\r\n")) != SPAN_NONE) {
		setup.own_lf++;
		one_message(arena, arena_printf(arena, "%s (LF)", path).p, lf);
	} else {
		struct trip t = { .arena = arena, .path = path, .form = "LF" };
		complain(&t, "received", SPAN("not as from CRLF"));
	}
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct err e;
	(void)where;
	if (kind == FTW_F && st->st_size <= (off_t)LARGEST && file_read(path, LARGEST, &text, &e)) {
		setup.files++;
		setup.crlf += memmem(text.p, text.n, "\r\n", 2) != NULL;
		both_forms(arena, path, without_records(buf_span(&text)));
	}
	buf_free(&text);
	arena_free(arena);
	return 0;
}

/* Each text may stand in plain and in HTML form, in an encoding that triples it. */
static size_t own_texts(const struct list *l)
{
	return 6 * (l->footer.n + l->header_text.n) +
	       3 * (l->footer_html.n + l->header_html.n + l->subject_tag.n + l->header_add.n);
}

static bool prepare_list(struct arena *arena, size_t which, struct err *e)
{
	struct list *list = &setup.lists[which];
	setting_defaults(arena, SETTING_LIST, list);
	list->local = SPAN("dev");
	list->domain = SPAN("lists.example");
	for (struct span rest = span_str(configs[which].settings); rest.n > 0;) {
		struct span value = span_cut(&rest, '\n'), name = span_trim(span_cut(&value, '='));
		const struct setting *row = setting_find(SETTING_LIST, name);
		if (!row) {
			return err_set(e, ERR_MISUSE, "", "no setting \"%.*s\"", SPAN_FMT(name));
		}
		if (!setting_put(arena, row, span_trim(value), list, e)) {
			return false;
		}
	}
	setup.texts[which] = own_texts(list);
	return true;
}

static bool prepare(struct arena *arena, struct err *e)
{
	setting_defaults(arena, SETTING_SITE, &setup.site);
	setup.site.hostname = setup.site.authserv_id = SPAN("mx.lists.example");
	struct span domain = SPAN("lists.example");
	setup.keys[0] = (struct signer){ domain, SPAN("r1"), pkey_generate(KEY_RSA, 2048, e) };
	setup.keys[1] = (struct signer){ domain, SPAN("e1"), pkey_generate(KEY_ED25519, 0, e) };
	setup.author =
		(struct signer){ SPAN(""), SPAN("author"), pkey_generate(KEY_ED25519, 0, e) };
	setup.ring = (struct keyring){ .domain = domain, .v = setup.keys, .n = 2 };
	setup.source = (struct keysource){ &setup, all_keys, NULL };
	bool ok = setup.keys[0].key && setup.keys[1].key && setup.author.key;
	for (size_t i = 0; i < CONFIGS && ok; i++) {
		ok = prepare_list(arena, i, e);
	}
	return ok;
}

/* Key records for another verifier: name, tab, text; the author's without his domain. */
static bool keep_keys(struct arena *arena, struct err *e)
{
	struct buf out = BUF_INIT;
	const struct signer *all[] = { &setup.keys[0], &setup.keys[1], &setup.author };
	bool ok = true;
	for (size_t i = 0; i < 3 && ok; i++) {
		struct span record;
		ok = key_text(arena, all[i]->key, &record, e);
		buf_printf(&out, "%.*s._domainkey.%.*s\t", SPAN_FMT(all[i]->selector),
		           SPAN_FMT(i < 2 ? all[i]->domain : SPAN("")));
		buf_add(&out, ok ? record : SPAN(""));
		buf_chr(&out, '\n');
	}
	ok = ok && file_replace(arena_printf(arena, "%s/keys", setup.out).p, buf_span(&out), 0644, e);
	setup.index = fopen(arena_printf(arena, "%s/index", setup.out).p, "w");
	buf_free(&out);
	return ok && setup.index;
}

static bool read_keys(struct arena *arena, const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	bool ok = file_read(path, LARGEST, &text, e) &&
	          key_file_source(arena, buf_move(&text, arena), &setup.theirs, e);
	buf_free(&text);
	return ok;
}

static struct counts report(void)
{
	struct counts all = { 0 };
	for (size_t i = 0; i < CONFIGS; i++) {
		const struct counts *c = &setup.counts[i];
		printf("%-13s %u copies: %u new-origin, %u continued, %u opaque, %u plain; %u "
		       "verified, %u undone, %u twice, %u in two steps, author's DKIM1 %u undone "
		       "%u untouched, others' %u undone %u untouched, %u refused, %u failed; growth "
		       "up to %zu, recipe %zu\n",
		       configs[i].name, c->copies, c->new_origin, c->continued, c->opaque, c->plain,
		       c->verified, c->undone, c->twice, c->steps, c->author, c->untouched,
		       c->others, c->others_untouched, c->refused, c->failed, c->growth, c->recipe);
		all.copies += c->copies;
		all.verified += c->verified;
		all.undone += c->undone;
		all.steps += c->steps;
		all.author += c->author;
		all.untouched += c->untouched;
		all.others += c->others;
		all.others_untouched += c->others_untouched;
		all.refused += c->refused;
		all.failed += c->failed;
	}
	return all;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct err e = { 0 };
	const char *keys = NULL;
	setup.every = setup.twice = setup.thin = 1;
	for (int o; (o = getopt(argc, argv, "o:k:e:t:l:")) != -1;) {
		unsigned n = strchr("ok?", o) ? 0 : (unsigned)strtoul(optarg, NULL, 10);
		if (o == 'o') {
			setup.out = optarg;
		} else if (o == 'k') {
			keys = optarg;
		} else if (n > 0) {
			*(o == 'e' ? &setup.every : o == 't' ? &setup.twice : &setup.thin) = n;
		} else {
			return 64;
		}
	}
	if (optind == argc || !prepare(arena, &e) || !prepare_spool(arena, &setup.intake, &e) ||
	    (keys && !read_keys(arena, keys, &e)) || (setup.out && !keep_keys(arena, &e))) {
		fprintf(stderr, "usage: corpusprops [-l N] [-t N] [-o FOLDER] [-e N] [-k KEYS] FOLDER… %s\n",
		        e.text);
		return 64;
	}
	for (int i = optind; i < argc; i++) {
		nftw(argv[i], visit, 16, FTW_PHYS);
	}
	struct counts all = report();
	printf("corpus: %u messages (%u with CRLF), %u accepted (%u with From lent, %u with DKIM2), "
	       "%u refused; %zu lists: %u copies, %u verified, %u undone, %u in two steps, %u "
	       "refused, %u failures\n",
	       setup.files, setup.crlf, setup.accepted, setup.lent, setup.dkim2_before,
	       setup.refused, CONFIGS, all.copies, all.verified, all.undone, all.steps, all.refused,
	       all.failed);
	printf("line ends: %u messages received from LF as from CRLF, %u not the same and tried as "
	       "both\n",
	       setup.same, setup.own_lf);
	printf("DKIM1: the author's verifies on %u copies as they are and on %u undone; of others "
	       "%u verify on arrival, on %u copies as they are, on %u undone\n",
	       all.untouched, all.author, setup.others, all.others_untouched, all.others);
	rmdir(setup.intake.paths.data);
	if (setup.index) {
		fclose(setup.index);
	}
	pkey_free(setup.author.key);
	keys_free(&setup.ring);
	arena_free(arena);
	return all.failed > 0 || all.undone == 0;
}
