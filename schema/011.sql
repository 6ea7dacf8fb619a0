-- Reports about copies that did not arrive, and what follows from them. Classes and states
-- are the enums of src/rules/bounce_class.h and bounce_score.h, in their order.

-- One for each member and post, and one more when he complained. A member's score is the
-- fold of his events that are not void. The member and the post may be gone.
CREATE TABLE bounce_event (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	member INTEGER NOT NULL,
	address TEXT NOT NULL,
	domain TEXT NOT NULL,	-- of the address, lower-case A-labels
	post INTEGER NOT NULL,
	complaint INTEGER NOT NULL CHECK (complaint IN (0, 1)),
	class INTEGER NOT NULL CHECK (class BETWEEN 0 AND 7),
	hard INTEGER NOT NULL CHECK (hard IN (0, 1)),
	source INTEGER NOT NULL CHECK (source BETWEEN 0 AND 2),	-- token, dkim2, relay
	status TEXT NOT NULL,
	reply BLOB NOT NULL,
	at INTEGER NOT NULL,
	grp INTEGER NOT NULL DEFAULT 0,	-- of bounce_group; 0: none
	void INTEGER NOT NULL DEFAULT 0 CHECK (void BETWEEN 0 AND 2),	-- counts, group, undone
	UNIQUE (member, post, complaint)
) STRICT;
CREATE INDEX bounce_event_list ON bounce_event (list);
CREATE INDEX bounce_event_post ON bounce_event (post);
CREATE INDEX bounce_event_at ON bounce_event (at);
CREATE INDEX bounce_event_grp ON bounce_event (grp) WHERE grp <> 0;

-- How many failed of a post (what 0), of it with a status (1), of it at a domain (2).
-- total: of how many; 0 while they are too few to ask.
CREATE TABLE bounce_tally (
	post INTEGER NOT NULL REFERENCES post ON DELETE CASCADE,
	what INTEGER NOT NULL CHECK (what BETWEEN 0 AND 2),
	name TEXT NOT NULL,
	n INTEGER NOT NULL,
	total INTEGER NOT NULL,
	grp INTEGER NOT NULL,
	PRIMARY KEY (post, what, name)
) STRICT, WITHOUT ROWID;

-- So many failed together that it is nobody's own fault.
CREATE TABLE bounce_group (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	post INTEGER NOT NULL,
	what INTEGER NOT NULL,
	name TEXT NOT NULL,
	class INTEGER NOT NULL,
	status TEXT NOT NULL,
	reply BLOB NOT NULL,	-- of the event that was one too many
	at INTEGER NOT NULL,
	alerted INTEGER NOT NULL DEFAULT 0	-- when the owner was told
) STRICT;
CREATE INDEX bounce_group_list ON bounce_group (list);
CREATE INDEX bounce_group_post ON bounce_group (post);
CREATE INDEX bounce_group_alert ON bounce_group (at) WHERE alerted = 0;

-- Members whose standing is not good. delivery: what they had before.
CREATE TABLE bounce_member (
	member INTEGER PRIMARY KEY REFERENCES member ON DELETE CASCADE,
	list INTEGER NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
	since INTEGER NOT NULL,
	warnings INTEGER NOT NULL,
	delivery INTEGER NOT NULL,
	due INTEGER NOT NULL	-- when something is to be done about him; 0: never
) STRICT;
CREATE INDEX bounce_member_due ON bounce_member (due) WHERE due > 0;

-- Reports that nothing proved, a day (since 1970).
CREATE TABLE bounce_forged (
	list INTEGER NOT NULL REFERENCES list ON DELETE CASCADE,
	day INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (list, day)
) STRICT, WITHOUT ROWID;

-- What our own delivery could not hand over becomes an event once; older failures never.
ALTER TABLE fan_exception ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
UPDATE fan_exception SET counted = 1 WHERE state = 1;
CREATE INDEX fan_uncounted ON fan_exception (post, member) WHERE state = 1 AND counted = 0;
