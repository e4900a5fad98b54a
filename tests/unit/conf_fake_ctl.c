/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for sshd, sudo and the audit trail, when apply is tried. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/audit.h"
#include "nhictl/apply_sshd.h"
#include "nhictl/apply_sudo.h"
#include "tests/unit/conf_fake.h"

enum nhi_err
nhi_apply_sshd(const struct nhi_plan *plan, struct nhi_buf *old,
    struct nhi_why *why)
{
	(void)plan;
	fake.asked++;
	if (!fake.no_dropin)
		nhi_buf_str(old, "as it was");
	return fake.sshd == NHI_OK ? NHI_OK :
	    nhi_fail(why, fake.sshd, "sshd says no");
}

enum nhi_err
nhi_apply_sshd_try(const struct nhi_plan *plan, bool *ret_there,
    struct nhi_why *why)
{
	(void)plan;
	fake.tried++;
	*ret_there = !fake.no_dropin;
	return fake.sshd == NHI_OK ? NHI_OK :
	    nhi_fail(why, fake.sshd, "sshd says no");
}

enum nhi_err
nhi_apply_sshd_restore(const struct nhi_buf *old, struct nhi_why *why)
{
	(void)why;
	fake.restored += old->n > 0 ? 1 : 0;
	return NHI_OK;
}

enum nhi_err
nhi_sudo_try(const struct nhi_plan *plan, struct nhi_why *why)
{
	(void)plan;
	return fake.sudo == NHI_OK ? NHI_OK :
	    nhi_fail(why, fake.sudo, "visudo says no");
}

enum nhi_err
nhi_sudo_write(const struct nhi_plan *plan, struct nhi_buf *old,
    struct nhi_why *why)
{
	(void)plan;
	nhi_buf_str(old, "as it was");
	return fake.sudo == NHI_OK ? NHI_OK :
	    nhi_fail(why, fake.sudo, "visudo says no");
}

enum nhi_err
nhi_sudo_restore(const struct nhi_buf *old, struct nhi_why *why)
{
	(void)why;
	fake.unsudoed += strcmp(nhi_buf_text(old), "as it was") == 0 ? 1 : 0;
	return NHI_OK;
}

enum nhi_err
nhi_audit(const struct nhi_event *e, char *ret_id, struct nhi_why *why)
{
	size_t n = strlen(fake.events);

	(void)ret_id;
	if (fake.audit != NHI_OK)
		return nhi_fail(why, fake.audit, "no room");
	(void)snprintf(fake.events + n, sizeof(fake.events) - n, "%s%s",
	    n == 0 ? "" : " ",
	    e->event == NHI_EVENT_POLICY_APPLY ? "apply" : "reject");
	(void)snprintf(fake.policy, sizeof(fake.policy), "%s",
	    e->policy == NULL ? "" : e->policy);
	(void)snprintf(fake.detail, sizeof(fake.detail), "%s",
	    e->detail == NULL ? "" : e->detail);
	return NHI_OK;
}
