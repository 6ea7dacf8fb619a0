-- Lists under several addresses, lists as members of lists, and the record that
-- finds a replay.

-- Other posting addresses of a list: what its setting `aliases` says, to be found by.
CREATE TABLE alias (
	domain TEXT NOT NULL,
	local TEXT NOT NULL,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	PRIMARY KEY (domain, local)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_list ON alias (list);

-- The list of this site that handed the post over; empty: it came from outside.
ALTER TABLE post ADD COLUMN handed_by TEXT NOT NULL DEFAULT '';

-- The domain whose imaginary hop stands before ours; empty: none is needed.
ALTER TABLE variant ADD COLUMN via TEXT NOT NULL DEFAULT '';

-- Hashes of the first instance of the posts that were distributed.
CREATE TABLE seen (
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	hashes BLOB NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (list, hashes)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at);

-- One row while the relay does not answer.
CREATE TABLE relay (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	since INTEGER NOT NULL,
	reply BLOB NOT NULL
) STRICT;
