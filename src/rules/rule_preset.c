/* The presets. Each is complete: what it says happens, and nothing that it does not say. */
#include "rules/rule_preset.h"

const struct rule_preset rule_presets[] = {
	{ "discussion",
	  "members write, others wait for a moderator; what is odd waits too (default)",
	  RULE_PRESET_DISCUSSION },
	{ "announce", "owners and moderators write, what others send waits",
	  "# announce: owners and moderators write, what others send waits\\n"
	  "accept if moderator\\n"
	  "hold \"only owners and moderators write to this list\"" },
	{ "private", "members write, and have to prove it; others are refused",
	  "# private: members write, and have to prove it; others are refused\\n"
	  "reject \"Only members may write to this list.\" if not member\\n"
	  "hold \"nothing proves who wrote it\" if not authentic\\n"
	  "hold \"larger than 1 MB\" if size > 1M\\n"
	  "hold \"more than 20 recipients\" if recipients > 20\\n"
	  "hold \"a command, not a post\" if command\\n"
	  "hold \"an answer to a digest\" if digest-subject\\n"
	  "hold \"marked as spam\" if spam" },
	{ "newsletter", "owners and moderators write, all others are refused",
	  "# newsletter: owners and moderators write, all others are refused\\n"
	  "accept if moderator\\n"
	  "reject \"Nobody reads answers to this address.\"" },
};
const size_t rule_presets_count = sizeof(rule_presets) / sizeof(rule_presets[0]);

const struct rule_preset *rule_preset_find(struct span name)
{
	for (size_t i = 0; i < rule_presets_count; i++) {
		if (span_is(name, rule_presets[i].name)) {
			return &rule_presets[i];
		}
	}
	return NULL;
}
