/*
 * d2cases [-c] DIR: makes the DKIM2 cases of d2cases.h in DIR (tests/corpus/dkim2/negative),
 * which holds the private keys: NAME.eml, keys.tsv and cases.tsv. With -c nothing is written;
 * what is there and what would be made are compared, and status 1 says that they differ.
 *
 * Every field is really signed, also one that does not parse: the signed text is put
 * together here, of the fields in the order of their making, so that nothing is wrong with a
 * case but what its template says. Keys are Ed25519 or RSA with PKCS #1 v1.5, whose
 * signatures have one value only, so a case is always the same bytes.
 *
 * A template is a line a field: "M value" (Message-Instance), "S value" (DKIM2-Signature), "H
 * field" (any). Each comes on top of those before. A line end behind a CR folds. In it:
 *
 *     %<n>(text%)  text n times; done first
 *     %H %B        header and body hash of the message, base64; %U %V: with SHA-512
 *     %1H          the same of revision 1 …; revisions are the texts of the case
 *     %T           NOW as t=; %-5T: five seconds before
 *     %{text%}     base64 of text
 *     %S %R %K %J %I  the signature with the Ed25519 key, or RSA of 2048, 1024, 768, 512 bits
 *     %W           that of another Ed25519 key; %X: base64 that is no signature at all
 *
 * In the texts of messages the byte \x01 stands for NUL.
 */
#include "auth/dkim2.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/file.h"
#include "d2cases.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 6, REVISIONS = 3 };

/* Letter in templates, file, selector. */
static const struct {
	char letter;
	const char *name;
} key_names[KEYS] = {
	{ 'S', "ed" },     { 'R', "rsa" },    { 'K', "rsa1024" },
	{ 'J', "rsa768" }, { 'I', "rsa512" }, { 'W', "wrong" },
};

struct maker {
	struct arena *arena;
	const char *dir;
	EVP_PKEY *keys[KEYS];
	struct message revisions[REVISIONS];
	struct span fields[200]; /* made so far, with their CRLF; in the order of making */
	size_t n;
	bool compare, differs;
};

static void must(bool good, const struct err *e)
{
	if (!good) {
		fprintf(stderr, "d2cases: %s\n", e->text);
		exit(70);
	}
}

/* ---- what is signed ---- */

/* TAG without the third part of each set. */
static void add_emptied(struct buf *out, struct span tag)
{
	int colons = 0;

	for (size_t i = 0; i < tag.n; i++) {
		char c = tag.p[i];

		colons = c == ',' || c == '|' ? 0 : colons + (c == ':');
		if (colons < 2 || c == ':') {
			buf_chr(out, c);
		}
	}
}

/* Name in lower case, ':', value without white space, CRLF; EMPTY_S: without values in s=. */
static void add_input(struct buf *out, struct span field, bool empty_s)
{
	size_t colon = span_chr(field, ':');
	struct buf squeezed = BUF_INIT;
	struct span rest;

	for (size_t i = 0; i <= colon; i++) {
		buf_chr(out, ascii_lower(field.p[i]));
	}
	for (size_t i = colon + 1; i < field.n; i++) {
		if (!ascii_fws(field.p[i])) {
			buf_chr(&squeezed, field.p[i]);
		}
	}
	rest = buf_span(&squeezed);
	while (rest.p) {
		struct span tag = span_cut(&rest, ';');

		if (empty_s && span_starts(tag, SPAN("s="))) {
			add_emptied(out, tag);
		} else {
			buf_add(out, tag);
		}
		if (rest.p) {
			buf_chr(out, ';');
		}
	}
	buf_str(out, "\r\n");
	buf_free(&squeezed);
}

/*
 * By OpenSSL itself: the library takes no RSA key that is too short. Ed25519 is over the
 * digest.
 */
static void add_value(struct buf *out, EVP_PKEY *key, struct span input)
{
	bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char value[512];
	size_t n = sizeof(value);
	struct digest digest;
	struct span text = input;

	hash_of(HASH_SHA256, input, &digest);
	if (!rsa) {
		text = digest_span(&digest);
	}
	if (!context ||
	    EVP_DigestSignInit(context, NULL, rsa ? EVP_sha256() : NULL, NULL, key) != 1 ||
	    EVP_DigestSign(context, value, &n, (const unsigned char *)text.p, text.n) != 1) {
		fprintf(stderr, "d2cases: OpenSSL does not sign\n");
		exit(70);
	}
	EVP_MD_CTX_free(context);
	codec_base64(out, (struct span){ (const char *)value, n });
}

static void sign(struct maker *x, struct buf *out, struct span own, size_t key)
{
	struct buf input = BUF_INIT;

	for (int kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < x->n; i++) {
			if (span_istarts(x->fields[i], kind ? SPAN("DKIM2-S") : SPAN("Message-I"))) {
				add_input(&input, x->fields[i], false);
			}
		}
	}
	add_input(&input, own, true);
	add_value(out, x->keys[key], buf_span(&input));
	buf_free(&input);
}

/* ---- templates ---- */

