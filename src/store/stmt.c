/*
 * All SQL of Ladle.
 *
 * What is written here in digits has names in C: the assertions below keep them
 * equal. Conditions of partial indexes must stand in a query word for word, as
 * parameters would hide them from the planner. It knows nothing of how many rows
 * there are (ANALYZE is never run), so INDEXED BY says what it cannot guess.
 */

#include "store/stmt.h"

#include "rules/list.h"
#include "store/fanout.h"
#include "store/held.h"
#include "store/inbox.h"
#include "store/outbox.h"

_Static_assert(POST_SENDING == 0 && POST_DONE == 1, "states of posts in SQL");
_Static_assert(FAN_DEFERRED == 0 && FAN_FAILED == 1 && FAN_SKIPPED == 2 && FAN_SENT == 3,
               "states of recipients in SQL");
_Static_assert(STMT_MEMBER_ADD_ROWS == 64, "rows of a statement in SQL");
_Static_assert(MEMBER_NOMAIL == 1, "modes of delivery in SQL");
_Static_assert(HELD_WAITING == 0 && HELD_REFUSED == 3, "states of held messages in SQL");
_Static_assert(HELD_BACK_RULES == 0 && HELD_BACK_ALL == 1, "refusals that are undone in SQL");
_Static_assert(INBOX_POST == 1 && INBOX_DROPPED == 3, "states of the inbox in SQL");

_Static_assert(OUTBOX_WAITING == 0 && OUTBOX_SENT == 1 && OUTBOX_FAILED == 2 && OUTBOX_STUCK == 3,
               "states of the outbox in SQL");
_Static_assert(OUTBOX_NOTICE == 0 && OUTBOX_REPORT == 1, "priorities of the outbox in SQL");

#define LIST_COLUMNS                                                                               \
	"SELECT list.id, list.local, list.domain, setting.name, setting.value"                     \
	" FROM list LEFT JOIN setting ON setting.list = list.id"
/* Two lists never have one address: see STMT_LIST_CREATE and STMT_ALIAS_ADD. */
#define LIST_AT                                                                                    \
	"SELECT id FROM list WHERE domain = ?2 AND local = ?1"                                     \
	" UNION ALL SELECT list FROM alias WHERE domain = ?2 AND local = ?1"
#define MEMBER_COLUMNS                                                                             \
	"SELECT id, address, name, delivery, joined, paused, flags, language FROM member"
#define PENDING_COLUMNS                                                                            \
	"SELECT hash, list, action, key, address, name, other, delivery, asked_by, created,"       \
	" expires, reminded FROM pending"
#define BAN_COLUMNS "SELECT id, ifnull(list, 0), kind, pattern, reason, created, expires FROM ban"
#define AUDIT_COLUMNS                                                                              \
	"SELECT id, at, list, list_address, channel, actor, what, subject, detail FROM audit"
#define INBOX_COLUMNS                                                                              \
	"SELECT spool, state, ref, at, first_at, attempts, next_at, recipient, mail_from,"         \
	" message_id, reason FROM inbox"
#define HELD_COLUMNS                                                                               \
	"SELECT id, ifnull(list, 0), state, blob, mail_from, recipient, author, subject,"          \
	" message_id, rule, reason, verdict, arrived, decided, size, truncated,"                   \
	" kind, decided_by, channel, note, signed, arrived_as, handed_by, asked FROM held"
#define OUTBOX_COLUMNS                                                                             \
	"SELECT id, ifnull(list, 0), priority, kind, mail_from, recipient, blob, domain, chain,"   \
	" via, utf8, message_id, about, state, at, attempts, next_at, first_at, reply FROM outbox"
/* What is due: the condition of its indexes. */
#define OUTBOX_DUE " WHERE state = 0 AND worker IS NULL"
/* What is in a claim of worker ?n, -1 for anybody's. */
#define OUTBOX_OF(n)  " worker IS NOT NULL AND (worker = ?" #n " OR ?" #n " = -1)"
#define MSGID_COLUMNS "SELECT m.made, m.given, m.list, m.post FROM msgid m"
#define POST_COLUMNS                                                                               \
	"SELECT id, list, number, state, blob, message_id, author, subject, verdict, reason,"      \
	" received, member_max, cursor, done, handed_by FROM post"
#define VARIANT_COLUMNS                                                                            \
	"SELECT post, munged, mode, why, header, body, recipe, body_hash_simple,"                  \
	" body_hash_relaxed, mi, mi_top, hop, utf8, via, ascii FROM variant"
#define FAN_COLUMNS                                                                                \
	"SELECT post, member, address, state, at, next_at, attempts, reply FROM fan_exception"
