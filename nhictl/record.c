/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "nhictl/record.h"

enum nhi_err
nhi_record(const struct nhi_event *ev, struct nhi_why *why)
{
	NHI_AUTO(nhi_host_wipe) struct nhi_host host = { .id = NULL };
	struct nhi_event full = *ev;
	struct nhi_policy policy;

	full.component = "nhictl";
	if (nhi_policy_open(NHI_PUBLISHED_DIR, &policy, NULL) == NHI_OK) {
		full.policy = policy.digest;
		if (nhi_policy_host(&policy, &host, NULL) == NHI_OK)
			full.host = host.id;
	}
	return nhi_audit(&full, NULL, why);
}

void
nhi_record_who(char ret[static NHI_WHO_SIZE])
{
	const char *name = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *pw;

	if (name == NULL || name[0] == '\0')
		name = (pw = getpwuid(getuid())) == NULL ? NULL : pw->pw_name;
	if (name == NULL)
		(void)snprintf(ret, NHI_WHO_SIZE, "uid %lu",
		    (unsigned long)getuid());
	else
		(void)snprintf(ret, NHI_WHO_SIZE, "%s", name);
}
