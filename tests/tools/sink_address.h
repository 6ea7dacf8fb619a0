/*
 * sink_address.h - the arguments of MAIL and RCPT: an address and its parameters, and what is wrong
 * with them.
 */
#ifndef LADLE_TESTS_SINK_ADDRESS_H
#define LADLE_TESTS_SINK_ADDRESS_H

#include "sink_events.h"

#include <strings.h>

/* Finds the > that ends a path, a quoted one in a local part is none; NULL if there is no end. */
static inline const char *path_end(const char *p)
{
	bool quoted = false;

	for (; *p; p++) {
		unsigned char byte = (unsigned char)*p;

		if (byte < ' ' || byte == 127) {
			return NULL;
		}
		if (quoted && byte == '\\' && p[1]) {
			p++;
		} else if (byte == '"') {
			quoted = !quoted;
		} else if (!quoted && byte == '>') {
			return p;
		} else if (!quoted && (byte == ' ' || byte == '<')) {
			return NULL;
		}
	}
	return NULL;
}

/*
 * Takes the address of "FROM:<address> parameters" as the candidate, and the parameters. False if
 * that is not what `arg` is.
 */
static inline bool take_path(struct conn *c, const char *arg, const char *keyword)
{
	size_t skip = strlen(keyword);
	const char *end;

	if (strncasecmp(arg, keyword, skip) || arg[skip] != '<') {
		return false;
	}
	arg += skip + 1;
	end = path_end(arg);
	if (!end || (end[1] && end[1] != ' ')) {
		return false;
	}
	c->candidate.len = 0;
	text_append(&c->candidate, arg, (size_t)(end - arg));
	text_append(&c->candidate, "", 1);
	end++;
	end += strspn(end, " ");
	c->candidate_params.len = 0;
	text_append(&c->candidate_params, end, strlen(end));
	return true;
}

/* Parameters of MAIL and RCPT. `values`: those allowed, each between blanks; NULL for any. */
static const struct parameter {
	const char *name;
	const char *values;
	enum event event;
	enum offer offer;
} parameters[] = {
	{ "SIZE", NULL, ON_MAIL, OFFER_SIZE },
	{ "BODY", " 7BIT 8BITMIME ", ON_MAIL, OFFER_8BITMIME },
	{ "SMTPUTF8", "", ON_MAIL, OFFER_SMTPUTF8 },
	{ "RET", " FULL HDRS ", ON_MAIL, OFFER_DSN },
	{ "ENVID", NULL, ON_MAIL, OFFER_DSN },
	{ "NOTIFY", NULL, ON_RCPT, OFFER_DSN },
	{ "ORCPT", NULL, ON_RCPT, OFFER_DSN },
};

/* Checks the value of a parameter; `value` is NULL if there is no "=". */
static inline bool value_allowed(const struct parameter *row, const char *value)
{
	char padded[32];

	if (row->values && !*row->values) {
		return !value;
	}
	if (!value || !*value) {
		return false;
	}
	if (!row->values) {
		return true;
	}
	return snprintf(padded, sizeof(padded), " %s ", value) < (int)sizeof(padded) &&
	       strcasestr(row->values, padded);
}

/* Judges one parameter NAME or NAME=VALUE. True if the command may go on, else it was refused. */
static inline bool check_parameter(struct conn *c, enum event event, char *word)
{
	char *value = strchr(word, '=');
	unsigned long size;

	if (value) {
		*value++ = '\0';
	}
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		const struct parameter *row = &parameters[i];
		bool is_size = row->offer == OFFER_SIZE;

		if (row->event != event || strcasecmp(word, row->name)) {
			continue;
		}
		if (!c->extended || !(c->sink->offers & row->offer)) {
			break;
		}
		if (!value_allowed(row, value) || (is_size && !number(value, ULONG_MAX, &size))) {
			refuse(c, event, 501, "5.5.4 bad value of a parameter");
			return false;
		}
		if (is_size && size > c->sink->max_size) {
			refuse(c, event, 552, "5.3.4 message too large");
			return false;
		}
		if (row->offer == OFFER_SMTPUTF8) {
			c->utf8 = true;
		}
		return true;
	}
	refuse(c, event, 555, "5.5.4 parameter not offered");
	return false;
}

static inline bool check_parameters(struct conn *c, enum event event)
{
	struct text words = { 0 };
	bool fine = true;
	char *rest;

	if (!c->candidate_params.len) {
		return true;
	}
	text_append(&words, c->candidate_params.data, c->candidate_params.len);
	text_append(&words, "", 1);
	rest = words.data;
	for (char *word; fine && (word = next_word(&rest));) {
		fine = check_parameter(c, event, word);
	}
	text_free(&words);
	return fine;
}

/* MAIL and RCPT: everything that is to be said about the candidate before the script is asked. */
static inline void judge_address(struct conn *c, enum event event, const char *arg,
                                 const char *keyword)
{
	if (!take_path(c, arg, keyword) || (event == ON_RCPT && c->candidate.len == 1)) {
		refuse(c, event, 501, event == ON_MAIL ? "5.1.7 bad syntax" : "5.1.3 bad syntax");
		return;
	}
	if (!check_parameters(c, event)) {
		return;
	}
	for (const char *p = c->candidate.data; *p; p++) {
		if ((unsigned char)*p >= 128 && !c->utf8) {
			refuse(c, event, 553, "5.6.7 8-bit address without SMTPUTF8");
			return;
		}
	}
	happen(c, event, c->candidate.data, 1);
}

#endif
