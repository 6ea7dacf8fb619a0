/*
 * What a reply, or the lack of one, means for the copy and for the relay.
 *
 * The recipient is only ever judged by words that are about the recipient: a
 * reply to MAIL, RCPT, DATA or to the content. Until then the relay has not
 * heard of the message, and whatever it says, a 554 greeting included, is about
 * itself or us: the copy is deferred and the relay rests.
 *
 *     2yz to the content       sent. Nothing else is: a 2yz that comes with a
 *                              broken connection, or to anything but the
 *                              content, is no promise.
 *     4yz                      deferred (RFC 5321 4.2.1).
 *     5yz                      failed.
 *     421                      deferred, and the relay rests: it says that it is
 *                              closing (3.8), whatever command it answers.
 *     521 and 530 to 538       deferred, and the relay rests: it takes no mail
 *                              (RFC 7504), or wants TLS or a login first (RFC
 *                              3207, 4954). That is a mistake in a configuration;
 *                              no member shall be struck off for it.
 *     no reply, or nonsense    deferred. The connection broke, timed out, or what
 *                              came was no SMTP. After the final dot the relay
 *                              may have taken the copy; then it comes twice,
 *                              which is better than not at all (RFC 5321
 *                              4.2.5, 4.5.3.2.6). One broken connection says
 *                              little about the relay; REPLY_FAILURES in a row,
 *                              over all connections, rest it.
 *     misuse                   failed: the next attempt would be just as wrong.
 */
#include "net/reply.h"

enum { REPLY_FAILURES = 3 };

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OUTCOME_SENT] = "sent",
		[OUTCOME_DEFERRED] = "deferred",
		[OUTCOME_FAILED] = "failed",
	};

	return names[o];
}

/* Codes, first to last, that speak of the relay although a command about the message got them. */
static bool about_relay(long code)
{
	static const struct {
		long first, last;
	} ranges[] = { { 421, 421 }, { 521, 521 }, { 530, 538 } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (code >= ranges[i].first && code <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

struct reply_class reply_classify(const struct reply_input *in)
{
	long digit = in->code / 100;

	if (in->misuse) {
		return (struct reply_class){ OUTCOME_FAILED, false };
	}
	if (in->stage == REPLY_CONNECT || about_relay(in->code)) {
		return (struct reply_class){ OUTCOME_DEFERRED, true };
	}
	if (digit == 4 || digit == 5) { /* also when the connection broke behind it */
		return (struct reply_class){ digit == 5 ? OUTCOME_FAILED : OUTCOME_DEFERRED,
			                     false };
	}
	if (!in->transport_ok) {
		return (struct reply_class){ OUTCOME_DEFERRED, in->failures >= REPLY_FAILURES };
	}
	if (digit == 2 && in->stage == REPLY_DATA) {
		return (struct reply_class){ OUTCOME_SENT, false };
	}
	return (struct reply_class){ OUTCOME_DEFERRED, false };
}
