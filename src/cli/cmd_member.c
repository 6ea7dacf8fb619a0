/* member add, rm, set, find. */
#include "cli/commands.h"
#include "cli/roster.h"
#include "flow/enrol.h"
#include "flow/wake.h"
#include "mail/addr.h"
#include "rules/member.h"
#include "rules/route.h"
#include "store/lists.h"

#include <string.h>

/* Find the list, then WORK in one transaction. */
static bool in_transaction(struct call *call, bool (*work)(struct call *, const struct list *))
{
	struct list list;
	if (!call_list(call, call->args[0], &list) ||
	    !store_begin(call->context->store, &call->err)) {
		return false;
	}
	return call_commit(call, work(call, &list));
}

bool call_member_limit(struct call *call, const struct list *list, int64_t more)
{
	int64_t count;
	if (list->member_limit == 0) {
		return true;
	}
	if (!store_member_count(call->context->store, list->id, &count, &call->err)) {
		return false;
	}
	return (uint64_t)(count + more) <= list->member_limit ||
	       err_set(&call->err, ERR_PERMANENT, "",
	               "\"%s\" may have %llu members (member-limit) and has %lld", call->args[0],
	               (unsigned long long)list->member_limit, (long long)count);
}

/* --mode and --set, as those that CHANGE holds. */
static bool read_change(struct call *call, struct member_change *change)
{
	size_t n;
	const char *mode = call_opt(call, "--mode");
	mode = mode ? mode : call_opt(call, "--delivery");
	const char **words = call_opts(call, "--set", &n);
	if (mode && !member_delivery_read(span_str(mode), &change->delivery)) {
		return call_usage(call,
		                  "\"%s\" is no delivery mode: mail, nomail, digest-mime, "
		                  "digest-plain or both",
		                  mode);
	}
	change->has_delivery = mode != NULL;
	for (size_t i = 0; i < n; i++) {
		struct span word = span_str(words[i]);
		bool moderated = span_is(word, "moderated");
		if (moderated || span_is(word, "nomoderated")) {
			*(moderated ? &change->on : &change->off) |= MEMBER_MODERATED;
		} else if (!member_change_read(word, change)) {
			return call_usage(call, "\"%s\" is no option of a member", words[i]);
		}
	}
	return true;
}

bool call_member_preset(struct call *call, struct member *preset)
{
	struct member_change change = { 0 };
	int64_t now = call->context->env.now(&call->context->env);
	*preset = (struct member){ .joined = now };
	if (!read_change(call, &change)) {
		return false;
	}
	member_change_apply(&change, now, preset);
	return true;
}

/* ---- add ---- */

struct tally {
	int64_t added, present, asked;
};

/* Send a question instead of adding: a confirmation, or an invitation. */
static bool ask_one(struct call *call, const struct list *list, const struct member *m,
                    struct tally *tally)
{
	bool invite = call_opt(call, "--invite");
	struct enrol_question q = { .list = list,
		                    .action = invite ? PENDING_INVITE : PENDING_SUBSCRIBE,
		                    .notice = invite ? "invite" : "confirm-subscribe",
		                    .address = m->address,
		                    .name = m->name,
		                    .delivery = m->delivery,
		                    .asked_by = call_actor(call) };
	const char *refused;
	if (!enrol_ask(call->context, call->arena, &q, &refused, &call->err)) {
		return false;
	}
	if (refused) {
		return err_set(&call->err, ERR_PERMANENT, "", "\"%.*s\" cannot be asked: %s",
		               SPAN_FMT(m->address), refused);
	}
	tally->asked++;
	return call_audit(call, list, invite ? "member invite" : "member ask", m->address,
	                  SPAN(""));
}

static bool join_one(struct call *call, const struct list *list, struct member *m,
                     struct tally *tally)
{
	struct enrol how = { .list = list,
		             .channel = SPAN("cli"),
		             .actor = call_actor(call),
		             .detail = member_words(call->arena, m),
		             .in_reply_to = SPAN(""),
		             .quiet = !call_opt(call, "--welcome"),
		             .silent = call_opt(call, "--quiet") };
	bool added;
	if (!enrol_join(call->context, call->arena, &how, m, &added, &call->err)) {
		return false;
	}
	tally->added += added;
	tally->present += !added;
	return true;
}

