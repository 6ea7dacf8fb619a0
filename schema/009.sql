-- Members who asked for no copy of posts of their own, or that name them anyway.
CREATE TABLE fan_skip (
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	member INTEGER NOT NULL,
	PRIMARY KEY (post, member)
) STRICT, WITHOUT ROWID;
