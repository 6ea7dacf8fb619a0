/*
 * Two tables of checks, and the rules between them. Each row says when it applies and
 * what happens; the first that applies decides, the last always applies.
 */
#include "rules/policy.h"

#include "auth/dmarc.h"
#include "base/limits.h"
#include "rules/automatic.h"
#include "rules/domains.h"
#include "rules/loop.h"
#include "rules/people.h"
#include "rules/policy_detail.h"
#include "rules/rule_ask.h"

static const char *const names[] = {
	[DECISION_ACCEPT] = "accept",     [DECISION_HOLD] = "hold",
	[DECISION_REJECT] = "reject",     [DECISION_DISCARD] = "discard",
	[DECISION_PUT_BACK] = "put-back",
};

const char *decision_name(enum decision d)
{
	return names[d];
}

const char *decision_past(enum decision d)
{
	static const char *const past[] = {
		[DECISION_ACCEPT] = "accepted",   [DECISION_HOLD] = "held",
		[DECISION_REJECT] = "refused",    [DECISION_DISCARD] = "discarded",
		[DECISION_PUT_BACK] = "put back",
	};
	return past[d];
}

/* enum list_action as a decision. */
static enum decision action(uint64_t setting)
{
	static const enum decision of[] = {
		[LIST_ACTION_HOLD] = DECISION_HOLD,     [LIST_ACTION_ACCEPT] = DECISION_ACCEPT,
		[LIST_ACTION_REJECT] = DECISION_REJECT, [LIST_ACTION_DISCARD] = DECISION_DISCARD,
		[LIST_ACTION_CONFIRM] = DECISION_HOLD,
	};
	return of[setting];
}

static size_t size_limit(const struct policy_input *in)
{
	uint64_t list = in->list->message_size;
	return (size_t)(list > 0 && list < in->site->message_size ? list : in->site->message_size);
}

static bool too_large(const struct policy_input *in)
{
	return in->truncated || in->size > size_limit(in);
}

static bool no_header(const struct policy_input *in)
{
	return in->message->count == 0;
}

/* Our own List-Id came back, or our X-Loop. */
static bool looped(const struct policy_input *in)
{
	size_t at = 0;
	for (const struct field *f; (f = message_next(in->message, SPAN("List-Id"), &at));) {
		size_t open = span_rchr(f->value, '<'), close = span_rchr(f->value, '>');
		if (open != SPAN_NONE && close != SPAN_NONE && open < close &&
		    span_ieq(span_sub(f->value, open + 1, close), in->list_id)) {
			return true;
		}
	}
	return loop_marked(in->message, in->list_id);
}

/* Bytes in the header that no mail system passes on unchanged. */
static bool broken_header(const struct policy_input *in)
{
	struct span rest = in->message->header;
	for (struct span line; rest.n > 0;) {
		line = span_line(&rest);
		line.n -= span_ends(line, SPAN("\r\n")) ? 2 : 0;
		if (span_chr(line, '\r') != SPAN_NONE || span_chr(line, '\n') != SPAN_NONE ||
		    span_chr(line, '\0') != SPAN_NONE) {
			return true;
		}
	}
	return false;
}

static bool no_author(const struct policy_input *in)
{
	return in->author.n == 0;
}

/* What programs that answer for absent people write, but for Auto-Submitted. */
static const struct {
	const char *field;
	const char *value; /* it begins so; empty: it is there */
} vacation[] = {
	{ "Precedence", "auto_reply" }, { "Precedence", "junk" },  { "X-Autoreply", "" },
	{ "X-Autorespond", "" },        { "X-Autoresponder", "" },
};

static bool on_vacation(const struct policy_input *in)
{
	for (size_t i = 0; i < sizeof(vacation) / sizeof(vacation[0]); i++) {
		if (message_begins(in->message, vacation[i].field, span_str(vacation[i].value))) {
			return true;
		}
	}
	return false;
}

