/*
 * The key folder. A selector is a file name: only letters, digits, '-', '_' and
 * inner dots, so that no name leads out of the folder.
 */
#include "flow/keys.h"

#include "base/ascii.h"
#include "base/file.h"
#include "base/limits.h"
#include "mail/idn.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX         SPAN(".pem")
#define LIMIT_KEY_FILE (64u * 1024)

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

static int by_name(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* Names in folder PATH that end in SUFFIX (may be empty), without it, sorted; no folder: none. */
static bool names_in(struct arena *arena, const char *path, struct span suffix, struct span **v,
                     size_t *n, struct err *e)
{
	size_t cap = 0;
	DIR *dir = opendir(path);
	*v = NULL;
	*n = 0;
	if (!dir) {
		return errno == ENOENT || err_errno(e, "cannot read \"%s\"", path);
	}
	for (struct dirent *d; (d = readdir(dir));) {
		struct span name = span_str(d->d_name);
		if (name.p[0] != '.' && span_ends(name, suffix)) {
			*ARENA_PUSH(arena, *v, *n, cap) =
				arena_copy(arena, span_sub(name, 0, name.n - suffix.n));
		}
	}
	closedir(dir);
	if (*n > 0) {
		qsort(*v, *n, sizeof(**v), by_name);
	}
	return true;
}

static struct pkey *read_key(const char *path, struct err *e)
{
	struct buf pem = BUF_INIT;
	struct pkey *key = NULL;
	if (context_private(path, e) && file_read(path, LIMIT_KEY_FILE, &pem, e)) {
		key = pkey_private(buf_span(&pem), e);
		if (!key) {
			err_prefix(e, "\"%s\"", path);
		}
	}
	if (pem.p) {
		explicit_bzero(pem.p, pem.cap);
	}
	buf_free(&pem);
	return key;
}

static const char *domain_folder(struct arena *arena, const struct paths *paths, struct span domain)
{
	return arena_printf(arena, "%s/%.*s", paths->keys, SPAN_FMT(domain)).p;
}

/* RSA first: it is the one every verifier of DKIM1 knows. */
static int by_type(const void *a, const void *b)
{
	const struct signer *x = a, *y = b;
	int d = (int)pkey_type(x->key) - (int)pkey_type(y->key);
	return d ? d : span_cmp(x->selector, y->selector);
}

static bool load_folder(struct arena *arena, const struct paths *paths, struct span domain,
                        struct keyring *out, struct err *e)
{
	struct span *names;
	size_t n;
	const char *folder = domain_folder(arena, paths, domain);
	if (!names_in(arena, folder, SUFFIX, &names, &n, e)) {
		return false;
	}
	*out = (struct keyring){ .domain = domain };
	out->v = arena_array(arena, n, sizeof(*out->v));
	for (size_t i = 0; i < n; i++) {
		const char *path = arena_printf(arena, "%s/%.*s.pem", folder, SPAN_FMT(names[i])).p;
		struct pkey *key = read_key(path, e);
		if (!key) {
			keys_free(out);
			return false;
		}
		out->v[out->n++] = (struct signer){ domain, names[i], key };
	}
	if (n > 0) {
		qsort(out->v, n, sizeof(*out->v), by_type);
	}
	return true;
}

bool keys_load(struct arena *arena, const struct paths *paths, struct span domain,
               struct keyring *out, struct err *e)
{
	*out = (struct keyring){ .domain = domain };
	while (domain.n > 0) {
		if (!load_folder(arena, paths, domain, out, e)) {
			return false;
		}
		if (out->n > LIMIT_SETS) {
			err_set(e, ERR_PERMANENT, "5.3.5",
			        "\"%s\" holds %zu keys, at most %u can sign a copy",
			        domain_folder(arena, paths, domain), out->n, LIMIT_SETS);
			keys_free(out);
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
		if (!names_in(arena, domain_folder(arena, paths, domain), SUFFIX, &names, &n, e)) {
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

bool keys_generate(struct arena *arena, const struct paths *paths, struct span domain,
                   struct span selector, enum key_type type, unsigned bits, struct err *e)
{
	if (!idn_ascii(arena, domain, &domain, e) || !selector_valid(selector, e)) {
		return false;
	}
	const char *folder = domain_folder(arena, paths, domain);
	const char *path = arena_printf(arena, "%s/%.*s.pem", folder, SPAN_FMT(selector)).p;
	struct span *names;
	size_t count;
	if (!names_in(arena, folder, SUFFIX, &names, &count, e)) {
		return false;
	}
	if (count >= LIMIT_SETS) {
		return err_set(e, ERR_PERMANENT, "",
		               "\"%.*s\" has %zu keys, one for each signature a copy may have",
		               SPAN_FMT(domain), count);
	}
	if (type == KEY_MLDSA44 && !crypto_has_mldsa44()) {
		return err_set(e, ERR_PERMANENT, "",
		               "this OpenSSL has no ML-DSA-44 (it came with 3.5)");
	}
	if (file_exists(path)) {
		return err_set(e, ERR_PERMANENT, "",
		               "selector \"%.*s\" of \"%.*s\" has a key already",
		               SPAN_FMT(selector), SPAN_FMT(domain));
	}
	struct buf pem = BUF_INIT;
	struct pkey *key = pkey_generate(type, bits, e);
	bool ok = key && pkey_pem(key, &pem, e) && file_mkdirs(folder, 0700, e) &&
	          file_replace(path, buf_span(&pem), 0600, e) && file_sync_dir(paths->keys, e);
	if (pem.p) {
		explicit_bzero(pem.p, pem.cap);
	}
	buf_free(&pem);
	pkey_free(key);
	return ok;
}

static bool list_domain(struct arena *arena, const struct paths *paths, struct span domain,
                        struct key_entry **out, size_t *n, size_t *cap, struct err *e)
{
	struct keyring ring;
	if (!load_folder(arena, paths, domain, &ring, e)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; ok && i < ring.n; i++) {
		struct signer *s = &ring.v[i];
		struct key_entry entry = {
			.domain = domain,
			.selector = s->selector,
			.type = pkey_type(s->key),
			.bits = pkey_bits(s->key),
			.name = arena_printf(arena, "%.*s._domainkey.%.*s", SPAN_FMT(s->selector),
			                     SPAN_FMT(domain)),
		};
		ok = key_text(arena, s->key, &entry.record, e);
		*ARENA_PUSH(arena, *out, *n, *cap) = entry;
	}
	keys_free(&ring);
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
