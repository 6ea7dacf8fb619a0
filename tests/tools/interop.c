/*
 * interop: DKIM2 by this library and by an independent peer (d2peer), on the same messages.
 *
 *     interop [-n COUNT] [-s SEED] [-j WORKERS] [-o NUMBER] PEER KEYS WORK
 *     interop -c FOLDER DIFFERENCES PEER
 *
 * First form: COUNT (500) random messages, the seed of each being SEED + its number, go
 * over 1 to 6 hops. Each hop is signed, and in most cases revised, by one of the two, drawn
 * by lot. At the end both must verify, and both must undo to every revision, canonically
 * equal to what it was; then one thing that is signed is changed, and both must refuse. KEYS
 * holds ed.pem and rsa.pem, WORK is a folder for files. -o runs only message NUMBER, and
 * leaves its files.
 *
 * Second form: every case of FOLDER/cases.tsv through the peer. It must give the
 * result of the table, or the one that DIFFERENCES has for it, with the reason.
 *
 * Each disagreement is a line; the last line has the figures. Status 1 when there are any.
 */
#include "base/file.h"
#include "hop.h"
#include "interop_random.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { NOW = 1800000000, HOPS = 6, WORKERS = 16 };

struct tally {
	unsigned messages, hops, signed_here, signed_there, revised_here, revised_there, rsa,
		ed25519, all, any, eai, null_path, verified, undone, mutated[MUTATIONS], refused,
		wrong, runs;
};

struct state {
	struct arena *arena;
	struct random random;
	struct tally *tally;
	const char *peer, *keys, *work;
	unsigned number, worker;
	struct pkey *ed, *rsa;
	struct keysource zone;
	struct span raw;            /* the message as it is now */
	struct span was[HOPS + 1];  /* canonical, of each revision; from 1 */
	size_t revisions;
	struct span mail_from, rcpt_to; /* it is sent with */
};

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "interop: %s: %s\n", what, detail);
	exit(70);
}

/* ---- the peer ---- */

static char *file_of(const struct state *s, const char *name)
{
	return arena_str(s->arena, arena_printf(s->arena, "%s/%u-%s", s->work, s->worker, name));
}

/* Without the syncs that a message of somebody would get. */
static char *write_file(const struct state *s, const char *name, struct span text)
{
	char *path = file_of(s, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || !file_write_all(fd, text, NULL)) {
		die(path, strerror(errno));
	}
	close(fd);
	return path;
}

