#ifndef LADLE_NET_SMTP_TALK_H
#define LADLE_NET_SMTP_TALK_H

/*
 * The dialogue about one copy at a time over one link: MAIL, RCPT, DATA, content
 * (RFC 5321 3.3), pipelined when that is offered (RFC 2920). The link stays open
 * for the next copy.
 *
 *     smtp_talk_start(t, job, now);
 *     while (!smtp_talk_over(t)) poll(smtp_talk_poll), smtp_talk_run(t, readable, now);
 *     …verdict, text…
 *     job = smtp_talk_take(t);
 */

#include "net/smtp_link.h"

struct smtp_talk;

/* NULL with class misuse, as smtp_link_new. */
struct smtp_talk *smtp_talk_new(const struct smtp_config *config, struct err *e);
/* Leaves politely between two copies, at once within one. NULL is fine. */
void smtp_talk_free(struct smtp_talk *t);

/* Is no copy in it? And is its link open, so that the next one needs no new connection? */
bool smtp_talk_idle(const struct smtp_talk *t);
bool smtp_talk_connected(const struct smtp_talk *t);
/* Has the relay offered SMTPUTF8? Of a connected one. */
bool smtp_talk_offers_utf8(const struct smtp_talk *t);

/*
 * Begin with JOB, which stays the caller's. NOW, here and below: microseconds of a
 * clock that never jumps.
 */
void smtp_talk_start(struct smtp_talk *t, struct smtp_job *job, int64_t now);
/*
 * As smtp_link_poll; *TIMEOUT is also lowered to the end of patience. An idle talk is
 * worth a look, too: the relay may hang up.
 */
size_t smtp_talk_poll(struct smtp_talk *t, struct pollfd fds[SMTP_LINK_FDS], int *timeout,
                      int64_t now);
/* Go on as far as possible without waiting. READABLE: poll(2) saw input or an error. */
void smtp_talk_run(struct smtp_talk *t, bool readable, int64_t now);

/* Has the copy got its verdict? What it is, and the words for it. */
bool smtp_talk_over(const struct smtp_talk *t);
struct reply_input smtp_talk_verdict(const struct smtp_talk *t);
const char *smtp_talk_text(const struct smtp_talk *t);
/* Is the verdict that the job needs SMTPUTF8 where there is none? */
bool smtp_talk_wants_ascii(const struct smtp_talk *t);
/* The job, after which the talk is free for the next. */
struct smtp_job *smtp_talk_take(struct smtp_talk *t);

#endif
