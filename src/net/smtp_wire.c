/* Input is read only when a reply is not complete, so that what is left over shows that it was not
 * asked for. */
#include "net/smtp_wire.h"

#include "base/mem.h"

enum { INPUT = 4096 };

void smtp_wire_init(struct smtp_wire *w, struct smtp_link *link)
{
	*w = (struct smtp_wire){ .link = link, .input = mem_alloc(INPUT) };
}

void smtp_wire_clear(struct smtp_wire *w)
{
	mem_free(w->input);
	w->input = NULL;
}

void smtp_wire_reset(struct smtp_wire *w)
{
	w->out.n = 0;
	w->in.n = 0;
	smtp_reply_clear(&w->reply);
	w->complete = false;
	w->errors = 0;
}

bool smtp_wire_flush(struct smtp_wire *w, bool *moved)
{
	while (w->out.n > 0) {
		ssize_t n = smtp_link_send(w->link, w->out);

		if (n < 0) {
			return false;
		}
		if (n == 0) {
			break;
		}
		w->out = span_from(w->out, (size_t)n);
		*moved = true;
	}
	return true;
}

enum smtp_wire_next smtp_wire_next(struct smtp_wire *w)
{
	enum smtp_reply_state state;

	if (w->complete) {
		smtp_reply_clear(&w->reply);
	}
	w->complete = false;
	while ((state = smtp_reply_feed(&w->reply, &w->in)) == SMTP_REPLY_MORE) {
		ssize_t n = smtp_link_receive(w->link, w->input, INPUT);

		if (n == 0) {
			return SMTP_WIRE_NONE;
		}
		if (n < 0) {
			smtp_reply_print(w->reply.text, sizeof(w->reply.text),
			                 SPAN("the relay closed the connection"));
			return SMTP_WIRE_GONE;
		}
		w->in = (struct span){ w->input, (size_t)n };
	}
	w->complete = true;
	w->errors += w->reply.code >= 400;
	return state == SMTP_REPLY_DONE ? SMTP_WIRE_REPLY : SMTP_WIRE_GONE;
}

bool smtp_wire_quiet(struct smtp_wire *w)
{
	return w->in.n == 0 && smtp_link_receive(w->link, w->input, INPUT) == 0;
}
