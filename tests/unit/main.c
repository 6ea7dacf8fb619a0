/*
 * Runs the unit tests: every suite in suites.def, which make writes from the
 * names of the files, or only those named as arguments ("mail/addr", or "mail"
 * for all of that folder).
 *
 * Each suite has a runner of its own, so that one line can say how it went.
 * The last line counts single tests: "unit: N passed, M failed".
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(folder, file) Suite *file##_suite(void);
#include "suites.def"
#undef SUITE

struct entry {
	const char *folder;
	const char *file;
	Suite *(*make)(void);
};

#define SUITE(folder, file) { #folder, #file, file##_suite },
static const struct entry entries[] = {
#include "suites.def"
	{ NULL, NULL, NULL }
};
#undef SUITE

struct tally {
	int passed;
	int failed;
};

/* Does the argument name this suite: its folder, its file, or both? */
static bool names(const char *argument, const struct entry *entry)
{
	size_t folder = strlen(entry->folder);

	if (strcmp(argument, entry->folder) == 0 || strcmp(argument, entry->file) == 0) {
		return true;
	}
	return strncmp(argument, entry->folder, folder) == 0 && argument[folder] == '/' &&
	       strcmp(argument + folder + 1, entry->file) == 0;
}

static bool wanted(const struct entry *entry, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (names(argv[i], entry)) {
			return true;
		}
	}
	return argc < 2;
}

static void run(const struct entry *entry, struct tally *tally)
{
	SRunner *runner = srunner_create(entry->make());
	int failed, passed;

	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	passed = srunner_ntests_run(runner) - failed;
	if (failed != 0) {
		srunner_print(runner, CK_NORMAL);
	}
	/* A suite that tests nothing is a mistake in the suite. */
	if (failed == 0 && passed == 0) {
		failed = 1;
	}
	printf("%s %s/%s (%d of %d)\n", failed ? "not ok" : "ok", entry->folder, entry->file,
	       passed, passed + failed);
	srunner_free(runner);
	tally->passed += passed;
	tally->failed += failed;
}

int main(int argc, char **argv)
{
	struct tally tally = { 0, 0 };

	/* The default of 4 s is short for a busy machine with sanitizers. */
	setenv("CK_DEFAULT_TIMEOUT", "60", 0);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (const struct entry *entry = entries; entry->file; entry++) {
		if (wanted(entry, argc, argv)) {
			run(entry, &tally);
		}
	}
	printf("unit: %d passed, %d failed\n", tally.passed, tally.failed);
	return tally.failed != 0 || (argc > 1 && tally.passed == 0);
}
