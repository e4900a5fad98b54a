/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <seccomp.h>
#include <sys/mman.h>

#include "lib/base/service.h"
#include "verify/confine.h"

#define MEMORY_MAX	(256UL << 20)	/* bytes of address space */
#define CPU_MAX		4		/* seconds */
#define FILES_MAX	16
#define FILE_MAX	(1UL << 20)	/* bytes, where stdout is a file */

enum nhi_err
nhi_confine_begin(struct nhi_why *why)
{
	const struct nhi_service_limits limits = {
		.cpu = CPU_MAX, .memory = MEMORY_MAX, .files = FILES_MAX,
		.file = FILE_MAX,
	};

	return nhi_service_limit(&limits, why);
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
