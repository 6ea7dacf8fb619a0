/* Reading the command line and running the command it names. */
#include "cli/cli.h"

#include "base/file.h"
#include "base/near.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#ifdef LADLE_DEBUG
static const char debug_build[] = " (debug)";
#else
static const char debug_build[] = "";
#endif

/* The longest command whose words are the next ones in ARGV; *WORDS how many they are. */
static const struct command *find(char **argv, int argc, int *words)
{
	for (size_t i = 0; cli_commands[i]; i++) {
		struct span rest = span_str(cli_commands[i]->name);
		int n = 0;
		bool same = true;
		while (same && rest.p) {
			struct span word = span_cut(&rest, ' ');
			same = n < argc && span_is(word, argv[n]);
			n++;
		}
		if (same) {
			*words = n;
			return cli_commands[i];
		}
	}
	return NULL;
}

static const struct opt *find_opt(const struct command *command, struct span name)
{
	for (const struct opt *o = command->opts; o && o->name; o++) {
		if (span_is(name, o->name)) {
			return o;
		}
	}
	return NULL;
}

/* One option at ARGV[*I], its value behind '=' or in the next word. */
static bool take_option(struct call *call, int argc, char **argv, int *i)
{
	struct span text = span_str(argv[*i]);
	size_t equals = span_starts(text, SPAN("--")) ? span_chr(text, '=') : SPAN_NONE;
	const struct opt *o =
		find_opt(call->command, span_sub(text, 0, equals == SPAN_NONE ? text.n : equals));
	const char *value = "";
	if (!o) {
		bool site = strcmp(argv[*i], "-C") == 0;
		return call_usage(call, "unknown option \"%s\"%s", argv[*i],
		                  site ? ", which stands before the command" : "");
	}
	if (!o->value && equals != SPAN_NONE) {
		return call_usage(call, "option \"%s\" takes no value", o->name);
	}
	if (o->value && equals != SPAN_NONE) {
		value = argv[*i] + equals + 1;
	} else if (o->value) {
		if (*i + 1 >= argc) {
			return call_usage(call, "option \"%s\" wants a value: %s", o->name,
			                  o->value);
		}
		value = argv[++*i];
	}
	call->values[call->nvalues * 2] = o->name;
	call->values[call->nvalues * 2 + 1] = value;
	call->nvalues++;
	call->json = call->json || strcmp(o->name, "--json") == 0;
	return true;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* *HELP: --help was among the words. */
static bool read_words(struct call *call, int argc, char **argv, bool *help)
{
	bool options = true;
	call->args = arena_array(call->arena, (size_t)argc + 1, sizeof(*call->args));
	call->values = arena_array(call->arena, (size_t)argc * 2 + 2, sizeof(*call->values));
	for (int i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && is_help(argv[i]) &&
		           (!call->command->for_mta || isatty(STDIN_FILENO))) {
			*help = true;
			return true;
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (!take_option(call, argc, argv, &i)) {
				return false;
			}
		} else {
			call->args[call->count++] = argv[i];
		}
	}
	const struct command *c = call->command;
	if (call->count < c->min || (c->max >= 0 && call->count > c->max)) {
		return call_usage(call, "%s arguments: ladle %s%s%s",
		                  call->count < c->min ? "missing" : "too many", c->name,
		                  c->arguments[0] ? " " : "", c->arguments);
	}
	return true;
}

bool call_usage(struct call *call, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	call->usage = true;
	return err_set(&call->err, ERR_MISUSE, "", "%s", text);
}

void call_flush(struct call *call)
{
	struct arena *arena = arena_new();
	struct span text = buf_span(&call->out);
	if (!call->json && !call->raw) {
		text = call_clean(arena, text);
	}
	if (text.n > 0) {
		fwrite(text.p, 1, text.n, stdout);
	}
	arena_free(arena);
	buf_clear(&call->out);
}

static void complain(struct call *call)
{
	struct span text = call_clean(call->arena, span_str(call->err.text));
	fprintf(stderr, "ladle %s: %.*s\n", call->command->name, SPAN_FMT(text));
	if (call->usage) {
		fprintf(stderr, "(ladle %s --help shows how it is used)\n", call->command->name);
	}
}

