/*
 * What can be wrong, in the words of the draft's section 14: one row a fault. In the
 * texts # is the number of the field, @ that of the other hop, $ a value.
 */
#include "auth/dkim2_field.h"

#include "base/ascii.h"

enum { VALUE_MAX = 200 };

enum about { THE_WHOLE, AN_INSTANCE, A_SIGNATURE };

struct row {
	enum auth_result result;
	enum about about;
	const char *text;
};

static const struct row rows[DKIM2_FAULTS] = {
	[DKIM2_OK] = { AUTH_PASS, THE_WHOLE, "" },
	[DKIM2_TOO_MANY] = { AUTH_PERMERROR, THE_WHOLE, "Too many DKIM2 header fields" },
	[DKIM2_NOT_NORMAL] = { AUTH_FAIL, THE_WHOLE, "Message is not network-normal" },

	[DKIM2_INSTANCE_MISSING] = { AUTH_PERMERROR, AN_INSTANCE, "missing" },
	[DKIM2_INSTANCE_SYNTAX] = { AUTH_PERMERROR, AN_INSTANCE, "syntax error" },
	[DKIM2_INSTANCE_TAG_MISSING] = { AUTH_PERMERROR, AN_INSTANCE, "tag=$ missing" },
	[DKIM2_INSTANCE_UNSIGNED] = { AUTH_PERMERROR, AN_INSTANCE, "is not signed" },
	[DKIM2_INSTANCE_DUPLICATE_HASH] = { AUTH_PERMERROR, AN_INSTANCE,
	                                    "has a duplicate hash algorithm" },
	[DKIM2_INSTANCE_JSON] = { AUTH_PERMERROR, AN_INSTANCE, "contains invalid JSON" },
	[DKIM2_INSTANCE_RECIPE] = { AUTH_PERMERROR, AN_INSTANCE, "Recipe $ is invalid" },
	[DKIM2_INSTANCE_ALGORITHM] = { AUTH_PERMERROR, AN_INSTANCE, "algorithm $ unknown" },
	[DKIM2_INSTANCE_NO_GROUP] = { AUTH_FAIL, AN_INSTANCE, "no group of hashes passed" },
	[DKIM2_INSTANCE_HEADER_HASH] = { AUTH_FAIL, AN_INSTANCE, "header hash $ mismatch" },
	[DKIM2_INSTANCE_BODY_HASH] = { AUTH_FAIL, AN_INSTANCE, "body hash $ mismatch" },

	[DKIM2_SIGNATURE_MISSING] = { AUTH_PERMERROR, A_SIGNATURE, "missing" },
	[DKIM2_SIGNATURE_SYNTAX] = { AUTH_PERMERROR, A_SIGNATURE, "syntax error" },
	[DKIM2_SIGNATURE_TAG_MISSING] = { AUTH_PERMERROR, A_SIGNATURE, "tag=$ missing" },
	[DKIM2_SIGNATURE_TAG_UNEXPECTED] = { AUTH_PERMERROR, A_SIGNATURE, "tag=$ was unexpected" },
	[DKIM2_SIGNATURE_ND_UNEXPECTED] = { AUTH_FAIL, A_SIGNATURE, "tag=nd was unexpected" },
	[DKIM2_SIGNATURE_DUPLICATE_SELECTOR] = { AUTH_PERMERROR, A_SIGNATURE,
	                                         "has a duplicate selector" },
	[DKIM2_SIGNATURE_SELECTORS] = { AUTH_PERMERROR, A_SIGNATURE,
	                                "has more selectors than allowed" },
	[DKIM2_SIGNATURE_EXPIRED] = { AUTH_FAIL, A_SIGNATURE, "signature expired" },
	[DKIM2_SIGNATURE_FUTURE] = { AUTH_FAIL, A_SIGNATURE, "signature is from the future" },
	[DKIM2_SIGNATURE_MAIL_FROM] = { AUTH_FAIL, A_SIGNATURE, "MAIL FROM $ did not match" },
	[DKIM2_SIGNATURE_RCPT_TO] = { AUTH_FAIL, A_SIGNATURE, "RCPT TO $ did not match" },
	[DKIM2_SIGNATURE_DOMAIN] = { AUTH_FAIL, A_SIGNATURE, "MAIL FROM and d= do not match" },
	[DKIM2_SIGNATURE_NEXT_DOMAIN] = { AUTH_FAIL, A_SIGNATURE, "nd= does not match" },
	[DKIM2_SIGNATURE_CUSTODY_MF] = { AUTH_FAIL, A_SIGNATURE,
	                                 "mf= does not match the rt= of i=@" },
	[DKIM2_SIGNATURE_CUSTODY_D] = { AUTH_FAIL, A_SIGNATURE,
	                                "d= does not match the rt= of i=@" },
	[DKIM2_SIGNATURE_KEY_FETCH] = { AUTH_TEMPERROR, A_SIGNATURE,
	                                "public key $ could not be fetched" },
	[DKIM2_SIGNATURE_KEY_MISSING] = { AUTH_PERMERROR, A_SIGNATURE,
	                                  "public key $ does not exist" },
	[DKIM2_SIGNATURE_KEY_MULTIPLE] = { AUTH_PERMERROR, A_SIGNATURE,
	                                   "public key $ has multiple records" },
	[DKIM2_SIGNATURE_KEY_SYNTAX] = { AUTH_PERMERROR, A_SIGNATURE,
	                                 "public key $ has a syntax error" },
	[DKIM2_SIGNATURE_KEY_MALFORMED] = { AUTH_PERMERROR, A_SIGNATURE,
	                                    "public key $ is malformed" },
	[DKIM2_SIGNATURE_KEY_MISMATCH] = { AUTH_PERMERROR, A_SIGNATURE,
	                                   "public key $ algorithm mismatch" },
	[DKIM2_SIGNATURE_KEY_REVOKED] = { AUTH_PERMERROR, A_SIGNATURE,
	                                  "public key $ has been revoked" },
	[DKIM2_SIGNATURE_INCORRECT] = { AUTH_FAIL, A_SIGNATURE, "selector $ incorrect signature" },
	[DKIM2_SIGNATURE_ALGORITHM] = { AUTH_PERMERROR, A_SIGNATURE,
	                                "selector $ algorithm unknown" },
	[DKIM2_SIGNATURE_NO_GROUP] = { AUTH_FAIL, A_SIGNATURE, "no group of signatures passed" },
	[DKIM2_SIGNATURE_FROM] = { AUTH_FAIL, A_SIGNATURE, "matching From is not authentic" },
};

