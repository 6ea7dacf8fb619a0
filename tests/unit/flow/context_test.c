#include "flow/context.h"

#include "base/file.h"
#include "base/limits.h"
#include "unit/flow/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct scene s;
static struct context *c;

static void setup(void)
{
	scene_open(&s);
	c = NULL;
}

static void teardown(void)
{
	context_close(c);
	scene_close(&s);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Open the site's configuration, or PATH. */
static bool opens(const char *path, unsigned needs)
{
	context_close(c);
	c = context_open(path ? path : scene_path(&s, "ladle.conf"), needs, "test", &s.e);
	return c != NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* ---- init ---- */

static const struct {
	const char *path;
	mode_t mode;
} made[] = {
	{ "ladle.conf", S_IFREG | 0644 },     { "data", S_IFDIR | 0700 },
	{ "data/spool/tmp", S_IFDIR | 0700 }, { "data/spool/new", S_IFDIR | 0700 },
	{ "data/spool/stuck", S_IFDIR | 0700 }, { "data/msg", S_IFDIR | 0700 },
	{ "data/keys", S_IFDIR | 0700 },      { "data/journal", S_IFDIR | 0700 },
	{ "data/secret", S_IFREG | 0600 },    { "data/ladle.db", S_IFREG | 0600 },
	{ "data/wake", S_IFREG | 0600 },
};

START_TEST(init_makes)
{
	for (int i = 0; i < LENGTH(made); i++) {
		struct stat st;
		ck_assert_msg(stat(scene_path(&s, made[i].path), &st) == 0, "no %s", made[i].path);
		ck_assert_msg(st.st_mode == made[i].mode, "%s has mode %o", made[i].path,
		              st.st_mode);
	}
	ck_assert_uint_eq(scene_read(&s, scene_path(&s, "data/secret")).n, 32);
}
END_TEST

START_TEST(init_again)
{
	struct span secret = scene_read(&s, scene_path(&s, "data/secret"));
	fails(&s, ERR_PERMANENT, "there is a site already", context_init(s.dir, &s.e));
	/* What an init that was killed has left is kept: only ladle.conf makes a site. */
	ck_assert(unlink(scene_path(&s, "ladle.conf")) == 0);
	ok(&s, context_init(s.dir, &s.e));
	ck_assert(span_eq(secret, scene_read(&s, scene_path(&s, "data/secret"))));
	ok(&s, opens(NULL, CONTEXT_STORE | CONTEXT_SECRET));
}
END_TEST

START_TEST(init_nowhere)
{
	scene_write(&s, "file", SPAN(""), 0600);
	fails(&s, ERR_TEMPORARY, "file", context_init(scene_path(&s, "file"), &s.e));
	fails(&s, ERR_TEMPORARY, "file", context_init(scene_path(&s, "file/below"), &s.e));
	ok(&s, context_init(scene_path(&s, "a/b/c"), &s.e));
	ok(&s, opens(scene_path(&s, "a/b/c/ladle.conf"), CONTEXT_STORE));
}
END_TEST

/* ---- where things are ---- */

START_TEST(all_needs)
{
	ok(&s, opens(NULL, 0));
	ck_assert(!c->store && !c->dns && c->secret.n == 0);
	ok(&s, context_need(c, CONTEXT_STORE | CONTEXT_SECRET | CONTEXT_DNS, &s.e));
	ck_assert(c->store && c->dns && c->secret.n == 32);
	struct store *store = c->store;
	ok(&s, context_need(c, CONTEXT_STORE, &s.e)); /* once is enough */
	ck_assert_ptr_eq(c->store, store);
}
END_TEST

/* Data lies beside the configuration itself, not beside a link to it. */
START_TEST(linked)
{
	ck_assert(mkdir(scene_path(&s, "etc"), 0700) == 0);
	ck_assert(symlink("../ladle.conf", scene_path(&s, "etc/first.conf")) == 0);
	ck_assert(symlink(scene_path(&s, "etc/first.conf"),
	                  scene_path(&s, "etc/second.conf")) == 0);
	ok(&s, opens(scene_path(&s, "etc/second.conf"), CONTEXT_STORE | CONTEXT_SECRET));
	ck_assert(same_file(c->paths.db, scene_path(&s, "data/ladle.db")));
	ck_assert(same_file(c->paths.spool_new, scene_path(&s, "data/spool/new")));
	ck_assert(!file_exists(scene_path(&s, "etc/data")));
}
END_TEST

START_TEST(linked_folder)
{
	ck_assert(mkdir(scene_path(&s, "x"), 0700) == 0);
	ck_assert(symlink("..", scene_path(&s, "x/up")) == 0);
	ok(&s, opens(scene_path(&s, "x/up/ladle.conf"), CONTEXT_STORE));
	ck_assert(same_file(c->paths.db, scene_path(&s, "data/ladle.db")));
}
END_TEST

START_TEST(linked_to_nothing)
{
	ck_assert(symlink("gone.conf", scene_path(&s, "a.conf")) == 0);
	ck_assert(symlink("loop.conf", scene_path(&s, "loop.conf")) == 0);
	fails(&s, ERR_TEMPORARY, "ladle init", opens(scene_path(&s, "a.conf"), 0));
	fails(&s, ERR_TEMPORARY, "loop.conf", opens(scene_path(&s, "loop.conf"), 0));
}
END_TEST

START_TEST(working_folder)
{
	ck_assert(chdir(s.dir) == 0);
	context_close(c);
	c = context_open(NULL, CONTEXT_STORE, "test", &s.e);
	ck_assert_msg(c != NULL, "%s", s.e.text);
	ck_assert(same_file(c->paths.db, "data/ladle.db"));
	ok(&s, opens("ladle.conf", CONTEXT_STORE));
	ok(&s, opens("./data/../ladle.conf", CONTEXT_STORE));
	ck_assert(same_file(c->paths.db, "data/ladle.db"));
	/* What it opened stays in reach when the process goes elsewhere. */
	ck_assert(chdir("/") == 0);
	ck_assert(file_exists(c->paths.db));
}
END_TEST

START_TEST(data_elsewhere)
{
	ck_assert(rename(scene_path(&s, "data"), scene_path(&s, "moved")) == 0);
	struct span absolute = arena_printf(s.arena, "data-dir = %s/moved\n", s.dir);
	scene_write(&s, "ladle.conf", absolute, 0644);
	ok(&s, opens(NULL, CONTEXT_STORE));
	ck_assert(same_file(c->paths.db, scene_path(&s, "moved/ladle.db")));
	scene_write(&s, "ladle.conf", SPAN("data-dir = moved\n"), 0644);
	ok(&s, opens(NULL, CONTEXT_STORE));
	scene_write(&s, "ladle.conf", SPAN("data-dir = gone\n"), 0644);
	fails(&s, ERR_TEMPORARY, "gone/ladle.db", opens(NULL, CONTEXT_STORE));
	ck_assert(!file_exists(scene_path(&s, "gone")));
}
END_TEST

/* ---- the configuration ---- */

static const struct {
	const char *text, *part;
} bad_configs[] = {
	{ "colour = red\n", "ladle.conf:1: unknown key \"colour\"" },
	{ "# one\n\nhostname = mx.example\nno-key\n", "ladle.conf:4: \"no-key\"" },
	{ "footer = x\n", "ladle.conf:1: unknown key \"footer\", which is a setting of lists" },
	{ "hostname = a.example\nhostname = b.example\n", "ladle.conf:2: key \"hostname\"" },
	{ "workers = many\n", "ladle.conf:1: workers" },
	{ "=\n", "ladle.conf:1: " },
	{ "\xff = 1\n", "ladle.conf:1: " },
};

START_TEST(bad_config)
{
	for (int i = 0; i < LENGTH(bad_configs); i++) {
		scene_write(&s, "ladle.conf", span_str(bad_configs[i].text), 0644);
		fails(&s, ERR_MISUSE, bad_configs[i].part, opens(NULL, CONTEXT_STORE));
	}
	scene_write(&s, "ladle.conf", SPAN("hostname = a\0b\n"), 0644);
	fails(&s, ERR_MISUSE, "ladle.conf:1: ", opens(NULL, 0));
}
END_TEST

START_TEST(no_config)
{
	fails(&s, ERR_TEMPORARY, "\"ladle init\" makes one", opens(scene_path(&s, "none.conf"), 0));
	fails(&s, ERR_TEMPORARY, "cannot read the configuration", opens(s.dir, 0));
	struct buf large = BUF_INIT;
	while (large.n <= LIMIT_CONFIG) {
		buf_str(&large, "# nothing but a comment\n");
	}
	scene_write(&s, "ladle.conf", buf_span(&large), 0644);
	buf_free(&large);
	fails(&s, ERR_PERMANENT, "more than", opens(NULL, 0));
	scene_write(&s, "ladle.conf", SPAN(""), 0644);
	ok(&s, opens(NULL, CONTEXT_STORE)); /* all defaults */
	ck_assert_uint_gt(c->site.hostname.n, 0);
	ck_assert(span_eq(c->site.authserv_id, c->site.hostname));
}
END_TEST

/* ---- secret and database ---- */

START_TEST(secret_missing)
{
	ck_assert(unlink(scene_path(&s, "data/secret")) == 0);
	ok(&s, opens(NULL, CONTEXT_STORE));
	fails(&s, ERR_TEMPORARY, "data/secret", context_need(c, CONTEXT_SECRET, &s.e));
	fails(&s, ERR_TEMPORARY, "data/secret", opens(NULL, CONTEXT_SECRET));
}
END_TEST

START_TEST(secret_readable_by_others)
{
	static const mode_t modes[] = { 0640, 0604, 0644, 0660, 0601, 0777 };
	const char *secret = scene_path(&s, "data/secret");
	for (int i = 0; i < LENGTH(modes); i++) {
		ck_assert(chmod(secret, modes[i]) == 0);
		fails(&s, ERR_TEMPORARY, "data/secret\" can be read by others",
		      opens(NULL, CONTEXT_SECRET));
		ck_assert(strstr(s.e.text, "chmod 600"));
		ck_assert(strstr(s.e.text,
		                 arena_printf(s.arena, "mode %04o", (unsigned)modes[i]).p));
	}
	ck_assert(chmod(secret, 0400) == 0);
	ok(&s, opens(NULL, CONTEXT_SECRET));
}
END_TEST

START_TEST(secret_of_wrong_size)
{
	char bytes[40] = { 0 };
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		scene_write(&s, "data/secret", (struct span){ bytes, n }, 0600);
		s.e = (struct err){ 0 };
		ck_assert_msg(opens(NULL, CONTEXT_SECRET) == (n == 32), "%zu octets: %s", n,
		              s.e.text);
		ck_assert(n == 32 || strstr(s.e.text, "data/secret"));
	}
}
END_TEST

START_TEST(database_missing)
{
	const char *db = scene_path(&s, "data/ladle.db");
	ck_assert(unlink(db) == 0);
	fails(&s, ERR_TEMPORARY, "ladle.db", opens(NULL, CONTEXT_STORE));
	ck_assert(!file_exists(db)); /* an empty one in its place would hide the loss */
	scene_write(&s, "data/ladle.db", SPAN("this is no database, whatever its name may say"),
	            0600);
	fails(&s, ERR_TEMPORARY, "ladle.db", opens(NULL, CONTEXT_STORE));
}
END_TEST

START_TEST(private_file)
{
	static const struct {
		mode_t mode;
		bool private;
	} modes[] = {
		{ 0600, true }, { 0400, true }, { 0700, true }, { 0000, true }, { 0610, false },
		{ 0620, false }, { 0640, false }, { 0601, false }, { 0602, false }, { 0604, false },
	};
	const char *path = scene_write(&s, "file", SPAN("x"), 0600);
	for (int i = 0; i < LENGTH(modes); i++) {
		ck_assert(chmod(path, modes[i].mode) == 0);
		ck_assert_msg(context_private(path, &s.e) == modes[i].private, "%o", modes[i].mode);
	}
	/* Of a link, the file counts. */
	ck_assert(symlink("file", scene_path(&s, "link")) == 0 && chmod(path, 0644) == 0);
	fails(&s, ERR_TEMPORARY, "can be read by others",
	      context_private(scene_path(&s, "link"), &s.e));
	fails(&s, ERR_TEMPORARY, "cannot read", context_private(scene_path(&s, "none"), &s.e));
}
END_TEST

/* root in a site of somebody else becomes that user, also in his groups; in its own it stays. */
START_TEST(owner)
{
	enum { NOBODY = 65534 };
	char command[200];
	int status;
	if (geteuid() != 0) {
		return;
	}
	ok(&s, opens(NULL, CONTEXT_STORE | CONTEXT_SECRET));
	ck_assert_uint_eq(geteuid(), 0);
	context_close(c);
	c = NULL;
	snprintf(command, sizeof(command), "chmod 755 '%s' && chown -R %d:%d '%s/data'", s.dir,
	         NOBODY, NOBODY, s.dir);
	ck_assert_int_eq(system(command), 0);
	pid_t pid = fork();
	if (pid == 0) {
		bool good = opens(NULL, CONTEXT_STORE | CONTEXT_SECRET) && getuid() == NOBODY &&
		            geteuid() == NOBODY && getegid() == NOBODY && getgroups(0, NULL) == 0 &&
		            setuid(0) != 0;
		_exit(!good);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

Suite *context_suite(void);

Suite *context_suite(void)
{
	Suite *suite = suite_create("flow/context");
	TCase *t = tcase_create("context");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, init_makes);
	tcase_add_test(t, init_again);
	tcase_add_test(t, init_nowhere);
	tcase_add_test(t, all_needs);
	tcase_add_test(t, linked);
	tcase_add_test(t, linked_folder);
	tcase_add_test(t, linked_to_nothing);
	tcase_add_test(t, working_folder);
	tcase_add_test(t, data_elsewhere);
	tcase_add_test(t, bad_config);
	tcase_add_test(t, no_config);
	tcase_add_test(t, secret_missing);
	tcase_add_test(t, secret_readable_by_others);
	tcase_add_test(t, secret_of_wrong_size);
	tcase_add_test(t, database_missing);
	tcase_add_test(t, private_file);
	tcase_add_test(t, owner);
	suite_add_tcase(suite, t);
	return suite;
}