static void add_hash(struct maker *x, struct buf *out, char what, size_t revision)
{
	const struct message *m = &x->revisions[revision - 1];
	enum hash_alg alg = what == 'H' || what == 'B' ? HASH_SHA256 : HASH_SHA512;
	struct digest digest;

	if (what == 'H' || what == 'U') {
		struct canon_header header = canon_dkim2_header(x->arena, m->fields, m->count);

		canon_dkim2_header_hash(alg, &header, &digest);
	} else {
		canon_body_hash(CANON_SIMPLE, alg, m->body, &digest);
	}
	codec_base64(out, digest_span(&digest));
}

static struct span repeat(struct maker *x, struct span text)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < text.n; i++) {
		size_t open = i + 1, end;
		long times;

		while (open < text.n && ascii_digit(text.p[open])) {
			open++;
		}
		if (text.p[i] != '%' || open == i + 1 || text.p[open] != '(') {
			buf_chr(&out, text.p[i]);
			continue;
		}
		end = open + span_find(span_from(text, open), SPAN("%)"));
		for (times = strtol(text.p + i + 1, NULL, 10); times > 0; times--) {
			buf_add(&out, span_sub(text, open + 1, end));
		}
		i = end + 1;
	}
	return buf_move(&out, x->arena);
}

/* One pass: everything but signatures, or, in the second, those. */
static struct span expand(struct maker *x, struct span text, bool signatures)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < text.n; i++) {
		size_t from = i;
		long long number;
		char *after;

		if (text.p[i] != '%') {
			buf_chr(&out, text.p[i]);
			continue;
		}
		number = strtoll(text.p + i + 1, &after, 10);
		i = (size_t)(after - text.p);
		if (text.p[i] == '{') {
			size_t end = i + span_find(span_from(text, i), SPAN("%}"));

			codec_base64(&out, span_sub(text, i + 1, end));
			i = end + 1;
		} else if (strchr("HBUV", text.p[i])) {
			add_hash(x, &out, text.p[i], number ? (size_t)number : REVISIONS);
		} else if (text.p[i] == 'T') {
			buf_printf(&out, "%lld", D2_NOW + number);
		} else if (text.p[i] == 'X') {
			buf_str(&out, "AAAAAAAAAAAAAAAAAAAAAAAAAAAA");
		} else if (!signatures) {
			buf_add(&out, span_sub(text, from, i + 1));
		} else {
			for (size_t k = 0; k < KEYS; k++) {
				if (text.p[i] == key_names[k].letter) {
					sign(x, &out, text, k);
				}
			}
		}
	}
	return buf_move(&out, x->arena);
}

static void add_line(struct maker *x, struct span line)
{
	struct span name = line.p[0] == 'M'   ? SPAN("Message-Instance: ")
	                   : line.p[0] == 'S' ? SPAN("DKIM2-Signature: ")
	                                      : SPAN("");
	struct span field = arena_join(x->arena, name, span_from(line, 2), SPAN_END);

	field = expand(x, expand(x, field, false), true);
	x->fields[x->n++] = arena_join(x->arena, field, SPAN("\r\n"), SPAN_END);
}

/* Up to an LF that does not end in a CRLF. */
static struct span cut_line(struct span *rest)
{
	size_t i = 0;

	while (i < rest->n && (rest->p[i] != '\n' || (i > 0 && rest->p[i - 1] == '\r'))) {
		i++;
	}
	struct span line = span_sub(*rest, 0, i);

	*rest = i < rest->n ? span_from(*rest, i + 1) : (struct span){ NULL, 0 };
	return line;
}

/* ---- cases ---- */

static struct span text_of(struct maker *x, const char *text)
{
	struct span copy = arena_copy(x->arena, span_str(text));

	for (size_t i = 0; i < copy.n; i++) {
		if (copy.p[i] == 1) {
			((char *)copy.p)[i] = '\0';
		}
	}
	return copy;
}

static struct span make(struct maker *x, const struct d2case *c)
{
	struct span rest = repeat(x, span_str(c->fields)), texts[REVISIONS];
	struct buf out = BUF_INIT;
	struct err e;

	for (size_t i = 0; i < REVISIONS; i++) {
		const char *text = i == 0 ? c->first : i == 1 ? c->second : c->text;

		texts[i] = text_of(x, text ? text : c->text ? c->text : d2_original);
		must(message_parse(x->arena, texts[i], &x->revisions[i], &e), &e);
	}
	x->n = 0;
	while (rest.p) {
		struct span line = cut_line(&rest);

		if (line.n) {
			add_line(x, line);
		}
	}
	for (size_t i = 0; i < x->n; i++) {
		buf_add(&out, x->fields[c->upside_down ? i : x->n - 1 - i]);
	}
	buf_add(&out, texts[REVISIONS - 1]);
	return buf_move(&out, x->arena);
}

