/* bounce ls, show, stats, undo, reset. */
#include "cli/commands.h"
#include "flow/bounce_standing.h"
#include "flow/bounces.h"
#include "mail/addr.h"
#include "rules/route.h"
#include "store/lists.h"
#include "store/members.h"
#include "store/posts.h"

#include <string.h>

#define PAGE 1000

static bool read_number(struct call *call, const char *text, const char *what, int64_t *out)
{
	uint64_t v;
	if (!span_u64(span_str(text), &v) || v == 0 || v > INT64_MAX) {
		return call_usage(call, "\"%s\" is not the number of %s", text, what);
	}
	*out = (int64_t)v;
	return true;
}

/* ---- ls, show ---- */

static void event_text(struct call *call, const struct bounce_event *ev)
{
	buf_printf(&call->out, "%lld\t%.*s\t%.*s\t%lld\t%s%s\t%s\t%s\t%.*s\n", (long long)ev->id,
	           SPAN_FMT(call_time(call, ev->at)), SPAN_FMT(ev->address), (long long)ev->post,
	           ev->complaint ? "complaint" : bounce_class_name(ev->class),
	           ev->complaint ? ""
	           : ev->hard    ? ", hard"
	                         : ", soft",
	           bounce_source_name(ev->source),
	           ev->group != 0 ? arena_printf(call->arena, "group %lld", (long long)ev->group).p
	                          : bounce_void_name(ev->voided),
	           SPAN_FMT(ev->reply));
}

static void event_json(struct json *j, const struct bounce_event *ev)
{
	json_open(j, '{');
	json_kint(j, "id", ev->id);
	json_kint(j, "list", ev->list);
	json_kint(j, "member", ev->member);
	json_kspan(j, "address", ev->address);
	json_kint(j, "post", ev->post);
	json_kint(j, "at", ev->at);
	json_kstr(j, "kind", ev->complaint ? "complaint" : "failure");
	json_kstr(j, "class", bounce_class_name(ev->class));
	json_kstr(j, "hardness", ev->hard ? "hard" : "soft");
	json_kstr(j, "source", bounce_source_name(ev->source));
	json_kspan(j, "status", ev->status);
	json_kspan(j, "reply", ev->reply);
	json_kint(j, "group", ev->group);
	json_kstr(j, "state", bounce_void_name(ev->voided));
	json_close(j);
}

static bool print_events(struct call *call, const struct bounce_filter *f)
{
	struct json j = JSON_INIT(&call->out);
	struct bounce_event *v;
	int64_t before = 0;
	call_open(call, &j, '[');
	for (size_t n = PAGE; n == PAGE;) {
		if (!store_bounce_ls(call->context->store, call->arena, f, before, PAGE, &v, &n,
		                     &call->err)) {
			return false;
		}
		for (size_t i = 0; i < n; i++) {
			before = v[i].id;
			if (call->json) {
				event_json(&j, &v[i]);
			} else {
				event_text(call, &v[i]);
			}
		}
		call_flush(call);
	}
	call_close(call, &j);
	return true;
}

/* The site, and the list of argument I when it is given. */
static bool open_list(struct call *call, int i, struct list *list)
{
	*list = (struct list){ 0 };
	return call->count > i ? call_list(call, call->args[i], list)
	                       : call_context(call, CONTEXT_STORE) != NULL;
}

static bool read_filter(struct call *call, struct bounce_filter *f)
{
	const char *class = call_opt(call, "--class"), *domain = call_opt(call, "--domain");
	const char *post = call_opt(call, "--post"), *group = call_opt(call, "--group");
	enum bounce_class found;
	*f = (struct bounce_filter){ .class = -1, .domain = SPAN("") };
	if (class && !bounce_class_find(span_str(class), &found)) {
		return call_usage(call, "no such class as \"%s\"", class);
	}
	if (class) {
		f->class = (int)found;
	}
	if (domain) {
		f->domain = arena_lower(call->arena, span_str(domain));
	}
	return (!post || read_number(call, post, "a post", &f->post)) &&
	       (!group || read_number(call, group, "a group", &f->group));
}

static bool ls_run(struct call *call)
{
	struct bounce_filter f;
	struct list list;
	if (!read_filter(call, &f) || !open_list(call, 0, &list)) {
		return false;
	}
	f.list = list.id;
	return print_events(call, &f);
}

