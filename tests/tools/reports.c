/*
 * reports CONFIG POST FIRST LAST: a report into spool/new for each of the members FIRST to
 * LAST (numbers) of the first list, as if their copies of post number POST had come back.
 * Each comes to the member's own return address, so that it is believed.
 */
#include "flow/spool.h"
#include "rules/route.h"
#include "rules/token.h"
#include "store/lists.h"
#include "store/members.h"

#include <stdio.h>
#include <stdlib.h>

static struct span report(struct arena *arena, struct span to, struct span member)
{
	return arena_printf(
		arena,
		"Received: from mx.example.net by mx.lists.example; Fri, 27 Nov 2026 12:00:00 +0000\r\n"
		"From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\n"
		"To: <%.*s>\r\nSubject: Undelivered Mail Returned to Sender\r\n"
		"Date: Fri, 27 Nov 2026 12:00:00 +0000\r\nMessage-ID: <%.*s@mx.example.net>\r\n"
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"b\"\r\n"
		"\r\n--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
		"This is the mail system at host mx.example.net.\r\n\r\n"
		"I'm sorry to have to inform you that your message could not\r\n"
		"be delivered to one or more recipients.\r\n\r\n"
		"<%.*s>: host mail.example.net said: 550 5.1.1 no such user (in reply to RCPT TO)\r\n"
		"\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
		"Reporting-MTA: dns; mx.example.net\r\nArrival-Date: Fri, 27 Nov 2026 12:00:00 +0000\r\n"
		"\r\nFinal-Recipient: rfc822; %.*s\r\nOriginal-Recipient: rfc822;%.*s\r\n"
		"Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mail.example.net\r\n"
		"Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
		"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
		"From: Ann <ann@one.example>\r\nTo: dev@lists.example\r\nSubject: [dev] bench\r\n"
		"\r\n--b--\r\n",
		SPAN_FMT(to), SPAN_FMT(to), SPAN_FMT(member), SPAN_FMT(member), SPAN_FMT(member));
}

static bool put(struct context *c, const struct list *list, const struct token *t, struct err *e)
{
	struct arena *arena = arena_new();
	struct member member;
	bool found;
	bool ok = store_member_get(c->store, arena, list->id, t->member, &member, &found, e);
	if (ok && found) {
		struct span token = token_make(arena, c->secret, TOKEN_BOUNCE, list->id, t);
		struct span to = route_make(arena, list, '+',
		                            arena_join(arena, SPAN("b-"), token, SPAN_END));
		struct segment s = { report(arena, to, member.address), false };
		struct spool_envelope envelope = { .mail_from = "", .recipient = arena_str(arena, to) };
		char name[SPOOL_NAME];
		snprintf(name, sizeof(name), "%012llx.%llx.0.0",
		         (unsigned long long)c->env.now(&c->env), (unsigned long long)t->member);
		ok = spool_put(c, &s, 1, &envelope, name, e);
	}
	arena_free(arena);
	return ok;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct list *lists = NULL;
	size_t n = 0;
	struct context *c = argc == 5 ? context_open(argv[1], CONTEXT_STORE | CONTEXT_SECRET, "bench", &e)
	                              : NULL;
	if (!c || !store_list_all(c->store, c->arena, &lists, &n, &e) || n == 0) {
		fprintf(stderr, "usage: reports CONFIG POST FIRST LAST: %s\n", e.text);
		return 64;
	}
	struct token t = { .post = strtoll(argv[2], NULL, 10), .member = strtoll(argv[3], NULL, 10) };
	for (int64_t last = strtoll(argv[4], NULL, 10); t.member <= last; t.member++) {
		if (!put(c, &lists[0], &t, &e)) {
			fprintf(stderr, "reports: %s\n", e.text);
			return 70;
		}
	}
	context_close(c);
	return 0;
}
