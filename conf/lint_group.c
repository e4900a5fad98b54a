/* SPDX-License-Identifier: BSD-2-Clause */
/* Supplementary groups of the accounts. */
#include "config.h"

#include <string.h>

#include "conf/lint.h"

/* Whoever is in one of these is root, or reads what root alone should. */
static bool
is_privileged(const char *name)
{
	static const char *const list[] = {
		"sudo", "wheel", "admin", "adm", "docker", "podman",
		"disk", "lxd", "lxc", "incus", "incus-admin", "shadow", "kvm",
		"kmem", "mem", "libvirt", "libvirtd", "libvirt-qemu",
		"systemd-journal", "staff", "sys", "bin", "daemon",
		"operator", "tty", "ssh_keys", "vboxusers", "tss", "input",
		"crontab",
		/* End of the privileged groups */
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

/* Groups of NHI itself: no policy may give them. */
static bool
is_own(const char *name)
{
	return strcmp(name, NHI_ISSUER_USER) == 0 ||
	    strcmp(name, NHI_VERIFY_USER) == 0 ||
	    strcmp(name, NHI_FETCH_USER) == 0 ||
	    strcmp(name, NHI_ACCOUNTS_GROUP) == 0;
}

static void
lint_group(const struct nhi_lint *l, const struct nhi_conf_identity *i,
    const char *name)
{
	struct nhi_place at = NHI_LINT_AT(identity, i, groups);
	uint32_t gid = 0;

	if (is_own(name))
		nhi_fault(l->faults, at, "identity \"%s\": group \"%s\" is "
		    "NHI's own", i->name, name);
	else if (!nhi_world_gid(l->world, name, &gid))
		nhi_fault(l->faults, at, "identity \"%s\": there is no group "
		    "\"%s\"", i->name, name);
	else if (gid == 0)
		nhi_fault(l->faults, at, "identity \"%s\": group \"%s\" has "
		    "GID 0, which no account may have", i->name, name);
	else if (is_privileged(name) && !i->allow_privileged_group)
		nhi_fault(l->faults, at, "identity \"%s\": group \"%s\" is as "
		    "good as root; set allow_privileged_group if you mean it",
		    i->name, name);
}

void
nhi_lint_groups(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	for (size_t i = 0; i < e->from->groups.n; i++)
		lint_group(l, e->from, e->from->groups.p[i]);
}
