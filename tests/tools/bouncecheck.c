/*
 * bouncecheck set EXPECTED FOLDER: messages of FOLDER against a table with lines of
 *     file  index  status  replycode  reason  hardbounce …   (tabulators)
 * bouncecheck flufl EXPECTED FOLDER: the same with lines of
 *     file  detector  P|T  address,…
 * bouncecheck none FOLDER: no message below FOLDER is a report, but for those that say so
 *     by a part for machines.
 *
 * Prints each miss with what was read, then one line of figures:
 *
 *     messages=N kind=N recipient=N hardness=N
 *
 * kind: messages whose kind is as expected. recipient: of those with an expectation, the
 * ones in which as many recipients were found as there are (set), or each that is named and
 * no other (flufl). hardness: hard and soft as in hardbounce (set); P is a failure, T a
 * delay or what the class calls transient (flufl). Exit 1 when a message is missing or
 * cannot be read; what figures are good enough says the caller.
 */
#include "base/file.h"
#include "base/folder.h"
#include "mail/addr.h"
#include "mail/bounce.h"
#include "rules/bounce_class.h"

#include <stdio.h>
#include <string.h>

struct figures {
	unsigned messages, kind, recipient, hardness;
};

struct read {
	struct arena *arena;
	struct bounce b;
	const struct bounce_rule *rule[200];
};

static struct bounce_classes *classes;

/* Every LF with a CR before it. */
static struct span with_crlf(struct arena *arena, struct span raw)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] == '\n' && (i == 0 || raw.p[i - 1] != '\r')) {
			buf_chr(&out, '\r');
		}
		buf_chr(&out, raw.p[i]);
	}
	return buf_move(&out, arena);
}

