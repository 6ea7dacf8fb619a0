-- The first schema. TEXT is ours or was checked when it came in (names, canonical
-- addresses); BLOB is what strangers wrote, with any bytes. Times are seconds since
-- 1970, 0 for never. States are the enums of src/store, in their order. An index of
-- a table with an integer id ends in that id without saying so.

PRAGMA application_id = 0x4c61646c;	-- "Ladl"

CREATE TABLE list (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	local TEXT NOT NULL,
	domain TEXT NOT NULL,
	created INTEGER NOT NULL,
	last_number INTEGER NOT NULL DEFAULT 0,	-- of the newest post, never taken back
	UNIQUE (domain, local)
) STRICT;

-- Only what differs from the default.
CREATE TABLE setting (
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;

-- Ids grow over all lists and are never used twice: a post goes to the members
-- up to the highest id at its time.
CREATE TABLE member (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	key TEXT NOT NULL,
	address TEXT NOT NULL,
	name TEXT NOT NULL,
	delivery INTEGER NOT NULL,
	joined INTEGER NOT NULL,
	UNIQUE (list, key)
) STRICT;
CREATE INDEX member_list ON member (list);

CREATE TABLE held (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER REFERENCES list ON DELETE CASCADE,	-- NULL: no list answers for it
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
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
	truncated INTEGER NOT NULL CHECK (truncated IN (0, 1))
) STRICT;
CREATE INDEX held_state ON held (state);
CREATE INDEX held_list ON held (list, state);
CREATE INDEX held_blob ON held (blob);

-- Rows outlive the list: they are what keeps a message from being handled twice.
CREATE TABLE inbox (
	spool TEXT PRIMARY KEY,
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
	ref INTEGER NOT NULL,
	at INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	recipient BLOB NOT NULL,
	mail_from BLOB NOT NULL,
	message_id BLOB NOT NULL,
	reason BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_state ON inbox (state, at, spool);
CREATE INDEX inbox_message_id ON inbox (message_id);

CREATE TABLE post (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	number INTEGER NOT NULL CHECK (number > 0),
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
	blob TEXT NOT NULL,
	message_id BLOB NOT NULL,
	author BLOB NOT NULL,
	subject BLOB NOT NULL,
	verdict BLOB NOT NULL,
	reason BLOB NOT NULL,
	received INTEGER NOT NULL,
	member_max INTEGER NOT NULL,
	cursor INTEGER NOT NULL,
	walked INTEGER NOT NULL DEFAULT 0 CHECK (walked IN (0, 1)),	-- no range is left to claim
	done INTEGER NOT NULL,
	UNIQUE (list, number)
) STRICT;
CREATE INDEX post_message_id ON post (message_id);
CREATE INDEX post_state ON post (state);
CREATE INDEX post_unwalked ON post (id) WHERE state = 0 AND walked = 0;
CREATE INDEX post_blob ON post (blob);

CREATE TABLE variant (
	id INTEGER PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	munged INTEGER NOT NULL CHECK (munged IN (0, 1)),
	mode TEXT NOT NULL,
	why BLOB NOT NULL,
	header BLOB NOT NULL,
	body BLOB NOT NULL,
	recipe BLOB NOT NULL,
	body_hash_simple BLOB NOT NULL,
	body_hash_relaxed BLOB NOT NULL,
	mi INTEGER NOT NULL,
	mi_top INTEGER NOT NULL,
	hop INTEGER NOT NULL,
	utf8 INTEGER NOT NULL CHECK (utf8 IN (0, 1)),
	UNIQUE (post, munged)
) STRICT;

-- Fan-out (src/store/fanout.h). A range that a worker has and has not settled;
-- n: how many of its members are to receive.
CREATE TABLE fan_claim (
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	lo INTEGER NOT NULL,
	hi INTEGER NOT NULL,
	worker INTEGER NOT NULL,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (post, lo),
	CHECK (lo <= hi)
) STRICT, WITHOUT ROWID;
CREATE INDEX fan_claim_worker ON fan_claim (worker);

-- A range whose members have the post, but for those with an exception; n: how many.
CREATE TABLE fan_sent (
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	lo INTEGER NOT NULL,
	hi INTEGER NOT NULL,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	reply BLOB NOT NULL,
	PRIMARY KEY (post, lo),
	CHECK (lo <= hi)
) STRICT, WITHOUT ROWID;

-- One recipient with a story of its own. The member may be gone by now.
CREATE TABLE fan_exception (
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	member INTEGER NOT NULL,
	address TEXT NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
	at INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	reply BLOB NOT NULL,
	worker INTEGER,	-- who has it in a claim
	due INTEGER,	-- next_at, if it is deferred, nobody has it and the post is sending
	PRIMARY KEY (post, member),
	CHECK (worker IS NULL OR (state = 0 AND due IS NULL)),
	CHECK (due IS NULL OR state = 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX fan_deferred ON fan_exception (post, member) WHERE state = 0;
CREATE INDEX fan_due ON fan_exception (due) WHERE due IS NOT NULL;
CREATE INDEX fan_post_due ON fan_exception (post, due) WHERE due IS NOT NULL;
CREATE INDEX fan_claimed ON fan_exception (worker) WHERE worker IS NOT NULL;

-- Domains whose mail was seen to be authentic.
CREATE TABLE signer (
	domain TEXT PRIMARY KEY,
	at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
