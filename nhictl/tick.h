/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Housekeeping in steps that do not depend on each other.  A step takes the
 * places to work in, so that a test can give it others.
 */
#ifndef NHI_NHICTL_TICK_H
#define NHI_NHICTL_TICK_H

#include <stdint.h>

#include "lib/base/audit.h"
#include "lib/base/paths.h"
#include "lib/base/session.h"

/* Written anew by each tick, for doctor to see that one came round. */
#define NHI_TICK_STAMP	NHI_RUN_DIR "/tick"

struct nhi_tick {
	const char *spool;
	const char *marks;
	const char *sessions;
	const char *leases;
	const char *issuer;
	const char *holds;
	const char *pending;
	const char *issued;
	const char *revoked;
	const char *uids;
	const char *homes;
	const char *linger;		/* of systemd-logind */
	const char *published;
	const char *run;
	const char *stopped;
	const char *state;
	const char *ca;
	int64_t now;			/* that sweeps go by (tick_time.h); 0:
					   nothing is over */
	bool known;			/* and more than the time of day */
	int64_t wall;			/* for ages of what lives for minutes */
	int64_t last;			/* that of the tick before; 0: none */
	int64_t reap_ms;		/* for the processes of one session */
	enum nhi_err (*record)(const struct nhi_event *, struct nhi_why *);
};

/* Each: how many things it did; the rest is done even when one fails. */
enum nhi_err	 nhi_tick_spool(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_tick_marks(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* A setup that nobody confirmed in time, or that died. */
enum nhi_err	 nhi_tick_setup(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* Holds that are over: a record, then they go. */
enum nhi_err	 nhi_tick_holds(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* Hand-overs that nobody took. */
enum nhi_err	 nhi_tick_pending(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * Sessions whose process is gone: what they left running is ended, a record,
 * the lease for those that remain.
 */
enum nhi_err	 nhi_tick_sessions(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * Finish one of them, of which no process is there.  NHI_ERR_STATE: what it
 * left cannot be ended; its record stays.
 */
enum nhi_err	 nhi_tick_end(const struct nhi_tick *,
		    const struct nhi_session *, struct nhi_why *) NHI_MUST;

/* Leases of another boot, or of no session. */
enum nhi_err	 nhi_tick_leases(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* Copies that setup kept of passwords that have changed since. */
enum nhi_err	 nhi_tick_passwords(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* What was issued and has expired, from the ledger. */
enum nhi_err	 nhi_tick_issued(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* Revocations of what has expired, and of no live session. */
enum nhi_err	 nhi_tick_revoked(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* Temporary files of processes that were killed. */
enum nhi_err	 nhi_tick_temporary(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * UIDs that nobody used for the retention of the policy: given back, homes
 * moved away; and what was moved away, removed.
 */
enum nhi_err	 nhi_tick_uids(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_tick_homes(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/* Machine accounts that linger without a lease. */
enum nhi_err	 nhi_tick_linger(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

/*
 * Connections to the issuer: records of dead processes go, connections that
 * are older than a minute are ended.
 */
enum nhi_err	 nhi_tick_issuer(const struct nhi_tick *, uint64_t *ret,
		    struct nhi_why *) NHI_MUST;

#endif
