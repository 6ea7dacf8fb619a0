/*
 * The self-check of a copy: read back as a receiver would, with our own keys as the only
 * ones there are. What it finds is a bug of ours, so the copy must not go out.
 */
#include "flow/copy_press.h"

#include "auth/arc.h"
#include "auth/canon.h"
#include "base/file.h"
#include "base/limits.h"

#include <stdio.h>

/* Our own keys as a key source; of all other names nobody knows. */
struct own_keys {
	const struct keyring *list, *hop; /* hop may be NULL */
};

static void own_key(const struct keyring *keys, struct arena *arena, struct span name,
                    struct txt *answer)
{
	for (size_t i = 0; keys && i < keys->n; i++) {
		const struct signer *s = &keys->v[i];
		struct span mine = arena_printf(arena, "%.*s._domainkey.%.*s",
		                                SPAN_FMT(s->selector), SPAN_FMT(s->domain));
		struct span *record = ARENA_NEW(arena, struct span);
		if (span_ieq(mine, name) && key_text(arena, s->key, record, NULL)) {
			*answer = (struct txt){ .status = TXT_FOUND, .records = record, .n = 1 };
		}
	}
}

static struct txt own_txt(void *self, struct arena *arena, struct span name)
{
	const struct own_keys *own = self;
	struct txt answer = { .status = TXT_TEMPORARY };
	own_key(own->list, arena, name, &answer);
	own_key(own->hop, arena, name, &answer);
	return answer;
}

static bool same_header(const struct canon_header *a, const struct canon_header *b)
{
	struct digest x, y;
	canon_dkim2_header_hash(HASH_SHA256, a, &x);
	canon_dkim2_header_hash(HASH_SHA256, b, &y);
	return span_eq(digest_span(&x), digest_span(&y));
}

/* Does our recipe, applied to the copy M, give the stored message, as far as it is hashed? */
static bool undoes(const struct copy_press *p, struct arena *arena, const struct message *m)
{
	struct recipe recipe;
	struct canon_header header = canon_dkim2_header(arena, m->fields, m->count);
	struct lines lines = recipe_lines(arena, m->body);
	uint64_t budget = LIMIT_REBUILD * (uint64_t)(m->raw.n + p->raw.n);
	struct span what;
	struct message old;
	struct digest undone, stored;
	if (p->v->recipe.n == 0) {
		return true;
	}
	if (recipe_parse(arena, p->v->recipe, &recipe, &what) != RECIPE_OK || recipe.null_body ||
	    recipe_apply(arena, &recipe, &header, &lines, &header, &lines, &budget, &what) !=
	            RECIPE_OK ||
	    !message_parse(arena, p->raw, &old, NULL)) {
		return false;
	}
	struct canon_header received = canon_dkim2_header(arena, old.fields, old.count);
	recipe_lines_hash(HASH_SHA256, &lines, &undone);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, old.body, &stored);
	return same_header(&header, &received) &&
	       span_eq(digest_span(&undone), digest_span(&stored));
}

static bool judge_dkim1(const struct copy_press *p, struct arena *arena, const struct message *m,
                        int64_t now, struct err *e)
{
	struct own_keys own = { p->keys, NULL };
	struct keysource source = { .self = &own, .txt = own_txt };
	struct dkim1_result *dkim1;
	size_t n;
	dkim1_verify(arena, m, &source, now, &dkim1, &n);
	return (n > 0 && dkim1[0].result == AUTH_PASS) ||
	       err_set(e, ERR_BUG, "", "self-check: our DKIM1 signature does not verify: %.*s",
	               SPAN_FMT(n ? dkim1[0].text : SPAN("there is none")));
}

/* With each of our keys alone: a verifier may know only one of the algorithms. */
static bool judge_dkim2(const struct copy_press *p, struct arena *arena, const struct message *m,
                        const struct copy_job *job, struct err *e)
{
	struct span rcpt = job->rcpt_to;
	struct envelope envelope = { true, job->mail_from, &rcpt, 1 };
	for (size_t i = 0; i < p->keys->n; i++) {
		struct keyring one = { .domain = p->keys->domain, .v = &p->keys->v[i], .n = 1 };
		struct own_keys own = { &one, p->hop };
		struct keysource source = { .self = &own, .txt = own_txt };
		struct dkim2_result dkim2;
		dkim2_verify(arena, m, &envelope, &source, job->now, &dkim2);
		bool fine = dkim2.result == AUTH_PASS || dkim2.result == AUTH_TEMPERROR;
		if (!fine || !dkim2.provisional) {
			return err_set(e, ERR_BUG, "",
			               "self-check: our DKIM2 copy does not verify: %.*s",
			               SPAN_FMT(dkim2.text));
		}
	}
	return true;
}

/*
 * Our set; earlier ones have keys of others. Behind cv=fail nobody looks at signatures, and
 * neither do we.
 */
static bool judge_arc(const struct copy_press *p, struct arena *arena, const struct message *m,
                      int64_t now, struct err *e)
{
	struct own_keys own = { p->keys, NULL };
	struct keysource source = { .self = &own, .txt = own_txt };
	struct arc_result arc;
	const struct arc_set *ours;
	arc_verify(arena, m, &source, now, &arc);
	ours = arc.nsets ? &arc.sets[arc.nsets - 1] : NULL;
	return (ours && (span_is(ours->cv, "fail") ||
	                 (ours->body == AUTH_PASS && ours->seal == AUTH_PASS))) ||
	       err_set(e, ERR_BUG, "", "self-check: our ARC set does not verify: %.*s",
	               SPAN_FMT(arc.text));
}

static bool judge(const struct copy_press *p, struct arena *arena, const struct message *m,
                  const struct copy_job *job, struct err *e)
{
	if (!judge_dkim1(p, arena, m, job->now, e) ||
	    (p->base.i > 0 && !judge_dkim2(p, arena, m, job, e)) ||
	    (p->seal.n > 0 && !judge_arc(p, arena, m, job->now, e))) {
		return false;
	}
	return undoes(p, arena, m) ||
	       err_set(e, ERR_BUG, "",
	               "self-check: the recipe does not lead back to what was received");
}

/* The copy in an unlinked file, mapped: a large one must not become anonymous memory. */
static bool write_copy(FILE *f, struct span header, const struct segments *body)
{
	bool ok = fwrite(header.p, 1, header.n, f) == header.n;
	for (size_t i = 0; ok && i < body->n; i++) {
		ok = fwrite(body->v[i].bytes.p, 1, body->v[i].bytes.n, f) == body->v[i].bytes.n;
	}
	return ok && fflush(f) == 0;
}

bool copy_check(struct copy_press *p, const struct copy_job *job, struct span header, struct err *e)
{
	if (!p->list->sign) {
		return true;
	}
	struct arena *arena = arena_new();
	struct file_map map = { 0 };
	struct message m;
	bool ok = false;
	FILE *f = tmpfile();
	if (!f || !write_copy(f, header, &p->body)) {
		err_errno(e, "self-check: cannot write the copy");
		goto done;
	}
	if (file_map(arena_printf(arena, "/proc/self/fd/%d", fileno(f)).p, &map, e) &&
	    message_parse(arena, map.bytes, &m, e)) {
		ok = judge(p, arena, &m, job, e);
	}
	file_unmap(&map);
done:
	if (f) {
		fclose(f);
	}
	arena_free(arena);
	return ok;
}
