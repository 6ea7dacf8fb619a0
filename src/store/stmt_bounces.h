/*
 * The SQL of bounces.c: a part of the table in stmt.c, which includes it in its middle and is
 * the only one that does.
 */
/* clang-format off */
/* Those that still have events. */
#define BOUNCE_GROUPS                                                                               \
	"SELECT g.id, g.list, g.post, g.what, g.name, g.class, g.status, g.reply, g.at, g.alerted," \
	" coalesce(t.n, 0), coalesce(t.total, 0) FROM bounce_group g LEFT JOIN bounce_tally t"      \
	" ON t.post = g.post AND t.what = g.what AND t.name = g.name WHERE EXISTS"                  \
	" (SELECT 1 FROM bounce_event WHERE grp = g.id AND grp <> 0)"

/* FIRST finds the index; the rest is what else may be asked. */
#define BOUNCE_LS(first)                                                                           \
	"SELECT id, list, member, address, domain, post, complaint, class, hard, source, status,"   \
	" reply, at, grp, void FROM bounce_event WHERE " first "+id < ?7"                           \
	" AND (?1 = 0 OR +list = ?1) AND (?2 = 0 OR +member = ?2) AND (?3 = 0 OR +post = ?3)"       \
	" AND (?4 = 0 OR +grp = ?4) AND (?5 = '' OR domain = ?5) AND (?6 = -1 OR class = ?6)"       \
	" AND (?9 = 0 OR +id = ?9) ORDER BY id DESC LIMIT ?8"

