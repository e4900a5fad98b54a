/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/paths.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/private.h"
#include "lib/ssh/sign.h"
#include "sshd_helper/ca.h"

/* In a file of the issuer's own, or with an agent that the link names. */
static enum nhi_err
load_key(struct nhi_ssh_private **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	char agent[NHI_LINK_MAX + 1];
	int there;

	if ((there = nhi_link_read(AT_FDCWD, NHI_CA_AGENT, agent)) == 1)
		return nhi_ssh_private_agent(nhi_span_str(agent), ret, why);
	if (there < 0)
		return nhi_fail(why, NHI_ERR_CA_KEY, NHI_CA_AGENT ": %s",
		    strerror(errno));
	if (nhi_file_read(AT_FDCWD, NHI_CA_KEY, NHI_FILE_OWN, &text,
	    why) != NHI_OK)
		return NHI_ERR_CA_KEY;
	return nhi_ssh_private_parse(nhi_buf_all(&text), ret, why);
}

static enum nhi_err
make_keyid(const struct nhi_ca_request *q, struct nhi_buf *ret,
    struct nhi_why *why)
{
	struct nhi_ssh_keyid id;

	(void)snprintf(id.host, sizeof(id.host), "%s", q->host);
	(void)snprintf(id.identity, sizeof(id.identity), "%s",
	    q->identity->name);
	(void)snprintf(id.mark, sizeof(id.mark), "%s", q->mark);
	return nhi_ssh_keyid_format(&id, ret, why);
}

enum nhi_err
nhi_ca_sign(const struct nhi_ca_request *q, struct nhi_ca_result *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	const struct nhi_identity *i = q->identity;
	struct nhi_ssh_cert_request cert = {
		.subject = q->subject, .principal = q->account,
		.valid_after = q->valid_after,
		.valid_before = q->valid_before,
		.force_command = i->force_command[0] == '\0' ? NULL :
		    i->force_command,
		.source = i->source.n == 0 ? NULL : &i->source,
		.pty = i->pty, .forwarding = i->forwarding,
		.provenance = q->provenance,
	};
	enum nhi_err err;

	if ((err = nhi_ssh_cert_serial(&ret->serial, why)) != NHI_OK ||
	    (err = make_keyid(q, &ret->keyid, why)) != NHI_OK ||
	    (err = load_key(&ca, why)) != NHI_OK)
		return err;
	cert.serial = ret->serial;
	cert.keyid = nhi_buf_text(&ret->keyid);
	return nhi_ssh_cert_sign(&cert, ca, &ret->line, why);
}

enum nhi_err
nhi_ca_enter(const struct nhi_ca_request *q, const struct nhi_ca_result *r,
    struct nhi_why *why)
{
	struct nhi_issued e = { .serial = r->serial,
	    .valid_after = q->valid_after, .valid_before = q->valid_before,
	    .keyid = nhi_buf_text(&r->keyid),
	    .claims = q->provenance == NULL ? "" : q->provenance,
	    .certificate = nhi_buf_text(&r->line) };

	(void)snprintf(e.account, sizeof(e.account), "%s", q->account);
	(void)snprintf(e.identity, sizeof(e.identity), "%s",
	    q->identity->name);
	(void)snprintf(e.mark, sizeof(e.mark), "%s", q->mark);
	(void)snprintf(e.jti, sizeof(e.jti), "%s", q->jti);
	(void)snprintf(e.key, sizeof(e.key), "%s", q->fingerprint);
	(void)snprintf(e.source, sizeof(e.source), "%s", q->source);
	return nhi_issued_enter(NHI_ISSUED_DIR, &e, why);
}

void
nhi_ca_result_wipe(struct nhi_ca_result *r)
{
	nhi_buf_wipe(&r->keyid);
	nhi_buf_wipe(&r->line);
}
