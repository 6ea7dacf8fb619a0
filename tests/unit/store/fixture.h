#ifndef LADLE_TESTS_STORE_FIXTURE_H
#define LADLE_TESTS_STORE_FIXTURE_H

/* A database in a folder of its own, and short ways to fill it and to look into it. */

#include "store/fanout.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/stmt.h"

#include <check.h>

struct fixture {
	char dir[64];
	char path[96];
	struct store *s;
	struct arena *arena;
	struct err e;
};

/* A call of the store has to succeed: ok(&f, store_begin(f.s, &f.e)). */
#define ok(f, call) ck_assert_msg((call), "%s: %s", #call, (f)->e.text)
/* It has to fail, with this class. */
#define fails(f, class_, call)                                                                     \
	do {                                                                                       \
		(f)->e = (struct err){ 0 };                                                        \
		ck_assert_msg(!(call), "%s succeeded", #call);                                     \
		ck_assert_msg((f)->e.class == (class_), "%s: class %s: %s", #call,                 \
		              err_class_name((f)->e.class), (f)->e.text);                          \
		ck_assert_msg((f)->e.text[0] != '\0', "%s: no text", #call);                       \
	} while (0)
#define assert_span(got, text)                                                                     \
	do {                                                                                       \
		struct span got_ = (got);                                                          \
		ck_assert_msg(span_is(got_, (text)), "\"%.*s\" is not \"%s\"", SPAN_FMT(got_),     \
		              (text));                                                             \
	} while (0)

void fixture_open(struct fixture *f);
/* Another connection to the same file. */
struct store *fixture_connect(struct fixture *f);
void fixture_disconnect(struct fixture *f);
void fixture_close(struct fixture *f);
/* No syncs in S: for tests of many transactions in which only processes die, not the machine. */
void fixture_fast(struct store *s);

int64_t fixture_list(struct fixture *f, const char *local);
/* Member ADDRESS, which is its own key; returns its id. */
int64_t fixture_member(struct fixture *f, int64_t list, const char *address);
void fixture_members(struct fixture *f, int64_t list, size_t n);
/* Member ADDRESS with delivery on or off; he must be there. */
void fixture_nomail(struct fixture *f, struct store *s, int64_t list, const char *address, bool off);
/* A post to the list's members of now. */
int64_t fixture_post(struct fixture *f, int64_t list);

void fixture_sql(struct fixture *f, const char *sql);
/* First column of the first row. */
int64_t fixture_number(struct fixture *f, const char *sql);

/* What has to hold at any time; fails the test with the name of what does not. */
void fixture_invariants(struct fixture *f);

/* In a child process: fault injection LIST ("sql:3"), counting in the fixture's folder. */
void fixture_fault(struct fixture *f, const char *list);
/* Number of calls of the fault point since the last fixture_fault_reset. */
uint64_t fixture_fault_count(struct fixture *f, const char *name);
void fixture_fault_reset(struct fixture *f);

#endif
