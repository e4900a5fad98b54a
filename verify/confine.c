/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/confine.h"

#define MEMORY_MAX	(256UL << 20)	/* bytes of address space */
#define CPU_MAX		4		/* seconds */
#define FILES_MAX	16
#define FILE_MAX	(1UL << 20)	/* bytes, where stdout is a file */

/* nhi-drop leaves none; sshd gives its commands their user's own. */
static bool
no_other_group(gid_t own)
{
	gid_t group = own;
	int n = getgroups(1, &group);

	return n == 0 || (n == 1 && group == own);
}

enum nhi_err
nhi_confine_identity(const char *identity, struct nhi_why *why)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;
	struct stat st;

	if (lstat(identity, &st) != 0 || !S_ISREG(st.st_mode))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: %s", identity,
		    strerror(errno));
	if (getresuid(&r, &e, &s) != 0 || getresgid(&rg, &eg, &sg) != 0 ||
	    st.st_uid == 0 || st.st_gid == 0 || r != st.st_uid || e != r ||
	    s != r || rg != st.st_gid || eg != rg || sg != rg ||
	    !no_other_group(st.st_gid))
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "not running as the user of %s alone", identity);
	return NHI_OK;
}

static int
limit(int what, rlim_t max)
{
	const struct rlimit r = { max, max };

	return setrlimit((__rlimit_resource_t)what, &r);
}

enum nhi_err
nhi_confine_begin(struct nhi_why *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_CPU, CPU_MAX) != 0 ||
	    limit(RLIMIT_NOFILE, FILES_MAX) != 0 ||
	    limit(RLIMIT_FSIZE, FILE_MAX) != 0 ||
	    limit(RLIMIT_AS, MEMORY_MAX) != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "confine: %s",
		    strerror(errno));
	return NHI_OK;
}

static int
allow(scmp_filter_ctx ctx)
{
	static const int calls[] = {
		SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit),
		SCMP_SYS(exit_group), SCMP_SYS(brk), SCMP_SYS(munmap),
		SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
		SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
		SCMP_SYS(getpid),	/* libcrypto's generator: P-384 */
		/* End of the calls that remain */
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return -1;
	/* Memory, but none that is code. */
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

enum nhi_err
nhi_confine_end(struct nhi_why *why)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int loaded = -1;

	/* By 32 bits or x32: libseccomp would end the thread only. */
	if (ctx != NULL && seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS) == 0 && allow(ctx) == 0)
		loaded = seccomp_load(ctx);
	seccomp_release(ctx);
	if (loaded != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "the system call filter cannot be set");
	return NHI_OK;
}
