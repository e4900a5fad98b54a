/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl doctor: the areas in their order, and the exit code. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nhictl/doctor.h"
#include "nhictl/nhictl.h"
#include "nhictl/when.h"

enum need {
	ALWAYS, STATE, PROBE,
};

/*
 * Names come before sshd, since sshd's Match Group is no better than they
 * are, and the policy before both.  What apply would say now comes after all
 * that says why.
 */
static const struct {
	const char *name;
	enum need need;
	bool anybody;			/* needs no root */
	void (*look)(struct nhi_doctor *);
} areas[] = {
	{ "policy", ALWAYS, true, nhi_doctor_policy },
	{ "identities", ALWAYS, true, nhi_doctor_rules },
	{ "holds", ALWAYS, true, nhi_doctor_holds },
	{ "files", ALWAYS, false, nhi_doctor_files },
	{ "users", ALWAYS, false, nhi_doctor_users },
	{ "accounts", ALWAYS, true, nhi_doctor_accounts },
	{ "UIDs", ALWAYS, true, nhi_doctor_range },
	{ "names", ALWAYS, false, nhi_doctor_nss },
	{ "sshd", ALWAYS, false, nhi_doctor_sshd },
	{ "sshd's host", ALWAYS, false, nhi_doctor_sshd_host },
	{ "PAM", ALWAYS, false, nhi_doctor_pam },
	{ "key sets", ALWAYS, true, nhi_doctor_keys },
	{ "CA", ALWAYS, false, nhi_doctor_ca },
	{ "sudo", ALWAYS, false, nhi_doctor_sudo },
	{ "disk", ALWAYS, true, nhi_doctor_disk },
	{ "clock", ALWAYS, true, nhi_doctor_clock },
	{ "audit", ALWAYS, false, nhi_doctor_audit },
	{ "policy on this host", ALWAYS, false, nhi_doctor_outgrown },
	{ "state", STATE, false, nhi_doctor_state },
	{ "ledgers", STATE, false, nhi_doctor_ledger },
	{ "probes", PROBE, false, nhi_doctor_probe },
	/* End of the areas */
};

static bool
wanted(const struct nhi_doctor *d, enum need need)
{
	return need == ALWAYS || (need == STATE && d->state) ||
	    (need == PROBE && d->probe);
}

static void
look(struct nhi_doctor *d)
{
	nhi_doctor_load(d);
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++) {
		if (!wanted(d, areas[i].need))
			continue;
		if (d->root || areas[i].anybody)
			areas[i].look(d);
		else
			nhi_doctor_put_blind(d, areas[i].name, "needs root");
	}
}

/* Notes alone alarm nobody; what was not looked at is no clean bill. */
static int
verdict(const struct nhi_doctor *d)
{
	for (size_t i = 0; i < d->nfound; i++)
		if (nhi_doctor_kinds[d->found[i].id].severity !=
		    NHI_DOCTOR_NOTE)
			return NHI_CTL_NO;
	return d->nblind > 0 ? NHI_CTL_FAULT : NHI_CTL_OK;
}

int
nhi_verb_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "list", no_argument, NULL, 'l' },
		{ "probe", no_argument, NULL, 'p' },
		{ "state", no_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	NHI_AUTO(nhi_doctor_wipe) struct nhi_doctor d = {
		.now = nhi_when_now(), .root = geteuid() == 0 };
	bool json = false, list = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c != 'j' && c != 'l' && c != 'p' && c != 's')
			return nhi_ctl_usage("doctor");
		json = json || c == 'j';
		list = list || c == 'l';
		d.probe = d.probe || c == 'p';
		d.state = d.state || c == 's';
	}
	if (optind != argc || (list && (d.probe || d.state)))
		return nhi_ctl_usage("doctor");
	if (list)
		return nhi_ctl_done(nhi_doctor_print_list(json));
	look(&d);
	if (!nhi_doctor_print(&d, json) || d.failed)
		return nhi_ctl_done(false);
	return verdict(&d);
}
