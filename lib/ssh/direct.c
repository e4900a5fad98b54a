/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "lib/ssh/direct.h"

enum nhi_err
nhi_ssh_direct_parse(const struct nhi_ssh_line *l, struct nhi_ssh_cert **ret,
    struct nhi_span *ret_token, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	struct nhi_span token;
	enum nhi_err err;

	if ((err = nhi_ssh_cert_parse_self(l->type, l->base64, &cert,
	    why)) != NHI_OK)
		return err;
	if (!nhi_ssh_option_value(&cert->extensions, NHI_SSH_DIRECT_TOKEN,
	    &token) || token.n == 0)
		return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
		    "the certificate has no token in " NHI_SSH_DIRECT_TOKEN);
	*ret_token = token;
	*ret = cert;
	cert = NULL;
	return NHI_OK;
}

/*
 * A forced command of its own would take the place of ours, or make sshd
 * refuse where we want to say why.
 */
enum nhi_err
nhi_ssh_direct_check(const struct nhi_ssh_cert *cert, const char *account,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_ssh_cert_check_principal(cert, account,
	    why)) != NHI_OK)
		return err;
	if (cert->critical.n > 0)
		return nhi_fail(why, NHI_ERR_CERT_OPTIONS,
		    "critical options in a certificate that carries a token");
	return NHI_OK;
}
