/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <time.h>

#include "lib/base/chase.h"
#include "lib/base/crowd.h"
#include "lib/base/halt.h"
#include "lib/base/look.h"
#include "lib/base/spawn.h"

/*
 * A look during which nothing was started has seen all: nearly every session
 * ends by one, at once or as soon as its last process has died.  But a process
 * that forks and leaves, again and again, may pass by a look, and by each
 * signal to the one that was seen; and on a busy host something of others is
 * always started.  So the kernel's count of the account's threads is asked
 * whether there is more than was seen; and after so many looks, or when the
 * zombies grow more, all that the account has is stopped, which no fork
 * escapes.  Where we cannot start the process that does this, they cannot fork
 * either: a limit of processes is reached that is ours, too.  Who is stopped
 * then, and not yet killed, keeps his place in it.
 */
#define LOOKS_CLEAN	8
#define LOOKS_SPARED	3		/* before the kernel is asked */
#define LOOKS_DIRTY	4
#define LOOKS_STILL	16
#define REST_NS		2000000		/* for what is dying, and longer */
#define REST_MAX_NS	32000000
#define RESTS		8
#define STILL_MS	1000
#define LOOKS_LEAST	100		/* before more_ms is not given */
#define STEP_MS		500		/* of it at a time */

struct chase {
	struct nhi_look s;
	int64_t deadline;
	int64_t last;			/* with all of more_ms */
	unsigned int looks;
	struct nhi_halt halt;
	bool stopped;			/* all of the account, by us */
	int64_t until;			/* and no longer at a time */
};

/*
 * The kernel counts no more of the account than was seen (of another one it
 * counts nothing here).  It may by chance: what went since
 * then stands for what was not seen.  Who waits for us to bury it cannot go.
 */
static bool
is_all(const struct chase *c)
{
	const bool may_go = c->s.others > 0 || c->s.dying > 0;
	const uint32_t seen = c->s.others + c->s.dying +
	    (may_go || c->stopped ? c->s.zombies : c->s.own);

	return c->s.fresh == 0 && !c->s.blind && !c->s.foreign &&
	    !nhi_crowd_more(c->s.uid, seen, c->deadline);
}

static void
rest(struct timespec *step)
{
	(void)nanosleep(step, NULL);
	if (step->tv_nsec < REST_MAX_NS)
		step->tv_nsec *= 2;
}

/* They have all places, and none of them runs: none comes in by a fork. */
static void
keep_still(struct chase *c)
{
	c->s.sig = SIGSTOP;
	for (unsigned int i = 0; i < LOOKS_STILL; i++) {
		(void)nhi_look(&c->s);
		if (c->s.fresh == 0)
			break;
	}
	c->s.sig = SIGKILL;
}

static void
stop_all(struct chase *c, const char *dir)
{
	/* Again: out of a set-uid program one may have come back. */
	if (c->stopped)
		(void)nhi_crowd_signal(c->s.uid, SIGSTOP, c->deadline);
	else if ((c->stopped = nhi_halt_begin(&c->halt, dir, c->s.uid,
	    c->deadline)))
		c->until = nhi_clock_ms() + STILL_MS;
	if (!c->stopped)
		keep_still(c);
}

static void
go_on(struct chase *c)
{
	if (c->stopped)
		nhi_halt_end(&c->halt);
	c->stopped = false;
}

/*
 * What the kernel counted between two looks that saw the same is what they saw:
 * nothing went meanwhile, for which something that was not seen could stand.
 */
static bool
is_same(const struct chase *c, const struct nhi_look *before)
{
	return c->s.fresh == 0 && !c->s.blind && c->s.mark == before->mark &&
	    c->s.others == before->others && c->s.dying == before->dying &&
	    c->s.zombies == before->zombies;
}

/*
 * Where hundreds of processes wait for a processor a look takes a good part of
 * a second.  Those who are chased can be the hundreds, too: more_ms is all
 * that they gain by it.
 */
static bool
has_time(struct chase *c)
{
	const int64_t now = nhi_clock_ms();

	if (now < c->deadline)
		return true;
	if (now >= c->last || c->looks >= LOOKS_LEAST)
		return false;
	c->deadline = now + STEP_MS < c->last ? now + STEP_MS : c->last;
	return true;
}

bool
nhi_chase(const struct nhi_chase *in)
{
	const int64_t deadline = nhi_clock_ms() + in->ms;
	struct chase c = { .s = { .uid = in->uid, .sig = SIGKILL,
	    .uids = in->uids, .audit_session = in->audit_session },
	    .deadline = deadline, .last = deadline + in->more_ms };
	unsigned int clean = 0, dirty = 0, rests = 0, sure = 0, spared = 0;
	struct timespec step = { .tv_nsec = REST_NS };
	bool again, all = false, over = false;
	struct nhi_look before;

	while (!over && has_time(&c)) {
		c.looks++;
		before = c.s;
		again = nhi_look(&c.s);
		sure = all && is_same(&c, &before) ? sure + 1 : 0;
		clean = again ? 0 : clean + 1;
		/* Again: one went, whose child may have had its number before. */
		over = !c.s.blind && (clean == LOOKS_CLEAN ||
		    (c.s.quiet && !again) ||
		    (sure > 0 && (c.s.found == 0 || sure > RESTS)));
		if (over)
			break;
		if (c.s.fresh == 0 && !c.s.blind && spared < LOOKS_SPARED) {
			spared++;
			if (c.s.found > 0)
				rest(&step);
			continue;
		}
		c.s.exact = true;
		if (sure > 0 || (c.stopped && nhi_clock_ms() >= c.until))
			go_on(&c);
		all = is_all(&c);
		if (sure > 0) {
			rest(&step);
		} else if (c.s.fresh == 0 && c.s.found > 0 && rests < RESTS) {
			rests++;
			rest(&step);
		} else if (again && !all && (++dirty % LOOKS_DIRTY == 0 ||
		    (before.zombies > 0 && c.s.zombies > before.zombies))) {
			stop_all(&c, in->stopped);
		}
	}
	go_on(&c);
	return over;
}

unsigned int
nhi_chase_signal(const struct nhi_chase *in, int sig)
{
	struct nhi_look s = { .uid = in->uid, .uids = in->uids,
	    .audit_session = in->audit_session, .sig = sig };

	(void)nhi_look(&s);
	/* What could not be looked at is not said to be gone. */
	return s.fresh == 0 && s.blind && sig == 0 ? 1 : s.fresh;
}
