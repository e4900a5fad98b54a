/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/trial.h"
#include "nhictl/when.h"

#define LOCK		NHI_KEEP_DIR "/lock"
#define STATE		NHI_KEEP_PENDING "/state"
#define UNSETUP		NHI_KEEP_DIR "/unsetup"
#define STATE_MAX	512

static const char *const phases[] = {
	[NHI_TRIAL_NONE] = "none",
	[NHI_TRIAL_APPLYING] = "applying",
	[NHI_TRIAL_APPLIED] = "applied",
	[NHI_TRIAL_CONFIRMED] = "confirmed",
	[NHI_TRIAL_UNDOING] = "undoing",
};

/*
 * Without O_CLOEXEC: a program of ours that outlives us must end before
 * somebody else begins.
 */
enum nhi_err
nhi_trial_lock(bool wait, int *ret_fd, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = nhi_keep_open(NHI_KEEP_DIR, why)) != NHI_OK)
		return err;
	fd = open(LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, LOCK ": %s",
		    strerror(errno));
	while (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			return nhi_fail(why, NHI_ERR_CAP, "another nhictl "
			    "setup or unsetup is at work");
		if (errno != EINTR)
			return nhi_fail(why, NHI_ERR_STATE, LOCK ": %s",
			    strerror(errno));
	}
	*ret_fd = fd;
	fd = -1;
	return NHI_OK;
}

static bool
parse_phase(struct nhi_span word, enum nhi_trial_phase *ret)
{
	for (size_t i = 1; i < sizeof(phases) / sizeof(phases[0]); i++)
		if (nhi_span_is(word, phases[i])) {
			*ret = (enum nhi_trial_phase)i;
			return true;
		}
	return false;
}

/* "applied 1795300000 600 <boot>:<ticks> 17" */
static bool
parse(struct nhi_span text, struct nhi_trial *t)
{
	struct nhi_span line, w[5];
	uint64_t n[3];

	if (!nhi_span_cut(&text, '\n', &line))
		return false;
	for (int i = 0; i < 5; i++)
		if (!nhi_span_cut(&line, ' ', &w[i]))
			return false;
	if (!parse_phase(w[0], &t->phase) ||
	    !nhi_num_parse(w[1], INT64_MAX, &n[0]) ||
	    !nhi_num_parse(w[2], INT32_MAX, &n[1]) ||
	    !nhi_stamp_parse(w[3], &t->applied) ||
	    !nhi_num_parse(w[4], UINT32_MAX, &n[2]))
		return false;
	t->began = (int64_t)n[0];
	t->within = (int64_t)n[1];
	t->audit_session = (uint32_t)n[2];
	return true;
}

enum nhi_err
nhi_trial_load(struct nhi_trial *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(STATE_MAX);
	struct nhi_trial t = { .phase = NHI_TRIAL_NONE };
	bool there = false;
	enum nhi_err err;

	if ((err = nhi_copy_read(STATE, &b, &there, why)) != NHI_OK)
		return err;
	/* What cannot be read was not written by us: the safe way is back. */
	if (there && !parse(nhi_buf_all(&b), &t))
		t.phase = NHI_TRIAL_UNDOING;
	*ret = t;
	return NHI_OK;
}

enum nhi_err
nhi_trial_save(const struct nhi_trial *t, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(STATE_MAX);
	char stamp[NHI_STAMP_TEXT];
	enum nhi_err err;

	nhi_stamp_format(&t->applied, stamp);
	nhi_buf_printf(&b, "%s %" PRId64 " %" PRId64 " %s %" PRIu32 "\n",
	    phases[t->phase], t->began, t->within, stamp, t->audit_session);
	if ((err = nhi_buf_check(&b, why)) != NHI_OK)
		return err;
	return nhi_copy_text(STATE, 0600, nhi_buf_all(&b), why);
}

int64_t
nhi_trial_left(const struct nhi_trial *t, int64_t now,
    const struct nhi_stamp *stamp)
{
	int64_t hz = sysconf(_SC_CLK_TCK), gone = now - t->began;

	/* Within a boot by a clock that nobody sets. */
	if (hz > 0 && strcmp(stamp->boot, t->applied.boot) == 0)
		gone = (int64_t)(stamp->ticks - t->applied.ticks) / hz;
	/* A clock that went back after a boot tells nothing. */
	return gone < 0 || gone >= t->within ? 0 : t->within - gone;
}

enum nhi_err
nhi_trial_begin(int64_t within, struct nhi_trial *ret, struct nhi_why *why)
{
	struct nhi_trial t = { .phase = NHI_TRIAL_APPLYING,
	    .began = nhi_when_now(), .within = within,
	    .audit_session = nhi_stamp_audit_session() };
	enum nhi_err err;

	if ((err = nhi_stamp_now(&t.applied, why)) != NHI_OK ||
	    (err = nhi_keep_open(NHI_KEEP_PENDING, why)) != NHI_OK ||
	    (err = nhi_trial_save(&t, why)) != NHI_OK)
		return err;
	*ret = t;
	return NHI_OK;
}