static bool read_file(const char *path, struct read *out)
{
	struct file_map map;
	struct message m;
	struct err e;
	out->arena = arena_new();
	if (!file_map(path, &map, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
	struct span text = bounce_unboxed(with_crlf(out->arena, map.bytes));
	file_unmap(&map);
	if (!message_parse(out->arena, text, &m, &e)) {
		out->b = (struct bounce){ .why = "cannot be parsed" };
		return true;
	}
	bounce_read(out->arena, &m, &out->b);
	for (size_t i = 0; i < out->b.n; i++) {
		const struct bounce_recipient *r = &out->b.v[i];
		struct bounce_said said = { r->status, r->code, r->reply, r->text,
			                    addr_domain(r->address),
			                    { r->remote_mta, out->b.reporting_mta } };
		out->rule[i] = bounce_class_of(classes, &said);
	}
	return true;
}

static void print(const char *miss, struct span file, const char *wanted, const struct read *x)
{
	printf("%s\t%.*s\twanted %s\tread %s", miss, SPAN_FMT(file), wanted,
	       bounce_kind_name(x->b.kind));
	for (size_t i = 0; i < x->b.n; i++) {
		const struct bounce_recipient *r = &x->b.v[i];
		printf(" | %.*s %s %s %.*s %u \"%.120s\"", SPAN_FMT(r->address),
		       bounce_class_name(x->rule[i]->class), x->rule[i]->hard ? "hard" : "soft",
		       SPAN_FMT(r->status), r->code, r->reply.n > 0 ? r->reply.p : r->text.p);
	}
	printf("\n");
}

static bool kind_is(struct span reason, enum bounce_kind k)
{
	if (span_is(reason, "feedback")) {
		return k == BOUNCE_COMPLAINT;
	}
	if (span_is(reason, "vacation")) {
		return k == BOUNCE_AUTOREPLY || k == BOUNCE_CHALLENGE;
	}
	return span_is(reason, "delivered") ? k == BOUNCE_RECEIPT
	                                    : k == BOUNCE_FAILURE || k == BOUNCE_DELAY;
}

static bool join(char *out, size_t size, const char *folder, struct span file)
{
	return snprintf(out, size, "%s/%.*s", folder, SPAN_FMT(file)) < (int)size;
}

static struct span column(struct span line, unsigned n)
{
	while (n-- > 0 && line.p) {
		(void)span_cut(&line, '\t');
	}
	return line.p ? span_cut(&line, '\t') : SPAN("");
}

/* All lines about one file, which follow each other. */
static bool check_set(const char *folder, struct span *rest, struct figures *f)
{
	struct span file = column(*rest, 0), at = *rest;
	char path[500], wanted[100] = "";
	struct read x;
	size_t n = 0;
	bool kind = true, hard = true, first = true;
	if (!join(path, sizeof(path), folder, file) || !read_file(path, &x)) {
		return false;
	}
	while (at.p && at.n > 0) {
		struct span next = at, line = span_cut(&next, '\n');
		if (!span_eq(column(line, 0), file)) {
			break;
		}
		bool want = span_is(column(line, 5), "1");
		kind = kind && kind_is(column(line, 4), x.b.kind);
		bool is = n < x.b.n && x.b.kind == BOUNCE_FAILURE && x.rule[n]->hard;
		hard = hard && want == is;
		if (first) {
			snprintf(wanted, sizeof(wanted), "%.*s %.*s", SPAN_FMT(column(line, 4)),
			         SPAN_FMT(column(line, 5)));
		}
		first = false;
		n++;
		at = next;
	}
	*rest = at;
	f->messages++;
	f->kind += kind;
	f->recipient += x.b.n >= n;
	f->hardness += hard;
	if (!kind) {
		print("kind", file, wanted, &x);
	}
	if (x.b.n < n) {
		print("recipient", file, wanted, &x);
	}
	if (!hard) {
		print("hardness", file, wanted, &x);
	}
	arena_free(x.arena);
	return true;
}

static bool named(const struct read *x, struct span address)
{
	for (size_t i = 0; i < x->b.n; i++) {
		if (addr_same(x->b.v[i].address, address)) {
			return true;
		}
	}
	return false;
}

static bool check_flufl(const char *folder, struct span *rest, struct figures *f)
{
	struct span line = span_rtrim(span_cut(rest, '\n')), file = column(line, 0);
	struct span wanted = column(line, 3);
	char path[500], text[600];
	struct read x;
	size_t n = 0;
	bool all = true, final = span_is(column(line, 2), "P");
	/* Without an address the detector was to say nothing. */
	if (wanted.n == 0) {
		return true;
	}
	if (!join(path, sizeof(path), folder, file) || !read_file(path, &x)) {
		return false;
	}
	snprintf(text, sizeof(text), "%.*s %.*s", SPAN_FMT(column(line, 2)), SPAN_FMT(wanted));
	for (struct span w = wanted; w.p; n++) {
		all = named(&x, span_cut(&w, ',')) && all;
	}
	bool soft = x.b.kind == BOUNCE_DELAY ||
	            (x.b.n > 0 && x.rule[0]->class == BOUNCE_CLASS_TRANSIENT);
	bool kind = x.b.kind == BOUNCE_FAILURE || x.b.kind == BOUNCE_DELAY;
	bool hardness = final ? x.b.kind == BOUNCE_FAILURE : soft;
	f->messages++;
	f->kind += kind;
	f->recipient += all && n == x.b.n;
	f->hardness += hardness;
	if (!kind) {
		print("kind", file, text, &x);
	}
	if (!all || n != x.b.n) {
		print("recipient", file, text, &x);
	}
	if (!hardness) {
		print("hardness", file, text, &x);
	}
	arena_free(x.arena);
	return true;
}

static bool check_table(const char *table, const char *folder,
                        bool (*check)(const char *folder, struct span *rest, struct figures *f),
                        struct figures *f)
{
	struct file_map map;
	struct err e;
	if (!file_map(table, &map, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return false;
	}
	struct span rest = map.bytes;
	bool ok = true;
	while (ok && rest.p && rest.n > 0) {
		if (rest.p[0] == '#' || rest.p[0] == '\n') {
			(void)span_cut(&rest, '\n');
		} else {
			ok = check(folder, &rest, f);
		}
	}
	file_unmap(&map);
	return ok;
}

/* Paths of messages on standard input, one a line. */
static bool check_none(struct figures *f)
{
	char path[1000];
	while (fgets(path, sizeof(path), stdin)) {
		struct read x;
		path[strcspn(path, "\n")] = '\0';
		if (!read_file(path, &x)) {
			return false;
		}
		f->messages++;
		f->kind += x.b.kind == BOUNCE_NONE;
		if (x.b.kind != BOUNCE_NONE) {
			print(x.b.why, span_str(path), "not-a-report", &x);
		}
		arena_free(x.arena);
	}
	return true;
}

int main(int argc, char **argv)
{
	struct figures f = { 0, 0, 0, 0 };
	struct err e;
	bool ok = false;
	classes = bounce_class_new(SPAN(""), &e);
	if (!classes) {
		fprintf(stderr, "%s\n", e.text);
	} else if (argc == 4 && strcmp(argv[1], "set") == 0) {
		ok = check_table(argv[2], argv[3], check_set, &f);
	} else if (argc == 4 && strcmp(argv[1], "flufl") == 0) {
		ok = check_table(argv[2], argv[3], check_flufl, &f);
	} else if (argc == 2 && strcmp(argv[1], "none") == 0) {
		ok = check_none(&f);
	}
	printf("messages=%u kind=%u recipient=%u hardness=%u\n", f.messages, f.kind, f.recipient,
	       f.hardness);
	bounce_class_free(classes);
	return ok ? 0 : 1;
}
