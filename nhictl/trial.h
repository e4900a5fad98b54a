/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A setup on trial: until somebody confirms it from a new login, it is rolled
 * back when its time is over, or at once when setup died.
 *
 *	setup/lock		held by whoever changes anything (and by the
 *				programs that it runs); free means: nobody
 *				is at work
 *	setup/pending/state	how far it is, its deadline, who began it
 *	setup/unsetup		unsetup is under way
 *
 * Three may do it: the watcher that setup leaves behind, `nhictl tick` (by a
 * timer or cron, after a boot too), and the next setup or unsetup.
 */
#ifndef NHI_NHICTL_TRIAL_H
#define NHI_NHICTL_TRIAL_H

#include "lib/base/stamp.h"
#include "nhictl/undo.h"

enum nhi_trial_phase {
	NHI_TRIAL_NONE,
	NHI_TRIAL_APPLYING,	/* nobody at work: it died */
	NHI_TRIAL_APPLIED,	/* waits to be confirmed */
	NHI_TRIAL_CONFIRMED,	/* to be taken over into base */
	NHI_TRIAL_UNDOING,
};

struct nhi_trial {
	enum nhi_trial_phase phase;
	int64_t began;			/* wall clock, for after a boot */
	int64_t within;			/* seconds */
	struct nhi_stamp applied;
	uint32_t audit_session;		/* of who called setup */
};

/*
 * Take the lock; what we run inherits it.  wait: else NHI_ERR_CAP when
 * somebody is at work.
 */
enum nhi_err	 nhi_trial_lock(bool wait, int *ret_fd, struct nhi_why *)
		    NHI_MUST;

/* No trial is phase NONE. */
enum nhi_err	 nhi_trial_load(struct nhi_trial *ret, struct nhi_why *)
		    NHI_MUST;
enum nhi_err	 nhi_trial_save(const struct nhi_trial *, struct nhi_why *)
		    NHI_MUST;

/* Seconds that are left to confirm; 0: the time is over. */
int64_t		 nhi_trial_left(const struct nhi_trial *, int64_t now,
		    const struct nhi_stamp *);

/* Begin one, or go on with the one that is there. */
enum nhi_err	 nhi_trial_begin(int64_t within, struct nhi_trial *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * All is applied: the time runs.  Returns when whatever begins is younger than
 * that.
 */
enum nhi_err	 nhi_trial_applied(struct nhi_trial *, struct nhi_why *)
		    NHI_MUST;

/* Take the trial over into base. */
enum nhi_err	 nhi_trial_confirm(struct nhi_trial *, struct nhi_why *)
		    NHI_MUST;

/* Roll the trial back. */
enum nhi_err	 nhi_trial_undo(struct nhi_trial *, struct nhi_undo *,
		    struct nhi_why *) NHI_MUST;

/* Undo all that NHI ever did to the host's files. */
enum nhi_err	 nhi_trial_unsetup(struct nhi_undo *, struct nhi_why *)
		    NHI_MUST;

/*
 * With the lock held: finish what somebody left half done, roll back what is
 * over its time.  `force`: also what has time left.
 */
enum nhi_err	 nhi_trial_settle(bool force, struct nhi_undo *, bool *ret_did,
		    struct nhi_why *) NHI_MUST;

/* Start the watcher, without our lock; it is there when this returns. */
enum nhi_err	 nhi_trial_watch(int lock, struct nhi_why *) NHI_MUST;

/* Its main: wait until the trial is over. */
int		 nhi_trial_watcher(void);

#endif
