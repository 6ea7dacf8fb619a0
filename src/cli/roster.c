/*
 * Reading files of members. An address that is its own key, as most are, is taken as it
 * stands; only the others are parsed. Sorted by key, they go into the database in the
 * order of its index, which makes a large import several times quicker.
 */
#include "cli/roster.h"

#include "base/utf8.h"
#include "mail/addr.h"
#include "mail/word.h"
#include "rules/member.h"
#include "rules/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool roster_address(struct call *call, struct arena *arena, struct span text,
                    struct new_member *out)
{
	if (addr_is_plain(text)) {
		out->key = out->address = text;
		out->name = SPAN("");
		return true;
	}
	struct mailboxes boxes = addr_parse(arena, text);
	if (!utf8_valid(text)) {
		return err_set(&call->err, ERR_PERMANENT, "5.1.3", "not UTF-8: \"%.*s\"",
		               SPAN_FMT(text));
	}
	if (boxes.broken || boxes.n != 1 || boxes.group || boxes.v[0].domain.n == 0) {
		return err_set(&call->err, ERR_PERMANENT, "5.1.3", "not an address: \"%.*s\"",
		               SPAN_FMT(text));
	}
	out->name = word_decode(arena, boxes.v[0].name);
	return addr_canonical(arena, boxes.v[0].addr, &out->address, &call->err) &&
	       addr_key(arena, boxes.v[0].addr, &out->key, &call->err);
}

bool roster_not_itself(struct call *call, const struct list *list, struct span address)
{
	bool itself = false;
	if (!span_iends(address, list->domain) && list->aliases.n == 0) {
		return true;
	}
	itself = addr_same(address, route_list(call->arena, list));
	for (struct span rest = list->aliases; !itself && rest.p && rest.n > 0;) {
		itself = addr_same(address, span_trim(span_cut(&rest, ',')));
	}
	return !itself || err_set(&call->err, ERR_PERMANENT, "", "\"%.*s\" is the list itself",
	                          SPAN_FMT(address));
}

/* What the line says behind its tabulator; without one, what all get. */
static bool read_options(struct call *call, struct span words, const struct member *preset,
                         struct new_member *out)
{
	struct member m = *preset;
	if (words.n > 0) {
		m = (struct member){ 0 };
		if (!member_words_read(words, &m)) {
			return err_set(&call->err, ERR_PERMANENT, "",
			               "\"%.*s\" is no delivery mode or option", SPAN_FMT(words));
		}
	}
	out->delivery = m.delivery;
	out->flags = m.flags;
	out->paused = m.paused;
	out->language = m.language;
	return true;
}

static bool read_line(struct call *call, const struct list *list, struct span line,
                      const struct member *preset, struct new_member *out)
{
	struct span address = span_trim(span_cut(&line, '\t'));
	return roster_address(call, call->arena, address, out) &&
	       roster_not_itself(call, list, out->address) &&
	       read_options(call, span_trim(line), preset, out);
}

/* A line to be sorted: with the start of its key at hand, the key itself is seldom looked at. */
struct sorted {
	uint64_t head[2];
	const struct new_member *member;
};

static uint64_t big_endian(struct span s)
{
	uint64_t v = 0;
	for (size_t i = 0; i < sizeof(v); i++) {
		v = v << 8 | (i < s.n ? (unsigned char)s.p[i] : 0);
	}
	return v;
}

static int by_key(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	for (size_t i = 0; i < 2; i++) {
		if (x->head[i] != y->head[i]) {
			return x->head[i] < y->head[i] ? -1 : 1;
		}
	}
	int order = span_cmp(x->member->key, y->member->key);
	return order != 0 ? order : x->member < y->member ? -1 : 1; /* the first line first */
}

static void sort(struct call *call, const struct new_member *v, size_t n, struct roster *out)
{
	struct sorted *all = mem_resize_array(NULL, n + 1, sizeof(*all));
	for (size_t i = 0; i < n; i++) {
		all[i] = (struct sorted){
			{ big_endian(v[i].key), big_endian(span_from(v[i].key, 8)) }, &v[i]
		};
	}
	qsort(all, n, sizeof(*all), by_key);
	out->v = arena_array(call->arena, n + 1, sizeof(struct new_member *));
	for (size_t i = 0; i < n; i++) {
		if (out->n > 0 && span_eq(out->v[out->n - 1]->key, all[i].member->key)) {
			out->repeated++;
		} else {
			out->v[out->n++] = all[i].member;
		}
	}
	mem_free(all);
}

static int by_line(const void *a, const void *b)
{
	const struct new_member *const *x = a, *const *y = b;
	return *x < *y ? -1 : *x > *y;
}

void roster_in_order(struct roster *r)
{
	if (r->n > 1) {
		qsort(r->v, r->n, sizeof(*r->v), by_line);
	}
}

static size_t count_lines(struct span text)
{
	size_t n = 1;
	for (size_t i = 0; i < text.n; i++) {
		n += text.p[i] == '\n';
	}
	return n;
}

bool roster_read(struct call *call, const struct list *list, struct span text, const char *file,
                 const struct member *preset, struct roster *out)
{
	int64_t line_number = 0;
	if (span_starts(text, SPAN("\xef\xbb\xbf"))) {
		text = span_from(text, 3); /* the mark that some programs put before UTF-8 */
	}
	struct new_member *v =
		arena_array(call->arena, count_lines(text), sizeof(struct new_member));
	size_t n = 0;
	*out = (struct roster){ 0 };
	while (text.p && text.n > 0) {
		struct span line = span_trim(span_cut(&text, '\n'));
		line_number++;
		if (line.n == 0 || line.p[0] == '#') {
			continue;
		}
		if (!read_line(call, list, line, preset, &v[n])) {
			return err_prefix(&call->err, "%s:%lld", file, (long long)line_number);
		}
		n++;
	}
	sort(call, v, n, out);
	return true;
}

void progress_start(struct progress *p, const char *what, size_t total)
{
	*p = (struct progress){ what, total, -1, isatty(STDERR_FILENO) };
}

void progress_show(struct progress *p, size_t done)
{
	int percent = p->total > 0 ? (int)(done * 100 / p->total) : 100;
	if (!p->terminal || percent == p->shown) {
		return;
	}
	char bar[41] = "";
	memset(bar, '.', sizeof(bar) - 1);
	memset(bar, '#', (size_t)percent * (sizeof(bar) - 1) / 100);
	p->shown = percent;
	fprintf(stderr, "\r%s [%s] %3d %%", p->what, bar, percent);
}

void progress_end(struct progress *p)
{
	if (p->terminal && p->shown >= 0) {
		fprintf(stderr, "\r%*s\r", 60, "");
	}
}
