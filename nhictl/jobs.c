/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/process.h"
#include "lib/base/reap.h"
#include "lib/base/registry.h"
#include "nhictl/jobs.h"
#include "nhictl/record.h"

#define ROUNDS	16
#define NUMBER	24

/* An audit session that an account began by itself. */
struct job {
	uint32_t uid;
	uint32_t audit_session;
	char account[NHI_NAME_MAX + 1];
};

struct jobs {
	const char *account;		/* NULL: all */
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
	j->blind = j->blind || r < 0;
	if (r != 1 || (j->account != NULL &&
	    strcmp(j->account, job.account) != 0))
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
end(const struct nhi_end *e, const struct job *job, bool *ret_gone,
    struct nhi_why *why)
{
	const struct nhi_chase chase = chase_of(job);
	const bool gone = nhi_reap_kill(&chase);
	char detail[512];
	enum nhi_err err;

	(void)snprintf(detail, sizeof(detail), "a job%s by %s: %s", gone ?
	    ", ended" : ", not ended, something of it is still there; asked",
	    e->by, e->reason);
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

enum nhi_err
nhi_jobs_end(const struct nhi_end *e, const char *account,
    unsigned int *ret_ended, struct nhi_why *why)
{
	static struct jobs j;
	enum nhi_err err, first = NHI_OK;
	unsigned int rounds = 0, ended;
	bool gone;

	j.account = account;
	*ret_ended = 0;
	do {
		ended = 0;
		err = find(&j, first == NHI_OK ? why : NULL);
		first = first == NHI_OK ? err : first;
		for (size_t i = 0; i < j.n; i++) {
			err = end(e, &j.job[i], &gone, first == NHI_OK ? why :
			    NULL);
			first = first == NHI_OK ? err : first;
			ended += gone;
		}
		*ret_ended += ended;
	} while (j.n == NHI_JOBS && ended > 0 && ++rounds < ROUNDS);
	return first;
}
