/*
 * The key folder. A selector is a file name: only letters, digits, '-', '_' and
 * inner dots, so that no name leads out of the folder. Which state a key is in is
 * decided by the last dot of its name alone.
 */
#include "flow/keys.h"

#include "base/ascii.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/limits.h"
#include "flow/keys_public.h"
#include "mail/idn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *name, *suffix;
} states[] = {
	[KEYS_ACTIVE] = { "active", ".pem" },
	[KEYS_PENDING] = { "pending", ".pending" },
	[KEYS_RETIRED] = { "retired", ".retired" },
};

enum { STATES = sizeof(states) / sizeof(states[0]) };

const char *keys_state_name(enum keys_state state)
{
	return states[state].name;
}

static bool selector_valid(struct span s, struct err *e)
{
	bool ok = s.n > 0 && s.n <= 63 && s.p[0] != '.' && s.p[s.n - 1] != '.';
	for (size_t i = 0; ok && i < s.n; i++) {
		ok = ascii_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_' ||
		     (s.p[i] == '.' && s.p[i - 1] != '.');
	}
	return ok || err_set(e, ERR_MISUSE, "",
	                     "not a selector: \"%.*s\" (letters, digits, '-', '_')", SPAN_FMT(s));
}

/* Not there, or not any more: `ladle key` renames. */
static bool is_missing(const char *path)
{
	struct stat st;
	return lstat(path, &st) != 0 && errno == ENOENT;
}

/* Names in folder PATH that end in SUFFIX, without it; none when it is no folder. */
static bool names_in(struct arena *arena, const char *path, struct span suffix, struct span **v,
                     size_t *n, struct err *e)
{
	*v = NULL;
	*n = 0;
	struct stat st;
	bool file = stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
	return is_missing(path) || file || folder_names(arena, path, suffix, v, n, e);
}

/* A file of the folder. */
struct key_file {
	struct span selector;
	enum keys_state state;
	int64_t since;
	const char *path;
	struct pkey *key; /* NULL: an ML-DSA-44 key that libcrypto cannot use */
	bool signs;
};

struct folder {
	struct key_file *v;
	size_t n, cap;
	bool moved; /* a file was renamed between the listing and the reading */
};

static void folder_free(struct folder *f)
{
	for (size_t i = 0; i < f->n; i++) {
		pkey_free(f->v[i].key);
	}
	f->n = 0;
}

static bool read_key(struct key_file *file, struct err *e)
{
	struct buf pem = BUF_INIT;
	struct stat st;
	bool ok = context_private(file->path, e) &&
	          file_read(file->path, LIMIT_KEY_FILE, &pem, e) &&
	          (stat(file->path, &st) == 0 || err_errno(e, "cannot stat \"%s\"", file->path));
	if (ok) {
		file->since = st.st_mtim.tv_sec;
		file->key = pkey_private(buf_span(&pem), e);
		ok = file->key || (!crypto_has_mldsa44() && pkey_is_mldsa44(buf_span(&pem))) ||
		     err_prefix(e, "\"%s\"", file->path);
	}
	if (pem.p) {
		explicit_bzero(pem.p, pem.cap);
	}
	buf_free(&pem);
	return ok;
}

static const char *domain_folder(struct arena *arena, const struct paths *paths, struct span domain)
{
	return arena_printf(arena, "%s/%.*s", paths->keys, SPAN_FMT(domain)).p;
}

static const char *key_path(struct arena *arena, const struct paths *paths, struct span domain,
                            struct span selector, enum keys_state state)
{
	return arena_printf(arena, "%s/%.*s/%.*s%s", paths->keys, SPAN_FMT(domain),
	                    SPAN_FMT(selector), states[state].suffix)
	        .p;
}

static bool read_state(struct arena *arena, const struct paths *paths, struct span domain,
                       enum keys_state state, struct folder *out, struct err *e)
{
	struct span *names;
	size_t n;
	if (!names_in(arena, domain_folder(arena, paths, domain), span_str(states[state].suffix),
	              &names, &n, e)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct key_file *file = ARENA_PUSH(arena, out->v, out->n, out->cap);
		*file = (struct key_file){
			.selector = names[i],
			.state = state,
			.path = key_path(arena, paths, domain, names[i], state),
		};
		if (!read_key(file, e)) {
			if (is_missing(file->path)) {
				out->moved = true;
				out->n--;
				continue;
			}
			folder_free(out);
			return false;
		}
	}
	return true;
}

static bool newer(const struct key_file *a, const struct key_file *b)
{
	return a->since != b->since ? a->since > b->since : span_cmp(a->selector, b->selector) > 0;
}