/* Runs the peer with the arguments in ARGV (from 1; NULL at the end); *OUT gets what it prints. */
static int run_peer(struct state *s, const char **argv, struct span *out)
{
	char *path = file_of(s, "out");
	posix_spawn_file_actions_t actions;
	struct buf text = BUF_INIT;
	int status, failed;
	pid_t pid;

	argv[0] = s->peer;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	failed = posix_spawn(&pid, s->peer, &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (failed || waitpid(pid, &status, 0) != pid) {
		die(s->peer, strerror(failed ? failed : errno));
	}
	file_read(path, 1 << 26, &text, NULL);
	*out = buf_move(&text, s->arena);
	s->tally->runs++;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* ---- what both must agree on ---- */

static void disagree(struct state *s, const char *what, struct span detail)
{
	s->tally->wrong++;
	printf("message %u: %s: %.*s\n", s->number, what, SPAN_FMT(span_sub(detail, 0, 300)));
}

/* The canonical header, and the hash of the body. */
static struct span canonical(struct arena *arena, struct span raw)
{
	struct canon_header header;
	struct buf out = BUF_INIT;
	struct digest body;
	struct message m;

	if (!message_parse(arena, raw, &m, NULL)) {
		return SPAN("not a message");
	}
	header = canon_dkim2_header(arena, m.fields, m.count);
	canon_dkim2_header_text(&out, &header);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, m.body, &body);
	buf_add(&out, digest_span(&body));
	return buf_move(&out, arena);
}

static enum auth_result verify_here(struct state *s, struct span raw, struct span *text)
{
	struct envelope envelope = { true, s->mail_from, &s->rcpt_to, 1 };
	struct dkim2_result result = { .result = AUTH_NONE };
	struct message m;
	struct err e;

	if (!message_parse(s->arena, raw, &m, &e)) {
		*text = span_str(e.text);
		return AUTH_PERMERROR;
	}
	dkim2_verify(s->arena, &m, &envelope, &s->zone, NOW, &result);
	*text = result.text;
	return result.result;
}

static int verify_there(struct state *s, struct span raw, struct span *text)
{
	const char *argv[] = { NULL,   "verify",
		               "--raw", "--dns",
		               file_of(s, "zone"), "--now",
		               "1800000000", "--mf",
		               arena_printf(s->arena, "<%.*s>", SPAN_FMT(s->mail_from)).p, "--rt",
		               arena_str(s->arena, s->rcpt_to), write_file(s, "verify", raw), NULL };

	return run_peer(s, argv, text);
}

static void both_verify(struct state *s)
{
	struct span text;

	if (verify_here(s, s->raw, &text) != AUTH_PASS) {
		disagree(s, "does not verify here", text);
	} else if (verify_there(s, s->raw, &text) != 0) {
		disagree(s, "does not verify there", text);
	} else {
		s->tally->verified++;
	}
}

static void both_undo(struct state *s, size_t to)
{
	char *path = write_file(s, "undo", s->raw);
	char *number = arena_str(s->arena, arena_printf(s->arena, "%zu", to));
	const char *argv[] = { NULL, "undo", "--raw", "--to", number, path, NULL };
	struct span here, there;
	struct message m;
	struct err e;

	if (!message_parse(s->arena, s->raw, &m, &e) || !dkim2_undo(s->arena, &m, to, &here, &e)) {
		disagree(s, "is not undone here", span_str(e.text));
	} else if (!span_eq(canonical(s->arena, here), s->was[to])) {
		disagree(s, "undone here to something else", here);
	} else if (run_peer(s, argv, &there) != 0) {
		disagree(s, "is not undone there", there);
	} else if (!span_eq(canonical(s->arena, there), s->was[to])) {
		disagree(s, "undone there to something else", there);
	} else {
		s->tally->undone++;
	}
}

/* ---- hops ---- */

struct plan {
	size_t number;
	bool here, with_ed, with_rsa, all;
	struct edits *edits;
	struct span domain, mail_from, rcpt_to;
};

static bool hop_here(struct state *s, const struct plan *p, struct span *out, struct span *why)
{
	struct signer signers[2];
	struct hop hop = { .mail_from = p->mail_from,
		           .rcpt_to = p->rcpt_to,
		           .signers = signers,
		           .edits = p->edits,
		           .flags = SPAN("exploded"),
		           .t = NOW - (int64_t)pick(&s->random, 1209600) };
	struct err e = { .text = "" };

	if (p->with_ed) {
		signers[hop.nsigners++] = (struct signer){ p->domain, SPAN("ed"), s->ed };
	}
	if (p->with_rsa) {
		signers[hop.nsigners++] = (struct signer){ p->domain, SPAN("rsa"), s->rsa };
	}
	if (hop_sign(s->arena, s->raw, &hop, out, &e)) {
		return true;
	}
	*why = arena_copy(s->arena, span_str(e.text));
	return false;
}

static bool hop_there(struct state *s, const struct plan *p, struct span *out, struct span *why)
{
	struct arena *arena = s->arena;
	const char *key = p->with_ed ? "ed" : "rsa";
	const char *argv[40] = { NULL, p->edits ? "revise" : "sign", "--raw", "--fold", "--dns",
		                 file_of(s, "zone"), "--now", "1800000000", "--domain",
		                 arena_str(arena, p->domain), "--selector", key, "--key",
		                 arena_printf(arena, "%s/%s.pem", s->keys, key).p, "--mf",
		                 arena_printf(arena, "<%.*s>", SPAN_FMT(p->mail_from)).p, "--rt",
		                 arena_str(arena, p->rcpt_to) };
	size_t n = 18;

	if (p->with_ed && p->with_rsa) {
		argv[n++] = "--selector2";
		argv[n++] = "rsa";
		argv[n++] = "--key2";
		argv[n++] = arena_printf(arena, "%s/rsa.pem", s->keys).p;
		argv[n++] = p->all ? "--and" : "--or";
	}
	if (p->number > 1 && chance(&s->random, 50)) {
		argv[n++] = "--exploded";
	}
	if (p->edits) {
		argv[n++] = "--before";
		argv[n++] = write_file(s, "before", s->raw);
	}
	argv[n++] = write_file(s, "after", p->edits ? edit_print(p->edits) : s->raw);
	if (run_peer(s, argv, out) == 0) {
		return true;
	}
	*why = *out;
	return false;
}

static void count_hop(struct tally *t, const struct plan *p)
{
	t->hops++;
	t->signed_here += p->here;
	t->signed_there += !p->here;
	t->revised_here += p->edits && p->here;
	t->revised_there += p->edits && !p->here;
	t->ed25519 += p->with_ed;
	t->rsa += p->with_rsa;
	t->all += p->with_ed && p->with_rsa && p->all && !p->here;
	t->any += p->with_ed && p->with_rsa && !(p->all && !p->here);
	t->eai += !span_is(p->mail_from, "") && (unsigned char)p->mail_from.p[0] > 127;
	t->null_path += p->mail_from.n == 0;
}

static struct plan make_plan(struct state *s, size_t number)
{
	struct random *r = &s->random;
	struct plan p = { .number = number, .here = chance(r, 50), .all = chance(r, 50) };
	size_t keys = pick(r, 4);

	p.with_ed = keys != 0;
	p.with_rsa = keys == 0 || keys == 1;
	p.domain = number == 1 ? SPAN("a.example") : arena_printf(s->arena, "h%zu.example", number);
	p.mail_from = arena_printf(s->arena, "%s@%.*s", chance(r, 20) ? "\xc3\xb6" : "l-bounces",
	                           SPAN_FMT(p.domain));
	if (number > 1 && chance(r, 10)) {
		p.mail_from = SPAN("");
	}
	p.rcpt_to = arena_printf(s->arena, "%s@h%zu.example", chance(r, 20) ? "\xc3\xa4.b" : "List",
	                         number + 1);
	return p;
}

static bool one_hop(struct state *s, size_t number)
{
	struct plan p = make_plan(s, number);
	struct span signed_text, why;
	struct message *m = ARENA_NEW(s->arena, struct message), now;

	if (number > 1 && chance(&s->random, 75) && message_parse(s->arena, s->raw, m, NULL)) {
		p.edits = random_edits(&s->random, s->arena, m, number);
	}
	if (!(p.here ? hop_here(s, &p, &signed_text, &why) : hop_there(s, &p, &signed_text, &why))) {
		disagree(s, p.here ? "is not signed here" : "is not signed there", why);
		return false;
	}
	s->raw = signed_text;
	s->mail_from = p.mail_from;
	s->rcpt_to = p.rcpt_to;
	/* The peer adds no instance when nothing changed that is hashed. */
	if (message_parse(s->arena, s->raw, &now, NULL)) {
		s->revisions = message_count(&now, "Message-Instance");
		s->was[s->revisions] = canonical(s->arena, s->raw);
	}
	count_hop(s->tally, &p);
	return true;
}

/* ---- mutations ---- */

/* Two hashed fields of one name change places. */
static struct span swap_fields(struct state *s, const struct message *m)
{
	for (size_t i = 0; i < m->count; i++) {
		for (size_t k = i + 1; k < m->count; k++) {
			const struct field *a = &m->fields[i], *b = &m->fields[k];
			size_t from = (size_t)(a->raw.p - m->raw.p), to = (size_t)(b->raw.p - m->raw.p);

			if (span_ieq(a->name, b->name) && !canon_dkim2_unhashed(a->name)) {
				return arena_join(s->arena, span_sub(m->raw, 0, from), b->raw,
				                  to > from + a->raw.n ? span_sub(m->raw, from + a->raw.n, to)
				                                       : SPAN(""),
				                  a->raw, span_from(m->raw, to + b->raw.n), SPAN_END);
			}
		}
	}
	return SPAN_END;
}

static const struct field *hashed_field(struct state *s, const struct message *m)
{
	for (int tries = 0; tries < 100; tries++) {
		const struct field *f = &m->fields[pick(&s->random, m->count)];

		if (!canon_dkim2_unhashed(f->name)) {
			return f;
		}
	}
	return NULL;
}

/* The newest one may have alternatives that still pass. */
static bool has_choice(struct span tag)
{
	return span_chr(tag, '|') != SPAN_NONE;
}

/* The message with one thing changed; empty when KIND is not possible in it. */
static struct span mutate(struct state *s, const struct message *m, enum mutation kind)
{
	struct random *r = &s->random;
	const struct field *signature = random_of(r, m, "DKIM2-Signature");
	const struct field *instance = random_of(r, m, "Message-Instance");
	const struct field *field = hashed_field(s, m);
	size_t body = (size_t)(m->body.p - m->raw.p);
	struct span part = SPAN_END;

	switch (kind) {
	case MUTATE_HEADER: part = field ? field->value : part; break;
	case MUTATE_BODY: part = m->body; break;
	case MUTATE_RECIPE: part = tag_part(instance, "r"); break;
	case MUTATE_PATH: part = tag_part(signature, "mf"); break;
	case MUTATE_TIME: part = tag_part(signature, "t"); break;
	case MUTATE_ORDER: return swap_fields(s, m);
	case MUTATE_DROP:
		return field ? spliced(s->arena, m->raw, (size_t)(field->raw.p - m->raw.p),
		                       field->raw.n, SPAN(""))
		             : SPAN_END;
	case MUTATE_ADD: return spliced(s->arena, m->raw, 0, 0, SPAN("Comments: added\r\n"));
	case MUTATE_LINE: return spliced(s->arena, m->raw, body, 0, SPAN("added\r\n"));
	case MUTATE_VALUE:
		part = tag_part(signature, "s");
		part = has_choice(part) ? SPAN_END : part;
		break;
	case MUTATE_NUMBER:
		part = (struct span){ signature->value.p + span_find(signature->value, SPAN("m=")) + 2, 1 };
		break;
	default: break;
	}
	return mutate_in(r, s->arena, m->raw, part);
}

/* What hashes see, and DKIM2 fields without white space. */
static struct span essence(struct arena *arena, struct span raw)
{
	struct buf out = BUF_INIT;
	struct message m;

	if (!message_parse(arena, raw, &m, NULL)) {
		return SPAN("not a message");
	}
	buf_add(&out, canonical(arena, raw));
	for (size_t i = 0; i < m.count; i++) {
		if (span_iis(m.fields[i].name, "message-instance") ||
		    span_iis(m.fields[i].name, "dkim2-signature")) {
			canon_dkim2_input(&out, m.fields[i].name, m.fields[i].value, false);
		}
	}
	return buf_move(&out, arena);
}

static void both_refuse(struct state *s)
{
	enum mutation kind = (enum mutation)pick(&s->random, MUTATIONS);
	struct span changed, text;
	struct message m;

	if (!message_parse(s->arena, s->raw, &m, NULL)) {
		return;
	}
	changed = mutate(s, &m, kind);
	if (!changed.p) {
		kind = MUTATE_ADD;
		changed = mutate(s, &m, kind);
	}
	if (span_eq(essence(s->arena, changed), essence(s->arena, s->raw))) {
		return; /* two equal fields changed places */
	}
	s->tally->mutated[kind]++;
	if (verify_here(s, changed, &text) == AUTH_PASS) {
		disagree(s, "changed, and verifies here", span_str(mutation_names[kind]));
	} else if (verify_there(s, changed, &text) == 0) {
		disagree(s, "changed, and verifies there", span_str(mutation_names[kind]));
	} else {
		s->tally->refused++;
	}
}

/* ---- all of it ---- */

static void one_message(struct state *s, uint64_t seed)
{
	size_t hops;

	s->arena = arena_new();
	s->random.state = seed + s->number;
	s->revisions = 0;
	hops = 1 + pick(&s->random, HOPS);
	s->raw = random_message(&s->random, s->arena);
	s->tally->messages++;
	for (size_t i = 1; i <= hops; i++) {
		if (!one_hop(s, i)) {
			arena_free(s->arena);
			return;
		}
	}
	both_verify(s);
	both_undo(s, 1);
	if (s->revisions > 2) {
		both_undo(s, 2 + pick(&s->random, s->revisions - 2));
	}
	both_refuse(s);
	fflush(stdout);
	arena_free(s->arena);
}

static void write_zone(struct state *s)
{
	struct buf zone = BUF_INIT;
	struct span ed, rsa, text;
	struct err e;

	if (!key_text(s->arena, s->ed, &ed, &e) || !key_text(s->arena, s->rsa, &rsa, &e)) {
		die("keys", e.text);
	}
	for (int i = 1; i <= HOPS + 1; i++) {
		const char *domain = i == 1 ? "a.example" : arena_printf(s->arena, "h%d.example", i).p;

		buf_printf(&zone, "ed._domainkey.%s\t%.*s\n", domain, SPAN_FMT(ed));
		buf_printf(&zone, "rsa._domainkey.%s\t%.*s\n", domain, SPAN_FMT(rsa));
	}
	text = buf_move(&zone, s->arena);
	write_file(s, "zone", text);
	if (!key_file_source(s->arena, text, &s->zone, &e)) {
		die("zone", e.text);
	}
}

struct options {
	unsigned count, workers, only;
	uint64_t seed;
	bool cases;
};

static void work(struct state *s, const struct options *o)
{
	struct arena *arena = arena_new();

	s->arena = arena;
	s->ed = hop_key(arena_printf(arena, "%s/ed.pem", s->keys).p);
	s->rsa = hop_key(arena_printf(arena, "%s/rsa.pem", s->keys).p);
	write_zone(s);
	for (s->number = s->worker; s->number < o->count; s->number += o->workers) {
		if (o->only == UINT32_MAX || o->only == s->number) {
			one_message(s, o->seed);
		}
	}
	pkey_free(s->ed);
	pkey_free(s->rsa);
	arena_free(arena);
}

/* All members are unsigned numbers. */
static void add_tally(struct tally *sum, const struct tally *more)
{
	unsigned *a = (unsigned *)(void *)sum;
	const unsigned *b = (const unsigned *)(const void *)more;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(unsigned); i++) {
		a[i] += b[i];
	}
}

