#ifndef LADLE_NET_SMTP_LINK_H
#define LADLE_NET_SMTP_LINK_H

/*
 * One connection to the relay, made by libcurl: resolving, connecting, greeting,
 * EHLO, STARTTLS and the certificate are its work, and so is TLS afterwards.
 *
 *     smtp_link_open(l, reply_buffer);
 *     while (smtp_link_step(l) == SMTP_LINK_OPENING) poll(what smtp_link_poll gives);
 *     smtp_link_send, smtp_link_receive …
 *     smtp_link_close(l);
 */

#include "base/err.h"
#include "net/smtp.h"
#include "net/smtp_reply.h"

#include <poll.h>

enum smtp_link_state { SMTP_LINK_CLOSED, SMTP_LINK_OPENING, SMTP_LINK_OPEN };

enum { SMTP_LINK_FDS = 8 }; /* that smtp_link_poll fills at most */

struct smtp_link;

/* CONFIG's url without path, EHLO name and TLS policy are checked; nothing is connected. NULL with
 * class misuse. */
struct smtp_link *smtp_link_new(const struct smtp_config *config, struct err *e);
/* Closes at once. NULL is fine. */
void smtp_link_free(struct smtp_link *l);

/* From closed to opening. */
void smtp_link_open(struct smtp_link *l);
/* Go on with opening as far as possible without waiting. Closed afterwards: it failed, see below.
 */
enum smtp_link_state smtp_link_step(struct smtp_link *l);
enum smtp_link_state smtp_link_state(const struct smtp_link *l);

/* Why opening failed, printable: the relay's reply when it refused (*CODE 400 to 599), else
 * libcurl's words. */
const char *smtp_link_failure(const struct smtp_link *l, long *code);

/* What to wait for: fills FDS, returns how many. *TIMEOUT (milliseconds) is lowered while opening.
 */
size_t smtp_link_poll(struct smtp_link *l, short events, struct pollfd fds[SMTP_LINK_FDS],
                      int *timeout);

/* Of an open link: enum smtp_offer. */
unsigned smtp_link_offers(const struct smtp_link *l);
/* TLS may hold bytes that poll(2) does not see. */
bool smtp_link_buffers(const struct smtp_link *l);

/*
 * Bytes moved; 0: none now; -1: the connection is gone. After 0 send must be
 * called with the same bytes again (TLS).
 */
ssize_t smtp_link_send(struct smtp_link *l, struct span bytes);
ssize_t smtp_link_receive(struct smtp_link *l, char *to, size_t size);

/* Says QUIT without waiting for the answer, if POLITE; then the connection is gone. */
void smtp_link_close(struct smtp_link *l, bool polite);

#endif
