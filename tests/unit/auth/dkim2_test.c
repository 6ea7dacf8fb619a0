/*
 * DKIM2: the 61 cases of tests/corpus/dkim2/mail-auth-0.15.1-spec08, every text of the
 * draft's section 14 from a signed message with one thing wrong, what is to be
 * accepted, round trips.
 */
#include "auth/dkim2.h"

#include "base/limits.h"
#include "chain.h"
#include "fuzz/edit_model.h"
#include "../mail/corpus.h"
#include "samples.h"

#include <check.h>
#include <jansson.h>

static const char original[] =
	"From: Alice <alice@a.example>\r\nTo: list@b.example\r\nSubject: Hello\r\n"
	"Received: from x\r\n\r\nOne\r\nTwo\r\n";
/* As original, with a subject tag and a footer. */
static const char revised[] =
	"From: Alice <alice@a.example>\r\nTo: list@b.example\r\nSubject: [list] Hello\r\nList-Id: <list.b.example>\r\n"
	"Received: from x\r\n\r\nOne\r\nTwo\r\n-- \r\nfooter\r\n";
/* As revised, and From is the list's. */
static const char munged[] =
	"From: Alice via list <list@b.example>\r\nTo: list@b.example\r\nSubject: Hello\r\n"
	"Received: from x\r\n\r\nOne\r\nTwo\r\n";

/* ---- vectors ---- */

#define VECTORS "dkim2/mail-auth-0.15.1-spec08/"

static struct span bare_path(const char *path)
{
	struct span s = span_str(path);

	return span_starts(s, SPAN("<")) && span_ends(s, SPAN(">")) ? span_sub(s, 1, s.n - 1) : s;
}

static struct envelope vector_envelope(struct arena *arena, const json_t *c)
{
	const json_t *rcpts = json_object_get(c, "rcpt_to");
	struct envelope envelope = { .known = true, .rcpts = json_array_size(rcpts) };

	envelope.mail_from = bare_path(json_string_value(json_object_get(c, "mail_from")));
	envelope.rcpt_to = arena_array(arena, envelope.rcpts, sizeof(*envelope.rcpt_to));
	for (size_t i = 0; i < envelope.rcpts; i++) {
		envelope.rcpt_to[i] = bare_path(json_string_value(json_array_get(rcpts, i)));
	}
	return envelope;
}

static bool run_vector(const json_t *c, const struct keysource *source)
{
	struct arena *arena = arena_new();
	const char *name = json_string_value(json_object_get(c, "name"));
	const char *file = json_string_value(json_object_get(c, "file"));
	const char *expected = json_string_value(json_object_get(c, "expected"));
	struct span path = arena_printf(arena, VECTORS "expected/%s", file);
	struct envelope envelope = vector_envelope(arena, c);
	struct dkim2_result result;
	struct message m;
	bool skipped = false;

	m = sample_parse(arena, sample_crlf(arena, sample_file(arena, path.p)));
	dkim2_verify(arena, &m, &envelope, source, json_integer_value(json_object_get(c, "now")),
	             &result);
	if (!crypto_has_mldsa44() && span_find(m.raw, SPAN(":mldsa44:")) != SPAN_NONE) {
		printf("skipped: %s: this libcrypto has no ML-DSA-44\n", name);
		ck_assert_msg(
			span_is(result.text,
		                "PERMERROR: DKIM2-Signature i=1 selector mldsa44 algorithm unknown"),
			"%s: %.*s", name, SPAN_FMT(result.text));
		skipped = true;
	} else {
		ck_assert_msg(strcmp(auth_result_name(result.result), expected) == 0,
		              "%s: expected %s, got %.*s", name, expected, SPAN_FMT(result.text));
		ck_assert((result.text.n > 0) == (result.result != AUTH_PASS));
	}
	arena_free(arena);
	return !skipped;
}

START_TEST(vectors)
{
	struct arena *arena = arena_new();
	struct keysource source = sample_keys(arena, VECTORS "dns.json");
	struct span text = sample_file(arena, VECTORS "cases.json");
	json_t *cases = json_loadb(text.p, text.n, 0, NULL), *c;
	size_t i, run = 0;

	ck_assert_uint_eq(json_array_size(cases), 61);
	json_array_foreach(cases, i, c) run += run_vector(c, &source);
	ck_assert_uint_eq(run, crypto_has_mldsa44() ? 61 : 60);
	json_decref(cases);
	arena_free(arena);
}
END_TEST

/* ---- texts ---- */

#define M1          "M m=1; h=sha256:%H:%B;\n"
#define M1_OLD      "M m=1; h=sha256:%h:%b;\n"
#define ALICE       "mf=%{<alice@a.example>%}; "
#define TO_B        "rt=%{<list@b.example>%}; "
#define ENV1        ALICE TO_B
#define ENV2        "mf=%{<l@b.example>%}; rt=%{<x@c.example>%}; "
#define SET         "s=ed:ed25519-sha256:%S;"
#define S1          "S i=1; m=1; t=%T; d=a.example; " ENV1 SET "\n"
#define S2          "S i=2; m=1; t=%T; d=b.example; " ENV2 SET "\n"
#define S2M2        "S i=2; m=2; t=%T; d=b.example; " ENV2 SET "\n"
#define RECIPE      "{\"h\":{\"list-id\":[],\"subject\":[{\"d\":[\"Hello\"]}]},\"b\":[{\"c\":[1,2]}]}"
#define M2(json)    "M m=2; h=sha256:%H:%B; r=%{" json "%};\n"
#define S_WITH(set) M1 "S i=1; m=1; t=%T; d=a.example; " ENV1 "s=" set ";\n"
#define S_TAG(tag)  M1 "S i=1; m=1; t=%T; d=a.example; " ENV1 tag SET "\n"
#define MI          "PERMERROR: Message-Instance m="
#define SI          "PERMERROR: DKIM2-Signature i="

