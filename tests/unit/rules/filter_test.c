#include "rules/filter.h"

#include "base/buf.h"
#include "base/codec.h"
#include "base/limits.h"
#include "rules/revise_content.h"
#include "rules/setting.h"

#include "../mail/corpus.h"

#include <check.h>
#include <string.h>

static struct arena *arena;
static struct list list;

static void setup(void)
{
	arena = arena_new();
	setting_defaults(arena, SETTING_LIST, &list);
}

static void teardown(void)
{
	arena_free(arena);
}

#define LENGTH(a) ((int)(sizeof(a) / sizeof((a)[0])))

static bool put(const char *setting, const char *value, struct err *e)
{
	return setting_put(arena, setting_find(SETTING_LIST, span_str(setting)), span_str(value),
	                   &list, e);
}

static void set(const char *setting, const char *value)
{
	struct err e = { 0 };
	ck_assert_msg(put(setting, value, &e), "%s", e.text);
}

/* LF line ends become CRLF. */
static struct message *message_of(const char *text)
{
	struct buf wire = BUF_INIT;
	struct message *m = ARENA_NEW(arena, struct message);
	struct err e;
	for (const char *p = text; *p; p++) {
		if (*p == '\n') {
			buf_chr(&wire, '\r');
		}
		buf_chr(&wire, *p);
	}
	ck_assert(message_parse(arena, buf_move(&wire, arena), m, &e));
	return m;
}

static struct filter_result judge(const char *text)
{
	struct filter_result out;
	filter_judge(arena, &list, message_of(text), &out);
	return out;
}

/* TEXT filtered, with LF line ends. */
static const char *filtered(const char *text)
{
	struct message *m = message_of(text);
	struct filter_result r;
	struct err e = { 0 };
	struct buf out = BUF_INIT;
	filter_judge(arena, &list, m, &r);
	struct edits *x = edit_new(arena, m);
	revise_content(x, &r, SPAN("dev@lists.example"));
	ck_assert_msg(edit_finish(x, &e), "%s", e.text);
	ck_assert_int_eq(x->reversible, !r.changes);
	struct span printed = edit_print(x);
	for (size_t i = 0; i < printed.n; i++) {
		if (printed.p[i] != '\r') {
			buf_chr(&out, printed.p[i]);
		}
	}
	return arena_str(arena, buf_move(&out, arena));
}

/* --- the setting ------------------------------------------------------------ */

static const struct {
	const char *text;
	const char *error; /* in the message; NULL: fine */
} settings_text[] = {
	{ "", NULL },
	{ "strip type application/x-msdownload", NULL },
	{ "reject extension exe,scr,js\\nhold part-size 5M\\ndiscard type image/*", NULL },
	{ "\\n# a remark\\n  keep   type  text/* , image/png \\n", NULL },
	{ "strip type *", NULL },
	{ "strip extension .exe, tar.gz", NULL },
	{ "hold part-size 0", NULL },
	{ "strip", "line 1: \"strip\": type, extension or part-size is wanted second" },
	{ "keep type text/*\\nremove type x/y", "content-filter: line 2: \"remove type x/y\": keep, strip" },
	{ "strip typ x/y", "type, extension" },
	{ "Strip type x/y", "keep, strip" },
	{ "strip type", "types such as" },
	{ "strip type image", "types such as" },
	{ "strip type image/", "types such as" },
	{ "strip type /png", "types such as" },
	{ "strip type */png", "types such as" },
	{ "strip type image/p*", "types such as" },
	{ "strip type image/png image/gif", "types such as" },
	{ "strip type image/png,", "types such as" },
	{ "strip type image/png/x", "types such as" },
	{ "strip extension", "extensions such as" },
	{ "strip extension exe,,com", "extensions such as" },
	{ "strip extension *", "extensions such as" },
	{ "strip extension exe.", "extensions such as" },
	{ "strip extension a/b", "extensions such as" },
	{ "hold part-size", "a size such as" },
	{ "hold part-size 5X", "a size such as" },
	{ "hold part-size -1", "a size such as" },
	{ "hold part-size 99999999999999999999", "a size such as" },
	{ "hold part-size 99999999999999999G", "a size such as" },
	{ "hold part-size 5M 6M", "a size such as" },
};