/* Mail that machines send (RFC 3834), reports among them. */
static bool automatic(const struct policy_input *in)
{
	return in->mail_from.n == 0 || automatic_submitted(in->message) ||
	       message_begins(in->message, "Content-Type", SPAN("multipart/report")) ||
	       on_vacation(in);
}

static bool duplicate(const struct policy_input *in)
{
	return in->duplicate && in->same_bytes;
}

static bool same_id(const struct policy_input *in)
{
	return in->duplicate && !in->same_bytes && !in->replay;
}

/* What a list accepts as a replay is no stranger's use of an identifier. */
static bool replayed(const struct policy_input *in)
{
	return in->replay;
}

static bool dns_trouble(const struct policy_input *in)
{
	return in->verdict->temporary && in->patient;
}

static bool chain_broken(const struct policy_input *in)
{
	enum auth_result r = in->verdict->dkim2.result;
	return r == AUTH_FAIL || r == AUTH_PERMERROR || r == AUTH_TEMPERROR;
}

/* By a hop that is neither the author's nor trusted; what lists of this site change, they say. */
static bool altered(const struct policy_input *in)
{
	struct span by = in->verdict->dkim2.altered_by;
	return !in->handed &&
	       (in->verdict->doubled || (by.n > 0 && !domains_have(in->list->trusted_hops, by)));
}

/* Stripping is no decision: the post goes on. */
static bool content(const struct policy_input *in)
{
	return in->content && in->content->action > FILTER_STRIP;
}

static bool emergency(const struct policy_input *in)
{
	return in->list->emergency && !policy_moderator(in);
}

/* Moderators would only be asked about themselves. */
static bool bypasses(const struct policy_input *in)
{
	return in->list->moderators_bypass && policy_moderator(in);
}

static bool banned(const struct policy_input *in)
{
	return in->banned;
}

static bool moderated(const struct policy_input *in)
{
	return in->list->moderated && !bypasses(in);
}

static bool member_moderated(const struct policy_input *in)
{
	return in->member_moderated && !bypasses(in);
}

static bool newcomer(const struct policy_input *in)
{
	return in->posts < (int64_t)in->list->moderate_first && !in->handed && !bypasses(in);
}

/*
 * Whom another list of this site let speak needs no name on this one, as long as
 * what it handed over is what it signed.
 */
static bool vouched(const struct policy_input *in)
{
	enum auth_result r = in->verdict->dkim2.result;
	return in->handed && (r == AUTH_PASS || r == AUTH_NONE);
}

static bool not_member(const struct policy_input *in)
{
	return !in->member && !vouched(in) && !policy_moderator(in) &&
	       !people_have(in->list->allowed_authors, in->author);
}

static bool bare(const struct policy_input *in)
{
	return !in->verdict->from_authentic;
}

static bool always(const struct policy_input *in)
{
	(void)in;
	return true;
}

/* Does DMARC of the author's domain ask for something to be done with what is not proved? */
static bool asks_for_proof(const struct policy_input *in)
{
	return dmarc_effective(&in->verdict->dmarc) != DMARC_POLICY_NONE;
}

/* A bare post on which only the policy of the author's domain decides, and nobody knows it. */
bool policy_undecided(const struct policy_input *in)
{
	const struct dmarc_result *dmarc = &in->verdict->dmarc;
	return bare(in) && in->list->unauthenticated == LIST_BARE_AUTO && !in->domain_signs &&
	       dmarc->result == AUTH_TEMPERROR && !dmarc->found.n;
}

static enum decision by_patience(const struct policy_input *in)
{
	return in->patient ? DECISION_PUT_BACK : DECISION_HOLD;
}

static enum decision by_chain(const struct policy_input *in)
{
	return action(in->list->broken_signature);
}

/*
 * Between lists of one site a loop, or a second way to the same list, is what their
 * members make it: no moderator has to look at each post for that.
 */