static bool add_one(struct call *call, const struct list *list, struct span text,
                    const struct member *preset, struct tally *tally)
{
	struct new_member who;
	struct member m = *preset, there;
	bool ask = call_opt(call, "--confirm") || call_opt(call, "--invite");
	bool found = false;
	if (!roster_address(call, call->arena, text, &who) ||
	    !roster_not_itself(call, list, who.address) ||
	    !store_member_find(call->context->store, call->arena, list->id, who.key, &there, &found,
	                       &call->err)) {
		return false;
	}
	m.address = who.address;
	m.name = who.name;
	if (found) {
		tally->present++;
		return true;
	}
	return ask ? ask_one(call, list, &m, tally) : join_one(call, list, &m, tally);
}

static bool add_all(struct call *call, const struct list *list)
{
	struct tally tally = { 0 };
	struct member preset;
	if (!call_member_preset(call, &preset)) {
		return false;
	}
	for (int i = 1; i < call->count; i++) {
		if (!add_one(call, list, span_str(call->args[i]), &preset, &tally)) {
			return false;
		}
	}
	if (tally.asked > 0) {
		buf_printf(&call->out, "asked %lld", (long long)tally.asked);
	} else {
		buf_printf(&call->out, "added %lld", (long long)tally.added);
	}
	if (tally.present > 0) {
		buf_printf(&call->out, ", %lld already there", (long long)tally.present);
	}
	buf_chr(&call->out, '\n');
	return call_member_limit(call, list, 0);
}

static bool add_run(struct call *call)
{
	bool confirm = call_opt(call, "--confirm"), invite = call_opt(call, "--invite");
	if (confirm && invite) {
		return call_usage(call, "--confirm and --invite exclude each other");
	}
	if (call_opt(call, "--welcome") &&
	    (call_opt(call, "--no-welcome") || call_opt(call, "--quiet"))) {
		return call_usage(call, "--welcome excludes --no-welcome and --quiet");
	}
	bool ok = in_transaction(call, add_all);
	if (ok) {
		wake_touch(call->context);
	}
	return ok;
}

static const struct opt add_opts[] = {
	OPT_MEMBER_MODE,
	OPT_MEMBER_SET,
	{ "--confirm", NULL, "ask each address first: it becomes a member when it answers" },
	{ "--invite", NULL, "the same, as an invitation" },
	{ "--welcome", NULL, "write to the new members" },
	{ "--no-welcome", NULL, "do not (the default)" },
	{ "--quiet", NULL, "write nobody, the owners neither" },
	{ NULL, NULL, NULL },
};

const struct command cmd_member_add = {
	.name = "member add",
	.arguments = "LIST ADDRESS…",
	.summary = "Add members, or ask them to join",
	.min = 2,
	.max = -1,
	.opts = add_opts,
	.run = add_run,
};

/* ---- rm, set ---- */

/* The member ARGS names; an error when he is none. */
static bool find_member(struct call *call, const struct list *list, const char *text,
                        struct member *out, struct span *key)
{
	bool found;
	if (!addr_key(call->arena, span_str(text), key, &call->err) ||
	    !store_member_find(call->context->store, call->arena, list->id, *key, out, &found,
	                       &call->err)) {
		return false;
	}
	return found || err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is not a member", text);
}

static bool rm_all(struct call *call, const struct list *list)
{
	for (int i = 1; i < call->count; i++) {
		struct span key;
		struct member m;
		bool removed;
		if (!find_member(call, list, call->args[i], &m, &key) ||
		    !store_member_rm(call->context->store, list->id, key, &removed, &call->err) ||
		    !call_audit(call, list, "member rm", m.address, SPAN(""))) {
			return false;
		}
	}
	buf_printf(&call->out, "removed %d\n", call->count - 1);
	return true;
}

static bool rm_run(struct call *call)
{
	return in_transaction(call, rm_all);
}

const struct command cmd_member_rm = {
	.name = "member rm",
	.arguments = "LIST ADDRESS…",
	.summary = "Remove members",
	.min = 2,
	.max = -1,
	.run = rm_run,
};