START_TEST(setting)
{
	struct err e = { 0 };
	bool ok = put("content-filter", settings_text[_i].text, &e);
	if (!settings_text[_i].error) {
		ck_assert_msg(ok, "%s", e.text);
		return;
	}
	ck_assert_msg(!ok, "%s", settings_text[_i].text);
	ck_assert_msg(strstr(e.text, settings_text[_i].error), "%s", e.text);
	ck_assert_msg(list.content_filter.n == 0, "changed");
}
END_TEST

START_TEST(setting_round_trip)
{
	const char *text = "strip type image/*\\nhold part-size 5M";
	set("content-filter", text);
	struct span got = setting_text(
		arena, setting_find(SETTING_LIST, SPAN("content-filter")), &list);
	ck_assert_msg(span_is(got, text), "%.*s", SPAN_FMT(got));
}
END_TEST

/* --- names ------------------------------------------------------------------ */

static const struct {
	struct span name;
	bool exe;
} names[] = {
	{ SPAN_INIT("a.exe"), true },
	{ SPAN_INIT("A.EXE"), true },
	{ SPAN_INIT(".exe"), true },
	{ SPAN_INIT("a.txt.exe"), true },
	{ SPAN_INIT("a.exe."), true },
	{ SPAN_INIT("a.exe . . "), true },
	{ SPAN_INIT("a.exe\t\r\n"), true },
	{ SPAN_INIT("a.exe\0.txt"), true },
	{ SPAN_INIT("a.txt\0.exe"), true },
	{ SPAN_INIT("a.exe/"), true },
	{ SPAN_INIT("..\\x\\a.exe"), true },
	{ SPAN_INIT("a.exe::$DATA"), true },
	{ SPAN_INIT("a\xe2\x80\xaegpj.exe"), true },
	{ SPAN_INIT("exe"), false },
	{ SPAN_INIT("a.exe.txt"), false },
	{ SPAN_INIT("aexe"), false },
	{ SPAN_INIT("a.exec"), false },
	{ SPAN_INIT("a. exe"), false },
	{ SPAN_INIT(""), false },
	{ SPAN_INIT("..."), false },
};

START_TEST(extension)
{
	ck_assert_msg(filter_rule_extension(names[_i].name, SPAN("exe")) == names[_i].exe, "%.*s",
	              SPAN_FMT(names[_i].name));
}
END_TEST