static int finish(struct call *call, bool ok)
{
	int code = ok ? call->exit : call->no_input ? EX_NOINPUT : err_exit(call->err.class);
	call_flush(call);
	if (call->command->for_mta) {
		code = ok ? code : EX_TEMPFAIL;
		if (!ok && isatty(STDERR_FILENO)) { /* tried by hand: no MTA has a terminal */
			complain(call);
		}
	} else if (!ok) {
		complain(call);
	} else if (fflush(stdout) != 0 && code == 0) {
		fprintf(stderr, "ladle: cannot write to standard output\n");
		code = EX_IOERR;
	}
	context_close(call->context);
	buf_free(&call->out);
	arena_free(call->arena);
	return code;
}

static int run(const struct command *command, const char *config, int argc, char **argv)
{
	struct call call = { .arena = arena_new(), .command = command, .config = config };
	bool help = false;
	bool ok = read_words(&call, argc, argv, &help);
	if (ok && help) {
		help_command(&call.out, command);
	} else if (ok) {
		ok = command->run(&call);
	}
	return finish(&call, ok);
}

static int overview(FILE *to, int code)
{
	struct buf text = BUF_INIT;
	help_overview(&text);
	fwrite(text.p, 1, text.n, to);
	buf_free(&text);
	return code;
}

/* The command nearest to WORD NEXT, or whose first word is near to WORD. */
static struct span command_hint(struct arena *arena, const char *word, const char *next)
{
	struct near whole =
		near_to(next ? arena_printf(arena, "%s %s", word, next) : span_str(word));
	struct near first = near_to(span_str(word));
	for (size_t i = 0; cli_commands[i]; i++) {
		struct span name = span_str(cli_commands[i]->name);
		near_try(&whole, name);
		near_try(&first, span_cut(&name, ' '));
	}
	return near_hint(arena, whole.best.n > 0 || first.changes == 0 ? &whole : &first);
}

/* All commands that begin with WORD, as they are called; empty when there are none. */
static void usages(struct buf *out, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; cli_commands[i]; i++) {
		const char *name = cli_commands[i]->name;
		if (strncmp(name, word, n) == 0 && name[n] == ' ') {
			buf_printf(out, "%sladle %s%s%s\n",
			           out->n > 0 ? "       " : "usage: ", name,
			           cli_commands[i]->arguments[0] ? " " : "",
			           cli_commands[i]->arguments);
		}
	}
}

/* A word that is the first of several commands ("list"): show those. */
static int unknown(const char *word, const char *next)
{
	struct arena *arena = arena_new();
	struct span hint = command_hint(arena, word, next);
	struct buf known = BUF_INIT;
	usages(&known, word);
	if (known.n == 0) {
		fprintf(stderr, "ladle: unknown command \"%s\"%.*s (ladle help lists them)\n", word,
		        SPAN_FMT(hint));
	} else if (next) {
		fprintf(stderr, "ladle: unknown command \"%s %s\"%.*s\n", word, next,
		        SPAN_FMT(hint));
	}
	fprintf(stderr, "%.*s", SPAN_FMT(buf_span(&known)));
	buf_free(&known);
	arena_free(arena);
	return EX_USAGE;
}

/* `receive` among the words: an MTA calls, and every mistake is "later", without a word. */
static int misused(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "receive") == 0 && !isatty(STDERR_FILENO)) {
			return EX_TEMPFAIL;
		}
	}
	return 0;
}

static int bad_option(int argc, char **argv, const char *option)
{
	int later = misused(argc, argv);
	if (later) {
		return later;
	}
	if (strcmp(option, "-C") == 0) {
		fprintf(stderr, "ladle: -C wants a file: ladle -C FILE COMMAND\n");
	} else {
		fprintf(stderr,
		        "ladle: unknown option \"%s\" (before the command stands only -C FILE)\n",
		        option);
	}
	return EX_USAGE;
}

int cli_main(int argc, char **argv)
{
	const char *config = NULL;
	int i = 1;
	while (i < argc && argv[i][0] == '-') {
		if (strcmp(argv[i], "-C") == 0 && i + 1 < argc) {
			config = argv[i + 1];
			i += 2;
		} else if (is_help(argv[i])) {
			return overview(stdout, 0);
		} else if (strcmp(argv[i], "--version") == 0) {
			printf("ladle %s%s\n", LADLE_VERSION, debug_build);
			return 0;
		} else {
			return bad_option(argc, argv, argv[i]);
		}
	}
	if (i >= argc) {
		return overview(stderr, EX_USAGE);
	}
	int words = 0;
	const struct command *command = find(argv + i, argc - i, &words);
	if (!command) {
		return unknown(argv[i], i + 1 < argc ? argv[i + 1] : NULL);
	}
	return run(command, config, argc - i - words, argv + i + words);
}