static const char *const prefixes[] = {
	[AUTH_NONE] = "",
	[AUTH_PASS] = "",
	[AUTH_FAIL] = "FAIL: ",
	[AUTH_PERMERROR] = "PERMERROR: ",
	[AUTH_TEMPERROR] = "TEMPERROR: ",
};

static const char *const subjects[] = {
	[THE_WHOLE] = "",
	[AN_INSTANCE] = "Message-Instance m=# ",
	[A_SIGNATURE] = "DKIM2-Signature i=# ",
};

enum auth_result dkim2_fault_result(const struct dkim2_fault *fault)
{
	return rows[fault->id].result;
}

uint64_t dkim2_fault_hop(const struct dkim2_fault *fault)
{
	return rows[fault->id].about == A_SIGNATURE ? fault->n : 0;
}

/* Bytes from strangers: no control characters, not without end. */
static void add_value(struct buf *out, struct span value)
{
	size_t n = value.n > VALUE_MAX ? VALUE_MAX : value.n;

	for (size_t i = 0; i < n; i++) {
		buf_chr(out, ascii_cntrl(value.p[i]) ? '?' : value.p[i]);
	}
}

static void add_text(struct buf *out, const char *text, const struct dkim2_fault *fault)
{
	for (; *text; text++) {
		if (*text == '#') {
			buf_printf(out, "%llu", (unsigned long long)fault->n);
		} else if (*text == '@') {
			buf_printf(out, "%llu", (unsigned long long)fault->other);
		} else if (*text == '$') {
			add_value(out, fault->value);
		} else {
			buf_chr(out, *text);
		}
	}
}

struct span dkim2_fault_text(struct arena *arena, const struct dkim2_fault *fault)
{
	const struct row *row = &rows[fault->id];
	struct buf out = BUF_INIT;

	if (fault->id == DKIM2_OK) {
		return (struct span){ NULL, 0 };
	}
	buf_str(&out, prefixes[row->result]);
	add_text(&out, subjects[row->about], fault);
	add_text(&out, row->text, fault);
	return buf_move(&out, arena);
}

/* ---- groups ---- */

void dkim2_tally_add(struct dkim2_tally *tally, const struct dkim2_fault *fault)
{
	struct dkim2_fault *slot = NULL;

	tally->members++;
	switch (dkim2_fault_result(fault)) {
	case AUTH_FAIL: slot = &tally->fail; break;
	case AUTH_PERMERROR: slot = &tally->permerror; break;
	case AUTH_TEMPERROR: slot = &tally->temperror; break;
	case AUTH_NONE:
	case AUTH_PASS: tally->passed = true; return;
	}
	if (slot->id == DKIM2_OK) {
		*slot = *fault;
	}
}

struct dkim2_fault dkim2_tally_all(const struct dkim2_tally *tally)
{
	if (tally->fail.id != DKIM2_OK) {
		return tally->fail;
	}
	return tally->permerror.id != DKIM2_OK ? tally->permerror : tally->temperror;
}

struct dkim2_fault dkim2_tally_any(const struct dkim2_tally *tally, struct dkim2_fault no_group)
{
	if (tally->passed) {
		return (struct dkim2_fault){ .id = DKIM2_OK };
	}
	if (tally->temperror.id != DKIM2_OK) {
		return tally->temperror;
	}
	if (tally->fail.id != DKIM2_OK) {
		return tally->members > 1 ? no_group : tally->fail;
	}
	return tally->permerror.id != DKIM2_OK ? tally->permerror : no_group;
}