static const struct {
	const char *text; /* NULL: original */
	const char *fields;
	const char *want; /* the text; "" is pass */
	uint64_t failing;
} texts[] = {
	/* the messages that the rest are made of */
	{ NULL, M1 S1, "", 0 },
	{ NULL, M1 S1 S2, "", 0 },
	{ revised, M1_OLD S1 M2(RECIPE) S2M2, "", 0 },

	/* 1. fields */
	{ NULL, M1, SI "1 missing", 1 },
	{ NULL, S1, MI "1 missing", 0 },
	{ NULL, M1 "S i=2; m=1; t=%T; d=a.example; " ENV1 SET "\n", SI "1 missing", 1 },
	{ NULL, M1 S1 "S i=3; m=1; t=%T; d=b.example; " ENV2 SET "\n", SI "2 missing", 2 },
	{ NULL, M1 S1 S1, SI "2 missing", 2 },
	{ NULL, M1 "M m=3; h=sha256:%H:%B;\n" S1, MI "2 missing", 0 },
	{ NULL, M1 M1 S1, MI "2 missing", 0 },
	{ NULL, "M m=0; h=sha256:%H:%B;\n" S1, MI "1 missing", 0 },
	{ NULL, M1 "S i=1; m=2; t=%T; d=a.example; " ENV1 SET "\n", MI "2 missing", 0 },
	{ NULL, M1 "S i=1; m=0; t=%T; d=a.example; " ENV1 SET "\n", MI "0 missing", 0 },
	{ NULL, M1 S1 "M m=2; h=sha256:%H:%B;\n", MI "2 is not signed", 0 },
	{ NULL,
	  M1 "M m=2; h=sha256:%H:%B;\n"
	     "S i=1; m=2; t=%T; d=a.example; " ENV1 SET "\n" S2,
	  SI "2 syntax error", 2 },
	{ NULL, "M m=1 h=sha256:%H:%B;\n" S1, MI "0 syntax error", 0 },
	{ NULL, "M m=1; h=sha256:%H;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B,;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B; h=sha256:%H:%B;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=1; x=; x=; h=sha256:%H:%B;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=1; h=;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B; r=;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B; r=_w==;\n" S1, MI "1 syntax error", 0 },
	{ NULL, "M m=99999999999999999999; h=sha256:%H:%B;\n" S1, MI "0 syntax error", 0 },
	{ NULL, "M h=sha256:%H:%B;\n" S1, MI "0 tag=m missing", 0 },
	{ NULL, "M m=1;\n" S1, MI "1 tag=h missing", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B|sha256:%H:%B;\n" S1, MI "1 has a duplicate hash algorithm",
	  0 },
	{ revised, M1_OLD S1 M2("{") S2M2, MI "2 contains invalid JSON", 0 },
	{ revised, M1_OLD S1 M2("{\"b\":[{\"c\":[2,1]}]}") S2M2, MI "2 Recipe [2,1] is invalid",
	  0 },
	{ revised, M1_OLD S1 M2("{\"h\":{\"A\":[],\"a\":[]}}") S2M2, MI "2 Recipe a is invalid",
	  0 },
	{ NULL, M1 "S i=1; m=1; t=%T; " ENV1 SET "\n", SI "1 tag=d missing", 1 },
	{ NULL, M1 "S m=1; t=%T; d=a.example; " ENV1 SET "\n", SI "0 tag=i missing", 0 },
	{ NULL, M1 "S i=1; t=%T; d=a.example; " ENV1 SET "\n", SI "1 tag=m missing", 1 },
	{ NULL, M1 "S i=1; m=1; d=a.example; " ENV1 SET "\n", SI "1 tag=t missing", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; " ENV1 "\n", SI "1 tag=s missing", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; " ALICE SET "\n", SI "1 tag=rt missing", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; " TO_B SET "\n", SI "1 tag=mf missing", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; " SET "\n", SI "1 tag=mf missing", 1 },
	{ NULL, S_TAG("nd=b.example; "), SI "1 tag=nd was unexpected", 1 },
	{ NULL, S_TAG("d=a.example; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("f=; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("f=feedback,; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("n=a b; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("n=12345678901234567890123456789012345678901234567890123456789012345; "),
	  SI "1 syntax error", 1 },
	{ NULL, S_TAG("2=1; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("x=\xc3\xa4; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("x=\x0c; "), SI "1 syntax error", 1 },
	{ NULL, S_TAG("novalue; "), SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example.; " ENV1 SET "\n", SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a. example; " ENV1 SET "\n", SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=18446744073709551616; d=a.example; " ENV1 SET "\n",
	  SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=-1; d=a.example; " ENV1 SET "\n", SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; mf=%{alice@a.example%}; " TO_B SET "\n",
	  SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; " ALICE "rt=%{<list@b.example>%},; " SET "\n",
	  SI "1 syntax error", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; " ALICE "rt=%{list@b.example%}; " SET "\n",
	  SI "1 syntax error", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256:%S,"), SI "1 syntax error", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256"), SI "1 syntax error", 1 },
	{ NULL, S_WITH("ed.:ed25519-sha256:%S"), SI "1 syntax error", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256:"), SI "1 syntax error", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256:%S|ED:ed25519-sha256:%S"),
	  SI "1 has a duplicate selector", 1 },
	{ NULL,
	  S_WITH("ed1:a:%X,ed2:a:%X,ed3:a:%X,ed4:a:%X,ed5:a:%X,ed6:a:%X,ed7:a:%X,ed8:a:%X,ed9:a:%X"),
	  SI "1 has more selectors than allowed", 1 },

	/* 2. timestamps */
	{ NULL, M1 "S i=1; m=1; t=%-1209600T; d=a.example; " ENV1 SET "\n", "", 0 },
	{ NULL, M1 "S i=1; m=1; t=%86400T; d=a.example; " ENV1 SET "\n", "", 0 },
	{ NULL, M1 "S i=1; m=1; t=%-1209601T; d=a.example; " ENV1 SET "\n",
	  "FAIL: DKIM2-Signature i=1 signature expired", 1 },
	{ NULL, M1 "S i=1; m=1; t=%-1209601T; d=a.example; " ENV1 SET "\n" S2,
	  "FAIL: DKIM2-Signature i=1 signature expired", 1 },
	{ NULL, M1 "S i=1; m=1; t=%86401T; d=a.example; " ENV1 SET "\n",
	  "FAIL: DKIM2-Signature i=1 signature is from the future", 1 },
	{ NULL, M1 "S i=1; m=1; t=18446744073709551615; d=a.example; " ENV1 SET "\n",
	  "FAIL: DKIM2-Signature i=1 signature is from the future", 1 },

	/* 3. envelope: see below; a next domain must have a next hop */
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=b.example; nd=c.example; " SET "\n",
	  "FAIL: DKIM2-Signature i=2 tag=nd was unexpected", 2 },

	/* 4. domains and custody */
	{ NULL, M1 "S i=1; m=1; t=%T; d=sub.a.example; " ENV1 SET "\n",
	  "FAIL: DKIM2-Signature i=1 MAIL FROM and d= do not match", 1 },
	{ NULL, M1 "S i=1; m=1; t=%T; d=a.example; mf=%{<alice@[192.0.2.1]>%}; " TO_B SET "\n",
	  "FAIL: DKIM2-Signature i=1 MAIL FROM and d= do not match", 1 },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=c.example; mf=%{<l@c.example>%}; " TO_B SET "\n",
	  "FAIL: DKIM2-Signature i=2 mf= does not match the rt= of i=1", 2 },
	{ NULL,
	  M1 "S i=1; m=1; t=%T; d=a.example; " ALICE "rt=%{<dev@lists.b.example>%}; " SET "\n" S2,
	  "FAIL: DKIM2-Signature i=2 mf= does not match the rt= of i=1", 2 },
	{ NULL,
	  M1 "S i=1; m=1; t=%T; d=a.example; " ALICE "rt=%{<dev@lists.b.example>%}; " SET "\n"
	     "S i=2; m=1; t=%T; d=b.example; mf=%{<l@lists.b.example>%}; rt=%{<x@c.example>%}; " SET
	     "\n",
	  "", 0 },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=b.example; mf=%{<>%}; rt=%{<x@c.example>%}; " SET "\n",
	  "", 0 },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=c.example; mf=%{<>%}; rt=%{<x@c.example>%}; " SET "\n",
	  "FAIL: DKIM2-Signature i=2 d= does not match the rt= of i=1", 2 },
	{ NULL,
	  M1 S1 "S i=2; m=1; t=%T; d=b.example; nd=c.example; " SET "\n"
	        "S i=3; m=1; t=%T; d=C.example; mf=%{<l@c.example>%}; rt=%{<x@d.example>%}; " SET
	        "\n",
	  "", 0 },
	{ NULL,
	  M1 S1
	  "S i=2; m=1; t=%T; d=b.example; nd=c.example; " SET "\n"
	  "S i=3; m=1; t=%T; d=x.c.example; mf=%{<l@x.c.example>%}; rt=%{<x@d.example>%}; " SET
	  "\n",
	  "FAIL: DKIM2-Signature i=3 nd= does not match", 3 },
	{ NULL,
	  M1 S1 "S i=2; m=1; t=%T; d=c.example; nd=d.example; " SET "\n"
	        "S i=3; m=1; t=%T; d=d.example; mf=%{<l@d.example>%}; rt=%{<x@d.example>%}; " SET
	        "\n",
	  "FAIL: DKIM2-Signature i=2 d= does not match the rt= of i=1", 2 },

	/* 5. hashes, recipes, From */
	{ NULL, "M m=1; h=sha256:%X:%B;\n" S1,
	  "FAIL: Message-Instance m=1 header hash sha256 mismatch", 0 },
	{ NULL, "M m=1; h=sha256:%H:%X;\n" S1,
	  "FAIL: Message-Instance m=1 body hash sha256 mismatch", 0 },
	{ NULL, "M m=1; h=sha512:%U:%X;\n" S1,
	  "FAIL: Message-Instance m=1 body hash sha512 mismatch", 0 },
	{ NULL, "M m=1; h=sha512:%U:%V;\n" S1, "", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B,sha512:%U:%V;\n" S1, "", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B,sha512:%X:%V;\n" S1,
	  "FAIL: Message-Instance m=1 header hash sha512 mismatch", 0 },
	{ NULL, "M m=1; h=sha256:%X:%B|sha512:%U:%V;\n" S1, "", 0 },
	{ NULL, "M m=1; h=sha256:%X:%B|sha512:%X:%V;\n" S1,
	  "FAIL: Message-Instance m=1 no group of hashes passed", 0 },
	{ NULL, "M m=1; h=sha512:%U:%V,sha256:%X:%B|sha3:%H:%B;\n" S1,
	  "FAIL: Message-Instance m=1 no group of hashes passed", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B,sha3:%H:%B;\n" S1, MI "1 algorithm sha3 unknown", 0 },
	{ NULL, "M m=1; h=sha256:%H:%B,sha3:%H:%B|sha512:%U:%V;\n" S1, "", 0 },
	{ NULL, "M m=1; h=sha256:%U:%V;\n" S1,
	  "FAIL: Message-Instance m=1 header hash sha256 mismatch", 0 },
	{ revised,
	  "M m=1; h=sha256:%h:%b,sha512:%u:%v;\n" S1
	  "M m=2; h=sha512:%U:%V; r=%{" RECIPE "%};\n" S2M2,
	  "", 0 },
	{ revised,
	  "M m=1; h=sha256:%h:%b,sha512:%u:%X;\n" S1
	  "M m=2; h=sha512:%U:%V; r=%{" RECIPE "%};\n" S2M2,
	  "FAIL: Message-Instance m=1 body hash sha512 mismatch", 0 },
	{ NULL, "M m=1; h=sha3:%H:%B;\n" S1, MI "1 algorithm sha3 unknown", 0 },
	{ NULL, "M m=1; h=SHA256:%H:%B;\n" S1, MI "1 algorithm SHA256 unknown", 0 },
	{ NULL, "M m=1; h=sha3:%X:%X|sha256:%H:%B;\n" S1, "", 0 },
	{ NULL, "M m=1; h=sha3:%X:%X,sha256:%H:%B;\n" S1, MI "1 algorithm sha3 unknown", 0 },
	{ NULL, "M m=1; h=sha3:%X:%X,sha256:%H:%X;\n" S1,
	  "FAIL: Message-Instance m=1 body hash sha256 mismatch", 0 },
	{ revised, M1_OLD S1, "FAIL: Message-Instance m=1 header hash sha256 mismatch", 0 },
	{ revised, M1_OLD S1 "M m=2; h=sha256:%H:%B;\n" S2M2,
	  "FAIL: Message-Instance m=1 header hash sha256 mismatch", 0 },
	{ revised, M1_OLD S1 M2("{\"h\":{\"list-id\":[],\"subject\":[{\"d\":[\"Hello\"]}]}}") S2M2,
	  "FAIL: Message-Instance m=1 body hash sha256 mismatch", 0 },
	{ revised, M1_OLD S1 M2("{\"b\":null}") S2M2, MI "2 Recipe null is invalid", 0 },
	{ revised, M1_OLD S1 M2("{\"b\":[{\"c\":[1,5]}]}") S2M2, MI "2 Recipe [1,5] is invalid",
	  0 },
	{ revised, M1_OLD S1 M2("{\"h\":{\"subject\":[{\"c\":[1,2]}]}}") S2M2,
	  MI "2 Recipe [1,2] is invalid", 0 },
	{ munged, M1_OLD S1 M2("{\"h\":{\"from\":[{\"d\":[\"Alice <alice@a.example>\"]}]}}") S2M2,
	  "", 0 },
	{ munged,
	  M1_OLD S1 M2(
		  "{\"h\":{\"from\":[{\"d\":[\"Alice <alice@a.example>\"]}]}}") "S i=2; m=2; t=%T; d=sub.b.example; mf=%{<l@sub.b.example>%}; rt=%{<x@c.example>%}; " SET
	                                                                        "\n",
	  "FAIL: DKIM2-Signature i=2 matching From is not authentic", 2 },
	{ NULL, M1_OLD S1 M2("{\"h\":{\"from\":[{\"c\":[1,1]}]}}") S2M2,
	  "FAIL: DKIM2-Signature i=2 matching From is not authentic", 2 },
	{ "From: bob@b.example\r\nTo: list@b.example\r\n\r\n", M1 S1,
	  "FAIL: DKIM2-Signature i=1 matching From is not authentic", 1 },
	{ "From: a@sub.a.example\r\n\r\n", M1 S1, "", 0 },
	{ "From: a@A.Example\r\n\r\n", M1 S1, "", 0 },
	{ "To: x@b.example\r\n\r\n", M1 S1,
	  "FAIL: DKIM2-Signature i=1 matching From is not authentic", 1 },
	{ "From: a@a.example, b@a.example\r\n\r\n", M1 S1,
	  "FAIL: DKIM2-Signature i=1 matching From is not authentic", 1 },
	{ "From: a@a.example\r\nFrom: a@a.example\r\n\r\n", M1 S1,
	  "FAIL: DKIM2-Signature i=1 matching From is not authentic", 1 },
	{ "From: \"a b\"@a.example\r\n\r\n", M1 S1,
	  "FAIL: DKIM2-Signature i=1 matching From is not authentic", 1 },
	{ "From: g: a@a.example;\r\n\r\n", M1 S1,
	  "FAIL: DKIM2-Signature i=1 matching From is not authentic", 1 },

	/* 6. signatures */
	{ NULL, S_WITH("ed:ed25519-sha256:%X"),
	  "FAIL: DKIM2-Signature i=1 selector ed incorrect signature", 1 },
	{ NULL, S_WITH("rsa:rsa-sha256:%R"), "", 0 },
	{ NULL, S_WITH("rsa:rsa-sha256:%S"),
	  "FAIL: DKIM2-Signature i=1 selector rsa incorrect signature", 1 },
	{ NULL, S_WITH("wrong:ed25519-sha256:%S"),
	  "FAIL: DKIM2-Signature i=1 selector wrong incorrect signature", 1 },
	{ NULL, S_WITH("ed:rsa-sha256:%S"), SI "1 public key ed algorithm mismatch", 1 },
	{ NULL, S_WITH("unknown:ed25519-sha256:%S"), SI "1 public key unknown algorithm mismatch",
	  1 },
	{ NULL, S_WITH("ed:future:%S"), SI "1 selector ed algorithm unknown", 1 },
	{ NULL, S_WITH("ed:ED25519-SHA256:%S"), SI "1 selector ed algorithm unknown", 1 },
	{ NULL, S_WITH("none:ed25519-sha256:%S"), SI "1 public key none does not exist", 1 },
	{ NULL, S_WITH("multiple:ed25519-sha256:%S"),
	  SI "1 public key multiple has multiple records", 1 },
	{ NULL, S_WITH("syntax:ed25519-sha256:%S"), SI "1 public key syntax has a syntax error",
	  1 },
	{ NULL, S_WITH("malformed:ed25519-sha256:%S"), SI "1 public key malformed is malformed",
	  1 },
	{ NULL, S_WITH("revoked:ed25519-sha256:%S"), SI "1 public key revoked has been revoked",
	  1 },
	{ NULL, S_WITH("purpose:ed25519-sha256:%S"), SI "1 public key purpose does not exist", 1 },
	{ NULL, S_WITH("temp:ed25519-sha256:%S"),
	  "TEMPERROR: DKIM2-Signature i=1 public key temp could not be fetched", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256:%S,rsa:rsa-sha256:%R"), "", 0 },
	{ NULL, S_WITH("ed:ed25519-sha256:%S,rsa:rsa-sha256:%X"),
	  "FAIL: DKIM2-Signature i=1 selector rsa incorrect signature", 1 },
	{ NULL, S_WITH("none:ed25519-sha256:%S,temp:rsa-sha256:%R"),
	  SI "1 public key none does not exist", 1 },
	{ NULL, S_WITH("none:ed25519-sha256:%S,temp:rsa-sha256:%R,ed:ed25519-sha256:%X"),
	  "FAIL: DKIM2-Signature i=1 selector ed incorrect signature", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256:%X|rsa:rsa-sha256:%R"), "", 0 },
	{ NULL, S_WITH("ed:ed25519-sha256:%X|rsa:rsa-sha256:%X"),
	  "FAIL: DKIM2-Signature i=1 no group of signatures passed", 1 },
	{ NULL, S_WITH("ed:ed25519-sha256:%X|temp:rsa-sha256:%R"),
	  "TEMPERROR: DKIM2-Signature i=1 public key temp could not be fetched", 1 },
	{ NULL, S_WITH("ed:future:%X|none:rsa-sha256:%R"), SI "1 selector ed algorithm unknown",
	  1 },
	{ NULL,
	  S_WITH("temp:ed25519-sha256:%S") "S i=2; m=1; t=%T; d=b.example; " ENV2
	                                   "s=ed:ed25519-sha256:%X;\n",
	  "FAIL: DKIM2-Signature i=2 selector ed incorrect signature", 2 },
	{ NULL, S_WITH("temp:ed25519-sha256:%S") S2,
	  "TEMPERROR: DKIM2-Signature i=1 public key temp could not be fetched", 1 },
	{ NULL,
	  S_WITH("none:ed25519-sha256:%S") "S i=2; m=1; t=%T; d=b.example; " ENV2
	                                   "s=ed:ed25519-sha256:%X;\n",
	  SI "1 public key none does not exist", 1 },

	/* the order of the steps */
	{ revised,
	  M1_OLD "S i=1; m=1; t=%-9999999T; d=b.example; " ENV1 "s=none:ed25519-sha256:%X;\n",
	  "FAIL: DKIM2-Signature i=1 signature expired", 1 },
	{ revised, M1_OLD "S i=1; m=1; t=%T; d=b.example; " ENV1 "s=none:ed25519-sha256:%X;\n",
	  "FAIL: DKIM2-Signature i=1 MAIL FROM and d= do not match", 1 },
	{ revised, M1_OLD "S i=1; m=1; t=%T; d=a.example; " ENV1 "s=none:ed25519-sha256:%X;\n",
	  "FAIL: Message-Instance m=1 header hash sha256 mismatch", 0 },

	/* what must be accepted */
	{ NULL,
	  "M m=01; h=sha256:%H:%B\n"
	  "S i=01; m=1; t=%T; d=A.Example; " ENV1 "s=ed:ed25519-sha256:%S\n",
	  "", 0 },
	{ NULL, "M ;;m=1;; h=sha256:%H:%B;;\n" S1, "", 0 },
	{ NULL, S_TAG("n=; "), "", 0 },
	{ NULL, S_TAG("n=,=:|~!; "), "", 0 },
	{ NULL, S_TAG("f=feedback , future,exploded; "), "", 0 },
	{ NULL, S_TAG("I=9; M=9; x_1=; D = c.example; "), "", 0 },
	{ NULL,
	  M1
	  "S i = 1 ;\r\n m\r\n\t=1; t= %T; d=a.example; mf=\r\n %{<alice@a.example>%}; rt= %{<x@c.example>%} ,\r\n\t"
	  "%{<list@b.example>%}; s= ed : ed25519-sha256 :\r\n %S ;\n",
	  "", 0 },
	{ NULL, "M m=1; r=%{{}%}; h=sha256:%H:%B;\n" S1, "", 0 },
	{ NULL, "M m=1; r=%{{\"h\":{\"x-a\":[]}}%}; h=sha256:%H:%B;\n" S1, "", 0 },
	{ NULL, S1 M1, "FAIL: DKIM2-Signature i=1 selector ed incorrect signature", 1 },
	{ NULL, M1 S1 "H X-Any: thing\nH Received: from y\nH DKIM-Signature: v=1\n", "", 0 },
	{ NULL, M1 S1 "H Comments: x\n", "FAIL: Message-Instance m=1 header hash sha256 mismatch",
	  0 },
	{ "From: a@a.example\r\n\r\n\r\n\r\n", M1 S1, "", 0 },
	{ "From: a@a.example\r\n\r\nno line end", M1 S1, "", 0 },
	{ "From: a@a.example\r\nTo: x", M1 S1, "", 0 },
	{ "From: a@a.example\r\nSubject: \xc3\xa4\xff\r\n\r\n\xff\r\n", M1 S1, "", 0 },

	/* what is read in two ways passes in none */
	{ "From: a@a.example\r\n\r\nx\ny\r\n", M1 S1, "FAIL: Message is not network-normal", 0 },
	{ "From: a@a.example\r\n\r\nx\ry\r\n", M1 S1, "FAIL: Message is not network-normal", 0 },
	{ "From: a@a.example\r\nA: x\ny\r\n\r\nx\r\n", M1 S1, "FAIL: Message is not network-normal",
	  0 },
	{ "From: a@a.example\r\njunk\r\n\r\nx\r\n", M1 S1, "FAIL: Message is not network-normal",
	  0 },
};

static struct envelope known(struct span from, struct span *to, size_t n)
{
	return (struct envelope){ true, from, to, n };
}

START_TEST(fault_text)
{
	struct chain *chain = chain_new();
	struct span raw = span_str(texts[_i].text ? texts[_i].text : original);
	struct envelope envelope = { .known = false };
	struct dkim2_result result;
	struct message m;

	raw = chain_template(chain, raw, span_str(original), texts[_i].fields);
	m = sample_parse(chain->arena, raw);
	dkim2_verify(chain->arena, &m, &envelope, &chain->source, CHAIN_NOW, &result);
	ck_assert_msg(span_is(result.text, texts[_i].want), "%d: \"%.*s\"\n%s\n%.*s", _i,
	              SPAN_FMT(result.text), texts[_i].want, SPAN_FMT(raw));
	ck_assert_uint_eq(result.failing, texts[_i].failing);
	ck_assert((result.result == AUTH_PASS) == (texts[_i].want[0] == '\0'));
	ck_assert(result.author_signed == (result.result == AUTH_PASS));
	ck_assert(result.result != AUTH_PASS || result.provisional);
	chain_free(chain);
}
END_TEST

/* Bytes that cannot stand in a table. */
START_TEST(nul_never_passes)
{
	struct chain *chain = chain_new();
	struct span raw = SPAN("From: a@a.example\r\n\r\nx\0y\r\n");
	struct message m;
	struct dkim2_result result;

	m = sample_parse(chain->arena, chain_template(chain, raw, raw, M1 S1));
	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &result);
	ck_assert(span_is(result.text, "FAIL: Message is not network-normal"));
	ck_assert(!result.provisional);
	chain_free(chain);
}
END_TEST

START_TEST(nothing)
{
	struct chain *chain = chain_new();
	struct message m = sample_parse(chain->arena, SPAN("From: a@a.example\r\n\r\nx\r\n"));
	struct dkim2_result result;

	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &result);
	ck_assert(result.result == AUTH_NONE && result.text.n == 0 && result.nhops == 0 &&
	          !result.provisional);
	chain_free(chain);
}
END_TEST