static const struct opt ls_opts[] = {
	{ "--class", "CLASS", "only events of this class" },
	{ "--domain", "DOMAIN", "only members at this domain" },
	{ "--group", "ID", "only events of this group" },
	{ "--post", "ID", "only about this post" },
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_bounce_ls = {
	.name = "bounce ls",
	.arguments = "[LIST]",
	.summary =
		"Show events, newest first: id, time, address, post, class, source, state, reply",
	.min = 0,
	.max = 1,
	.opts = ls_opts,
	.run = ls_run,
};

static bool find_member(struct call *call, const struct list *list, const char *address,
                        struct member *out)
{
	struct span key;
	bool found;
	if (!addr_key(call->arena, span_str(address), &key, &call->err) ||
	    !store_member_find(call->context->store, call->arena, list->id, key, out, &found,
	                       &call->err)) {
		return false;
	}
	return found || err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is not a member of \"%.*s\"",
	                        address, SPAN_FMT(list->local));
}

static bool show_run(struct call *call)
{
	struct list list;
	struct member member;
	struct bounce_row row;
	struct bounce_score score;
	if (!open_list(call, 0, &list) || !find_member(call, &list, call->args[1], &member) ||
	    !store_bounce_standing(call->context->store, member.id, &row, &call->err) ||
	    !bounce_standing_score(call->context, call->arena, member.id, &score, &call->err)) {
		return false;
	}
	const struct bounce_filter f = { .member = member.id, .class = -1, .domain = SPAN("") };
	if (!call->json) {
		buf_printf(&call->out, "# %.*s: %s", SPAN_FMT(member.address),
		           bounce_state_name(row.standing.state));
		if (row.standing.state != BOUNCE_STATE_GOOD) {
			buf_printf(&call->out, " since %.*s",
			           SPAN_FMT(call_time(call, row.standing.since)));
		}
		buf_printf(&call->out, ", score %lld.%02lld over %zu posts\n",
		           (long long)score.score / 100, (long long)score.score % 100, score.posts);
	}
	return print_events(call, &f);
}

static const struct opt json_opts[] = {
	OPT_JSON,
	{ NULL, NULL, NULL },
};

const struct command cmd_bounce_show = {
	.name = "bounce show",
	.arguments = "LIST ADDRESS",
	.summary = "Show a member's standing, score and events",
	.min = 2,
	.max = 2,
	.opts = json_opts,
	.run = show_run,
};

/* ---- stats ---- */

static const struct {
	const char *name;
	enum bounce_by by;
} sums[] = {
	{ "class", BOUNCE_BY_CLASS },
	{ "domain", BOUNCE_BY_DOMAIN },
	{ "post", BOUNCE_BY_POST },
	{ "member", BOUNCE_BY_MEMBER },
};

static struct span sum_name(enum bounce_by by, struct span name)
{
	uint64_t class = 0;
	bool known = by == BOUNCE_BY_CLASS && span_u64(name, &class) && class < BOUNCE_CLASS_COUNT;
	return known ? span_str(bounce_class_name((enum bounce_class) class)) : name;
}

static bool print_sums(struct call *call, struct json *j, int64_t list, size_t i)
{
	struct bounce_sum *v;
	size_t n;
	if (!store_bounce_stats(call->context->store, call->arena, list, sums[i].by, 20, &v, &n,
	                        &call->err)) {
		return false;
	}
	if (call->json) {
		json_key(j, sums[i].name);
		json_open(j, '[');
	}
	for (size_t k = 0; k < n; k++) {
		struct span name = sum_name(sums[i].by, v[k].name);
		if (call->json) {
			json_open(j, '{');
			json_kspan(j, "name", name);
			json_kint(j, "events", v[k].events);
			json_kint(j, "counting", v[k].scored);
			json_kint(j, "last", v[k].last);
			json_close(j);
			continue;
		}
		buf_printf(&call->out, "%s\t%.*s\t%lld\t%lld\t%.*s\n", sums[i].name, SPAN_FMT(name),
		           (long long)v[k].events, (long long)v[k].scored,
		           SPAN_FMT(call_time(call, v[k].last)));
	}
	if (call->json) {
		json_close(j);
	}
	return true;
}

static void group_text(struct call *call, const struct bounce_group *g)
{
	static const char *const what[] = { "of all recipients", "of all recipients, with status",
		                            "of the members at" };
	buf_printf(&call->out, "group\t%lld\tpost %lld: %lld of %lld %s %.*s, %s\t%.*s\n",
	           (long long)g->id, (long long)g->post, (long long)g->n, (long long)g->total,
	           what[g->what], SPAN_FMT(g->name), bounce_class_name(g->class),
	           SPAN_FMT(g->reply));
}

