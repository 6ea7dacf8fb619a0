/* What commands have in common: options, the site, lists by name, messages, times. */
#include "base/file.h"
#include "base/limits.h"
#include "base/near.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "flow/trail.h"
#include "mail/addr.h"
#include "mail/date.h"
#include "mail/idn.h"
#include "store/lists.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DNS_SECONDS 10

const char *call_opt(const struct call *call, const char *name)
{
	for (size_t i = call->nvalues; i > 0; i--) {
		if (strcmp(call->values[(i - 1) * 2], name) == 0) {
			return call->values[(i - 1) * 2 + 1];
		}
	}
	return NULL;
}

const char **call_opts(const struct call *call, const char *name, size_t *n)
{
	const char **out = arena_array(call->arena, call->nvalues + 1, sizeof(*out));
	*n = 0;
	for (size_t i = 0; i < call->nvalues; i++) {
		if (strcmp(call->values[i * 2], name) == 0) {
			out[(*n)++] = call->values[i * 2 + 1];
		}
	}
	return out;
}

bool call_number(struct call *call, const char *name, int64_t preset, int64_t *out)
{
	const char *text = call_opt(call, name);
	uint64_t v;
	*out = preset;
	if (!text) {
		return true;
	}
	if (!span_u64(span_str(text), &v) || v > INT64_MAX) {
		return call_usage(call, "option \"%s\": \"%s\" is not a number", name, text);
	}
	*out = (int64_t)v;
	return true;
}

const char *call_arg(const struct call *call, int i)
{
	return i < call->count ? call->args[i] : NULL;
}

struct context *call_context(struct call *call, unsigned needs)
{
	if (!call->context) {
		call->context = context_open(call->config, needs, call->command->name, &call->err);
		return call->context;
	}
	return context_need(call->context, needs, &call->err) ? call->context : NULL;
}

static bool no_list(struct call *call, const struct near *near)
{
	return err_set(&call->err, ERR_PERMANENT, "5.1.1",
	               "no list \"%.*s\"%s (ladle list ls shows all)", SPAN_FMT(near->word),
	               near_hint(call->arena, near).p);
}

/* "dev": the one list of that local part, whatever its domain. */
static bool by_local(struct call *call, struct span local, struct list *out)
{
	struct list *all;
	size_t n, hits = 0;
	struct near near = near_to(local);
	if (!store_list_all(call->context->store, call->arena, &all, &n, &call->err)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (span_ieq(all[i].local, local)) {
			*out = all[i];
			hits++;
		}
		near_try(&near, all[i].local);
	}
	if (hits == 1) {
		return true;
	}
	if (hits > 1) {
		return err_set(&call->err, ERR_PERMANENT, "5.1.1",
		               "\"%.*s\" is a list at %zu domains: name it with its domain",
		               SPAN_FMT(local), hits);
	}
	return no_list(call, &near);
}

/* No list has the address KEY: the nearest is looked for among all addresses. */
static bool no_address(struct call *call, struct span key)
{
	struct list *all;
	size_t n;
	struct near near = near_to(key);
	if (!store_list_all(call->context->store, call->arena, &all, &n, &call->err)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		near_try(&near, addr_join(call->arena, all[i].local, all[i].domain));
	}
	return no_list(call, &near);
}

bool call_list(struct call *call, const char *text, struct list *out)
{
	struct span addr = span_str(text), domain, key;
	bool found = false;
	if (!call_context(call, CONTEXT_STORE)) {
		return false;
	}
	if (span_chr(addr, '@') == SPAN_NONE) {
		return by_local(call, addr, out);
	}
	if (!addr_key(call->arena, addr, &key, &call->err) ||
	    !idn_ascii(call->arena, addr_domain(key), &domain, &call->err) ||
	    !store_list_find(call->context->store, call->arena, addr_local(key), domain, out,
	                     &found, &call->err)) {
		return false;
	}
	return found || no_address(call, addr);
}

/* Without the line that mailbox files have first: the spool drops it, too. */
static struct span unboxed(struct span text)
{
	if (span_starts(text, SPAN("From ")) && !span_starts(text, SPAN("From :"))) {
		(void)span_line(&text);
	}
	return text;
}

/* Bare LF becomes CRLF: files on disk rarely have the line ends of the wire. */
static struct span wire_form(struct arena *arena, struct span text)
{
	struct buf out = BUF_INIT;
	buf_reserve(&out, text.n + text.n / 32);
	while (text.n > 0) {
		size_t lf = span_chr(text, '\n');
		if (lf == SPAN_NONE) {
			buf_add(&out, text);
			break;
		}
		bool crlf = lf > 0 && text.p[lf - 1] == '\r';
		buf_add(&out, span_sub(text, 0, crlf ? lf - 1 : lf));
		buf_str(&out, "\r\n");
		text = span_from(text, lf + 1);
	}
	return buf_move(&out, arena);
}