/* Mark the newest active key of each algorithm. */
static void choose(struct folder *f)
{
	for (int type = KEY_RSA; type <= KEY_MLDSA44; type++) {
		struct key_file *best = NULL;
		for (size_t i = 0; i < f->n; i++) {
			struct key_file *file = &f->v[i];
			if (file->state == KEYS_ACTIVE && file->key &&
			    (int)pkey_type(file->key) == type && (!best || newer(file, best))) {
				best = file;
			}
		}
		if (best) {
			best->signs = true;
		}
	}
}

/* The keys of F that sign, which become OUT's, RSA first: every verifier of DKIM1 knows it. */
static void take_signers(struct arena *arena, struct folder *f, struct keyring *out)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!f->v[i].key) {
			out->passed_over = span_str(f->v[i].path);
		}
	}
	choose(f);
	out->v = arena_array(arena, f->n, sizeof(*out->v));
	for (int type = KEY_RSA; type <= KEY_MLDSA44; type++) {
		for (size_t i = 0; i < f->n; i++) {
			struct key_file *file = &f->v[i];
			if (file->signs && file->key && (int)pkey_type(file->key) == type) {
				out->v[out->n++] =
					(struct signer){ out->domain, file->selector, file->key };
				file->key = NULL;
			}
		}
	}
}

/* Again when keys were moved meanwhile: the one that took a retired one's place may be missing. */
static bool read_active(struct arena *arena, const struct paths *paths, struct span domain,
                        struct folder *out, struct err *e)
{
	bool ok = true;
	out->moved = true;
	for (int tries = 0; ok && out->moved && tries < 5; tries++) {
		folder_free(out);
		out->moved = false;
		ok = read_state(arena, paths, domain, KEYS_ACTIVE, out, e);
	}
	return ok;
}

static bool load_folder(struct arena *arena, const struct paths *paths, struct keyring *out,
                        struct err *e)
{
	struct folder f = { 0 };
	bool ok = read_active(arena, paths, out->domain, &f, e);
	if (ok && f.n > LIMIT_SETS) {
		ok = err_set(e, ERR_PERMANENT, "5.3.5",
		             "\"%s\" holds %zu active keys, over %u: ladle key retire",
		             domain_folder(arena, paths, out->domain), f.n, LIMIT_SETS);
	}
	if (ok) {
		take_signers(arena, &f, out);
	}
	folder_free(&f);
	return ok;
}

bool keys_load(struct arena *arena, const struct paths *paths, struct span domain,
               struct keyring *out, struct err *e)
{
	*out = (struct keyring){ .domain = domain };
	while (domain.n > 0) {
		out->domain = domain;
		if (!load_folder(arena, paths, out, e)) {
			return false;
		}
		size_t dot = span_chr(domain, '.');
		if (out->n > 0 || dot == SPAN_NONE) {
			break;
		}
		domain = span_from(domain, dot + 1);
	}
	return true;
}

bool keys_present(struct arena *arena, const struct paths *paths, struct span domain, bool *present,
                  struct err *e)
{
	*present = false;
	if (domain.n == 0 || !idn_ascii(arena, domain, &domain, NULL)) {
		return true;
	}
	while (!*present && domain.n > 0) {
		struct span *names;
		size_t n;
		if (!names_in(arena, domain_folder(arena, paths, domain),
		              span_str(states[KEYS_ACTIVE].suffix), &names, &n, e)) {
			return false;
		}
		*present = n > 0;
		size_t dot = span_chr(domain, '.');
		domain = dot == SPAN_NONE ? SPAN("") : span_from(domain, dot + 1);
	}
	return true;
}

void keys_free(struct keyring *k)
{
	for (size_t i = 0; i < k->n; i++) {
		pkey_free(k->v[i].key);
	}
	k->n = 0;
}

/* ---- making ---- */

/* A selector is never used twice: caches and old signatures remember it. */
static bool selector_free(struct arena *arena, const struct paths *paths, struct span domain,
                          struct span selector, struct err *e)
{
	size_t live = 0;
	for (unsigned i = 0; i < STATES; i++) {
		struct span *names;
		size_t n;
		if (!names_in(arena, domain_folder(arena, paths, domain),
		              span_str(states[i].suffix), &names, &n, e)) {
			return false;
		}
		/* The DNS makes no difference between E1 and e1. */
		for (size_t k = 0; k < n; k++) {
			if (span_ieq(names[k], selector)) {
				return err_set(e, ERR_PERMANENT, "",
				               "selector \"%.*s\" of \"%.*s\" has a key already",
				               SPAN_FMT(selector), SPAN_FMT(domain));
			}
		}
		live += i == KEYS_RETIRED ? 0 : n;
	}
	return live < LIMIT_SETS ||
	       err_set(e, ERR_PERMANENT, "",
	               "\"%.*s\" has %zu keys that are not retired: ladle key retire",
	               SPAN_FMT(domain), live);
}

