/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: close_session does not run when sshd's monitor is killed; this
 * finishes its work.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/halt.h"
#include "lib/base/lease.h"
#include "lib/base/linger.h"
#include "lib/base/list.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "lib/base/session.h"
#include "lib/base/spawn.h"
#include "nhictl/tick.h"
#include "nhictl/tick_time.h"

#define SESSIONS_MAX	64		/* ended in one round */
#define STEP_MS		60000		/* for all of them */
#define REAP_SHORT_MS	300
#define ACCOUNT_MS	15000		/* for those of one that do not end */
#define LEASE_AGE	300		/* seconds */

struct gone {
	struct nhi_session sessions[SESSIONS_MAX];
	size_t n;
	size_t failed;			/* that many are looked over */
	size_t seen;
};

static bool
collect(const struct nhi_session *s, void *arg)
{
	struct gone *gone = arg;

	/* One that cannot be told will be told by the next tick. */
	if (nhi_session_alive(s) == 0 && gone->seen++ >= gone->failed)
		gone->sessions[gone->n++] = *s;
	return gone->n < SESSIONS_MAX;
}

/* An account of which a session did not end. */
struct stuck {
	uint32_t uid;
	int64_t ms;			/* that such sessions have taken */
};

struct fate {
	uint64_t ended;
	enum nhi_err first;
	struct nhi_why *why;
	struct stuck stuck[SESSIONS_MAX];	/* the last stands for more */
	size_t nstuck;
};

/* A job has no lease. */
static enum nhi_err
count_leased(const struct nhi_tick *t, const char *account, uint32_t *ret,
    struct nhi_why *why)
{
	return nhi_session_count(t->sessions, &(struct nhi_session_filter){
	    .account = account, .machine = true }, ret, why);
}

static enum nhi_err
record(const struct nhi_tick *t, const struct nhi_session *s,
    unsigned int ended, struct nhi_why *why)
{
	char detail[128];
	struct nhi_event event = { .event = NHI_EVENT_SESSION_END,
	    .outcome = NHI_INFO, .detail = detail, .service = s->service,
	    .account = s->account, .uid = s->uid, .expires = s->expires,
	    .source = s->source };

	(void)snprintf(detail, sizeof(detail),
	    "process %ld of the session is gone; %u left-over processes ended",
	    (long)s->pid, ended);
	nhi_session_event(s, &event);
	return t->record(&event, why);
}