/* More fields than anybody has to look at. */
START_TEST(too_many)
{
	struct chain *chain = chain_new();
	struct buf text = BUF_INIT;
	struct dkim2_result result;
	struct message m;

	for (unsigned i = 0; i <= LIMIT_SIGNATURES; i++) {
		buf_str(&text, "Message-Instance: m=1; h=sha256:AAAA:AAAA;\r\n");
	}
	m = sample_parse(chain->arena, buf_span(&text));
	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &result);
	ck_assert(span_is(result.text, "PERMERROR: Too many DKIM2 header fields"));
	buf_free(&text);
	chain_free(chain);
}
END_TEST

/* ---- envelope ---- */

static const struct {
	const char *from, *to[2], *want;
} envelopes[] = {
	{ "alice@a.example", { "list@b.example" }, "" },
	{ "alice@A.EXAMPLE", { "list@B.example" }, "" },
	{ "alice@a.example", { "list@b.example", "x@c.example" }, "" },
	{ "Alice@a.example",
	  { "list@b.example" },
	  "FAIL: DKIM2-Signature i=1 MAIL FROM <Alice@a.example> did not match" },
	{ "", { "list@b.example" }, "FAIL: DKIM2-Signature i=1 MAIL FROM <> did not match" },
	{ "alice@a.example",
	  { "List@b.example" },
	  "FAIL: DKIM2-Signature i=1 RCPT TO <List@b.example> did not match" },
	{ "alice@a.example",
	  { "list@b.example", "y@c.example" },
	  "FAIL: DKIM2-Signature i=1 RCPT TO <y@c.example> did not match" },
	{ "alice@a.example",
	  { "postmaster" },
	  "FAIL: DKIM2-Signature i=1 RCPT TO <postmaster> did not match" },
	{ "a\nb@a.example",
	  { "list@b.example" },
	  "FAIL: DKIM2-Signature i=1 MAIL FROM <a?b@a.example> did not match" },
};