static void put(struct maker *x, const char *name, struct span text)
{
	struct span path = arena_printf(x->arena, "%s/%s", x->dir, name);
	struct buf old = BUF_INIT;
	struct err e = { .class = ERR_NONE };
	bool same = file_read(path.p, 1 << 24, &old, &e) && span_eq(buf_span(&old), text);

	buf_free(&old);
	if (same) {
		return;
	}
	x->differs = true;
	if (x->compare) {
		printf("%s is not what is made\n", path.p);
	} else {
		must(file_replace(path.p, text, 0644, &e), &e);
	}
}

static void add_row(struct maker *x, struct buf *out, const struct d2case *c)
{
	struct span want = repeat(x, span_str(c->want));
	size_t colon = span_chr(want, ':');
	struct span state = span_sub(want, 0, colon);

	buf_printf(out, "%s\t%s\t%s\t%lld\tkeys.tsv\t", c->name, c->mail_from ? c->mail_from : "-",
	           c->rcpt_to ? c->rcpt_to : "-", (long long)D2_NOW);
	for (size_t i = 0; i < state.n; i++) {
		buf_chr(out, ascii_lower(state.p[i]));
	}
	buf_printf(out, "\t%.*s\t%s\n", SPAN_FMT(span_sub(want, 0, colon == SPAN_NONE ? 0 : want.n)),
	           c->clause);
}

/* ---- keys ---- */

static void read_keys(struct maker *x)
{
	for (size_t i = 0; i < KEYS; i++) {
		struct span path =
			arena_printf(x->arena, "%s/keys/%s.pem", x->dir, key_names[i].name);
		FILE *file = fopen(path.p, "r");

		x->keys[i] = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
		if (!x->keys[i]) {
			fprintf(stderr, "d2cases: no key in '%s'\n", path.p);
			exit(66);
		}
		fclose(file);
	}
}

static void add_record(struct buf *out, EVP_PKEY *key)
{
	unsigned char octets[1024], *end = octets;
	size_t n = sizeof(octets);

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
		n = (size_t)i2d_PUBKEY(key, &end);
		buf_str(out, "v=DKIM1; k=rsa; p=");
	} else {
		EVP_PKEY_get_raw_public_key(key, octets, &n);
		buf_str(out, "v=DKIM1; k=ed25519; p=");
	}
	codec_base64(out, (struct span){ (const char *)octets, n });
}

/* RECORD with the Ed25519 key in the place of %. */
static void add_odd_record(struct maker *x, struct buf *out, const char *record)
{
	struct span rest = span_str(record), before = span_cut(&rest, '%');
	struct buf key = BUF_INIT;

	buf_add(out, before);
	if (rest.p) {
		add_record(&key, x->keys[0]);
		buf_add(out, span_from(buf_span(&key), span_find(buf_span(&key), SPAN("p=")) + 2));
		buf_add(out, rest);
		buf_free(&key);
	}
}

static void put_zone(struct maker *x)
{
	struct buf out = BUF_INIT;

	buf_str(&out, "# Written by tests/tools/d2cases.c.\n");
	for (size_t d = 0; d < sizeof(d2_domains) / sizeof(d2_domains[0]); d++) {
		for (size_t k = 0; k < KEYS; k++) {
			buf_printf(&out, "%s._domainkey.%s\t", key_names[k].name, d2_domains[d]);
			/* The one called "wrong" is published with the key of "ed". */
			add_record(&out, x->keys[k == KEYS - 1 ? 0 : k]);
			buf_chr(&out, '\n');
		}
	}
	for (size_t i = 0; i < sizeof(d2_records) / sizeof(d2_records[0]); i++) {
		buf_printf(&out, "%s._domainkey.a.example\t", d2_records[i].selector);
		add_odd_record(x, &out, d2_records[i].text);
		buf_chr(&out, '\n');
	}
	put(x, "keys.tsv", buf_span(&out));
	buf_free(&out);
}

int main(int argc, char **argv)
{
	struct maker x = { .compare = argc == 3 && strcmp(argv[1], "-c") == 0 };
	struct buf table = BUF_INIT;

	if (argc != 2 + x.compare) {
		fprintf(stderr, "usage: d2cases [-c] DIR\n");
		return 64;
	}
	x.arena = arena_new();
	x.dir = argv[argc - 1];
	read_keys(&x);
	put_zone(&x);
	buf_str(&table, "# Written by tests/tools/d2cases.c: name, MAIL FROM, RCPT TO (- not given, "
	                "comma separated), now, keys, result, text, clause.\n");
	for (size_t i = 0; i < sizeof(d2_cases) / sizeof(d2_cases[0]); i++) {
		const struct d2case *c = &d2_cases[i];

		put(&x, arena_printf(x.arena, "%s.eml", c->name).p, make(&x, c));
		add_row(&x, &table, c);
	}
	put(&x, "cases.tsv", buf_span(&table));
	printf("%zu cases%s\n", sizeof(d2_cases) / sizeof(d2_cases[0]),
	       x.differs ? (x.compare ? ", some differ" : ", files written") : "");
	buf_free(&table);
	for (size_t i = 0; i < KEYS; i++) {
		EVP_PKEY_free(x.keys[i]);
	}
	arena_free(x.arena);
	return x.compare && x.differs;
}
