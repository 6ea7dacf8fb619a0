/*
 * corpusundo FOLDER…: every message below the folders goes through what a list
 * does to a post, with subject tag, footer, list fields and munged From all on:
 *
 *   as it came      new-origin (or opaque, when it has DKIM2 fields of its own)
 *   signed first    by the author's domain with DKIM2, so that it continues
 *
 * Each resulting copy must verify (DKIM1 and DKIM2, keys at hand, envelope
 * given), and undone must equal what was received: header fields that are hashed
 * in canonical form, body byte for byte but for empty lines at its end.
 *
 * Prints one line: "corpus: N messages, N accepted, N new-origin, N opaque, N
 * continued, N undone, N verified". Exits 1 when a copy fails, after naming file and reason.
 */
#include "auth/verify.h"
#include "base/file.h"
#include "flow/copy.h"
#include "rules/setting.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW     1795800000
#define LARGEST (4u << 20)

static struct tally {
	unsigned files, unreadable, accepted, new_origin, opaque, continued, undone, verified,
		failed;
} tally;

/* Set once by main, read by the walk: nftw has no argument to pass it. */
static struct setup {
	struct site site;
	struct list list;
	struct signer author[1], keys[2];
	struct keyring ring;
	struct keysource source;
} setup;

static void complain(const char *path, const char *what, struct span detail)
{
	tally.failed++;
	printf("%s: %s: %.*s\n", path, what, SPAN_FMT(detail));
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
	    key_text(arena, s->author[0].key, record, NULL)) {
		out = (struct txt){ TXT_FOUND, record, 1, false, false };
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
static void check_undo(struct arena *arena, const char *path, const struct message *sent,
                       const struct message *received, uint64_t to)
{
	struct span text;
	struct message undone;
	struct err e = { 0 };
	if (!dkim2_undo(arena, sent, to, &text, &e) || !message_parse(arena, text, &undone, &e)) {
		complain(path, "undo", span_str(e.text));
	} else if (!span_eq(canonical(arena, &undone), canonical(arena, received))) {
		complain(path, "undone header differs", canonical(arena, &undone));
	} else if (!span_eq(without_end(undone.body), without_end(received->body))) {
		complain(path, "undone body differs", SPAN(""));
	} else {
		tally.undone++;
	}
}

static void check_verdict(struct arena *arena, const char *path, const struct message *sent,
                          const struct copy_job *job)
{
	struct span rcpt = job->rcpt_to;
	struct envelope envelope = { true, job->mail_from, &rcpt, 1 };
	struct verdict v;
	verify_message(arena, sent, &envelope, &setup.source, &(struct verify_options){ .now = NOW }, &v);
	if (v.dkim2.result != AUTH_PASS) {
		complain(path, "copy does not verify", v.dkim2.text);
	} else if (v.ndkim1 == 0 || v.dkim1[0].result != AUTH_PASS) {
		complain(path, "copy's DKIM1 does not verify",
		         v.ndkim1 ? v.dkim1[0].text : SPAN("none"));
	} else {
		tally.verified++;
	}
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

static void check_copy(struct arena *arena, const char *path, const struct message *received,
                       const struct variant *v)
{
	struct err e = { 0 };
	struct message sent;
	struct buf header = BUF_INIT;
	struct copy_job job = {
		SPAN("dev+b-token@lists.example"), SPAN("member@example.net"),
		SPAN("List-Unsubscribe: <mailto:dev+unsubscribe-x@lists.example>\r\n"), NOW
	};
	struct copy_press *p = copy_press_new(v, received->raw, &setup.list, &setup.ring, &e);
	if (!p || !copy_header(p, &job, &header, &e)) {
		complain(path, "signing", span_str(e.text));
	} else if (!message_parse(arena, print_copy(arena, buf_span(&header), copy_body(p)), &sent,
	                          &e)) {
		complain(path, "copy does not parse", span_str(e.text));
	} else {
		check_verdict(arena, path, &sent, &job);
		if (v->recipe.n > 0) {
			check_undo(arena, path, &sent, received, (uint64_t)v->mi - 1);
		}
	}
	buf_free(&header);
	copy_press_free(p);
}

static void through_list(struct arena *arena, const char *path, const struct message *m,
                         const struct verdict *verdict)
{
	struct variant v;
	struct err e = { 0 };
	struct prepare_input in = {
		.site = &setup.site,
		.list = &setup.list,
		.message = m,
		.verdict = verdict,
		.recipient = SPAN("dev@lists.example"),
		.id = SPAN("test"),
		.number = 7,
		.now = NOW,
		.munge = true,
		.as_opaque =
			verdict->dkim2.result != AUTH_PASS && verdict->dkim2.result != AUTH_NONE,
	};
	if (!variant_prepare(arena, &in, &v, NULL, &e)) {
		complain(path, "not prepared", span_str(e.text));
		return;
	}
	tally.new_origin += span_is(v.mode, "new-origin");
	tally.opaque += span_is(v.mode, "opaque");
	tally.continued += span_is(v.mode, "continue");
	check_copy(arena, path, m, &v);
}

static struct span author_signed(struct arena *arena, const struct message *m, struct span domain)
{
	struct err e = { 0 };
	struct buf instance = BUF_INIT, out = BUF_INIT;
	struct digest hash;
	struct dkim2_base base = { 0 };
	struct span rcpt = SPAN("dev@lists.example");
	struct dkim2_envelope envelope = { arena_join(arena, SPAN("a@"), domain, SPAN_END),
		                           &rcpt,
		                           1,
		                           SPAN(""),
		                           SPAN(""),
		                           NOW - 60,
		                           SPAN_END };
	struct canon_header h = canon_dkim2_header(arena, m->fields, m->count);
	setup.author[0].domain = domain;
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m->body, &base.body_hash);
	canon_dkim2_header_hash(HASH_SHA256, &h, &hash);
	struct dkim2_prefix *prefix = NULL;
	if (dkim2_next(m->fields, m->count, SPAN_END, false, &base, &e)) {
		dkim2_instance(&base, &hash, &instance);
		prefix = dkim2_prefix_new(arena, m->fields, m->count, buf_span(&instance),
		                          setup.author, 1, &e);
	}
	if (!prefix || !dkim2_signature(&base, prefix, setup.author, 1, &envelope, &out, &e)) {
		buf_clear(&out);
	} else {
		buf_add(&out, buf_span(&instance));
		buf_add(&out, m->header);
		buf_str(&out, span_ends(m->header, SPAN("\r\n")) ? "" : "\r\n");
		buf_str(&out, "\r\n");
		buf_add(&out, m->body);
	}
	dkim2_prefix_free(prefix);
	buf_free(&instance);
	return buf_move(&out, arena);
}

/* The same message, signed by its author: the list continues the chain. */
static void as_signed(struct arena *arena, const char *path, const struct message *m,
                      const struct mailbox *author)
{
	struct message signed_m;
	struct verdict v;
	struct span domain, rcpt = SPAN("dev@lists.example");
	struct err e;
	if (!addr_key(arena, author->addr, &domain, NULL)) {
		return;
	}
	domain = addr_domain(domain);
	struct span text = author_signed(arena, m, domain);
	struct envelope envelope = { true, arena_join(arena, SPAN("a@"), domain, SPAN_END), &rcpt,
		                     1 };
	if (text.n == 0 || !message_parse(arena, text, &signed_m, &e)) {
		return;
	}
	verify_message(arena, &signed_m, &envelope, &setup.source, &(struct verify_options){ .now = NOW }, &v);
	if (v.dkim2.result != AUTH_PASS) {
		complain(path, "author's signature does not verify", v.dkim2.text);
		return;
	}
	through_list(arena, path, &signed_m, &v);
}

static struct span wire_form(struct arena *arena, struct span text)
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

/* "Accepted": a header, and a From that names one author; the rest is held by the rules. */
static void one_message(struct arena *arena, const char *path, struct span text)
{
	struct message m;
	struct mailbox author;
	struct verdict none = { 0 };
	struct err e;
	if (span_starts(text, SPAN("From "))) {
		span_line(&text);
	}
	const struct field *from = NULL;
	if (message_parse(arena, text, &m, &e)) {
		from = message_find(&m, "From");
	}
	bool broken = span_chr(m.header, '\0') != SPAN_NONE;
	for (struct span rest = m.header; rest.n > 0 && !broken;) {
		struct span line = span_line(&rest);
		broken = span_chr(span_sub(line, 0, line.n - 2), '\r') != SPAN_NONE;
	}
	if (broken || !from || message_count(&m, "From") != 1 ||
	    !addr_single(arena, from->value, &author)) {
		tally.unreadable++;
		return;
	}
	tally.accepted++;
	bool dkim2 =
		message_count(&m, "DKIM2-Signature") + message_count(&m, "Message-Instance") > 0;
	none.dkim2.result = dkim2 ? AUTH_FAIL : AUTH_NONE;
	through_list(arena, path, &m, &none);
	if (!dkim2) {
		as_signed(arena, path, &m, &author);
	}
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct err e;
	(void)where;
	if (kind == FTW_F && st->st_size <= (off_t)LARGEST && file_read(path, LARGEST, &text, &e)) {
		tally.files++;
		one_message(arena, path, wire_form(arena, buf_span(&text)));
	}
	buf_free(&text);
	arena_free(arena);
	return 0;
}

static bool put(struct arena *arena, const char *name, const char *value, struct err *e)
{
	return setting_put(arena, setting_find(SETTING_LIST, span_str(name)), span_str(value),
	                   &setup.list, e);
}

static bool prepare(struct arena *arena, struct err *e)
{
	setting_defaults(arena, SETTING_SITE, &setup.site);
	setting_defaults(arena, SETTING_LIST, &setup.list);
	setup.site.hostname = setup.site.authserv_id = SPAN("mx.lists.example");
	setup.list.local = SPAN("dev");
	setup.list.domain = SPAN("lists.example");
	setup.keys[0] =
		(struct signer){ setup.list.domain, SPAN("r1"), pkey_generate(KEY_RSA, 2048, e) };
	setup.keys[1] =
		(struct signer){ setup.list.domain, SPAN("e1"), pkey_generate(KEY_ED25519, 0, e) };
	setup.author[0] =
		(struct signer){ SPAN(""), SPAN("author"), pkey_generate(KEY_ED25519, 0, e) };
	setup.ring = (struct keyring){ .domain = setup.list.domain, .v = setup.keys, .n = 2 };
	setup.source = (struct keysource){ &setup, all_keys, NULL };
	return setup.keys[0].key && setup.keys[1].key && setup.author[0].key &&
	       put(arena, "subject-tag", "[dev]", e) && put(arena, "from", "munge", e) &&
	       put(arena, "footer", "--------\\nThe list, https://lists.example/", e) &&
	       put(arena, "protected-parts", "wrap", e);
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct err e = { 0 };
	if (argc < 2 || !prepare(arena, &e)) {
		fprintf(stderr, "usage: corpusundo FOLDER… %s\n", e.text);
		return 64;
	}
	for (int i = 1; i < argc; i++) {
		nftw(argv[i], visit, 16, FTW_PHYS);
	}
	printf("corpus: %u messages, %u accepted, %u new-origin, %u opaque, %u continued, %u undone, "
	       "%u verified, %u failures\n",
	       tally.files, tally.accepted, tally.new_origin, tally.opaque, tally.continued,
	       tally.undone, tally.verified, tally.failed);
	pkey_free(setup.author[0].key);
	keys_free(&setup.ring);
	arena_free(arena);
	return tally.failed > 0 || tally.accepted == 0;
}
