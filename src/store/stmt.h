#ifndef LADLE_STORE_STMT_H
#define LADLE_STORE_STMT_H

/*
 * Private to src/store: the store itself and its statements. Every SQL text has
 * a number here and stands in the table of stmt.c; it is prepared when it is
 * first used and kept.
 *
 *     stmt_run(s, STMT_MEMBER_RM, STMT_ARGS(stmt_int(list), stmt_text(key)), e)
 *
 *     struct rows r;
 *     rows_open(&r, s, STMT_MEMBER_PAGE, STMT_ARGS(…), arena);
 *     while (rows_next(&r))
 *             id = row_int(&r), address = row_span(&r) …   columns from the left
 *     return rows_close(&r, e);                             says whether all went well
 *
 * A statement is in use by one `rows` at a time. Arguments are numbered from ?1.
 */

#include "store/db.h"

#include <sqlite3.h>

enum stmt_id {
	/* db.c */
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_ROLLBACK,
	STMT_IDENTITY,
	STMT_SET_WAL,
	STMT_SET_SYNCHRONOUS,
	STMT_SET_FOREIGN_KEYS,
	STMT_SET_TRUSTED_SCHEMA,
	STMT_SET_CHECKPOINT,
	STMT_SET_JOURNAL_LIMIT,
	STMT_SET_CACHE,
	/* lists.c */
	STMT_LIST_CREATE,
	STMT_LIST_FIND,
	STMT_LIST_GET,
	STMT_LIST_ALL,
	STMT_LIST_RM,
	STMT_LIST_RM_MEMBERS,
	STMT_SETTING_PUT,
	STMT_SETTING_RM,
	STMT_LIST_AT,
	STMT_ALIAS_ADD,
	STMT_ALIAS_RM,
	/* members.c */
	STMT_MEMBER_ADD,
	STMT_MEMBER_ADD_MANY,
	STMT_MEMBER_RM,
	STMT_MEMBER_FIND,
	STMT_MEMBER_GET,
	STMT_MEMBER_SET_OPTIONS,
	STMT_MEMBER_SET_ADDRESS,
	STMT_MEMBER_KEYS,
	STMT_MEMBER_PAGE,
	STMT_MEMBER_COUNT,
	STMT_MEMBER_MAX,
	STMT_MEMBER_EVERYWHERE,
	STMT_MEMBER_BY_ALIAS,
	STMT_MEMBER_ALIAS_ADD,
	STMT_MEMBER_ALIAS_RM,
	STMT_MEMBER_ALIAS_LS,
	/* pending.c */
	STMT_PENDING_ADD,
	STMT_PENDING_FIND,
	STMT_PENDING_TAKE,
	STMT_PENDING_DROP,
	STMT_PENDING_WAITS,
	STMT_PENDING_TO_REMIND,
	STMT_PENDING_RENEW,
	STMT_PENDING_SWEEP,
	STMT_ANSWER_COUNT,
	STMT_ANSWER_ADD,
	STMT_ANSWER_FORGET,
	STMT_ANSWER_SWEEP,
	/* bans.c */
	STMT_BAN_AT,
	STMT_BAN_ADD,
	STMT_BAN_RM,
	STMT_BAN_LS,
	STMT_BAN_CANDIDATES,
	STMT_BAN_SWEEP,
	/* audit.c */
	STMT_AUDIT_ADD,
	STMT_AUDIT_LS,
	STMT_AUDIT_LS_LIST,
	/* blob.c */
	STMT_BLOB_NAMED,
	/* inbox.c */
	STMT_INBOX_GET,
	STMT_INBOX_PUT,
	STMT_INBOX_LS,
	STMT_INBOX_BY_MESSAGE_ID,
	STMT_INBOX_SWEEP,
	/* held.c */
	STMT_HELD_ADD,
	STMT_HELD_GET,
	STMT_HELD_LS,
	STMT_HELD_LS_LIST,
	STMT_HELD_KNOWN,
	STMT_HELD_COUNT_KNOWN,
	STMT_HELD_ASK,
	STMT_HELD_DECIDE,
	STMT_HELD_COUNT,
	STMT_HELD_COUNT_LIST,
	STMT_HELD_COUNTS,
	STMT_HELD_EXPIRED,
	STMT_HELD_LISTS,
	STMT_HELD_SWEEP,
	STMT_HELD_RECENT,
	STMT_HELD_TOLD,
	STMT_HELD_AGING,
	STMT_HELD_WARNED,
	/* passes.c */
	STMT_PASS_ADD,
	STMT_PASS_FIND,
	STMT_PASS_USED,
	STMT_PASS_LS,
	STMT_PASS_RM,
	/* schedule.c */
	STMT_SCHEDULE_GET,
	STMT_SCHEDULE_PUT,
	/* posts.c */
	STMT_POST_NEXT_NUMBER,
	STMT_POST_NEXT,
	STMT_POST_SET_NUMBER,
	STMT_POST_ADD,
	STMT_POST_GET,
	STMT_POST_BY_MESSAGE_ID,
	STMT_POST_LS,
	STMT_POST_SET_STATE,
	STMT_VARIANT_ADD,
	STMT_VARIANT_GET,
	STMT_VARIANT_ASCII,
	STMT_DOMAIN_SIGNS,
	STMT_DOMAIN_SIGNED,
	STMT_SEEN,
	STMT_SEEN_ADD,
	STMT_SEEN_SWEEP,
	/* relay.c */
	STMT_RELAY_DOWN,
	STMT_RELAY_UP,
	STMT_RELAY_GET,
	/* outbox.c */
	STMT_OUTBOX_PUT,
	STMT_OUTBOX_SUSPECT,
	STMT_OUTBOX_DUE,
	STMT_OUTBOX_TAKE,
	STMT_OUTBOX_SETTLE,
	STMT_OUTBOX_ACCEPTED,
	STMT_OUTBOX_RELEASE,
	STMT_OUTBOX_NEXT_AT,
	STMT_OUTBOX_GET,
	STMT_OUTBOX_LS,
	STMT_OUTBOX_BY_MESSAGE_ID,
	STMT_OUTBOX_COUNT,
	STMT_OUTBOX_RETRY,
	STMT_OUTBOX_RETRY_ALL,
	STMT_OUTBOX_DROP,
	STMT_OUTBOX_SWEEP,
	/* refusals.c */
	STMT_REFUSAL_ADD,
	STMT_REFUSAL_KNOWN,
	STMT_REFUSAL_ADDRESS,
	STMT_REFUSAL_DOMAIN,
	STMT_REFUSAL_TOLD,
	STMT_REFUSAL_SILENT,
	STMT_REFUSAL_SWEEP,
	/* msgids.c */
	STMT_MSGID_ADD,
	STMT_MSGID_FIND,
	STMT_MSGID_OF_POST,
	STMT_MSGID_KNOWN,
	/* writers.c */
	STMT_WRITTEN_ADD,
	STMT_WRITTEN_COUNT,
	STMT_WRITTEN_COUNT_LIST,
	STMT_WRITTEN_SWEEP,
	STMT_WRITER_POSTED,
	STMT_WRITER_POSTS,
	/* fanout.c */
	STMT_FAN_POST_LIST,
	STMT_FAN_FINISH,
	STMT_FAN_PARK,
	STMT_FAN_UNPARK,
	STMT_FAN_ADD,
	STMT_FAN_SETTLE,
	STMT_FAN_DUE_POST,
	STMT_FAN_DUE,
	STMT_FAN_TAKE,
	STMT_FAN_SKIP,
	STMT_FAN_NEXT_POST,
	STMT_FAN_SKIP_ADD,
	STMT_FAN_RANGE,
	STMT_FAN_CLAIM,
	STMT_FAN_ADVANCE,
	STMT_FAN_UNCLAIM,
	STMT_FAN_SENT,
	/* fanout_release.c */
	STMT_FAN_CLAIMS,
	STMT_FAN_CLAIMED,
	STMT_FAN_TAKEN,
	STMT_FAN_GIVE_BACK,
	STMT_FAN_ACCEPTED,
	/* fanout_report.c */
	STMT_FAN_NEXT_AT,
	STMT_FAN_COUNTS,
	STMT_FAN_LS,
	STMT_FAN_LS_POST,
	STMT_FAN_LS_DEFERRED,
	STMT_FAN_ONE,
	STMT_FAN_DEFERRED_POSTS,
	STMT_FAN_RETRY,
	STMT_FAN_DROP,
	STMT_FAN_STOP,
	/* bounces.c */
	STMT_BOUNCE_ADD,
	STMT_BOUNCE_LS,
	STMT_BOUNCE_LS_ID,
	STMT_BOUNCE_LS_MEMBER,
	STMT_BOUNCE_LS_GROUP,
	STMT_BOUNCE_LS_POST,
	STMT_BOUNCE_LS_LIST,
	STMT_BOUNCE_HITS,
	STMT_BOUNCE_TALLY_ADD,
	STMT_BOUNCE_TALLY_PUT,
	STMT_BOUNCE_RECIPIENTS,
	STMT_BOUNCE_GROUP_ADD,
	STMT_BOUNCE_GROUPS,
	STMT_BOUNCE_ALERTS,
	STMT_BOUNCE_ALERTED,
	STMT_BOUNCE_GATHER,
	STMT_BOUNCE_PLACE,
	STMT_BOUNCE_UNDO,
	STMT_BOUNCE_UNDO_GROUP,
	STMT_BOUNCE_FORGET,
	STMT_BOUNCE_STANDING,
	STMT_BOUNCE_STANDING_PUT,
	STMT_BOUNCE_STANDING_RM,
	STMT_BOUNCE_STANDING_RESTORE,
	STMT_BOUNCE_SET_DELIVERY,
	STMT_BOUNCE_STANDINGS,
	STMT_BOUNCE_FORGED,
	STMT_BOUNCE_FORGED_COUNT,
	STMT_BOUNCE_FAILED,
	STMT_BOUNCE_FAILED_PROBES,
	STMT_BOUNCE_COUNTED,
	STMT_BOUNCE_BY_CLASS,
	STMT_BOUNCE_BY_DOMAIN,
	STMT_BOUNCE_BY_POST,
	STMT_BOUNCE_BY_MEMBER,
	STMT_BOUNCE_SWEEP_EVENTS,
	STMT_BOUNCE_SWEEP_GROUPS,
	STMT_COUNT
};