START_TEST(envelope_check)
{
	struct chain *chain = chain_new();
	struct span to[2] = { span_str(envelopes[_i].to[0]), span_str(envelopes[_i].to[1]) };
	struct envelope with = known(span_str(envelopes[_i].from), to, envelopes[_i].to[1] ? 2 : 1);
	struct span raw = span_str(original);
	struct dkim2_result result;
	struct message m;

	raw = chain_template(chain, raw, raw,
	                     M1 "S i=1; m=1; t=%T; d=a.example; " ALICE
	                        "rt=%{<list@b.example>%},%{<x@c.example>%}; " SET "\n");
	m = sample_parse(chain->arena, raw);
	dkim2_verify(chain->arena, &m, &with, &chain->source, CHAIN_NOW, &result);
	ck_assert_msg(span_is(result.text, envelopes[_i].want), "%.*s", SPAN_FMT(result.text));
	ck_assert(result.provisional == (envelopes[_i].want[0] == '\0'));
	chain_free(chain);
}
END_TEST

/* ---- provisional ---- */

static const struct {
	const char *text, *fields;
	bool want;
} provisionals[] = {
	{ NULL, M1 S1 S2, true },
	/* the past does not matter */
	{ NULL, S_WITH("ed:ed25519-sha256:%X") S2, true },
	{ NULL, S_WITH("none:ed25519-sha256:%X") S2, true },
	{ revised, M1_OLD S1 M2("{}") S2M2, true },
	{ revised, M1_OLD S1 M2("{\"b\":null}") S2M2, true },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=c.example; mf=%{<l@c.example>%}; " TO_B SET "\n", true },
	{ "From: bob@c.example\r\n\r\n", M1 S1, true },
	/* the present does */
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=b.example; " ENV2 "s=ed:ed25519-sha256:%X;\n", false },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=b.example; " ENV2 "s=temp:ed25519-sha256:%S;\n", false },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=b.example; nd=c.example; " SET "\n", false },
	{ NULL, M1 S1 "S i=2; m=1; t=%T; d=x.b.example; " ENV2 SET "\n", false },
	{ revised, M1_OLD S1 S2, false },
	/* and so do all timestamps and all fields */
	{ NULL, M1 "S i=1; m=1; t=%-1209601T; d=a.example; " ENV1 SET "\n" S2, false },
	{ NULL, M1 "S i=1; m=1; t=x; d=a.example; " ENV1 SET "\n" S2, false },
};

