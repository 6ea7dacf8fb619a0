#ifndef LADLE_RULES_RULE_PRESET_H
#define LADLE_RULES_RULE_PRESET_H

/* Rules to begin with, as text. */

#include "base/span.h"

/* What a list has without a word: as a setting's value, with \n between lines. */
#define RULE_PRESET_DISCUSSION                                                                     \
	"# discussion: what people send to a list by mistake waits for a moderator;"               \
	" the settings decide about the rest\\n"                                                   \
	"hold \"larger than 1 MB\" if size > 1M\\n"                                                \
	"hold \"the list is not in To or Cc\" if not addressed\\n"                                 \
	"hold \"more than 20 recipients\" if recipients > 20\\n"                                   \
	"hold \"a command, not a post\" if command\\n"                                             \
	"hold \"an answer to a digest\" if digest-subject\\n"                                      \
	"hold \"marked as spam\" if spam"

struct rule_preset {
	const char *name;
	const char *what; /* one line */
	const char *text; /* as a setting's value */
};
extern const struct rule_preset rule_presets[];
extern const size_t rule_presets_count;

/* NULL when there is none of that name. */
const struct rule_preset *rule_preset_find(struct span name);

#endif
