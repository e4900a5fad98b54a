/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/spawn.h"
#include "lib/base/verifier.h"
#include "pam_nhi/direct.h"
#include "pam_nhi/evidence.h"
#include "pam_nhi/pending.h"

#define METHOD		"publickey "
#define CAP_MS		1500
#define CAP_STEP_NS	100000000

/*
 * "publickey <type> <base64>", one method a line.  Root looks for the line
 * and hands on the rest; what it says is nhi-verify's to read.
 */
static enum nhi_err
find_certificate(const struct nhi_pam_call *c, struct nhi_span *ret,
    struct nhi_why *why)
{
	struct nhi_span rest =
	    nhi_span_str(pam_getenv(c->pamh, "SSH_AUTH_INFO_0"));
	struct nhi_span line;
	const size_t skip = sizeof(METHOD) - 1;

	while (nhi_span_cut(&rest, '\n', &line))
		if (line.n > skip && line.n - skip <= NHI_VERDICT_BYTES &&
		    memcmp(line.p, METHOD, skip) == 0) {
			*ret = (struct nhi_span){ line.p + skip,
			    line.n - skip };
			return NHI_OK;
		}
	return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
	    "sshd let %s in without a public key", c->user);
}

static struct nhi_verifier
verifier(const struct nhi_pam_call *c)
{
	return (struct nhi_verifier){
		.program = NHI_DROP, .policy = &c->policy,
		.account = c->user, .kind = NHI_KIND_CERTIFICATE,
		.now = c->now,
	};
}

void
nhi_pam_evidence_expect(const struct nhi_pam_call *c,
    struct nhi_pam_state *state)
{
	struct nhi_verifier v = verifier(c);

	if (c->entry == NHI_ENTRY_SSHD && !state->token &&
	    pam_getenv(c->pamh, NHI_PENDING_NAME) == NULL)
		nhi_verifier_start(&v, &state->ahead);
}

static enum nhi_err
ask(const struct nhi_pam_call *c, struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	struct nhi_pam_state *state = nhi_pam_state(c->pamh);
	struct nhi_verifier v = verifier(c);
	enum nhi_err err;

	v.ahead = state == NULL ? NULL : &state->ahead;

	if ((err = find_certificate(c, &v.bytes, why)) != NHI_OK ||
	    (err = nhi_verifier_ask(&v, &e->verdict, why)) != NHI_OK)
		return err;
	e->answered = true;
	/* sshd took a certificate of another CA: the key's own, then. */
	if (e->verdict.reason == NHI_ERR_CERT_CA && nhi_rules_direct(c->rules))
		return nhi_pam_direct_ask(c, v.bytes, e, why);
	nhi_verdict_value(&e->verdict, "keyid", e->keyid, sizeof(e->keyid));
	nhi_verdict_value(&e->verdict, "key", e->fingerprint,
	    sizeof(e->fingerprint));
	nhi_verdict_mark(&e->verdict, e->mark);
	nhi_num_hex(e->verdict.key, 32, e->key);
	if (e->verdict.reason == NHI_OK)
		return NHI_OK;
	nhi_verdict_value(&e->verdict, "detail", why->text,
	    sizeof(why->text));
	/* sshd refuses those alone: it has not accepted what we were shown. */
	if (e->verdict.reason == NHI_ERR_CERT_CA ||
	    e->verdict.reason == NHI_ERR_CERT_TYPE)
		return NHI_ERR_EVIDENCE_FORGED;
	return e->verdict.reason;
}

/* Names and lifetimes are root's own, whatever the verdict says. */
enum nhi_err
nhi_pam_evidence_identity(const struct nhi_pam_call *c,
    struct nhi_pam_evidence *e, struct nhi_why *why)
{
	const struct nhi_rules *r = c->rules;
	enum nhi_err err;

	if ((err = nhi_grant_find(r, e->verdict.identity, &e->identity,
	    why)) != NHI_OK)
		return err;
	e->issuer = &r->issuers[e->identity->issuer];
	return nhi_grant_alive(e->identity, c->now, why);
}

struct nhi_grant
nhi_pam_evidence_grant(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e)
{
	return (struct nhi_grant){
		.account = c->user, .rules = c->rules,
		.identity = e->identity, .source = c->source, .now = c->now,
		.evidence = {
			.serial = e->verdict.serial, .mark = e->mark,
			.key = e->key[0] == '\0' ? NULL : e->key,
			.valid_after = e->verdict.valid_after,
		},
	};
}

