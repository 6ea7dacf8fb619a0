/* Any bytes as a key record, and as a key file: whatever is read can be asked for again. */
#include "auth/key.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

/* A key that was read is written and read again as the same key. */
static void check_key(struct arena *arena, const struct key_record *record)
{
	struct key_record again;
	struct span text, other;

	require(record->key != NULL);
	require(pkey_type(record->key) == record->type);
	require(key_text(arena, record->key, &text, NULL));
	key_parse(arena, text, &again);
	require(again.status == KEY_OK && again.type == record->type);
	require(key_text(arena, again.key, &other, NULL) && span_eq(text, other));
	key_record_clear(&again);
}

static void check_record(struct arena *arena, struct span text)
{
	struct key_record record;

	key_parse(arena, text, &record);
	if (record.status == KEY_OK) {
		check_key(arena, &record);
	} else {
		require(record.key == NULL);
	}
	key_record_clear(&record);
}

static void check_file(struct arena *arena, struct span text)
{
	struct keysource source;
	struct key_record record;
	struct txt answer;

	if (!key_file_source(arena, text, &source, NULL)) {
		return;
	}
	answer = source.txt(source.self, arena, SPAN("s._domainkey.example.com"));
	require((answer.status == TXT_FOUND) == (answer.n > 0));
	key_fetch(arena, &source, SPAN("s"), SPAN("example.com"), true, &record);
	require(answer.status == TXT_FOUND || !record.key);
	key_record_clear(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *arena = arena_new();

	check_record(arena, text);
	check_file(arena, text);
	arena_free(arena);
	return 0;
}