static void report(const struct tally *t)
{
	unsigned mutations = 0;

	printf("  hops: %u signed here, %u there; revised: %u here, %u there\n", t->signed_here,
	       t->signed_there, t->revised_here, t->revised_there);
	printf("  signatures: %u Ed25519, %u RSA; hops with both: %u all, %u any; EAI %u, null path "
	       "%u\n",
	       t->ed25519, t->rsa, t->all, t->any, t->eai, t->null_path);
	for (size_t i = 0; i < MUTATIONS; i++) {
		printf("  %s: %u\n", mutation_names[i], t->mutated[i]);
		mutations += t->mutated[i];
	}
	printf("interop: %u messages, %u hops, %u verified by both, %u undone by both, %u of %u "
	       "changed ones refused by both, %u runs of the peer, %u disagreements\n",
	       t->messages, t->hops, t->verified, t->undone, t->refused, mutations, t->runs,
	       t->wrong);
}

static int run_all(struct state *s, const struct options *o)
{
	struct tally sum = { 0 }, one;
	int pipes[WORKERS];

	printf("interop: seed %llu\n", (unsigned long long)o->seed);
	fflush(stdout);
	for (unsigned w = 0; w < o->workers; w++) {
		int ends[2];

		if (pipe(ends) != 0) {
			die("pipe", strerror(errno));
		}
		if (fork() == 0) {
			one = (struct tally){ 0 };
			s->worker = w;
			s->tally = &one;
			work(s, o);
			fflush(stdout);
			_exit(write(ends[1], &one, sizeof(one)) != sizeof(one));
		}
		close(ends[1]);
		pipes[w] = ends[0];
	}
	for (unsigned w = 0; w < o->workers; w++) {
		if (read(pipes[w], &one, sizeof(one)) != sizeof(one)) {
			die("worker", "ended early");
		}
		add_tally(&sum, &one);
		wait(NULL);
	}
	report(&sum);
	return sum.wrong > 0 || sum.messages == 0;
}

