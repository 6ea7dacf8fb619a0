/*
 * The steps that bring a database from any older version to the newest.
 *
 * The table is made from schema/NNN.sql when Ladle is built (schema/embed.sh):
 * one step per file, NNN its version, in ascending order. Each step is a
 * sequence of complete SQL statements; who runs it does so in one transaction
 * and then sets user_version.
 */
#ifndef LADLE_STORE_SCHEMA_H
#define LADLE_STORE_SCHEMA_H

#include <stddef.h>

struct schema_step {
	int version;     /* user_version after this step, from 1 */
	const char *sql; /* the statements, NUL-terminated */
};

/* Ascending by version; one more entry, all zero, follows the last. */
extern const struct schema_step schema_steps[];
extern const size_t schema_steps_count;

#endif
