/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "pam_nhi/entry.h"

static const struct {
	const char *service;
	enum nhi_pam_entry entry;
} services[] = {
	{ "sshd", NHI_ENTRY_SSHD },
	{ "systemd-user", NHI_ENTRY_LEASE },
	{ "su", NHI_ENTRY_PERSON },
	{ "su-l", NHI_ENTRY_PERSON },
	{ "runuser", NHI_ENTRY_PERSON },
	{ "runuser-l", NHI_ENTRY_PERSON },
	{ "sudo", NHI_ENTRY_PERSON },
	{ "sudo-i", NHI_ENTRY_PERSON },
	{ "cron", NHI_ENTRY_CRON },
	{ "crond", NHI_ENTRY_CRON },
	{ "atd", NHI_ENTRY_CRON },
	/* End of the services */
};

bool
nhi_pam_entry_is_sudo(const char *service)
{
	return strcmp(service, "sudo") == 0 || strcmp(service, "sudo-i") == 0;
}

enum nhi_pam_entry
nhi_pam_entry_find(const struct nhi_pam_call *c)
{
	/* sudo's account stage asks for the caller, its session the target. */
	if (nhi_pam_entry_is_sudo(c->service) && strcmp(c->ruser, c->user) == 0)
		return NHI_ENTRY_SUDO;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strcmp(c->service, services[i].service) == 0)
			return services[i].entry;
	return NHI_ENTRY_OTHER;
}

bool
nhi_pam_entry_set_uid(void)
{
	return getuid() != geteuid();
}

bool
nhi_pam_entry_by_account(const struct nhi_pam_call *c)
{
	struct nhi_account account;
	char owner[NHI_NAME_MAX + 1];
	uid_t uid = getuid();

	/* Cannot be told counts as yes. */
	if (c->ruser[0] != '\0' && nhi_account_find(
	    NHI_PUBLISHED_DIR "/current", c->ruser, &account) != 0)
		return true;
	return uid >= NHI_UID_MIN &&
	    nhi_registry_owner(NHI_UIDS_DIR, (uint32_t)uid, owner) != 0;
}
