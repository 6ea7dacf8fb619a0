/*
 * Options of a member. The words are those of Mailman, Sympa, Majordomo and LISTSERV
 * beside ours, so that what people remember works.
 */
#include "rules/member.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/unit.h"

static const char *const deliveries[] = {
	[MEMBER_MAIL] = "mail",
	[MEMBER_NOMAIL] = "nomail",
	[MEMBER_DIGEST_MIME] = "digest-mime",
	[MEMBER_DIGEST_PLAIN] = "digest-plain",
	[MEMBER_BOTH] = "both",
};
#define DELIVERIES (sizeof(deliveries) / sizeof(deliveries[0]))

static const struct mode {
	struct span word;
	uint64_t delivery;
} modes[] = {
	{ SPAN_INIT("mail"), MEMBER_MAIL },
	{ SPAN_INIT("normal"), MEMBER_MAIL },
	{ SPAN_INIT("regular"), MEMBER_MAIL },
	{ SPAN_INIT("each"), MEMBER_MAIL },
	{ SPAN_INIT("nodigest"), MEMBER_MAIL },
	{ SPAN_INIT("nomail"), MEMBER_NOMAIL },
	{ SPAN_INIT("postpone"), MEMBER_NOMAIL },
	{ SPAN_INIT("digest"), MEMBER_DIGEST_MIME },
	{ SPAN_INIT("digest-mime"), MEMBER_DIGEST_MIME },
	{ SPAN_INIT("digest-plain"), MEMBER_DIGEST_PLAIN },
	{ SPAN_INIT("digestplain"), MEMBER_DIGEST_PLAIN },
	{ SPAN_INIT("both"), MEMBER_BOTH },
};

/* Flag I is 1 << I; `not`: the word says the opposite. */
static const struct flag {
	struct span word;
	uint64_t flag;
	bool not ;
} flags[] = {
	{ SPAN_INIT("selfcopy"), MEMBER_NO_SELFCOPY, true },
	{ SPAN_INIT("myposts"), MEMBER_NO_SELFCOPY, true },
	{ SPAN_INIT("not_me"), MEMBER_NO_SELFCOPY, false },
	{ SPAN_INIT("ack"), MEMBER_ACK, false },
	{ SPAN_INIT("dedup"), MEMBER_DEDUP, false },
	{ SPAN_INIT("eliminatecc"), MEMBER_DEDUP, false },
	{ SPAN_INIT("duplicates"), MEMBER_DEDUP, true },
	{ SPAN_INIT("hide"), MEMBER_HIDE, false },
	{ SPAN_INIT("conceal"), MEMBER_HIDE, false },
};

static const char *const flag_names[] = { "noselfcopy", "ack", "dedup", "hide", "moderated" };

const char *member_flag_name(unsigned i)
{
	return i < sizeof(flag_names) / sizeof(flag_names[0]) ? flag_names[i] : NULL;
}

const char *member_delivery_name(uint64_t delivery)
{
	return delivery < DELIVERIES ? deliveries[delivery] : "unknown";
}

bool member_delivery_read(struct span word, uint64_t *out)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (span_ieq(word, modes[i].word)) {
			*out = modes[i].delivery;
			return true;
		}
	}
	return false;
}

/* "14", "14d", "2w" */
static bool read_days(struct span text, int64_t *out)
{
	uint64_t n, unit = 1;
	if (text.n > 0 && !ascii_digit(text.p[text.n - 1])) {
		char c = ascii_lower(text.p[text.n - 1]);
		unit = c == 'w' ? 7 : 1;
		if (c != 'd' && c != 'w') {
			return false;
		}
		text.n--;
	}
	if (!span_u64(text, &n) || n == 0 || n > MEMBER_DAYS_MAX / unit) {
		return false;
	}
	*out = (int64_t)(n * unit);
	return true;
}

/* "ack", "noack", "no-ack", and with a second word "on" or "off". */
static bool read_flag(struct span word, struct span value, struct member_change *change)
{
	bool yes = true;
	if (span_iis(value, "off") || span_iis(value, "no")) {
		yes = false;
	} else if (value.n > 0 && !span_iis(value, "on") && !span_iis(value, "yes")) {
		return false;
	}
	if (span_istarts(word, SPAN("no")) && !span_istarts(word, SPAN("not_"))) {
		word = span_from(word, word.n > 2 && word.p[2] == '-' ? 3 : 2);
		yes = !yes;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (span_ieq(word, flags[i].word)) {
			bool on = yes != flags[i].not ;
			uint64_t bit = flags[i].flag;
			change->on = on ? change->on | bit : change->on & ~bit;
			change->off = on ? change->off & ~bit : change->off | bit;
			return true;
		}
	}
	return false;
}

