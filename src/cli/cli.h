#ifndef LADLE_CLI_CLI_H
#define LADLE_CLI_CLI_H

/*
 * The command line: one table of commands, one reader of options, one way to
 * print. A command is a function over a `struct call`; help, usage errors,
 * `help --names` and the manual page check all come from the table.
 *
 *     ladle [-C FILE] COMMAND [SUBCOMMAND] [OPTIONS] [ARGUMENTS]
 *
 * Every command knows --help; those that print data know --json. "--" ends the
 * options; options and arguments may be mixed.
 */

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "flow/context.h"

/* One option of a command. */
struct opt {
	const char *name;  /* "--mf" or "-f"; NULL ends the table */
	const char *value; /* what its value is called in help; NULL: a flag */
	const char *help;
};

#define OPT_JSON                                                                                   \
	{                                                                                          \
		"--json", NULL, "print JSON"                                                       \
	}

struct call;

struct command {
	const char *name;       /* "list create", as typed */
	const char *arguments;  /* "LIST [KEY=VALUE…]", for help */
	const char *summary;    /* one line */
	int min, max;           /* number of arguments; max -1: any */
	const struct opt *opts; /* NULL: none but --help */
	/* Does the work: prints to call->out. False with call->err for an error. */
	bool (*run)(struct call *call);
	/* An MTA runs it: whatever goes wrong is exit 75, and nothing is printed. */
	bool for_mta;
};

extern const struct command *const cli_commands[]; /* ends with NULL */

/* One run of a command. */
struct call {
	struct arena *arena;
	const struct command *command;
	const char *config; /* -C, or NULL */
	const char **args;  /* arguments, options taken out */
	int count;
	const char **values; /* pairs: option name, value ("" for a flag) */
	size_t nvalues;
	bool json;
	bool raw;                /* out is a message: not to be cleaned for a terminal */
	struct buf out;          /* standard output; written by call_flush and at the end */
	struct context *context; /* opened by call_context */
	struct span actor;       /* who runs it, for the trail; empty until it is asked for */
	struct err err;
	bool usage;    /* err is about the command line */
	bool no_input; /* err is about a file that it names */
	int exit;      /* exit code when run returns true, 0 unless set */
};

/* Parse ARGV, find and run the command. Returns the exit code. */
int cli_main(int argc, char **argv);

/* The last value of option NAME; NULL when it was not given ("" for a flag that was). */
const char *call_opt(const struct call *call, const char *name);
/* All values of NAME, in order, in the arena. */
const char **call_opts(const struct call *call, const char *name, size_t *n);
/* The option's value as a number; PRESET when it was not given. False with a usage error. */
bool call_number(struct call *call, const char *name, int64_t preset, int64_t *out);
/* Argument I, or NULL. */
const char *call_arg(const struct call *call, int i);

/* A usage error (exit 64), text as in err_set; returns false. */
bool call_usage(struct call *call, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The site, with what NEEDS (enum context_need) says; NULL with call->err. */
struct context *call_context(struct call *call, unsigned needs);

/* Write what is in out so far; for people, so unless json or raw, made printable by call_clean. */
void call_flush(struct call *call);

/* Is a site named by -C, or in the working directory? */
bool call_has_site(const struct call *call);
/*
 * Where key records come from. --dns: a file when there is one of that name, else servers.
 * Without it: the site's resolver, or the system's. *DNS is set when it is a resolver, to be
 * freed by the caller in any case.
 */
bool call_keysource(struct call *call, struct dns **dns, struct keysource *out);

/* The list that TEXT names: "dev@lists.example.org", or "dev" when only one domain has it. */
struct list;
bool call_list(struct call *call, const char *text, struct list *out);

/*
 * Whole of FILE (NULL or "-": standard input), which the command line names, into OUT. One that
 * is not there, or that may not be read, is the caller's mistake: exit 66.
 */
bool call_file(struct call *call, const char *file, size_t limit, struct buf *out);
/* A file that the command line names gave the errno NUMBER: exit 66 if it is of that kind. False.
 */
bool call_no_input(struct call *call, int number);
/*
 * Whole of FILE (NULL or "-": standard input) in CRLF form, without the "From " line of a mailbox
 * file, in the arena.
 */
bool call_message(struct call *call, const char *file, struct span *out);
/* With --json: open the outermost '[' or '{'; close it and end the line. */
void call_open(const struct call *call, struct json *j, char brace);
void call_close(struct call *call, struct json *j);
/* End the transaction of the store: commit when OK, else roll back. True when it was committed. */
bool call_commit(struct call *call, bool ok);
/* Who runs the command, also behind sudo; once root has become the site's owner, that one. */
struct span call_actor(struct call *call);
/*
 * A line of the trail (store/audit.h), in the transaction that is open: WHAT was done on LIST
 * (id 0: on the site) to SUBJECT, by whom runs the command.
 */
bool call_audit(struct call *call, const struct list *list, const char *what, struct span subject,
                struct span detail);
/* S for a terminal: what is not printable (utf8_printable) becomes '?', but not TAB and line ends.
 */
struct span call_clean(struct arena *arena, struct span s);
/* As UTC, for people: "2026-11-27 18:30:01". "-" for 0. */
struct span call_time(struct call *call, int64_t t);

/* `ladle help [COMMAND]`, and the table for lint: names, settings. */
bool help_run(struct call *call);
void help_command(struct buf *out, const struct command *command);
void help_overview(struct buf *out);

#endif