/* Fields of a part, and whether "reject extension exe" meets it. */
static const struct {
	const char *fields;
	bool met;
} fields[] = {
	{ "Content-Disposition: attachment; filename=a.exe\n", true },
	{ "Content-Disposition: attachment; FileName=\"a.EXE\"\n", true },
	{ "content-disposition: attachment;\n filename=\"a b.exe\"\n", true },
	{ "Content-Type: image/png; name=a.exe\n", true },
	{ "Content-Type: image/png; name=\"a.png\"\n"
	  "Content-Disposition: inline; filename=a.exe\n", true },
	{ "Content-Type: image/png; name=\"a.exe\"\n"
	  "Content-Disposition: inline; filename=a.png\n", true },
	{ "Content-Disposition: x; filename=a.png\nContent-Disposition: x; filename=a.exe\n", true },
	{ "Content-Disposition: x; filename=a.png; filename=a.exe\n", true },
	{ "Content-Disposition: x; filename=a.exe; filename=a.png\n", true },
	/* RFC 2231 */
	{ "Content-Disposition: x; filename*=utf-8''a%2Eexe\n", true },
	{ "Content-Disposition: x; filename*=iso-8859-1'en'%E4.exe; filename=a.txt\n", true },
	{ "Content-Disposition: x; filename*=utf-8''a.txt; filename=a.exe\n", true },
	{ "Content-Disposition: x; filename*0=a.e; filename*1=xe\n", true },
	{ "Content-Disposition: x; filename*1=xe; filename*0=a.e\n", true },
	{ "Content-Disposition: x; filename*0*=utf-8''a.; filename*1*=%65xe\n", true },
	{ "Content-Disposition: x; filename*0=a.; filename*2=exe\n", true },
	{ "Content-Disposition: x; filename*0=a.txt; filename*0=a.exe\n", true },
	{ "Content-Disposition: x; filename*=no-such-set''a.exe\n", true },
	/* RFC 2047 where it must not be */
	{ "Content-Disposition: x; filename=\"=?utf-8?B?YS5leGU=?=\"\n", true },
	{ "Content-Disposition: x; filename==?utf-8?Q?a=2Eexe?=\n", true },
	{ "Content-Type: x/y; name=\"=?utf-8?Q?a=2E?=\n =?utf-8?Q?exe?=\"\n", true },
	/* what others write */
	{ "Content-Disposition: x; filename=my program.exe\n", true },
	{ "Content-Disposition: x; filename=\"a.exe\n", true },
	{ "Content-Disposition: x; filename=\"a.exe; y=z\n", true },
	/* without a disposition, and where the parameter does not belong */
	{ "Content-Disposition: filename=a.exe\n", true },
	{ "Content-Disposition: ; filename=a.exe\n", true },
	{ "Content-Disposition: attachment; name=a.exe\n", true },
	{ "Content-Type: image/png; filename=a.exe\n", true },
	{ "Content-Disposition: x;;; filename = \"a.exe\" ; y\n", true },
	{ "Content-Disposition: x (a comment); filename=(another)a.exe\n", true },
	{ "Content-Disposition: x; filename=a.exe(comment)\n", true },
	{ "Content-Type: broken; name=a.exe\n", true },
	/* none */
	{ "Content-Disposition: x; filename=a.exe.txt\n", false },
	{ "Content-Disposition: x; xfilename=a.exe\n", false },
	{ "Content-Disposition: x; filenames=a.exe\n", false },
	{ "Content-Description: a.exe\n", false },
	{ "Content-Disposition: x; filename=\"\"\n", false },
	{ "", false },
};

START_TEST(part_names)
{
	set("content-filter", "reject extension exe");
	struct span text = arena_printf(arena, "From: a@b.example\nContent-Type: multipart/mixed; "
	                                       "boundary=b\n\n--b\n%s\nx\n--b--\n",
	                                fields[_i].fields);
	struct filter_result r = judge(text.p);
	ck_assert_msg((r.action == FILTER_REJECT) == fields[_i].met, "%s: %.*s", fields[_i].fields,
	              SPAN_FMT(r.reason));
}
END_TEST

START_TEST(too_many_names)
{
	struct buf text = BUF_INIT;
	set("content-filter", "strip extension exe");
	buf_str(&text, "From: a@b.example\nContent-Disposition: x");
	for (int i = 0; i < 100; i++) {
		buf_printf(&text, ";\n filename=n%d", i);
	}
	buf_str(&text, ";\n filename=a.exe\n\nx\n");
	struct filter_result r = judge(text.p);
	ck_assert_int_eq(r.action, FILTER_HOLD);
	ck_assert(span_find(r.reason, SPAN("too many file names")) != SPAN_NONE);
	buf_free(&text);
}
END_TEST

/* --- decisions -------------------------------------------------------------- */

#define TOP "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
#define TEXT_PART "--b\nContent-Type: text/plain\n\nhello\n"
#define PNG "--b\nContent-Type: image/png; name=cat.png\nContent-Transfer-Encoding: base64\n\nAAAAAAAA\n"
#define END "--b--\n"

