/*
 * spoolbench CONFIG FILE N: the durable part of `ladle receive` alone, N times with
 * FILE as the message: no process is started. Prints "p50=MICROSECONDS
 * p99=MICROSECONDS". The spooled files are removed.
 */
#include "flow/spool.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	long n = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	struct context *c = n > 0 ? context_open(argv[1], 0, "bench", &e) : NULL;
	if (!c) {
		fprintf(stderr, "usage: spoolbench CONFIG FILE N: %s\n", e.text);
		return 64;
	}
	int64_t *took = mem_alloc((size_t)n * sizeof(*took));
	struct spool_envelope envelope = { .mail_from = "a@one.example",
		                           .recipient = "dev@lists.example" };
	for (long i = 0; i < n; i++) {
		char name[SPOOL_NAME];
		int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		int64_t start = c->env.now_us(&c->env);
		if (!spool_receive(c, fd, &envelope, name, &e)) {
			fprintf(stderr, "spoolbench: %s\n", e.text);
			return 70;
		}
		took[i] = c->env.now_us(&c->env) - start;
		close(fd);
		unlink(arena_printf(c->arena, "%s/%s", c->paths.spool_new, name).p);
	}
	qsort(took, (size_t)n, sizeof(*took), by_value);
	printf("p50=%lld p99=%lld\n", (long long)took[n / 2], (long long)took[n * 99 / 100]);
	mem_free(took);
	context_close(c);
	return 0;
}
