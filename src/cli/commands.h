#ifndef LADLE_CLI_COMMANDS_H
#define LADLE_CLI_COMMANDS_H

/* The rows of the command table, each defined in the cmd_*.c that serves it. */

#include "cli/cli.h"

extern const struct command cmd_init, cmd_status, cmd_receive, cmd_run; /* cmd_site.c */
extern const struct command cmd_list_create, cmd_list_ls, cmd_list_show, cmd_list_set,
	cmd_list_unset, cmd_list_rm;
extern const struct command cmd_member_add, cmd_member_rm, cmd_member_set, cmd_member_find;
extern const struct command cmd_member_ls, cmd_member_export, cmd_member_import,
	cmd_member_sync;                                                    /* cmd_member_file.c */
extern const struct command cmd_ban_add, cmd_ban_rm, cmd_ban_ls, cmd_audit; /* cmd_ban.c */
extern const struct command cmd_key_gen, cmd_key_ls, cmd_key_dns;
extern const struct command cmd_key_check, cmd_key_retire; /* cmd_key_check.c */
extern const struct command cmd_verify;
extern const struct command cmd_sign;
extern const struct command cmd_hash, cmd_undo; /* cmd_recipe.c */
extern const struct command cmd_queue_ls, cmd_queue_show, cmd_queue_retry, cmd_queue_drop;
extern const struct command cmd_templates_ls, cmd_templates_show, cmd_templates_check;
extern const struct command cmd_held_ls, cmd_held_show;                         /* cmd_held.c */
extern const struct command cmd_held_accept, cmd_held_reject, cmd_held_discard; /* …_decide.c */
extern const struct command cmd_list_pass;                                      /* cmd_pass.c */
extern const struct command cmd_aliases;
extern const struct command cmd_bounce_explain, cmd_bounce_classes; /* cmd_bounce_explain.c */
extern const struct command cmd_rules_show, cmd_rules_set, cmd_rules_check, cmd_rules_test,
	cmd_rules_presets;
extern const struct command cmd_bounce_ls, cmd_bounce_show, cmd_bounce_stats, cmd_bounce_undo,
	cmd_bounce_reset; /* cmd_bounce.c */
extern const struct command cmd_trace;
extern const struct command cmd_explain;
extern const struct command cmd_help;

#endif
