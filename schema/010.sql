-- How much is written: for rules that ask for it.

-- Posts of an author that a list has distributed; author: as addr_key makes it.
CREATE TABLE writer (
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	author TEXT NOT NULL,
	posts INTEGER NOT NULL,
	PRIMARY KEY (list, author)
) STRICT, WITHOUT ROWID;
INSERT INTO writer SELECT list, lower(CAST(author AS TEXT)), count(*) FROM post GROUP BY 1, 2;

-- Posts that were distributed, held or refused, as long as a rule can ask for them.
CREATE TABLE written (
	id INTEGER PRIMARY KEY,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	author TEXT NOT NULL,
	at INTEGER NOT NULL
) STRICT;
CREATE INDEX written_author ON written (list, author, at);
CREATE INDEX written_list ON written (list, at);
CREATE INDEX written_at ON written (at);
