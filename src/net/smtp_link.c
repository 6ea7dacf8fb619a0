/*
 * All that Ladle does with libcurl. A link is an easy handle with CONNECT_ONLY in
 * a multi handle of its own: libcurl ends its work when the relay has answered
 * EHLO, and the dialogue goes on over curl_easy_send and curl_easy_recv.
 *
 * Why not libcurl's own MAIL to dot: it waits for the answer to the final dot,
 * and to a QUIT after a refusal, inside of curl_multi_perform, with all other
 * transfers standing still (lib/smtp.c, smtp_done and smtp_disconnect, up to
 * 8.22 at least). A relay that needs 200 ms for a copy then takes five a second
 * however many connections there are, and one that is stuck holds up everything
 * for ten minutes. It also never pipelines, gives the connection up when a
 * recipient is refused, cannot say SMTPUTF8 for the sake of a header nor
 * BODY=8BITMIME, and lets CR LF in an address through (7.88).
 *
 * Why a multi handle each: libcurl looks after idle connections when it makes a
 * new one in the same handle, closes those that are old, and in newer versions
 * those with input waiting, which a CONNECT_ONLY connection may well have. It
 * also keeps TLS policies apart: 7.88 would use a plain connection again for a
 * transfer that requires TLS.
 */
#include "net/smtp_link.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "mail/idn.h"
#include "net/curl.h"

#include <string.h>
#include <sys/select.h>

enum {
	CONNECT_SECONDS = 30, /* until EHLO is answered, TLS included */
	BLIND_MS = 100,       /* between two looks while libcurl has no socket to wait for */
};

struct smtp_link {
	struct curl curl;
	CURL *easy;
	CURLM *multi;
	enum smtp_link_state state;
	curl_socket_t socket; /* of an open link */
	unsigned offers;
	bool tls;                    /* may be in use */
	struct smtp_reply reply;     /* coming in while opening */
	long code;                   /* of the last complete one */
	char text[SMTP_REPLY_TEXT];  /* and its text, or why opening failed */
	bool broken;                 /* what came was no reply; the text shows it */
	char error[CURL_ERROR_SIZE]; /* libcurl's */
};

/* Checks ----------------------------------------------------------------------- */

static bool bad_url(struct span url, const char *why, struct err *e)
{
	return err_set(e, ERR_MISUSE, "", "bad relay: %s: \"%.*s\"", why, SPAN_FMT(url));
}

/* Is PART of the url absent, or one of the two values? */
static bool part_is(const struct curl *curl, CURLU *url, CURLUPart part, const char *value,
                    const char *other)
{
	char *text = NULL;
	bool yes = curl->url_get(url, part, &text, 0) != CURLUE_OK ||
	           (value && !strcmp(text, value)) || (other && !strcmp(text, other));

	curl->free(text);
	return yes;
}

/* smtp://host[:port] and nothing else; what is more would be a login or a path. */
static bool check_url(const struct curl *curl, CURLU *url, struct span given, struct err *e)
{
	static const CURLUPart unwanted[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
		                              CURLUPART_QUERY, CURLUPART_FRAGMENT };
	struct buf text = BUF_INIT;
	CURLUcode code;

	buf_add(&text, given);
	buf_chr(&text, '\0');
	code = curl->url_set(url, CURLUPART_URL, text.p, 0);
	buf_free(&text);
	if (code != CURLUE_OK || span_chr(given, '\0') != SPAN_NONE) {
		return bad_url(given, "not a URL", e);
	}
	if (!part_is(curl, url, CURLUPART_SCHEME, "smtp", "smtps")) {
		return bad_url(given, "neither smtp:// nor smtps://", e);
	}
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++) {
		if (!part_is(curl, url, unwanted[i], NULL, NULL)) {
			return bad_url(given, "more than host and port", e);
		}
	}
	return part_is(curl, url, CURLUPART_PATH, "/", "") ||
	       bad_url(given, "more than host and port", e);
}

/* Something like "[192.0.2.1]" (RFC 5321 4.1.3); the relay may judge it closer. */
static bool is_literal(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!ascii_graph(name.p[i])) {
			return false;
		}
	}
	return span_starts(name, SPAN("[")) && span_ends(name, SPAN("]"));
}

/* libcurl takes the name for EHLO from the path. */
static bool set_hostname(const struct curl *curl, CURLU *url, struct span hostname, struct err *e)
{
	struct arena *arena = arena_new();
	struct span name = hostname;
	bool ok =
		hostname.n == 0 || is_literal(hostname) || idn_ascii(arena, hostname, &name, NULL);

	if (ok && curl->url_set(url, CURLUPART_PATH, arena_str(arena, name), CURLU_URLENCODE)) {
		mem_exhausted();
	}
	arena_free(arena);
	return ok || err_set(e, ERR_MISUSE, "", "bad host name: \"%.*s\"", SPAN_FMT(hostname));
}

/* Callback ------------------------------------------------------------------- */

