-- Mail of our own on its way out (src/store/outbox.h). One that was sent, and so may hold
-- a token, names its bytes no more.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER REFERENCES list ON DELETE CASCADE,	-- NULL: the site's
	priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 1),
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
	kind TEXT NOT NULL,
	blob TEXT NOT NULL,	-- empty: its bytes are no longer kept
	mail_from BLOB NOT NULL,
	recipient BLOB NOT NULL,
	domain TEXT NOT NULL,
	chain INTEGER NOT NULL CHECK (chain BETWEEN 0 AND 2),
	via TEXT NOT NULL,
	utf8 INTEGER NOT NULL CHECK (utf8 IN (0, 1)),
	message_id BLOB NOT NULL,
	about BLOB NOT NULL,	-- Message-ID of what it answers, or empty
	at INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	deaths INTEGER NOT NULL,
	reply BLOB NOT NULL,
	worker INTEGER,	-- who has it in a claim
	CHECK (worker IS NULL OR state = 0)
) STRICT;
CREATE INDEX outbox_due ON outbox (priority, next_at) WHERE state = 0 AND worker IS NULL;
CREATE INDEX outbox_suspect ON outbox (priority, next_at)
	WHERE state = 0 AND worker IS NULL AND deaths > 0;
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_claimed ON outbox (worker) WHERE worker IS NOT NULL;
CREATE INDEX outbox_list ON outbox (list);
CREATE INDEX outbox_blob ON outbox (blob);
CREATE INDEX outbox_message_id ON outbox (message_id);
CREATE INDEX outbox_about ON outbox (about);