/* For fan_exception.due of post ?1: TIME, if its rows may be claimed at all. */
#define DUE_WHEN(condition, time)                                                                  \
	"CASE WHEN " condition " AND (SELECT state FROM post WHERE id = ?1) = 0 THEN " time " END"

/* Rows of one list and time: a ? has the number behind the highest before it. */
#define ROW    "(?1, ?2, ?, ?, ?, ?, ?, ?, ?)"
#define ROWS_8 ROW ", " ROW ", " ROW ", " ROW ", " ROW ", " ROW ", " ROW ", " ROW
#define ROWS_64                                                                                    \
	ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8 ", " ROWS_8

static const char *const texts[] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_IDENTITY] =
		"SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)"
		" FROM pragma_user_version, pragma_application_id",
	[STMT_SET_WAL] = "PRAGMA journal_mode = WAL",
	[STMT_SET_SYNCHRONOUS] = "PRAGMA synchronous = FULL",
	[STMT_SET_FOREIGN_KEYS] = "PRAGMA foreign_keys = ON",
	[STMT_SET_TRUSTED_SCHEMA] = "PRAGMA trusted_schema = OFF",
	/* Pages of 4 kB: what a crash has to read again, against how often the file is synced. */
	[STMT_SET_CHECKPOINT] = "PRAGMA wal_autocheckpoint = 2000",
	/* What a large import leaves of the log on disk. */
	[STMT_SET_JOURNAL_LIMIT] = "PRAGMA journal_size_limit = 16777216",
	/* kB of memory at most; a large import in random order needs what it can get. */
	[STMT_SET_CACHE] = "PRAGMA cache_size = -16384",

	[STMT_LIST_CREATE] = "INSERT INTO list (local, domain, created) SELECT ?1, ?2, ?3 WHERE"
			     " NOT EXISTS (SELECT 1 FROM alias WHERE domain = ?2 AND local = ?1)"
			     " ON CONFLICT DO NOTHING",
	[STMT_LIST_FIND] = LIST_COLUMNS " WHERE list.id = (" LIST_AT ")",
	[STMT_LIST_GET] = LIST_COLUMNS " WHERE list.id = ?1",
	[STMT_LIST_ALL] = LIST_COLUMNS " ORDER BY list.domain, list.local",
	[STMT_LIST_RM] = "DELETE FROM list WHERE id = ?1",
	[STMT_LIST_RM_MEMBERS] = "DELETE FROM member WHERE id IN"
				 " (SELECT id FROM member WHERE list = ?1 ORDER BY id LIMIT 10000)",
	[STMT_SETTING_PUT] = "INSERT INTO setting (list, name, value) VALUES (?1, ?2, ?3)"
			     " ON CONFLICT DO UPDATE SET value = excluded.value",
	[STMT_SETTING_RM] = "DELETE FROM setting WHERE list = ?1 AND name = ?2",
	[STMT_LIST_AT] = LIST_AT,
	[STMT_ALIAS_ADD] = "INSERT INTO alias (local, domain, list) SELECT ?1, ?2, ?3 WHERE"
			   " NOT EXISTS (SELECT 1 FROM list WHERE domain = ?2 AND local = ?1)"
			   " ON CONFLICT DO NOTHING",
	[STMT_ALIAS_RM] = "DELETE FROM alias WHERE list = ?1",

	[STMT_MEMBER_ADD] = "INSERT INTO member (list, key, address, name, delivery, joined,"
			    " paused, flags, language) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
			    " ON CONFLICT DO NOTHING",
	[STMT_MEMBER_ADD_MANY] =
		"INSERT INTO member (list, joined, key, address, name, delivery, paused, flags,"
		" language) VALUES " ROWS_64 " ON CONFLICT DO NOTHING",
	[STMT_MEMBER_RM] = "DELETE FROM member WHERE list = ?1 AND key = ?2",
	[STMT_MEMBER_FIND] = MEMBER_COLUMNS " WHERE list = ?1 AND key = ?2",
	[STMT_MEMBER_GET] = MEMBER_COLUMNS " WHERE id = ?2 AND list = ?1",
	[STMT_MEMBER_SET_OPTIONS] = "UPDATE member SET delivery = ?3, paused = ?4, flags = ?5,"
				    " language = ?6 WHERE list = ?1 AND id = ?2",
	/* Of two members none becomes the other. */
	[STMT_MEMBER_SET_ADDRESS] = "UPDATE OR IGNORE member SET key = ?3, address = ?4"
				    " WHERE list = ?1 AND id = ?2",
	[STMT_MEMBER_KEYS] =
		"SELECT key, address FROM member WHERE list = ?1 AND key > ?2 ORDER BY key LIMIT ?3",
	[STMT_MEMBER_PAGE] = MEMBER_COLUMNS " WHERE list = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
	[STMT_MEMBER_COUNT] = "SELECT count(*) FROM member WHERE list = ?1",
	[STMT_MEMBER_MAX] = "SELECT max(id) FROM member WHERE list = ?1",
	/* There are few lists, and an index over the addresses of all would cost each import. */
	[STMT_MEMBER_EVERYWHERE] =
		"SELECT m.list, m.id, m.address, m.name, m.delivery, m.joined, m.paused, m.flags,"
		" m.language FROM list l CROSS JOIN member m ON m.list = l.id AND m.key = ?1"
		" ORDER BY l.id",
	[STMT_MEMBER_BY_ALIAS] =
		MEMBER_COLUMNS " WHERE id = (SELECT member FROM member_alias WHERE list = ?1"
			       " AND key = ?2)",
	[STMT_MEMBER_ALIAS_ADD] = "INSERT INTO member_alias (list, key, address, member)"
				  " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
	[STMT_MEMBER_ALIAS_RM] =
		"DELETE FROM member_alias WHERE list = ?1 AND key = ?2 AND member = ?3",
	[STMT_MEMBER_ALIAS_LS] = "SELECT address FROM member_alias WHERE member = ?1 ORDER BY key",

	[STMT_PENDING_ADD] =
		"INSERT INTO pending (hash, list, action, key, address, name, other, delivery,"
		" asked_by, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[STMT_PENDING_FIND] = PENDING_COLUMNS " WHERE hash = ?1 AND list = ?2 AND expires > ?3",
	[STMT_PENDING_TAKE] = "DELETE FROM pending WHERE hash = ?1",
	[STMT_PENDING_DROP] = "DELETE FROM pending WHERE list = ?1 AND key = ?2 AND action = ?3",
	[STMT_PENDING_WAITS] =
		"SELECT count(*) FROM pending WHERE list = ?1 AND key = ?2 AND action = ?3",
	[STMT_PENDING_TO_REMIND] = PENDING_COLUMNS
	" WHERE list = ?1 AND action = ?2 AND created <= ?3 AND expires > ?4 AND reminded = 0"
	" ORDER BY created, hash",
	[STMT_PENDING_RENEW] = "UPDATE pending SET hash = ?2, reminded = ?3 WHERE hash = ?1",
	[STMT_PENDING_SWEEP] = "DELETE FROM pending WHERE expires <= ?1",
	[STMT_ANSWER_COUNT] =
		"SELECT count(*) FILTER (WHERE list = ?2 AND kind = ?3),"
		" count(*) FILTER (WHERE list = ?2),"
		" count(DISTINCT CASE WHEN list <> ?2 AND kind = 0 AND at > ?5 THEN list END),"
		" (SELECT count(*) FROM answer WHERE at > ?5)"
		" FROM answer WHERE key = ?1 AND at > ?4",
	[STMT_ANSWER_ADD] = "INSERT INTO answer (key, list, kind, at) VALUES (?1, ?2, ?3, ?4)",
	[STMT_ANSWER_FORGET] = "DELETE FROM answer WHERE key = ?1 AND list = ?2 AND kind = 0",
	[STMT_ANSWER_SWEEP] = "DELETE FROM answer WHERE at <= ?1",

	[STMT_BAN_AT] =
		"SELECT id FROM ban WHERE ifnull(list, 0) = ?1 AND kind = ?2 AND pattern = ?3",
	[STMT_BAN_ADD] =
		"INSERT INTO ban (list, kind, pattern, reason, created, expires) VALUES"
		" (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6) ON CONFLICT (ifnull(list, 0), kind, pattern)"
		" DO UPDATE SET reason = excluded.reason, expires = excluded.expires",
	[STMT_BAN_RM] = "DELETE FROM ban WHERE ifnull(list, 0) = ?1 AND kind = ?2 AND pattern = ?3",
	[STMT_BAN_LS] = BAN_COLUMNS " WHERE ifnull(list, 0) IN (0, ?1)"
				    " ORDER BY ifnull(list, 0), kind, pattern",
	[STMT_BAN_CANDIDATES] = BAN_COLUMNS " WHERE ifnull(list, 0) IN (0, ?1) AND kind IN (1, 2)"
					    " UNION ALL " BAN_COLUMNS
					    " WHERE ifnull(list, 0) IN (0, ?1) AND kind = 0"
					    " AND pattern = ?2",
	[STMT_BAN_SWEEP] = "DELETE FROM ban WHERE expires > 0 AND expires < ?1",

	[STMT_AUDIT_ADD] = "INSERT INTO audit (at, list, list_address, channel, actor, what,"
			   " subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[STMT_AUDIT_LS] = AUDIT_COLUMNS " WHERE id > ?1 ORDER BY id LIMIT ?2",
	[STMT_AUDIT_LS_LIST] = AUDIT_COLUMNS " WHERE list = ?3 AND id > ?1 ORDER BY id LIMIT ?2",

	[STMT_BLOB_NAMED] = "SELECT EXISTS (SELECT 1 FROM post WHERE blob = ?1)"
			    " OR EXISTS (SELECT 1 FROM held WHERE blob = ?1)"
			    " OR EXISTS (SELECT 1 FROM outbox WHERE blob = ?1)",

	[STMT_INBOX_GET] = INBOX_COLUMNS " WHERE spool = ?1",
	[STMT_INBOX_PUT] = "REPLACE INTO inbox (spool, state, ref, at, first_at, attempts, next_at,"
			   " recipient, mail_from, message_id, reason)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[STMT_INBOX_LS] = INBOX_COLUMNS " WHERE state = ?1 ORDER BY at, spool LIMIT ?2",
	[STMT_INBOX_BY_MESSAGE_ID] = INBOX_COLUMNS " WHERE message_id = ?1 ORDER BY at, spool",
	[STMT_INBOX_SWEEP] = "DELETE FROM inbox WHERE state IN (1, 2, 3) AND at < ?1",

	[STMT_HELD_ADD] =
		"INSERT INTO held (list, state, blob, mail_from, recipient, author, subject,"
		" message_id, rule, reason, verdict, arrived, decided, size, truncated, kind,"
		" signed, arrived_as, handed_by) VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7,"
		" ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
	[STMT_HELD_GET] = HELD_COLUMNS " WHERE id = ?1",
	[STMT_HELD_LS] = HELD_COLUMNS " WHERE state = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
	[STMT_HELD_LS_LIST] =
		HELD_COLUMNS " WHERE list = ?4 AND state = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
	[STMT_HELD_KNOWN] =
		HELD_COLUMNS " WHERE list = ?1 AND state = 0 AND asked = 0 ORDER BY id LIMIT ?2",
	[STMT_HELD_COUNT_KNOWN] =
		"SELECT count(*) FROM held WHERE list = ?1 AND state = 0 AND asked = 0",
	[STMT_HELD_ASK] = "UPDATE held SET asked = ?2, reason = ?3"
			  " WHERE id = ?1 AND state = 0 AND asked <> ?2",
	[STMT_HELD_DECIDE] =
		"UPDATE held SET state = ?2, decided = ?3, decided_by = ?4, channel = ?5, note = ?6"
		" WHERE id = ?1 AND (state = 0 OR (state = 3 AND ?2 <> 3"
		" AND ((?7 = 0 AND decided_by = '') OR ?7 = 1)))",
	[STMT_HELD_COUNTS] =
		"SELECT ifnull(list, 0), rule, count(*), min(arrived) FROM held INDEXED BY"
		" held_state WHERE state = ?2 AND (?1 = 0 OR list = ?1)"
		" GROUP BY 1, 2 ORDER BY 1, 2",
	[STMT_HELD_EXPIRED] = "SELECT id FROM held INDEXED BY held_arrived"
			      " WHERE list IS nullif(?1, 0) AND state = 0 AND arrived < ?2"
			      " ORDER BY arrived LIMIT ?3",
	[STMT_HELD_LISTS] = "SELECT DISTINCT ifnull(list, 0) FROM held INDEXED BY held_arrived"
			    " WHERE state = 0 ORDER BY 1",
	[STMT_HELD_SWEEP] = "DELETE FROM held WHERE state IN (1, 2, 3)"
			    " AND max(arrived, decided) < ?1",
	[STMT_HELD_COUNT] = "SELECT count(*) FROM held WHERE state = ?1",
	[STMT_HELD_COUNT_LIST] = "SELECT count(*) FROM held WHERE list = ?2 AND state = ?1",

	[STMT_HELD_RECENT] = "SELECT count(*) FROM held INDEXED BY held_arrived"
			     " WHERE list = ?1 AND state = 0 AND arrived >= ?2 AND asked = 0",
	[STMT_HELD_TOLD] = "UPDATE held SET told = told || ?2 || ' '"
			   " WHERE id = ?1 AND instr(' ' || told, ' ' || ?2 || ' ') = 0",
	[STMT_HELD_AGING] = "SELECT id FROM held INDEXED BY held_arrived WHERE list = ?1"
			    " AND state = 0 AND signed > 0 AND signed < ?2"
			    " AND warned = 0 AND asked = 0 LIMIT ?3",
	[STMT_HELD_WARNED] = "UPDATE held SET warned = 1 WHERE id = ?1",

	[STMT_PASS_ADD] = "INSERT INTO pass (list, hash, label, created, used, uses)"
			  " VALUES (?1, ?2, ?3, ?4, 0, 0)",
	[STMT_PASS_FIND] = "SELECT id FROM pass WHERE list = ?1 AND hash = ?2",
	[STMT_PASS_USED] = "UPDATE pass SET used = ?2, uses = uses + 1 WHERE id = ?1",
	[STMT_PASS_LS] = "SELECT id, label, created, used, uses FROM pass WHERE list = ?1"
			 " ORDER BY id",
	[STMT_PASS_RM] = "DELETE FROM pass WHERE list = ?1 AND id = ?2",

	[STMT_SCHEDULE_GET] = "SELECT at FROM schedule WHERE name = ?1 AND list = ?2",
	[STMT_SCHEDULE_PUT] = "REPLACE INTO schedule (name, list, at) VALUES (?1, ?2, ?3)",

	[STMT_POST_NEXT_NUMBER] = "SELECT last_number + 1 FROM list WHERE id = ?1",
	[STMT_POST_NEXT] = "SELECT ifnull(max(id), 0) + 1 FROM post",
	[STMT_POST_SET_NUMBER] = "UPDATE list SET last_number = max(last_number, ?2) WHERE id = ?1",
	[STMT_POST_ADD] =
		"INSERT INTO post (list, number, state, blob, message_id, author, subject,"
		" verdict, reason, received, member_max, cursor, done, handed_by)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	[STMT_POST_GET] = POST_COLUMNS " WHERE id = ?1",
	[STMT_POST_BY_MESSAGE_ID] = POST_COLUMNS " WHERE message_id = ?1 ORDER BY id DESC",
	[STMT_POST_LS] = POST_COLUMNS " WHERE state = ?1 ORDER BY id LIMIT ?2",
	[STMT_POST_SET_STATE] = "UPDATE post SET state = ?2, reason = ?3, walked = 0,"
				" done = CASE WHEN ?2 = 1 THEN ?4 ELSE 0 END WHERE id = ?1",
	[STMT_VARIANT_ADD] = "INSERT INTO variant (post, munged, mode, why, header, body, recipe,"
			     " body_hash_simple, body_hash_relaxed, mi, mi_top, hop, utf8, via,"
			     " ascii) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
			     " ?13, ?14, ?15)",
	[STMT_VARIANT_GET] = VARIANT_COLUMNS " WHERE post = ?1 AND ascii = 0 AND munged = ?2",
	[STMT_VARIANT_ASCII] = VARIANT_COLUMNS " WHERE post = ?1 AND ascii = 1",
	[STMT_DOMAIN_SIGNS] = "SELECT EXISTS (SELECT 1 FROM signer WHERE domain = ?1)",
	/* Once a day is enough to know it is alive. */
	[STMT_DOMAIN_SIGNED] =
		"INSERT INTO signer (domain, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE"
		" SET at = excluded.at WHERE excluded.at >= signer.at + 86400",

	[STMT_RELAY_DOWN] = "INSERT INTO relay (id, since, reply) VALUES (1, ?1, ?2)"
			    " ON CONFLICT DO UPDATE SET reply = excluded.reply",
	[STMT_RELAY_UP] = "DELETE FROM relay",
	[STMT_RELAY_GET] = "SELECT since, reply FROM relay WHERE id = 1",

	[STMT_SEEN] = "SELECT EXISTS (SELECT 1 FROM seen WHERE list = ?1 AND hashes = ?2)",
	[STMT_SEEN_ADD] = "INSERT INTO seen (list, hashes, at) VALUES (?1, ?2, ?3)"
			  " ON CONFLICT DO NOTHING",
	[STMT_SEEN_SWEEP] = "DELETE FROM seen WHERE at < ?1",
	[STMT_OUTBOX_PUT] =
		"INSERT INTO outbox (list, priority, state, kind, mail_from, recipient, blob,"
		" domain, chain, via, utf8, message_id, about, at, first_at, next_at, attempts,"
		" deaths, reply) VALUES (nullif(?1, 0), ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
		" ?11, ?12, ?13, 0, max(?14, 1), 0, 0, x'')",
	[STMT_OUTBOX_SUSPECT] = OUTBOX_COLUMNS OUTBOX_DUE
	" AND deaths > 0 AND priority = ?1 AND next_at <= ?2 ORDER BY next_at LIMIT 1",
	[STMT_OUTBOX_DUE] = OUTBOX_COLUMNS OUTBOX_DUE
	" AND priority = ?1 AND next_at <= ?2 ORDER BY next_at LIMIT ?3",
	[STMT_OUTBOX_TAKE] = "UPDATE outbox SET worker = ?2 WHERE id = ?1",
	[STMT_OUTBOX_SETTLE] =
		"UPDATE outbox SET worker = NULL, deaths = 0, state = ?3, at = ?4, attempts = ?5,"
		" next_at = ?6, first_at = ?7, reply = ?8,"
		" blob = CASE ?3 WHEN 1 THEN '' ELSE blob END WHERE id = ?1 AND worker = ?2",
	[STMT_OUTBOX_ACCEPTED] = "UPDATE outbox SET worker = NULL, state = 1, blob = '', at = ?3,"
				 " attempts = attempts + 1, reply = ?4"
				 " WHERE id = ?1 AND" OUTBOX_OF(2),
	[STMT_OUTBOX_RELEASE] =
		"UPDATE outbox SET worker = NULL, deaths = deaths + 1, attempts = attempts + 1,"
		" at = ?2, next_at = ?2, first_at = CASE first_at WHEN 0 THEN ?2 ELSE first_at END,"
		" reply = ?3, state = CASE WHEN deaths + 1 >= ?4 THEN 3 ELSE 0 END"
		" WHERE" OUTBOX_OF(1),
	[STMT_OUTBOX_NEXT_AT] = "SELECT ifnull(min(at), 0) FROM (SELECT min(next_at) AS at"
				" FROM outbox" OUTBOX_DUE " AND priority = 0"
				" UNION ALL SELECT min(next_at)"
				" FROM outbox" OUTBOX_DUE " AND priority = 1)",
	[STMT_OUTBOX_GET] = OUTBOX_COLUMNS " WHERE id = ?1",
	[STMT_OUTBOX_LS] = OUTBOX_COLUMNS " WHERE state = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
	[STMT_OUTBOX_BY_MESSAGE_ID] =
		OUTBOX_COLUMNS " WHERE message_id = ?1 OR about = ?1 ORDER BY id DESC",
	[STMT_OUTBOX_COUNT] = "SELECT count(*) FROM outbox WHERE state = ?1",
	[STMT_OUTBOX_RETRY] = "UPDATE outbox SET state = 0, attempts = 0, deaths = 0, first_at = 0,"
			      " next_at = ?1, at = ?1"
			      " WHERE id = ?2 AND state <> 1 AND worker IS NULL",
	[STMT_OUTBOX_RETRY_ALL] =
		"UPDATE outbox SET state = 0, attempts = 0, deaths = 0, first_at = 0, next_at = ?1,"
		" at = ?1 WHERE state IN (0, 3) AND worker IS NULL AND ?2 = 0",
	[STMT_OUTBOX_DROP] = "UPDATE outbox SET state = 2, at = ?2, reply = ?3"
			     " WHERE id = ?1 AND state IN (0, 3) AND worker IS NULL",
	[STMT_OUTBOX_SWEEP] = "DELETE FROM outbox WHERE (state = 1 AND at < ?1)"
			      " OR (state = 2 AND at < ?2)",
	[STMT_REFUSAL_ADD] = "INSERT INTO refusal (at, code, address, domain, message, recipient)"
			     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STMT_REFUSAL_KNOWN] = "SELECT EXISTS (SELECT 1 FROM refusal WHERE message = ?1"
			       " AND address = ?2 AND recipient = ?3)",
	[STMT_REFUSAL_ADDRESS] = "SELECT count(*) FROM refusal WHERE address = ?1 AND at >= ?2",
	[STMT_REFUSAL_DOMAIN] = "SELECT count(*) FROM refusal WHERE domain = ?1 AND at >= ?2",
	[STMT_REFUSAL_TOLD] = "SELECT count(*) FROM refusal WHERE at >= ?1 AND address <> ''",
	[STMT_REFUSAL_SILENT] = "SELECT count(*) FROM refusal WHERE at >= ?1 AND address = ''",
	[STMT_REFUSAL_SWEEP] = "DELETE FROM refusal WHERE at < ?1",
	[STMT_WRITTEN_ADD] = "INSERT INTO written (list, author, at) VALUES (?1, ?2, ?3)",
	[STMT_WRITTEN_COUNT] = "SELECT count(*) FROM written INDEXED BY written_author"
			       " WHERE list = ?1 AND author = ?4 AND at > ?2 AND at <= ?3",
	[STMT_WRITTEN_COUNT_LIST] = "SELECT count(*) FROM written INDEXED BY written_list"
				    " WHERE list = ?1 AND at > ?2 AND at <= ?3",
	[STMT_WRITTEN_SWEEP] = "DELETE FROM written WHERE at < ?1",
	[STMT_WRITER_POSTED] = "INSERT INTO writer (list, author, posts) VALUES (?1, ?2, 1)"
			       " ON CONFLICT (list, author) DO UPDATE SET posts = posts + 1",
	[STMT_WRITER_POSTS] = "SELECT posts FROM writer WHERE list = ?1 AND author = ?2",
	[STMT_MSGID_ADD] = "INSERT INTO msgid (made, list, given, post) VALUES (?1, ?2, ?3, ?4)",
	[STMT_MSGID_FIND] = MSGID_COLUMNS " WHERE m.made = ?1",
	[STMT_MSGID_OF_POST] = MSGID_COLUMNS " WHERE m.post = ?1",
	[STMT_MSGID_KNOWN] =
		MSGID_COLUMNS " WHERE m.made = ?2 AND m.list = ?1 UNION ALL " MSGID_COLUMNS
			      " JOIN post p ON p.id = m.post"
			      " WHERE m.list = ?1 AND m.given = ?2 AND p.author = ?3 LIMIT 1",

	[STMT_FAN_POST_LIST] = "SELECT list FROM post WHERE id = ?1",
	[STMT_FAN_FINISH] = "UPDATE post SET state = 1, done = ?2 WHERE id = ?1 AND state <> 1"
			    " AND cursor >= member_max"
			    " AND NOT EXISTS (SELECT 1 FROM fan_claim WHERE post = ?1)"
			    " AND NOT EXISTS (SELECT 1 FROM fan_exception INDEXED BY fan_deferred"
			    " WHERE post = ?1 AND state = 0)",
	[STMT_FAN_PARK] = "UPDATE fan_exception SET due = NULL WHERE post = ?1 AND due IS NOT NULL",
	[STMT_FAN_UNPARK] = "UPDATE fan_exception INDEXED BY fan_deferred SET due = next_at"
			    " WHERE post = ?1 AND state = 0 AND worker IS NULL",
	[STMT_FAN_ADD] =
		"INSERT INTO fan_exception (post, member, address, state, at, next_at, attempts,"
		" first_at, reply, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, " DUE_WHEN(
			"?4 = 0", "?6") ")",
	[STMT_FAN_SETTLE] =
		"UPDATE fan_exception SET state = ?4, at = ?5, next_at = ?6, attempts = ?7,"
		" first_at = ?8, reply = ?9, worker = NULL, due = " DUE_WHEN(
			"?4 = 0", "?6") " WHERE post = ?1 AND member = ?2 AND worker = ?3",
	[STMT_FAN_DUE_POST] = "SELECT post FROM fan_exception WHERE due <= ?1 ORDER BY due LIMIT 1",
	[STMT_FAN_DUE] = "SELECT x.member, m.address, x.attempts, x.first_at, m.id IS NOT NULL,"
			 " m.delivery = 1 OR m.paused > ?2"
			 " FROM (SELECT member, attempts, first_at FROM fan_exception"
			 " WHERE post = ?1 AND due <= ?2 ORDER BY due LIMIT ?3) x"
			 " LEFT JOIN member m ON m.id = x.member ORDER BY x.member",
	[STMT_FAN_TAKE] =
		"UPDATE fan_exception SET worker = ?3, due = NULL WHERE post = ?1 AND member = ?2",
	[STMT_FAN_SKIP] =
		"UPDATE fan_exception SET state = 2, at = ?3, next_at = 0, reply = ?4, due = NULL"
		" WHERE post = ?1 AND member = ?2",
	[STMT_FAN_NEXT_POST] =
		"SELECT id, list, cursor, member_max FROM post INDEXED BY post_unwalked"
		" WHERE state = 0 AND walked = 0 ORDER BY id LIMIT 1",
	[STMT_FAN_SKIP_ADD] =
		"INSERT INTO fan_skip (post, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
	[STMT_FAN_RANGE] =
		"SELECT id, address, CASE WHEN delivery = 1 OR paused > ?5 THEN 1 WHEN"
		" EXISTS (SELECT 1 FROM fan_skip WHERE post = ?6 AND fan_skip.member = m.id)"
		" THEN 2 ELSE 0 END FROM member m"
		" WHERE list = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ?4",
	[STMT_FAN_CLAIM] = "INSERT INTO fan_claim (post, lo, hi, worker, n, at)"
			   " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STMT_FAN_ADVANCE] =
		"UPDATE post SET cursor = max(cursor, ?2), walked = ?2 >= member_max WHERE id = ?1",
	[STMT_FAN_UNCLAIM] =
		"DELETE FROM fan_claim WHERE post = ?1 AND lo = ?2 AND hi = ?3 AND worker = ?4",
	[STMT_FAN_SENT] =
		"INSERT INTO fan_sent (post, lo, hi, n, at, reply) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",

	[STMT_FAN_CLAIMS] = "SELECT post, lo, hi, worker, at FROM fan_claim"
			    " WHERE ?1 < 0 OR worker = ?1 ORDER BY post, lo",
	[STMT_FAN_CLAIMED] =
		"SELECT m.id, m.address FROM post p JOIN member m ON m.list = p.list"
		" WHERE p.id = ?1 AND m.id >= ?2 AND m.id <= ?3 AND NOT EXISTS"
		" (SELECT 1 FROM fan_exception x WHERE x.post = ?1 AND x.member = m.id)"
		" ORDER BY m.id",
	[STMT_FAN_TAKEN] =
		"SELECT post, member, worker FROM fan_exception INDEXED BY fan_claimed"
		" WHERE worker IS NOT NULL AND (?1 < 0 OR worker = ?1) ORDER BY post, member",
	[STMT_FAN_GIVE_BACK] =
		"UPDATE fan_exception SET at = ?3, next_at = ?3, attempts = attempts + 1,"
		" worker = NULL, due = " DUE_WHEN("1", "?3") " WHERE post = ?1 AND member = ?2",
	[STMT_FAN_ACCEPTED] =
		"UPDATE fan_exception SET state = 3, at = ?3, next_at = 0, attempts = attempts + 1,"
		" worker = NULL, reply = ?4 WHERE post = ?1 AND member = ?2",

	[STMT_FAN_NEXT_AT] = "SELECT min(due) FROM fan_exception WHERE due IS NOT NULL",
	[STMT_FAN_COUNTS] =
		"SELECT (SELECT ifnull(sum(n), 0) FROM fan_sent WHERE post = ?1) + x.sent,"
		" x.deferred, x.failed, x.skipped,"
		" (SELECT ifnull(sum(n), 0) FROM fan_claim WHERE post = ?1)"
		" + (SELECT count(*) FROM post p JOIN member m ON m.list = p.list"
		" WHERE p.id = ?1 AND m.id > p.cursor AND m.id <= p.member_max)"
		" FROM (SELECT count(*) FILTER (WHERE state = 3) sent,"
		" count(*) FILTER (WHERE state = 0) deferred,"
		" count(*) FILTER (WHERE state = 1) failed,"
		" count(*) FILTER (WHERE state = 2) skipped"
		" FROM fan_exception WHERE post = ?1) x",
	[STMT_FAN_LS] = FAN_COLUMNS " WHERE (post, member) > (?1, ?2) AND (?3 < 0 OR state = ?3)"
				    " ORDER BY post, member LIMIT ?4",
	[STMT_FAN_LS_POST] =
		FAN_COLUMNS " WHERE post = ?1 AND member > ?2 AND (?3 < 0 OR state = ?3)"
			    " ORDER BY member LIMIT ?4",
	[STMT_FAN_LS_DEFERRED] = FAN_COLUMNS " WHERE (post, member) > (?1, ?2) AND state = 0"
					     " ORDER BY post, member LIMIT ?3",
	[STMT_FAN_ONE] = FAN_COLUMNS
	" WHERE post = ?1 AND member = ?2"
	" UNION ALL SELECT r.post, m.id, m.address, 3, r.at, 0, 1, r.reply FROM"
	" (SELECT * FROM fan_sent WHERE post = ?1 AND lo <= ?2 ORDER BY lo DESC LIMIT 1) r"
	" JOIN post p ON p.id = r.post JOIN member m ON m.id = ?2 AND m.list = p.list"
	" WHERE r.hi >= ?2 AND NOT EXISTS"
	" (SELECT 1 FROM fan_exception WHERE post = ?1 AND member = ?2)",
	[STMT_FAN_DEFERRED_POSTS] =
		"SELECT DISTINCT post FROM fan_exception INDEXED BY fan_deferred"
		" WHERE state = 0 AND worker IS NULL",
	[STMT_FAN_RETRY] =
		"UPDATE fan_exception INDEXED BY fan_deferred SET next_at = ?2, due = " DUE_WHEN(
			"1", "?2") " WHERE post = ?1 AND state = 0 AND worker IS NULL",
	[STMT_FAN_STOP] =
		"UPDATE post SET member_max = cursor, walked = 1 WHERE id = ?1 AND state <> 1",
	[STMT_FAN_DROP] = "UPDATE fan_exception INDEXED BY fan_deferred"
			  " SET state = 1, at = ?2, next_at = 0, reply = ?3, due = NULL"
			  " WHERE post = ?1 AND state = 0 AND worker IS NULL",

#include "store/stmt_bounces.h"
};

_Static_assert(sizeof(texts) / sizeof(texts[0]) == STMT_COUNT, "a text for every statement");

const char *stmt_sql(enum stmt_id id)
{
	return texts[id];
}