/* The lease for the sessions that are left, without this one. */
static enum nhi_err
forget(const struct nhi_tick *t, const struct nhi_session *s,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	uint32_t left;
	enum nhi_err err;

	if ((err = nhi_state_lock(t->leases, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK ||
	    (err = nhi_session_remove(t->sessions, s->id, why)) != NHI_OK)
		return err;
	if (s->identity[0] == '\0')
		return NHI_OK;
	if ((err = count_leased(t, s->account, &left, why)) != NHI_OK ||
	    (err = nhi_lease_set(t->leases, s->account, s->uid, left,
	    why)) != NHI_OK)
		return err;
	return nhi_linger_end(t->linger, t->leases, s->account, why);
}

static enum nhi_err
reap(const struct nhi_tick *t, const struct nhi_session *s,
    unsigned int *ret_ended, struct nhi_why *why)
{
	bool over;

	if (!nhi_session_is_now(s))
		return NHI_OK;
	over = nhi_reap_session(&(struct nhi_chase){ .uid = s->uid, .uids = t->uids,
	    .audit_session = s->audit_session, .stopped = t->stopped,
	    .ms = t->reap_ms }, ret_ended);
	/* Whoever was killed may have had the account stopped. */
	nhi_halt_mend(t->stopped, s->uid);
	return over ? NHI_OK : nhi_fail(why, NHI_ERR_STATE, "session %s of "
	    "%s: processes are left", s->id, s->account);
}

enum nhi_err
nhi_tick_end(const struct nhi_tick *t, const struct nhi_session *s,
    struct nhi_why *why)
{
	unsigned int ended = 0;
	enum nhi_err err;

	if ((err = reap(t, s, &ended, why)) != NHI_OK ||
	    (err = record(t, s, ended, why)) != NHI_OK)
		return err;
	return forget(t, s, why);
}

static struct stuck *
find_stuck(struct fate *f, uint32_t uid)
{
	for (size_t i = 0; i < f->nstuck; i++)
		if (f->stuck[i].uid == uid)
			return &f->stuck[i];
	return f->nstuck == SESSIONS_MAX ? &f->stuck[f->nstuck - 1] : NULL;
}

static void
fail(struct fate *f, uint32_t uid, int64_t ms, enum nhi_err err)
{
	struct stuck *stuck = find_stuck(f, uid);

	if (stuck == NULL)
		f->stuck[f->nstuck++] = (struct stuck){ uid, ms };
	else
		stuck->ms += ms;
	if (f->first == NHI_OK)
		f->first = err;
}

/*
 * However many an account keeps from ending, the others and the other steps
 * have a turn: it has one long try, short ones for a while, and no more.
 */
static void
end_round(const struct nhi_tick *t, struct gone *gone, int64_t deadline,
    struct fate *fate)
{
	struct nhi_tick mine = *t;
	enum nhi_err err;

	for (size_t i = 0; i < gone->n; i++) {
		const int64_t began = nhi_clock_ms(), left = deadline - began;
		const uint32_t uid = gone->sessions[i].uid;
		const struct stuck *stuck = find_stuck(fate, uid);

		if (left <= 0)
			return;
		if (stuck != NULL && stuck->ms > ACCOUNT_MS) {
			gone->failed++;
			continue;
		}
		mine.reap_ms = stuck != NULL ? REAP_SHORT_MS : t->reap_ms;
		if (mine.reap_ms > left)
			mine.reap_ms = left;
		err = nhi_tick_end(&mine, &gone->sessions[i],
		    fate->first == NHI_OK ? fate->why : NULL);
		if (err == NHI_OK) {
			fate->ended++;
			continue;
		}
		gone->failed++;
		fail(fate, uid, nhi_clock_ms() - began, err);
	}
}

enum nhi_err
nhi_tick_sessions(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	const int64_t deadline = nhi_clock_ms() + STEP_MS;
	struct fate fate = { .why = why };
	struct gone gone = { .n = 0 };
	enum nhi_err err;

	nhi_halt_mend_all(t->stopped);
	do {
		gone.n = gone.seen = 0;
		/* One that cannot be read keeps no other from its end. */
		err = nhi_session_each(t->sessions, collect, &gone,
		    fate.first == NHI_OK ? why : NULL);
		if (fate.first == NHI_OK)
			fate.first = err;
		end_round(t, &gone, deadline, &fate);
	} while (gone.n == SESSIONS_MAX && nhi_clock_ms() < deadline);
	*ret += fate.ended;
	return fate.first;
}

/* Of another boot, or old and without a session. */
static bool
is_stale(const struct nhi_tick *t, int dir, const char *account)
{
	uint32_t left;
	struct stat st;
	int live = nhi_lease_live(t->leases, account);

	if (live != 1)
		return live == 0;
	return fstatat(dir, account, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    nhi_tick_time_old(st.st_mtime, LEASE_AGE, t->wall) &&
	    count_leased(t, account, &left, NULL) == NHI_OK && left == 0;
}

enum nhi_err
nhi_tick_leases(const struct nhi_tick *t, uint64_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_list_close) DIR *list = NULL;
	NHI_AUTO(nhi_fd_close) int lock = -1;
	const struct dirent *de;
	enum nhi_err err;

	if ((err = nhi_state_lock(t->leases, NHI_LOCK_MS, &lock,
	    why)) != NHI_OK)
		return err;
	if ((list = nhi_list_open(AT_FDCWD, t->leases)) == NULL)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", t->leases,
		    strerror(errno));
	while ((de = nhi_list_next(list)) != NULL) {
		if (!nhi_name_valid(de->d_name) ||
		    !is_stale(t, dirfd(list), de->d_name))
			continue;
		/* Removing asks for no UID in particular. */
		if ((err = nhi_lease_set(t->leases, de->d_name, NHI_UID_MIN, 0,
		    why)) != NHI_OK)
			return err;
		(*ret)++;
		if ((err = nhi_linger_end(t->linger, t->leases, de->d_name,
		    why)) != NHI_OK)
			return err;
	}
	return errno == 0 ? NHI_OK : nhi_fail(why, NHI_ERR_STATE, "%s: %s",
	    t->leases, strerror(errno));
}