static enum decision by_hand_over(const struct policy_input *in)
{
	return in->handed ? DECISION_DISCARD : DECISION_HOLD;
}

static enum decision by_replay(const struct policy_input *in)
{
	return action(in->list->replay);
}

static enum decision by_altered(const struct policy_input *in)
{
	return action(in->list->altered);
}

static enum decision by_nonmember(const struct policy_input *in)
{
	return action(in->list->nonmember);
}

static enum decision by_bare(const struct policy_input *in)
{
	switch ((enum list_bare)in->list->unauthenticated) {
	case LIST_BARE_ACCEPT: return DECISION_ACCEPT;
	case LIST_BARE_REJECT: return DECISION_REJECT;
	case LIST_BARE_HOLD: return DECISION_HOLD;
	case LIST_BARE_AUTO: break;
	}
	return (in->domain_signs || asks_for_proof(in)) && !vouched(in) ? DECISION_HOLD
	                                                                : DECISION_ACCEPT;
}

bool policy_member(const struct policy_input *in)
{
	return !not_member(in) && (!bare(in) || by_bare(in) == DECISION_ACCEPT);
}

bool policy_owner(const struct policy_input *in)
{
	return !bare(in) && people_is_owner(in->list, in->author);
}

bool policy_moderator(const struct policy_input *in)
{
	return !bare(in) && people_is_moderator(in->list, in->author);
}

/* A moderator has seen what is held; what is refused to everybody is refused to him. */
static enum decision by_content(const struct policy_input *in)
{
	switch (in->content->action) {
	case FILTER_DISCARD: return DECISION_DISCARD;
	case FILTER_REJECT: return DECISION_REJECT;
	case FILTER_HOLD: return in->approved ? DECISION_ACCEPT : DECISION_HOLD;
	case FILTER_STRIP:
	case FILTER_KEEP: break;
	}
	return DECISION_ACCEPT;
}

#define NO_PROOF "no signature proves that the author wrote this"

struct check {
	const char *name;
	bool (*applies)(const struct policy_input *in);
	enum decision (*decide)(const struct policy_input *in); /* NULL: `decision` */
	enum decision decision;
	bool even_approved; /* also when a moderator has accepted the message */
	bool passes;        /* DECISION_ACCEPT here means: go on to the next check */
	const char *reason;
};

/* What no rule overrules. */
static const struct check guards[] = {
	{ "size", too_large, NULL, DECISION_HOLD, true, false,
	  "the message is over the size limit" },
	{ "empty", no_header, NULL, DECISION_HOLD, true, false, "the message has no header" },
	{ "loop", looped, by_hand_over, DECISION_HOLD, true, false,
	  "the message was on this list already" },
	{ "header", broken_header, NULL, DECISION_HOLD, true, false,
	  "the header holds a bare CR, a bare LF or a NUL" },
	{ "author", no_author, NULL, DECISION_HOLD, true, false,
	  "From does not name exactly one author" },
	{ "banned", banned, NULL, DECISION_DISCARD, false, false, "the author is banned" },
	{ "automatic", automatic, NULL, DECISION_HOLD, false, false,
	  "sent by a machine, not by a person" },
	{ "duplicate", duplicate, NULL, DECISION_DISCARD, true, false,
	  "this very message was distributed already" },
	{ "replay", replayed, by_replay, DECISION_HOLD, false, true,
	  "Duplicate message with no exploded flag" },
	{ "same-id", same_id, by_hand_over, DECISION_HOLD, false, false,
	  "another post with this Message-ID was distributed already" },
	{ "dns", dns_trouble, NULL, DECISION_PUT_BACK, true, false,
	  "signatures could not be checked: DNS does not answer" },
	{ "broken-signature", chain_broken, by_chain, DECISION_HOLD, false, true, "DKIM2" },
	{ "altered", altered, by_altered, DECISION_HOLD, false, true,
	  "changed after the author had signed it" },
	{ "content", content, by_content, DECISION_HOLD, true, true, "content-filter" },
	{ "emergency", emergency, NULL, DECISION_HOLD, false, false,
	  "an emergency: all posts are held" },
};

