/* SPDX-License-Identifier: BSD-2-Clause */
/* Many processes that claim at once, and that wait for each other. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "tests/nss/login.h"

#define PROCESSES	8
#define NAMES		200
#define NUMBERS		120
#define TRIES		50

static int
claim_all(const struct world *w, unsigned int from)
{
	for (unsigned int i = 0; i < NAMES; i++) {
		enum nhi_err err = NHI_OK;
		struct nhi_stamp since = world_at(w, UINT64_MAX - 1);
		struct nhi_why why = { "" };
		char name[16];
		uint32_t uid;

		(void)snprintf(name, sizeof(name), "pr-%u",
		    (i + from) % NAMES);
		/* The wait for the lock is bounded, this machine may be slow. */
		for (unsigned int k = 0; k < TRIES && (k == 0 ||
		    strstr(why.text, ".lock") != NULL); k++) {
			why.text[0] = '\0';
			err = nhi_registry_claim(w->uids, name, &since, &uid,
			    &why);
		}
		if (err != NHI_OK && err != NHI_ERR_UID_MOVED &&
		    err != NHI_ERR_UID_EXHAUSTED)
			return 1;
	}
	return 0;
}

/* Never one UID for two names, and the range is used to its last number. */
static void
test_many_processes(void **state)
{
	const struct world *w = *state;
	pid_t pids[PROCESSES];
	unsigned int entries = 0;
	bool seen[NUMBERS] = { false };

	world_range(w, WORLD_LO, WORLD_LO + NUMBERS - 1, 1);
	for (unsigned int i = 0; i < PROCESSES; i++)
		if ((pids[i] = fork()) == 0)
			_exit(claim_all(w, i * (NAMES / PROCESSES)));
	for (unsigned int i = 0; i < PROCESSES; i++) {
		int status = -1;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	for (unsigned int i = 0; i < NAMES; i++) {
		struct nhi_uid_entry e;
		char name[16];

		(void)snprintf(name, sizeof(name), "pr-%u", i);
		if (nhi_registry_find(w->uids, name, &e) != 1)
			continue;
		entries++;
		assert_in_range(e.uid, WORLD_LO, WORLD_LO + NUMBERS - 1);
		assert_false(seen[e.uid - WORLD_LO]);
		seen[e.uid - WORLD_LO] = true;
		assert_string_equal(login_owner(w, e.uid), name);
	}
	assert_int_equal(entries, NUMBERS);
}

static enum nhi_err
do_claim(const struct world *w, struct nhi_why *why)
{
	struct nhi_stamp since = world_at(w, UINT64_MAX - 1);
	uint32_t uid;

	return nhi_registry_claim(w->uids, "pr-1", &since, &uid, why);
}

static enum nhi_err
do_set(const struct world *w, struct nhi_why *why)
{
	uint32_t uid;

	return nhi_registry_set(w->uids, "web", 0, &uid, why);
}

static enum nhi_err
do_range(const struct world *w, struct nhi_why *why)
{
	return nhi_registry_set_range(w->uids, 90000, 90001, why);
}

static enum nhi_err
do_init(const struct world *w, struct nhi_why *why)
{
	return nhi_registry_init(w->uids, why);
}

/* Is the child still at work after a while? */
static void
wait_a_bit(pid_t pid, bool working)
{
	const struct timespec step = { 0, 10000000 };
	int status = -1;

	for (unsigned int i = 0; i < (working ? 10 : 1000); i++) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			assert_false(working);
			assert_int_equal(status, 0);
			return;
		}
		(void)nanosleep(&step, NULL);
	}
	assert_true(working);
}

/* Whoever writes waits for who is writing, and then does it. */
static void
test_writers_wait(void **state)
{
	static enum nhi_err (*const writers[])(const struct world *,
	    struct nhi_why *) = { do_claim, do_set, do_range, do_init };
	const struct world *w = *state;
	struct nhi_why why;

	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		NHI_AUTO(nhi_fd_close) int lock = -1;
		pid_t pid;

		assert_int_equal(nhi_state_lock(w->uids, NHI_LOCK_MS, &lock,
		    &why), NHI_OK);
		if ((pid = fork()) == 0) {
			/* A lock goes with the last copy of its descriptor. */
			nhi_fd_close(&lock);
			_exit(writers[i](w, &why) != NHI_OK);
		}
		wait_a_bit(pid, true);
		nhi_fd_close(&lock);
		wait_a_bit(pid, false);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_many_processes,
		    world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_writers_wait,
		    world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