bool call_no_input(struct call *call, int number)
{
	static const int own[] = { ENOENT, ENOTDIR, EISDIR, EACCES, ENAMETOOLONG, ELOOP };
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		call->no_input = call->no_input || number == own[i];
	}
	return false;
}

bool call_file(struct call *call, const char *file, size_t limit, struct buf *out)
{
	errno = 0;
	return file_read(file, limit, out, &call->err) || call_no_input(call, errno);
}

bool call_message(struct call *call, const char *file, struct span *out)
{
	struct buf text = BUF_INIT;
	bool ok = call_file(call, file, LIMIT_MESSAGE_HARD, &text);
	if (ok) {
		*out = unboxed(wire_form(call->arena, buf_span(&text)));
		ok = out->n > 0 || err_set(&call->err, ERR_PERMANENT, "", "the message is empty");
	}
	buf_free(&text);
	return ok;
}

void call_open(const struct call *call, struct json *j, char brace)
{
	if (call->json) {
		json_open(j, brace);
	}
}

void call_close(struct call *call, struct json *j)
{
	if (call->json) {
		json_close(j);
		buf_chr(&call->out, '\n');
	}
}

bool call_commit(struct call *call, bool ok)
{
	if (store_finish(call->context->store, ok, &call->err)) {
		return true;
	}
	buf_clear(&call->out);
	return false;
}

/* The person, also behind sudo; as the site's owner, which root has become, by number. */
static struct span find_actor(struct call *call)
{
	const char *sudo = getenv("SUDO_USER");
	if (sudo && sudo[0]) {
		return arena_copy(call->arena, span_str(sudo));
	}
	const struct passwd *user = getpwuid(getuid());
	return user ? arena_copy(call->arena, span_str(user->pw_name))
	            : arena_printf(call->arena, "uid %u", (unsigned)getuid());
}

struct span call_actor(struct call *call)
{
	if (call->actor.n == 0) {
		call->actor = find_actor(call);
	}
	return call->actor;
}

bool call_audit(struct call *call, const struct list *list, const char *what, struct span subject,
                struct span detail)
{
	struct audit a = {
		.channel = SPAN("cli"),
		.actor = call_actor(call),
		.what = span_str(what),
		.subject = subject,
		.detail = detail,
	};
	return trail_add(call->context, call->arena, list, a, &call->err);
}

struct span call_clean(struct arena *arena, struct span s)
{
	struct buf out = BUF_INIT;
	while (s.n > 0) {
		bool layout = s.p[0] == '\t' || s.p[0] == '\n' || span_starts(s, SPAN("\r\n"));
		size_t n = layout ? 1 : utf8_printable(s);
		buf_add(&out, n > 0 ? span_sub(s, 0, n) : SPAN("?"));
		s = span_from(s, n > 0 ? n : 1);
	}
	return buf_move(&out, arena);
}

struct span call_time(struct call *call, int64_t t)
{
	if (t == 0) {
		return SPAN("-");
	}
	struct span iso = date_iso(call->arena, t); /* 2026-11-27T18:30:01Z */
	return arena_printf(call->arena, "%.*s %.*s", 10, iso.p, 8, iso.p + 11);
}

bool call_has_site(const struct call *call)
{
	return call->config || file_exists("ladle.conf");
}

/* Nothing else says where keys come from. */
static bool has_site(const struct call *call)
{
	return call->config || (!call_opt(call, "--dns") && call_has_site(call));
}

bool call_keysource(struct call *call, struct dns **dns, struct keysource *out)
{
	const char *where = call_opt(call, "--dns");
	struct buf text = BUF_INIT;
	struct span servers = span_str(where);
	struct env *env = ARENA_NEW(call->arena, struct env); /* the resolver keeps it */
	*env = env_real();
	if (has_site(call) && !call_context(call, 0)) {
		return false;
	}
	if (where && file_exists(where)) {
		bool ok =
			file_read(where, LIMIT_KEY_SOURCE, &text, &call->err) &&
			key_file_source(call->arena, buf_move(&text, call->arena), out, &call->err);
		buf_free(&text);
		return ok;
	}
	if (!where && call->context) {
		servers = call->context->site.dns_servers;
	}
	*dns = dns_new(servers, DNS_SECONDS, env, &call->err);
	if (!*dns) {
		return where ? err_prefix(&call->err, "--dns \"%s\" is neither a file nor a server",
		                          where)
		             : false;
	}
	*out = dns_source(*dns);
	return true;
}
