-- A post may have a form more: its header in ASCII, for a relay without SMTPUTF8.

CREATE TABLE variant_new (
	id INTEGER PRIMARY KEY,
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	ascii INTEGER NOT NULL CHECK (ascii IN (0, 1)),
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
	via TEXT NOT NULL,
	UNIQUE (post, ascii, munged)
) STRICT;

INSERT INTO variant_new SELECT id, post, 0, munged, mode, why, header, body, recipe,
	body_hash_simple, body_hash_relaxed, mi, mi_top, hop, utf8, via FROM variant;
DROP TABLE variant;
ALTER TABLE variant_new RENAME TO variant;
