/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "lib/base/process.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "lib/base/session.h"
#include "nhictl/end.h"
#include "nhictl/jobs.h"
#include "nhictl/record.h"
#include "nhictl/when.h"

#define ROUNDS	16
#define NUMBER	24

/* An audit session that an account began by itself. */
struct job {
	uint32_t uid;
	uint32_t audit_session;
	char account[NHI_NAME_MAX + 1];
};

struct jobs {
	const struct nhi_hold *hold;
	struct job job[NHI_JOBS];
	size_t n;
	bool blind;			/* not all could be looked at */
};

static bool
read_number(int proc, pid_t pid, const char *name, struct jobs *j,
    uint32_t *ret)
{
	char path[48], text[NUMBER];
	uint64_t v;

	(void)snprintf(path, sizeof(path), "%ld/%s", (long)pid, name);
	if (!nhi_process_read(proc, path, text, sizeof(text))) {
		/* A kernel without audit has no such sessions. */
		j->blind = j->blind || (errno != ENOENT && errno != ESRCH);
		return false;
	}
	if (!nhi_num_parse(nhi_span_str(text), UINT32_MAX, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

static bool
has(const struct jobs *j, uint32_t uid, uint32_t audit_session)
{
	for (size_t i = 0; i < j->n; i++)
		if (j->job[i].uid == uid &&
		    j->job[i].audit_session == audit_session)
			return true;
	return false;
}

/* Is one of its identities of this hold? */
static bool
is_named(const struct nhi_rules *r, const struct nhi_hold *hold)
{
	for (size_t n = 0; n < r->nidentities; n++) {
		const struct nhi_identity *i = &r->identities[n];

		if (strcmp(hold->scope == NHI_HOLD_IDENTITY ? i->name :
		    r->issuers[i->issuer].name, hold->name) == 0)
			return true;
	}
	return false;
}

/* By an identity or an issuer: 1, 0, or -1 when it cannot be told. */
static int
is_reached_by_rules(const struct nhi_hold *hold, const char *account)
{
	const struct nhi_session_filter open = { .account = account,
		.machine = true, .alive = true };
	NHI_AUTO(nhi_rules_freep) struct nhi_rules *rules = NULL;
	struct nhi_policy policy;
	struct nhi_account entry;
	enum nhi_err err;
	uint32_t n;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &policy, NULL)) == NHI_OK)
		err = nhi_policy_rules(&policy, account, &entry, &rules, NULL);
	if (err == NHI_ERR_ACCOUNT_UNKNOWN || err == NHI_ERR_ACCOUNT_RESERVED)
		return 0;
	if (err != NHI_OK)
		return -1;
	if (!is_named(rules, hold))
		return 0;
	err = nhi_grant_jobs(rules, nhi_when_now(), NULL);
	if (err == NHI_OK)
		return 0;
	if (err == NHI_ERR_STATE || nhi_session_count(NHI_SESSIONS_DIR, &open,
	    &n, NULL) != NHI_OK)
		return -1;
	return n == 0;
}

static int
is_reached(const struct nhi_hold *hold, const char *account)
{
	switch (hold->scope) {
	case NHI_HOLD_ALL:
		return 1;
	case NHI_HOLD_ACCOUNT:
		return strcmp(hold->name, account) == 0;
	case NHI_HOLD_IDENTITY:
	case NHI_HOLD_ISSUER:
		break;
	}
	return is_reached_by_rules(hold, account);
}

static struct nhi_chase
chase_of(const struct job *job)
{
	return (struct nhi_chase){ .uid = job->uid, .uids = NHI_UIDS_DIR,
	    .audit_session = job->audit_session, .stopped = NHI_STOPPED_DIR,
	    .ms = NHI_REAP_MS };
}

static void
look_at(int proc, pid_t pid, struct jobs *j)
{
	struct job job;
	struct nhi_chase chase;
	int r;

	if (!read_number(proc, pid, "loginuid", j, &job.uid) ||
	    job.uid < NHI_UID_MIN || job.uid == UINT32_MAX ||
	    !read_number(proc, pid, "sessionid", j, &job.audit_session) ||
	    has(j, job.uid, job.audit_session))
		return;
	r = nhi_registry_owner(NHI_UIDS_DIR, job.uid, job.account);
	if (r == 1)
		r = is_reached(j->hold, job.account);
	j->blind = j->blind || r < 0;
	if (r != 1)
		return;
	chase = chase_of(&job);
	if (nhi_reap_left(&chase) > 0)
		j->job[j->n++] = job;
}