static const struct {
	const char *rules, *text;
	enum filter_action action;
	const char *reason;
} decisions[] = {
	{ "", TOP TEXT_PART PNG END, FILTER_KEEP, "" },
	{ "strip type image/png", TOP TEXT_PART PNG END, FILTER_STRIP, "part 3, image/png \"cat.png\"" },
	{ "strip type IMAGE/*", TOP TEXT_PART PNG END, FILTER_STRIP, "" },
	{ "strip type image/gif", TOP TEXT_PART PNG END, FILTER_KEEP, "" },
	{ "hold type image/*", TOP TEXT_PART PNG END, FILTER_HOLD, "\"hold type image/*\"" },
	{ "reject type image/*", TOP TEXT_PART PNG END, FILTER_REJECT, "" },
	{ "discard type image/*", TOP TEXT_PART PNG END, FILTER_DISCARD, "" },
	{ "keep type image/*\\ndiscard type image/png", TOP TEXT_PART PNG END, FILTER_KEEP, "" },
	{ "strip type image/*\\nhold type text/plain", TOP TEXT_PART PNG END, FILTER_HOLD, "part 2" },
	{ "hold type text/*\\nreject type image/*", TOP TEXT_PART PNG END, FILTER_REJECT, "part 3" },
	{ "keep type text/*\\nstrip type *", TOP TEXT_PART PNG END, FILTER_STRIP, "part 3" },
	{ "hold type multipart/mixed", TOP TEXT_PART END, FILTER_HOLD, "part 1" },
	/* size: the part, decoded, not the whole */
	{ "hold part-size 6", TOP PNG END, FILTER_KEEP, "" },
	{ "hold part-size 5", TOP PNG END, FILTER_HOLD, "part 2" },
	/* nothing left */
	{ "strip type image/*", TOP PNG END, FILTER_HOLD, "leave nothing" },
	{ "strip type image/*", TOP "--b\n\n \n" PNG END, FILTER_HOLD, "leave nothing" },
	{ "strip type *", "From: a@b.example\n\nhello\n", FILTER_HOLD, "leave nothing" },
	{ "strip type image/*", "From: a@b.example\n\n", FILTER_KEEP, "" },
	/* attached messages are looked into, also encoded ones and the default of a digest */
	{ "reject type image/*",
	  TOP "--b\nContent-Type: message/rfc822\n\nSubject: x\nContent-Type: image/png\n\nx\n" END,
	  FILTER_REJECT, "part 3" },
	{ "reject type image/*",
	  TOP "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	      "Q29udGVudC1UeXBlOiBpbWFnZS9wbmcNCg0KeA==\n" END, /* Content-Type: image/png */
	  FILTER_REJECT, "part 3" },
	{ "reject type image/*",
	  "From: a@b.example\nContent-Type: multipart/digest; boundary=b\n\n"
	  "--b\n\nContent-Type: image/png\n\nx\n" END,
	  FILTER_REJECT, "part 3" },
	{ "reject type image/*",
	  TOP "--b\nContent-Type: message/global\n\nContent-Type: image/png\n\nx\n" END,
	  FILTER_REJECT, "part 3" },
	/* two readers, two messages */
	{ "strip type image/*", TOP "--b\nContent-Type: text/plain\nContent-Type: x/y\n\nx\n" END,
	  FILTER_HOLD, "two Content-Type" },
	{ "strip type image/*",
	  TOP "--b\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nx\n" END,
	  FILTER_HOLD, "two Content-Transfer-Encoding" },
	{ "strip type image/*",
	  "From: a@b.example\nContent-Transfer-Encoding: base64\n"
	  "Content-Type: multipart/mixed; boundary=b\n\nLS1iDQo=\n",
	  FILTER_HOLD, "multipart has a transfer encoding" },
	{ "strip type image/*",
	  "From: a@b.example\nContent-Type: multipart/mixed; boundary=a; boundary=b\n\n"
	  "--a\n\nx\n--b\nContent-Type: image/png\n\nx\n--b--\n--a--\n",
	  FILTER_HOLD, "read in two ways" },
	{ "strip type image/*",
	  "From: a@b.example\nContent-Type: multipart/mixed; boundary*=us-ascii''a; boundary=b\n\n"
	  "--a\n\nx\n--b\nContent-Type: image/png\n\nx\n--b--\n--a--\n",
	  FILTER_HOLD, "read in two ways" },
	{ "strip type image/*", "From: a@b.example\nContent-Type: multipart/mixed\n\n" PNG END,
	  FILTER_HOLD, "no boundary" },
	{ "strip type image/*",
	  "From: a@b.example\nContent-Type: multipart/mixed; x=\"; boundary=b\"\n\n" PNG END,
	  FILTER_HOLD, "no boundary" },
	{ "strip type image/*",
	  TOP "--b\nContent-Transfer-Encoding: x-uuencode\nContent-Type: message/rfc822\n\nx\n" END,
	  FILTER_HOLD, "unknown transfer encoding" },
	{ "strip type image/*", TOP "--b\nContent-Transfer-Encoding: x-own\n\nx\n" END,
	  FILTER_KEEP, "" },
	{ "strip type image/*", TOP "--b\nno field\nContent-Type: image/png\n\nx\n" END,
	  FILTER_HOLD, "empty line" },
	{ "strip type image/*", "From: a@b.example\nno field\nContent-Type: image/png\n\nx\n",
	  FILTER_KEEP, "" },
	{ "strip type image/*",
	  TOP "--b\nContent-Type: message/rfc822\n\n>From x\nContent-Type: image/png\n\nx\n" END,
	  FILTER_HOLD, "empty line" },
	{ "strip type image/*", TOP "--b\nContent-Type: \"image/png\"\n\nx\n" END, FILTER_HOLD,
	  "cannot be read" },
	{ "strip type image/*", TOP "--b\nContent-Type: Text\n\nx\n" END, FILTER_KEEP, "" },
	{ "strip type image/*", TOP "--b\nContent-Type: text; charset=utf-8\n\nx\n" END,
	  FILTER_KEEP, "" },
	{ "strip type image/*", TOP "--b\nContent-Type\r: image/png\n\nx\n" END, FILTER_HOLD,
	  "bare CR" },
	{ "reject type x/y", TOP "--b\nContent-Type: x/y\nContent-Type: text/plain\n\nx\n" END,
	  FILTER_REJECT, "" },
	/* signed and encrypted */
	{ "strip type image/*",
	  "From: a@b.example\nContent-Type: multipart/signed; boundary=b\n\n" TEXT_PART PNG END,
	  FILTER_HOLD, "inside a signature" },
	{ "discard type image/*",
	  "From: a@b.example\nContent-Type: multipart/signed; boundary=b\n\n" TEXT_PART PNG END,
	  FILTER_DISCARD, "" },
};

