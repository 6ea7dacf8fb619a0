/*
 * A failure or a delay that no part for machines tells is believed only when two of three
 * say so: who sent it, what its subject is, what its text says (or that it returns a
 * message). A subject alone is what people discuss on lists. What answers by itself says so in a
 * field, or in its subject.
 */
#include "mail/bounce_kind.h"

#include "base/limits.h"
#include "mail/addr.h"
#include "mail/word.h"

static bool any_of(struct span text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_ifind(text, span_str(words[i])) != SPAN_NONE) {
			return true;
		}
	}
	return false;
}
#define ANY_OF(text, words) any_of((text), (words), sizeof(words) / sizeof(*(words)))

static const char *const daemons[] = {
	"mailer-daemon",   "postmaster",
	"post_master",     "mail delivery",
	"maildelivery",    "mail-daemon",
	"mdaemon",         "mail.delivery",
	"delivery system", "mail administrator",
	"mailer_daemon",   "mailerdaemon",
	"mail system",     "system administrator",
	"mailadm",         "mailserver",
	"mail server",     "internet mail delivery",
	"delivery-notif",  "amazonses",
	"mail-router",     "daemon@",
	"bounce",          "returned mail",
	"mailer@",
};
static const char *const failure_subjects[] = {
	"undeliver",
	"failure notice",
	"returned mail",
	"mail delivery fail",
	"delivery fail",
	"delivery status",
	"delivery notif",
	"delivery error",
	"delivery problem",
	"returning message",
	"mail failure",
	"nondeliver",
	"non-deliver",
	"not deliver",
	"could not be deliver",
	"message delivery has failed",
	"mail system error",
	"returned to sender",
	"return to sender",
	"bounced",
	"delivery report",
	"mail error",
	"user unknown",
	"message status",
	"message not sent",
	"nondelivery",
	"delivery has failed",
	"rejected mail",
	"mail could not be",
	"unzustellbar",
	"cannot send",
	"unable to deliver",
	"warning - delayed",
	"delayed mail",
	"warning: message",
	"warning: could not send",
	"delivery delay",
	"still being retried",
	"message delayed",
	"mail non remis",
	"nicht zugestellt",
	"no entregado",
	"mancato recapito",
	"mail delivery",
	"aws notification message",
	"loop alert",
	"processing error",
	"mail failed",
	"failed mail",
	"non remis",
	"permanent delivery",
	"non-delivery",
	"automatically rejected mail",
	"message delayed",
	"delivery failure",
	"failure report",
};
static const char *const openers[] = {
	"could not be delivered",
	"was not delivered",
	"wasn't able to deliver",
	"unable to deliver",
	"were unable to deliver",
	"did not reach",
	"not reach the following",
	"fatal errors",
	"delivery errors",
	"delivery problems",
	"delivery failed",
	"delivery has failed",
	"delivery to the following",
	"delivery attempts",
	"error delivering your mail",
	"failed permanently",
	"undeliverable",
	"user unknown",
	"unknown user",
	"no such user",
	"mailbox is full",
	"mailbox full",
	"could not deliver",
	"not been delivered",
	"cannot be delivered",
	"can not be delivered",
	"couldn't be delivered",
	"cannot deliver",
	"not yet been delivered",
	"list of recipients",
	"rejected by",
	"returned mail",
	"returned message",
	"returned to you",
	"being returned",
	"not listed in",
	"does not exist",
	"permanent error",
	"transcript of session",
	"delivery status notification",
	"was not able to",
	"unknown local",
	"invalid final delivery",
	"account is disabled",
	"mail server could not",
	"failure reasons",
	"failed addresses",
	"undelivered",
	"non remis",
	"notificationtype",
	"not relayed",
	"delivery failure",
	"will be retried",
	"over quota",
	"wasn't delivered",
	"is full",
	"unable to send",
	"no longer",
	"server message",
	"doesn't have a",
	"duplicated message-id",
	"could not send",
	"message delayed",
	"has been disabled",
	"has failed",
	"not able to deliver",
	"processing",
	"has been returned",
	"valid recipients",
	"will be unable",
	"non-delivery report",
	"over disk quota",
	"did not exactly match",
	"no matches to",
	"was automatically rejected",
	"fatal delivery errors",
	"postfix program",
	"failed 20 attempts",
	"message from ",
	"awaiting delivery",
	"invalid user",
};
static const char *const delays[] = {
	"has been delayed",
	"not yet been delivered",
	"warning message only",
	"still trying",
	"will be retried for",
	"do not need to resend",
	"delivery attempts will continue",
	"will continue to try",
	"will keep trying",
	"has not been delivered yet",
	"will try again",
	"still being retried",
	"delivery delayed",
	"temporary non-fatal",
	"transient non-fatal",
	"retries will continue",
	"will be retried",
	"retry for the next",
	"message is delayed",
	"message delayed",
	"not need to resend",
	"temporarily deferred your",
	"delivery is delayed",
	"is only a warning",
	"temporarily unavailable. ",
	"keep trying",
	"continue trying",
	"continue to attempt",
};
static const char *const answers[] = {
	"out of office",        "out-of-office",
	"automatic reply",      "auto reply",
	"auto-reply",           "autoreply",
	"auto response",        "auto-response",
	"automated reply",      "automated response",
	"autoresponse",         "vacation",
	"away from my mail",    "abwesenheit",
	"automatische antwort", "respuesta automatica",
	"reponse automatique",  "risposta automatica",
	"on holiday",           "away from the office",
	"out of the office",    "ooo:",
	"absence du bureau",
};
static const char *const challenges[] = {
	"please confirm your message",
	"please confirm that you sent",
	"confirm your email to",
	"sender verification",
	"verify your email to",
	"spam arrest",
	"spamarrest",
	"boxbe",
	"challenge-response",
	"your message awaits",
	"awaiting your confirmation",
	"to prove you are human",
	"uol antispam",
	"bluebottle",
	"approve me",
	"requires verification of your",
	"message requires confirmation",
};
static const char *const complaints[] = { "complaint about message from", "abuse report",
	                                  "email abuse report", "spam complaint" };

