-- Moderation: who decided about what is held, how and why, and what comes round by itself.

-- What waits: 0 a post, 1 a request to join (then author is who asks, subject his name).
ALTER TABLE held ADD COLUMN kind INTEGER NOT NULL DEFAULT 0 CHECK (kind BETWEEN 0 AND 1);
-- Address or user name; empty: a rule, or the lapse of time.
ALTER TABLE held ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE held ADD COLUMN channel TEXT NOT NULL DEFAULT '';	-- "cli", "mail", "expiry"
ALTER TABLE held ADD COLUMN note BLOB NOT NULL DEFAULT x'';	-- what the author is to be told
-- Moderators, each with a space behind it, who were told that they were too late.
ALTER TABLE held ADD COLUMN told TEXT NOT NULL DEFAULT '';
-- Time of its newest DKIM2 signature, when the chain verified; 0.
ALTER TABLE held ADD COLUMN signed INTEGER NOT NULL DEFAULT 0;
-- Were the moderators told that it grows old?
ALTER TABLE held ADD COLUMN warned INTEGER NOT NULL DEFAULT 0 CHECK (warned IN (0, 1));
-- Of its envelope: the address of its SMTP transaction, and the list that handed it over.
ALTER TABLE held ADD COLUMN arrived_as BLOB NOT NULL DEFAULT x'';
ALTER TABLE held ADD COLUMN handed_by TEXT NOT NULL DEFAULT '';
CREATE INDEX held_arrived ON held (list, arrived) WHERE state = 0;

-- Tokens with which somebody may post without being moderated; only their hashes.
CREATE TABLE pass (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	hash BLOB NOT NULL,	-- SHA-256
	label TEXT NOT NULL,
	created INTEGER NOT NULL,
	used INTEGER NOT NULL,	-- when last; 0
	uses INTEGER NOT NULL,
	UNIQUE (list, hash)
) STRICT;

-- When work that comes round is due next.
CREATE TABLE schedule (
	name TEXT NOT NULL,
	list INTEGER NOT NULL,	-- 0: of the site
	at INTEGER NOT NULL,
	PRIMARY KEY (name, list)
) STRICT, WITHOUT ROWID;
