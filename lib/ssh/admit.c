/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/ssh/admit.h"

enum nhi_err
nhi_ssh_admit_ours(const struct nhi_ssh_admit *a, struct nhi_ssh_keyid *ret,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_ssh_cert_check_principal(a->cert, a->account,
	    why)) != NHI_OK)
		return err;
	return nhi_ssh_keyid_parse(a->cert->keyid, ret, why);
}

static enum nhi_err
find_identity(const struct nhi_ssh_admit *a, const char *name, size_t *ret,
    struct nhi_why *why)
{
	for (size_t i = 0; i < a->rules->nidentities; i++)
		if (strcmp(a->rules->identities[i].name, name) == 0) {
			*ret = i;
			return NHI_OK;
		}
	return nhi_fail(why, NHI_ERR_NO_MATCH,
	    "policy has no identity %s for %s", name, a->account);
}

/* The list as the certificate has it: joined by commas. */
static bool
same_source(struct nhi_span got, const struct nhi_list *meant)
{
	struct nhi_span one;

	if (meant->n == 0)
		return got.p == NULL;
	for (size_t i = 0; i < meant->n; i++)
		if (!nhi_span_cut(&got, ',', &one) ||
		    !nhi_span_is(one, meant->p[i]))
			return false;
	return got.p == NULL;
}

static bool
same_command(struct nhi_span got, const char *meant)
{
	return meant[0] == '\0' ? got.p == NULL : nhi_span_is(got, meant);
}

/* What sshd gives for them beyond a command that runs. */
static enum nhi_err
check_extensions(const struct nhi_ssh_cert *cert,
    const struct nhi_identity *i, struct nhi_why *why)
{
	const struct {
		const char *name;
		bool given;
	} all[] = {
		{ "permit-pty", i->pty },
		{ "permit-port-forwarding", i->forwarding },
		{ "permit-agent-forwarding", i->forwarding },
		{ "permit-X11-forwarding", i->forwarding },
		{ "permit-user-rc", false },
		/* End of the extensions */
	};
	struct nhi_span ignored;

	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
		if (!all[k].given && nhi_ssh_option_find(&cert->extensions,
		    all[k].name, &ignored))
			return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
			    "policy does not give %s %s", i->name,
			    all[k].name);
	return NHI_OK;
}

static enum nhi_err
check_options(const struct nhi_ssh_cert *cert, const struct nhi_identity *i,
    struct nhi_why *why)
{
	if (!same_source(cert->source_address, &i->source))
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "source-address is not what policy says of %s", i->name);
	if (!same_command(cert->force_command, i->force_command))
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "force-command is not what policy says of %s", i->name);
	return check_extensions(cert, i, why);
}

enum nhi_err
nhi_ssh_admit_check(const struct nhi_ssh_admit *a,
    const struct nhi_ssh_keyid *keyid, size_t *ret_identity,
    struct nhi_why *why)
{
	enum nhi_err err;
	size_t index = 0;

	if (strcmp(keyid->host, a->host) != 0)
		return nhi_fail(why, NHI_ERR_CERT_HOST,
		    "the key id names host %s, but the CA is that of %s",
		    keyid->host, a->host);
	if ((err = nhi_ssh_cert_check_time(a->cert, a->now, why)) != NHI_OK ||
	    (err = find_identity(a, keyid->identity, &index,
	    why)) != NHI_OK ||
	    (err = check_options(a->cert, &a->rules->identities[index],
	    why)) != NHI_OK)
		return err;
	*ret_identity = index;
	return NHI_OK;
}