/* Members in one STMT_MEMBER_ADD_MANY. */
#define STMT_MEMBER_ADD_ROWS 64

struct store {
	sqlite3 *db;
	char *path;
	sqlite3_stmt *prepared[STMT_COUNT];
	bool open;          /* between begin and the end of the transaction */
	bool doomed;        /* something in it was done by half: it cannot be committed */
	int64_t busy_limit; /* milliseconds to wait for a lock */
	int64_t busy_since; /* monotonic milliseconds, of the wait that is going on */
};

/* An argument of a statement; its bytes are borrowed until the statement ends. */
struct value {
	enum { VALUE_INT, VALUE_TEXT, VALUE_BYTES } type;
	int64_t number;
	struct span bytes;
};

static inline struct value stmt_int(int64_t number)
{
	return (struct value){ .type = VALUE_INT, .number = number };
}
/* For columns of type TEXT. */
static inline struct value stmt_text(struct span text)
{
	return (struct value){ .type = VALUE_TEXT, .bytes = text };
}
/* For columns of type BLOB. */
static inline struct value stmt_bytes(struct span bytes)
{
	return (struct value){ .type = VALUE_BYTES, .bytes = bytes };
}
/* For LIMIT. */
static inline struct value stmt_limit(size_t limit)
{
	return stmt_int(limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
}

#define STMT_ARGS(...)                                                                             \
	(const struct value[]){ __VA_ARGS__ },                                                     \
		sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)
