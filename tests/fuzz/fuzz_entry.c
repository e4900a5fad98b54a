/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts of symbolic links: accounts, leases, the registry. */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/lease.h"
#include "lib/base/policy.h"
#include "lib/base/registry.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(entry)(const uint8_t *data, size_t size)
{
	struct nhi_uid_entry uid;
	struct nhi_uid_range range;
	struct nhi_account account;

	(void)mkdir(fuzz_path("names"), 0700);
	(void)mkdir(fuzz_path("templates"), 0700);
	if (!fuzz_link("names/web", data, size) ||
	    !fuzz_link("templates/pr", data, size) ||
	    !fuzz_link("web", data, size) || !fuzz_link("changed", data, size))
		return 0;
	if (nhi_account_find(fuzz_dir(), "web", &account) == 1) {
		fuzz_taken = true;
		MUST(strlen(account.home) < sizeof(account.home) &&
		    account.ngroups <= NHI_ACCOUNT_GROUPS);
	}
	(void)nhi_account_find(fuzz_dir(), "pr-1-2", &account);
	(void)nhi_lease_live(fuzz_dir(), "web");
	(void)nhi_registry_range(fuzz_dir(), &range);
	if (nhi_registry_find(fuzz_dir(), "web", &uid) == 1)
		MUST(uid.uid != 0);
	return 0;
}
