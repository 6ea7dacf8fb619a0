#include "flow/spool.h"

#include "base/folder.h"
#include "base/limits.h"
#include "unit/flow/scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct scene s;
static struct spooled in;

static void setup(void)
{
	scene_open(&s);
}

static void teardown(void)
{
	spool_close(&in);
	scene_close(&s);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define CHUNK 65536

static const struct spool_envelope usual = { "<ann@one.example>", "dev@lists.example", NULL,
	                                     NULL };

static const char *in_new(const char *name)
{
	return arena_printf(s.arena, "%s/%s", s.c->paths.spool_new, name).p;
}

/* Receive from FD; the only file in spool/new is then open as `in`. */
static void receive(int fd, const struct spool_envelope *envelope)
{
	char name[SPOOL_NAME];
	ok(&s, spool_receive(s.c, fd, envelope, name, &s.e));
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_tmp), 0);
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_new), 1);
	ok(&s, spool_open(in_new(name), &in, &s.e));
}

static int file_of(struct span bytes)
{
	int fd = open(scene_write(&s, "input", bytes, 0600), O_RDONLY);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void receive_bytes(struct span bytes)
{
	int fd = file_of(bytes);
	receive(fd, &usual);
	close(fd);
}

static void next_message(void)
{
	spool_close(&in);
	char command[200];
	snprintf(command, sizeof(command), "rm -f '%s'/*", s.c->paths.spool_new);
	ck_assert_int_eq(system(command), 0);
}

static void is_message(struct span want)
{
	ck_assert_msg(span_eq(in.message, want), "%zu octets, wanted %zu: \"%.*s\"", in.message.n,
	              want.n, (int)(in.message.n < 60 ? in.message.n : 60), in.message.p);
}

/* ---- line ends ---- */

static const struct {
	struct span given, want;
} line_ends[] = {
	{ SPAN_INIT(""), SPAN_INIT("") },
	{ SPAN_INIT("\n"), SPAN_INIT("\r\n") },
	{ SPAN_INIT("\r\n"), SPAN_INIT("\r\n") },
	{ SPAN_INIT("\r"), SPAN_INIT("\r") },
	{ SPAN_INIT("a"), SPAN_INIT("a") },
	{ SPAN_INIT("a\n"), SPAN_INIT("a\r\n") },
	{ SPAN_INIT("a\r\n"), SPAN_INIT("a\r\n") },
	{ SPAN_INIT("a\r"), SPAN_INIT("a\r") },
	{ SPAN_INIT("a\rb\n"), SPAN_INIT("a\rb\r\n") },
	{ SPAN_INIT("\r\r\n"), SPAN_INIT("\r\r\n") },
	{ SPAN_INIT("\n\r"), SPAN_INIT("\r\n\r") },
	{ SPAN_INIT("\n\r\n"), SPAN_INIT("\r\n\r\n") },
	{ SPAN_INIT("\r\n\n"), SPAN_INIT("\r\n\r\n") },
	{ SPAN_INIT("a\r\nb\nc"), SPAN_INIT("a\r\nb\r\nc") },
	{ SPAN_INIT("a\0b\n\0"), SPAN_INIT("a\0b\r\n\0") },
	{ SPAN_INIT("\xff\x80\n"), SPAN_INIT("\xff\x80\r\n") },
};

START_TEST(line_end)
{
	for (int i = 0; i < LENGTH(line_ends); i++) {
		receive_bytes(line_ends[i].given);
		is_message(line_ends[i].want);
		ck_assert_uint_eq(in.size, line_ends[i].want.n);
		ck_assert(!in.truncated);
		next_message();
	}
}
END_TEST

/* What receive has to make of BYTES, without thought of speed. */
static struct span crlf(struct span bytes)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '\n' && (i == 0 || bytes.p[i - 1] != '\r')) {
			buf_chr(&out, '\r');
		}
		buf_chr(&out, bytes.p[i]);
	}
	return buf_move(&out, s.arena);
}

static const char *const border_ends[] = {
	"\n", "\r\n", "\r", "\rx\n", "\r\r\n", "\n\n", "\n\r\n", "\r\n\r\n", "\n\r", "xyz",
};

