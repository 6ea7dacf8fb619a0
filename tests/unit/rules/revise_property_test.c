/* Every message of the corpus, through lists that want different things: the law holds. */
#include "revise_law.h"

#include "base/utf8.h"
#include "rules/setting.h"
#include "unit/mail/corpus.h"

#include <check.h>
#include <string.h>

/* Settings, one a line. */
static const char *const lists[] = {
	"modify=none",
	"description=A list",
	"subject-tag=[dev %d]\nfooter=-- \\n{address}\\n{unsubscribe}",
	"subject-tag=[d\xc3\xa9v]\nsubject-tag-place=first\nheader-text=F\xc3\xbcr {list}:\n"
	"footer=\xe2\x82\xac\nfrom=munge\nreply-to=list\nsender=list\nhtml-in-place=yes",
	"footer=x\nother-parts=leave\nprotected-parts=wrap\nsubject-tag=dev:\n"
	"subject-tag-place=after-reply\nfrom=munge\nfrom-address=author\nreply-to=author\n"
	"header-remove=X-* Organization User-Agent\nheader-add=X-List-Name: {list}",
	"modify=headers\nfooter=never seen\nfrom=munge\nreply-to=address\nreply-to-address=a@b.example",
};

static size_t revised, in_ascii;

static void read_settings(struct arena *arena, const char *text, struct list *list)
{
	struct err e;
	for (struct span rest = span_str(text); rest.p && rest.n > 0;) {
		struct span value = span_cut(&rest, '\n'), name = span_cut(&value, '=');
		ck_assert_msg(setting_put(arena, setting_find(SETTING_LIST, name), value, list, &e),
		              "%s", e.text);
	}
}

static bool has_form(const struct revise *r)
{
	struct err e;
	bool ok = revise_all(edit_new(r->arena, r->message), r, &e);
	ck_assert_msg(ok || e.class == ERR_PERMANENT, "%s", e.text);
	return ok;
}

static void check_ascii(struct revise *r, const char *path)
{
	r->ascii = true;
	if (!utf8_ascii(r->message->header) && has_form(r)) {
		struct edits *x = revise_law_check(r, SIZE_MAX, path);
		ck_assert_msg(utf8_ascii(edit_header(x)), "%s: the header is not ASCII", path);
		in_ascii++;
	}
}

static void check_one(const char *path, struct span raw, const char *wishes)
{
	struct arena *arena = arena_new();
	struct site site;
	struct list list = { 0 };
	struct message m;
	struct err e;
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	site.hostname = site.authserv_id = SPAN("mx.lists.example");
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	read_settings(arena, wishes, &list);
	/* Not what a chain says (it would be broken off), nor what no list would take. */
	if (message_parse(arena, raw, &m, &e) && m.count > 0) {
		const struct field *from = message_find(&m, "From");
		struct revise r = { .arena = arena,
			            .site = &site,
			            .list = &list,
			            .message = &m,
			            .munge = list.from == LIST_FROM_MUNGE,
			            .recipient = SPAN("dev@lists.example"),
			            .id = SPAN("id1"),
			            .number = 7,
			            .now = 1795800000 };
		r.has_author = message_count(&m, "From") == 1 &&
		               addr_single(arena, from->value, &r.author);
		revise_law_check(&r, SIZE_MAX, path);
		revised++;
		check_ascii(&r, path);
	}
	arena_free(arena);
}

static void each(const char *path, struct span raw)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		check_one(path, raw, lists[i]);
	}
}

START_TEST(corpus)
{
	revised = in_ascii = 0;
	corpus_each(each);
	ck_assert_uint_gt(revised, 500);
	ck_assert_uint_ge(in_ascii, 40);
}
END_TEST

/* With modify=none nothing that DKIM2 hashes is touched: the old message is the end of the new. */
START_TEST(none_keeps_all)
{
	struct arena *arena = arena_new();
	struct site site;
	struct list list = { 0 };
	struct message m;
	struct err e;
	struct span raw = SPAN("From: a@b.example\r\nReply-To: x@y.example\r\n"
	                       "Reply-To: z@y.example\r\nList-Id: <other.example>\r\n"
	                       "Bcc: x@y.example\r\nSubject: hello\r\n\r\ntext");
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	site.hostname = site.authserv_id = SPAN("mx.lists.example");
	list.local = SPAN("dev");
	list.domain = SPAN("lists.example");
	read_settings(arena,
	              "modify=none\nsubject-tag=[dev]\nfooter=foot\nreply-to=list\nsender=list\n"
	              "header-add=X-A: b\nheader-remove=Reply-*",
	              &list);
	ck_assert(message_parse(arena, raw, &m, &e));
	struct revise r = { .arena = arena,
		            .site = &site,
		            .list = &list,
		            .message = &m,
		            .recipient = SPAN("dev@lists.example"),
		            .id = SPAN("id1") };
	struct edits *x = revise_law_check(&r, 300, "none");
	ck_assert(span_ends(edit_print(x), raw));
	arena_free(arena);
}
END_TEST

Suite *revise_property_suite(void);

Suite *revise_property_suite(void)
{
	Suite *suite = suite_create("revise_property");
	TCase *tc = tcase_create("property");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, corpus);
	tcase_add_test(tc, none_keeps_all);
	suite_add_tcase(suite, tc);
	return suite;
}
