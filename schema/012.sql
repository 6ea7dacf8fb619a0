-- What waits for a moderator, and what waits for a confirmation, in more kinds.

-- kind: 0 a post, 1 a request to join, 2 a request to leave (then author is who asks, subject his
-- name). asked: 1 as long as the author of a post has to confirm it, before any moderator sees it.
CREATE TABLE held_new (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER REFERENCES list ON DELETE CASCADE,	-- NULL: no list answers for it
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
	asked INTEGER NOT NULL DEFAULT 0 CHECK (asked IN (0, 1)),
	blob TEXT NOT NULL,
	mail_from BLOB NOT NULL,
	recipient BLOB NOT NULL,
	author BLOB NOT NULL,
	subject BLOB NOT NULL,
	message_id BLOB NOT NULL,
	rule TEXT NOT NULL,
	reason BLOB NOT NULL,
	verdict BLOB NOT NULL,
	arrived INTEGER NOT NULL,
	decided INTEGER NOT NULL,
	size INTEGER NOT NULL,
	truncated INTEGER NOT NULL CHECK (truncated IN (0, 1)),
	decided_by TEXT NOT NULL DEFAULT '',
	channel TEXT NOT NULL DEFAULT '',
	note BLOB NOT NULL DEFAULT x'',
	told TEXT NOT NULL DEFAULT '',
	signed INTEGER NOT NULL DEFAULT 0,
	warned INTEGER NOT NULL DEFAULT 0 CHECK (warned IN (0, 1)),
	arrived_as BLOB NOT NULL DEFAULT x'',
	handed_by TEXT NOT NULL DEFAULT ''
) STRICT;
-- Numbers are in moderators' tokens, so none may come twice.
INSERT INTO sqlite_sequence (name, seq)
	SELECT 'held_new', seq FROM sqlite_sequence WHERE name = 'held';
INSERT INTO held_new (id, list, state, kind, blob, mail_from, recipient, author, subject,
	message_id, rule, reason, verdict, arrived, decided, size, truncated, decided_by, channel,
	note, told, signed, warned, arrived_as, handed_by)
	SELECT id, list, state, kind, blob, mail_from, recipient, author, subject,
	message_id, rule, reason, verdict, arrived, decided, size, truncated, decided_by, channel,
	note, told, signed, warned, arrived_as, handed_by FROM held;
DROP TABLE held;
ALTER TABLE held_new RENAME TO held;
CREATE INDEX held_state ON held (state);
CREATE INDEX held_list ON held (list, state);
CREATE INDEX held_blob ON held (blob);
CREATE INDEX held_arrived ON held (list, arrived) WHERE state = 0;

-- action 7: a post, whose number is in other; 8: to leave all lists of the domain.
CREATE TABLE pending_new (
	hash BLOB PRIMARY KEY,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	action INTEGER NOT NULL CHECK (action BETWEEN 0 AND 8),
	key TEXT NOT NULL,	-- whom it is about
	address TEXT NOT NULL,
	name TEXT NOT NULL,
	other TEXT NOT NULL,	-- a second address, for a change or an alias
	delivery INTEGER NOT NULL,
	asked_by BLOB NOT NULL,	-- who brought it about
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	reminded INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO pending_new SELECT hash, list, action, key, address, name, other, delivery, asked_by,
	created, expires, reminded FROM pending;
DROP TABLE pending;
ALTER TABLE pending_new RENAME TO pending;
CREATE INDEX pending_list ON pending (list, key, action);
CREATE INDEX pending_expires ON pending (expires);