START_TEST(decision)
{
	set("content-filter", decisions[_i].rules);
	struct filter_result r = judge(decisions[_i].text);
	ck_assert_msg(r.action == decisions[_i].action, "%s: %d, %.*s", decisions[_i].rules,
	              r.action, SPAN_FMT(r.reason));
	ck_assert_msg(span_find(r.reason, span_str(decisions[_i].reason)) != SPAN_NONE, "%.*s",
	              SPAN_FMT(r.reason));
}
END_TEST

/* DEPTH attached messages in each other; the innermost is an image. */
static struct filter_result nested(unsigned depth)
{
	struct buf text = BUF_INIT;
	buf_str(&text, "From: a@b.example\n");
	for (unsigned i = 0; i < depth; i++) {
		buf_str(&text, "Content-Type: message/rfc822\n\nSubject: x\n");
	}
	buf_str(&text, "Content-Type: image/png\n\nx\n");
	struct filter_result r = judge(text.p);
	buf_free(&text);
	return r;
}

START_TEST(nesting)
{
	set("content-filter", "reject type image/*\\nstrip type x/y");
	ck_assert_int_eq(nested(5).action, FILTER_REJECT);
	struct filter_result r = nested(LIMIT_DEPTH + 10);
	ck_assert_int_eq(r.action, FILTER_HOLD);
	ck_assert(r.n <= LIMIT_DEPTH + 1);
}
END_TEST

