/* Events and standings. Every change of a standing that stops or restores mail is one call. */

#include "store/bounces.h"

#include "rules/list.h"
#include "store/stmt.h"

const char *bounce_source_name(enum bounce_source s)
{
	static const char *const names[] = { "token", "dkim2", "relay" };
	return names[s];
}

const char *bounce_void_name(enum bounce_void v)
{
	static const char *const names[] = { "counts", "group", "undone" };
	return names[v];
}

bool store_bounce_add(struct store *s, const struct bounce_event *ev, int64_t *id, bool *added,
                      struct err *e)
{
	if (!stmt_touch(s, STMT_BOUNCE_ADD,
	                STMT_ARGS(stmt_int(ev->list), stmt_int(ev->member), stmt_text(ev->address),
	                          stmt_text(ev->domain), stmt_int(ev->post),
	                          stmt_int(ev->complaint), stmt_int(ev->class), stmt_int(ev->hard),
	                          stmt_int(ev->source), stmt_text(ev->status),
	                          stmt_bytes(ev->reply), stmt_int(ev->at), stmt_int(ev->group),
	                          stmt_int(ev->voided)),
	                added, e)) {
		return false;
	}
	*id = *added ? sqlite3_last_insert_rowid(s->db) : 0;
	return true;
}

static void read_event(struct rows *r, struct bounce_event *out)
{
	out->id = row_int(r);
	out->list = row_int(r);
	out->member = row_int(r);
	out->address = row_span(r);
	out->domain = row_span(r);
	out->post = row_int(r);
	out->complaint = row_int(r) != 0;
	out->class = (enum bounce_class)row_int(r);
	out->hard = row_int(r) != 0;
	out->source = (enum bounce_source)row_int(r);
	out->status = row_span(r);
	out->reply = row_span(r);
	out->at = row_int(r);
	out->group = row_int(r);
	out->voided = (enum bounce_void)row_int(r);
}

/* The narrowest index for F. */
static enum stmt_id ls_by(const struct bounce_filter *f)
{
	return f->id       ? STMT_BOUNCE_LS_ID
	       : f->member ? STMT_BOUNCE_LS_MEMBER
	       : f->group  ? STMT_BOUNCE_LS_GROUP
	       : f->post   ? STMT_BOUNCE_LS_POST
	       : f->list   ? STMT_BOUNCE_LS_LIST
	                   : STMT_BOUNCE_LS;
}