/* A login of this same tick could not be told from one before it. */
static enum nhi_err
wait_tick(const struct nhi_stamp *applied, struct nhi_why *why)
{
	const struct timespec step = { 0, 2000000 };
	struct nhi_stamp now = *applied;
	enum nhi_err err = NHI_OK;

	while (err == NHI_OK && !nhi_stamp_older(applied, &now)) {
		(void)nanosleep(&step, NULL);
		err = nhi_stamp_now(&now, why);
	}
	return err;
}

enum nhi_err
nhi_trial_applied(struct nhi_trial *t, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_stamp_now(&t->applied, why)) != NHI_OK)
		return err;
	t->began = nhi_when_now();
	t->phase = NHI_TRIAL_APPLIED;
	if ((err = nhi_trial_save(t, why)) != NHI_OK)
		return err;
	return wait_tick(&t->applied, why);
}

enum nhi_err
nhi_trial_confirm(struct nhi_trial *t, struct nhi_why *why)
{
	enum nhi_err err;

	t->phase = NHI_TRIAL_CONFIRMED;
	if ((err = nhi_trial_save(t, why)) != NHI_OK ||
	    (err = nhi_keep_merge(why)) != NHI_OK)
		return err;
	return nhi_keep_remove(NHI_KEEP_PENDING, why);
}

enum nhi_err
nhi_trial_undo(struct nhi_trial *t, struct nhi_undo *u, struct nhi_why *why)
{
	enum nhi_err err;

	t->phase = NHI_TRIAL_UNDOING;
	u->area = NHI_KEEP_PENDING;
	/* A full disk must not stop it: an undoing may begin unsaid. */
	(void)!nhi_trial_save(t, NULL);
	if ((err = nhi_undo_area(u, why)) != NHI_OK)
		return err;
	return nhi_keep_remove(NHI_KEEP_PENDING, why);
}

static enum nhi_err
undo_pending(struct nhi_undo *u, struct nhi_why *why)
{
	struct nhi_trial t;
	enum nhi_err err;

	if ((err = nhi_trial_load(&t, why)) != NHI_OK)
		return err;
	if (t.phase == NHI_TRIAL_NONE)
		return u->dry_run ? NHI_OK :
		    nhi_keep_remove(NHI_KEEP_PENDING, why);
	if (u->dry_run) {
		u->area = NHI_KEEP_PENDING;
		return nhi_undo_area(u, why);
	}
	/* Half a trial that cannot be taken over can still be undone. */
	if (t.phase == NHI_TRIAL_CONFIRMED &&
	    nhi_trial_confirm(&t, NULL) == NHI_OK)
		return NHI_OK;
	return nhi_trial_undo(&t, u, why);
}

enum nhi_err
nhi_trial_unsetup(struct nhi_undo *u, struct nhi_why *why)
{
	enum nhi_err err;

	/* Without the note it can still be called again. */
	if (!u->dry_run)
		(void)!nhi_copy_text(UNSETUP, 0600, NHI_SPAN(""), NULL);
	if ((err = undo_pending(u, why)) != NHI_OK)
		return err;
	u->area = NHI_KEEP_BASE;
	if ((err = nhi_undo_area(u, why)) != NHI_OK)
		return err;
	/* What is left can be seen only when that is done. */
	if (u->dry_run)
		return u->changed > 0 ? NHI_OK : nhi_undo_rest(u, why);
	if ((err = nhi_undo_rest(u, why)) != NHI_OK ||
	    (err = nhi_keep_remove(NHI_KEEP_BASE, why)) != NHI_OK)
		return err;
	return nhi_copy_unlink(UNSETUP, why);
}

enum nhi_err
nhi_trial_settle(bool force, struct nhi_undo *u, bool *ret_did,
    struct nhi_why *why)
{
	struct nhi_stamp now;
	struct nhi_trial t;
	enum nhi_err err;

	*ret_did = true;
	if (access(UNSETUP, F_OK) == 0)
		return nhi_trial_unsetup(u, why);
	if ((err = nhi_trial_load(&t, why)) != NHI_OK ||
	    (err = nhi_stamp_now(&now, why)) != NHI_OK)
		return err;
	if (t.phase == NHI_TRIAL_CONFIRMED)
		return nhi_trial_confirm(&t, why);
	if (t.phase == NHI_TRIAL_APPLYING || t.phase == NHI_TRIAL_UNDOING ||
	    (t.phase == NHI_TRIAL_APPLIED && (force ||
	    nhi_trial_left(&t, nhi_when_now(), &now) == 0)))
		return nhi_trial_undo(&t, u, why);
	*ret_did = false;
	return t.phase == NHI_TRIAL_NONE ?
	    nhi_keep_remove(NHI_KEEP_PENDING, why) : NHI_OK;
}