static struct span subject_of(struct arena *arena, const struct message *m)
{
	return word_decode(arena, message_text(arena, message_find(m, "Subject")));
}

/* The first word of Auto-Submitted. */
static bool auto_submitted(struct arena *arena, const struct message *m, const char *word)
{
	struct span value = message_text(arena, message_find(m, "Auto-Submitted"));
	return span_istarts(value, span_str(word));
}

static bool from_daemon(struct arena *arena, const struct message *m)
{
	struct span from = message_text(arena, message_find(m, "From"));
	struct span path = message_text(arena, message_find(m, "Return-Path"));
	return ANY_OF(from, daemons) || span_is(from, "<>") || span_is(path, "<>");
}

static bool author_is(struct arena *arena, const struct message *m, const char *const *names,
                      size_t n)
{
	struct mailbox author;
	bool is = false;
	for (size_t i = 0; addr_author(arena, m, &author) && !is && i < n; i++) {
		is = span_iis(author.local, names[i]);
	}
	return is;
}

/* What no person is called. */
static bool from_machine(struct arena *arena, const struct message *m)
{
	static const char *const names[] = { "mailer-daemon", "mdaemon", "post_master" };
	return author_is(arena, m, names, sizeof(names) / sizeof(*names));
}

/* A person may be, but lists do not carry what they write. */
static bool from_mailer(struct arena *arena, const struct message *m)
{
	static const char *const names[] = { "postmaster" };
	return from_machine(arena, m) || author_is(arena, m, names, 1);
}

static bool from_nobody(struct arena *arena, const struct message *m)
{
	struct span from = message_text(arena, message_find(m, "From"));
	return span_ifind(from, SPAN("no-reply@")) != SPAN_NONE ||
	       span_ifind(from, SPAN("noreply@")) != SPAN_NONE;
}

/* Somebody writes about it: an answer, or mail of a list. */
static bool discussed(struct arena *arena, const struct message *m, struct span subject)
{
	bool answer = span_istarts(subject, SPAN("Re:")) || span_istarts(subject, SPAN("Fwd:")) ||
	              span_istarts(subject, SPAN("Fw:"));
	bool list = span_istarts(subject, SPAN("[")) || message_find(m, "List-Id") ||
	            message_find(m, "List-Post");
	return (answer && !from_machine(arena, m)) || (list && !from_mailer(arena, m));
}

/* Subject and text begin as those of a report: some lists hand them on to their owners. */
static bool begins(struct span subject, struct span text)
{
	static const char *const first[] = { "delivered to the following", "following address",
		                             "following recipient" };
	return ANY_OF(span_sub(subject, 0, 16), failure_subjects) &&
	       ANY_OF(span_sub(text, 0, 200), first);
}

static bool is_answer(struct arena *arena, const struct message *m, struct span subject)
{
	static const char *const fields[] = { "X-Autoreply", "X-Autorespond", "X-AutoReply-From",
		                              "X-Auto-Reply", "X-Vacation" };
	struct span precedence = message_text(arena, message_find(m, "Precedence"));
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (message_find(m, fields[i])) {
			return true;
		}
	}
	return auto_submitted(arena, m, "auto-replied") || span_iis(precedence, "auto_reply") ||
	       (ANY_OF(subject, answers) && !discussed(arena, m, subject));
}

static void set(struct bounce *out, enum bounce_kind kind, const char *why)
{
	out->kind = kind;
	out->why = why;
}

bool bounce_kind_delay(struct span text)
{
	return ANY_OF(text, delays);
}

void bounce_kind_read(struct arena *arena, const struct message *m, struct span text,
                      struct bounce *out)
{
	struct span subject = subject_of(arena, m);
	struct span head = span_sub(text, 0, 4000);
	bool talk = discussed(arena, m, subject);
	bool sender = from_daemon(arena, m) || auto_submitted(arena, m, "auto-");
	bool titled = ANY_OF(subject, failure_subjects) && (!talk || begins(subject, head));
	bool says = ANY_OF(head, openers) || bounce_kind_delay(head);
	if (message_find(m, "X-Failed-Recipients")) {
		set(out, BOUNCE_FAILURE, "X-Failed-Recipients");
	} else if (ANY_OF(subject, complaints) && !talk &&
	           (sender || says || out->returned.n > 0)) {
		set(out, BOUNCE_COMPLAINT, "its subject is that of a complaint");
	} else if ((ANY_OF(subject, challenges) || ANY_OF(head, challenges)) && !talk &&
	           (sender || ANY_OF(subject, challenges))) {
		set(out, BOUNCE_CHALLENGE, "it asks for a confirmation");
	} else if (ANY_OF(subject, answers) && is_answer(arena, m, subject) && !titled) {
		set(out, BOUNCE_AUTOREPLY, "its subject is that of an automatic reply");
	} else if ((titled && says) || (sender && (titled || (says && !talk))) ||
	           (out->returned.n > 0 && !talk &&
	            (from_mailer(arena, m) || (says && from_nobody(arena, m))))) {
		set(out, bounce_kind_delay(head) ? BOUNCE_DELAY : BOUNCE_FAILURE,
		    titled ? "its subject is that of a delivery report"
		           : "sender and text are those of a delivery report");
	} else if (is_answer(arena, m, subject)) {
		set(out, BOUNCE_AUTOREPLY, "it says that nobody wrote it");
	}
}