START_TEST(too_many_parts)
{
	struct buf text = BUF_INIT;
	set("content-filter", "strip type image/*");
	buf_str(&text, TOP);
	for (unsigned i = 0; i < LIMIT_PARTS + 5; i++) {
		buf_str(&text, "--b\n\nx\n");
	}
	buf_str(&text, PNG END);
	struct filter_result r = judge(text.p);
	ck_assert_int_eq(r.action, FILTER_HOLD);
	ck_assert(span_find(r.reason, SPAN("may not see every part")) != SPAN_NONE);
	buf_free(&text);
}
END_TEST

START_TEST(reason_is_printable)
{
	set("content-filter", "reject extension exe");
	struct filter_result r = judge(
		"From: a@b.example\nContent-Disposition: x; filename*=utf-8''%1b[2J%e2%80%ae%0aa.exe\n\nx\n");
	ck_assert_msg(span_find(r.reason, SPAN("\" [2J? a.exe\"")) != SPAN_NONE, "%.*s",
	              SPAN_FMT(r.reason));
}
END_TEST

/* --- edits ------------------------------------------------------------------ */

#define NOTE(what)                                                                                 \
	"Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n"            \
	"Content-Disposition: inline\n\n"                                                          \
	"[The list dev@lists.example has removed a part of this message:\n" what "]\n"

#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=a\n"
#define PLAIN_HTML                                                                                 \
	"--a\nContent-Type: text/plain; charset=utf-8\n\nhello\n"                                  \
	"--a\nContent-Type: text/html\n\n<p>hello\n--a--\n"

