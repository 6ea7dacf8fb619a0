-- Message identifiers on anonymous lists: what the list has made in place of what the
-- author's mailer gave. It lives as long as the post.
CREATE TABLE msgid (
	made BLOB NOT NULL PRIMARY KEY,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	given BLOB NOT NULL,	-- empty when the post had none
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX msgid_given ON msgid (list, given);
CREATE INDEX msgid_post ON msgid (post);
