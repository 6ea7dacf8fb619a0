/*
 * One c-ares channel and a cache. c-ares moves only while somebody waits in txt,
 * for whatever is out, so that names that were prefetched are asked and
 * answered side by side.
 *
 * Invariants: a query knows its entry by name only, since the entry may be
 * thrown away before the answer comes. An entry names the query it expects the
 * answer from; when its waiter gives up it expects none, and of an answer that
 * comes later only what is certain is kept.
 *
 * Of c-ares 1.18: queries are made here and not by ares_query, because only a
 * question with the AD bit is told whether the answer is authentic (RFC 6840
 * 5.7). One server that does not understand EDNS switches it off for a whole
 * channel, and a channel reads the system's servers once; so after a failure
 * the channel is made anew as soon as nothing is out.
 */
#include "net/dns.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "mail/idn.h"
#include "net/dns_cache.h"
#include "net/dns_reply.h"
#include "rules/dns_server.h"

#define CARES_NO_DEPRECATED
#include <ares.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#define SECOND ((int64_t)1000000) /* microseconds */

enum {
	ENTRIES = 10000,
	BYTES = 16 * 1024 * 1024,
	ALIASES = 8,        /* followed by us; a resolver follows them itself */
	TRIES = 3,          /* a server; the time doubles, so 7 first times in all */
	FIRST_TRY_MS = 250, /* at least */
	EDNS_SIZE = 1232,   /* bytes by UDP that pass without fragments */
	TTL_LEAST = 5,      /* seconds: what was prefetched is still there when it is asked for */
	TTL_MOST = 86400,
	TTL_NEGATIVE = 3600, /* at most (RFC 2308 5) */
	TTL_FAILURE = 30,
	TYPE_TXT = 16,
	CLASS_IN = 1,
};

struct dns {
	const struct env *env;
	int64_t timeout; /* microseconds */
	char *servers;   /* for c-ares; NULL: the system's */
	ares_channel channel;
	struct dns_cache *cache;
	unsigned asking; /* queries out */
	int64_t waited;  /* microseconds spent waiting so far, for whatever */
	int64_t budget;  /* value of waited at which waiting ends; INT64_MAX: never */
	bool renew;      /* make a new channel when none is */
	bool plain;      /* the server has no EDNS */
	bool ending;
};

static int64_t now(const struct dns *d)
{
	return d->env->now_us(d->env);
}

/* --- channel -------------------------------------------------------------------- */

