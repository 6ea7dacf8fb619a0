-- What people and administrators do with a list: options of members, addresses of a
-- person, confirmations, answers, bans, and who changed what.

ALTER TABLE member ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;	-- no mail before this
ALTER TABLE member ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;	-- enum member_flag
ALTER TABLE member ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- Other addresses of a member, under which he may post.
CREATE TABLE member_alias (
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	key TEXT NOT NULL,
	address TEXT NOT NULL,
	member INTEGER NOT NULL REFERENCES member ON DELETE CASCADE,
	PRIMARY KEY (list, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_alias_member ON member_alias (member);

-- What waits for a confirmation. Of the token there is only the hash; a row is taken
-- out when it is used, so a token is good once.
CREATE TABLE pending (
	hash BLOB PRIMARY KEY,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	action INTEGER NOT NULL CHECK (action BETWEEN 0 AND 6),
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
CREATE INDEX pending_list ON pending (list, key, action);
CREATE INDEX pending_expires ON pending (expires);

-- Answers that were sent, for their limits (rules/answer.h). list 0: the site.
CREATE TABLE answer (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	key TEXT NOT NULL,
	list INTEGER NOT NULL,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX answer_key ON answer (key, at);
CREATE INDEX answer_at ON answer (at);

CREATE TABLE ban (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER REFERENCES list ON DELETE CASCADE,	-- NULL: the whole site
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2),
	pattern TEXT NOT NULL,
	reason TEXT NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX ban_list ON ban (ifnull(list, 0), kind, pattern);
CREATE INDEX ban_of ON ban (list);
CREATE INDEX ban_expires ON ban (expires) WHERE expires > 0;

-- Rows outlive the list, so it is named by number and by address. list 0: the site.
CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	list INTEGER NOT NULL,
	list_address TEXT NOT NULL,
	channel TEXT NOT NULL,	-- cli, mail, system
	actor BLOB NOT NULL,
	what TEXT NOT NULL,
	subject BLOB NOT NULL,	-- the address, setting or pattern it is about
	detail BLOB NOT NULL
) STRICT;
CREATE INDEX audit_list ON audit (list);