#define STMT_NO_ARGS NULL, 0

/* The text of a statement, for tests. */
const char *stmt_sql(enum stmt_id id);

/* Run to the end; rows are of no interest. */
bool stmt_run(struct store *s, enum stmt_id id, const struct value *v, size_t n, struct err *e);
/* The same for a statement that changes rows; *CHANGED: how many. */
bool stmt_change(struct store *s, enum stmt_id id, const struct value *v, size_t n,
                 int64_t *changed, struct err *e);
/* The same; *TOUCHED: any. */
bool stmt_touch(struct store *s, enum stmt_id id, const struct value *v, size_t n, bool *touched,
                struct err *e);
/* First column of the first row; *OUT is 0 when there is none. */
bool stmt_number(struct store *s, enum stmt_id id, const struct value *v, size_t n, int64_t *out,
                 struct err *e);

struct rows {
	struct store *store;
	enum stmt_id id;
	sqlite3_stmt *stmt;  /* NULL when it could not be prepared */
	struct arena *arena; /* for row_span */
	int column;          /* the next to be read */
	int status;          /* SQLITE_ROW, SQLITE_DONE, or what went wrong */
};

/* ARENA may be NULL when only numbers are read. */
void rows_open(struct rows *r, struct store *s, enum stmt_id id, const struct value *v, size_t n,
               struct arena *arena);
bool rows_next(struct rows *r);
int64_t row_int(struct rows *r);
/* A copy in the arena; empty for NULL. */
struct span row_span(struct rows *r);
bool rows_close(struct rows *r, struct err *e);

/* Fill *E for the code STATUS of SQLite; always false. */
bool stmt_fail(const struct store *s, int status, const char *sql, struct err *e);
/* Finalise what was prepared. */
void stmt_end(struct store *s);

/*
 * For calls of several statements: a transaction of their own unless the caller
 * has one (*OWN false). Leave with OK false undoes it, or dooms the caller's.
 */
bool store_enter(struct store *s, bool *own, struct err *e);
bool store_leave(struct store *s, bool own, bool ok, struct err *e);

/* fanout.c, for the other files of the fan-out and posts.c. */
struct fan_row;
bool fan_add(struct store *s, const struct fan_row *row, int64_t first_at, struct err *e);
/* The post becomes done if nothing of it is open. */
bool fan_finish(struct store *s, int64_t post, int64_t now, struct err *e);

#endif