static bool open_channel(struct dns *d, ares_channel *channel, struct err *e)
{
	int first = (int)(d->timeout / 1000 / ((1 << TRIES) - 1));
	struct ares_options options = {
		.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = first > FIRST_TRY_MS ? first : FIRST_TRY_MS,
		.tries = TRIES,
		.ednspsz = EDNS_SIZE,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ;
	int status = ares_init_options(channel, &options, mask);

	if (status != ARES_SUCCESS) {
		return err_set(e, ERR_TEMPORARY, "", "no resolver: %s", ares_strerror(status));
	}
	if (d->servers) {
		status = ares_set_servers_ports_csv(*channel, d->servers);
	}
	if (status == ARES_SUCCESS) {
		return true;
	}
	ares_destroy(*channel);
	return err_set(e, ERR_MISUSE, "", "bad DNS servers: %s: \"%s\"", ares_strerror(status),
	               d->servers);
}

static void renew(struct dns *d)
{
	ares_channel fresh;

	if (!d->renew || d->asking > 0 || !open_channel(d, &fresh, NULL)) {
		return;
	}
	ares_destroy(d->channel);
	d->channel = fresh;
	d->renew = false;
	d->plain = false;
}

/* --- queries -------------------------------------------------------------------- */

/* What holds for the aliases on the way to an answer. */
struct way {
	unsigned aliases;   /* followed so far */
	bool authenticated; /* all of them */
	uint32_t ttl;       /* the least of them */
};

struct query {
	struct dns *d;
	struct span name; /* of the entry; behind this */
	bool edns;
	struct way way;
};

static void ask(struct dns *d, struct dns_entry *entry, const char *name, struct way way);

static void settle(struct dns *d, struct dns_entry *entry, const struct txt *answer, uint32_t ttl)
{
	uint32_t most = answer->status == TXT_FOUND  ? TTL_MOST
	                : answer->status == TXT_NONE ? TTL_NEGATIVE
	                                             : TTL_FAILURE;

	if (ttl > most) {
		ttl = most;
	}
	if (ttl < TTL_LEAST) {
		ttl = TTL_LEAST;
	}
	dns_cache_set(d->cache, entry, answer, now(d) + ttl * SECOND);
}

static void fail(struct dns *d, struct dns_entry *entry)
{
	const struct txt nothing = { .status = TXT_TEMPORARY };

	settle(d, entry, &nothing, TTL_FAILURE);
}

/* A name that cannot be asked for does not exist. */
static void refuse(struct dns *d, struct dns_entry *entry)
{
	const struct txt nothing = { .status = TXT_NONE };

	settle(d, entry, &nothing, TTL_NEGATIVE);
}

/* One alias on. */
static void follow(struct dns *d, struct dns_entry *entry, struct span alias, struct way way)
{
	if (!idn_is_name(alias)) {
		refuse(d, entry);
	} else if (way.aliases++ < ALIASES) {
		ask(d, entry, alias.p, way);
	} else {
		fail(d, entry);
	}
}

/* The way with REPLY at its end. */
static struct way extend(struct way way, const struct dns_reply *reply)
{
	way.authenticated = way.authenticated && reply->authenticated;
	way.ttl = way.ttl < reply->ttl ? way.ttl : reply->ttl;
	return way;
}

static void take_reply(struct dns *d, const struct query *q, const struct dns_reply *reply)
{
	struct dns_entry *entry = dns_cache_get(d->cache, q->name, true);
	struct way way = extend(q->way, reply);
	struct txt answer = { reply->status, reply->records, reply->n, way.authenticated,
		              reply->no_name && !way.aliases };
	bool expected = entry->query == q;

	if (expected) {
		entry->query = NULL;
	} else if (reply->status == TXT_TEMPORARY || reply->alias.n > 0) {
		return;
	}
	if (reply->no_edns && q->edns) {
		d->plain = true;
		ask(d, entry, q->name.p, q->way);
	} else if (reply->alias.n > 0) {
		follow(d, entry, reply->alias, way);
	} else if (reply->status == TXT_TEMPORARY) {
		fail(d, entry);
	} else {
		settle(d, entry, &answer, way.ttl);
	}
}

/* Of c-ares: a query has ended. */
static void answered(void *user, int status, int timeouts, unsigned char *bytes, int length)
{
	struct query *q = user;
	struct dns *d = q->d;
	struct arena *arena = arena_new();
	struct dns_reply reply = { .status = TXT_TEMPORARY, .alias = SPAN("") };

	(void)timeouts;
	d->asking--;
	if (status == ARES_ENOMEM) {
		mem_exhausted();
	}
	if (status == ARES_SUCCESS) {
		dns_reply_read(arena, (struct span){ (const char *)bytes, (size_t)length }, &reply);
	} else {
		d->renew = true;
	}
	if (!d->ending) {
		take_reply(d, q, &reply);
	}
	arena_free(arena);
	mem_free(q);
}

static struct query *query_new(struct dns *d, const struct dns_entry *entry, struct way way)
{
	struct query *q = mem_alloc(sizeof(*q) + entry->name.n + 1);
	char *name = (char *)(q + 1);

	memcpy(name, entry->name.p, entry->name.n);
	*q = (struct query){
		.d = d, .name = { name, entry->name.n }, .edns = !d->plain, .way = way
	};
	return q;
}

/* Send the question for ENTRY about NAME, which is its own or that of an alias. */
static void ask(struct dns *d, struct dns_entry *entry, const char *name, struct way way)
{
	unsigned char *bytes = NULL;
	struct query *q;
	unsigned short id;
	int length, status;

	d->env->random(d->env, &id, sizeof(id));
	status = ares_create_query(name, CLASS_IN, TYPE_TXT, id, 1, &bytes, &length,
	                           d->plain ? 0 : EDNS_SIZE);
	if (status == ARES_ENOMEM) {
		mem_exhausted();
	}
	if (status != ARES_SUCCESS) {
		refuse(d, entry);
		return;
	}
	bytes[3] |= 0x20; /* AD */
	q = query_new(d, entry, way);
	entry->query = q;
	d->asking++;
	ares_send(d->channel, bytes, length, answered, q);
	ares_free_string(bytes);
}

static void start(struct dns *d, struct dns_entry *entry)
{
	renew(d);
	entry->started = d->waited;
	ask(d, entry, entry->name.p, (struct way){ .authenticated = true, .ttl = UINT32_MAX });
}

/* --- waiting -------------------------------------------------------------------- */

static size_t sockets(struct dns *d, struct pollfd fds[ARES_GETSOCK_MAXNUM])
{
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	unsigned bits = (unsigned)ares_getsock(d->channel, socks, ARES_GETSOCK_MAXNUM);
	size_t n = 0;

	for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		/* Not by the library's macros: they shift a signed 1 into the sign bit. */
		int events = (bits >> i & 1 ? POLLIN : 0) |
		             (bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0);

		if (events) {
			fds[n++] = (struct pollfd){ .fd = socks[i], .events = (short)events };
		}
	}
	return n;
}

