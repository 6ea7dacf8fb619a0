/*
 * push - the least that libcurl needs to send messages: what `make bench` compares Ladle with.
 *
 *	push -p PORT [-n N] [-c K] [-f FROM] [-V] FILE|DIR
 *
 * Sends N copies of a file, or of the files of a folder in turn, to smtp://127.0.0.1:PORT over K
 * connections, one recipient a copy. Prints "copies=N wall=S cpu=S", seconds from the first copy to
 * the last reply, user and system time of this process. Reading the files is not counted.
 *
 * A slot is an easy handle with one copy on its way. As many slots as connections, all in one multi
 * handle, so every connection is used again. After a copy the next is handed over and performed at
 * once; poll is only called while something is on its way, or the end would cost its time limit.
 */
#include "tool.h"

#include <curl/curl.h>
#include <dirent.h>
#include <getopt.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { REPLY_PATIENCE = 600, MAX_CONNECTIONS = 1000 }; /* s */

struct message {
	const char *bytes;
	size_t len;
	char *own; /* `bytes`, if they are in memory of their own */
};

struct slot {
	CURL *easy;
	const struct message *message;
	size_t sent;
	char address[64];
	struct curl_slist recipient; /* libcurl does not copy it */
};

struct push {
	const char *from; /* sender of all copies, or with `verp` its beginning */
	bool verp;        /* each copy has a sender of its own */
	unsigned port;
	size_t copies;
	size_t connections;
	struct message *messages;
	size_t count;
	size_t begun;
	size_t failed;
	CURLM *multi;
	struct slot *slots;
};

/* Lone LF becomes CR LF, in new memory; libcurl would send it as it is. */
static struct message with_crlf(struct message m)
{
	struct text t = { 0 };

	text_reserve(&t, m.len + m.len / 16 + 2);
	for (size_t i = 0; i < m.len; i++) {
		if (m.bytes[i] == '\n' && (!i || m.bytes[i - 1] != '\r')) {
			text_append(&t, "\r", 1);
		}
		text_append(&t, m.bytes + i, 1);
	}
	return (struct message){ t.data, t.len, t.data };
}

static bool has_bare_lf(const struct message *m)
{
	const char *end = m->bytes + m->len, *at = m->bytes;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		if (at == m->bytes || at[-1] != '\r') {
			return true;
		}
		at++;
	}
	return false;
}

/* Adds the file to the messages; it stays mapped till the end. */
static void add_file(struct push *p, const char *path)
{
	struct message m = { .bytes = "" };
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		die(TOOL_FAILED, "cannot read \"%s\": %s", path, strerror(errno));
	}
	if (st.st_size > 0) {
		m.len = (size_t)st.st_size;
		m.bytes = mmap(NULL, m.len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (m.bytes == MAP_FAILED) {
			die(TOOL_FAILED, "cannot map \"%s\": %s", path, strerror(errno));
		}
	}
	close(fd);
	if (has_bare_lf(&m)) {
		m = with_crlf(m);
	}
	p->messages = realloc(p->messages, (p->count + 1) * sizeof(*p->messages));
	if (!p->messages) {
		die(TOOL_FAILED, "out of memory");
	}
	p->messages[p->count++] = m;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void add_path(struct push *p, const char *path)
{
	struct dirent **entries;
	struct stat st;
	int n;

	if (stat(path, &st) < 0) {
		die(TOOL_FAILED, "cannot read \"%s\": %s", path, strerror(errno));
	}
	if (!S_ISDIR(st.st_mode)) {
		add_file(p, path);
		return;
	}
	n = scandir(path, &entries, is_visible, alphasort);
	if (n <= 0) {
		die(TOOL_FAILED, "no files in \"%s\"", path);
	}
	for (int i = 0; i < n; i++) {
		struct text file = { 0 };

		text_printf(&file, "%s/%s", path, entries[i]->d_name);
		add_file(p, file.data);
		text_free(&file);
		free(entries[i]);
	}
	free(entries);
}

static size_t give_bytes(char *to, size_t size, size_t times, void *user)
{
	struct slot *slot = user;
	size_t left = slot->message->len - slot->sent;
	size_t len = size * times < left ? size * times : left;

	memcpy(to, slot->message->bytes + slot->sent, len);
	slot->sent += len;
	return len;
}

static void open_slot(const struct push *p, struct slot *slot)
{
	char url[64];

	slot->easy = curl_easy_init();
	if (!slot->easy) {
		die(TOOL_FAILED, "libcurl does not start");
	}
	slot->recipient.data = slot->address;
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%u/push.test", p->port);
	curl_easy_setopt(slot->easy, CURLOPT_URL, url);
	curl_easy_setopt(slot->easy, CURLOPT_MAIL_FROM, p->from);
	curl_easy_setopt(slot->easy, CURLOPT_MAIL_RCPT, &slot->recipient);
	curl_easy_setopt(slot->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(slot->easy, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(slot->easy, CURLOPT_READDATA, slot);
	curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
	curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(slot->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)REPLY_PATIENCE);
}

/* Hands the next copy over, if there is one. */
static void begin_copy(struct push *p, struct slot *slot)
{
	size_t i = p->begun;

	if (i == p->copies) {
		return;
	}
	p->begun++;
	slot->message = &p->messages[i % p->count];
	slot->sent = 0;
	snprintf(slot->address, sizeof(slot->address), "member%06zu@example.net", i);
	if (p->verp) {
		struct text sender = { 0 };

		text_printf(&sender, "%s+member%06zu=example.net@lists.example.org", p->from, i);
		curl_easy_setopt(slot->easy, CURLOPT_MAIL_FROM, sender.data);
		text_free(&sender);
	}
	curl_easy_setopt(slot->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)slot->message->len);
	if (curl_multi_add_handle(p->multi, slot->easy) != CURLM_OK) {
		die(TOOL_FAILED, "libcurl takes no transfer");
	}
}

/* Ends the copies that are done and begins the next; returns how many were done. */
static size_t turn_over(struct push *p)
{
	size_t done = 0;
	CURLMsg *info;
	int left;

	while ((info = curl_multi_info_read(p->multi, &left))) {
		CURL *easy = info->easy_handle;
		CURLcode result = info->data.result;
		char *slot;
		long code = 0;

		if (info->msg != CURLMSG_DONE) {
			continue;
		}
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &slot);
		if (result != CURLE_OK) {
			p->failed++;
			fprintf(stderr, "push: copy failed: %s, reply %ld\n",
			        curl_easy_strerror(result), code);
		}
		curl_multi_remove_handle(p->multi, easy);
		begin_copy(p, (struct slot *)(void *)slot);
		done++;
	}
	return done;
}

