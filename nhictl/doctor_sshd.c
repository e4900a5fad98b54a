/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: sshd's drop-in, and whether sshd does what it says. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/doctor.h"
#include "nhictl/dropin.h"
#include "nhictl/sshd.h"

#define DROPIN	NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME

/* What the check of the drop-in says, and which finding that is. */
static const struct {
	const char *words;
	enum nhi_doctor_id id;
} meanings[] = {
	{ " refuses the login", NHI_DOCTOR_SSHD_REFUSES },
	{ " has no certificates", NHI_DOCTOR_SSHD_CERTS },
	{ ": UsePAM is ", NHI_DOCTOR_SSHD_USEPAM },
	{ ": TrustedUserCAKeys is ", NHI_DOCTOR_SSHD_CA },
	{ ": AuthorizedKeysCommand is ", NHI_DOCTOR_SSHD_KEYS },
	{ ": AuthenticationMethods is ", NHI_DOCTOR_SSHD_METHODS },
	{ ": KbdInteractiveAuthentication is ", NHI_DOCTOR_SSHD_KEYBOARD },
	/* End of meanings */
};

static bool
says(struct nhi_span line, const char *words)
{
	return memmem(line.p, line.n, words, strlen(words)) != NULL;
}

static enum nhi_doctor_id
meaning(struct nhi_span line)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (says(line, meanings[i].words))
			return meanings[i].id;
	return NHI_DOCTOR_SSHD_SHADOWED;
}

/* Where sshd does not read the file, all else follows from it. */
static void
classify(struct nhi_doctor *d, const struct nhi_buf *findings)
{
	struct nhi_span rest = nhi_buf_all(findings), line;

	if (says(rest, "does not include our file")) {
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_INCLUDE,
		    "no Include in sshd_config leads to " DROPIN);
		return;
	}
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line))
		if (line.n > 0)
			nhi_doctor_find(d, meaning(line), "%.*s", (int)line.n,
			    line.p);
}

static void
join(const struct nhi_list *from, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < from->n && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    i == 0 ? "" : ",", from->p[i]);
}

static void
check_options(struct nhi_doctor *d, const struct nhi_dropin_options *o)
{
	char from[NHI_DROPIN_FROM + 1];
	const struct {
		const char *word;
		bool has, wants;
	} pairs[] = {
		{ "issue", o->issue, d->host.issues },
		{ "tty", o->permit_tty, d->host.permit_tty },
		{ "forwarding", o->permit_forwarding,
		    d->host.permit_forwarding },
		{ "keyboard", o->keyboard, d->host.keyboard },
		{ "direct", o->direct, d->host.direct },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].has != pairs[i].wants)
			nhi_doctor_find(d, NHI_DOCTOR_SSHD_OUTDATED,
			    DROPIN " has %s=%s, the policy in force %s",
			    pairs[i].word, pairs[i].has ? "yes" : "no",
			    pairs[i].wants ? "yes" : "no");
	join(&d->host.issue_from, from, sizeof(from));
	if (strcmp(from, o->issue_from) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_OUTDATED,
		    DROPIN " has from=%s, the policy in force %s",
		    o->issue_from, from);
}

/* Without their groups accounts are not under our block: that is said. */
static bool
groups_hold(const struct nhi_doctor *d)
{
	return !nhi_doctor_has(d, NHI_DOCTOR_NSS_MODULE) &&
	    !nhi_doctor_has(d, NHI_DOCTOR_NSS_PASSWD) &&
	    !nhi_doctor_has(d, NHI_DOCTOR_NSS_GROUP) &&
	    !nhi_doctor_has(d, NHI_DOCTOR_NSS_INITGROUPS);
}

static void
ask(struct nhi_doctor *d, struct nhi_dropin_options *o,
    const struct nhi_buf *old)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_DROPIN_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf findings =
	    NHI_BUF(NHI_DROPIN_FINDINGS);
	struct nhi_doctor_names names;
	struct nhi_why why = { "" };

	nhi_doctor_names(d, &names);
	if (nhi_doctor_has(d, NHI_DOCTOR_SALT))
		names.n = names.declared;
	if (!groups_hold(d))
		names.n = 0;
	if (nhi_dropin_probe(o, &why) != NHI_OK) {
		nhi_doctor_put_blind(d, "sshd", why.text);
		return;
	}
	nhi_dropin_format(o, &new);
	if (!nhi_span_equal(nhi_buf_all(old), nhi_buf_all(&new)))
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_EDITED,
		    DROPIN " differs from what this nhictl writes");
	if (nhi_dropin_check(o, names.list, names.n, &findings, &why) !=
	    NHI_OK)
		nhi_doctor_put_blind(d, "sshd", why.text);
	else
		classify(d, &findings);
}

void
nhi_doctor_sshd(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;
	struct nhi_why why = { "" };
	bool there = false;

	if (nhi_sshd_test(NHI_SPAN(""), &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_CONFIG, "%s", why.text);
		return;
	}
	if (nhi_dropin_load(&old, &there, &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_EDITED, "%s", why.text);
		return;
	}
	if (!there) {
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_MISSING,
		    DROPIN " is not there");
		return;
	}
	if (!nhi_dropin_parse(nhi_buf_all(&old), &o)) {
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_EDITED,
		    DROPIN " does not begin as nhictl writes it");
		return;
	}
	if (d->published)
		check_options(d, &o);
	ask(d, &o, &old);
}
