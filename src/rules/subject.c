/*
 * Reading subjects. A reply mark is a word of the table, perhaps a counter, and a
 * colon. Letters and signs in full width count as their ASCII forms. A tag is
 * found without regard to ASCII case; white space in it stands for any.
 */
#include "rules/subject.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "base/utf8.h"

/* What mailers write for "reply", without the colon; ASCII in lower case. */
static const char *const marks[] = {
	"re",                            /* most of the world */
	"aw",                            /* German */
	"antw",                          /* Dutch, German */
	"sv",                            /* Danish, Norwegian, Swedish */
	"vs",                            /* Finnish */
	"odp",                           /* Polish */
	"r",                             /* Italian */
	"rif",                           /* Italian */
	"ref",                           /* French */
	"res",                           /* Portuguese */
	"bls",                           /* Indonesian */
	"ynt",                           /* Turkish */
	"atb",                           /* Latvian, Welsh */
	"v\xc3\xa1",                     /* Hungarian */
	"v\xc3\x81",                     /* the same, upper case */
	"\xce\xb1\xcf\x80",              /* Greek */
	"\xce\x91\xce\xa0",              /* the same, upper case */
	"\xd7\x94\xd7\xa9\xd7\x91",      /* Hebrew */
	"\xd8\xb1\xd8\xaf",              /* Arabic */
	"\xe5\x9b\x9e\xe5\xa4\x8d",      /* Chinese, simplified */
	"\xe7\xad\x94\xe5\xa4\x8d",      /* the same, another word */
	"\xe5\x9b\x9e\xe8\xa6\x86",      /* Chinese, traditional */
	"\xe8\xbf\x94\xe4\xbf\xa1",      /* Japanese */
	"\xed\x9a\x8c\xec\x8b\xa0",      /* Korean */
	"\xeb\x8b\xb5\xec\x9e\xa5",      /* the same, another word */
	"tr\xe1\xba\xa3 l\xe1\xbb\x9di", /* Vietnamese */
};

/*
 * The character at AT: its length in *N, and what it is compared as: ASCII in lower
 * case, also for U+FF01 to U+FF5E; 0 for everything else.
 */
static char ascii_at(struct span text, size_t at, size_t *n)
{
	struct span rest = span_from(text, at);
	*n = utf8_len(rest);
	if (*n == 0) {
		*n = rest.n > 0;
		return 0;
	}
	if (*n == 1) {
		return ascii_lower(rest.p[0]);
	}
	if (*n == 3 && rest.p[0] == '\xef' && (rest.p[1] == '\xbc' || rest.p[1] == '\xbd')) {
		unsigned low =
			((unsigned char)rest.p[1] & 3u) << 6 | ((unsigned char)rest.p[2] & 63u);
		return low >= 1 && low <= 0x5e ? ascii_lower((char)(low + 0x20)) : 0;
	}
	return 0;
}

/* Behind the white space at AT: SP, HTAB, U+00A0, U+3000. */
static size_t skip_blank(struct span text, size_t at)
{
	static const struct span blanks[] = {
		SPAN_INIT(" "),
		SPAN_INIT("\t"),
		SPAN_INIT("\xc2\xa0"),
		SPAN_INIT("\xe3\x80\x80"),
	};
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		if (span_starts(span_from(text, at), blanks[i])) {
			at += blanks[i].n;
			i = SIZE_MAX; /* again from the first */
		}
	}
	return at;
}

static bool take_char(struct span text, size_t *at, char c)
{
	size_t n;
	if (ascii_at(text, *at, &n) != c) {
		return false;
	}
	*at += n;
	return true;
}

static bool take_word(struct span text, size_t *at, const char *word)
{
	size_t i = *at;
	for (; *word; word++) {
		size_t n;
		if (ascii_8bit(*word)) {
			if (i == text.n || text.p[i] != *word) {
				return false;
			}
			i++;
		} else if (ascii_at(text, i, &n) == *word) {
			i += n;
		} else {
			return false;
		}
	}
	*at = i;
	return true;
}

/* More than a number has; a search for tags must not read a line of digits at each of them. */
#define DIGITS_MAX 20

static size_t take_digits(struct span text, size_t at)
{
	for (size_t n, i = 0; i < DIGITS_MAX && ascii_digit(ascii_at(text, at, &n)); i++) {
		at += n;
	}
	return at;
}