/* The line end stands at every place round the 64 kB that one read brings. */
START_TEST(chunk_border)
{
	for (size_t before = CHUNK - 4; before <= CHUNK + 1; before++) {
		struct buf text = BUF_INIT;
		while (text.n < before) {
			buf_chr(&text, 'x');
		}
		buf_str(&text, border_ends[_i]);
		while (text.n < before + CHUNK) {
			buf_chr(&text, 'x');
		}
		buf_str(&text, border_ends[_i]);
		receive_bytes(buf_span(&text));
		is_message(crlf(buf_span(&text)));
		buf_free(&text);
		next_message();
	}
}
END_TEST

/* A child that writes to a pipe; returns the end to read from. */
static int feed(pid_t *pid, void (*write_all)(int fd))
{
	int ends[2];
	ck_assert(pipe(ends) == 0);
	fflush(NULL);
	*pid = fork();
	ck_assert_int_ge(*pid, 0);
	if (*pid == 0) {
		close(ends[0]);
		write_all(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

/* Did the child come to its end, so was everything read? */
static void wait_fed(pid_t pid)
{
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "the writer ended with %d", status);
}

static struct span odd_bytes(struct arena *arena)
{
	struct buf out = BUF_INIT;
	uint32_t chance = 7;
	for (int i = 0; i < 3000; i++) {
		chance = chance * 1664525 + 1013904223;
		buf_chr(&out, "\r\n\r\nxy"[(chance >> 16) % 6]);
	}
	return buf_move(&out, arena);
}

static void write_crumbs(int fd)
{
	struct arena *arena = arena_new();
	struct span rest = odd_bytes(arena);
	for (size_t n = 1; rest.n > 0; n = n % 7 + 1) {
		struct span piece = span_sub(rest, 0, n);
		if (write(fd, piece.p, piece.n) != (ssize_t)piece.n) {
			_exit(1);
		}
		rest = span_from(rest, n);
	}
	arena_free(arena);
}

/* Borders anywhere: the pipe brings a few octets at a time. */
START_TEST(crumbs)
{
	pid_t pid;
	int fd = feed(&pid, write_crumbs);
	receive(fd, &usual);
	close(fd);
	wait_fed(pid);
	is_message(crlf(odd_bytes(s.arena)));
}
END_TEST

/* ---- size ---- */

static void write_lines(int fd, uint64_t total)
{
	static char block[1 << 16];
	memset(block, 'x', sizeof(block));
	for (size_t i = 1023; i < sizeof(block); i += 1024) {
		block[i - 1] = '\r';
		block[i] = '\n';
	}
	while (total > 0) {
		size_t n = total < sizeof(block) ? (size_t)total : sizeof(block);
		ssize_t done = write(fd, block, n);
		if (done <= 0) {
			_exit(1);
		}
		total -= (uint64_t)done;
	}
}

static void write_limit(int fd)
{
	write_lines(fd, LIMIT_MESSAGE_HARD);
}

static void write_too_much(int fd)
{
	write_lines(fd, LIMIT_MESSAGE_HARD);
	write_lines(fd, 3u * 1024 * 1024);
}

/* What is too much is read all the same, and thrown away. */
START_TEST(truncated)
{
	pid_t pid;
	int fd = feed(&pid, _i ? write_too_much : write_limit);
	receive(fd, &usual);
	close(fd);
	wait_fed(pid);
	ck_assert(in.truncated == (_i == 1));
	ck_assert_uint_eq(in.size, LIMIT_MESSAGE_HARD);
	ck_assert_uint_eq(in.message.n, LIMIT_MESSAGE_HARD);
	ck_assert(span_ends(in.message, SPAN("x\r\n")));
}
END_TEST

/* ---- mailbox line ---- */

static const struct {
	const char *given, *want;
} from_lines[] = {
	{ "From ann Fri Nov 27 12:00:00 2026\nSubject: x\n\nbody\n", "Subject: x\r\n\r\nbody\r\n" },
	{ "From ann\r\nSubject: x\r\n", "Subject: x\r\n" },
	{ "From \nFrom \n", "From \r\n" },
	{ "From ann", "" },
	{ "From\n", "From\r\n" },
	{ "From: ann\n", "From: ann\r\n" },
	{ "From : ann\n", "From : ann\r\n" },
	{ "from ann\n", "from ann\r\n" },
	{ ">From ann\n", ">From ann\r\n" },
	{ "\nFrom ann\n", "\r\nFrom ann\r\n" },
};

START_TEST(from_line)
{
	for (int i = 0; i < LENGTH(from_lines); i++) {
		struct span given = span_str(from_lines[i].given);
		receive_bytes(given);
		is_message(span_str(from_lines[i].want));
		ck_assert_uint_eq(in.size, crlf(given).n);
		next_message();
	}
}
END_TEST

/* ---- envelope ---- */

static const struct {
	struct spool_envelope given;
	const char *mail_from, *recipient, *arrived_as;
} envelopes[] = {
	{ { "<a@b.example>", "dev@l.example", NULL, NULL }, "a@b.example", "dev@l.example",
	  "dev@l.example" },
	{ { "a@b.example", "dev@l.example", NULL, NULL }, "a@b.example", "dev@l.example",
	  "dev@l.example" },
	{ { "", "dev@l.example", NULL, NULL }, "", "dev@l.example", "dev@l.example" },
	{ { "<>", "dev@l.example", NULL, NULL }, "", "dev@l.example", "dev@l.example" },
	{ { "a", "dev", "x@y", NULL }, "a", "dev", "x@y" },
	{ { "a", "dev", "", NULL }, "a", "dev", "" },
	{ { "<", ">", "<", NULL }, "<", ">", "<" },
	{ { ">", "dev", NULL, NULL }, ">", "dev", "dev" },
	{ { "<a>b>", "dev", NULL, NULL }, "a>b", "dev", "dev" },
	{ { "\"a b\"@c", " dev ", "Time: 1", NULL }, "\"a b\"@c", " dev ", "Time: 1" },
	{ { "\xc3\xa4@\xc3\xb6.example", "dev", NULL, NULL }, "\xc3\xa4@\xc3\xb6.example", "dev", "dev" },
	{ { "a\t\x01\x7f", "Recipient: dev", NULL, NULL }, "a\t\x01\x7f", "Recipient: dev",
	  "Recipient: dev" },
};

START_TEST(envelope)
{
	for (int i = 0; i < LENGTH(envelopes); i++) {
		int fd = file_of(SPAN("Subject: x\n"));
		receive(fd, &envelopes[i].given);
		close(fd);
		assert_span(in.mail_from, envelopes[i].mail_from);
		assert_span(in.recipient, envelopes[i].recipient);
		assert_span(in.arrived_as, envelopes[i].arrived_as);
		is_message(SPAN("Subject: x\r\n"));
		ck_assert_int_ge(in.time, 1700000000);
		next_message();
	}
}
END_TEST

/* A line break would be a line of the spool file. */
static const struct spool_envelope forged[] = {
	{ "a>\nRecipient: evil@x", "dev", NULL, NULL },
	{ "a\n", "dev", NULL, NULL },
	{ "\na", "dev", NULL, NULL },
	{ "a\rb", "dev", NULL, NULL },
	{ "a", "dev\nArrived-As: evil@x", NULL, NULL },
	{ "a", "dev\r\n", NULL, NULL },
	{ "a", "dev", "x\nTime: 1", NULL },
	{ "a", "dev", "\r", NULL },
	{ "a", "dev", NULL, "x\nTime: 1" },
};

/* Our own copies: under the name given, and the second in the place of the first. */
START_TEST(put)
{
	static const struct spool_envelope handed = { "dev+b-x@l.example", "ops@l.example", NULL,
		                                      "dev@l.example" };
	struct segment parts[] = { { .bytes = SPAN_INIT("Subject: x\r\n\r\n") },
		                   { .bytes = SPAN_INIT("") },
		                   { .bytes = SPAN_INIT("body\r\n") } };
	for (int i = 0; i < 2; i++) {
		ok(&s, spool_put(s.c, parts, 3, &handed, "1.0.h1.2", &s.e));
		ck_assert_uint_eq(scene_entries(s.c->paths.spool_tmp), 0);
		ck_assert_uint_eq(scene_entries(s.c->paths.spool_new), 1);
	}
	ok(&s, spool_open(in_new("1.0.h1.2"), &in, &s.e));
	assert_span(in.handed_by, "dev@l.example");
	assert_span(in.arrived_as, "ops@l.example");
	is_message(SPAN("Subject: x\r\n\r\nbody\r\n"));
}
END_TEST

START_TEST(envelope_forged)
{
	char name[SPOOL_NAME];
	for (int i = 0; i < LENGTH(forged); i++) {
		int fd = file_of(SPAN("x\n"));
		fails(&s, ERR_PERMANENT, "line break",
		      spool_receive(s.c, fd, &forged[i], name, &s.e));
		close(fd);
	}
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_tmp), 0);
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_new), 0);
}
END_TEST