static const struct {
	const char *setting, *value, *text, *want;
} golden[] = {
	{ "content-filter", "strip type image/*", TOP TEXT_PART PNG END,
	  TOP TEXT_PART "--b\n" NOTE("image/png \"cat.png\", 6 bytes") "\n" END },
	{ "content-filter", "strip type image/*", TOP PNG TEXT_PART END,
	  TOP "--b\n" NOTE("image/png \"cat.png\", 6 bytes") "\n" TEXT_PART END },
	/* without a closing delimiter */
	{ "content-filter", "strip type image/*", TOP TEXT_PART PNG,
	  TOP TEXT_PART "--b\n" NOTE("image/png \"cat.png\", 6 bytes") },
	/* a part without bytes */
	{ "content-filter", "strip type text/plain", TOP "--b\n--b\nContent-Type: x/y\n\nz\n" END,
	  TOP "--b\n" NOTE("text/plain, 0 bytes") "\n--b\nContent-Type: x/y\n\nz\n" END },
	/* the root: its own fields stay */
	{ "content-filter", "strip type image/*",
	  "From: a@b.example\nMIME-Version: 1.0\nContent-Type: image/png\nSubject: x\n"
	  "Content-Transfer-Encoding: base64\n\nAAAA\n",
	  "From: a@b.example\nMIME-Version: 1.0\nSubject: x\n" NOTE("image/png, 3 bytes") },
	/* a name that is not ASCII */
	{ "content-filter", "strip type image/*",
	  TOP "--b\nContent-Type: image/png; name*=utf-8''%C3%A4.png\n\nx\n" TEXT_PART END,
	  TOP "--b\nContent-Type: text/plain; charset=utf-8\n"
	      "Content-Transfer-Encoding: quoted-printable\nContent-Disposition: inline\n\n"
	      "[The list dev@lists.example has removed a part of this message:\n"
	      "image/png \"=C3=A4.png\", 1 byte]\n\n" TEXT_PART END },
	/* in an attached message: a part, and its root */
	{ "content-filter", "strip type image/*",
	  TOP TEXT_PART "--b\nContent-Type: message/rfc822\n\nSubject: in\n"
			"Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\n"
			"Content-Type: image/png\n\ny\n--c--\n" END,
	  TOP TEXT_PART "--b\nContent-Type: message/rfc822\n\nSubject: in\n"
			"Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\n" NOTE(
				"image/png, 1 byte") "\n--c--\n" END },
	{ "content-filter", "strip type image/*",
	  TOP TEXT_PART "--b\nContent-Type: message/rfc822\n\nSubject: in\n"
			"Content-Type: image/png\nDate: x\n\ny\n" END,
	  TOP TEXT_PART "--b\nContent-Type: message/rfc822\n\nSubject: in\nDate: x\n"
			"MIME-Version: 1.0\n" NOTE("image/png, 1 byte") "\n" END },
	/* in an encoded attached message: all of it goes */
	{ "content-filter", "strip type image/*",
	  TOP TEXT_PART
	  "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	  "Q29udGVudC1UeXBlOiBpbWFnZS9wbmcNCg0KeA==\n" END,
	  TOP TEXT_PART "--b\n" NOTE("message/rfc822, 28 bytes") "\n" END },
	/* a multipart that is named goes with all that is in it */
	{ "content-filter", "strip type multipart/alternative,text/html",
	  TOP TEXT_PART "--b\n" ALTERNATIVE "\n" PLAIN_HTML END,
	  TOP TEXT_PART "--b\n" NOTE("multipart/alternative, 102 bytes") "\n" END },
	/* collapse */
	{ "collapse-alternative", "yes",
	  "From: a@b.example\nMIME-Version: 1.0\n" ALTERNATIVE "Subject: x\n\n" PLAIN_HTML,
	  "From: a@b.example\nMIME-Version: 1.0\nSubject: x\n"
	  "Content-Type: text/plain; charset=utf-8\n\nhello" },
	{ "collapse-alternative", "yes", TOP "--b\n" ALTERNATIVE "\n" PLAIN_HTML PNG END,
	  TOP "--b\nContent-Type: text/plain; charset=utf-8\n\nhello\n" PNG END },
	{ "collapse-alternative", "yes",
	  TOP "--b\n" ALTERNATIVE "\n--a\n\nhello\n--a\nContent-Type: text/html\n\nx\n--a--\n\n" END,
	  TOP "--b\nContent-Type: text/plain\n\nhello\n" END },
	{ "collapse-alternative", "yes",
	  TOP "--b\nContent-Type: message/rfc822\n\nSubject: in\n" ALTERNATIVE "\n" PLAIN_HTML END,
	  TOP "--b\nContent-Type: message/rfc822\n\nSubject: in\nMIME-Version: 1.0\n"
	      "Content-Type: text/plain; charset=utf-8\n\nhello\n" END },
	/* nothing to collapse to; signed */
	{ "collapse-alternative", "yes",
	  TOP "--b\n" ALTERNATIVE "\n--a\n\n \n--a\nContent-Type: text/html\n\nx\n--a--\n" END,
	  TOP "--b\n" ALTERNATIVE "\n--a\n\n \n--a\nContent-Type: text/html\n\nx\n--a--\n" END },
	{ "collapse-alternative", "yes",
	  "From: a@b.example\nContent-Type: multipart/signed; boundary=b\n\n--b\n" ALTERNATIVE
	  "\n" PLAIN_HTML END,
	  "From: a@b.example\nContent-Type: multipart/signed; boundary=b\n\n--b\n" ALTERNATIVE
	  "\n" PLAIN_HTML END },
	/* HTML last, first, between, with its pictures, not an alternative */
	{ "drop-html", "yes", TOP "--b\n" ALTERNATIVE "\n" PLAIN_HTML END,
	  TOP "--b\n" ALTERNATIVE
	      "\n--a\nContent-Type: text/plain; charset=utf-8\n\nhello\n--a--\n" END },
	{ "drop-html", "yes",
	  TOP "--b\n" ALTERNATIVE "\n--a\nContent-Type: text/html\n\nx\n--a\n\nhello\n--a--\n" END,
	  TOP "--b\n" ALTERNATIVE "\n--a\n\nhello\n--a--\n" END },
	{ "drop-html", "yes",
	  TOP "--b\n" ALTERNATIVE "\n--a\n\nhello\n--a\nContent-Type: text/html\n\nx\n"
	      "--a\nContent-Type: text/html\n\ny\n--a\nContent-Type: text/calendar\n\nz\n--a--\n" END,
	  TOP "--b\n" ALTERNATIVE
	      "\n--a\n\nhello\n--a\nContent-Type: text/calendar\n\nz\n--a--\n" END },
	{ "drop-html", "yes",
	  TOP "--b\n" ALTERNATIVE "\n--a\n\nhello\n--a\nContent-Type: text/html\n\nx\n"
	      "--a\nContent-Type: multipart/related; boundary=r\n\n--r\n"
	      "Content-Type: text/html\n\ny\n--r\nContent-Type: image/png\n\nz\n--r--\n--a--\n" END,
	  TOP "--b\n" ALTERNATIVE "\n--a\n\nhello\n--a--\n" END },
	{ "drop-html", "yes", TOP TEXT_PART "--b\nContent-Type: text/html\n\nx\n" END,
	  TOP TEXT_PART "--b\nContent-Type: text/html\n\nx\n" END },
};