START_TEST(provisional)
{
	struct chain *chain = chain_new();
	struct span raw = span_str(provisionals[_i].text ? provisionals[_i].text : original);
	struct dkim2_result result;
	struct message m;

	m = sample_parse(chain->arena,
	                 chain_template(chain, raw, span_str(original), provisionals[_i].fields));
	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &result);
	ck_assert_msg(result.provisional == provisionals[_i].want, "%.*s", SPAN_FMT(result.text));
	chain_free(chain);
}
END_TEST

/* ---- what is shown ---- */

START_TEST(display)
{
	struct chain *chain = chain_new();
	struct span raw;
	struct dkim2_result r;
	struct message m;

	raw = chain_template(chain, span_str(revised), span_str(original),
	                     M1_OLD
	                     "S i=1; m=1; t=%T; d=a.example; n=abc; f=feedback,exploded; " ENV1
	                     "s=ed:ed25519-sha256:%X|rsa:rsa-sha256:%R;\n" M2(
				     RECIPE) "S i=2; m=2; t=%T; d=b.example; f=exploded; " ENV2
	                                     "s=none:ed25519-sha256:%S;\n");
	m = sample_parse(chain->arena, raw);
	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &r);
	ck_assert(r.result == AUTH_PERMERROR && r.failing == 2);
	ck_assert(r.nhops == 2 && r.hops[0].i == 1 && r.hops[1].i == 2 && r.hops[1].m == 2);
	ck_assert(r.hops[0].result == AUTH_PASS && r.hops[0].text.n == 0 &&
	          r.hops[0].t == CHAIN_NOW);
	ck_assert(r.hops[0].nsets == 2 && r.hops[0].sets[0].result == AUTH_FAIL &&
	          r.hops[0].sets[0].bits == 256);
	ck_assert(r.hops[0].sets[1].result == AUTH_PASS && r.hops[0].sets[1].group == 1 &&
	          r.hops[0].sets[1].bits == 2048);
	ck_assert(span_is(r.hops[0].n, "abc") && r.hops[0].feedback && !r.hops[0].exploded &&
	          r.hops[1].exploded);
	ck_assert(span_is(r.hops[0].mf, "<alice@a.example>") && r.hops[1].rts == 1 &&
	          span_is(r.hops[1].rt[0], "<x@c.example>"));
	ck_assert(r.hops[1].result == AUTH_PERMERROR && span_eq(r.hops[1].text, r.text));
	ck_assert(r.ninstances == 2 && !r.instances[0].has_recipe &&
	          r.instances[0].result == AUTH_PASS);
	ck_assert(r.instances[1].has_recipe && r.instances[1].header_changed &&
	          r.instances[1].body_changed);
	ck_assert(r.instances[1].nfields == 2 && span_is(r.instances[1].fields[0], "list-id"));
	ck_assert(span_starts(r.instances[1].hashes, SPAN("sha256:")) &&
	          r.instances[1].result == AUTH_PASS);
	chain_free(chain);
}
END_TEST

/* What the library does with one hop at fault: the others are checked all the same. */
/* The AD bit of the key's answer is shown of the set that it is for. */
START_TEST(display_dnssec)
{
	struct chain *chain = chain_new();
	struct span raw = chain_template(
		chain, span_str(original), span_str(original),
		S_WITH("ed:ed25519-sha256:%X|ed-signed:ed25519-sha256:%S"));
	struct message m = sample_parse(chain->arena, raw);
	struct verdict v = { 0 };

	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &v.dkim2);
	ck_assert_int_eq(v.dkim2.result, AUTH_PASS);
	ck_assert(!v.dkim2.hops[0].sets[0].authenticated && v.dkim2.hops[0].sets[1].authenticated);
	chain_free(chain);
}
END_TEST

START_TEST(display_after_failure)
{
	struct chain *chain = chain_new();
	struct dkim2_result r;
	struct message m;

	m = sample_parse(chain->arena, chain_template(chain, span_str(revised), span_str(original),
	                                              M1_OLD S1 S2));
	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &r);
	ck_assert(r.result == AUTH_FAIL && r.failing == 0 && r.instances[0].result == AUTH_FAIL);
	ck_assert(span_eq(r.instances[0].text, r.text));
	ck_assert(r.hops[0].result == AUTH_PASS && r.hops[1].result == AUTH_PASS);
	chain_free(chain);
}
END_TEST

/* ---- round trips ---- */

static struct edits *list_edits(struct chain *chain, struct span raw, int hop, bool from)
{
	struct message *m = ARENA_NEW(chain->arena, struct message);
	struct arena *arena = chain->arena;
	struct edits *x;
	size_t at = 0, subject;

	*m = sample_parse(arena, raw);
	x = edit_new(arena, m);
	while (!span_iis(m->fields[at].name, "subject")) {
		at++;
	}
	subject = at;
	edit_field_replace(x, subject,
	                   arena_printf(arena, "Subject: [l%d] %.*s\r\n", hop,
	                                SPAN_FMT(message_text(arena, &m->fields[subject]))));
	for (at = 0; from && at < m->count; at++) {
		if (span_iis(m->fields[at].name, "from")) {
			edit_field_replace(
				x, at,
				arena_printf(arena, "From: via %d <l@h%d.example>\r\n", hop, hop));
		}
	}
	edit_field_drop_all(x, "List-Id");
	edit_field_top(x, SPAN("List-Id"), arena_printf(arena, "<l.h%d.example>", hop));
	edit_body(x, 0, 0, arena_printf(arena, "banner %d\r\n", hop));
	edit_body(x, m->body.n, 0, arena_printf(arena, "-- \r\nfooter %d\r\n", hop));
	ck_assert(edit_finish(x, NULL));
	return x;
}

static void must_pass(struct chain *chain, struct span raw, size_t hops)
{
	struct message m = sample_parse(chain->arena, raw);
	struct dkim2_result result;

	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &result);
	ck_assert_msg(result.result == AUTH_PASS, "%.*s\n%.*s", SPAN_FMT(result.text),
	              SPAN_FMT(raw));
	ck_assert(result.nhops == hops && result.provisional && result.author_signed);
}

