/*
 * RFC 3834 has one field for it. Older programs, and those of some vendors, have others; a
 * list is known by List-Id or Precedence.
 */
#include "rules/automatic.h"

static const struct sign {
	const char *field;
	const char *value;  /* the field's begins so, without regard to case; "": any */
	const char *unless; /* begins so; NULL */
	const char *why;
} signs[] = {
	{ "Auto-Submitted", "", "no", "Auto-Submitted" },
	{ "Content-Type", "multipart/report", NULL, "a report" },
	{ "Content-Type", "message/disposition-notification", NULL, "a receipt" },
	{ "Precedence", "bulk", NULL, "Precedence: bulk" },
	{ "Precedence", "junk", NULL, "Precedence: junk" },
	{ "Precedence", "list", NULL, "Precedence: list" },
	{ "Precedence", "auto_reply", NULL, "Precedence: auto_reply" },
	{ "List-Id", "", NULL, "List-Id" },
	{ "X-Loop", "", NULL, "X-Loop" },
	{ "X-Autoreply", "", "no", "X-Autoreply" },
	{ "X-Autorespond", "", NULL, "X-Autorespond" },
	{ "X-Autoresponder", "", NULL, "X-Autoresponder" },
	{ "X-Mail-Autoreply", "", NULL, "X-Mail-Autoreply" },
	{ "X-Auto-Response-Suppress", "", "none", "X-Auto-Response-Suppress" },
	{ "X-AutoReply-From", "", NULL, "X-AutoReply-From" },
	{ "X-FC-MachineGenerated", "", NULL, "X-FC-MachineGenerated" },
	{ "Subject", "out of office", NULL, "the subject says out of office" },
	{ "Subject", "automatic reply", NULL, "the subject says automatic reply" },
	{ "Subject", "auto:", NULL, "the subject says auto" },
	{ "Subject", "autoreply", NULL, "the subject says autoreply" },
	{ "Subject", "vacation", NULL, "the subject says vacation" },
};

static bool shows(const struct message *m, const struct sign *s)
{
	size_t at = 0;
	for (const struct field *f; (f = message_next(m, span_str(s->field), &at));) {
		struct span value = span_trim(f->value);
		if (span_istarts(value, span_str(s->value)) &&
		    !(s->unless && span_istarts(value, span_str(s->unless)))) {
			return true;
		}
	}
	return false;
}

const char *automatic_why(const struct message *m, struct span mail_from)
{
	if (mail_from.n == 0) {
		return "the null sender";
	}
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (shows(m, &signs[i])) {
			return signs[i].why;
		}
	}
	return NULL;
}

bool automatic_submitted(const struct message *m)
{
	return message_find(m, "Auto-Submitted") &&
	       !message_begins(m, "Auto-Submitted", SPAN("no"));
}
