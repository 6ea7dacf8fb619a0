#ifndef LADLE_AUTH_DKIM2_FIELD_H
#define LADLE_AUTH_DKIM2_FIELD_H

/*
 * What the dkim2_*.c files share: parsed fields, the chain they form, and the
 * faults of the draft's section 14 with their exact texts. Nobody else includes this.
 *
 * Order of use: dkim2_chain_parse, dkim2_chain_check, then what the caller needs.
 */

#include "auth/dkim2.h"
#include "base/limits.h"

#define DKIM2_NONCE_MAX 64 /* characters */

/* ---- faults ---- */

enum dkim2_fault_id {
	DKIM2_OK,
	DKIM2_TOO_MANY,
	DKIM2_NOT_NORMAL,

	DKIM2_INSTANCE_MISSING,
	DKIM2_INSTANCE_SYNTAX,
	DKIM2_INSTANCE_TAG_MISSING,
	DKIM2_INSTANCE_UNSIGNED,
	DKIM2_INSTANCE_DUPLICATE_HASH,
	DKIM2_INSTANCE_JSON,
	DKIM2_INSTANCE_RECIPE,
	DKIM2_INSTANCE_ALGORITHM,
	DKIM2_INSTANCE_NO_GROUP,
	DKIM2_INSTANCE_HEADER_HASH,
	DKIM2_INSTANCE_BODY_HASH,

	DKIM2_SIGNATURE_MISSING,
	DKIM2_SIGNATURE_SYNTAX,
	DKIM2_SIGNATURE_TAG_MISSING,
	DKIM2_SIGNATURE_TAG_UNEXPECTED,
	DKIM2_SIGNATURE_ND_UNEXPECTED,
	DKIM2_SIGNATURE_DUPLICATE_SELECTOR,
	DKIM2_SIGNATURE_SELECTORS,
	DKIM2_SIGNATURE_EXPIRED,
	DKIM2_SIGNATURE_FUTURE,
	DKIM2_SIGNATURE_MAIL_FROM,
	DKIM2_SIGNATURE_RCPT_TO,
	DKIM2_SIGNATURE_DOMAIN,
	DKIM2_SIGNATURE_NEXT_DOMAIN,
	DKIM2_SIGNATURE_CUSTODY_MF,
	DKIM2_SIGNATURE_CUSTODY_D,
	DKIM2_SIGNATURE_KEY_FETCH,
	DKIM2_SIGNATURE_KEY_MISSING,
	DKIM2_SIGNATURE_KEY_MULTIPLE,
	DKIM2_SIGNATURE_KEY_SYNTAX,
	DKIM2_SIGNATURE_KEY_MALFORMED,
	DKIM2_SIGNATURE_KEY_MISMATCH,
	DKIM2_SIGNATURE_KEY_REVOKED,
	DKIM2_SIGNATURE_INCORRECT,
	DKIM2_SIGNATURE_ALGORITHM,
	DKIM2_SIGNATURE_NO_GROUP,
	DKIM2_SIGNATURE_FROM,

	DKIM2_FAULTS
};

struct dkim2_fault {
	enum dkim2_fault_id id;
	uint64_t n;        /* i= or m= it is about */
	uint64_t other;    /* i= of the other hop */
	struct span value; /* tag, selector, address…; bytes from strangers */
};

/* PASS for DKIM2_OK. */
enum auth_result dkim2_fault_result(const struct dkim2_fault *fault);
/* "FAIL: DKIM2-Signature i=2 …"; empty for DKIM2_OK. */
struct span dkim2_fault_text(struct arena *arena, const struct dkim2_fault *fault);
/* The i= at fault; 0 when it is an instance or the whole. */
uint64_t dkim2_fault_hop(const struct dkim2_fault *fault);

/*
 * Faults of the members of one `,` group (ALL) or of the `|` groups (ANY), the
 * first of each kind. NO_GROUP stands for several failed alternatives.
 */
struct dkim2_tally {
	size_t members;
	bool passed;
	struct dkim2_fault fail, permerror, temperror;
};
void dkim2_tally_add(struct dkim2_tally *tally, const struct dkim2_fault *fault);
struct dkim2_fault dkim2_tally_all(const struct dkim2_tally *tally);
struct dkim2_fault dkim2_tally_any(const struct dkim2_tally *tally, struct dkim2_fault no_group);

/* ---- fields ---- */

struct dkim2_hash_set {
	struct span name; /* "sha256"… */
	unsigned group;
	bool known;
	enum hash_alg alg;  /* when known */
	struct span header; /* decoded */
	struct span body;
};

/* A Message-Instance field. */
struct dkim2_mi {
	const struct field *field;
	uint64_t m;
	struct dkim2_hash_set sets[LIMIT_SETS];
	size_t nsets;
	struct span hashes; /* h=, squeezed */
	bool has_recipe;
	struct recipe recipe;
};

/* A DKIM2-Signature field. */
struct dkim2_sig {
	const struct field *field;
	struct dkim2_hop hop;               /* sets without group results */
	struct span signatures[LIMIT_SETS]; /* decoded, as hop.sets */
};

/* All DKIM2 fields of a header; those that parsed, ascending by number. */
struct dkim2_chain {
	struct dkim2_sig *sigs;
	size_t nsigs;
	struct dkim2_mi *instances;
	size_t ninstances;
	bool present; /* there is a DKIM2 field, good or bad */
};

struct dkim2_fault dkim2_parse_signature(struct arena *arena, const struct field *field,
                                         struct dkim2_sig *sig);
struct dkim2_fault dkim2_parse_instance(struct arena *arena, const struct field *field,
                                        struct dkim2_mi *mi);
/* Gives the first fault of a single field, top of the header first. */
struct dkim2_fault dkim2_chain_parse(struct arena *arena, const struct field *fields, size_t count,
                                     struct dkim2_chain *out);
/* Numbers without gap or repeat, every m= there, none decreases, the highest is signed. */
struct dkim2_fault dkim2_chain_check(const struct dkim2_chain *chain);

/* Does one of SIGNERS sign the text itself, not its hash? */
bool dkim2_signs_text(const struct signer *signers, size_t n);

/* Bytes that all recipes of M together may rebuild. */
uint64_t dkim2_budget(const struct message *m);

/* ---- steps of the verification ---- */

/*
 * Hash checks from the newest revision down, each with its recipe undone, and From on
 * the way. *NEWEST: the hashes of the newest are right, whatever comes of its recipe.
 */
struct dkim2_fault dkim2_check_instances(struct arena *arena, const struct message *m,
                                         const struct dkim2_chain *chain,
                                         struct dkim2_instance *results, bool *newest);
/*
 * The signature values of every hop. Fills results, texts and sets of HOPS. First
 * fault that counts.
 */
struct dkim2_fault dkim2_check_signatures(struct arena *arena, const struct dkim2_chain *chain,
                                          const struct keysource *source, struct dkim2_hop *hops);

#endif