/* What happens when no rule decides. */
static const struct check defaults[] = {
	{ "moderated", moderated, NULL, DECISION_HOLD, false, false, "the list is moderated" },
	{ "moderated-member", member_moderated, NULL, DECISION_HOLD, false, false,
	  "this member's posts are held" },
	{ "nonmember", not_member, by_nonmember, DECISION_HOLD, false, true,
	  "the author is not a member" },
	{ "dmarc", policy_undecided, by_patience, DECISION_HOLD, false, false,
	  "what the author's domain asks for could not be found out: DNS does not answer" },
	{ "unauthenticated", bare, by_bare, DECISION_HOLD, false, true, NO_PROOF },
	{ "moderate-first", newcomer, NULL, DECISION_HOLD, false, false,
	  "one of the author's first posts" },
	{ "accept", always, NULL, DECISION_ACCEPT, true, false, "no rule objects" },
};

/* The setting alone, or why `auto` came to its decision. */
static struct span explain_bare(struct arena *arena, const struct policy_input *in)
{
	const struct dmarc_result *dmarc = &in->verdict->dmarc;
	if (in->list->unauthenticated == LIST_BARE_AUTO && asks_for_proof(in)) {
		return arena_printf(
			arena, NO_PROOF ", and %.*s asks by DMARC to %s what is not proved",
			SPAN_FMT(dmarc->found), dmarc_policy_name(dmarc_effective(dmarc)));
	}
	if (in->list->unauthenticated == LIST_BARE_AUTO) {
		return SPAN(NO_PROOF ", and mail of the author's domain was signed before");
	}
	return SPAN(NO_PROOF);
}

static enum policy_step ask(const struct check *c, const struct policy_input *in,
                            enum decision *out)
{
	if (in->approved && !c->even_approved) {
		return POLICY_OVERRULED;
	}
	if (!c->applies(in)) {
		return POLICY_NO;
	}
	*out = c->decide ? c->decide(in) : c->decision;
	return *out == DECISION_ACCEPT && c->passes ? POLICY_PASSED : POLICY_DECIDED;
}

static struct span reason_of(struct arena *arena, const struct check *c,
                             const struct policy_input *in)
{
	if (c->applies == chain_broken) {
		return arena_printf(arena, "%s: %.*s", c->reason,
		                    SPAN_FMT(in->verdict->dkim2.text));
	}
	if (c->applies == altered && in->verdict->doubled) {
		return SPAN(
			"a second Subject, To or Cc stands above the one that the author signed");
	}
	if (c->applies == altered) {
		return arena_printf(arena, "%.*s changed it after the author had signed it",
		                    SPAN_FMT(in->verdict->dkim2.altered_by));
	}
	if (c->applies == content) {
		return in->content->reason;
	}
	if (c->applies == bare) {
		return explain_bare(arena, in);
	}
	struct span detail = policy_detail(arena, c->name, in);
	return detail.n > 0 ? arena_printf(arena, "%s: %.*s", c->reason, SPAN_FMT(detail))
	                    : span_str(c->reason);
}

/* ---- the whole table ---- */

struct deciding {
	struct arena *arena;
	const struct policy_input *in;
	struct policy_result out;
	size_t row_cap, tag_cap;
	bool decided;
};

static void add_row(struct deciding *d, const char *name, const char *reason, struct span why,
                    enum policy_step step)
{
	*ARENA_PUSH(d->arena, d->out.rows, d->out.n, d->row_cap) =
		(struct policy_row){ name, reason, why, step };
}