static void send_copies(struct push *p)
{
	size_t done = 0;

	for (size_t i = 0; i < p->connections; i++) {
		begin_copy(p, &p->slots[i]);
	}
	while (done < p->copies) {
		size_t now;
		int running;

		if (curl_multi_perform(p->multi, &running) != CURLM_OK) {
			die(TOOL_FAILED, "libcurl gives up");
		}
		now = turn_over(p);
		done += now;
		if (!now && running) {
			curl_multi_poll(p->multi, NULL, 0, 1000, NULL);
		}
	}
}

static double cpu_seconds(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void open_push(struct push *p)
{
	long connections = (long)p->connections;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		die(TOOL_FAILED, "libcurl does not start");
	}
	p->multi = curl_multi_init();
	if (!p->multi) {
		die(TOOL_FAILED, "libcurl does not start");
	}
	curl_multi_setopt(p->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
	curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, connections);
	p->slots = new_bytes(p->connections * sizeof(*p->slots));
	for (size_t i = 0; i < p->connections; i++) {
		open_slot(p, &p->slots[i]);
	}
}

static void close_push(struct push *p)
{
	for (size_t i = 0; i < p->connections; i++) {
		curl_easy_cleanup(p->slots[i].easy);
	}
	curl_multi_cleanup(p->multi);
	curl_global_cleanup();
	for (size_t i = 0; i < p->count; i++) {
		free(p->messages[i].own);
	}
	free(p->slots);
	free(p->messages);
}

static void usage(void)
{
	fputs("usage: push -p PORT [-n N] [-c K] [-f FROM] [-V] FILE|DIR\n", stderr);
	exit(TOOL_MISUSE);
}

static void take_options(struct push *p, int argc, char **argv)
{
	int code;

	while ((code = getopt(argc, argv, "p:n:c:f:V")) != -1) {
		if (code == 'p') {
			p->port = (unsigned)option_number("-p", optarg, 65535);
		} else if (code == 'n') {
			p->copies = option_number("-n", optarg, INT_MAX);
		} else if (code == 'c') {
			p->connections = option_number("-c", optarg, MAX_CONNECTIONS);
		} else if (code == 'f') {
			p->from = optarg;
		} else if (code == 'V') {
			p->verp = true;
		} else {
			usage();
		}
	}
	if (!p->port || !p->connections || argc - optind != 1) {
		usage();
	}
	if (!p->from) {
		p->from = p->verp ? "list-bounces" : "list-bounces@lists.example.org";
	}
}

int main(int argc, char **argv)
{
	struct push p = { .connections = 4 };
	int64_t wall;
	double cpu;

	take_options(&p, argc, argv);
	add_path(&p, argv[optind]);
	if (!p.copies) {
		p.copies = p.count;
	}
	open_push(&p);
	cpu = cpu_seconds();
	wall = now_ns();
	send_copies(&p);
	wall = now_ns() - wall;
	cpu = cpu_seconds() - cpu;
	printf("copies=%zu wall=%.4f cpu=%.4f\n", p.copies - p.failed, (double)wall / 1e9, cpu);
	close_push(&p);
	return p.failed ? TOOL_FAILED : 0;
}