#define BOUNCE_SUM(by)                                                                             \
	"SELECT CAST(" by " AS TEXT), count(*), sum(void = 0), max(at) FROM bounce_event AS whole"          \
	" WHERE ?1 = 0 OR list = ?1 GROUP BY " by " ORDER BY 2 DESC, 1 LIMIT ?2"

	[STMT_BOUNCE_ADD] =
		"INSERT INTO bounce_event (list, member, address, domain, post, complaint, class,"
		" hard, source, status, reply, at, grp, void) VALUES"
		" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
		" ON CONFLICT DO NOTHING",
	[STMT_BOUNCE_LS] = BOUNCE_LS("id < ?7 AND "),
	[STMT_BOUNCE_LS_ID] = BOUNCE_LS("id = ?9 AND "),
	[STMT_BOUNCE_LS_MEMBER] = BOUNCE_LS("member = ?2 AND "),
	[STMT_BOUNCE_LS_GROUP] = BOUNCE_LS("grp = ?4 AND grp <> 0 AND "),
	[STMT_BOUNCE_LS_POST] = BOUNCE_LS("post = ?3 AND "),
	[STMT_BOUNCE_LS_LIST] = BOUNCE_LS("list = ?1 AND "),
	[STMT_BOUNCE_HITS] = "SELECT at, post, class, hard FROM bounce_event WHERE member = ?1"
			     " AND at >= ?2 AND void = 0 AND complaint = 0 ORDER BY at, id",
	[STMT_BOUNCE_TALLY_ADD] =
		"INSERT INTO bounce_tally (post, what, name, n, total, grp)"
		" VALUES (?1, ?2, ?3, 1, 0, 0) ON CONFLICT DO UPDATE SET n = n + 1"
		" RETURNING n, total, grp",
	[STMT_BOUNCE_TALLY_PUT] = "UPDATE bounce_tally SET total = ?4, grp = ?5"
				  " WHERE post = ?1 AND what = ?2 AND name = ?3",
	[STMT_BOUNCE_RECIPIENTS] =
		"SELECT count(*) FROM post JOIN member ON member.list = post.list"
		" AND member.id <= post.member_max WHERE post.id = ?1"
		" AND (?2 = '' OR substr(member.key, -length(?2) - 1) = '@' || ?2)",
	[STMT_BOUNCE_GROUP_ADD] =
		"INSERT INTO bounce_group (list, post, what, name, class, status, reply, at,"
		" alerted) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
		" (SELECT coalesce(max(alerted), 0) FROM bounce_group WHERE post = ?2))",
	[STMT_BOUNCE_GROUPS] = BOUNCE_GROUPS " AND (?1 = 0 OR g.list = ?1)"
					     " ORDER BY g.id DESC LIMIT ?2",
	[STMT_BOUNCE_ALERTS] = BOUNCE_GROUPS " AND g.alerted = 0 AND g.at <= ?1 ORDER BY g.post,"
					     " (SELECT count(*) FROM bounce_event WHERE grp = g.id AND grp <> 0)"
					     " DESC, g.id LIMIT ?2",
	[STMT_BOUNCE_ALERTED] = "UPDATE bounce_group SET alerted = ?2 WHERE post = ?1"
				" AND alerted = 0",
	[STMT_BOUNCE_GATHER] =
		"UPDATE bounce_event SET grp = ?4, void = max(void, 1) WHERE post = ?1"
		" AND (grp = 0 OR grp IN (SELECT id FROM bounce_group WHERE post = ?1"
		" AND what < ?5)) AND complaint = 0 AND (?2 = '' OR domain = ?2) AND (?3 = '' OR status = ?3)",
	[STMT_BOUNCE_PLACE] = "UPDATE bounce_event SET grp = ?2, void = max(void, 1)"
			      " WHERE id = ?1",
	[STMT_BOUNCE_UNDO] = "UPDATE bounce_event SET void = 2 WHERE void <> 2 AND id = ?1",
	[STMT_BOUNCE_UNDO_GROUP] = "UPDATE bounce_event SET void = 2 WHERE void <> 2"
				   " AND grp = ?1 AND grp <> 0",
	[STMT_BOUNCE_FORGET] = "UPDATE bounce_event SET void = 2 WHERE member = ?1 AND void <> 2",
	[STMT_BOUNCE_STANDING] =
		"SELECT member, list, state, since, warnings, delivery FROM bounce_member"
		" WHERE member = ?1",
	[STMT_BOUNCE_STANDING_PUT] =
		"INSERT INTO bounce_member (member, list, state, since, warnings, delivery, due)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET"
		" state = excluded.state, since = excluded.since, warnings = excluded.warnings,"
		" due = excluded.due",
	[STMT_BOUNCE_STANDING_RM] = "DELETE FROM bounce_member WHERE member = ?1",
	/* Only of whom we have stopped ourselves. */
	[STMT_BOUNCE_STANDING_RESTORE] =
		"UPDATE member SET delivery = (SELECT delivery FROM bounce_member WHERE member = ?1)"
		" WHERE id = (SELECT member FROM bounce_member WHERE member = ?1"
		" AND state IN (3, 4))",
	[STMT_BOUNCE_SET_DELIVERY] = "UPDATE member SET delivery = ?2 WHERE id = ?1",
	[STMT_BOUNCE_STANDINGS] =
		"SELECT member, list, state, since, warnings, delivery FROM bounce_member"
		" WHERE due > 0 AND due <= ?1 ORDER BY due, member LIMIT ?2",
	[STMT_BOUNCE_FORGED] = "INSERT INTO bounce_forged (list, day, n) VALUES (?1, ?2, 1)"
			       " ON CONFLICT DO UPDATE SET n = n + 1",
	[STMT_BOUNCE_FORGED_COUNT] = "SELECT coalesce(sum(n), 0) FROM bounce_forged"
				     " WHERE ?1 = 0 OR list = ?1",
	[STMT_BOUNCE_FAILED] =
		"SELECT post.list, x.post, x.member, x.address, x.reply, x.at"
		" FROM fan_exception x JOIN post ON post.id = x.post"
		" WHERE x.state = 1 AND x.counted = 0 ORDER BY x.post, x.member LIMIT ?1",
	/* That have no event yet: an event's post is above any post's own. */
	[STMT_BOUNCE_FAILED_PROBES] =
		"SELECT m.list, m.since, m.member, member.address, o.reply, o.at"
		" FROM outbox o JOIN member ON member.list = o.list"
		" AND member.key = lower(CAST(o.recipient AS TEXT)) JOIN bounce_member m"
		" ON m.member = member.id"
		" WHERE o.state = 2 AND o.kind = 'probe' AND m.state = 2 AND o.at >= m.since"
		" AND NOT EXISTS (SELECT 1 FROM bounce_event v WHERE v.member = m.member"
		" AND v.post >= 1 << 40 AND v.at >= m.since) LIMIT ?1",
	[STMT_BOUNCE_COUNTED] = "UPDATE fan_exception SET counted = 1"
				" WHERE post = ?1 AND member = ?2",
	[STMT_BOUNCE_BY_CLASS] = BOUNCE_SUM("class"),
	[STMT_BOUNCE_BY_DOMAIN] = BOUNCE_SUM("domain"),
	[STMT_BOUNCE_BY_POST] = BOUNCE_SUM("post"),
	[STMT_BOUNCE_BY_MEMBER] = BOUNCE_SUM("address"),
	[STMT_BOUNCE_SWEEP_EVENTS] = "DELETE FROM bounce_event WHERE at < ?1",
	[STMT_BOUNCE_SWEEP_GROUPS] = "DELETE FROM bounce_group WHERE at < ?1",
#undef BOUNCE_GROUPS
#undef BOUNCE_SUM
#undef BOUNCE_LS
	/* clang-format on */