static void lines_are_short(struct span raw)
{
	struct message m = { .raw = raw };
	struct arena *arena = arena_new();

	m = sample_parse(arena, raw);
	for (size_t i = 0; i < m.count; i++) {
		struct span rest = m.fields[i].raw;

		if (!span_is(m.fields[i].name, "DKIM2-Signature") &&
		    !span_is(m.fields[i].name, "Message-Instance")) {
			continue;
		}
		while (rest.n) {
			struct span line = span_line(&rest);

			ck_assert_msg(line.n <= 78 + 2, "%zu: %.*s", line.n, SPAN_FMT(line));
			ck_assert(line.n > 3);
		}
	}
	arena_free(arena);
}

/* The header as it is hashed, and the body without empty lines at the end. */
static void same_message(struct arena *arena, struct span a, struct span b)
{
	struct message x = sample_parse(arena, a), y = sample_parse(arena, b);
	struct canon_header hx = canon_dkim2_header(arena, x.fields, x.count);
	struct canon_header hy = canon_dkim2_header(arena, y.fields, y.count);
	struct buf tx = BUF_INIT, ty = BUF_INIT;
	struct digest dx, dy;

	canon_dkim2_header_text(&tx, &hx);
	canon_dkim2_header_text(&ty, &hy);
	ck_assert_msg(span_eq(buf_span(&tx), buf_span(&ty)), "%.*s\n--\n%.*s", SPAN_FMT(a),
	              SPAN_FMT(b));
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, x.body, &dx);
	canon_body_hash(CANON_SIMPLE, HASH_SHA256, y.body, &dy);
	ck_assert(span_eq(digest_span(&dx), digest_span(&dy)));
	buf_free(&tx);
	buf_free(&ty);
}

static void round_trip(bool from, bool two_keys)
{
	struct chain *chain = chain_new();
	struct arena *arena = chain->arena;
	struct chain_hop first = { .d = "a.example",
		                   .mf = "alice@a.example",
		                   .rt = "l@h2.example",
		                   .two_keys = two_keys };
	struct span raw = span_str(original), sent[6];

	sent[0] = raw = chain_hop(chain, raw, &first);
	must_pass(chain, raw, 1);
	for (int i = 2; i <= 6; i++) {
		struct chain_hop hop = { .flags = "exploded", .nonce = "n1", .two_keys = two_keys };
		struct span undone;
		struct message m;

		/* Every third hop changes nothing. */
		hop.edits = i % 3 ? list_edits(chain, raw, i, from) : NULL;
		hop.d = arena_printf(arena, "h%d.example", i).p;
		hop.mf = arena_printf(arena, "l-bounces@h%d.example", i).p;
		hop.rt = arena_printf(arena, "l@h%d.example", i + 1).p;
		raw = chain_hop(chain, raw, &hop);
		must_pass(chain, raw, (size_t)i);
		lines_are_short(raw);
		sent[i - 1] = raw;
		m = sample_parse(arena, raw);
		ck_assert(dkim2_undo(arena, &m, 1, &undone, NULL));
		same_message(arena, undone, sent[0]);
		must_pass(chain, undone, 1);
		/* not only equal for hashes: the very bytes */
		ck_assert_msg(span_eq(undone, sent[0]), "%.*s\n--\n%.*s", SPAN_FMT(undone),
		              SPAN_FMT(sent[0]));
	}
	chain_free(chain);
}

START_TEST(round_trips)
{
	round_trip(false, false);
	round_trip(true, false);
	round_trip(true, true);
}
END_TEST

struct auth_text {
	enum auth_result result;
	struct span text;
};

static struct auth_text verdict_of(struct chain *chain, struct span raw)
{
	struct message m = sample_parse(chain->arena, raw);
	struct dkim2_result result;

	dkim2_verify(chain->arena, &m, NULL, &chain->source, CHAIN_NOW, &result);
	return (struct auth_text){ result.result, result.text };
}

/* RAW without the field that has TEXT in it. */
static struct span without(struct arena *arena, struct span raw, struct span text)
{
	struct message m = sample_parse(arena, raw);
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < m.count; i++) {
		if (span_find(m.fields[i].raw, text) == SPAN_NONE) {
			buf_add(&out, m.fields[i].raw);
		}
	}
	buf_str(&out, "\r\n");
	buf_add(&out, m.body);
	return buf_move(&out, arena);
}

/* Several hops of one system in one copy: b hands on to h1, h1 to h2, which edits and sends. */
static void through(const char *via, size_t hops, bool edited, bool mldsa44)
{
	struct chain *chain = chain_new();
	struct chain_hop hop = { .d = "a.example",
		                 .mf = "alice@a.example",
		                 .rt = "list@b.example" };
	struct span first = chain_hop(chain, span_str(original), &hop), raw, undone;
	struct auth_text got;
	struct message m;

	hop = (struct chain_hop){ .d = "h2.example",
		                  .mf = "l-b@h2.example",
		                  .rt = "x@h3.example",
		                  .flags = "exploded",
		                  .via = via,
		                  .mldsa44 = mldsa44,
		                  .edits = edited ? list_edits(chain, first, 2, false) : NULL };
	raw = chain_hop(chain, first, &hop);
	lines_are_short(raw);
	must_pass(chain, raw, hops);
	if (edited) {
		m = sample_parse(chain->arena, raw);
		ck_assert(dkim2_undo(chain->arena, &m, 1, &undone, NULL));
		same_message(chain->arena, undone, first);
	}
	/* An imaginary hop is never the last one, and none may be taken out. */
	got = verdict_of(chain, without(chain->arena, raw, SPAN(" d=h2.example;")));
	ck_assert_msg(edited || span_ends(got.text, SPAN("tag=nd was unexpected")), "%.*s",
	              SPAN_FMT(got.text));
	got = verdict_of(chain, without(chain->arena, raw, SPAN("i=2;")));
	ck_assert(got.result == AUTH_PERMERROR);
	chain_free(chain);
}

START_TEST(imaginary_hops)
{
	through("b.example", 3, false, false);
	through("b.example", 3, true, false);
	through("b.example,h1.example", 4, true, false);
}
END_TEST

/* It signs the text itself: that of the fields before as well. */
START_TEST(mldsa44_signs)
{
	struct chain *chain = chain_new();
	struct chain_hop hop = { .d = "a.example",
		                 .mf = "alice@a.example",
		                 .rt = "list@b.example",
		                 .mldsa44 = true };
	struct auth_text got;
	struct buf other = BUF_INIT;
	struct span raw;

	if (!crypto_has_mldsa44()) {
		fprintf(stderr, "mldsa44_signs: skipped, this libcrypto has no ML-DSA-44\n");
		chain_free(chain);
		return;
	}
	raw = chain_hop(chain, span_str(original), &hop);
	lines_are_short(raw);
	must_pass(chain, raw, 1);
	hop.two_keys = true;
	must_pass(chain, chain_hop(chain, span_str(original), &hop), 1);
	through("b.example", 3, true, true);
	/* An unknown tag of the instance, put in later, is not what was signed. */
	buf_add(&other, span_sub(raw, 0, span_find(raw, SPAN("Message-Instance: "))));
	buf_str(&other, "Message-Instance: x=1; ");
	buf_add(&other, span_from(raw, span_find(raw, SPAN("Message-Instance: ")) + 18));
	got = verdict_of(chain, buf_move(&other, chain->arena));
	ck_assert_msg(span_is(got.text,
	                      "FAIL: DKIM2-Signature i=1 selector mldsa incorrect signature"),
	              "%.*s", SPAN_FMT(got.text));
	chain_free(chain);
}
END_TEST

/*
 * The recipe of another list copies the empty line at the end of the body. What we undo
 * must have that line again, or its range ends behind the body.
 */
START_TEST(empty_line_of_older_recipe)
{
	static const char with_banner[] =
		"From: alice@a.example\r\nTo: list@b.example\r\n\r\nbanner\r\nOne\r\n\r\n";
	static const char without[] =
		"From: alice@a.example\r\nTo: list@b.example\r\n\r\nOne\r\n\r\n";
	static const char *const fields = M1_OLD S1 M2("{\"b\":[{\"c\":[2,3]}]}") S2M2;
	struct chain *chain = chain_new();
	struct chain_hop hop = { .d = "c.example", .mf = "l@c.example", .rt = "y@d.example" };
	struct message m;
	struct span raw;

	raw = chain_template(chain, span_str(with_banner), span_str(without), fields);
	must_pass(chain, raw, 2);
	m = sample_parse(chain->arena, raw);
	hop.edits = edit_new(chain->arena, &m);
	if (_i == 0) {
		edit_body(hop.edits, m.body.n, 0, SPAN("footer\r\n")); /* behind the line */
	} else {
		edit_body(hop.edits, m.body.n - 2, 2, SPAN("")); /* in its place */
	}
	ck_assert(edit_finish(hop.edits, NULL));
	must_pass(chain, chain_hop(chain, raw, &hop), 3);
	chain_free(chain);
}
END_TEST

