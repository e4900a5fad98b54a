/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl tick: what a timer runs each minute.  Quiet unless asked. */
#include "config.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/reap.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"
#include "nhictl/tick.h"
#include "nhictl/tick_time.h"
#include "nhictl/when.h"

static const struct {
	const char *name;
	const char *done;
	enum nhi_err (*run)(const struct nhi_tick *, uint64_t *,
	    struct nhi_why *);
} steps[] = {
	{ "setup", "changes rolled back", nhi_tick_setup },
	{ "passwords", "copies of passwords removed", nhi_tick_passwords },
	{ "spool", "files taken in", nhi_tick_spool },
	{ "holds", "expired holds lifted", nhi_tick_holds },
	{ "issuer", "connections ended or forgotten", nhi_tick_issuer },
	{ "sessions", "sessions ended", nhi_tick_sessions },
	{ "leases", "leases ended", nhi_tick_leases },
	{ "linger", "accounts linger no more", nhi_tick_linger },
	{ "marks", "marks expired", nhi_tick_marks },
	{ "issued", "entries of the ledger expired", nhi_tick_issued },
	{ "revoked", "revocations out of date", nhi_tick_revoked },
	{ "pending", "hand-overs expired", nhi_tick_pending },
	{ "temporary", "temporary files removed", nhi_tick_temporary },
	{ "uids", "UIDs given back", nhi_tick_uids },
	{ "homes", "files of former homes removed", nhi_tick_homes },
	/* End of the steps */
};

/* /run is empty after a boot, and a container may have no tmpfiles. */
static bool
make_run(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} dirs[] = {
		{ NHI_RUN_DIR, 0755 },
		{ NHI_LEASES_DIR, 0755 },
		{ NHI_SESSIONS_DIR, 0755 },
		{ NHI_ISSUER_DIR, 0755 },
		{ NHI_PENDING_DIR, 0700 },
		/* End of the directories */
	};
	struct nhi_why why;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		enum nhi_err err = nhi_dir_make(AT_FDCWD, dirs[i].path,
		    dirs[i].mode, 0, 0, &why);

		if (err != NHI_OK) {
			(void)nhi_ctl_fail(err, &why);
			return false;
		}
	}
	return true;
}

/*
 * Those of who is not root, by the owner of a file as a login makes them:
 * without them doctor would call a host damaged that was booted.
 */
static bool
make_owned(void)
{
	static const struct {
		const char *path;
		const char *owner;
	} dirs[] = {
		{ NHI_SLOTS_DIR, NHI_ID_ISSUER },
		{ NHI_DIRECT_DIR, NHI_ID_VERIFY },
		/* End of the owned directories */
	};
	struct nhi_why why;
	struct stat st;
	enum nhi_err err;
	bool good = true;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		/* Not set up. */
		if (lstat(dirs[i].owner, &st) != 0)
			continue;
		if ((err = nhi_dir_make(AT_FDCWD, dirs[i].path, 0700,
		    st.st_uid, st.st_gid, &why)) != NHI_OK) {
			(void)nhi_ctl_fail(err, &why);
			good = false;
		}
	}
	return good;
}

/* Whether all went well or not: what did not has been told. */
static void
stamp(int64_t now)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64);
	struct nhi_why why;
	enum nhi_err err;

	nhi_buf_printf(&text, "%" PRId64 "\n", now);
	if ((err = nhi_file_replace(AT_FDCWD, NHI_TICK_STAMP, 0644,
	    nhi_buf_all(&text), &why)) != NHI_OK)
		(void)nhi_ctl_fail(err, &why);
}

/* What sweeps go by; when it cannot be kept it is right all the same. */
static void
ask_time(struct nhi_tick *tick)
{
	struct nhi_tick_time t;
	struct nhi_why why;
	enum nhi_err err;

	nhi_tick_time_load(NHI_STATE_DIR, &t);
	if ((err = nhi_tick_time_pass(&t, tick->wall, &why)) != NHI_OK ||
	    (err = nhi_tick_time_save(NHI_STATE_DIR, &t, &why)) != NHI_OK)
		(void)nhi_ctl_fail(err, &why);
	/* Of versions whose UIDs had a clock of their own. */
	if (t.last == 0)
		(void)unlink(NHI_UIDS_DIR "/clock");
	tick->now = nhi_tick_time_over(&t, tick->wall);
	tick->known = nhi_tick_time_known(&t);
	tick->last = t.last;
}

static bool
run(const struct nhi_tick *tick, bool verbose)
{
	bool good = true;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct nhi_why why = { "" }, whole;
		uint64_t done = 0;
		enum nhi_err err = steps[i].run(tick, &done, &why);

		if (verbose)
			(void)printf("%-10s %" PRIu64 " %s\n", steps[i].name,
			    done, steps[i].done);
		if (err == NHI_OK)
			continue;
		good = false;
		(void)nhi_fail(&whole, err, "tick: %s: %.150s", steps[i].name,
		    why.text[0] == '\0' ? nhi_err_text(err) : why.text);
		(void)nhi_ctl_fail(err, &whole);
	}
	return good;
}

int
nhi_verb_tick(int argc, char **argv)
{
	static const struct option options[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const int64_t now = nhi_when_now();
	struct nhi_tick tick = { .spool = NHI_SPOOL_DIR,
	    .marks = NHI_MARKS_DIR, .sessions = NHI_SESSIONS_DIR,
	    .leases = NHI_LEASES_DIR, .stopped = NHI_STOPPED_DIR,
	    .reap_ms = NHI_REAP_TICK_MS, .issuer = NHI_ISSUER_DIR,
	    .holds = NHI_HOLDS_DIR, .pending = NHI_PENDING_DIR,
	    .issued = NHI_ISSUED_DIR, .revoked = NHI_REVOKED_DIR,
	    .uids = NHI_UIDS_DIR, .homes = NHI_HOMES_DIR,
	    .linger = NHI_LINGER_DIR,
	    .published = NHI_PUBLISHED_DIR, .run = NHI_RUN_DIR,
	    .state = NHI_STATE_DIR, .ca = NHI_CA_DIR, .wall = now,
	    .record = nhi_record };
	bool verbose = false, good;
	int c;

	while ((c = getopt_long(argc, argv, "v", options, NULL)) != -1) {
		if (c != 'v')
			return nhi_ctl_usage("tick");
		verbose = true;
	}
	if (optind != argc)
		return nhi_ctl_usage("tick");
	if (geteuid() != 0) {
		(void)fputs("nhictl: tick is root's\n", stderr);
		return NHI_CTL_FAULT;
	}
	if (!make_run())
		return NHI_CTL_FAULT;
	/* The sessions are ended without them, too. */
	good = make_owned();
	stamp(now);
	ask_time(&tick);
	if (!run(&tick, verbose) || !good)
		return NHI_CTL_FAULT;
	return nhi_ctl_done(fflush(stdout) == 0);
}
