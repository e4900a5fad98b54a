/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands in for the registry, the lock and the audit trail, whose own tests
 * are elsewhere: it remembers what it was asked, and fails when told to.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/lease.h"
#include "lib/base/registry.h"
#include "tests/unit/conf_fake.h"

struct fake fake;

enum nhi_err
nhi_state_lock(const char *dir, int64_t ms, int *ret_fd, struct nhi_why *why)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)ms;
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, "lock");
	*ret_fd = fd;
	return NHI_OK;
}

enum nhi_err
nhi_registry_set_range(const char *uids, uint32_t lo, uint32_t hi,
    struct nhi_why *why)
{
	(void)uids;
	(void)why;
	fake.lo = lo;
	fake.hi = hi;
	return NHI_OK;
}

enum nhi_err
nhi_registry_set(const char *uids, const char *name, uint32_t wanted,
    uint32_t *ret, struct nhi_why *why)
{
	(void)uids;
	if (fake.refuse != NULL && strcmp(fake.refuse, name) == 0)
		return nhi_fail(why, NHI_ERR_UID_EXHAUSTED,
		    "UID %u is another's", wanted);
	fake.names++;
	fake.wanted = wanted;
	(void)snprintf(fake.last, sizeof(fake.last), "%s", name);
	*ret = wanted != 0 ? wanted : NHI_UID_LO + (uint32_t)fake.names;
	return NHI_OK;
}
