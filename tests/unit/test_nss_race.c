/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads look up while another process publishes by rename and moves the
 * account's UID, and children forked in the middle look up too.  Each answer
 * is one of the two that were ever true, and there is always one.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/nss/world.h"

#define THREADS	4
#define ROUNDS	4000
#define FORKS	40

static bool
right(const struct passwd *pw)
{
	bool one = strcmp(pw->pw_dir, "/home/1") == 0 &&
	    strcmp(pw->pw_shell, "/bin/sh1") == 0;
	bool two = strcmp(pw->pw_dir, "/home/2") == 0 &&
	    strcmp(pw->pw_shell, "/bin/sh2") == 0;

	return strcmp(pw->pw_name, "web") == 0 && (one || two) &&
	    pw->pw_uid == pw->pw_gid &&
	    (pw->pw_uid == 71001 || pw->pw_uid == 71002);
}

static bool
look(const struct world *w)
{
	struct passwd pw;
	struct group gr;
	char buf[256];
	int err;

	return nhi_nss_getpwnam_r(&w->paths, "web", &pw, buf, sizeof(buf),
	    &err) == NSS_STATUS_SUCCESS && right(&pw) &&
	    nhi_nss_getpwuid_r(&w->paths, 71003, &pw, buf, sizeof(buf),
	    &err) == NSS_STATUS_SUCCESS &&
	    strcmp(pw.pw_name, "other") == 0 &&
	    nhi_nss_getgrnam_r(&w->paths, "web", &gr, buf, sizeof(buf),
	    &err) == NSS_STATUS_SUCCESS &&
	    nhi_nss_getpwnam_r(&w->paths, "nobody", &pw, buf, sizeof(buf),
	    &err) == NSS_STATUS_NOTFOUND;
}

static void *
thread(void *arg)
{
	for (unsigned int i = 0; i < ROUNDS; i++)
		if (!look(arg))
			return arg;
	return NULL;
}

static void
publish(const struct world *w)
{
	for (unsigned int i = 0;; i++) {
		world_link(w, "published/current", "%u", i % 2 + 1);
		world_link(w, "uids/name/web", "7100%u:set:%s:1",
		    i / 2 % 2 + 1, w->boot);
	}
}

static void
fork_some(const struct world *w)
{
	for (unsigned int i = 0; i < FORKS; i++) {
		int status = -1;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(look(w) ? 0 : 1);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void
test_race(void **state)
{
	struct world *w = *state;
	pthread_t threads[THREADS];
	int status = -1;
	pid_t pid;

	assert_int_equal(mkdir(world_path(w, "published/2"), 0755), 0);
	assert_int_equal(mkdir(world_path(w, "published/2/names"), 0755), 0);
	world_link(w, "published/1/names/web", "/home/1:/bin/sh1:900");
	world_link(w, "published/2/names/web", "/home/2:/bin/sh2:900");
	world_entry(w, "web", 71002, "set", 1);
	world_entry(w, "web", 71001, "set", 1);
	world_entry(w, "other", 71003, "set", 1);
	if ((pid = fork()) == 0)
		publish(w);
	for (unsigned int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, thread,
		    w), 0);
	fork_some(w);
	for (unsigned int i = 0; i < THREADS; i++) {
		void *failed = w;

		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_race, world_setup,
		    world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