/* ---- trouble while receiving ---- */

START_TEST(receive_unreadable)
{
	char name[SPOOL_NAME];
	int folder = open(s.dir, O_RDONLY);
	fails(&s, ERR_TEMPORARY, "cannot read the message",
	      spool_receive(s.c, -1, &usual, name, &s.e));
	fails(&s, ERR_TEMPORARY, "cannot read the message",
	      spool_receive(s.c, folder, &usual, name, &s.e));
	close(folder);
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_tmp), 0);
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_new), 0);
}
END_TEST

START_TEST(receive_without_folders)
{
	char name[SPOOL_NAME];
	int fd = file_of(SPAN("x\n"));
	ck_assert(rmdir(s.c->paths.spool_new) == 0);
	fails(&s, ERR_TEMPORARY, "cannot rename", spool_receive(s.c, fd, &usual, name, &s.e));
	ck_assert_uint_eq(scene_entries(s.c->paths.spool_tmp), 0);
	ck_assert(rmdir(s.c->paths.spool_tmp) == 0);
	fails(&s, ERR_TEMPORARY, "cannot create", spool_receive(s.c, fd, &usual, name, &s.e));
	close(fd);
}
END_TEST

START_TEST(receive_private)
{
	struct stat st;
	struct span *names;
	size_t n;
	receive_bytes(SPAN("x\n"));
	ok(&s, folder_names(s.arena, s.c->paths.spool_new, SPAN(""), &names, &n, &s.e));
	ck_assert_uint_eq(n, 1);
	ck_assert(stat(in_new(names[0].p), &st) == 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

/* ---- damaged files ---- */

#define GOOD \
	"Ladle-Spool: 1\nFrom: <a@b>\nRecipient: dev@l\nArrived-As: x@y\n" \
	"Time: 00000000001795804201\nSize: 00000000000000000006\nTruncated: 0\n\nabcd\r\n"

static bool opens(struct span bytes)
{
	struct spooled out;
	struct err e = { 0 };
	bool good = spool_open(scene_write(&s, "file", bytes, 0600), &out, &e);
	ck_assert(good ||
	          (e.class == ERR_PERMANENT && strstr(e.text, "not a complete spool file")));
	if (good) {
		spool_close(&out);
	}
	return good;
}

START_TEST(good_file)
{
	ck_assert(opens(SPAN(GOOD)));
	ok(&s, spool_open(scene_path(&s, "file"), &in, &s.e));
	assert_span(in.mail_from, "a@b");
	assert_span(in.recipient, "dev@l");
	assert_span(in.arrived_as, "x@y");
	ck_assert_int_eq(in.time, 1795804201);
	ck_assert_uint_eq(in.size, 6);
	is_message(SPAN("abcd\r\n"));
}
END_TEST

/* Half of it is none, wherever it ends. */
START_TEST(cut_file)
{
	struct span whole = SPAN(GOOD);
	for (size_t n = 0; n < whole.n; n++) {
		ck_assert_msg(!opens(span_sub(whole, 0, n)), "%zu octets of it", n);
	}
	ck_assert(!opens(SPAN(GOOD "x")));
}
END_TEST

/* GOOD with the first OLD replaced. */
static const struct {
	const char *old, *new;
	bool opens;
} changes[] = {
	{ "Spool: 1", "Spool: 2", false },
	{ "Ladle", "ladle", false },
	{ "Ladle-Spool: 1\n", "Ladle-Spool: 1\r\n", false },
	{ "Ladle-Spool: 1\n", "", false },
	{ "Ladle-Spool: 1\n", "\nLadle-Spool: 1\n", false },
	{ "From: <a@b>", "From: a@b", false },
	{ "From: <a@b>", "From: <a@b", false },
	{ "From: <a@b>", "From: <", false },
	{ "From: <a@b>", "From: <>", true },
	{ "From: <a@b>", "from: <a@b>", false },
	{ "From: <a@b>\n", "", false },
	{ "From: <a@b>\n", "From: <a@b>\nFrom: <a@b>\n", false },
	{ "From: <a@b>\nRecipient: dev@l\n", "Recipient: dev@l\nFrom: <a@b>\n", false },
	{ "Recipient: dev@l\n", "", false },
	{ "Recipient: dev@l\n", "Recipient: \n", true },
	{ "Arrived-As: x@y\n", "", true },
	{ "Arrived-As: x@y\n", "Arrived-As: \n", true },
	{ "Arrived-As: x@y\n", "X: y\n", false },
	{ "Time: 0", "Time: -", false },
	{ "Time: 00000000001795804201", "Time: ", false },
	{ "Time: 00000000001795804201", "Time: 99999999999999999999", false },
	{ "Time: 00000000001795804201", "Time: 09223372036854775808", false },
	{ "Time: 00000000001795804201", "Time: 09223372036854775807", true },
	{ "Time: 00000000001795804201\n", "", false },
	{ "6\nTruncated", "5\nTruncated", false },
	{ "6\nTruncated", "7\nTruncated", false },
	{ "6\nTruncated", "x\nTruncated", false },
	{ "6\nTruncated", "6 \nTruncated", false },
	{ "Size: 00000000000000000006", "Size: 6", true },
	{ "Size: 00000000000000000006", "Size: +6", false },
	{ "Size: 00000000000000000006", "Size: 18446744073709551622", false },
	{ "Truncated: 0", "Truncated: 1", true },
	{ "Truncated: 0", "Truncated: 2", false },
	{ "Truncated: 0", "Truncated: ", false },
	{ "Truncated: 0", "Truncated: 00", false },
	{ "Truncated: 0\n", "", false },
	{ "Truncated: 0\n\n", "Truncated: 0\n \n", false },
	{ "Truncated: 0\n\n", "Truncated: 0\nX: y\n\n", false },
	{ "Truncated: 0\n\n", "Truncated: 0\n", false },
};

START_TEST(changed_file)
{
	for (int i = 0; i < LENGTH(changes); i++) {
		const char *old = changes[i].old;
		size_t at = span_find(SPAN(GOOD), span_str(old));
		ck_assert_uint_ne(at, SPAN_NONE);
		struct span text =
		        arena_join(s.arena, span_sub(SPAN(GOOD), 0, at), span_str(changes[i].new),
		                   span_from(SPAN(GOOD), at + strlen(old)), SPAN_END);
		ck_assert_msg(opens(text) == changes[i].opens, "%.*s", SPAN_FMT(text));
	}
}
END_TEST

/* One octet of the header is another: refused or read, never a crash or a lost octet. */
START_TEST(flipped_file)
{
	char text[sizeof(GOOD) - 1];
	for (size_t i = 0; i < sizeof(text) - 6; i++) {
		memcpy(text, GOOD, sizeof(text));
		text[i] = (char)(text[i] ^ 1 << (i % 8));
		struct span bytes = { text, sizeof(text) };
		if (opens(bytes)) {
			ok(&s, spool_open(scene_path(&s, "file"), &in, &s.e));
			is_message(SPAN("abcd\r\n"));
			spool_close(&in);
		}
	}
}
END_TEST

START_TEST(no_file)
{
	struct spooled out;
	const char *pipe = scene_path(&s, "pipe");
	ck_assert(mkfifo(pipe, 0600) == 0);
	ck_assert(!opens(SPAN("")));
	fails(&s, ERR_TEMPORARY, "cannot open", spool_open(scene_path(&s, "none"), &out, &s.e));
	fails(&s, ERR_TEMPORARY, "not a regular file", spool_open(s.dir, &out, &s.e));
	fails(&s, ERR_TEMPORARY, "not a regular file", spool_open(pipe, &out, &s.e));
}
END_TEST

/* ---- names ---- */

START_TEST(names_sorted)
{
	static const char *const files[] = { "b", "a", "00ff", "00fe.1", ".hidden", "00fe" };
	struct span *names;
	size_t n;
	ok(&s, folder_names(s.arena, s.c->paths.spool_new, SPAN(""), &names, &n, &s.e));
	ck_assert_uint_eq(n, 0);
	for (int i = 0; i < LENGTH(files); i++) {
		scene_write(&s, arena_printf(s.arena, "data/spool/new/%s", files[i]).p, SPAN(""),
		            0600);
	}
	ok(&s, folder_names(s.arena, s.c->paths.spool_new, SPAN(""), &names, &n, &s.e));
	ck_assert_uint_eq(n, 5);
	assert_span(names[0], "00fe");
	assert_span(names[1], "00fe.1");
	assert_span(names[2], "00ff");
	assert_span(names[4], "b");
	fails(&s, ERR_TEMPORARY, "cannot read",
	      folder_names(s.arena, "/nonexistent", SPAN(""), &names, &n, &s.e));
}
END_TEST

static int64_t far_future(const struct env *env)
{
	(void)env;
	return 4000000000;
}

static int64_t end_of_a_second(const struct env *env)
{
	(void)env;
	return 7999999;
}

static int64_t next_second(const struct env *env)
{
	(void)env;
	return 8000001;
}

/* Names go by the time of arrival, and two of the same moment differ. */
START_TEST(names_by_time)
{
	char first[SPOOL_NAME], second[SPOOL_NAME], last[SPOOL_NAME];
	int fd = file_of(SPAN(""));
	ok(&s, spool_receive(s.c, fd, &usual, first, &s.e));
	ok(&s, spool_receive(s.c, fd, &usual, second, &s.e));
	s.c->env.now = far_future;
	ok(&s, spool_receive(s.c, fd, &usual, last, &s.e));
	close(fd);
	ck_assert_str_ne(first, second);
	ck_assert_str_lt(first, last);
	ck_assert_str_lt(second, last);
	ck_assert_uint_le(strlen(last), SPOOL_NAME - 1);
}
END_TEST

/* Within a second of the day, too: seconds of the monotonic clock begin at another time. */
START_TEST(names_in_a_second)
{
	char first[SPOOL_NAME], second[SPOOL_NAME];
	int fd = file_of(SPAN(""));
	s.c->env.now = far_future;
	s.c->env.now_us = end_of_a_second;
	ok(&s, spool_receive(s.c, fd, &usual, first, &s.e));
	s.c->env.now_us = next_second;
	ok(&s, spool_receive(s.c, fd, &usual, second, &s.e));
	ck_assert_str_lt(first, second);
	close(fd);
}
END_TEST

static void add_receive(Suite *suite)
{
	TCase *c = tcase_create("receive");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, line_end);
	tcase_add_loop_test(c, chunk_border, 0, LENGTH(border_ends));
	tcase_add_test(c, crumbs);
	tcase_add_loop_test(c, truncated, 0, 2);
	tcase_add_test(c, from_line);
	tcase_add_test(c, envelope);
	tcase_add_test(c, envelope_forged);
	tcase_add_test(c, put);
	tcase_add_test(c, receive_unreadable);
	tcase_add_test(c, receive_without_folders);
	tcase_add_test(c, receive_private);
	suite_add_tcase(suite, c);
}

static void add_open(Suite *suite)
{
	TCase *c = tcase_create("open");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, good_file);
	tcase_add_test(c, cut_file);
	tcase_add_test(c, changed_file);
	tcase_add_test(c, flipped_file);
	tcase_add_test(c, no_file);
	tcase_add_test(c, names_sorted);
	tcase_add_test(c, names_by_time);
	tcase_add_test(c, names_in_a_second);
	suite_add_tcase(suite, c);
}

Suite *spool_suite(void);

Suite *spool_suite(void)
{
	Suite *suite = suite_create("flow/spool");
	add_receive(suite);
	add_open(suite);
	return suite;
}
