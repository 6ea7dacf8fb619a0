-- What was refused after the mail server took it, and who was told: for the limits and
-- for `status`.
CREATE TABLE refusal (
	id INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	code TEXT NOT NULL,	-- "told", or why nobody was
	address TEXT NOT NULL,	-- who was told, as a key; empty: nobody
	domain TEXT NOT NULL,
	message TEXT NOT NULL,	-- SHA-256 of what was refused
	recipient BLOB NOT NULL	-- and for whom it was
) STRICT;
CREATE INDEX refusal_at ON refusal (at, address);
CREATE INDEX refusal_address ON refusal (address, at);
CREATE INDEX refusal_domain ON refusal (domain, at);
CREATE INDEX refusal_message ON refusal (message);
