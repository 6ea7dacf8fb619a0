/* The command table: every command that there is. The rows live beside the code that serves them.
 */
#include "cli/commands.h"

const struct command *const cli_commands[] = {
	&cmd_init,       &cmd_list_create, &cmd_list_ls,       &cmd_list_show,
	&cmd_list_set,   &cmd_list_rm,     &cmd_member_add,    &cmd_member_rm,
	&cmd_member_ls,  &cmd_member_set,  &cmd_member_import, &cmd_member_export,
	&cmd_key_gen,    &cmd_key_ls,      &cmd_key_dns,       &cmd_key_check,
	&cmd_key_retire, &cmd_receive,     &cmd_run,           &cmd_verify,
	&cmd_sign,       &cmd_hash,        &cmd_undo,          &cmd_queue_ls,
	&cmd_queue_show, &cmd_queue_retry, &cmd_queue_drop,    &cmd_held_ls,
	&cmd_held_show,  &cmd_held_accept, &cmd_held_discard,  &cmd_trace,
	&cmd_explain,    &cmd_status,      &cmd_help,          NULL,
};
