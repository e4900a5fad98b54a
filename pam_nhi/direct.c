/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/verifier.h"
#include "pam_nhi/direct.h"

#define TYPE_MAX	64

/*
 * The first word says which algorithm nhi-verify has to load; what it is worth
 * is for nhi-verify to find out.
 */
static bool
copy_type(struct nhi_span line, char ret[static TYPE_MAX])
{
	struct nhi_span word;

	if (!nhi_span_cut(&line, ' ', &word) || word.n == 0 ||
	    word.n >= TYPE_MAX)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789@.-",
		    word.p[i]) == NULL || word.p[i] == '\0')
			return false;
	memcpy(ret, word.p, word.n);
	ret[word.n] = '\0';
	return true;
}

/*
 * sshd's helper keeps its shares and verdicts there; /run is empty after a
 * boot, and only root may make it.  Without it the helper does without.
 */
static void
make_place(void)
{
	struct stat st;

	if (lstat(NHI_ID_VERIFY, &st) == 0 &&
	    nhi_dir_make(AT_FDCWD, NHI_RUN_DIR, 0755, 0, 0, NULL) == NHI_OK)
		(void)!nhi_dir_make(AT_FDCWD, NHI_DIRECT_DIR, 0700, st.st_uid,
		    st.st_gid, NULL);
}

enum nhi_err
nhi_pam_direct_ask(const struct nhi_pam_call *c, struct nhi_span certificate,
    struct nhi_pam_evidence *e, struct nhi_why *why)
{
	struct nhi_verifier v = {
		.program = NHI_DROP, .policy = &c->policy,
		.account = c->user, .kind = NHI_KIND_DIRECT, .now = c->now,
		.bytes = certificate,
	};
	char type[TYPE_MAX];
	enum nhi_err err;

	make_place();
	if (copy_type(certificate, type))
		v.key = type;
	e->answered = false;
	if ((err = nhi_verifier_ask(&v, &e->verdict, why)) != NHI_OK)
		return err;
	e->answered = e->direct = true;
	e->verdict.serial = 0;
	e->verdict.valid_after = e->verdict.valid_before = 0;
	nhi_verdict_value(&e->verdict, "key", e->fingerprint,
	    sizeof(e->fingerprint));
	nhi_num_hex(e->verdict.key, 32, e->key);
	if (e->verdict.exp > 0)
		nhi_verdict_mark(&e->verdict, e->mark);
	if (e->verdict.reason == NHI_OK)
		return NHI_OK;
	nhi_verdict_value(&e->verdict, "detail", why->text,
	    sizeof(why->text));
	/* sshd's helper lets nothing in that is not one of these. */
	return e->verdict.reason == NHI_ERR_CERT_CA ||
	    e->verdict.reason == NHI_ERR_CERT_TYPE ||
	    e->verdict.reason == NHI_ERR_INPUT ? NHI_ERR_EVIDENCE_FORGED :
	    e->verdict.reason;
}

enum nhi_err
nhi_pam_direct_limit(const struct nhi_pam_call *c, struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	const struct nhi_grant g = nhi_pam_evidence_grant(c, e);
	enum nhi_err err;

	if ((err = nhi_grant_direct(c->rules, e->identity, why)) != NHI_OK)
		return err;
	/* A revocation strikes the tokens that were made before it. */
	e->verdict.valid_after = e->verdict.iat - NHI_CERT_BACKDATE;
	return nhi_grant_until(&g, e->verdict.exp, &e->verdict.valid_before,
	    why);
}

enum nhi_err
nhi_pam_direct_enter(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf claims =
	    NHI_BUF(NHI_VERDICT_LINES);
	struct nhi_issued entry = {
		.valid_after = e->verdict.valid_after,
		.valid_before = e->verdict.exp + e->issuer->skew,
		.keyid = "", .certificate = "",
	};
	enum nhi_err err;

	nhi_verdict_provenance(&e->verdict, &claims);
	if ((err = nhi_buf_check(&claims, why)) != NHI_OK)
		return err;
	entry.claims = nhi_buf_text(&claims);
	/* The session may outlive the token, by the grace. */
	if (entry.valid_before < e->verdict.valid_before)
		entry.valid_before = e->verdict.valid_before;
	(void)snprintf(entry.account, sizeof(entry.account), "%s", c->user);
	(void)snprintf(entry.identity, sizeof(entry.identity), "%s",
	    e->identity->name);
	(void)snprintf(entry.mark, sizeof(entry.mark), "%s", e->mark);
	(void)snprintf(entry.key, sizeof(entry.key), "%s", e->fingerprint);
	(void)snprintf(entry.source, sizeof(entry.source), "%s", c->source);
	nhi_verdict_value(&e->verdict, "jti", entry.jti, sizeof(entry.jti));
	return nhi_issued_enter(NHI_ISSUED_DIR, &entry, why);
}