/* Every line of every reply, the greeting first. */
static size_t header_line(char *bytes, size_t size, size_t count, void *user)
{
	struct smtp_link *l = user;
	struct span in = { bytes, size * count };

	while (in.n > 0) {
		enum smtp_reply_state state = smtp_reply_feed(&l->reply, &in);

		if (state == SMTP_REPLY_MORE) {
			break;
		}
		/* With TLS there are two EHLOs; what the first offered is void (RFC 3207 4.2). */
		l->offers = l->reply.offers;
		l->code = l->reply.code;
		memcpy(l->text, l->reply.text, sizeof(l->text));
		l->broken = state == SMTP_REPLY_BROKEN;
		smtp_reply_clear(&l->reply);
		if (l->broken) {
			return 0;
		}
	}
	return size * count;
}

/* Life ------------------------------------------------------------------------- */

static void set_tls(struct smtp_link *l, const struct smtp_config *config)
{
	static const long use[] = {
		[SMTP_TLS_NONE] = CURLUSESSL_NONE,
		[SMTP_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
		[SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
	};
	/* A bad certificate is no reason to go on without TLS; libcurl would not go on at all. */
	bool verify = config->tls != SMTP_TLS_OPPORTUNISTIC;
	struct buf file = BUF_INIT;

	l->curl.easy_setopt(l->easy, CURLOPT_USE_SSL, use[config->tls]);
	l->curl.easy_setopt(l->easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
	l->curl.easy_setopt(l->easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
	if (config->ca_file.n > 0) {
		buf_add(&file, config->ca_file);
		l->curl.easy_setopt(l->easy, CURLOPT_CAINFO, file.p);
		l->curl.easy_setopt(l->easy, CURLOPT_CAPATH, NULL);
	}
	buf_free(&file);
}

static void set_options(struct smtp_link *l, const struct smtp_config *config, const char *url)
{
	l->curl.easy_setopt(l->easy, CURLOPT_URL, url);
	l->curl.easy_setopt(l->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	l->curl.easy_setopt(l->easy, CURLOPT_CONNECT_ONLY, 1L);
	l->curl.easy_setopt(l->easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	l->curl.easy_setopt(l->easy, CURLOPT_TCP_NODELAY, 1L);
	l->curl.easy_setopt(l->easy, CURLOPT_NOSIGNAL, 1L);
	/* Nor one from the environment. */
	l->curl.easy_setopt(l->easy, CURLOPT_PROXY, "");
	l->curl.easy_setopt(l->easy, CURLOPT_HEADERFUNCTION, header_line);
	l->curl.easy_setopt(l->easy, CURLOPT_HEADERDATA, l);
	l->curl.easy_setopt(l->easy, CURLOPT_ERRORBUFFER, l->error);
	set_tls(l, config);
}

static bool prepare(struct smtp_link *l, CURLU *url, const struct smtp_config *config,
                    struct err *e)
{
	char *text = NULL;

	if (!check_url(&l->curl, url, config->url, e) ||
	    !set_hostname(&l->curl, url, config->hostname, e)) {
		return false;
	}
	if (l->curl.url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK) {
		return bad_url(config->url, "not a URL", e);
	}
	l->tls = config->tls != SMTP_TLS_NONE ||
	         !part_is(&l->curl, url, CURLUPART_SCHEME, "smtp", NULL);
	set_options(l, config, text);
	l->curl.free(text);
	return true;
}

bool smtp_load(struct err *e)
{
	struct curl curl;

	return curl_load(&curl, e);
}

struct smtp_link *smtp_link_new(const struct smtp_config *config, struct err *e)
{
	struct smtp_link *l = mem_alloc(sizeof(*l));
	CURLcode started;
	CURLU *url;
	bool ok;

	if (!curl_load(&l->curl, e)) {
		mem_free(l);
		return NULL;
	}
	started = l->curl.global_init(CURL_GLOBAL_DEFAULT); /* counts */
	url = l->curl.url();
	l->easy = l->curl.easy_init();
	l->multi = l->curl.multi_init();
	l->socket = CURL_SOCKET_BAD;
	if (started != CURLE_OK || !url || !l->easy || !l->multi) {
		mem_exhausted();
	}
	ok = prepare(l, url, config, e);
	l->curl.url_cleanup(url);
	if (ok) {
		return l;
	}
	smtp_link_free(l);
	return NULL;
}

void smtp_link_free(struct smtp_link *l)
{
	if (!l) {
		return;
	}
	smtp_link_close(l, false);
	l->curl.easy_cleanup(l->easy);
	l->curl.multi_cleanup(l->multi);
	l->curl.global_cleanup();
	mem_free(l);
}

void smtp_link_open(struct smtp_link *l)
{
	smtp_reply_clear(&l->reply);
	l->code = 0;
	l->text[0] = '\0';
	l->error[0] = '\0';
	l->broken = false;
	l->offers = 0;
	l->state = SMTP_LINK_OPENING;
	if (l->curl.multi_add_handle(l->multi, l->easy) != CURLM_OK) {
		mem_exhausted();
	}
}

/* Why there is no connection, when the relay did not say it. */
static void explain(struct smtp_link *l, CURLcode result)
{
	const char *words = l->error[0] ? l->error : l->curl.easy_strerror(result);

	if (l->code < 400 && !l->broken) {
		smtp_reply_print(l->text, sizeof(l->text), span_str(words));
	}
}

static void finish_opening(struct smtp_link *l, CURLcode result)
{
	if (result == CURLE_OK) {
		result = l->curl.easy_getinfo(l->easy, CURLINFO_ACTIVESOCKET, &l->socket);
	}
	if (result == CURLE_OK && l->socket != CURL_SOCKET_BAD) {
		l->state = SMTP_LINK_OPEN;
		return;
	}
	explain(l, result);
	smtp_link_close(l, false);
}

enum smtp_link_state smtp_link_step(struct smtp_link *l)
{
	CURLMcode code;
	CURLMsg *message;
	int running, left;

	if (l->state != SMTP_LINK_OPENING) {
		return l->state;
	}
	code = l->curl.multi_perform(l->multi, &running);
	message = l->curl.multi_info_read(l->multi, &left);
	if (code != CURLM_OK) {
		finish_opening(l, CURLE_FAILED_INIT);
	} else if (message && message->msg == CURLMSG_DONE) {
		finish_opening(l, message->data.result);
	}
	return l->state;
}

enum smtp_link_state smtp_link_state(const struct smtp_link *l)
{
	return l->state;
}

const char *smtp_link_failure(const struct smtp_link *l, long *code)
{
	*code = l->code >= 400 ? l->code : 0;
	return l->text;
}

unsigned smtp_link_offers(const struct smtp_link *l)
{
	return l->offers;
}

bool smtp_link_buffers(const struct smtp_link *l)
{
	return l->tls;
}

/* Waiting and moving bytes ------------------------------------------------------- */

/* The sockets libcurl waits for: two when it tries IPv6 and IPv4, or the resolver's. */
static size_t opening_fds(struct smtp_link *l, struct pollfd fds[SMTP_LINK_FDS])
{
	fd_set in, out, error;
	size_t n = 0;
	int last = -1;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&error);
	if (l->curl.multi_fdset(l->multi, &in, &out, &error, &last) != CURLM_OK) {
		return 0;
	}
	for (int fd = 0; fd <= last && n < SMTP_LINK_FDS; fd++) {
		int events = (FD_ISSET(fd, &in) ? POLLIN : 0) | (FD_ISSET(fd, &out) ? POLLOUT : 0);

		if (events) {
			fds[n++] = (struct pollfd){ .fd = fd, .events = (short)events };
		}
	}
	return n;
}

static void lower(int *timeout, long ms)
{
	if (ms >= 0 && (*timeout < 0 || ms < *timeout)) {
		*timeout = (int)ms;
	}
}

size_t smtp_link_poll(struct smtp_link *l, short events, struct pollfd fds[SMTP_LINK_FDS],
                      int *timeout)
{
	size_t n;
	long ms = -1;

	if (l->state == SMTP_LINK_CLOSED) {
		return 0;
	}
	if (l->state == SMTP_LINK_OPEN) {
		fds[0] = (struct pollfd){ .fd = l->socket, .events = events };
		return 1;
	}
	n = opening_fds(l, fds);
	l->curl.multi_timeout(l->multi, &ms);
	lower(timeout, ms);
	/* A resolver in a thread may have no socket, and one of 1024 or more is in no fd_set. */
	if (n == 0) {
		lower(timeout, BLIND_MS);
	}
	return n;
}

ssize_t smtp_link_send(struct smtp_link *l, struct span bytes)
{
	size_t n = 0;
	CURLcode code = l->curl.easy_send(l->easy, bytes.p, bytes.n, &n);

	if (code == CURLE_AGAIN) {
		return 0;
	}
	return code == CURLE_OK ? (ssize_t)n : -1;
}

ssize_t smtp_link_receive(struct smtp_link *l, char *to, size_t size)
{
	size_t n = 0;
	CURLcode code = l->curl.easy_recv(l->easy, to, size, &n);

	if (code == CURLE_AGAIN) {
		return 0;
	}
	return code == CURLE_OK && n > 0 ? (ssize_t)n : -1;
}

void smtp_link_close(struct smtp_link *l, bool polite)
{
	if (l->state == SMTP_LINK_CLOSED) {
		return;
	}
	if (polite && l->state == SMTP_LINK_OPEN) {
		smtp_link_send(l, SPAN("QUIT\r\n"));
	}
	/* Taking a CONNECT_ONLY handle out closes its connection, without a QUIT that would wait.
	 */
	l->curl.multi_remove_handle(l->multi, l->easy);
	l->socket = CURL_SOCKET_BAD;
	l->state = SMTP_LINK_CLOSED;
}
