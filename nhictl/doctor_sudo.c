/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: sudo's fragment, and what sudo makes of all its files. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/apply_sudo.h"
#include "nhictl/doctor.h"
#include "nhictl/proc.h"

static void
check_fragment(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf has = NHI_BUF(NHI_SUDO_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_SUDO_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_SUDO_TEXT);
	struct nhi_why why = { "" };

	if ((access(NHI_SUDO_FILE, F_OK) == 0 || errno != ENOENT) &&
	    nhi_file_read(AT_FDCWD, NHI_SUDO_FILE, NHI_FILE_ROOT, &has,
	    &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_SUDO_EDITED, "%s", why.text);
		return;
	}
	nhi_sudo_format(d->plan, true, &new);
	nhi_sudo_format(d->plan, false, &old);
	if (!nhi_span_equal(nhi_buf_all(&has), nhi_buf_all(&new)) &&
	    !nhi_span_equal(nhi_buf_all(&has), nhi_buf_all(&old)))
		nhi_doctor_find(d, NHI_DOCTOR_SUDO_EDITED, NHI_SUDO_FILE "%s",
		    has.n == 0 ? " is missing" : new.n == 0 ?
		    " is there, and no identity has sudo" :
		    " differs from what the policy says");
}

/* The rules of sudo's listing: lines that begin with "    (". */
static unsigned int
rules(const struct nhi_buf *listing)
{
	struct nhi_span rest = nhi_buf_all(listing), line;
	unsigned int n = 0;

	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line))
		n += line.n > 5 && memcmp(line.p, "    (", 5) == 0;
	return n;
}

/* The policy gives an account one rule, or none. */
static void
check_account(struct nhi_doctor *d, const char *sudo,
    const struct nhi_plan_account *a)
{
	char name[NHI_NAME_MAX + 1];
	const char *const argv[] = { sudo, "-n", "-l", "-U", name, NULL };
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(argv);
	unsigned int wants = d->plan->identities[a->first].sudo.n > 0, has;
	struct nhi_why why = { "" };

	nhi_pattern_sample(&a->name, name);
	if (nhi_proc_run(&p, &why) != NHI_OK) {
		nhi_doctor_put_blind(d, "sudo", why.text);
		return;
	}
	has = rules(&p.out);
	if (has > wants)
		nhi_doctor_find(d, NHI_DOCTOR_SUDO_MORE,
		    "%s has %u rules, by policy %u", name, has, wants);
	else if (has < wants)
		nhi_doctor_find(d, NHI_DOCTOR_SUDO_LESS,
		    "%s has %u rules, by policy %u", name, has, wants);
}

/* Only of the policy that is in force. */
void
nhi_doctor_sudo(struct nhi_doctor *d)
{
	char sudo[NHI_PROC_PATH];

	if (!d->published || d->plan == NULL ||
	    strcmp(d->plan->digest, d->policy.digest) != 0)
		return;
	check_fragment(d);
	if (nhi_doctor_has(d, NHI_DOCTOR_SUDO_EDITED) ||
	    nhi_doctor_has(d, NHI_DOCTOR_NSS_MODULE) ||
	    nhi_doctor_has(d, NHI_DOCTOR_NSS_PASSWD) ||
	    !nhi_proc_find("sudo", sudo))
		return;
	for (size_t i = 0; i < d->plan->naccounts &&
	    i < NHI_DOCTOR_NAMES_MAX; i++)
		check_account(d, sudo, &d->plan->accounts[i]);
}
