/* Addresses of lists as lines for mail servers: one table of the files that there are. */
#include "rules/mta.h"

#include "mail/addr.h"
#include "mail/idn.h"
#include "rules/route.h"

#include <stdarg.h>
#include <stdio.h>

static bool has_address(const struct mta *m, struct span local, struct span domain)
{
	for (size_t i = 0; i < m->n; i++) {
		if (span_eq(m->addresses[i].local, local) &&
		    span_eq(m->addresses[i].domain, domain)) {
			return true;
		}
	}
	return false;
}

static void add_domain(struct mta *m, struct span domain)
{
	for (size_t i = 0; i < m->ndomains; i++) {
		if (span_eq(m->domains[i], domain)) {
			return;
		}
	}
	*ARENA_PUSH(m->arena, m->domains, m->ndomains, m->domains_cap) = domain;
}

static void add_address(struct mta *m, struct span local, struct span domain)
{
	if (!has_address(m, local, domain)) {
		add_domain(m, domain);
		*ARENA_PUSH(m->arena, m->addresses, m->n, m->cap) =
			(struct mta_address){ local, domain };
	}
}

/* Mail servers know no connection between the two forms of a domain. */
static void add_forms(struct mta *m, struct span local, struct span domain)
{
	add_address(m, local, domain);
	add_address(m, local, idn_unicode(m->arena, domain));
}

void mta_add(struct mta *m, const struct list *list)
{
	struct span rest = list->aliases;
	add_forms(m, list->local, list->domain);
	while (rest.p && rest.n > 0) {
		struct span key, one = span_trim(span_cut(&rest, ','));
		if (addr_key(m->arena, one, &key, NULL)) {
			add_forms(m, addr_local(key), addr_domain(key));
		}
	}
}

struct span *mta_forms(const struct mta *m, const struct mta_address *a, size_t *n)
{
	struct span *out = NULL;
	size_t cap = 0;
	*n = 0;
	*ARENA_PUSH(m->arena, out, *n, cap) = addr_join(m->arena, a->local, a->domain);
	for (size_t i = 0; route_dash_word(i).n > 0; i++) {
		struct span local =
			arena_join(m->arena, a->local, SPAN("-"), route_dash_word(i), SPAN_END);
		*ARENA_PUSH(m->arena, out, *n, cap) = addr_join(m->arena, local, a->domain);
	}
	return out;
}

void mta_found(const struct mta *m, struct mta_findings *out, unsigned line, const char *fmt, ...)
{
	char text[1000];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*ARENA_PUSH(m->arena, out->v, out->n, out->cap) =
		(struct mta_finding){ line, arena_copy(m->arena, span_str(text)) };
}

/* --- what is printed ------------------------------------------------------------ */

/* S in a regular expression: letters, digits, '-', '_' and bytes of UTF-8 stand for themselves. */
static void add_literal(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		buf_str(out, s.p[i] == '.' ? "\\" : "");
		buf_chr(out, s.p[i]);
	}
}

/* What may stand behind a local part. With '-' as delimiter the words are part of it. */
static void add_behind(const struct mta *m, struct buf *out)
{
	if (m->delimiter == '-') {
		buf_str(out, "(-.*)?");
		return;
	}
	buf_str(out, "(\\+.*|-(");
	for (size_t i = 0; route_dash_word(i).n > 0; i++) {
		buf_str(out, i > 0 ? "|" : "");
		buf_add(out, route_dash_word(i));
	}
	buf_str(out, "))?");
}

static void add_call(const struct mta *m, struct buf *out)
{
	buf_printf(out, "%.*s -C %.*s receive", SPAN_FMT(m->program), SPAN_FMT(m->config));
}

static void print_recipients(const struct mta *m, struct buf *out)
{
	for (size_t i = 0; i < m->n; i++) {
		buf_str(out, "/^");
		add_literal(out, m->addresses[i].local);
		add_behind(m, out);
		buf_chr(out, '@');
		add_literal(out, m->addresses[i].domain);
		buf_str(out, "$/\tok\n");
	}
}