/* A new origin with a recipe: m=1 undone gives what the author sent. */
START_TEST(new_origin)
{
	struct chain *chain = chain_new();
	struct chain_hop hop = { .d = "h2.example",
		                 .mf = "l-bounces@h2.example",
		                 .rt = "x@c.example",
		                 .flags = "exploded" };
	struct span raw, undone;
	struct message m;

	hop.edits = list_edits(chain, span_str(original), 2, true);
	raw = chain_hop(chain, span_str(original), &hop);
	ck_assert(span_find(raw, SPAN("f=exploded")) == SPAN_NONE);
	must_pass(chain, raw, 1);
	m = sample_parse(chain->arena, raw);
	ck_assert(dkim2_undo(chain->arena, &m, 0, &undone, NULL));
	ck_assert_msg(span_eq(undone, span_str(original)), "%.*s", SPAN_FMT(undone));
	chain_free(chain);
}
END_TEST

/*
 * A signature for many recipients, with a long nonce and a long name, stays within
 * its lines.
 */
START_TEST(folding)
{
	struct chain *chain = chain_new();
	struct buf rt = BUF_INIT;
	struct chain_hop hop = {
		.d = "a.example",
		.mf = "",
		.two_keys = true,
		.nonce = "1234567890123456789012345678901234567890123456789012345678901234"
	};

	for (int i = 0; i < 40; i++) {
		buf_printf(&rt, "%s%.*s@b%d.example", i ? "," : "", i,
		           "0123456789012345678901234567890123456789x", i);
	}
	hop.rt = rt.p;
	for (const char *p = "alice@a.example"; *p; p++) {
		struct span raw;

		hop.mf = p[0] == '@' ? "" : arena_printf(chain->arena, "%s", p).p;
		raw = chain_hop(chain, span_str(original), &hop);
		lines_are_short(raw);
		must_pass(chain, raw, 1);
		if (!*hop.mf) {
			break;
		}
	}
	buf_free(&rt);
	chain_free(chain);
}
END_TEST

static const struct {
	const char *d, *selector, *mf, *nonce;
	bool small;
} refusals[] = {
	{ "a.example.", "ed", "x@a.example", "", false },
	{ "a example", "ed", "x@a.example", "", false },
	{ "a.example", "e d", "x@a.example", "", false },
	{ "a.example", "ed", "x@b.example", "", false },
	{ "sub.a.example", "ed", "x@a.example", "", false },
	{ "a.example", "ed", "x@a.example", "a;b", false },
	{ "a.example", "ed", "x@a.example", "a b", false },
	{ "a.example", "ed", "x@a.example",
	  "12345678901234567890123456789012345678901234567890123456789012345", false },
	{ "a.example", "rsa", "x@a.example", "", true },
};

START_TEST(refusing_to_sign)
{
	struct chain *chain = chain_new();
	struct arena *arena = chain->arena;
	struct span to = SPAN("x@b.example");
	struct dkim2_envelope envelope = { .mail_from = span_str(refusals[_i].mf),
		                           .rcpt_to = &to,
		                           .rcpts = 1,
		                           .nonce = span_str(refusals[_i].nonce),
		                           .t = CHAIN_NOW };
	struct span pem = sample_file(arena, VECTORS "keys/rsa1024._domainkey.test1.dkim2.com.pem");
	struct pkey *small = pkey_private(pem, NULL);
	struct signer signer = { span_str(refusals[_i].d), span_str(refusals[_i].selector),
		                 refusals[_i].small ? small : chain->ed25519 };
	struct dkim2_base base = { .i = 1, .signs_m = 1 };
	struct dkim2_prefix *prefix =
		dkim2_prefix_new(arena, NULL, 0, SPAN_END, &signer, 1, NULL);
	struct buf out = BUF_INIT;
	struct err e = { .class = ERR_NONE };

	ck_assert(small && prefix);
	ck_assert(!dkim2_signature(&base, prefix, &signer, 1, &envelope, &out, &e));
	ck_assert(e.class != ERR_NONE && e.text[0] && out.n == 0);
	dkim2_prefix_free(prefix);
	pkey_free(small);
	chain_free(chain);
}
END_TEST

/* An imaginary hop has no envelope, and an envelope no next domain. */
START_TEST(refusing_imaginary)
{
	struct chain *chain = chain_new();
	struct span raw = chain_template(chain, span_str(original), span_str(original), M1 S1);
	struct message m = sample_parse(chain->arena, raw), bare;
	struct signer signer = { SPAN("b.example"), SPAN("ed"), chain->ed25519 };
	struct span to = SPAN("x@c.example");
	const struct dkim2_envelope refused[] = {
		{ .next_domain = SPAN("c.example"), .rcpt_to = &to, .rcpts = 1 },
		{ .next_domain = SPAN("c.example"), .mail_from = SPAN("x@b.example") },
		{ .next_domain = SPAN("c.example.") },
		{ .next_domain = SPAN("c; d") },
		{ .rcpt_to = &to, .rcpts = 1 },
		{ .t = CHAIN_NOW },
	};
	struct dkim2_envelope fine = { .next_domain = SPAN("c.example"), .t = CHAIN_NOW };
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct err e = { .class = ERR_NONE };

		ck_assert(!dkim2_imaginary_hop(m.fields, m.count, SPAN_END, &signer, 1,
		                               &refused[i], &out, &e));
		ck_assert(e.class != ERR_NONE && e.text[0] && out.n == 0);
	}
	bare = sample_parse(chain->arena, span_str(original));
	ck_assert(!dkim2_imaginary_hop(bare.fields, bare.count, SPAN_END, &signer, 1, &fine, &out,
	                               NULL));
	ck_assert(dkim2_imaginary_hop(m.fields, m.count, SPAN_END, &signer, 1, &fine, &out, NULL));
	ck_assert(span_find(buf_span(&out), SPAN("i=2; m=1; t=1800000000; d=b.example; nd=c.example;")) !=
	          SPAN_NONE);
	buf_free(&out);
	chain_free(chain);
}
END_TEST

START_TEST(next_numbers)
{
	struct chain *chain = chain_new();
	struct dkim2_base base = { 0 };
	struct span raw = span_str(original);
	struct message m = sample_parse(chain->arena, raw);
	struct err e;

	ck_assert(dkim2_next(m.fields, m.count, SPAN_END, false, &base, &e) && base.i == 1 && base.m == 1 &&
	          base.signs_m == 1);
	m = sample_parse(chain->arena, chain_template(chain, raw, raw, M1 S1 S2));
	ck_assert(dkim2_next(m.fields, m.count, SPAN_END, false, &base, &e) && base.i == 3 && base.m == 0 &&
	          base.signs_m == 1);
	ck_assert(dkim2_next(m.fields, m.count, SPAN_END, true, &base, &e) && base.i == 3 && base.m == 2 &&
	          base.signs_m == 2);
	m = sample_parse(chain->arena, chain_template(chain, raw, raw, M1 S2));
	ck_assert(!dkim2_next(m.fields, m.count, SPAN_END, true, &base, &e) && e.class == ERR_PERMANENT);
	chain_free(chain);
}
END_TEST

/* ---- undo ---- */

#define FIELDS(json) "M m=1; h=sha256:AAAA:AAAA; r=%{" json "%};\n" S1