static enum nhi_err
check_lifetime(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, struct nhi_why *why)
{
	/* As long as policy's ttl, but years from now, is longer than it. */
	if (e->verdict.valid_after > c->now)
		return nhi_fail(why, NHI_ERR_CERT_EXPIRED,
		    "the certificate is not valid yet");
	if (e->verdict.valid_before <= c->now ||
	    e->verdict.valid_before - e->verdict.valid_after >
	    e->identity->ttl + NHI_CERT_BACKDATE)
		return nhi_fail(why, NHI_ERR_CERT_EXPIRED,
		    "the certificate lives longer than policy's ttl");
	return NHI_OK;
}

enum nhi_err
nhi_pam_evidence_cap(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, struct nhi_why *why)
{
	const struct nhi_session_filter same = {
		.account = c->user, .identity = e->identity->name,
		.alive = true,
	};
	enum nhi_err err;
	uint32_t n;

	if (e->identity->max_sessions == 0)
		return NHI_OK;
	if ((err = nhi_session_count(NHI_SESSIONS_DIR, &same, &n,
	    why)) != NHI_OK)
		return err;
	return n < e->identity->max_sessions ? NHI_OK : nhi_fail(why,
	    NHI_ERR_CAP, "%s has %" PRIu32 " sessions already",
	    e->identity->name, n);
}

/*
 * ssh ends when the job does, and its session somewhat later: who comes one
 * after the other is not too many at once.
 */
static enum nhi_err
wait_for_cap(const struct nhi_pam_call *c, const struct nhi_pam_evidence *e,
    struct nhi_why *why)
{
	const struct timespec step = { .tv_nsec = CAP_STEP_NS };
	const int64_t deadline = nhi_clock_ms() + CAP_MS;
	enum nhi_err err;

	while ((err = nhi_pam_evidence_cap(c, e, why)) == NHI_ERR_CAP &&
	    nhi_clock_ms() < deadline)
		(void)nanosleep(&step, NULL);
	return err;
}

enum nhi_err
nhi_pam_evidence_state(const struct nhi_pam_call *c,
    const struct nhi_pam_evidence *e, struct nhi_why *why)
{
	const struct nhi_grant g = nhi_pam_evidence_grant(c, e);
	enum nhi_err err;

	if ((err = nhi_grant_check(&g, why)) != NHI_OK)
		return err;
	return wait_for_cap(c, e, why);
}

enum nhi_err
nhi_pam_evidence_check(const struct nhi_pam_call *c,
    struct nhi_pam_evidence *e, struct nhi_why *why)
{
	enum nhi_err err;

	*e = (struct nhi_pam_evidence){ .identity = NULL };
	if ((err = ask(c, e, why)) != NHI_OK ||
	    (err = nhi_pam_evidence_identity(c, e, why)) != NHI_OK ||
	    (err = e->direct ? nhi_pam_direct_limit(c, e, why) :
	    check_lifetime(c, e, why)) != NHI_OK ||
	    (err = nhi_pam_evidence_state(c, e, why)) != NHI_OK ||
	    (e->direct && (err = nhi_grant_spend(e->issuer, &e->verdict,
	    e->fingerprint, why)) != NHI_OK))
		return err;
	return NHI_OK;
}

enum nhi_err
nhi_pam_evidence_pending(const struct nhi_pam_call *c,
    struct nhi_pam_evidence *e, struct nhi_why *why)
{
	struct nhi_pam_pending p;
	enum nhi_err err;

	*e = (struct nhi_pam_evidence){ .identity = NULL };
	if ((err = nhi_pam_pending_take(c, &p, why)) != NHI_OK)
		return err;
	memcpy(e->mark, p.mark, sizeof(e->mark));
	e->verdict.valid_after = c->now - NHI_CERT_BACKDATE;
	e->verdict.valid_before = p.expires;
	/* By its name: the policy may be another one by now. */
	if ((e->identity = nhi_grant_named(c->rules, p.identity)) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MATCH,
		    "policy has no identity %s for %s any more", p.identity,
		    c->user);
	e->issuer = &c->rules->issuers[e->identity->issuer];
	/* The host's own stages between the two may take their time. */
	if (p.expires <= c->now)
		return nhi_fail(why, NHI_ERR_EXPIRED,
		    "what the token granted is over");
	return nhi_pam_evidence_state(c, e, why);
}
