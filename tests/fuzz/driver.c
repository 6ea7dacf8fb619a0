/*
 * Replays inputs through a fuzz target without a fuzzer: every file named, and
 * every file in a folder named. Each input is run whole and cut short at a few
 * places, from a copy of exactly its size, so that a sanitizer sees any read
 * behind it. The empty input always comes first.
 */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CUTS = 16 };

static void fail(const char *path)
{
	fprintf(stderr, "driver: '%s': %s\n", path, strerror(errno));
	exit(1);
}

static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy) {
		fail("memory");
	}
	if (size) {
		memcpy(copy, data, size);
	}
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_file(const char *path, size_t size)
{
	uint8_t *data = malloc(size + 1);
	FILE *file = fopen(path, "rb");

	if (!data || !file) {
		fail(path);
	}
	size = fread(data, 1, size, file);
	if (ferror(file)) {
		fail(path);
	}
	fclose(file);

	/* Said before, since the target may not come back. */
	printf("%s\n", path);
	fflush(stdout);
	run(data, size);
	for (size_t i = 1; i < CUTS; i++) {
		run(data, size / CUTS * i);
	}
	free(data);
}

static int run_path(const char *path)
{
	struct stat status;
	struct dirent *entry;
	int inputs = 0;
	DIR *folder;

	if (stat(path, &status) != 0) {
		fail(path);
	}
	if (!S_ISDIR(status.st_mode)) {
		run_file(path, (size_t)status.st_size);
		return 1;
	}
	folder = opendir(path);
	if (!folder) {
		fail(path);
	}
	while ((entry = readdir(folder))) {
		char name[4096];

		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		inputs += run_path(name);
	}
	closedir(folder);
	return inputs;
}

int main(int argc, char **argv)
{
	int inputs = 0;

	run((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		inputs += run_path(argv[i]);
	}
	printf("%d inputs\n", inputs);
	return 0;
}