/* ---- the cases ---- */

static struct span read_all(struct state *s, const char *path)
{
	struct buf text = BUF_INIT;
	struct err e;

	if (!file_read(path, 1 << 24, &text, &e)) {
		die(path, e.text);
	}
	return buf_move(&text, s->arena);
}

/* What DIFFERENCES has for NAME; empty when nothing. */
static struct span difference(struct span differences, struct span name)
{
	while (differences.n) {
		struct span line = span_cut(&differences, '\n');

		if (span_eq(span_cut(&line, '\t'), name)) {
			return span_cut(&line, '\t');
		}
	}
	return SPAN_END;
}

static struct span result_there(struct state *s, const char *folder, const struct span *row)
{
	struct span rest = row[2], text, want = SPAN("\"result\":\"");
	const char *argv[40] = { NULL, "verify", "--raw", "--dns",
		                 arena_printf(s->arena, "%s/keys.tsv", folder).p, "--now",
		                 arena_str(s->arena, row[3]) };
	size_t n = 7, at;

	if (!span_is(rest, "-")) {
		argv[n++] = "--mf";
		argv[n++] = arena_printf(s->arena, "<%.*s>", SPAN_FMT(row[1])).p;
		while (rest.p) {
			argv[n++] = "--rt";
			argv[n++] = arena_str(s->arena, span_cut(&rest, ','));
		}
	}
	argv[n++] = arena_printf(s->arena, "%s/%.*s.eml", folder, SPAN_FMT(row[0])).p;
	run_peer(s, argv, &text);
	at = span_find(text, want);
	text = at == SPAN_NONE ? SPAN("nothing") : span_from(text, at + want.n);
	return span_cut(&text, '"');
}