static void print_transport(const struct mta *m, struct buf *out)
{
	for (size_t i = 0; i < m->ndomains; i++) {
		buf_str(out, "/@");
		add_literal(out, m->domains[i]);
		buf_str(out, "$/\tladle:\n");
	}
}

static void add_domains(const struct mta *m, struct buf *out)
{
	for (size_t i = 0; i < m->ndomains; i++) {
		buf_printf(out, " %.*s", SPAN_FMT(m->domains[i]));
	}
	buf_chr(out, '\n');
}

static void print_main(const struct mta *m, struct buf *out)
{
	buf_str(out, "relay_domains =");
	add_domains(m, out);
	buf_str(out, "relay_recipient_maps = regexp:/etc/postfix/ladle-recipients\n"
	             "transport_maps = regexp:/etc/postfix/ladle-transport\n"
	             "ladle_destination_recipient_limit = 1\n");
	if (m->delimiter == '+') {
		buf_str(out, "recipient_delimiter = +\n");
	}
}

static void print_master(const struct mta *m, struct buf *out)
{
	buf_printf(out,
	           "ladle     unix  -       n       n       -       4       pipe\n"
	           "  flags=Xq user=%.*s null_sender=\n"
	           "  argv=/bin/sh -c { \"$$0\" \"$$@\" || exit 75 } %.*s\n"
	           "  -C %.*s receive -f ${sender} -- ${original_recipient}\n",
	           SPAN_FMT(m->user), SPAN_FMT(m->program), SPAN_FMT(m->config));
}

/* Names that local(8) and its like look up have no domain: each once. */
static void print_aliases(const struct mta *m, struct buf *out)
{
	for (size_t i = 0; i < m->n; i++) {
		bool again = false;
		size_t n;
		struct span *forms = mta_forms(m, &m->addresses[i], &n);
		for (size_t j = 0; j < i && !again; j++) {
			again = span_eq(m->addresses[j].local, m->addresses[i].local);
		}
		for (size_t j = 0; j < n && !again; j++) {
			buf_printf(out, "%.*s: \"|", SPAN_FMT(addr_local(forms[j])));
			add_call(m, out);
			buf_str(out, " --env || exit 75\"\n");
		}
	}
}

/* A router for each domain: the same name need not be a list at both. */
static void print_exim_router(const struct mta *m, struct buf *out)
{
	for (size_t i = 0; i < m->ndomains; i++) {
		bool first = true;
		buf_printf(out,
		           "ladle_%zu:\n  driver = accept\n  domains = %.*s\n"
		           "  local_parts = \\N^(?i)(",
		           i + 1, SPAN_FMT(m->domains[i]));
		for (size_t j = 0; j < m->n; j++) {
			if (span_eq(m->addresses[j].domain, m->domains[i])) {
				buf_str(out, first ? "" : "|");
				add_literal(out, m->addresses[j].local);
				first = false;
			}
		}
		buf_chr(out, ')');
		add_behind(m, out);
		buf_str(out, "$\\N\n  caseful_local_part\n  transport = ladle\n");
	}
}

static void print_exim_transport(const struct mta *m, struct buf *out)
{
	buf_str(out, "ladle:\n  driver = pipe\n  use_shell\n  command = ");
	add_call(m, out);
	buf_printf(out,
	           " --env || exit 75\n  user = %.*s\n  message_prefix =\n  message_suffix =\n"
	           "  timeout_defer\n",
	           SPAN_FMT(m->user));
}

static void print_opensmtpd(const struct mta *m, struct buf *out)
{
	buf_printf(out, "table ladle { \"@\" = \"%.*s\" }\naction \"ladle\" mda \"",
	           SPAN_FMT(m->user));
	add_call(m, out);
	buf_str(out, " --env || exit 75\" virtual <ladle>\n");
	for (size_t i = 0; i < m->ndomains; i++) {
		buf_printf(out, "match from any for domain \"%.*s\" action \"ladle\"\n",
		           SPAN_FMT(m->domains[i]));
	}
}

