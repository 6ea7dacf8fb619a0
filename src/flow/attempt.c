/*
 * What an attempt leaves in a recipient's row: every attempt ends here as sent, deferred,
 * failed or skipped.
 */
#include "flow/attempt.h"

#include "rules/retry.h"

/* Seconds until a post whose own files are in trouble is looked at again. */
#define TROUBLE_WAIT 300

void attempt_sent(struct batch_copy *copy, struct span reply)
{
	copy->result->state = FAN_SENT;
	copy->result->attempts = copy->recipient->attempts + 1;
	copy->result->reply = reply;
}

void attempt_postpone(struct batch *b, struct batch_copy *copy, struct span reply, bool give_up)
{
	const struct context *c = b->c;
	const struct fan_recipient *r = copy->recipient;
	struct fan_result *out = copy->result;
	int64_t now = c->env.now(&c->env);
	out->first_at = r->first_at ? r->first_at : now;
	out->reply = arena_copy(b->arena, reply);
	out->attempts = r->attempts + 1;
	out->state = FAN_DEFERRED;
	if (give_up ||
	    !retry_next(retry_pace_of(reply), (unsigned)out->attempts, out->first_at, now,
	                (int64_t)c->site.retry_for, (uint64_t)r->member, &out->next_at)) {
		out->state = FAN_FAILED;
	}
}

void attempt_skip(struct batch *b, struct batch_copy *copy, struct span reason)
{
	struct fan_result *out = copy->result;
	int64_t now = b->c->env.now(&b->c->env);
	out->first_at = copy->recipient->first_at ? copy->recipient->first_at : now;
	out->attempts = copy->recipient->attempts + 1;
	out->state = FAN_SKIPPED;
	out->reply = reason;
}

void attempt_wait(struct batch *b, struct batch_copy *copy, struct span reply, int64_t at)
{
	attempt_postpone(b, copy, reply, false);
	if (copy->result->state == FAN_DEFERRED) {
		copy->result->attempts = copy->recipient->attempts;
		copy->result->next_at = at;
	}
}

void attempt_rest(struct batch *b, struct batch_copy *copy, struct span reply, unsigned failures)
{
	attempt_wait(b, copy, reply, b->c->env.now(&b->c->env) + retry_rest(failures));
}

void attempt_rest_others(struct batch *b, unsigned failures)
{
	for (size_t i = b->started; i < b->fan.n; i++) {
		if (!b->copies[i].handed) {
			attempt_rest(b, &b->copies[i], SPAN("not tried: the relay does not answer"),
			             failures);
		}
	}
}

void attempt_postpone_others(struct batch *b, const struct err *trouble)
{
	int64_t now = b->c->env.now(&b->c->env);
	for (size_t i = 0; i < b->fan.n; i++) {
		struct fan_result *r = &b->results[i];
		if (r->reply.p) {
			continue;
		}
		r->first_at = b->fan.v[i].first_at ? b->fan.v[i].first_at : now;
		r->next_at = trouble->class == ERR_TEMPORARY ? now + TROUBLE_WAIT : now;
		r->attempts = b->fan.v[i].attempts;
		r->reply = arena_printf(b->arena, "%s", trouble->text);
	}
}