static void group_json(struct json *j, const struct bounce_group *g)
{
	static const char *const what[] = { "post", "status", "domain" };
	json_open(j, '{');
	json_kint(j, "id", g->id);
	json_kint(j, "list", g->list);
	json_kint(j, "post", g->post);
	json_kstr(j, "what", what[g->what]);
	json_kspan(j, "name", g->name);
	json_kint(j, "failed", g->n);
	json_kint(j, "total", g->total);
	json_kstr(j, "class", bounce_class_name(g->class));
	json_kspan(j, "status", g->status);
	json_kspan(j, "reply", g->reply);
	json_kint(j, "at", g->at);
	json_close(j);
}

static bool print_groups(struct call *call, struct json *j, int64_t list)
{
	struct bounce_group *v;
	size_t n;
	if (!store_bounce_groups(call->context->store, call->arena, list, 50, &v, &n, &call->err)) {
		return false;
	}
	if (call->json) {
		json_key(j, "group");
		json_open(j, '[');
	}
	for (size_t i = 0; i < n; i++) {
		if (call->json) {
			group_json(j, &v[i]);
		} else {
			group_text(call, &v[i]);
		}
	}
	if (call->json) {
		json_close(j);
	}
	return true;
}

static bool stats_run(struct call *call)
{
	struct json j = JSON_INIT(&call->out);
	struct list list;
	int64_t forged = 0;
	if (!open_list(call, 0, &list)) {
		return false;
	}
	call_open(call, &j, '{');
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		if (!print_sums(call, &j, list.id, i)) {
			return false;
		}
	}
	if (!print_groups(call, &j, list.id) ||
	    !store_bounce_forged_count(call->context->store, list.id, &forged, &call->err)) {
		return false;
	}
	if (call->json) {
		json_kint(&j, "forged", forged);
	} else {
		buf_printf(&call->out, "forged\t\t%lld\n", (long long)forged);
	}
	call_close(call, &j);
	return true;
}

const struct command cmd_bounce_stats = {
	.name = "bounce stats",
	.arguments = "[LIST]",
	.summary = "Show events by class, domain, post and member, groups, and forged reports",
	.min = 0,
	.max = 1,
	.opts = json_opts,
	.run = stats_run,
};

/* ---- undo, reset ---- */

static bool undo_run(struct call *call)
{
	bool group = call_opt(call, "--group") != NULL;
	for (int i = 0; i < call->count; i++) {
		int64_t id = 0, count = 0;
		if (!read_number(call, call->args[i], group ? "a group" : "an event", &id) ||
		    !call_context(call, CONTEXT_STORE) ||
		    !bounces_undo(call->context, group ? 0 : id, group ? id : 0, &count,
		                  &call->err)) {
			return false;
		}
		if (count == 0) {
			return err_set(&call->err, ERR_PERMANENT, "",
			               "%s %s is not there, or was undone already",
			               group ? "group" : "event", call->args[i]);
		}
		buf_printf(&call->out, "undid %lld %s\n", (long long)count,
		           count == 1 ? "event" : "events");
	}
	return true;
}

static const struct opt undo_opts[] = {
	{ "--group", NULL, "the numbers are those of groups: all of their events" },
	{ NULL, NULL, NULL },
};

const struct command cmd_bounce_undo = {
	.name = "bounce undo",
	.arguments = "ID…",
	.summary = "Let events count no more, and take back what was done because of them",
	.min = 1,
	.max = -1,
	.opts = undo_opts,
	.run = undo_run,
};

static bool reset_run(struct call *call)
{
	struct list list;
	if (!open_list(call, 0, &list)) {
		return false;
	}
	for (int i = 1; i < call->count; i++) {
		struct member member;
		int64_t count = 0;
		if (!find_member(call, &list, call->args[i], &member) ||
		    !bounces_reset(call->context, member.id, &count, &call->err)) {
			return false;
		}
		buf_printf(&call->out, "%.*s: %lld %s\n", SPAN_FMT(member.address),
		           (long long)count, count == 1 ? "event" : "events");
	}
	return true;
}

const struct command cmd_bounce_reset = {
	.name = "bounce reset",
	.arguments = "LIST ADDRESS…",
	.summary = "Forget what was held against members: score 0, mail as before",
	.min = 2,
	.max = -1,
	.run = reset_run,
};