/* --- how it is compared --------------------------------------------------------- */

static void check_recipients(const struct mta *m, struct span text, struct mta_findings *out)
{
	mta_check_map(m, text, "", out);
}

static void check_transport(const struct mta *m, struct span text, struct mta_findings *out)
{
	mta_check_map(m, text, "ladle:", out);
}

/* LINE with single spaces. */
static struct span squeezed(struct arena *arena, struct span line)
{
	struct buf out = BUF_INIT;
	for (size_t i = 0; i < line.n; i++) {
		bool space = line.p[i] == ' ' || line.p[i] == '\t';
		if (!space || (out.n > 0 && out.p[out.n - 1] != ' ')) {
			buf_chr(&out, space ? ' ' : line.p[i]);
		}
	}
	return span_trim(buf_move(&out, arena));
}

/* Is LINE one of the lines of TEXT? *NUMBER is which. */
static bool has_line(struct arena *arena, struct span text, struct span line)
{
	while (text.p) {
		if (span_eq(squeezed(arena, span_cut(&text, '\n')), line)) {
			return true;
		}
	}
	return false;
}

/* Every line that is printed must be there; one that calls Ladle and is not printed is too many. */
static void check_lines(const struct mta *m, struct span text, struct mta_findings *out,
                        void (*print)(const struct mta *, struct buf *))
{
	struct buf wanted = BUF_INIT;
	unsigned number = 0;
	print(m, &wanted);
	for (struct span rest = buf_span(&wanted); rest.n > 0;) {
		struct span line = squeezed(m->arena, span_cut(&rest, '\n'));
		if (line.n > 0 && !has_line(m->arena, text, line)) {
			mta_found(m, out, 0, "missing: %.*s", SPAN_FMT(line));
		}
	}
	for (struct span rest = text; rest.p;) {
		struct span line = squeezed(m->arena, span_cut(&rest, '\n'));
		bool ours = span_find(line, SPAN(" receive ")) != SPAN_NONE ||
		            span_find(line, SPAN("action \"ladle\"")) != SPAN_NONE;
		number++;
		if (ours && line.p[0] != '#' && !has_line(m->arena, buf_span(&wanted), line)) {
			mta_found(m, out, number, "extra: %.*s", SPAN_FMT(line));
		}
	}
	buf_free(&wanted);
}

static void check_exim_router(const struct mta *m, struct span text, struct mta_findings *out)
{
	check_lines(m, text, out, print_exim_router);
}

static void check_exim_transport(const struct mta *m, struct span text, struct mta_findings *out)
{
	check_lines(m, text, out, print_exim_transport);
}

static void check_opensmtpd(const struct mta *m, struct span text, struct mta_findings *out)
{
	check_lines(m, text, out, print_opensmtpd);
}

const struct mta_kind mta_kinds[] = {
	{ "postfix-recipients", "table for relay_recipient_maps: the addresses of the lists",
	  print_recipients, check_recipients },
	{ "postfix-transport", "table for transport_maps: their domains", print_transport,
	  check_transport },
	{ "postfix-main", "lines of main.cf", print_main, mta_check_main },
	{ "postfix-master", "lines of master.cf", print_master, mta_check_master },
	{ "aliases", "aliases for Postfix's local(8), for lists in a domain of users",
	  print_aliases, mta_check_aliases },
	{ "exim-router", "routers of Exim, one for each domain", print_exim_router,
	  check_exim_router },
	{ "exim-transport", "transport of Exim", print_exim_transport, check_exim_transport },
	{ "opensmtpd", "lines of smtpd.conf", print_opensmtpd, check_opensmtpd },
};
const size_t mta_kinds_count = sizeof(mta_kinds) / sizeof(mta_kinds[0]);
