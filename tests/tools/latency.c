/*
 * latency N COPIES FOLDER MESSAGE RECEIVE RUN: what a site that is up needs for a post.
 *
 * Starts the shell command RUN, pipes N + 1 posts to the shell command RECEIVE, each
 * MESSAGE behind a Message-ID of its own, and waits after each until COPIES more
 * files *.env are in FOLDER. The first warms up and does not count. Prints
 *
 *     wall=SECONDS cpu=SECONDS
 *
 * from the start of RECEIVE to the last copy: the median of the posts, and the mean of
 * the time that RECEIVE and all processes of RUN's session used.
 */
#include "tool.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { POSTS_MAX = 1000, GIVE_UP = 60 };

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds on a processor of one process so far. */
static double process_cpu(const char *pid)
{
	char path[300];
	unsigned long long ns = 0;
	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	FILE *f = fopen(path, "r");
	if (f) {
		if (fscanf(f, "%llu", &ns) != 1) {
			ns = 0;
		}
		fclose(f);
	}
	return (double)ns / 1e9;
}

static double session_cpu(pid_t session)
{
	double sum = 0;
	DIR *proc = opendir("/proc");
	for (struct dirent *d; proc && (d = readdir(proc));) {
		if (isdigit((unsigned char)d->d_name[0]) &&
		    getsid((pid_t)atol(d->d_name)) == session) {
			sum += process_cpu(d->d_name);
		}
	}
	if (proc) {
		closedir(proc);
	}
	return sum;
}

static pid_t shell(const char *command, int input)
{
	pid_t pid = fork();
	if (pid == 0) {
		if (input >= 0) {
			dup2(input, STDIN_FILENO);
		} else {
			setsid();
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			dup2(STDERR_FILENO, STDOUT_FILENO); /* ours ends with us */
		}
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* RECEIVE with the message as its input. Returns the seconds of processor time it took. */
static double post(const char *receive, const char *message, unsigned number)
{
	FILE *in = tmpfile(), *from = fopen(message, "r");
	struct rusage before, after;
	int status = 0;
	if (!in || !from) {
		die(TOOL_FAILED, "cannot read %s", message);
	}
	fprintf(in, "Message-ID: <latency-%u-%ld@one.example>\r\n", number, (long)getpid());
	for (int c; (c = getc(from)) != EOF;) {
		putc(c, in);
	}
	fclose(from);
	fflush(in);
	rewind(in);
	getrusage(RUSAGE_CHILDREN, &before);
	waitpid(shell(receive, fileno(in)), &status, 0);
	getrusage(RUSAGE_CHILDREN, &after);
	fclose(in);
	if (status != 0) {
		die(TOOL_FAILED, "receive ended with status %d", status);
	}
	return (double)(after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec -
	                before.ru_stime.tv_sec) +
	       (double)(after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec -
	                before.ru_stime.tv_usec) /
		       1e6;
}

/* Until COUNT files *.env more have come. */
static void await(int watch, unsigned count)
{
	alarm(GIVE_UP);
	while (count > 0) {
		char bytes[1 << 14] __attribute__((aligned(__alignof__(struct inotify_event))));
		ssize_t n = read(watch, bytes, sizeof(bytes));
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(bytes + at);
			size_t length = strlen(e->name);
			if (count > 0 && length > 4 && !strcmp(e->name + length - 4, ".env")) {
				count--;
			}
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	}
	alarm(0);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double wall[POSTS_MAX];
	if (argc != 7) {
		fprintf(stderr, "usage: latency N COPIES FOLDER MESSAGE RECEIVE RUN\n");
		return TOOL_MISUSE;
	}
	unsigned posts = (unsigned)atoi(argv[1]), copies = (unsigned)atoi(argv[2]);
	if (posts == 0 || posts > POSTS_MAX || copies == 0) {
		die(TOOL_MISUSE, "1 to %d posts", POSTS_MAX);
	}
	int watch = inotify_init1(IN_CLOEXEC);
	if (watch < 0 || inotify_add_watch(watch, argv[3], IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
		die(TOOL_FAILED, "cannot watch %s", argv[3]);
	}
	pid_t run = shell(argv[6], -1);
	double cpu = post(argv[5], argv[4], 0);
	await(watch, copies);
	double before = session_cpu(run);
	cpu = 0;
	for (unsigned i = 0; i < posts; i++) {
		double start = seconds();
		cpu += post(argv[5], argv[4], i + 1);
		await(watch, copies);
		wall[i] = seconds() - start;
	}
	cpu += session_cpu(run) - before;
	kill(-run, SIGTERM);
	waitpid(run, NULL, 0);
	qsort(wall, posts, sizeof(*wall), ascending);
	printf("wall=%.6f cpu=%.6f\n", wall[posts / 2], cpu / posts);
	return 0;
}
