/* The text of content-filter as rules, and whether a rule meets a part. */
#include "rules/filter_rule.h"

#include "base/ascii.h"

static const char *const actions[] = {
	[FILTER_KEEP] = "keep",     [FILTER_STRIP] = "strip",     [FILTER_HOLD] = "hold",
	[FILTER_REJECT] = "reject", [FILTER_DISCARD] = "discard",
};
static const char *const subjects[] = {
	[FILTER_TYPE] = "type",
	[FILTER_EXTENSION] = "extension",
	[FILTER_PART_SIZE] = "part-size",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Index of WORD in NAMES, or N. */
static size_t index_of(struct span word, const char *const *names, size_t n)
{
	size_t i = 0;
	while (i < n && !span_is(word, names[i])) {
		i++;
	}
	return i;
}

static struct span take_word(struct span *rest)
{
	size_t n = 0;
	*rest = span_trim(*rest);
	while (n < rest->n && !ascii_wsp(rest->p[n])) {
		n++;
	}
	struct span word = span_sub(*rest, 0, n);
	*rest = span_trim(span_from(*rest, n));
	return word;
}

/* Digits and one of k, M, G. */
static bool read_size(struct span text, uint64_t *out)
{
	uint64_t factor = 1;
	if (text.n > 0 && !ascii_digit(text.p[text.n - 1])) {
		char unit = text.p[text.n - 1];
		factor = unit == 'k' || unit == 'K' ? 1024
		         : unit == 'M'              ? 1024 * 1024
		         : unit == 'G'              ? 1024 * 1024 * 1024
		                                    : 0;
		text.n--;
	}
	return factor > 0 && span_u64(text, out) && *out <= UINT64_MAX / factor &&
	       (*out *= factor, true);
}

static bool is_type(struct span value)
{
	size_t slash = span_chr(value, '/');
	if (span_is(value, "*")) {
		return true;
	}
	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_graph(value.p[i]) ||
		    span_chr(SPAN("()<>@;:\\\"[]?="), value.p[i]) != SPAN_NONE) {
			return false;
		}
	}
	struct span sub = span_from(value, slash + 1);
	return slash != SPAN_NONE && slash > 0 && sub.n > 0 && span_chr(sub, '/') == SPAN_NONE &&
	       span_chr(span_sub(value, 0, slash), '*') == SPAN_NONE &&
	       (span_is(sub, "*") || span_chr(sub, '*') == SPAN_NONE);
}

/* Without the dot that some write before it. */
static struct span bare_extension(struct span value)
{
	return span_starts(value, SPAN(".")) ? span_from(value, 1) : value;
}

static bool is_extension(struct span value)
{
	struct span ext = bare_extension(value);
	for (size_t i = 0; i < ext.n; i++) {
		if (ascii_cntrl(ext.p[i]) ||
		    span_chr(SPAN(" */\\:\"<>|?"), ext.p[i]) != SPAN_NONE) {
			return false;
		}
	}
	return ext.n > 0 && !span_ends(ext, SPAN("."));
}

/* What is wrong with RULE's values, or NULL. */
static const char *check_values(struct filter_rule *rule)
{
	bool types = rule->subject == FILTER_TYPE;
	if (rule->subject == FILTER_PART_SIZE) {
		return read_size(rule->values, &rule->size) ? NULL
		                                            : "a size such as 500k or 5M is wanted";
	}
	for (struct span rest = rule->values; rest.p;) {
		struct span value = span_trim(span_cut(&rest, ','));
		if (types && !is_type(value)) {
			return "types such as image/png, image/* or * are wanted, separated by commas";
		}
		if (!types && !is_extension(value)) {
			return "extensions such as exe are wanted, separated by commas";
		}
	}
	return NULL;
}

static const char *read_rule(struct span line, struct filter_rule *out)
{
	struct span rest = line;
	size_t action = index_of(take_word(&rest), actions, COUNT(actions));
	size_t subject = index_of(take_word(&rest), subjects, COUNT(subjects));
	if (action == COUNT(actions)) {
		return "keep, strip, hold, reject or discard is wanted first";
	}
	if (subject == COUNT(subjects)) {
		return "type, extension or part-size is wanted second";
	}
	*out = (struct filter_rule){ .action = (enum filter_action)action,
		                     .subject = (enum filter_subject)subject,
		                     .values = rest,
		                     .text = line };
	return check_values(out);
}

bool filter_rule_parse(struct arena *arena, struct span text, struct filter_rules *out,
                       struct err *e)
{
	size_t cap = 0, number = 0;
	*out = (struct filter_rules){ 0 };
	for (struct span rest = text; rest.p;) {
		struct span line = span_trim(span_cut(&rest, '\n'));
		struct filter_rule rule;
		number++;
		if (line.n == 0 || line.p[0] == '#') {
			continue;
		}
		const char *why = read_rule(line, &rule);
		if (why) {
			return err_set(e, ERR_MISUSE, "", "line %zu: \"%.*s\": %s", number,
			               SPAN_FMT(span_sub(line, 0, 200)), why);
		}
		*ARENA_PUSH(arena, out->v, out->n, cap) = rule;
	}
	return true;
}

static bool is_end(char c)
{
	return c == '\0' || c == '/' || c == '\\' || c == ':';
}

static bool piece_ends(struct span piece, struct span ext)
{
	while (piece.n > 0 && (piece.p[piece.n - 1] == '.' || piece.p[piece.n - 1] == ' ' ||
	                       ascii_cntrl(piece.p[piece.n - 1]))) {
		piece.n--;
	}
	return piece.n > ext.n && span_iends(piece, ext) && piece.p[piece.n - ext.n - 1] == '.';
}

bool filter_rule_extension(struct span name, struct span ext)
{
	size_t start = 0;
	for (size_t i = 0; i <= name.n; i++) {
		if (i < name.n && !is_end(name.p[i])) {
			continue;
		}
		if (piece_ends(span_sub(name, start, i), ext)) {
			return true;
		}
		start = i + 1;
	}
	return false;
}

static bool type_is(const struct filter_subject_of *part, struct span value)
{
	size_t slash = span_chr(value, '/');
	struct span sub = span_from(value, slash + 1);
	if (span_is(value, "*")) {
		return part->leaf;
	}
	return span_ieq(part->type, span_sub(value, 0, slash)) &&
	       (span_is(sub, "*") || span_ieq(part->subtype, sub));
}

static bool has_extension(const struct filter_subject_of *part, struct span ext)
{
	for (size_t i = 0; i < part->nnames; i++) {
		if (filter_rule_extension(part->names[i], bare_extension(ext))) {
			return true;
		}
	}
	return false;
}

static bool meets(const struct filter_rule *rule, const struct filter_subject_of *part)
{
	if (rule->subject == FILTER_PART_SIZE) {
		return part->leaf && part->size > rule->size;
	}
	for (struct span rest = rule->values; rest.p;) {
		struct span value = span_trim(span_cut(&rest, ','));
		if (rule->subject == FILTER_TYPE ? type_is(part, value)
		                                 : has_extension(part, value)) {
			return true;
		}
	}
	return false;
}

const struct filter_rule *filter_rule_find(const struct filter_rules *rules,
                                           const struct filter_subject_of *part)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (meets(&rules->v[i], part)) {
			return &rules->v[i];
		}
	}
	return NULL;
}