/* Until something happens, at most TIMEOUT microseconds; then let c-ares work. */
static void turn(struct dns *d, int64_t timeout)
{
	const int ready_in = POLLIN | POLLERR | POLLHUP;
	struct pollfd fds[ARES_GETSOCK_MAXNUM];
	struct timeval most = { timeout / SECOND, timeout % SECOND }, tv;
	struct timeval *least = ares_timeout(d->channel, &most, &tv);
	size_t n = sockets(d, fds);
	int64_t before = now(d);

	if (poll(fds, n, (int)(least->tv_sec * 1000 + (least->tv_usec + 999) / 1000)) < 0) {
		n = 0;
	}
	for (size_t i = 0; i < n; i++) {
		ares_process_fd(d->channel, fds[i].revents & ready_in ? fds[i].fd : ARES_SOCKET_BAD,
		                fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
	}
	if (n == 0) {
		ares_process_fd(d->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	}
	d->waited += now(d) - before;
}

void dns_budget(struct dns *d, unsigned seconds)
{
	d->budget = seconds ? d->waited + (int64_t)seconds * SECOND : INT64_MAX;
}

static bool known(const struct dns *d, const struct dns_entry *entry)
{
	return entry->expires > now(d);
}

/*
 * The time of a query runs only while somebody waits: fifty names asked for
 * together and never answered cost one wait, and one whose answer nobody
 * fetched for a while is not late.
 */
static void wait_for(struct dns *d, struct dns_entry *entry)
{
	int64_t end = entry->started + d->timeout;

	end = end < d->budget ? end : d->budget;
	while (!known(d, entry) && entry->query && end > d->waited) {
		turn(d, end - d->waited);
	}
	if (known(d, entry)) {
		return;
	}
	entry->query = NULL;
	fail(d, entry);
}

/* --- names ---------------------------------------------------------------------- */

/* NAME's entry; NULL when it is no name. */
static struct dns_entry *entry_of(struct dns *d, struct span name)
{
	char text[IDN_NAME_MAX];

	/* No escapes of c-ares, nothing odd gets beyond this. */
	if (!idn_is_name(name)) {
		return NULL;
	}
	for (size_t i = 0; i < name.n; i++) {
		text[i] = ascii_lower(name.p[i]);
	}
	return dns_cache_get(d->cache, (struct span){ text, name.n }, true);
}

/* --- key source ------------------------------------------------------------------- */

static struct txt copy_answer(struct arena *arena, const struct dns_entry *entry)
{
	struct txt out = { .status = entry->status,
		           .authenticated = entry->authenticated,
		           .no_name = entry->no_name };

	out.n = entry->n;
	out.records = arena_array(arena, entry->n, sizeof(*out.records));
	for (size_t i = 0; i < entry->n; i++) {
		out.records[i] = arena_copy(arena, entry->records[i]);
	}
	return out;
}

static struct txt look_up(void *self, struct arena *arena, struct span name)
{
	struct dns *d = self;
	struct dns_entry *entry = entry_of(d, name);

	if (!entry) {
		return (struct txt){ .status = TXT_NONE };
	}
	entry->waiting = true;
	/* Perhaps the answer is there already, even to a question that was given up. */
	if (d->asking > 0 && (!known(d, entry) || entry->status == TXT_TEMPORARY)) {
		turn(d, 0);
	}
	if (!known(d, entry) && !entry->query) {
		start(d, entry);
	}
	wait_for(d, entry);
	entry->waiting = false;
	return copy_answer(arena, entry);
}

static void prefetch(void *self, const struct span *names, size_t n)
{
	struct dns *d = self;

	for (size_t i = 0; i < n && i < LIMIT_DNS_LOOKUPS; i++) {
		struct dns_entry *entry = entry_of(d, names[i]);

		if (entry && !entry->query && !known(d, entry)) {
			start(d, entry);
		}
	}
}

struct keysource dns_source(struct dns *d)
{
	return (struct keysource){ .self = d, .txt = look_up, .prefetch = prefetch };
}

/* --- life ------------------------------------------------------------------------- */

struct dns *dns_new(struct span servers, unsigned timeout, const struct env *env, struct err *e)
{
	struct dns *d = mem_alloc(sizeof(*d));
	uint64_t seed;

	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		mem_exhausted();
	}
	d->env = env;
	d->timeout = (timeout ? timeout : 1) * SECOND;
	d->budget = INT64_MAX;
	if (!dns_server_list(servers, &d->servers, e) || !open_channel(d, &d->channel, e)) {
		d->channel = NULL;
		dns_free(d);
		return NULL;
	}
	env->random(env, &seed, sizeof(seed));
	d->cache = dns_cache_new(ENTRIES, BYTES, seed);
	return d;
}

void dns_free(struct dns *d)
{
	if (!d) {
		return;
	}
	d->ending = true;
	if (d->channel) {
		ares_destroy(d->channel);
	}
	dns_cache_free(d->cache);
	ares_library_cleanup();
	mem_free(d->servers);
	mem_free(d);
}
