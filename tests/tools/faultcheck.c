/*
 * faultcheck CONFIG OUT ZONE NOW TWICE MESSAGE-ID...: is all well after a fault?
 *
 *   - nothing waits in the spool or the queue (exit 2: run again), nothing is
 *     held or stuck, no half-written file is in spool/new
 *   - every member of the site's only list has every post named, as the copies
 *     that the sink has in the folder OUT say, and nobody has anything else
 *   - at most TWICE copies came twice, none more often
 *   - each copy verifies (DKIM1, DKIM2, keys from the file ZONE, at the time NOW)
 *     with the envelope it came with
 *
 * Prints "copies=N twice=N". Exits 1 after naming what is wrong.
 */
#include "auth/verify.h"
#include "base/file.h"
#include "base/folder.h"
#include "flow/context.h"
#include "mail/msgid.h"
#include "store/held.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (1u << 20)

enum { FINE = 0, WRONG = 1, WAITS = 2, MISUSE = 64 };

struct check {
	struct arena *arena;
	struct context *context;
	const char *out;
	struct keysource keys;
	int64_t now;
	struct span *posts; /* Message-IDs, without brackets */
	size_t nposts;
	struct member *members;
	size_t nmembers;
	unsigned *count; /* copies, by post and member */
	unsigned copies, twice;
};

__attribute__((noreturn, format(printf, 2, 3))) static void end(int status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	printf("faultcheck: ");
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(status);
}

static void must(bool ok, const struct err *e)
{
	if (!ok) {
		end(WRONG, "%s", e->text);
	}
}

/* Names in a folder, hidden ones too. */
static unsigned entries(const char *path)
{
	unsigned n = 0;
	DIR *dir = opendir(path);
	if (!dir) {
		end(WRONG, "no folder %s", path);
	}
	for (struct dirent *d; (d = readdir(dir));) {
		n += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
	}
	closedir(dir);
	return n;
}

/* What is still to be done is no fault yet; what is stuck is one. */
static void check_site(struct check *k)
{
	struct err e = { 0 };
	struct context *c = k->context;
	struct post *posts;
	struct span *names;
	size_t sending, stuck, spooled;
	int64_t held, refused;
	must(store_post_ls(c->store, k->arena, POST_SENDING, 100, &posts, &sending, &e) &&
	             store_post_ls(c->store, k->arena, POST_STUCK, 100, &posts, &stuck, &e) &&
	             store_held_count(c->store, 0, HELD_WAITING, &held, &e) &&
	             store_held_count(c->store, 0, HELD_REFUSED, &refused, &e) &&
	             folder_names(k->arena, c->paths.spool_new, SPAN(""), &names, &spooled, &e),
	     &e);
	/* A word about what is held may still be in the spool. */
	bool undecided = held + refused > 0 && spooled == 0;
	if (stuck > 0 || undecided || entries(c->paths.spool_stuck) > 0) {
		end(WRONG, "%zu posts and %u messages stuck, %lld messages held", stuck,
		    entries(c->paths.spool_stuck), (long long)(held + refused));
	}
	if (sending > 0 || spooled > 0) {
		end(WAITS, "%zu posts are being sent, %zu messages are in the spool", sending,
		    spooled);
	}
	if (entries(c->paths.spool_new) > 0) {
		end(WRONG, "spool/new holds something that is no message");
	}
}

static void find_members(struct check *k)
{
	struct err e = { 0 };
	struct list *lists;
	size_t n;
	must(store_list_all(k->context->store, k->arena, &lists, &n, &e), &e);
	if (n != 1) {
		end(WRONG, "%zu lists", n);
	}
	must(store_member_page(k->context->store, k->arena, lists[0].id, 0, 1000, &k->members,
	                       &k->nmembers, &e),
	     &e);
	k->count = arena_array(k->arena, k->nposts * k->nmembers, sizeof(*k->count));
}

static void verify(struct check *k, struct arena *arena, const char *name, const struct message *m,
                   struct span mail_from, struct span rcpt)
{
	struct envelope envelope = { true, mail_from, &rcpt, 1 };
	struct verdict v;
	verify_message(arena, m, &envelope, &k->keys, &(struct verify_options){ .now = k->now }, &v);
	if (v.dkim2.result != AUTH_PASS) {
		end(WRONG, "%s: DKIM2: %s %.*s", name, auth_result_name(v.dkim2.result),
		    SPAN_FMT(v.dkim2.text));
	}
	if (v.ndkim1 == 0 || v.dkim1[0].result != AUTH_PASS) {
		end(WRONG, "%s: DKIM1 does not verify", name);
	}
}