/* A language tag as a folder may be called: letters, digits and hyphens. */
static bool read_language(struct span value, struct member_change *change)
{
	bool fits = value.n >= 2 && value.n <= 16 && ascii_alpha(value.p[0]);
	for (size_t i = 0; i < value.n; i++) {
		fits = fits && (ascii_alnum(value.p[i]) || value.p[i] == '-');
	}
	if (fits) {
		change->has_language = true;
		change->language = span_iis(value, "default") ? SPAN("") : value;
	}
	return fits;
}

bool member_change_read(struct span words, struct member_change *change)
{
	struct span word = span_word(&words);
	struct span value = span_word(&words);
	if (word.n == 0 || words.n > 0) {
		return false;
	}
	if (span_istarts(word, SPAN("nomail-"))) {
		return value.n == 0 && read_days(span_from(word, 7), &change->days);
	}
	if (span_iis(word, "vacation")) {
		return read_days(value, &change->days);
	}
	if (span_iis(word, "lang") || span_iis(word, "language")) {
		return read_language(value, change);
	}
	if (value.n == 0 && member_delivery_read(word, &change->delivery)) {
		change->has_delivery = true;
		change->days = 0;
		return true;
	}
	return read_flag(word, value, change);
}

bool member_change_empty(const struct member_change *change)
{
	return !change->has_delivery && !change->has_language && change->days == 0 &&
	       change->on == 0 && change->off == 0;
}

void member_change_apply(const struct member_change *change, int64_t now, struct member *m)
{
	if (change->has_delivery) {
		m->delivery = change->delivery;
		m->paused = 0;
	}
	if (change->days > 0) {
		m->paused = now + change->days * UNIT_DAY;
	}
	m->flags = (m->flags | change->on) & ~change->off;
	if (change->has_language) {
		m->language = change->language;
	}
}

bool member_silent(const struct member *m, int64_t now)
{
	return m->delivery == MEMBER_NOMAIL || m->paused > now;
}

static void put_word(struct buf *out, const char *word)
{
	buf_str(out, out->n > 0 ? "," : "");
	buf_str(out, word);
}

struct span member_words(struct arena *arena, const struct member *m)
{
	struct buf out = BUF_INIT;
	if (m->delivery == MEMBER_MAIL && m->flags == 0 && m->language.n == 0 && m->paused == 0) {
		return SPAN("");
	}
	if (m->delivery != MEMBER_MAIL) {
		put_word(&out, member_delivery_name(m->delivery));
	}
	for (unsigned i = 0; member_flag_name(i); i++) {
		if (m->flags & (UINT64_C(1) << i)) {
			put_word(&out, member_flag_name(i));
		}
	}
	if (m->language.n > 0) {
		put_word(&out, "lang ");
		buf_add(&out, m->language);
	}
	if (m->paused > 0) {
		put_word(&out, "until ");
		buf_printf(&out, "%lld", (long long)m->paused);
	}
	return buf_move(&out, arena);
}

/* "moderated" and "until" are not for members themselves, so member_change_read knows neither. */
static bool read_own(struct span word, struct member *m)
{
	uint64_t until;
	if (span_is(word, "moderated")) {
		m->flags |= MEMBER_MODERATED;
		return true;
	}
	if (!span_starts(word, SPAN("until ")) || !span_u64(span_from(word, 6), &until) ||
	    until > INT64_MAX) {
		return false;
	}
	m->paused = (int64_t)until;
	return true;
}

bool member_words_read(struct span words, struct member *m)
{
	while (words.p) {
		struct span word = span_trim(span_cut(&words, ','));
		struct member_change change = { 0 };
		if (word.n == 0 || read_own(word, m)) {
			continue;
		}
		if (!member_change_read(word, &change) || change.days > 0) {
			return false;
		}
		member_change_apply(&change, 0, m);
	}
	return true;
}