static void decide(struct deciding *d, enum decision decision, const char *rule, struct span reason)
{
	d->decided = true;
	d->out.decision = decision;
	d->out.rule = rule;
	d->out.reason = reason;
}

static void ask_checks(struct deciding *d, const struct check *checks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct check *c = &checks[i];
		enum decision decision = DECISION_HOLD;
		enum policy_step step = d->decided ? POLICY_BEHIND : ask(c, d->in, &decision);
		add_row(d, c->name, c->reason, SPAN(""), step);
		if (step == POLICY_DECIDED) {
			decide(d, decision, c->name, reason_of(d->arena, c, d->in));
		}
	}
}

static const enum decision decision_of[] = {
	[RULE_ACCEPT] = DECISION_ACCEPT,
	[RULE_HOLD] = DECISION_HOLD,
	[RULE_REJECT] = DECISION_REJECT,
	[RULE_DISCARD] = DECISION_DISCARD,
};

/* What a rule that applies does; where nobody knows whether it does, a moderator has to look. */
static enum policy_step obey(struct deciding *d, const struct rule *rule, const char *name,
                             const struct rule_said *said)
{
	bool unknown = said->answer == RULE_UNKNOWN;
	if (!unknown && rule->action == RULE_TAG) {
		*ARENA_PUSH(d->arena, d->out.tags, d->out.ntags, d->tag_cap) = rule->text;
		return POLICY_PASSED;
	}
	if (d->in->approved && (unknown || rule->action != RULE_ACCEPT)) {
		return POLICY_OVERRULED;
	}
	if (unknown) {
		decide(d, DECISION_HOLD, name,
		       arena_printf(d->arena, "whether a rule applies cannot be said: %.*s",
		                    SPAN_FMT(said->why)));
		return POLICY_DECIDED;
	}
	decide(d, decision_of[rule->action], name, rule->text.n > 0 ? rule->text : rule->source);
	return POLICY_DECIDED;
}

static void ask_rules(struct deciding *d, const struct rule_set *set, const char *prefix)
{
	for (size_t i = 0; set && i < set->n; i++) {
		const struct rule *rule = &set->v[i];
		struct rule_said said = { RULE_NO, SPAN("") };
		enum policy_step step = d->decided ? POLICY_BEHIND : POLICY_NO;
		const char *name = arena_printf(d->arena, "%s:%u", prefix, rule->line).p;
		if (!d->decided) {
			said = rule_ask(d->arena, set, rule, d->in);
		}
		if (said.answer != RULE_NO) {
			step = obey(d, rule, name, &said);
		}
		add_row(d, name, arena_str(d->arena, rule->source), said.why, step);
	}
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct policy_result policy_decide(struct arena *arena, const struct policy_input *in)
{
	struct deciding d = { .arena = arena, .in = in };
	d.out.rule = "none";
	ask_checks(&d, guards, COUNT(guards));
	ask_rules(&d, in->site_rules, "site-rules");
	ask_rules(&d, in->list_rules, "rules");
	ask_checks(&d, defaults, COUNT(defaults));
	if (in->list->filter_command.n > 0) {
		add_row(&d, "filter-command", "what the filter command says", SPAN(""),
		        POLICY_BEHIND);
	}
	return d.out;
}

void policy_hear(const struct policy_input *in, const struct policy_command *said,
                 struct policy_result *result)
{
	struct policy_row *last = &result->rows[result->n - 1];
	bool passes = said->decision == DECISION_ACCEPT ||
	              (said->decision == DECISION_HOLD && in->approved);
	last->why = said->reason;
	last->step = passes ? POLICY_PASSED : POLICY_DECIDED;
	if (passes) {
		return;
	}
	for (size_t i = 0; i + 1 < result->n; i++) {
		if (result->rows[i].step == POLICY_DECIDED) {
			result->rows[i].step = POLICY_PASSED;
		}
	}
	result->decision = said->decision;
	result->rule = last->rule;
	result->reason = said->reason;
}