bool store_bounce_ls(struct store *s, struct arena *arena, const struct bounce_filter *f,
                     int64_t before, size_t limit, struct bounce_event **out, size_t *n,
                     struct err *e)
{
	struct rows r;
	struct bounce_event *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, ls_by(f),
	          STMT_ARGS(stmt_int(f->list), stmt_int(f->member), stmt_int(f->post),
	                    stmt_int(f->group), stmt_text(f->domain), stmt_int(f->class),
	                    stmt_int(before == 0 ? INT64_MAX : before), stmt_limit(limit),
	                    stmt_int(f->id)),
	          arena);
	while (rows_next(&r)) {
		read_event(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_bounce_hits(struct store *s, struct arena *arena, int64_t member, int64_t since,
                       struct bounce_hit **out, size_t *n, struct err *e)
{
	struct rows r;
	struct bounce_hit *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_BOUNCE_HITS, STMT_ARGS(stmt_int(member), stmt_int(since)), arena);
	while (rows_next(&r)) {
		struct bounce_hit *hit = ARENA_PUSH(arena, v, count, cap);
		hit->at = row_int(&r);
		hit->post = row_int(&r);
		hit->class = (enum bounce_class)row_int(&r);
		hit->hard = row_int(&r) != 0;
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

/* ---- tallies and groups ---- */

bool store_bounce_tally_add(struct store *s, struct bounce_tally *t, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_BOUNCE_TALLY_ADD,
	          STMT_ARGS(stmt_int(t->post), stmt_int(t->what), stmt_text(t->name)), NULL);
	if (rows_next(&r)) {
		t->n = row_int(&r);
		t->total = row_int(&r);
		t->group = row_int(&r);
	}
	return rows_close(&r, e);
}

bool store_bounce_tally_put(struct store *s, const struct bounce_tally *t, struct err *e)
{
	return stmt_run(s, STMT_BOUNCE_TALLY_PUT,
	                STMT_ARGS(stmt_int(t->post), stmt_int(t->what), stmt_text(t->name),
	                          stmt_int(t->total), stmt_int(t->group)),
	                e);
}

bool store_bounce_recipients(struct store *s, const struct bounce_tally *t, int64_t *total,
                             struct err *e)
{
	struct span domain = t->what == BOUNCE_TALLY_DOMAIN ? t->name : SPAN("");

	return stmt_number(s, STMT_BOUNCE_RECIPIENTS,
	                   STMT_ARGS(stmt_int(t->post), stmt_text(domain)), total, e);
}

bool store_bounce_group_add(struct store *s, const struct bounce_group *g, int64_t *id,
                            struct err *e)
{
	if (!stmt_run(s, STMT_BOUNCE_GROUP_ADD,
	              STMT_ARGS(stmt_int(g->list), stmt_int(g->post), stmt_int(g->what),
	                        stmt_text(g->name), stmt_int(g->class), stmt_text(g->status),
	                        stmt_bytes(g->reply), stmt_int(g->at)),
	              e)) {
		return false;
	}
	*id = sqlite3_last_insert_rowid(s->db);
	return true;
}

static bool read_groups(struct rows *r, struct arena *arena, struct bounce_group **out, size_t *n,
                        struct err *e)
{
	struct bounce_group *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		struct bounce_group *g = ARENA_PUSH(arena, v, count, cap);
		g->id = row_int(r);
		g->list = row_int(r);
		g->post = row_int(r);
		g->what = (enum bounce_tally_what)row_int(r);
		g->name = row_span(r);
		g->class = (enum bounce_class)row_int(r);
		g->status = row_span(r);
		g->reply = row_span(r);
		g->at = row_int(r);
		g->alerted = row_int(r);
		g->n = row_int(r);
		g->total = row_int(r);
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_bounce_groups(struct store *s, struct arena *arena, int64_t list, size_t limit,
                         struct bounce_group **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_BOUNCE_GROUPS, STMT_ARGS(stmt_int(list), stmt_limit(limit)), arena);
	return read_groups(&r, arena, out, n, e);
}

bool store_bounce_alerts(struct store *s, struct arena *arena, int64_t before, size_t limit,
                         struct bounce_group **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_BOUNCE_ALERTS, STMT_ARGS(stmt_int(before), stmt_limit(limit)), arena);
	return read_groups(&r, arena, out, n, e);
}

bool store_bounce_alerted(struct store *s, int64_t post, int64_t now, struct err *e)
{
	return stmt_run(s, STMT_BOUNCE_ALERTED, STMT_ARGS(stmt_int(post), stmt_int(now)), e);
}

bool store_bounce_gather(struct store *s, const struct bounce_tally *t, struct err *e)
{
	struct span domain = t->what == BOUNCE_TALLY_DOMAIN ? t->name : SPAN("");
	struct span status = t->what == BOUNCE_TALLY_STATUS ? t->name : SPAN("");

	return stmt_run(s, STMT_BOUNCE_GATHER,
	                STMT_ARGS(stmt_int(t->post), stmt_text(domain), stmt_text(status),
	                          stmt_int(t->group), stmt_int(t->what)),
	                e);
}

bool store_bounce_place(struct store *s, int64_t id, int64_t group, struct err *e)
{
	return stmt_run(s, STMT_BOUNCE_PLACE, STMT_ARGS(stmt_int(id), stmt_int(group)), e);
}

bool store_bounce_undo(struct store *s, int64_t id, int64_t group, int64_t *changed, struct err *e)
{
	return id ? stmt_change(s, STMT_BOUNCE_UNDO, STMT_ARGS(stmt_int(id)), changed, e)
	          : stmt_change(s, STMT_BOUNCE_UNDO_GROUP, STMT_ARGS(stmt_int(group)), changed, e);
}

bool store_bounce_forget(struct store *s, int64_t member, int64_t *changed, struct err *e)
{
	return stmt_change(s, STMT_BOUNCE_FORGET, STMT_ARGS(stmt_int(member)), changed, e);
}

/* ---- standings ---- */

static void read_standing(struct rows *r, struct bounce_row *out)
{
	out->member = row_int(r);
	out->list = row_int(r);
	out->standing.state = (enum bounce_state)row_int(r);
	out->standing.since = row_int(r);
	out->standing.warnings = row_int(r);
	out->delivery = (uint64_t)row_int(r);
}

bool store_bounce_standing(struct store *s, int64_t member, struct bounce_row *out, struct err *e)
{
	struct rows r;

	*out = (struct bounce_row){ .member = member };
	rows_open(&r, s, STMT_BOUNCE_STANDING, STMT_ARGS(stmt_int(member)), NULL);
	if (rows_next(&r)) {
		read_standing(&r, out);
	}
	return rows_close(&r, e);
}

static bool silent(enum bounce_state state)
{
	return state == BOUNCE_STATE_DISABLED || state == BOUNCE_STATE_COMPLAINED;
}

bool store_bounce_standing_put(struct store *s, const struct bounce_row *row, struct err *e)
{
	const struct bounce_standing *st = &row->standing;
	int64_t delivery = silent(st->state) ? MEMBER_NOMAIL : (int64_t)row->delivery;

	if (st->state == BOUNCE_STATE_GOOD) {
		return stmt_run(s, STMT_BOUNCE_STANDING_RESTORE, STMT_ARGS(stmt_int(row->member)),
		                e) &&
		       stmt_run(s, STMT_BOUNCE_STANDING_RM, STMT_ARGS(stmt_int(row->member)), e);
	}
	return stmt_run(s, STMT_BOUNCE_STANDING_PUT,
	                STMT_ARGS(stmt_int(row->member), stmt_int(row->list), stmt_int(st->state),
	                          stmt_int(st->since), stmt_int(st->warnings),
	                          stmt_int((int64_t)row->delivery), stmt_int(bounce_score_due(st))),
	                e) &&
	       (!silent(st->state) ||
	        stmt_run(s, STMT_BOUNCE_SET_DELIVERY,
	                 STMT_ARGS(stmt_int(row->member), stmt_int(delivery)), e));
}

bool store_bounce_standings(struct store *s, struct arena *arena, int64_t now, size_t limit,
                            struct bounce_row **out, size_t *n, struct err *e)
{
	struct rows r;
	struct bounce_row *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, STMT_BOUNCE_STANDINGS, STMT_ARGS(stmt_int(now), stmt_limit(limit)), arena);
	while (rows_next(&r)) {
		read_standing(&r, ARENA_PUSH(arena, v, count, cap));
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

/* ---- the rest ---- */

bool store_bounce_forged(struct store *s, int64_t list, int64_t day, struct err *e)
{
	return stmt_run(s, STMT_BOUNCE_FORGED, STMT_ARGS(stmt_int(list), stmt_int(day)), e);
}

bool store_bounce_forged_count(struct store *s, int64_t list, int64_t *n, struct err *e)
{
	return stmt_number(s, STMT_BOUNCE_FORGED_COUNT, STMT_ARGS(stmt_int(list)), n, e);
}

static bool read_failed(struct rows *r, struct arena *arena, struct bounce_failed **out, size_t *n,
                        struct err *e)
{
	struct bounce_failed *v = NULL;
	size_t count = 0, cap = 0;

	while (rows_next(r)) {
		struct bounce_failed *f = ARENA_PUSH(arena, v, count, cap);
		f->list = row_int(r);
		f->post = row_int(r);
		f->member = row_int(r);
		f->address = row_span(r);
		f->reply = row_span(r);
		f->at = row_int(r);
	}
	*out = v;
	*n = count;
	return rows_close(r, e);
}

bool store_bounce_failed(struct store *s, struct arena *arena, size_t limit,
                         struct bounce_failed **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_BOUNCE_FAILED, STMT_ARGS(stmt_limit(limit)), arena);
	return read_failed(&r, arena, out, n, e);
}

bool store_bounce_failed_probes(struct store *s, struct arena *arena, size_t limit,
                                struct bounce_failed **out, size_t *n, struct err *e)
{
	struct rows r;

	rows_open(&r, s, STMT_BOUNCE_FAILED_PROBES, STMT_ARGS(stmt_limit(limit)), arena);
	return read_failed(&r, arena, out, n, e);
}

bool store_bounce_counted(struct store *s, int64_t post, int64_t member, struct err *e)
{
	return stmt_run(s, STMT_BOUNCE_COUNTED, STMT_ARGS(stmt_int(post), stmt_int(member)), e);
}

bool store_bounce_stats(struct store *s, struct arena *arena, int64_t list, enum bounce_by by,
                        size_t limit, struct bounce_sum **out, size_t *n, struct err *e)
{
	static const enum stmt_id ids[] = { STMT_BOUNCE_BY_CLASS, STMT_BOUNCE_BY_DOMAIN,
		                            STMT_BOUNCE_BY_POST, STMT_BOUNCE_BY_MEMBER };
	struct rows r;
	struct bounce_sum *v = NULL;
	size_t count = 0, cap = 0;

	rows_open(&r, s, ids[by], STMT_ARGS(stmt_int(list), stmt_limit(limit)), arena);
	while (rows_next(&r)) {
		struct bounce_sum *sum = ARENA_PUSH(arena, v, count, cap);
		sum->name = row_span(&r);
		sum->events = row_int(&r);
		sum->scored = row_int(&r);
		sum->last = row_int(&r);
	}
	*out = v;
	*n = count;
	return rows_close(&r, e);
}

bool store_bounce_sweep(struct store *s, int64_t before, struct err *e)
{
	return stmt_run(s, STMT_BOUNCE_SWEEP_EVENTS, STMT_ARGS(stmt_int(before)), e) &&
	       stmt_run(s, STMT_BOUNCE_SWEEP_GROUPS, STMT_ARGS(stmt_int(before)), e);
}
