/* For people: rows that come behind the decision are of no interest. For programs: all. */
#include "cli/decision.h"

static const char *const steps[] = {
	[POLICY_NO] = "no",           [POLICY_OVERRULED] = "not asked", [POLICY_PASSED] = "passes",
	[POLICY_DECIDED] = "decides", [POLICY_BEHIND] = "not reached",
};

/* What is said behind the step: of a row that does not apply only what a rule has found. */
static void row_text(struct buf *out, const struct policy_row *r)
{
	buf_printf(out, "  %-18s %s", r->rule, steps[r->step]);
	if (r->step != POLICY_NO) {
		buf_printf(out, ": %s", r->reason);
	}
	if (r->why.n > 0) {
		buf_printf(out, r->step == POLICY_NO ? ": %.*s" : " (%.*s)", SPAN_FMT(r->why));
	}
	buf_chr(out, '\n');
}

void decision_text(struct buf *out, const struct arrival *a)
{
	buf_str(out, "rules:\n");
	for (size_t i = 0; i < a->nrows; i++) {
		if (a->rows[i].step != POLICY_BEHIND) {
			row_text(out, &a->rows[i]);
		}
	}
	buf_printf(out, "would be %s by rule \"%s\": %.*s\n", decision_past(a->decision), a->rule,
	           SPAN_FMT(a->reason));
	if (a->list.post_tag.n > 0) {
		buf_printf(out, "tagged %.*s\n", SPAN_FMT(a->list.post_tag));
	}
}

void decision_json(struct json *j, const struct arrival *a)
{
	json_kstr(j, "decision", decision_name(a->decision));
	json_kstr(j, "rule", a->rule);
	json_kspan(j, "reason", a->reason);
	json_kspan(j, "tag", a->list.post_tag);
	json_key(j, "rules");
	json_open(j, '[');
	for (size_t i = 0; i < a->nrows; i++) {
		json_open(j, '{');
		json_kstr(j, "rule", a->rows[i].rule);
		json_kstr(j, "reason", a->rows[i].reason);
		json_kspan(j, "why", a->rows[i].why);
		json_kstr(j, "result", steps[a->rows[i].step]);
		json_close(j);
	}
	json_close(j);
}
