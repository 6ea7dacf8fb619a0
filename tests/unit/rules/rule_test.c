#include "rules/rule_ask.h"

#include "base/buf.h"
#include "base/limits.h"
#include "rules/misplaced.h"
#include "rules/rule_preset.h"
#include "rules/setting.h"
#include "rules/spam.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static struct site site;
static struct list list;
static struct verdict verdict;

static void setup(void)
{
	arena = arena_new();
	list = (struct list){ .local = SPAN("dev"), .domain = SPAN("lists.example") };
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	list.aliases = SPAN("old@other.example");
	list.owners = SPAN("a@b.example");
	verdict = (struct verdict){ .from_authentic = true };
}

static void teardown(void)
{
	arena_free(arena);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* ---- the grammar ---- */

static const char *const good[] = {
	"",
	"\n\n  # a remark\n\t\naccept",
	"hold if size > 1M",
	"hold why if size > 1M",
	"hold \"why \\\"so\\\"\" if size > 1M",
	"reject \"text\" if not member and header Subject matches /viagra/i",
	"accept if member and authentic",
	"tag [SPAM] if spam-score >= 5.5",
	"tag \"X-Level: {{3}\" if spam-score < -0.25",
	"discard if (member or authentic)and not(owner or not not moderator)",
	"discard if ((((member))))",
	"hold if size>=1k and size<2G or size=3 and size!=0",
	"hold if author-posts in 1h > 10 or list-posts in 31d>=1000",
	"hold if member-for < 7d and posts = 0",
	"hold if dkim2 = fail or dkim1 != pass or dmarc-policy = reject or spf = softfail",
	"hold if header X-Foo and not header X-Bar = \"a b\"",
	"hold if raw-header Subject matches /=\\?big5/i or any-header matches /\\/x/",
	"hold if from = ann@one.example or sender = \"\" or subject != \"\"",
	"hold if type image/*,text/html or extension exe,scr or body matches /x/",
	"hold if addressed or command or digest-subject or empty-subject or spam or moderated",
};

START_TEST(parses)
{
	struct rule_set set;
	struct err e = { 0 };
	ck_assert_msg(rule_parse(arena, span_str(good[_i]), &set, &e), "%s: %s", good[_i], e.text);
}
END_TEST

static const struct {
	const char *text, *error; /* what it begins with */
} bad[] = {
	{ "allow", "line 1, column 1: \"allow\": accept, hold, reject, discard or tag is wanted" },
	{ "hold if", "line 1, column 8: the rule ends: a condition is wanted" },
	{ "\n hold  if memebr", "line 2, column 11: \"memebr\": a condition is wanted, such as" },
	{ "reject", "line 1, column 7: the rule ends: the reason is wanted" },
	{ "reject if member", "line 1, column 8: \"if\": the reason is wanted" },
	{ "reject \"\" if member", "line 1, column 8: \"\"\"\": the reason is wanted" },
	{ "tag if member", "line 1, column 5: \"if\": the tag is wanted" },
	{ "tag \"From: x\"", "line 1, column 5: \"\"From: x\"\": \"From\" cannot be added" },
	{ "accept \"why\"", "line 1, column 8: \"\"why\"\": if, or the end of the rule" },
	{ "hold if member authentic", "line 1, column 16: \"authentic\": and, or, or the end" },
	{ "hold if (member", "line 1, column 16: the rule ends: and, or or a closing parenthesis" },
	{ "hold if member)", "line 1, column 15: \")\": and, or, or the end" },
	{ "hold if !member", "line 1, column 9: \"!\": \"!\" stands only in \"!=\"; write not" },
	{ "hold if size", "line 1, column 13: the rule ends: one of > >= < <= = != is wanted" },
	{ "hold if size > 1X", "line 1, column 16: \"1X\": a size such as" },
	{ "hold if size > 99999999999G", "line 1, column 16: \"99999999999G\": a size" },
	{ "hold if recipients > 1k", "line 1, column 22: \"1k\": a number" },
	{ "hold if spam-score > 5.123", "line 1, column 22: \"5.123\": a score" },
	{ "hold if spam-score > 5.", "line 1, column 22: \"5.\": a score" },
	{ "hold if author-posts > 5", "line 1, column 22: \">\": \"in\" and a time" },
	{ "hold if author-posts in 32d > 5", "line 1, column 25: \"32d\": a time from 1s to 31d" },
	{ "hold if dkim2 = broken", "line 1, column 17: \"broken\": one of \"pass fail" },
	{ "hold if dkim2 > pass", "line 1, column 15: \">\": = or != is wanted" },
	{ "hold if header", "line 1, column 15: the rule ends: the name of a header field" },
	{ "hold if header Subject: = x", "line 1, column 16: \"Subject:\": the name of a header" },
	{ "hold if subject", "line 1, column 16: the rule ends: matches, = or != is wanted" },
	{ "hold if subject matches x", "line 1, column 25: \"x\": a pattern between slashes" },
	{ "hold if subject matches /x", "line 1, column 25: \"/x\": the pattern has no closing" },
	{ "hold if subject matches /x/g", "line 1, column 25: \"/x/g\": behind a pattern only i" },
	{ "hold if subject matches /(/", "line 1, column 25: \"/(/\": bad pattern \"(\" at offset" },
	{ "hold if subject = \"x", "line 1, column 19: \"\"x\": the text has no closing quote" },
	{ "hold if type image", "line 1, column 14: \"image\": types such as" },
	{ "hold if extension *", "line 1, column 19: \"*\": extensions such as" },
};

START_TEST(refuses)
{
	struct rule_set set;
	struct err e = { 0 };
	ck_assert_msg(!rule_parse(arena, span_str(bad[_i].text), &set, &e), "%s", bad[_i].text);
	ck_assert_msg(strncmp(e.text, bad[_i].error, strlen(bad[_i].error)) == 0, "%s", e.text);
}
END_TEST

/* N times TEXT between FRONT and BACK. */
static struct span many(const char *front, size_t n, const char *text, const char *back)
{
	struct buf out = BUF_INIT;
	buf_str(&out, front);
	for (size_t i = 0; i < n; i++) {
		buf_str(&out, text);
	}
	buf_str(&out, back);
	return buf_move(&out, arena);
}

static const struct {
	const char *front, *text, *back;
	size_t good, too_many;
} bounds[] = {
	{ "hold if ", "(", "member", 0, 10000 },
	{ "hold if ", "(", "member", 0, LIMIT_RULE_DEPTH + 1 },
	{ "hold if ", "not ", "member", LIMIT_RULE_DEPTH, LIMIT_RULE_DEPTH + 1 },
	{ "hold if member", " or member", "", LIMIT_RULE_TESTS - 1, LIMIT_RULE_TESTS },
	{ "", "hold\n", "", LIMIT_RULES, LIMIT_RULES + 1 },
	{ "hold ", "x", "", LIMIT_RULE_LINE - 5, LIMIT_RULE_LINE - 4 },
	{ "tag ", "x", "", LIMIT_RULE_TAG, LIMIT_RULE_TAG + 1 },
	{ "hold if subject matches /", "((a{1,999}){1,999}){1,999}", "/", 0, 1 },
	{ "hold if subject matches /", "(", "/", 0, 1000 },
};

START_TEST(bounded)
{
	struct rule_set set;
	struct err e = { 0 };
	struct span text = many(bounds[_i].front, bounds[_i].too_many, bounds[_i].text,
	                        bounds[_i].back);
	ck_assert(!rule_parse(arena, text, &set, &e));
	if (bounds[_i].good > 0) {
		text = many(bounds[_i].front, bounds[_i].good, bounds[_i].text, bounds[_i].back);
		ck_assert_msg(rule_parse(arena, text, &set, &e), "%s", e.text);
	}
}
END_TEST

START_TEST(presets)
{
	struct rule_set set;
	struct err e = { 0 };
	struct span text = span_str(rule_presets[_i].text);
	ck_assert_msg(rule_parse(arena, setting_unescape(arena, text), &set, &e), "%s", e.text);
	ck_assert_uint_gt(set.n, 1);
	ck_assert_ptr_eq(rule_preset_find(span_str(rule_presets[_i].name)), &rule_presets[_i]);
}
END_TEST

/* ---- conditions ---- */

static struct message parsed(const char *text)
{
	struct buf wire = BUF_INIT;
	struct message m;
	struct err e;
	for (const char *p = text; *p; p++) {
		if (*p == '\n') {
			buf_chr(&wire, '\r');
		}
		buf_chr(&wire, *p);
	}
	ck_assert(message_parse(arena, buf_move(&wire, arena), &m, &e));
	return m;
}

static struct rule_said ask(const char *condition, const struct policy_input *in)
{
	struct rule_set *set = ARENA_NEW(arena, struct rule_set);
	struct err e = { 0 };
	struct span text = arena_join(arena, SPAN("hold if "), span_str(condition), SPAN_END);
	ck_assert_msg(rule_parse(arena, text, set, &e), "%s: %s", condition, e.text);
	for (size_t i = 0; i < set->ncounts; i++) {
		set->counts[i].n = set->counts[i].of_author ? 7 : 70;
	}
	return rule_ask(arena, set, &set->v[0], in);
}

#define MAIL                                                                                       \
	"From: Ann <a@b.example>\nTo: x@y.example, Dev <DEV@lists.example>\nCc: z@y.example\n"     \
	"Subject: =?utf-8?q?Vi=61gra?= now\nX-Spam-Status: Yes, score=7.5 required=5\n"            \
	"X-Foo: one\nX-Foo: two\nContent-Type: multipart/mixed; boundary=b\n\n"                    \
	"--b\nContent-Type: text/plain; charset=iso-8859-1\n"                                      \
	"Content-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n"                               \
	"--b\nContent-Type: image/png; name=\"a.exe\"\n\nx\n--b--\n"

static const struct {
	const char *condition;
	enum rule_answer answer;
} conditions[] = {
	{ "member", RULE_YES },
	{ "not member", RULE_NO },
	{ "authentic", RULE_YES },
	{ "owner", RULE_YES },
	{ "moderator", RULE_YES },
	{ "moderated", RULE_NO },
	{ "addressed", RULE_YES },
	{ "empty-subject", RULE_NO },
	{ "command", RULE_NO },
	{ "digest-subject", RULE_NO },
	{ "spam", RULE_YES },
	{ "size = 1000", RULE_YES },
	{ "size > 1000", RULE_NO },
	{ "size >= 1000", RULE_YES },
	{ "size < 1000", RULE_NO },
	{ "size <= 1000", RULE_YES },
	{ "size != 1000", RULE_NO },
	{ "size < 1k", RULE_YES },
	{ "recipients = 3", RULE_YES },
	{ "member-for > 59m", RULE_YES },
	{ "member-for > 1h", RULE_NO },
	{ "posts = 5", RULE_YES },
	{ "author-posts in 1h >= 7", RULE_YES },
	{ "author-posts in 1h > 7", RULE_NO },
	{ "list-posts in 1d = 70", RULE_YES },
	{ "spam-score >= 7.5", RULE_YES },
	{ "spam-score > 7.5", RULE_NO },
	{ "dkim2 = none", RULE_YES },
	{ "dkim2 != none", RULE_NO },
	{ "dkim1 = pass", RULE_YES },
	{ "dmarc = pass", RULE_YES },
	{ "dmarc-policy = none", RULE_YES },
	{ "arc = fail", RULE_YES },
	{ "spf = softfail", RULE_YES },
	{ "from = A@B.example", RULE_YES },
	{ "from != a@b.example", RULE_NO },
	{ "from matches /^a@/", RULE_YES },
	{ "sender = m@b.example", RULE_YES },
	{ "subject = \"viagra now\"", RULE_YES },
	{ "subject matches /viagra/i", RULE_YES },
	{ "subject matches /viagra/", RULE_NO },
	{ "header Subject matches /Viagra/", RULE_YES },
	{ "raw-header Subject matches /Viagra/", RULE_NO },
	{ "raw-header Subject matches /=61gra/", RULE_YES },
	{ "header X-Foo", RULE_YES },
	{ "header X-Bar", RULE_NO },
	{ "header X-Foo = two", RULE_YES },
	{ "header X-Foo != two", RULE_NO },
	{ "header X-Foo != three", RULE_YES },
	{ "header X-Bar = \"\"", RULE_NO },
	{ "any-header matches /^x-foo: two$/i", RULE_YES },
	{ "any-header matches /^Subject: Viagra/", RULE_YES },
	{ "any-header matches /^Subject: =\\?utf-8/", RULE_YES },
	{ "body matches /Gr\xc3\xbc\xc3\x9f" "e/", RULE_YES },
	{ "body matches /x/", RULE_NO },
	{ "type image/*", RULE_YES },
	{ "type text/html", RULE_NO },
	{ "extension exe,scr", RULE_YES },
	{ "extension scr", RULE_NO },
	{ "member and size > 1 and not spam or posts = 5", RULE_YES },
	{ "member and (size = 1 or posts = 1)", RULE_NO },
	/* nobody knows, unless it does not matter */
	{ "subject matches /(a|a)*b(a|a)*c/", RULE_NO },
	{ "header X-Long matches /^(a+)+$/", RULE_UNKNOWN },
	{ "not header X-Long matches /^(a+)+$/", RULE_UNKNOWN },
	{ "any-header matches /: (a+)+$/", RULE_UNKNOWN },
	{ "header X-Long matches /^(a+)+$/ or member", RULE_YES },
	{ "header X-Long matches /^(a+)+$/ or not member", RULE_UNKNOWN },
	{ "not member and header X-Long matches /^(a+)+$/", RULE_NO },
	{ "header X-Long matches /^(a+)+$/ and not member", RULE_NO },
	{ "member and header X-Long matches /^(a+)+$/", RULE_UNKNOWN },
};

START_TEST(asked)
{
	struct dkim1_result signatures[] = { { .result = AUTH_PASS },
		                             { .result = AUTH_PASS, .aligned = true } };
	char as[10000];
	memset(as, 'a', sizeof(as));
	struct span text = arena_join(arena, SPAN("X-Long: "), (struct span){ as, sizeof(as) },
	                              SPAN("!\n" MAIL), SPAN_END);
	struct message m = parsed(text.p);
	verdict.dkim1 = signatures;
	verdict.ndkim1 = 2;
	verdict.dmarc.result = AUTH_PASS;
	verdict.arc.result = AUTH_FAIL;
	verdict.spf.result = SPAN("softfail");
	struct policy_input in = {
		.site = &site, .list = &list, .message = &m, .verdict = &verdict,
		.mail_from = SPAN("m@b.example"), .author = SPAN("a@b.example"), .size = 1000,
		.member = true, .member_for = 3600, .posts = 5,
	};
	struct rule_said said = ask(conditions[_i].condition, &in);
	ck_assert_msg(said.answer == conditions[_i].answer, "%s: %.*s", conditions[_i].condition,
	              SPAN_FMT(said.why));
	ck_assert_uint_gt(said.why.n, 0);
}
END_TEST

/* A bare message of somebody who is no member: what is not there compares with nothing. */
static const struct {
	const char *condition;
	enum rule_answer answer;
} strangers[] = {
	{ "member", RULE_NO },
	{ "owner", RULE_NO }, /* the address is his, but nothing proves it */
	{ "moderator", RULE_NO },
	{ "authentic", RULE_NO },
	{ "member-for < 7d", RULE_NO },
	{ "not member-for >= 7d", RULE_YES },
	{ "spam-score < 5", RULE_NO },
	{ "spam", RULE_NO },
	{ "addressed", RULE_NO },
	{ "recipients = 0", RULE_YES },
	{ "empty-subject", RULE_YES },
	{ "subject = \"\"", RULE_YES },
	{ "sender = \"\"", RULE_YES },
	{ "dkim1 = none", RULE_YES },
	{ "spf = none", RULE_YES },
	{ "body matches /./", RULE_YES },
	{ "type text/plain", RULE_YES },
};

START_TEST(asked_of_a_stranger)
{
	struct message m = parsed("From: a@b.example\n\nx\n");
	verdict.from_authentic = false;
	struct policy_input in = { .site = &site, .list = &list, .message = &m,
		                   .verdict = &verdict, .author = SPAN("a@b.example") };
	struct rule_said said = ask(strangers[_i].condition, &in);
	ck_assert_msg(said.answer == strangers[_i].answer, "%s: %.*s", strangers[_i].condition,
	              SPAN_FMT(said.why));
}
END_TEST

/* Members whom nothing proves are members only where the list takes their word. */
START_TEST(member_unproved)
{
	struct message m = parsed("From: a@b.example\n\nx\n");
	verdict.from_authentic = false;
	struct policy_input in = { .site = &site, .list = &list, .message = &m,
		                   .verdict = &verdict, .author = SPAN("a@b.example"),
		                   .member = true };
	ck_assert_int_eq(ask("member", &in).answer, RULE_YES);
	in.domain_signs = true;
	ck_assert_int_eq(ask("member", &in).answer, RULE_NO);
	in.domain_signs = false;
	verdict.dmarc.result = AUTH_TEMPERROR;
	ck_assert_int_eq(ask("member", &in).answer, RULE_UNKNOWN);
	list.unauthenticated = LIST_BARE_HOLD;
	ck_assert_int_eq(ask("member", &in).answer, RULE_NO);
	list.unauthenticated = LIST_BARE_ACCEPT;
	ck_assert_int_eq(ask("member", &in).answer, RULE_YES);
}
END_TEST

static const struct {
	const char *text;
	bool addressed;
} addressed[] = {
	{ "To: dev@lists.example\n", true },
	{ "Cc: x@y, <Dev@LISTS.example>\n", true },
	{ "To: old@other.example\n", true },
	{ "Resent-To: dev@lists.example\n", true },
	{ "To: x@y\nTo: dev@lists.example\n", true },
	{ "To: dev+owner@lists.example\n", false },
	{ "To: dev@other.example\n", false },
	{ "To: undisclosed-recipients:;\n", false },
	{ "Bcc: dev@lists.example\n", false },
	{ "Subject: dev@lists.example\n", false },
};

START_TEST(to_the_list)
{
	struct span text = arena_join(arena, span_str(addressed[_i].text),
	                              SPAN("From: a@b.example\n\nx\n"), SPAN_END);
	struct message m = parsed(text.p);
	struct policy_input in = { .site = &site, .list = &list, .message = &m,
		                   .verdict = &verdict };
	ck_assert_int_eq(ask("addressed", &in).answer, addressed[_i].addressed ? RULE_YES : RULE_NO);
	in.handed = true;
	ck_assert_int_eq(ask("addressed", &in).answer, RULE_YES);
}
END_TEST

/* As many parts as there may be, each a text: read once, whatever is looked for. */
START_TEST(many_texts)
{
	struct span text = many("Content-Type: multipart/mixed; boundary=b\nFrom: a@b\n\n", 990,
	                        "--b\n\nabcdefg\n", "--b\n\nlast\n--b--\n");
	struct message m = parsed(text.p);
	struct policy_input in = { .site = &site, .list = &list, .message = &m,
		                   .verdict = &verdict };
	ck_assert_int_eq(ask("body matches /last/", &in).answer, RULE_YES);
	ck_assert_int_eq(ask("body matches /(?m)^cdefg$/", &in).answer, RULE_NO);
}
END_TEST

/* ---- what was not meant as a post ---- */

static const struct {
	const char *subject, *body;
	bool command;
} commands[] = {
	{ "unsubscribe", "", true },
	{ "Unsubscribe!", "please", true },
	{ "UNSUBSCRIBE dev", "", true },
	{ "unsubscribe ann@one.example", "", true },
	{ "please unsubscribe me", "", true },
	{ "=?utf-8?q?unsubscribe?=", "", true },
	{ "help", "", true },
	{ "confirm 0123456789abcdef0123", "", true },
	{ "", "\n\nunsubscribe\n\n-- \nAnn Smith\n", true },
	{ "x", "<unsubscribe>\n", true },
	{ "please help", "", false },
	{ "How do I unsubscribe from this list?", "", false },
	{ "unsubscribe is broken", "", false },
	{ "confirm the date", "", false },
	{ "Re: hello", "unsubscribe\n\nbut why?\n", false },
	{ "", "", false },
	{ "", "I want to leave.\n", false },
};

START_TEST(command_words)
{
	struct message m = parsed(arena_printf(arena, "From: a@b\nSubject: %s\n\n%s",
	                                       commands[_i].subject, commands[_i].body)
	                                  .p);
	ck_assert_msg(misplaced_command(arena, &list, &m) == commands[_i].command, "%s / %s",
	              commands[_i].subject, commands[_i].body);
}
END_TEST

static const struct {
	const char *subject;
	bool digest, empty;
} subjects[] = {
	{ "Re: dev Digest, Vol 3, Issue 12", true, false },
	{ "AW: [dev] Dev digest 12", true, false },
	{ "Digest of dev, 3 March", true, false },
	{ "On the dev digest", false, false },
	{ "a digest", false, false },
	{ "Re: ", false, true },
	{ "Re: [dev 3]", false, true },
	{ "  ", false, true },
	{ "Re: x", false, false },
};

START_TEST(odd_subjects)
{
	struct message m =
		parsed(arena_printf(arena, "From: a@b\nSubject: %s\n\n", subjects[_i].subject).p);
	list.subject_tag = SPAN("[dev %d]");
	if (strstr(subjects[_i].subject, "[dev]")) {
		list.subject_tag = SPAN("[dev]");
	}
	ck_assert(misplaced_digest(arena, &list, &m) == subjects[_i].digest);
	ck_assert(misplaced_empty(arena, &list, &m) == subjects[_i].empty);
}
END_TEST

/* ---- spam filters ---- */

#define NO_SCORE INT64_MIN
static const struct {
	const char *header;
	bool marked;
	int64_t score;
} spams[] = {
	{ "X-Spam-Flag: YES", true, NO_SCORE },
	{ "X-Spam-Flag: NO", false, NO_SCORE },
	{ "X-Spam-Flag: NO\nX-Spam-Flag: yes", true, NO_SCORE },
	{ "X-Spam-Status: No, score=-1.9 required=5.0", false, -190 },
	{ "X-Spam-Status: Yes, hits=12 required=5.0", true, 1200 },
	{ "X-Spam-Score: 3.25", false, 325 },
	{ "X-Spam-Score: -2\nX-Spam-Score: 7.123", false, 712 },
	{ "X-Spam-Score: high", false, NO_SCORE },
	{ "X-Spam-Score: 99999999999999999999", false, 9999999900 },
	{ "X-Spamd-Result: default: False [5.20 / 15.00];\n\tX(0)", false, 520 },
	{ "X-Spamd-Result: default: True [16.00 / 15.00]", true, 1600 },
	{ "X-Rspamd-Action: add header", true, NO_SCORE },
	{ "X-Rspamd-Action: no action", false, NO_SCORE },
	{ "X-Rspamd-Score: 1", false, 100 },
	{ "X-Spam: Yes", true, NO_SCORE },
};

START_TEST(spam_fields)
{
	struct message m = parsed(arena_printf(arena, "%s\nFrom: a@b\n\n", spams[_i].header).p);
	int64_t score = NO_SCORE;
	ck_assert(spam_marked(arena, &m) == spams[_i].marked);
	ck_assert(spam_score(arena, &m, &score) == (spams[_i].score != NO_SCORE));
	ck_assert_int_eq(score, spams[_i].score);
}
END_TEST

Suite *rule_suite(void);

Suite *rule_suite(void)
{
	Suite *suite = suite_create("rule");
	TCase *tc = tcase_create("rule");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, parses, 0, LENGTH(good));
	tcase_add_loop_test(tc, refuses, 0, LENGTH(bad));
	tcase_add_loop_test(tc, bounded, 0, LENGTH(bounds));
	tcase_add_loop_test(tc, presets, 0, (int)rule_presets_count);
	tcase_add_loop_test(tc, asked, 0, LENGTH(conditions));
	tcase_add_loop_test(tc, asked_of_a_stranger, 0, LENGTH(strangers));
	tcase_add_test(tc, member_unproved);
	tcase_add_loop_test(tc, to_the_list, 0, LENGTH(addressed));
	tcase_add_test(tc, many_texts);
	tcase_add_loop_test(tc, command_words, 0, LENGTH(commands));
	tcase_add_loop_test(tc, odd_subjects, 0, LENGTH(subjects));
	tcase_add_loop_test(tc, spam_fields, 0, LENGTH(spams));
	suite_add_tcase(suite, tc);
	return suite;
}
