/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-issue: a token in, a certificate out.  Runs as the issuing account,
 * started by nhi-sshd-helper with no environment; whoever speaks to it has
 * proved to hold the SSH key, and nothing else.
 *
 * The order is the argument: what is cheap and public first, the token only
 * when all that it needs is there, the CA key only when the verdict is in,
 * and nothing leaves before it is on disk.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/refetch.h"
#include "lib/base/slot.h"
#include "lib/base/spawn.h"
#include "lib/base/verifier.h"
#include "lib/ssh/hash.h"
#include "sshd_helper/ca.h"
#include "sshd_helper/intake.h"
#include "sshd_helper/issue.h"
#include "sshd_helper/watch.h"

/*
 * Who must wait everywhere is told to come again, and is not killed: the token
 * 10 s, then a slot 5 s and its verdict 4.5 s, the provider's new keys 4 s,
 * and once more a slot and a verdict, are 33 s; the rest is for what is read,
 * signed and written.  sshd's LoginGraceTime (120 s) is longer.
 */
#define ALARM_S		40
#define ASK_MS		(NHI_SLOT_MS + NHI_VERIFIER_MS + NHI_SPAWN_PATIENCE_MS)

_Static_assert(NHI_INTAKE_MS + 2 * ASK_MS + NHI_REFETCH_MS + 5000 <=
    ALARM_S * 1000, "the alarm comes before the last wait is over");

static enum nhi_err
read_policy(struct nhi_issue *i, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_policy_open(NHI_PUBLISHED_DIR, &i->policy,
	    why)) != NHI_OK ||
	    (err = nhi_policy_host(&i->policy, &i->host, why)) != NHI_OK)
		return err;
	if (!i->host.issues)
		return nhi_fail(why, NHI_ERR_HOST, "this host does not issue");
	return nhi_policy_rules(&i->policy, i->name, &i->account, &i->rules,
	    why);
}

static enum nhi_err
read_token(struct nhi_issue *i, struct nhi_why *why)
{
	return nhi_intake_read(STDIN_FILENO, i->started + NHI_INTAKE_MS,
	    &i->token, why);
}

/* The token goes to nhi-verify, whose user is another. */
static enum nhi_err
ask_verdict(struct nhi_issue *i, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int slot = -1;
	struct nhi_verifier v = {
		.program = NHI_DROP, .policy = &i->policy,
		.account = i->name, .key = i->fingerprint,
		.kind = NHI_KIND_TOKEN, .bytes = nhi_buf_all(&i->token),
	};
	enum nhi_err err;

	if ((err = nhi_slot_take(NHI_SLOTS_DIR, &slot, why)) != NHI_OK)
		return err;
	i->now = v.now = (int64_t)time(NULL);
	if ((err = nhi_verifier_ask(&v, &i->verdict, why)) != NHI_OK)
		return err;
	i->answered = true;
	return NHI_OK;
}

/*
 * Keys that are not here may be the provider's new ones.  No slot is held
 * while they are fetched, and the token is verified from its beginning.
 */
static enum nhi_err
ask_again(struct nhi_issue *i, struct nhi_why *why)
{
	const struct nhi_issuer *issuer = nhi_refetch_issuer(i->rules,
	    &i->verdict);
	enum nhi_refetch got;

	if (issuer == NULL)
		return NHI_OK;
	got = nhi_refetch(NHI_DROP, issuer, i->now);
	i->again = got == NHI_REFETCH_BUSY;
	return got == NHI_REFETCH_AGAIN ? ask_verdict(i, why) : NHI_OK;
}

static enum nhi_err
verify(struct nhi_issue *i, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = ask_verdict(i, why)) != NHI_OK ||
	    (err = ask_again(i, why)) != NHI_OK)
		return err;
	nhi_buf_wipe(&i->token);
	nhi_verdict_mark(&i->verdict, i->mark);
	if (i->verdict.reason == NHI_OK)
		return NHI_OK;
	nhi_verdict_value(&i->verdict, "detail", why->text,
	    sizeof(why->text));
	return i->verdict.reason;
}

static enum nhi_err
find_identity(struct nhi_issue *i, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_grant_find(i->rules, i->verdict.identity,
	    &i->identity, why)) != NHI_OK)
		return err;
	i->issuer = &i->rules->issuers[i->identity->issuer];
	return NHI_OK;
}

/*
 * What every login would refuse is not signed.  A certificate may outlive its
 * token by the grace, and no ttl.
 */
static enum nhi_err
check_grant(struct nhi_issue *i, struct nhi_why *why)
{
	uint8_t hash[NHI_SSH_HASH];
	char key[2 * NHI_SSH_HASH + 1];
	struct nhi_grant g = {
		.account = i->name, .rules = i->rules,
		.identity = i->identity, .source = i->source, .now = i->now,
		.evidence = { .mark = i->mark, .key = key,
		    .valid_after = i->now - NHI_CERT_BACKDATE },
	};
	enum nhi_err err;

	if ((err = nhi_ssh_hash(nhi_buf_all(&i->key->blob), hash,
	    why)) != NHI_OK)
		return err;
	nhi_num_hex(hash, sizeof(hash), key);
	if ((err = nhi_grant_check(&g, why)) != NHI_OK)
		return err;
	return nhi_grant_until(&g, i->verdict.exp, &i->valid_before, why);
}

