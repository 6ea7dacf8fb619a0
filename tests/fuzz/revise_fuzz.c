/*
 * Input: one byte that picks a list, one its subject tag, then a message. What goes
 * out is a message of whole lines, and the recipe of it leads back.
 */
#include "auth/recipe.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "rules/revise.h"
#include "rules/setting.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const tags[] = { "", "[dev]", "[dev %d]", "d\xc3\xa9v", "%d", "Re: [%%]" };

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void fill(struct list *list, unsigned char bits, unsigned char tag)
{
	list->local = SPAN("dev");
	list->domain = SPAN("lists.example");
	list->subject_tag = span_str(tags[tag % (sizeof(tags) / sizeof(tags[0]))]);
	list->subject_tag_place = bits % 3;
	list->footer = bits & 1 ? SPAN("-- \n{description} \xe2\x82\xac {address}") : SPAN("foot");
	list->header_text = bits & 2 ? SPAN("> above\n") : SPAN("");
	list->html_in_place = (bits & 4) != 0;
	list->protected_parts = list->other_parts = (bits & 8) != 0;
	list->reply_to = bits >> 4 & 3;
	list->reply_to_address = SPAN("talk@lists.example");
	list->from_address = bits >> 6 & 1;
	list->header_remove = SPAN("X-* Organization");
	list->header_add = SPAN("X-List: {list} {message-id} {name}");
}

static void check_undo(struct arena *arena, const struct edits *x, struct span json)
{
	struct message out;
	struct recipe recipe;
	struct span what, a, b;
	struct digest was, is;
	uint64_t budget = UINT64_MAX;
	require(message_parse(arena, edit_print(x), &out, NULL));
	struct canon_header header = canon_dkim2_header(arena, out.fields, out.count);
	struct canon_header old = canon_dkim2_header(arena, x->m->fields, x->m->count);
	struct lines lines = recipe_lines(arena, out.body);
	struct lines old_lines = recipe_lines(arena, x->m->body);
	if (json.n > 0) {
		require(recipe_parse(arena, json, &recipe, &what) == RECIPE_OK);
		require(recipe_apply(arena, &recipe, &header, &lines, &header, &lines, &budget,
		                     &what) == RECIPE_OK);
	}
	struct buf text = BUF_INIT, old_text = BUF_INIT;
	canon_dkim2_header_text(&text, &header);
	canon_dkim2_header_text(&old_text, &old);
	a = buf_move(&text, arena);
	b = buf_move(&old_text, arena);
	recipe_lines_hash(HASH_SHA256, &lines, &is);
	recipe_lines_hash(HASH_SHA256, &old_lines, &was);
	require(span_eq(a, b) && span_eq(digest_span(&is), digest_span(&was)));
}

static void run(struct arena *arena, const struct message *m, unsigned char bits, unsigned char tag)
{
	struct site site;
	struct list list = { 0 };
	struct span json;
	setting_defaults(arena, SETTING_SITE, &site);
	setting_defaults(arena, SETTING_LIST, &list);
	site.hostname = site.authserv_id = SPAN("mx.lists.example");
	fill(&list, bits, tag);
	struct revise r = { .arena = arena,
		            .site = &site,
		            .list = &list,
		            .message = m,
		            .recipient = SPAN("dev@lists.example"),
		            .id = SPAN("id1"),
		            .munge = bits >> 7 & 1,
		            .ascii = tag >> 7 & 1,
		            .number = tag,
		            .now = 1795800000 };
	const struct field *from = message_find(m, "From");
	r.has_author = message_count(m, "From") == 1 && addr_single(arena, from->value, &r.author);
	struct edits *x = edit_new(arena, m);
	if (!revise_all(x, &r, NULL)) {
		return;
	}
	require(edit_finish(x, NULL));
	require(!r.ascii || utf8_ascii(edit_header(x)));
	if (recipe_make(arena, x, &json, NULL)) {
		check_undo(arena, x, json);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message m;
	if (size > 2 && message_parse(arena, (struct span){ (const char *)data + 2, size - 2 }, &m,
	                              NULL)) {
		run(arena, &m, data[0], data[1]);
	}
	arena_free(arena);
	return 0;
}