START_TEST(edit)
{
	set(golden[_i].setting, golden[_i].value);
	ck_assert_str_eq(filtered(golden[_i].text), golden[_i].want);
}
END_TEST

START_TEST(all_at_once)
{
	set("content-filter", "strip type image/*");
	set("collapse-alternative", "yes");
	set("drop-html", "yes");
	ck_assert_str_eq(
		filtered(TOP "--b\n" ALTERNATIVE "\n--a\n\nhello\n--a\n"
		             "Content-Type: image/png\n\nx\n--a--\n" PNG END),
		TOP "--b\nContent-Type: text/plain\n\nhello\n--b\n" NOTE(
			"image/png \"cat.png\", 6 bytes") "\n" END);
}
END_TEST

static size_t changed;

/* Filtered twice is filtered once: no part is left that the rule meets. */
static void nothing_left(const char *path, struct span raw)
{
	struct message m, made;
	struct filter_result r;
	struct err e = { 0 };
	if (!message_parse(arena, raw, &m, &e) || m.count == 0) {
		return;
	}
	filter_judge(arena, &list, &m, &r);
	struct edits *x = edit_new(arena, &m);
	revise_content(x, &r, SPAN("dev@lists.example"));
	ck_assert_msg(edit_finish(x, &e), "%s: %s", path, e.text);
	ck_assert_msg(r.changes || span_eq(edit_segments(x).n ? edit_segments(x).v[0].bytes : m.body,
	                                   m.body), "%s", path);
	ck_assert(message_parse(arena, edit_print(x), &made, &e));
	changed += r.changes;
	filter_judge(arena, &list, &made, &r);
	for (size_t i = 0; i < r.n; i++) {
		ck_assert_msg(!r.v[i].rule, "%s: part %zu", path, r.v[i].number);
	}
	ck_assert_msg(!r.changes, "%s", path);
}

START_TEST(corpus)
{
	set("content-filter", "strip type image/*,application/*,text/html,message/delivery-status");
	set("collapse-alternative", "yes");
	changed = 0;
	ck_assert_uint_gt(corpus_each(nothing_left), 50);
	ck_assert_uint_gt(changed, 10);
}
END_TEST

Suite *filter_suite(void);

Suite *filter_suite(void)
{
	Suite *s = suite_create("filter");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, setting, 0, LENGTH(settings_text));
	tcase_add_test(t, setting_round_trip);
	tcase_add_loop_test(t, extension, 0, LENGTH(names));
	tcase_add_loop_test(t, part_names, 0, LENGTH(fields));
	tcase_add_test(t, too_many_names);
	tcase_add_loop_test(t, decision, 0, LENGTH(decisions));
	tcase_add_test(t, nesting);
	tcase_add_test(t, too_many_parts);
	tcase_add_test(t, reason_is_printable);
	tcase_add_loop_test(t, edit, 0, LENGTH(golden));
	tcase_add_test(t, all_at_once);
	tcase_add_test(t, corpus);
	suite_add_tcase(s, t);
	return s;
}
