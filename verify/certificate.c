/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "lib/base/num.h"
#include "lib/ssh/admit.h"
#include "lib/ssh/cert_check.h"
#include "lib/ssh/hash.h"
#include "lib/ssh/trusted.h"
#include "verify/certificate.h"

/* A plain key is no forgery, only no evidence. */
static bool
is_plain_key(struct nhi_span line)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	struct nhi_why ignored;

	return nhi_ssh_key_parse_line(line, &key, &ignored) == NHI_OK;
}

/*
 * sshd has just accepted it, so what does not even parse, wherever it breaks,
 * is nothing of sshd's: somebody put it there.  What sshd accepts may be a
 * plain key, where our drop-in does not hold, or a certificate of another CA,
 * which the asker knows what to make of.
 */
static enum nhi_err
read_certificate(const struct nhi_request *r, struct nhi_ssh_cert **ret,
    struct nhi_why *why)
{
	enum nhi_err err = nhi_ssh_cert_parse_line(r->bytes, ret, why);

	if (err != NHI_OK && is_plain_key(r->bytes))
		return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
		    "a plain key, not a certificate");
	return err == NHI_OK || err == NHI_ERR_NO_MEMORY ||
	    err == NHI_ERR_CERT_TYPE || err == NHI_ERR_CERT_CA ? err :
	    NHI_ERR_EVIDENCE_FORGED;
}

/* For ever is a time that a verdict can carry. */
static int64_t
verdict_time(uint64_t t)
{
	return t > NHI_VERDICT_TIME ? NHI_VERDICT_TIME : (int64_t)t;
}

static enum nhi_err
put_facts(const struct nhi_ssh_cert *cert, struct nhi_verdict *v,
    struct nhi_why *why)
{
	char fingerprint[NHI_SSH_FINGERPRINT];
	enum nhi_err err;

	if ((err = nhi_ssh_hash(nhi_buf_all(&cert->subject->blob), v->key,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_hash_key(cert->subject, fingerprint,
	    why)) != NHI_OK)
		return err;
	v->serial = cert->serial;
	v->valid_after = verdict_time(cert->valid_after);
	v->valid_before = verdict_time(cert->valid_before);
	nhi_verdict_line(v, "key", nhi_span_str(fingerprint));
	nhi_verdict_line(v, "keyid", cert->keyid);
	return NHI_OK;
}

enum nhi_err
nhi_verify_certificate(const struct nhi_question *q,
    const struct nhi_request *r, struct nhi_verdict *v, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *trusted = NULL;
	struct nhi_ssh_admit a = {
		.account = q->account, .rules = q->rules, .now = r->now,
	};
	struct nhi_ssh_keyid keyid;
	enum nhi_err err;
	size_t index;

	if ((err = read_certificate(r, &cert, why)) != NHI_OK ||
	    (err = put_facts(cert, v, why)) != NHI_OK ||
	    (err = nhi_ssh_trusted_parse(nhi_buf_all(&q->trusted), &trusted,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_trusted_find(trusted, cert->ca, &a.host,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_cert_check_signature(cert, why)) != NHI_OK)
		return err;
	a.cert = cert;
	if ((err = nhi_ssh_admit_ours(&a, &keyid, why)) != NHI_OK ||
	    (err = nhi_ssh_admit_check(&a, &keyid, &index, why)) != NHI_OK)
		return err;
	if (!nhi_num_unhex(nhi_span_str(keyid.mark), v->mark, 8))
		return nhi_fail(why, NHI_ERR_CERT_KEYID, "mark of the key id");
	v->identity = (uint32_t)index;
	return NHI_OK;
}