static bool move(struct call *call, const struct list *list, const char *to, struct member *m)
{
	struct new_member who;
	bool changed;
	if (!roster_address(call, call->arena, span_str(to), &who) ||
	    !roster_not_itself(call, list, who.address) ||
	    !store_member_move(call->context->store, list->id, m->id, who.address, who.key,
	                       &changed, &call->err)) {
		return false;
	}
	if (!changed) {
		return err_set(&call->err, ERR_PERMANENT, "", "\"%s\" is a member already", to);
	}
	return call_audit(call, list, "member move", m->address, who.address);
}

static bool set_one(struct call *call, const struct list *list, const char *text,
                    const struct member_change *change, const char *to)
{
	struct member m;
	struct span key;
	bool found;
	if (!find_member(call, list, text, &m, &key)) {
		return false;
	}
	if (to && !move(call, list, to, &m)) {
		return false;
	}
	if (member_change_empty(change)) {
		return true;
	}
	member_change_apply(change, call->context->env.now(&call->context->env), &m);
	return store_member_set(call->context->store, list->id, &m, &found, &call->err) &&
	       call_audit(call, list, "member set", m.address, member_words(call->arena, &m));
}

static bool set_all(struct call *call, const struct list *list)
{
	struct member_change change = { 0 };
	const char *to = call_opt(call, "--address");
	if (!read_change(call, &change)) {
		return false;
	}
	if (!to && member_change_empty(&change)) {
		return call_usage(call, "nothing to set: --mode MODE, --set OPTION, --address NEW");
	}
	if (to && call->count > 2) {
		return call_usage(call, "--address is for one member");
	}
	for (int i = 1; i < call->count; i++) {
		if (!set_one(call, list, call->args[i], &change, to)) {
			return false;
		}
	}
	return true;
}

static bool set_run(struct call *call)
{
	return in_transaction(call, set_all);
}

static const struct opt set_opts[] = {
	OPT_MEMBER_MODE,
	OPT_MEMBER_SET,
	{ "--address", "NEW", "another address, at once and without asking" },
	{ NULL, NULL, NULL },
};

const struct command cmd_member_set = {
	.name = "member set",
	.arguments = "LIST ADDRESS…",
	.summary = "Change how members get mail, their options, their address",
	.min = 2,
	.max = -1,
	.opts = set_opts,
	.run = set_run,
};

/* ---- find ---- */

static bool print_found(struct call *call, struct json *j, const struct membership *m)
{
	struct list list;
	bool found;
	if (!store_list_get(call->context->store, call->arena, m->list, &list, &found,
	                    &call->err)) {
		return false;
	}
	struct span address = route_list(call->arena, &list);
	struct span words = member_words(call->arena, &m->member);
	if (call->json) {
		json_open(j, '{');
		json_kspan(j, "list", address);
		json_kspan(j, "address", m->member.address);
		json_kspan(j, "name", m->member.name);
		json_kstr(j, "delivery", member_delivery_name(m->member.delivery));
		json_kspan(j, "options", words);
		json_kint(j, "joined", m->member.joined);
		json_close(j);
	} else {
		buf_printf(&call->out, "%.*s\t%.*s\t%.*s\t%.*s\n", SPAN_FMT(address),
		           SPAN_FMT(m->member.address), SPAN_FMT(words),
		           SPAN_FMT(call_time(call, m->member.joined)));
	}
	return true;
}

static bool find_run(struct call *call)
{
	struct span key;
	struct membership *v;
	size_t n;
	struct json j = JSON_INIT(&call->out);
	if (!call_context(call, CONTEXT_STORE) ||
	    !addr_key(call->arena, span_str(call->args[0]), &key, &call->err) ||
	    !store_member_everywhere(call->context->store, call->arena, key, &v, &n, &call->err)) {
		return false;
	}
	call_open(call, &j, '[');
	for (size_t i = 0; i < n; i++) {
		if (!print_found(call, &j, &v[i])) {
			return false;
		}
	}
	call_close(call, &j);
	call->exit = n > 0 ? 0 : 1;
	return true;
}

static const struct opt find_opts[] = { OPT_JSON, { NULL, NULL, NULL } };

const struct command cmd_member_find = {
	.name = "member find",
	.arguments = "ADDRESS",
	.summary = "Show the lists that an address is a member of",
	.min = 1,
	.max = 1,
	.opts = find_opts,
	.run = find_run,
};