/* "[2]", "(2)", "^2", "*2" or "2", or nothing. */
static size_t skip_counter(struct span text, size_t at)
{
	static const char open[] = "[(^*", close[] = "])";
	for (size_t i = 0; i + 1 < sizeof(open); i++) {
		size_t inside = at, behind;
		if (!take_char(text, &inside, open[i])) {
			continue;
		}
		behind = take_digits(text, inside);
		bool counted = behind > inside;
		bool closed = i >= 2 || take_char(text, &behind, close[i]);
		return counted && closed ? behind : at;
	}
	return take_digits(text, at);
}

static bool take_mark(struct span text, size_t *at)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t end = *at;
		if (!take_word(text, &end, marks[i])) {
			continue;
		}
		end = skip_blank(text, skip_counter(text, end));
		if (take_char(text, &end, ':')) {
			*at = end;
			return true;
		}
	}
	return false;
}

/* Has TAG something that is the same in every subject? */
static bool has_literal(struct span tag)
{
	for (size_t i = 0; i < tag.n; i++) {
		if (tag.p[i] == '%' && i + 1 < tag.n && tag.p[i + 1] == 'd') {
			i++;
		} else if (!ascii_wsp(tag.p[i])) {
			return true;
		}
	}
	return false;
}

/* One element of TAG at *I against TEXT at *AT; *NUMBER: the digits that %d stood for. */
static bool take_element(struct span text, size_t *at, struct span tag, size_t *i,
                         struct span *number)
{
	char c = tag.p[*i];
	if (c == '%' && *i + 1 < tag.n && tag.p[*i + 1] == 'd') {
		size_t end = take_digits(text, *at);
		*number = span_sub(text, *at, end);
		*at = end;
		*i += 2;
		return number->n > 0;
	}
	if (ascii_wsp(c)) {
		size_t end = skip_blank(text, *at);
		bool found = end > *at;
		*at = end;
		*i = skip_blank(tag, *i);
		return found;
	}
	*i += c == '%' && *i + 1 < tag.n && tag.p[*i + 1] == '%' ? 2 : 1;
	return *at < text.n && ascii_lower(text.p[(*at)++]) == ascii_lower(c);
}

/* Is AT between two letters or digits? */
static bool inside_word(struct span text, size_t at)
{
	return at > 0 && at < text.n && ascii_alnum(text.p[at - 1]) && ascii_alnum(text.p[at]);
}

static bool take_tag(struct span text, size_t *at, struct span tag, struct span *number)
{
	size_t end = *at;
	*number = (struct span){ NULL, 0 };
	if (!has_literal(tag) || inside_word(text, *at)) {
		return false;
	}
	for (size_t i = 0; i < tag.n;) {
		if (!take_element(text, &end, tag, &i, number)) {
			return false;
		}
	}
	if (inside_word(text, end)) {
		return false;
	}
	*at = end;
	return true;
}

static bool number_is(struct span digits, uint64_t number)
{
	uint64_t n;
	return digits.n == 0 || (span_u64(digits, &n) && n == number);
}

struct subject subject_read(struct span text, struct span tag, uint64_t number)
{
	struct subject s = { .number_right = true };
	struct span trimmed = span_trim(tag);
	size_t at = s.begin = skip_blank(text, 0);
	for (;;) {
		size_t from = at;
		struct span digits;
		if (take_mark(text, &at)) {
			s.mark = s.marks++ == 0 ? span_sub(text, from, at) : s.mark;
		} else if (take_tag(text, &at, trimmed, &digits)) {
			s.tag_first = s.tag_first || (s.tags == 0 && s.marks == 0);
			s.tags++;
			s.number_right = s.number_right && number_is(digits, number);
		} else {
			break;
		}
		at = skip_blank(text, at);
	}
	s.end = at;
	return s;
}

bool subject_find_tag(struct span text, struct span tag, size_t *from, size_t *at)
{
	struct span trimmed = span_trim(tag), digits;
	for (size_t i = *at; i < text.n; i++) {
		size_t end = i;
		if (take_tag(text, &end, trimmed, &digits)) {
			*from = i;
			*at = skip_blank(text, end);
			return true;
		}
	}
	return false;
}

struct span subject_tag(struct arena *arena, struct span tag, uint64_t number)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < tag.n; i++) {
		bool percent = tag.p[i] == '%' && i + 1 < tag.n;
		if (percent && tag.p[i + 1] == 'd') {
			buf_printf(&out, "%llu", (unsigned long long)number);
			i++;
		} else {
			buf_chr(&out, tag.p[i]);
			i += percent && tag.p[i + 1] == '%';
		}
	}
	return buf_move(&out, arena);
}
