/* The addresses passed smtp_address_wire: nothing in them ends a path or a line. */
#include "net/smtp_envelope.h"

#include "net/smtp_address.h"
#include "net/smtp_content.h"
#include "net/smtp_reply.h"

bool smtp_envelope_set(struct smtp_envelope *v, const struct smtp_job *job, struct err *e)
{
	buf_clear(&v->from);
	buf_clear(&v->to);
	v->size = job->size;
	v->utf8 = job->utf8;
	if ((job->mail_from.n == 0) != job->null_sender) {
		return err_set(e, ERR_BUG, "5.1.7",
		               "no sender, but not said to be the null sender");
	}
	if (job->mail_from.n > 0 && !smtp_address_wire(job->mail_from, &v->from, &v->utf8, e)) {
		return false;
	}
	if (!smtp_address_wire(job->rcpt_to, &v->to, &v->utf8, e)) {
		return false;
	}
	return smtp_content_check(job->segments, job->count, &v->eight_bit) ||
	       err_set(e, ERR_BUG, "5.6.0", "the message has a LF without a CR before it");
}

void smtp_envelope_free(struct smtp_envelope *v)
{
	buf_free(&v->from);
	buf_free(&v->to);
}

static void add_path(struct buf *lines, const char *command, const struct buf *address)
{
	buf_str(lines, command);
	buf_chr(lines, '<');
	buf_add(lines, buf_span(address));
	buf_chr(lines, '>');
}

static void add_parameters(const struct smtp_envelope *v, unsigned offers, struct buf *lines)
{
	if (offers & SMTP_OFFER_SIZE) {
		buf_printf(lines, " SIZE=%llu", (unsigned long long)v->size);
	}
	if (v->eight_bit && (offers & SMTP_OFFER_8BITMIME)) {
		buf_str(lines, " BODY=8BITMIME");
	}
	if (v->utf8) {
		buf_str(lines, " SMTPUTF8");
	}
}

void smtp_envelope_add(const struct smtp_envelope *v, enum smtp_command command, unsigned offers,
                       struct buf *lines)
{
	switch (command) {
	case SMTP_RSET: buf_str(lines, "RSET"); break;
	case SMTP_MAIL:
		add_path(lines, "MAIL FROM:", &v->from);
		add_parameters(v, offers, lines);
		break;
	case SMTP_RCPT: add_path(lines, "RCPT TO:", &v->to); break;
	case SMTP_DATA: buf_str(lines, "DATA"); break;
	}
	buf_str(lines, "\r\n");
}
