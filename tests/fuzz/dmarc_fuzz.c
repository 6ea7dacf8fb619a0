/*
 * Any bytes as a DMARC record; and, by lines, a zone with an author and other domains:
 * what is found stays inside its bounds.
 */
#include "auth/dmarc.h"
#include "auth/dmarc_record.h"
#include "auth/dmarc_walk.h"
#include "mail/addr.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void check_record(struct span text)
{
	struct dmarc_record r;

	if (dmarc_record_parse(text, &r)) {
		require(r.p <= DMARC_POLICY_REJECT && r.sp <= DMARC_POLICY_REJECT);
		require(r.np <= DMARC_POLICY_REJECT && r.psd <= DMARC_PSD_NO);
		require(!r.void_policy || (!r.p && !r.sp && !r.np));
	}
}

/* Lines of a key file; every question is counted. */
struct zone {
	struct keysource file;
	size_t asked;
};

static struct txt ask(void *self, struct arena *arena, struct span name)
{
	struct zone *zone = self;

	zone->asked++;
	return zone->file.txt(zone->file.self, arena, name);
}

static void check_result(const struct dmarc_result *r)
{
	require(dmarc_effective(r) <= r->policy);
	require(r->author.n || r->result == AUTH_NONE);
	require(r->result != AUTH_PASS && (r->result != AUTH_FAIL || r->found.n));
	require(!r->found.n || addr_domain_below(r->author, r->found));
	require(!r->organization.n || addr_domain_below(r->author, r->organization));
}

/* The first line is the author's domain, the second another one, the rest a zone. */
static void check_zone(struct arena *arena, struct span text)
{
	struct span author = span_cut(&text, '\n'), other = span_cut(&text, '\n');
	struct zone zone = { .asked = 0 };
	struct keysource source = { .self = &zone, .txt = ask };
	struct spf_result spf = { SPAN("fail"), other };
	struct dmarc_result r;
	struct dmarc *d;
	bool undecided;

	if (!text.p || !key_file_source(arena, text, &zone.file, NULL)) {
		return;
	}
	d = dmarc_discover(arena, &source, author);
	require(zone.asked <= DMARC_QUERIES + 1);
	r = dmarc_evaluate(d, NULL, 0, &spf, &undecided);
	check_result(&r);
	zone.asked = 0;
	require(dmarc_align(d, other, true) != DMARC_ALIGNED || r.author.n);
	require(dmarc_align(d, other, false) != DMARC_ALIGNED || r.author.n);
	require(zone.asked <= DMARC_QUERIES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct arena *arena = arena_new();

	check_record(text);
	check_zone(arena, text);
	arena_free(arena);
	return 0;
}
