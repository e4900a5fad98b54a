/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/halt.h"
#include "lib/base/paths.h"
#include "lib/base/reap.h"
#include "lib/base/spawn.h"
#include "nhictl/end.h"
#include "nhictl/record.h"
#include "nhictl/tick.h"
#include "nhictl/when.h"

#define BATCH		128		/* sessions ended at once */
#define PATIENCE	300		/* milliseconds, twice */
#define STEP		10
#define ROUNDS		1000

struct batch {
	const struct nhi_end *end;
	struct nhi_session s[BATCH];
	size_t n;
	bool alive;			/* only those that still are */
};

static bool
collect(const struct nhi_session *s, void *arg)
{
	struct batch *b = arg;

	if ((!b->alive || nhi_session_alive(s) != 0) &&
	    b->end->wanted(s, b->end->arg))
		b->s[b->n++] = *s;
	return b->n < BATCH;
}

static bool
is_closed(const struct nhi_session *s)
{
	struct nhi_session now;

	return nhi_session_read(NHI_SESSIONS_DIR, s->id, &now, NULL) !=
	    NHI_OK && nhi_session_alive(s) == 0;
}

static bool
is_gone(const struct nhi_session *s)
{
	return nhi_session_alive(s) == 0;
}

static struct nhi_chase
chase_of(const struct nhi_session *s)
{
	return (struct nhi_chase){ .uid = s->uid, .uids = NHI_UIDS_DIR,
	    .audit_session = s->audit_session, .stopped = NHI_STOPPED_DIR,
	    .ms = NHI_REAP_MS };
}

/* The PAM stage closes one that has left nothing, and no other. */
static bool
is_ended(const struct nhi_session *s)
{
	const struct nhi_chase chase = chase_of(s);

	return is_closed(s) || (is_gone(s) && (!nhi_session_is_now(s) ||
	    nhi_reap_left(&chase) == 0));
}

static unsigned int
count_ended(const struct batch *b)
{
	unsigned int n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += is_ended(&b->s[i]);
	return n;
}

/* Wait until all of them are, or the patience is at its end. */
static bool
wait_until(const struct batch *b, bool (*is)(const struct nhi_session *))
{
	const struct timespec step = { 0, STEP * 1000000 };
	const int64_t deadline = nhi_clock_ms() + PATIENCE;
	size_t open;

	do {
		open = 0;
		for (size_t i = 0; i < b->n; i++)
			open += !is(&b->s[i]);
		if (open == 0)
			return true;
		(void)nanosleep(&step, NULL);
	} while (nhi_clock_ms() < deadline);
	return false;
}

static void
kill_all(const struct batch *b, bool opener)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct nhi_session *s = &b->s[i];
		const struct nhi_chase chase = chase_of(s);

		if (is_closed(s) || !nhi_session_is_now(s))
			continue;
		if (opener)
			(void)nhi_reap_process(s->pid, s->start.ticks,
			    SIGKILL);
		/* What is left is looked at before anything is told. */
		(void)!nhi_reap_kill(&chase);
		if (opener)
			nhi_halt_mend(NHI_STOPPED_DIR, s->uid);
	}
}

static enum nhi_err
lives(const struct nhi_session *s, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_STATE, "session %s of %s: process %ld "
	    "is still there", s->id, s->account, (long)s->pid);
}

/*
 * What the PAM stage did not close is closed here; not a session that nothing
 * could end: who asks must see it.
 */
static enum nhi_err
finish(const struct batch *b, struct nhi_why *why)
{
	const struct nhi_tick tick = { .sessions = NHI_SESSIONS_DIR,
	    .leases = NHI_LEASES_DIR, .stopped = NHI_STOPPED_DIR,
	    .linger = NHI_LINGER_DIR, .uids = NHI_UIDS_DIR,
	    .reap_ms = NHI_REAP_MS, .now = nhi_when_now(),
	    .record = nhi_record };
	struct nhi_session now;
	enum nhi_err err, first = NHI_OK;

	for (size_t i = 0; i < b->n; i++) {
		if (nhi_session_read(NHI_SESSIONS_DIR, b->s[i].id, &now,
		    NULL) != NHI_OK)
			continue;
		err = is_gone(&b->s[i]) ?
		    nhi_tick_end(&tick, &b->s[i], first == NHI_OK ? why :
		    NULL) : lives(&b->s[i], first == NHI_OK ? why : NULL);
		if (first == NHI_OK)
			first = err;
	}
	return first;
}

static enum nhi_err
record(const struct nhi_end *e, const struct nhi_session *s,
    struct nhi_why *why)
{
	const bool gone = is_ended(s);
	char detail[512];
	struct nhi_event event = { .event = NHI_EVENT_SESSION_END,
	    .outcome = gone ? NHI_INFO : NHI_FAULT,
	    .reason = gone ? NHI_OK : NHI_ERR_STATE, .detail = detail,
	    .service = s->service, .account = s->account, .uid = s->uid,
	    .expires = s->expires, .source = s->source };

	(void)snprintf(detail, sizeof(detail), "%s by %s: %s", gone ? "ended" :
	    "not ended, it or what it started is still there; asked", e->by,
	    e->reason);
	nhi_session_event(s, &event);
	return nhi_record(&event, why);
}

/*
 * sshd closes its session when it is told to end; cron would just end, and
 * closes it when the job is over.
 */
static void
ask(const struct nhi_session *s)
{
	const struct nhi_chase chase = chase_of(s);

	if (s->identity[0] == '\0')
		(void)!nhi_reap_kill(&chase);
	else
		(void)nhi_reap_process(s->pid, s->start.ticks, SIGTERM);
}

static enum nhi_err
end_batch(const struct batch *b, struct nhi_why *why)
{
	enum nhi_err err, first = NHI_OK;

	for (size_t i = 0; i < b->n; i++)
		if (nhi_session_is_now(&b->s[i]))
			ask(&b->s[i]);
	if (!wait_until(b, is_closed)) {
		kill_all(b, false);
		if (!wait_until(b, is_closed)) {
			kill_all(b, true);
			(void)wait_until(b, is_gone);
		}
	}
	for (size_t i = 0; i < b->n; i++) {
		err = record(b->end, &b->s[i], why);
		if (first == NHI_OK)
			first = err;
	}
	if ((err = finish(b, why)) != NHI_OK)
		return err;
	return first;
}

enum nhi_err
nhi_end_sessions(const struct nhi_end *e, unsigned int *ret_ended,
    struct nhi_why *why)
{
	struct batch b = { .end = e };
	enum nhi_err err, first = NHI_OK;
	unsigned int rounds = 0, ended;

	/* It may be our own connection that ends. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	*ret_ended = 0;
	do {
		b.n = 0;
		/* One that cannot be read keeps no other from its end. */
		err = nhi_session_each(NHI_SESSIONS_DIR, collect, &b,
		    first == NHI_OK ? why : NULL);
		if (first == NHI_OK)
			first = err;
		if (b.n > 0 && (err = end_batch(&b, first == NHI_OK ? why :
		    NULL)) != NHI_OK && first == NHI_OK)
			first = err;
		/* Without a trail the records of what has ended stay. */
		b.alive = first != NHI_OK;
		ended = count_ended(&b);
		*ret_ended += ended;
	} while (b.n == BATCH && ended > 0 && ++rounds < ROUNDS);
	return first;
}
