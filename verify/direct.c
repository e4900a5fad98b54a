/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/policy.h"
#include "lib/ssh/cert_check.h"
#include "lib/ssh/direct.h"
#include "lib/ssh/hash.h"
#include "verify/direct.h"
#include "verify/token.h"

static enum nhi_err
read_certificate(const struct nhi_question *q, struct nhi_span bytes,
    struct nhi_ssh_cert **ret, struct nhi_span *ret_token,
    struct nhi_why *why)
{
	struct nhi_ssh_line line;

	if (!nhi_rules_direct(q->rules))
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "no identity of %s has direct = true", q->account);
	if (nhi_ssh_line_split(bytes, &line, NULL) != NHI_OK)
		return nhi_fail(why, NHI_ERR_INPUT,
		    "not a line of type and base64");
	return nhi_ssh_direct_parse(&line, ret, ret_token, why);
}

static enum nhi_err
put_key(const struct nhi_ssh_cert *cert, struct nhi_verdict *v,
    char fingerprint[static NHI_SSH_FINGERPRINT], struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_ssh_hash(nhi_buf_all(&cert->subject->blob), v->key,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_hash_key(cert->subject, fingerprint,
	    why)) != NHI_OK)
		return err;
	nhi_verdict_line(v, "key", nhi_span_str(fingerprint));
	return NHI_OK;
}

/*
 * Another issuer of the account may take bearer tokens, and another identity
 * of it may have to come by certificate.
 */
static enum nhi_err
check_identity(const struct nhi_question *q, struct nhi_verdict *v,
    struct nhi_why *why)
{
	const struct nhi_identity *i = &q->rules->identities[v->identity];

	if (nhi_identity_direct(q->rules, i))
		return NHI_OK;
	v->identity = NHI_VERDICT_NONE;
	return nhi_fail(why, NHI_ERR_NO_MATCH,
	    "identity %s has not direct = true", i->name);
}

enum nhi_err
nhi_verify_direct(const struct nhi_question *q, const struct nhi_request *r,
    struct nhi_verdict *v, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	char fingerprint[NHI_SSH_FINGERPRINT];
	struct nhi_token_request token = {
		.now = r->now, .fingerprint = fingerprint, .sealed = true,
	};
	enum nhi_err err;

	if ((err = read_certificate(q, r->bytes, &cert, &token.token,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_direct_check(cert, q->account, why)) != NHI_OK ||
	    (err = put_key(cert, v, fingerprint, why)) != NHI_OK ||
	    (err = nhi_ssh_cert_check_time(cert, r->now, why)) != NHI_OK ||
	    (err = nhi_ssh_cert_check_signature(cert, why)) != NHI_OK ||
	    (err = nhi_verify_bytes(q, &token, v, why)) != NHI_OK ||
	    (err = check_identity(q, v, why)) != NHI_OK)
		return err;
	return NHI_OK;
}