static enum nhi_err
find(struct jobs *j, struct nhi_why *why)
{
	NHI_AUTO(nhi_process_list_wipe) struct nhi_process_list list = {
		.n = 0 };
	NHI_AUTO(nhi_fd_close) int proc = -1;

	j->n = 0;
	j->blind = false;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0 || !nhi_process_all(proc, &list))
		return nhi_fail(why, NHI_ERR_STATE, "/proc: %s",
		    strerror(errno));
	for (size_t i = 0; i < list.n && j->n < NHI_JOBS; i++)
		look_at(proc, list.pid[i], j);
	return j->blind ? nhi_fail(why, NHI_ERR_STATE,
	    "not every process could be looked at") : NHI_OK;
}

static enum nhi_err
end(const struct nhi_hold *hold, const struct job *job, bool *ret_gone,
    struct nhi_why *why)
{
	const struct nhi_chase chase = chase_of(job);
	char detail[512];
	enum nhi_err err;
	bool gone;

	gone = nhi_reap_kill(&chase);
	(void)snprintf(detail, sizeof(detail), "a job%s by %s: %s", gone ?
	    ", ended" : ", not ended, something of it is still there; asked",
	    hold->by, hold->reason);
	*ret_gone = gone;
	err = nhi_record(&(struct nhi_event){ .event = NHI_EVENT_SESSION_END,
	    .outcome = gone ? NHI_INFO : NHI_FAULT,
	    .reason = gone ? NHI_OK : NHI_ERR_STATE, .detail = detail,
	    .account = job->account, .uid = job->uid,
	    .audit_session = job->audit_session }, why);
	return gone ? err : nhi_fail(why, NHI_ERR_STATE,
	    "a job of %s (audit session %" PRIu32 ") is still there",
	    job->account, job->audit_session);
}

struct reach {
	const struct nhi_hold *hold;
	bool *blind;
};

static bool
is_reached_job(const struct nhi_session *s, const void *arg)
{
	const struct reach *reach = arg;
	int r;

	if (s->identity[0] != '\0')
		return false;
	r = is_reached(reach->hold, s->account);
	*reach->blind = *reach->blind || r < 0;
	return r == 1;
}

/*
 * A record comes before the question whether the account is stopped, and that
 * before the first process: one that has none yet is ended, too.
 */
static enum nhi_err
end_recorded(const struct nhi_hold *hold, unsigned int *ret_ended,
    struct nhi_why *why)
{
	bool blind = false;
	const struct reach reach = { .hold = hold, .blind = &blind };
	const struct nhi_end e = { .by = hold->by, .reason = hold->reason,
	    .wanted = is_reached_job, .arg = &reach };
	enum nhi_err err;

	if ((err = nhi_end_sessions(&e, ret_ended, why)) != NHI_OK)
		return err;
	return blind ? nhi_fail(why, NHI_ERR_STATE,
	    "whose job each is cannot be told") : NHI_OK;
}

enum nhi_err
nhi_jobs_end(const struct nhi_hold *hold, unsigned int *ret_ended,
    struct nhi_why *why)
{
	static struct jobs j;
	enum nhi_err err, first;
	unsigned int rounds = 0, ended;
	bool gone;

	j.hold = hold;
	first = end_recorded(hold, ret_ended, why);
	do {
		ended = 0;
		err = find(&j, first == NHI_OK ? why : NULL);
		first = first == NHI_OK ? err : first;
		for (size_t i = 0; i < j.n; i++) {
			err = end(hold, &j.job[i], &gone, first == NHI_OK ? why :
			    NULL);
			first = first == NHI_OK ? err : first;
			ended += gone;
		}
		*ret_ended += ended;
	} while (j.n == NHI_JOBS && ended > 0 && ++rounds < ROUNDS);
	return first;
}
