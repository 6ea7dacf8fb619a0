#ifndef LADLE_AUTH_VERDICT_H
#define LADLE_AUTH_VERDICT_H

/* What verification found. Plain data in an arena; rules/ decides on it, cli/ and store/ print it.
 */

#include "auth/crypto.h"
#include "base/mem.h"

enum auth_result { AUTH_NONE, AUTH_PASS, AUTH_FAIL, AUTH_PERMERROR, AUTH_TEMPERROR };
const char *auth_result_name(enum auth_result r); /* "none", "pass"… */

/* The envelope a message came with. */
struct envelope {
	bool known;            /* false: not given; then envelope checks are void */
	struct span mail_from; /* without brackets; empty is the null path */
	struct span *rcpt_to;  /* without brackets */
	size_t rcpts;
};

struct dkim1_result {
	enum auth_result result;
	struct span text; /* reason; empty for pass */
	struct span d, s, a, i;
	unsigned bits; /* key size */
	bool aligned;  /* d= may speak for the From domain: by DMARC (dmarc_align) in a verdict, by
	                  the names alone after dkim1_verify */
	bool authenticated; /* key record came with AD */
	bool partial;       /* l= leaves a part of the body unsigned: proves no authorship of it */
	bool doubles;       /* a second Subject, To or Cc stands above what it covers */
	bool adds_subject;  /* there are more Subject fields than it covers: one is anybody's */
};

struct dkim2_set {
	struct span selector, algorithm;
	unsigned group; /* 0 for the first group */
	unsigned bits;
	bool authenticated; /* key record came with AD */
	enum auth_result result;
	struct span text;
};

struct dkim2_hop {
	uint64_t i, m, t;
	struct span time;         /* t as date_iso; empty when that has no such form */
	struct span d, mf, nd, n; /* mf decoded, with brackets */
	struct span *rt;          /* decoded, with brackets */
	size_t rts;
	bool feedback, feedhere, exploded;
	struct span *flags; /* as in the field, unknown ones too */
	size_t nflags;
	struct dkim2_set *sets;
	size_t nsets;
	enum auth_result result; /* of this hop's signature; AUTH_NONE: not reached */
	struct span text;
};

/* One hash set of a Message-Instance. */
struct dkim2_hash {
	struct span algorithm;
	unsigned group;                              /* 0 for the first group */
	struct span header, body;                    /* base64 */
	enum auth_result header_result, body_result; /* AUTH_NONE: not compared */
};

/* What a recipe takes over from the revision it is in, and what it brings back itself. */
struct dkim2_steps {
	uint64_t steps;
	uint64_t copied, restored; /* fields, or lines of the body */
};

struct dkim2_instance {
	uint64_t m;
	bool has_recipe;
	bool header_changed, body_changed; /* what its recipe touches */
	struct span *fields;               /* names in the recipe, lower case */
	struct dkim2_steps *field_steps;   /* of each */
	size_t nfields;
	struct dkim2_steps body_steps; /* when body_changed */
	size_t recipe_bytes;           /* of its JSON */
	struct span hashes;            /* the h= value, squeezed */
	struct dkim2_hash *sets;       /* the same, read */
	size_t nsets;
	enum auth_result result; /* of its hashes; AUTH_NONE: not reached */
	struct span text;
	bool compared;        /* changes is filled (report_compare) */
	struct span *changes; /* what it changed of the revision before, in words */
	size_t nchanges;
};

struct dkim2_result {
	enum auth_result result; /* Fully Verified = AUTH_PASS */
	struct span text;        /* "FAIL: DKIM2-Signature i=2 …"; empty for pass and none */
	uint64_t failing;        /* i= of the hop at fault, 0 when none or an instance */
	bool provisional;        /* Provisionally Verified */
	struct dkim2_hop *hops;  /* ascending i= */
	size_t nhops;
	struct dkim2_instance *instances; /* ascending m= */
	size_t ninstances;
	bool author_signed;     /* From is Authentic for this chain */
	struct span altered_by; /* d= of the first hop of another domain than the author's that
	                           changed what he wrote; empty: none, or an aligned DKIM1
	                           signature says that it is his all the same */
};

/* The first hop whose signature covers instance M: its maker, if it names that instance. */
const struct dkim2_hop *dkim2_first_signer(const struct dkim2_result *r, uint64_t m);
/* Is the header that of the newest instance, which there must be? For a message without its body.
 */
bool dkim2_header_matches(const struct dkim2_result *r);

enum dmarc_policy { DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE, DMARC_POLICY_REJECT };

/* DMARC (RFC 9989) for the author's domain. */
struct dmarc_result {
	enum auth_result result;  /* AUTH_NONE: no record, or not exactly one author */
	struct span text;         /* reason; empty for pass */
	struct span author;       /* the author's domain, A-labels */
	struct span found;        /* domain whose record applies; empty: there is none */
	struct span organization; /* the author's organizational domain */
	enum dmarc_policy policy; /* what the record asks for: p=, sp= or np=; t= not yet applied */
	bool testing;             /* t=y: the policy is to be taken one step milder */
	bool strict_dkim, strict_spf; /* adkim=s, aspf=s */
	bool authenticated;           /* the record came with AD */
};

/* One ARC set (RFC 8617), as far as its fields parse. */
struct arc_set {
	unsigned i;
	struct span d, s, a;         /* of the seal */
	struct span message_d;       /* d= of the ARC-Message-Signature */
	struct span cv;              /* "none", "fail", "pass" */
	enum auth_result seal, body; /* seal; message signature; AUTH_NONE: not looked at */
	struct span text;
};

struct arc_result {
	enum auth_result result; /* AUTH_NONE, PASS, FAIL, TEMPERROR */
	struct span text;
	struct arc_set *sets; /* ascending i= */
	size_t nsets;
};

/* SPF as a trusted MTA found it: its Authentication-Results (RFC 8601). */
struct spf_result {
	struct span result; /* "pass", "softfail"…; empty: nobody we trust said anything */
	struct span domain; /* of smtp.mailfrom, A-labels; empty: it was not said */
};

struct verdict {
	struct dkim2_result dkim2;
	struct dkim1_result *dkim1;
	size_t ndkim1;
	struct spf_result spf;
	struct dmarc_result dmarc;
	struct arc_result arc;
	bool temporary;   /* something may look different later */
	bool from_signed; /* DKIM2 pass that the author began, or an aligned DKIM1 pass, not l= */
	bool from_authentic;  /* from_signed, or a DMARC pass (which SPF alone may bring about) */
	bool doubled;         /* From is proved only by DKIM1 signatures that are so (doubles) */
	bool words_authentic; /* and what the author proved is what the message says: no other hop
	                         has changed it, no Subject been added. Commands need that. */
};

#endif