static bool set_time(const char *path, int64_t now, struct err *e)
{
	const struct timespec times[2] = { { .tv_sec = now }, { .tv_sec = now } };
	return utimensat(AT_FDCWD, path, times, 0) == 0 ||
	       err_errno(e, "cannot set the time of \"%s\"", path);
}

bool keys_generate(struct arena *arena, const struct paths *paths, struct span domain,
                   struct span selector, enum key_type type, unsigned bits, enum keys_state state,
                   int64_t now, struct err *e)
{
	if (!idn_ascii(arena, domain, &domain, e) || !selector_valid(selector, e) ||
	    !selector_free(arena, paths, domain, selector, e)) {
		return false;
	}
	if (type == KEY_MLDSA44 && !crypto_has_mldsa44()) {
		return err_set(e, ERR_PERMANENT, "",
		               "this OpenSSL has no ML-DSA-44 (it came with 3.5)");
	}
	const char *path = key_path(arena, paths, domain, selector, state);
	struct buf pem = BUF_INIT;
	struct pkey *key = pkey_generate(type, bits, e);
	bool ok = key && pkey_pem(key, &pem, e) &&
	          file_mkdirs(domain_folder(arena, paths, domain), 0700, e) &&
	          file_replace(path, buf_span(&pem), 0600, e) && set_time(path, now, e) &&
	          file_sync_dir(paths->keys, e);
	const struct signer signer = { domain, selector, key };
	ok = ok && keys_public_put(arena, paths, &signer, e);
	if (pem.p) {
		explicit_bzero(pem.p, pem.cap);
	}
	buf_free(&pem);
	pkey_free(key);
	return ok;
}

/* The time first: killed in between, the old state has a wrong time, which harms nobody. */
bool keys_change(struct arena *arena, const struct paths *paths, struct key_entry *key,
                 enum keys_state state, int64_t now, struct err *e)
{
	const char *from = key_path(arena, paths, key->domain, key->selector, key->state);
	const char *to = key_path(arena, paths, key->domain, key->selector, state);
	if (file_exists(to)) {
		return err_set(e, ERR_PERMANENT, "", "\"%s\" is there already", to);
	}
	if (!set_time(from, now, e) ||
	    (rename(from, to) != 0 && !err_errno(e, "cannot rename \"%s\"", from)) ||
	    !file_sync_parent(to, e)) {
		return false;
	}
	key->state = state;
	key->since = now;
	return true;
}

/* ---- listing ---- */

static bool entry_of(struct arena *arena, struct span domain, const struct key_file *file,
                     struct key_entry *out, struct err *e)
{
	*out = (struct key_entry){
		.domain = domain,
		.selector = file->selector,
		.state = file->state,
		.since = file->since,
		.signs = file->signs,
		.usable = file->key != NULL,
		.type = file->key ? pkey_type(file->key) : KEY_MLDSA44,
		.bits = file->key ? pkey_bits(file->key) : 0,
		.name = arena_printf(arena, "%.*s._domainkey.%.*s", SPAN_FMT(file->selector),
		                     SPAN_FMT(domain)),
	};
	return !file->key || key_text(arena, file->key, &out->record, e);
}

static int by_selector(const void *a, const void *b)
{
	const struct key_file *x = a, *y = b;
	return span_cmp(x->selector, y->selector);
}

static bool list_domain(struct arena *arena, const struct paths *paths, struct span domain,
                        struct key_entry **out, size_t *n, size_t *cap, struct err *e)
{
	struct folder f = { 0 };
	for (unsigned i = 0; i < STATES; i++) {
		if (!read_state(arena, paths, domain, (enum keys_state)i, &f, e)) {
			return false;
		}
	}
	bool ok = true;
	choose(&f);
	if (f.n > 0) {
		qsort(f.v, f.n, sizeof(*f.v), by_selector);
	}
	for (size_t i = 0; ok && i < f.n; i++) {
		ok = entry_of(arena, domain, &f.v[i], ARENA_PUSH(arena, *out, *n, *cap), e);
	}
	folder_free(&f);
	return ok;
}

bool keys_list(struct arena *arena, const struct paths *paths, struct span domain,
               struct key_entry **out, size_t *n, struct err *e)
{
	struct span *domains;
	size_t count, cap = 0;
	*out = NULL;
	*n = 0;
	if (domain.n > 0) {
		return idn_ascii(arena, domain, &domain, e) &&
		       list_domain(arena, paths, domain, out, n, &cap, e);
	}
	bool ok = names_in(arena, paths->keys, SPAN(""), &domains, &count, e);
	for (size_t i = 0; ok && i < count; i++) {
		ok = list_domain(arena, paths, domains[i], out, n, &cap, e);
	}
	return ok;
}