static void count_copy(struct check *k, const char *name, struct span id, struct span rcpt)
{
	for (size_t p = 0; p < k->nposts; p++) {
		for (size_t i = 0; i < k->nmembers; i++) {
			if (span_eq(k->posts[p], id) && span_eq(k->members[i].address, rcpt)) {
				k->copies++;
				k->count[p * k->nmembers + i]++;
				return;
			}
		}
	}
	end(WRONG, "%s: unknown post \"%.*s\" or recipient \"%.*s\"", name, SPAN_FMT(id),
	    SPAN_FMT(rcpt));
}

/* "<address>" of the next line. */
static struct span take_path(struct span *text)
{
	struct span line = span_cut(text, '\n');
	return line.n >= 2 ? span_sub(line, 1, line.n - 1) : line;
}

static void check_copy(struct check *k, const char *env)
{
	struct err e = { 0 };
	struct arena *arena = arena_new();
	struct buf envelope = BUF_INIT, text = BUF_INIT;
	struct message m;
	struct span path = arena_printf(arena, "%s/%s", k->out, env);
	struct span stem = span_sub(path, 0, path.n - strlen(".env"));
	const char *mail = arena_printf(arena, "%.*s.eml", SPAN_FMT(stem)).p;
	must(file_read(path.p, LARGEST, &envelope, &e) && file_read(mail, LARGEST, &text, &e) &&
	             message_parse(arena, buf_span(&text), &m, &e),
	     &e);
	struct span rest = buf_span(&envelope);
	struct span mail_from = take_path(&rest), rcpt = take_path(&rest);
	count_copy(k, mail, msgid_of(arena, &m), rcpt);
	verify(k, arena, mail, &m, mail_from, rcpt);
	buf_free(&envelope);
	buf_free(&text);
	arena_free(arena);
}

static void check_copies(struct check *k)
{
	DIR *dir = opendir(k->out);
	if (!dir) {
		end(WRONG, "no folder %s", k->out);
	}
	for (struct dirent *d; (d = readdir(dir));) {
		if (span_ends(span_str(d->d_name), SPAN(".env"))) {
			check_copy(k, d->d_name);
		}
	}
	closedir(dir);
}

static void check_counts(struct check *k)
{
	for (size_t i = 0; i < k->nposts * k->nmembers; i++) {
		struct span id = k->posts[i / k->nmembers];
		struct span address = k->members[i % k->nmembers].address;
		if (k->count[i] == 0 || k->count[i] > 2) {
			end(WRONG, "%.*s has %.*s %u times", SPAN_FMT(address), SPAN_FMT(id),
			    k->count[i]);
		}
		k->twice += k->count[i] == 2;
	}
}

static void read_zone(struct check *k, const char *path)
{
	struct err e = { 0 };
	struct buf text = BUF_INIT;
	must(file_read(path, LARGEST, &text, &e), &e);
	must(key_file_source(k->arena, buf_move(&text, k->arena), &k->keys, &e), &e);
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	uint64_t now, twice;
	if (argc < 7 || !span_u64(span_str(argv[4]), &now) ||
	    !span_u64(span_str(argv[5]), &twice)) {
		end(MISUSE, "usage: faultcheck CONFIG OUT ZONE NOW TWICE MESSAGE-ID...");
	}
	struct check k = { .arena = arena_new(), .out = argv[2], .now = (int64_t)now };
	k.nposts = (size_t)argc - 6;
	k.posts = arena_array(k.arena, k.nposts, sizeof(*k.posts));
	for (size_t i = 0; i < k.nposts; i++) {
		k.posts[i] = span_str(argv[6 + i]);
	}
	k.context = context_open(argv[1], CONTEXT_STORE, "check", &e);
	must(k.context != NULL, &e);
	read_zone(&k, argv[3]);
	check_site(&k);
	find_members(&k);
	check_copies(&k);
	check_counts(&k);
	printf("copies=%u twice=%u\n", k.copies, k.twice);
	if (k.twice > twice) {
		end(WRONG, "%u copies twice, at most %u were in flight", k.twice, (unsigned)twice);
	}
	context_close(k.context);
	arena_free(k.arena);
	return FINE;
}