static int run_cases(struct state *s, const char *folder, const char *differences)
{
	struct span table = read_all(s, arena_printf(s->arena, "%s/cases.tsv", folder).p);
	struct span known = read_all(s, differences), there;
	unsigned cases = 0, different = 0, wrong = 0;

	while (table.n) {
		struct span line = span_cut(&table, '\n'), row[6], expected;

		if (!line.n || line.p[0] == '#') {
			continue;
		}
		for (size_t i = 0; i < 6; i++) {
			row[i] = span_cut(&line, '\t');
		}
		expected = difference(known, row[0]);
		there = result_there(s, folder, row);
		cases++;
		different += expected.n > 0;
		if (!span_eq(there, expected.n ? expected : row[5])) {
			printf("case %.*s: %.*s there, expected %.*s\n", SPAN_FMT(row[0]), SPAN_FMT(there),
			       SPAN_FMT(expected.n ? expected : row[5]));
			wrong++;
		}
	}
	printf("interop: %u cases, %u with the same result by the peer, %u known differences, %u "
	       "others\n",
	       cases, cases - different - wrong, different, wrong);
	return wrong > 0 || cases == 0;
}

int main(int argc, char **argv)
{
	struct options o = { .count = 500, .workers = 2, .only = UINT32_MAX, .seed = 1 };
	struct tally tally = { 0 };
	struct state s = { .tally = &tally };
	int c, status;

	while ((c = getopt(argc, argv, "cn:s:j:o:")) != -1) {
		switch (c) {
		case 'c': o.cases = true; break;
		case 'n': o.count = (unsigned)strtoul(optarg, NULL, 10); break;
		case 's': o.seed = strtoull(optarg, NULL, 10); break;
		case 'j': o.workers = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'o': o.only = (unsigned)strtoul(optarg, NULL, 10); break;
		default: return 64;
		}
	}
	if (argc - optind != 3 || o.workers < 1 || o.workers > WORKERS) {
		fprintf(stderr, "usage: interop [-n COUNT] [-s SEED] [-j WORKERS] [-o NUMBER] PEER KEYS WORK\n"
		                "       interop -c FOLDER DIFFERENCES PEER\n");
		return 64;
	}
	if (!o.cases) {
		s.peer = argv[optind];
		s.keys = argv[optind + 1];
		s.work = argv[optind + 2];
		return run_all(&s, &o);
	}
	s.arena = arena_new();
	s.peer = argv[optind + 2];
	s.work = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	s.worker = (unsigned)getpid();
	status = run_cases(&s, argv[optind], argv[optind + 1]);
	unlink(file_of(&s, "out"));
	arena_free(s.arena);
	return status;
}
