/*
 * syncbench - what this disk and this kernel take for the parts of a durable accept.
 *
 *	syncbench [-n N] [-s BYTES] [DIR] [--command 'CMD ARG...'] [--stdin FILE] [--baseline-fork]
 *
 * Each that is asked for is done N times, in turn, so that all meet the same load:
 *
 *	append	8 kB appended to a file in DIR, then fdatasync
 *	command	CMD run with FILE as standard input, till it has ended
 *	fork	/bin/true run in the same way
 *
 * and is one line of output, "NAME n=N p50=US p99=US", in microseconds of wall time. Nothing is
 * subtracted from anything.
 */
#include "tool.h"

#include <getopt.h>
#include <limits.h>
#include <spawn.h>
#include <sys/wait.h>

enum { DEFAULT_ROUNDS = 1000, DEFAULT_SIZE = 8192, MAX_ROUNDS = 10000000 };

struct bench {
	size_t rounds;
	size_t size;        /* of an append, in bytes */
	const char *folder; /* NULL: no appends */
	char **command;     /* NULL: no command */
	const char *input;
	bool baseline;
	int file;
	struct text path; /* of it */
	char *block;
	size_t failed; /* runs that did not exit 0 */
};

typedef void operation(struct bench *b);

static void append_once(struct bench *b)
{
	if (!write_all(b->file, b->block, b->size) || fdatasync(b->file) < 0) {
		die(TOOL_FAILED, "cannot append: %s", strerror(errno));
	}
}

static void run_once(struct bench *b, char *const argv[])
{
	posix_spawn_file_actions_t actions;
	int status = 0, failure;
	pid_t child;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, b->input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	failure = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	if (failure) {
		die(TOOL_FAILED, "cannot run \"%s\": %s", argv[0], strerror(failure));
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
		;
	}
	posix_spawn_file_actions_destroy(&actions);
	b->failed += status != 0;
}

static void command_once(struct bench *b)
{
	run_once(b, b->command);
}

static void fork_once(struct bench *b)
{
	char path[] = "/bin/true";
	char *argv[] = { path, NULL };

	run_once(b, argv);
}

static const struct measure {
	const char *name;
	operation *once;
} measures[] = {
	{ "append", append_once },
	{ "command", command_once },
	{ "fork", fork_once },
};

enum { MEASURES = sizeof(measures) / sizeof(measures[0]) };

static int compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The smallest sample that `percent` of all do not exceed, in microseconds. */
static double percentile(const int64_t *sorted, size_t count, size_t percent)
{
	size_t rank = (count * percent + 99) / 100;

	return (double)sorted[rank - 1] / 1000;
}

static void measure_all(struct bench *b, int64_t *samples[MEASURES])
{
	for (size_t round = 0; round < b->rounds; round++) {
		for (size_t i = 0; i < MEASURES; i++) {
			int64_t begin = now_ns();

			if (!samples[i]) {
				continue;
			}
			measures[i].once(b);
			samples[i][round] = now_ns() - begin;
		}
	}
}

static void report(const struct bench *b, int64_t *samples[MEASURES])
{
	for (size_t i = 0; i < MEASURES; i++) {
		if (!samples[i]) {
			continue;
		}
		qsort(samples[i], b->rounds, sizeof(*samples[i]), compare);
		printf("%s n=%zu p50=%.1f p99=%.1f\n", measures[i].name, b->rounds,
		       percentile(samples[i], b->rounds, 50),
		       percentile(samples[i], b->rounds, 99));
		free(samples[i]);
	}
}

/* The file keeps its name till the end: a file system may sync less of one that has none. */
static void open_file(struct bench *b)
{
	text_printf(&b->path, "%s/syncbench.%ld", b->folder, (long)getpid());
	b->file = open(b->path.data, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (b->file < 0) {
		die(TOOL_FAILED, "cannot make \"%s\": %s", b->path.data, strerror(errno));
	}
	b->block = new_bytes(b->size);
	memset(b->block, 'x', b->size);
}

/* The words of a command, split at blanks; there is no quoting. */
static char **split_words(char *command)
{
	char **words = new_bytes((strlen(command) / 2 + 2) * sizeof(*words));
	size_t count = 0;

	for (command += strspn(command, " "); *command; command += strspn(command, " ")) {
		words[count++] = command;
		command += strcspn(command, " ");
		if (*command) {
			*command++ = '\0';
		}
	}
	if (!count) {
		die(TOOL_MISUSE, "--command: no command");
	}
	return words;
}

static void usage(void)
{
	fputs("usage: syncbench [-n N] [-s BYTES] [DIR] [--command 'CMD ARG...'] [--stdin FILE]\n"
	      "                 [--baseline-fork]\n",
	      stderr);
	exit(TOOL_MISUSE);
}

static void take_options(struct bench *b, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "command", required_argument, NULL, 'c' },
		{ "stdin", required_argument, NULL, 'i' },
		{ "baseline-fork", no_argument, NULL, 'b' },
		{ NULL, 0, NULL, 0 },
	};
	int code;

	while ((code = getopt_long(argc, argv, "n:s:", long_options, NULL)) != -1) {
		if (code == 'n') {
			b->rounds = option_number("-n", optarg, MAX_ROUNDS);
		} else if (code == 's') {
			b->size = option_number("-s", optarg, INT_MAX);
		} else if (code == 'c') {
			b->command = split_words(optarg);
		} else if (code == 'i') {
			b->input = optarg;
		} else if (code == 'b') {
			b->baseline = true;
		} else {
			usage();
		}
	}
	if (optind < argc) {
		b->folder = argv[optind++];
	}
	if (optind != argc || !b->rounds || !b->size || !(b->folder || b->command || b->baseline)) {
		usage();
	}
}

int main(int argc, char **argv)
{
	struct bench b = { .rounds = DEFAULT_ROUNDS, .size = DEFAULT_SIZE, .input = "/dev/null" };
	int64_t *samples[MEASURES] = { 0 };
	bool wanted[MEASURES];

	take_options(&b, argc, argv);
	wanted[0] = b.folder != NULL;
	wanted[1] = b.command != NULL;
	wanted[2] = b.baseline;
	for (size_t i = 0; i < MEASURES; i++) {
		samples[i] = wanted[i] ? new_bytes(b.rounds * sizeof(*samples[i])) : NULL;
	}
	if (b.folder) {
		open_file(&b);
	}
	measure_all(&b, samples);
	report(&b, samples);
	if (b.folder) {
		unlink(b.path.data);
	}
	text_free(&b.path);
	free(b.command);
	free(b.block);
	if (b.failed) {
		die(TOOL_FAILED, "%zu runs did not exit 0", b.failed);
	}
	return 0;
}