static const struct {
	const char *now, *json, *want; /* want NULL: refused */
} undos[] = {
	{ "A: 1\r\nB: 2\r\n\r\nx\r\n", "{\"h\":{\"b\":[{\"d\":[\"3\"]}]}}",
	  "A: 1\r\nB: 3\r\n\r\nx\r\n" },
	{ "A: 1\r\nB:\r\n  2\r\nC: 3\r\n\r\nx", "{\"h\":{\"a\":[]}}",
	  "B:\r\n  2\r\nC: 3\r\n\r\nx" },
	{ "A: 1\r\n\r\n",
	  "{\"h\":{\"message-id\":[{\"d\":[\"<a@b>\"]}],\"reply-to\":[{\"d\":[\" x \"]}]}}",
	  "A: 1\r\nMessage-ID: <a@b>\r\nReply-To: x\r\n\r\n" },
	{ "subJect: 1\r\n\r\n", "{\"h\":{\"subject\":[{\"d\":[\"2\"]}]}}", "subJect: 2\r\n\r\n" },
	/* literals below, between and above what is copied */
	{ "A: 1\r\nB: 0\r\nA:  2\r\n\r\n",
	  "{\"h\":{\"a\":[{\"d\":[\"x\"]},{\"c\":[1,1]},{\"d\":[\"y\"]},{\"c\":[2,2]},{\"d\":[\"z\"]}]}}",
	  "A: z\r\nA: 1\r\nB: 0\r\nA: y\r\nA:  2\r\nA: x\r\n\r\n" },
	{ "A: 1\r\nB: 0\r\nA: 2\r\nC: 0\r\nA: 3\r\n\r\n",
	  "{\"h\":{\"a\":[{\"c\":[1,1]},{\"d\":[\"x\"]},{\"c\":[3,3]}]}}",
	  "A: 1\r\nB: 0\r\nA: x\r\nC: 0\r\nA: 3\r\n\r\n" },
	{ "A: 1\r\nB: 0\r\nA: 2\r\n\r\n", "{\"h\":{\"a\":[{\"d\":[\"x\",\"y\",\"z\"]}]}}",
	  "A: z\r\nA: y\r\nB: 0\r\nA: x\r\n\r\n" },
	{ "A: 1\r\nReceived: 0\r\nX-Y: 2\r\n\r\n", "{\"h\":{\"a\":[],\"received\":[]}}",
	  "Received: 0\r\nX-Y: 2\r\n\r\n" },
	{ "A: 1\r\n\r\nx\r\ny", "{\"b\":[{\"c\":[2,2]},{\"d\":[\"z\"]}]}",
	  "A: 1\r\n\r\ny\r\nz\r\n" },
	{ "A: 1\r\n\r\nx\r\ny", "{\"b\":[]}", "A: 1\r\n\r\n" },
	{ "A: 1\r\n\r\nx\r\n", "{\"b\":null}", NULL },
	{ "A: 1\r\n\r\nx\r\n", "{\"b\":[{\"c\":[1,2]}]}", NULL },
	{ "A: 1\r\n\r\nx\r\n", "{\"h\":{\"a\":[{\"c\":[1,2]}]}}", NULL },
};

START_TEST(undoing)
{
	struct chain *chain = chain_new();
	struct span now = span_str(undos[_i].now), out;
	struct buf fields = BUF_INIT;
	struct message m;
	struct err e = { .class = ERR_NONE };

	buf_printf(&fields, "M m=1; h=sha256:AAAA:AAAA; r=%%{%s%%};\n%s", undos[_i].json, S1);
	m = sample_parse(chain->arena, chain_template(chain, now, now, fields.p));
	if (undos[_i].want) {
		ck_assert_msg(dkim2_undo(chain->arena, &m, 0, &out, &e), "%s", e.text);
		ck_assert_msg(span_is(out, undos[_i].want), "%.*s", SPAN_FMT(out));
	} else {
		ck_assert(!dkim2_undo(chain->arena, &m, 0, &out, &e) && e.class == ERR_PERMANENT &&
		          e.text[0]);
	}
	ck_assert(!dkim2_undo(chain->arena, &m, 2, &out, &e) && e.class == ERR_PERMANENT);
	ck_assert(dkim2_undo(chain->arena, &m, 1, &out, &e) && span_eq(out, m.raw));
	buf_free(&fields);
	chain_free(chain);
}
END_TEST

/* Long literals are folded, as lines over 998 octets are not mail. */
START_TEST(undoing_long)
{
	struct chain *chain = chain_new();
	struct buf fields = BUF_INIT;
	struct span now = SPAN("A: 1\r\n\r\n"), out;
	struct message m;

	buf_str(&fields, "M m=1; h=sha256:AAAA:AAAA; r=%{{\"h\":{\"to\":[{\"d\":[\"");
	for (int i = 0; i < 200; i++) {
		buf_str(&fields, "abcde@example.org, ");
	}
	buf_str(&fields, "x\"]}]}}%};\n" S1);
	m = sample_parse(chain->arena, chain_template(chain, now, now, fields.p));
	ck_assert(dkim2_undo(chain->arena, &m, 0, &out, NULL));
	while (out.n) {
		ck_assert(span_line(&out).n <= LIMIT_LINE_OUT + 2);
	}
	buf_free(&fields);
	chain_free(chain);
}
END_TEST

/* ---- the law with signed messages ---- */

static struct chain *law_chain;
static size_t laws;
static uint64_t random_state = 88172645463325252u;

static unsigned char random_byte(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned char)(random_state >> 24);
}

static void one_law(const char *path, const struct message *m)
{
	static const struct chain_hop any = { .d = "a.example",
		                              .mf = "x@a.example",
		                              .rt = "x@b.example" };
	struct chain_hop hop = any;
	unsigned char bytes[60];
	struct dice dice = { bytes, sizeof(bytes) };
	struct edits *x = edit_new(law_chain->arena, m);
	struct dkim2_result result;
	struct model model;
	struct message sent;
	struct span json, raw, undone;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = random_byte();
	}
	model = model_draw(m, &dice);
	model_apply(&model, x);
	ck_assert(edit_finish(x, NULL));
	if (!recipe_make(law_chain->arena, x, &json, NULL)) {
		return;
	}
	hop.edits = x;
	raw = chain_hop(law_chain, m->raw, &hop);
	sent = sample_parse(law_chain->arena, raw);
	dkim2_verify(law_chain->arena, &sent, NULL, &law_chain->source, CHAIN_NOW, &result);
	ck_assert_msg(result.hops[0].result == AUTH_PASS && result.instances[0].result == AUTH_PASS,
	              "%s: %.*s", path, SPAN_FMT(result.text));
	ck_assert_msg(dkim2_undo(law_chain->arena, &sent, 0, &undone, NULL), "%s", path);
	same_message(law_chain->arena, undone, m->raw);
	laws++;
}

static void law_of(const char *path, struct span raw)
{
	struct message m;

	law_chain = chain_new();
	if (message_parse(law_chain->arena, raw, &m, NULL) &&
	    message_count(&m, "DKIM2-Signature") == 0 &&
	    message_count(&m, "Message-Instance") == 0) {
		for (int i = 0; i < 6; i++) {
			one_law(path, &m);
		}
	}
	chain_free(law_chain);
}

START_TEST(law)
{
	corpus_each(law_of);
	ck_assert_msg(laws > 200, "%zu", laws);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *dkim2_suite(void)
{
	Suite *suite = suite_create("dkim2");
	TCase *tcase = tcase_create("dkim2");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, vectors);
	tcase_add_loop_test(tcase, fault_text, 0, ROWS(texts));
	tcase_add_test(tcase, nul_never_passes);
	tcase_add_test(tcase, nothing);
	tcase_add_test(tcase, too_many);
	tcase_add_loop_test(tcase, envelope_check, 0, ROWS(envelopes));
	tcase_add_loop_test(tcase, provisional, 0, ROWS(provisionals));
	tcase_add_test(tcase, display);
	tcase_add_test(tcase, display_dnssec);
	tcase_add_test(tcase, display_after_failure);
	tcase_add_test(tcase, round_trips);
	tcase_add_test(tcase, imaginary_hops);
	tcase_add_test(tcase, mldsa44_signs);
	tcase_add_loop_test(tcase, empty_line_of_older_recipe, 0, 2);
	tcase_add_test(tcase, new_origin);
	tcase_add_test(tcase, folding);
	tcase_add_loop_test(tcase, refusing_to_sign, 0, ROWS(refusals));
	tcase_add_test(tcase, refusing_imaginary);
	tcase_add_test(tcase, next_numbers);
	tcase_add_loop_test(tcase, undoing, 0, ROWS(undos));
	tcase_add_test(tcase, undoing_long);
	tcase_add_test(tcase, law);
	suite_add_tcase(suite, tcase);
	return suite;
}
