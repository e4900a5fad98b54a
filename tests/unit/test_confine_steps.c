/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every step of the sandbox fails once, and none is passed over.  The filter
 * itself is tried by test_confine; here it is built and not loaded.
 */
#include "config.h"

#include <fcntl.h>
#include <seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/service.h"
#include "tests/unit/temp.h"
#include "verify/confine.h"

/* The k-th call of these fails; 0: none. */
static unsigned int countdown, calls, loads;
static struct stat owner;
static uid_t ids[6];			/* ruid euid suid rgid egid sgid */
static int ngroups;
static gid_t group;

scmp_filter_ctx	 __real_seccomp_init(uint32_t);
scmp_filter_ctx	 __wrap_seccomp_init(uint32_t);
int		 __real_seccomp_rule_add(scmp_filter_ctx, uint32_t, int,
		    unsigned int, ...);
int		 __wrap_seccomp_rule_add(scmp_filter_ctx, uint32_t, int,
		    unsigned int, ...);
int		 __wrap_seccomp_load(scmp_filter_ctx);
int		 __wrap_prctl(int, ...);
int		 __wrap_setrlimit(__rlimit_resource_t, const struct rlimit *);
int		 __wrap_setrlimit64(__rlimit_resource_t,
		    const struct rlimit *);
int		 __wrap_getresuid(uid_t *, uid_t *, uid_t *);
int		 __wrap_getresgid(gid_t *, gid_t *, gid_t *);
int		 __wrap_getgroups(int, gid_t *);

static bool
fails(void)
{
	return ++calls == countdown;
}

scmp_filter_ctx
__wrap_seccomp_init(uint32_t action)
{
	assert_int_equal(action, SCMP_ACT_KILL_PROCESS);
	return fails() ? NULL : __real_seccomp_init(action);
}

int
__wrap_seccomp_rule_add(scmp_filter_ctx ctx, uint32_t action, int call,
    unsigned int n, ...)
{
	(void)ctx;
	(void)n;
	assert_int_equal(action, SCMP_ACT_ALLOW);
	assert_int_not_equal(call, SCMP_SYS(openat));
	assert_int_not_equal(call, SCMP_SYS(execve));
	return fails() ? -1 : 0;
}

int
__wrap_seccomp_load(scmp_filter_ctx ctx)
{
	assert_non_null(ctx);
	if (fails())
		return -1;
	loads++;
	return 0;
}

int
__wrap_prctl(int what, ...)
{
	(void)what;
	return fails() ? -1 : 0;
}

int
__wrap_setrlimit(__rlimit_resource_t what, const struct rlimit *l)
{
	(void)what;
	assert_true(l->rlim_cur == l->rlim_max);
	assert_true(l->rlim_max != RLIM_INFINITY);
	return fails() ? -1 : 0;
}

/* Its name where files are large. */
int
__wrap_setrlimit64(__rlimit_resource_t what, const struct rlimit *l)
{
	return __wrap_setrlimit(what, l);
}

int
__wrap_getresuid(uid_t *r, uid_t *e, uid_t *s)
{
	*r = ids[0];
	*e = ids[1];
	*s = ids[2];
	return fails() ? -1 : 0;
}

int
__wrap_getresgid(gid_t *r, gid_t *e, gid_t *s)
{
	*r = ids[3];
	*e = ids[4];
	*s = ids[5];
	return fails() ? -1 : 0;
}

int
__wrap_getgroups(int n, gid_t *list)
{
	/* Of more than one, getgroups says EINVAL. */
	assert_int_equal(n, 1);
	if (ngroups == 1)
		list[0] = group;
	return ngroups > 1 ? -1 : ngroups;
}

/* Succeeds as it is, and fails at each of its calls, which are not fewer. */
static void
each(enum nhi_err (*step)(struct nhi_why *), unsigned int least)
{
	struct nhi_why why;
	unsigned int n;

	countdown = calls = loads = 0;
	assert_int_equal(step(&why), NHI_OK);
	assert_true(calls >= least);
	n = calls;
	for (unsigned int i = 1; i <= n; i++) {
		countdown = i;
		calls = 0;
		assert_int_equal(step(&why), NHI_ERR_INTERNAL);
	}
	countdown = 0;
}

static void
test_begin(void **state)
{
	(void)state;
	each(nhi_confine_begin, 6);
}

static void
test_end(void **state)
{
	(void)state;
	/* A context, some calls, and the load. */
	each(nhi_confine_end, 10);
	assert_int_equal(loads, 1);
}

static char dir[TEMP_SIZE];

static enum nhi_err
identity(struct nhi_why *why)
{
	return nhi_service_identity(temp_path(dir, "id"), why);
}

static void
test_identity(void **state)
{
	struct nhi_why why;

	(void)state;
	temp_make(dir);
	temp_write(temp_path(dir, "id"), "");
	assert_int_equal(stat(temp_path(dir, "id"), &owner), 0);
	if (owner.st_uid == 0)
		assert_int_equal(chown(temp_path(dir, "id"), 990, 991), 0);
	assert_int_equal(stat(temp_path(dir, "id"), &owner), 0);
	for (size_t i = 0; i < 6; i++)
		ids[i] = i < 3 ? owner.st_uid : owner.st_gid;
	each(identity, 2);
	for (size_t i = 0; i < 6; i++) {
		uid_t was = ids[i];

		ids[i] = 0;
		assert_int_equal(identity(&why), NHI_ERR_INTERNAL);
		ids[i] = was;
	}
	/* sshd gives its commands their user's own, and no other may be. */
	ngroups = 1;
	group = owner.st_gid;
	assert_int_equal(identity(&why), NHI_OK);
	group = owner.st_gid + 1;
	assert_int_equal(identity(&why), NHI_ERR_INTERNAL);
	ngroups = 2;
	assert_int_equal(identity(&why), NHI_ERR_INTERNAL);
	ngroups = 0;
	assert_int_equal(nhi_service_identity(temp_path(dir, "none"), &why),
	    NHI_ERR_INTERNAL);
	assert_int_equal(symlink("id", temp_path(dir, "link")), 0);
	assert_int_equal(nhi_service_identity(temp_path(dir, "link"), &why),
	    NHI_ERR_INTERNAL);
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begin),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_identity),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
