/* c-ares reads such lists itself but takes "1.2.3.4:99999" or "1.2.3.4:x" without a word. */
#include "rules/dns_server.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <string.h>

enum { SERVERS = 8 };

static bool is_address(struct span s, int family)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (s.n == 0 || s.n >= sizeof(text)) {
		return false;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return strlen(text) == s.n && inet_pton(family, text, &address) == 1;
}

bool dns_server_is_ipv6(struct span text)
{
	return is_address(text, AF_INET6);
}

static bool is_port(struct span s)
{
	uint64_t port;

	return span_u64(s, &port) && port > 0 && port <= UINT16_MAX;
}

/* Take ":port" off *S into *PORT, empty when there is none; false when what stands there is no
 * port. */
static bool cut_port(struct span *s, struct span *port)
{
	size_t colon = span_rchr(*s, ':');

	*port = SPAN("");
	if (colon == SPAN_NONE || s->p[s->n - 1] == ']') {
		return true;
	}
	*port = span_from(*s, colon + 1);
	*s = span_sub(*s, 0, colon);
	return is_port(*port);
}

/* c-ares understands brackets only with a port behind them. */
static void write_server(struct buf *out, struct span address, struct span port, bool v6)
{
	bool brackets = v6 && port.n > 0;

	buf_str(out, out->n > 0 ? "," : "");
	buf_str(out, brackets ? "[" : "");
	buf_add(out, address);
	buf_str(out, brackets ? "]" : "");
	buf_str(out, port.n > 0 ? ":" : "");
	buf_add(out, port);
}

static bool add(struct span server, struct buf *out)
{
	struct span address = server, port = SPAN("");
	int family = AF_INET6;

	if (!is_address(server, AF_INET6)) {
		if (!cut_port(&address, &port)) {
			return false;
		}
		if (span_starts(address, SPAN("[")) && span_ends(address, SPAN("]"))) {
			address = span_sub(address, 1, address.n - 1);
		} else {
			family = AF_INET;
		}
	}
	if (!is_address(address, family)) {
		return false;
	}
	write_server(out, address, port, family == AF_INET6);
	return true;
}

bool dns_server_list(struct span servers, char **out, struct err *e)
{
	struct span rest = span_trim(servers);
	struct buf list = BUF_INIT;
	bool ok = true;
	int count = 0;

	*out = NULL;
	if (rest.n == 0) {
		return true;
	}
	while (ok && rest.p) {
		ok = ++count <= SERVERS && add(span_trim(span_cut(&rest, ',')), &list);
	}
	if (ok) {
		*out = mem_str(list.p);
	}
	buf_free(&list);
	return ok || err_set(e, ERR_MISUSE, "", "bad DNS servers: \"%.*s\"", SPAN_FMT(servers));
}
