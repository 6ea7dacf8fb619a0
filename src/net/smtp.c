/*
 * As many talks as connections are allowed; a job gets one that is connected if
 * there is one, so that few connections carry what few can. All of them move in
 * smtp_drive, where one poll(2) waits for all.
 */
#include "net/smtp.h"

#include "net/smtp_talk.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

struct smtp {
	struct env env;
	struct arena *arena;
	struct smtp_talk **talks;
	unsigned count;         /* of them */
	unsigned active;        /* of them with a job */
	unsigned busy;          /* jobs with us, those done but not given back included */
	unsigned failures;      /* copies in a row that ended without a reply */
	struct smtp_job *done;  /* first of those to give back */
	struct smtp_job **last; /* where the next is linked */
	struct pollfd *fds;     /* room for all that all talks wait for */
	size_t *used;           /* a talk, how many of them */
};

_Static_assert(sizeof(((struct smtp_result *)NULL)->reply) == SMTP_REPLY_TEXT, "copied as it is");

static int64_t now(const struct smtp *s)
{
	return s->env.now_us(&s->env);
}

static struct smtp *allocate(unsigned count)
{
	struct smtp *s = mem_alloc(sizeof(*s));

	s->env = env_real();
	s->arena = arena_new();
	s->count = count;
	s->talks = arena_array(s->arena, count, sizeof(*s->talks));
	s->used = arena_array(s->arena, count, sizeof(*s->used));
	s->fds = arena_array(s->arena, (size_t)count * SMTP_LINK_FDS, sizeof(*s->fds));
	s->last = &s->done;
	return s;
}

struct smtp *smtp_new(const struct smtp_config *config, struct err *e)
{
	struct smtp *s = allocate(config->connections ? config->connections : 1);

	for (unsigned i = 0; i < s->count; i++) {
		s->talks[i] = smtp_talk_new(config, e);
		if (!s->talks[i]) {
			smtp_free(s);
			return NULL;
		}
	}
	return s;
}

void smtp_free(struct smtp *s)
{
	if (!s) {
		return;
	}
	for (unsigned i = 0; i < s->count; i++) {
		smtp_talk_free(s->talks[i]);
	}
	arena_free(s->arena);
	mem_free(s);
}

unsigned smtp_room(const struct smtp *s)
{
	return s->count - s->busy;
}

unsigned smtp_busy(const struct smtp *s)
{
	return s->busy;
}

/* A verdict on T's job: put it into the result and the job onto the list of those to give back. */
static void settle(struct smtp *s, struct smtp_talk *t)
{
	struct reply_input in = smtp_talk_verdict(t);
	bool wants_ascii = smtp_talk_wants_ascii(t);
	struct smtp_job *job = smtp_talk_take(t);
	struct reply_class class;

	if (in.transport_ok) {
		s->failures = 0;
	} else if (!in.misuse) {
		s->failures++;
	}
	in.failures = s->failures;
	class = reply_classify(&in);
	job->result.outcome = class.outcome;
	job->result.relay_down = class.relay_down;
	job->result.wants_ascii = class.outcome == OUTCOME_FAILED && wants_ascii;
	job->result.code = in.code;
	memcpy(job->result.reply, smtp_talk_text(t), sizeof(job->result.reply));
	job->next = NULL;
	*s->last = job;
	s->last = &job->next;
	s->active--;
}

static struct smtp_talk *choose(const struct smtp *s)
{
	struct smtp_talk *idle = NULL;

	for (unsigned i = 0; i < s->count; i++) {
		if (!smtp_talk_idle(s->talks[i])) {
			continue;
		}
		if (smtp_talk_connected(s->talks[i])) {
			return s->talks[i];
		}
		if (!idle) {
			idle = s->talks[i];
		}
	}
	return idle;
}

bool smtp_lacks_utf8(const struct smtp *s)
{
	const struct smtp_talk *t = choose(s);

	return t && smtp_talk_connected(t) && !smtp_talk_offers_utf8(t);
}

void smtp_submit(struct smtp *s, struct smtp_job *job)
{
	struct smtp_talk *t = choose(s);

	assert(t && smtp_room(s) > 0);
	s->busy++;
	s->active++;
	smtp_talk_start(t, job, now(s));
	if (smtp_talk_over(t)) {
		settle(s, t);
	}
}

/* Wait for the first event, at most TIMEOUT milliseconds. False on a signal, or with *E on trouble.
 */
static bool wait(struct smtp *s, int timeout, struct err *e)
{
	int64_t moment = now(s);
	size_t n = 0;

	for (unsigned i = 0; i < s->count; i++) {
		s->used[i] = smtp_talk_poll(s->talks[i], s->fds + n, &timeout, moment);
		n += s->used[i];
	}
	if (poll(s->fds, n, timeout) >= 0) {
		return true;
	}
	if (errno != EINTR) {
		err_errno(e, "cannot wait for the relay");
	}
	return false;
}

static void run(struct smtp *s)
{
	int64_t moment = now(s);
	const struct pollfd *fd = s->fds;

	for (unsigned i = 0; i < s->count; i++) {
		bool readable = false;

		for (size_t k = 0; k < s->used[i]; k++, fd++) {
			readable =
				readable || (fd->revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL));
		}
		smtp_talk_run(s->talks[i], readable, moment);
		if (smtp_talk_over(s->talks[i])) {
			settle(s, s->talks[i]);
		}
	}
}

bool smtp_drive(struct smtp *s, unsigned timeout, struct err *e)
{
	int64_t moment = now(s), end = moment + (int64_t)timeout * 1000;

	while (!s->done && s->active > 0 && moment <= end) {
		int64_t left = (end - moment + 999) / 1000;

		errno = 0;
		if (!wait(s, left < INT_MAX ? (int)left : INT_MAX, e)) {
			return errno == EINTR;
		}
		run(s);
		moment = now(s);
	}
	return true;
}

struct smtp_job *smtp_done(struct smtp *s)
{
	struct smtp_job *job = s->done;

	if (!job) {
		return NULL;
	}
	s->done = job->next;
	if (!s->done) {
		s->last = &s->done;
	}
	job->next = NULL;
	s->busy--;
	return job;
}
