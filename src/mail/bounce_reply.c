/*
 * Three digits are a reply when 4 or 5 begins them, nothing that belongs to a number or a
 * name stands before, and a space, a dash, an enhanced code or the end follows. Codes that
 * no server gives to a sender (500 to 504 apart) are left out, as are years and ports.
 */
#include "mail/bounce_reply.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"

static char at(struct span s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

/* May a code begin behind C? */
static bool opens(char c)
{
	return c == '\0' || ascii_fws(c) || c == '(' || c == '[' || c == ':' || c == '#' ||
	       c == '\'' || c == '"' || c == '<' || c == ';' || c == '=' || c == '-' || c == '{';
}

static size_t digits(struct span s, size_t i, size_t max)
{
	size_t n = 0;
	while (n < max + 1 && ascii_digit(at(s, i + n))) {
		n++;
	}
	return n <= max ? n : 0;
}

/* Length of the enhanced code at I, 0 for none. */
static size_t status_at(struct span s, size_t i)
{
	char class = at(s, i);
	if ((class != '2' && class != '4' && class != '5') || at(s, i + 1) != '.') {
		return 0;
	}
	size_t subject = digits(s, i + 2, 3);
	if (subject == 0 || at(s, i + 2 + subject) != '.') {
		return 0;
	}
	size_t detail = digits(s, i + 3 + subject, 3), end = i + 3 + subject + detail;
	if (detail == 0 || (at(s, end) == '.' && ascii_digit(at(s, end + 1))) ||
	    ascii_alpha(at(s, end))) {
		return 0;
	}
	return end - i;
}

bool bounce_status_valid(struct span status)
{
	return status.n > 0 && status_at(status, 0) == status.n;
}

bool bounce_status_telling(struct span status)
{
	return bounce_status_valid(status) && !span_is(span_from(status, 1), ".0.0");
}

static unsigned code_at(struct span s, size_t i)
{
	char class = at(s, i), second = at(s, i + 1), third = at(s, i + 2), next = at(s, i + 3);
	if ((class != '4' && class != '5') || second < '0' || second > '7' || !ascii_digit(third)) {
		return 0;
	}
	if (next != '\0' && !ascii_fws(next) && next != '-' && next != '#' && next != ':' &&
	    next != ';' && next != ')' && next != ']' && next != '"') {
		return 0;
	}
	return (unsigned)(class - '0') * 100 + (unsigned)(second - '0') * 10 +
	       (unsigned)(third - '0');
}

/* "550 bytes", "554 times", ":25", "port 465" are none. */
static bool counted(struct span s, size_t i)
{
	static const char *const units[] = { "bytes",   "byte",  "kb",   "mb",    "seconds",
		                             "minutes", "hours", "days", "times", "recipients" };
	struct span rest = span_trim(span_sub(s, i + 3, i + 16));
	for (size_t u = 0; u < sizeof(units) / sizeof(*units); u++) {
		if (span_istarts(rest, span_str(units[u]))) {
			return true;
		}
	}
	return i >= 5 && span_iis(span_sub(s, i - 5, i), "port ");
}

void bounce_reply_find(struct span text, struct bounce_reply *out)
{
	*out = (struct bounce_reply){ .at = SPAN_NONE };
	for (size_t i = 0; i < text.n; i++) {
		if (!ascii_digit(text.p[i]) || !opens(i > 0 ? text.p[i - 1] : '\0')) {
			continue;
		}
		unsigned code = code_at(text, i);
		if (code != 0 && !counted(text, i)) {
			size_t next = i + 3;
			while (at(text, next) == ' ' || at(text, next) == '-' ||
			       at(text, next) == '#') {
				next++;
			}
			*out = (struct bounce_reply){
				code, span_sub(text, next, next + status_at(text, next)), i
			};
			break;
		}
		if (out->at == SPAN_NONE && status_at(text, i) > 0 && text.p[i] != '2') {
			*out = (struct bounce_reply){ 0, span_sub(text, i, i + status_at(text, i)),
				                      i };
		}
	}
	/* "550 sorry, no mailbox here by that name (#5.1.1)" */
	for (size_t i = out->at; out->code != 0 && out->status.n == 0 && i < text.n; i++) {
		size_t n = text.p[i] == '5' || text.p[i] == '4' ? status_at(text, i) : 0;
		if (n > 0 && i > out->at && opens(text.p[i - 1])) {
			out->status = span_sub(text, i, i + n);
		}
		if (i > out->at + 400) {
			break;
		}
	}
}

struct span bounce_line(struct arena *arena, struct span text, size_t max)
{
	struct buf out = BUF_INIT;
	bool space = false;
	for (size_t i = 0; i < text.n && out.n < max;) {
		size_t n = utf8_len(span_from(text, i));
		if (n == 0 || (n == 1 && (text.p[i] == ' ' || ascii_cntrl(text.p[i])))) {
			space = true;
			i++;
			continue;
		}
		if (space && out.n > 0) {
			buf_chr(&out, ' ');
		}
		space = false;
		if (out.n + n > max) {
			break;
		}
		buf_add(&out, span_sub(text, i, i + n));
		i += n;
	}
	return out.n > 0 ? buf_move(&out, arena) : SPAN("");
}
