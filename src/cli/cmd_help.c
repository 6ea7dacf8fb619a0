/* Help, made from the command table and the settings table. */
#include "cli/commands.h"
#include "rules/setting.h"

#include <stdio.h>
#include <string.h>

void help_overview(struct buf *out)
{
	buf_str(out, "usage: ladle [-C ladle.conf] COMMAND [OPTIONS] [ARGUMENTS]\n\n");
	for (size_t i = 0; cli_commands[i]; i++) {
		buf_printf(out, "  %-15s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
	}
	buf_str(out,
	        "\nladle COMMAND --help shows arguments and options; ladle(1) is the manual.\n");
}

void help_command(struct buf *out, const struct command *command)
{
	buf_printf(out, "usage: ladle %s%s%s\n\n%s.\n", command->name,
	           command->arguments[0] ? " " : "", command->arguments, command->summary);
	for (const struct opt *o = command->opts; o && o->name; o++) {
		char left[64];
		snprintf(left, sizeof(left), "%s%s%s", o->name, o->value ? " " : "",
		         o->value ? o->value : "");
		buf_printf(out, "%s  %-24s %s\n", o == command->opts ? "\n" : "", left, o->help);
	}
}

static void print_names(struct buf *out)
{
	for (size_t i = 0; cli_commands[i]; i++) {
		buf_printf(out, "%s\n", cli_commands[i]->name);
	}
}

static void print_settings(struct buf *out)
{
	for (size_t i = 0; i < settings_count; i++) {
		buf_printf(out, "%s\n", settings[i].name);
	}
}

/* Words of the arguments joined: "list create". */
static bool help_about(struct call *call)
{
	struct buf name = BUF_INIT;
	bool found = false;
	for (int i = 0; i < call->count; i++) {
		buf_printf(&name, "%s%s", i ? " " : "", call->args[i]);
	}
	for (size_t i = 0; cli_commands[i]; i++) {
		struct span full = span_str(cli_commands[i]->name);
		bool group = full.n > name.n && full.p[name.n] == ' ';
		if (span_eq(full, buf_span(&name)) ||
		    (group && span_starts(full, buf_span(&name)))) {
			buf_str(&call->out, found ? "\n" : "");
			help_command(&call->out, cli_commands[i]);
			found = true;
		}
	}
	if (!found) {
		call_usage(call, "no command \"%s\"", name.p);
	}
	buf_free(&name);
	return found;
}

bool help_run(struct call *call)
{
	if (call_opt(call, "--names")) {
		print_names(&call->out);
	} else if (call_opt(call, "--settings")) {
		print_settings(&call->out);
	} else if (call->count > 0) {
		return help_about(call);
	} else {
		help_overview(&call->out);
	}
	return true;
}

static const struct opt help_opts[] = {
	{ "--names", NULL, "only the names of all commands" },
	{ "--settings", NULL, "only the names of all settings" },
	{ NULL, NULL, NULL },
};

const struct command cmd_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "Show how commands are used",
	.min = 0,
	.max = 3,
	.opts = help_opts,
	.run = help_run,
};