static enum nhi_err
sign(struct nhi_issue *i, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf provenance =
	    NHI_BUF(NHI_VERDICT_LINES);
	char jti[65];
	struct nhi_ca_request q = {
		.subject = i->key, .identity = i->identity,
		.account = i->name, .host = i->host.id, .mark = i->mark,
		.valid_after = i->now - NHI_CERT_BACKDATE,
		.valid_before = i->valid_before,
		.fingerprint = i->fingerprint, .source = i->source,
		.jti = jti,
	};
	enum nhi_err err;

	nhi_verdict_value(&i->verdict, "jti", jti, sizeof(jti));
	nhi_verdict_provenance(&i->verdict, &provenance);
	q.provenance = nhi_buf_text(&provenance);
	if ((err = nhi_buf_check(&provenance, why)) != NHI_OK ||
	    (err = nhi_ca_sign(&q, &i->result, why)) != NHI_OK)
		return err;
	return nhi_ca_enter(&q, &i->result, why);
}

static enum nhi_err
give(struct nhi_issue *i, struct nhi_why *why)
{
	nhi_buf_char(&i->result.line, '\n');
	if (nhi_buf_check(&i->result.line, why) != NHI_OK)
		return NHI_ERR_INTERNAL;
	return nhi_file_put(STDOUT_FILENO, nhi_buf_all(&i->result.line), why);
}

static enum nhi_err
record(struct nhi_issue *i, struct nhi_why *why)
{
	nhi_watch_decide(i);
	return nhi_issue_record(i, NHI_OK, why);
}

static enum nhi_err
run(struct nhi_issue *i, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = read_policy(i, why)) != NHI_OK ||
	    (err = read_token(i, why)) != NHI_OK ||
	    (err = verify(i, why)) != NHI_OK ||
	    (err = find_identity(i, why)) != NHI_OK ||
	    (err = check_grant(i, why)) != NHI_OK ||
	    (err = nhi_issue_claims(i, why)) != NHI_OK ||
	    (err = nhi_grant_spend(i->issuer, &i->verdict, i->fingerprint,
	    why)) != NHI_OK ||
	    (err = sign(i, why)) != NHI_OK ||
	    (err = record(i, why)) != NHI_OK ||
	    (err = give(i, why)) != NHI_OK)
		return err;
	return NHI_OK;
}

/* Only the issuing account; its siblings must not read our memory. */
static enum nhi_err
harden(struct nhi_why *why)
{
	const struct rlimit none = { 0, 0 };
	struct stat st;
	uid_t r, e, s;

	(void)alarm(ALARM_S);
	(void)umask(077);
	/* A client that has gone is a failed write, and a record. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 ||
	    getresuid(&r, &e, &s) != 0 || lstat(NHI_ID_ISSUER, &st) != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "cannot harden");
	if (st.st_uid == 0 || r != st.st_uid || e != r || s != r)
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "not running as the issuing account");
	return NHI_OK;
}

static enum nhi_err
begin(struct nhi_issue *i, int argc, char *argv[], struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = harden(why)) != NHI_OK)
		return err;
	if (argc != 4 || !nhi_name_valid(argv[1]))
		return nhi_fail(why, NHI_ERR_INPUT, "wrong arguments");
	i->name = argv[1];
	i->source = argv[2];
	if ((err = nhi_ssh_key_parse_line(nhi_span_str(argv[3]), &i->key,
	    why)) != NHI_OK)
		return err;
	if ((err = nhi_ssh_hash_key(i->key, i->fingerprint, why)) != NHI_OK)
		return err;
	return nhi_watch_start(i, why);
}

static void
wipe(struct nhi_issue *i)
{
	nhi_host_wipe(&i->host);
	nhi_rules_freep(&i->rules);
	nhi_ssh_key_freep(&i->key);
	nhi_buf_wipe(&i->token);
	nhi_buf_wipe(&i->claims);
	nhi_ca_result_wipe(&i->result);
}

int
main(int argc, char *argv[])
{
	NHI_AUTO(wipe) struct nhi_issue i = {
		.started = nhi_clock_ms(), .source = "",
		.token = NHI_BUF(NHI_INTAKE_BYTES + 2),
		.claims = NHI_BUF(NHI_VERDICT_LINES),
		.result = NHI_CA_RESULT,
	};
	struct nhi_why why = { "" };
	enum nhi_err err;

	if ((err = begin(&i, argc, argv, &why)) == NHI_OK)
		err = run(&i, &why);
	if (err != NHI_OK) {
		nhi_watch_decide(&i);
		(void)!nhi_issue_record(&i, err, &why);
	}
	nhi_issue_tell(&i, err);
	return i.again ? NHI_EXIT_AGAIN : nhi_err_exit(err);
}
