/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl ca rotate, ca retire.  From rotate to retire two keys are trusted and
 * the new one signs; the old one goes when nothing of it is valid any more.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/paths.h"
#include "lib/base/session.h"
#include "lib/ssh/cert.h"
#include "lib/ssh/hash.h"
#include "lib/ssh/private.h"
#include "lib/ssh/trusted.h"
#include "nhictl/ca_file.h"
#include "nhictl/ca_retired.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"
#include "nhictl/when.h"

static enum nhi_err
record(const struct nhi_ssh_key *key, const char *what, struct nhi_why *why)
{
	char fingerprint[NHI_SSH_FINGERPRINT], who[NHI_WHO_SIZE], detail[160];
	enum nhi_err err;

	if ((err = nhi_ssh_hash_key(key, fingerprint, why)) != NHI_OK)
		return err;
	nhi_record_who(who);
	(void)snprintf(detail, sizeof(detail), "%s, by %s", what, who);
	return nhi_record(&(struct nhi_event){ .event = NHI_EVENT_CA_ROTATE,
	    .outcome = NHI_INFO, .detail = detail, .key = fingerprint }, why);
}

static void
tell(const struct nhi_ssh_key *key, const char *what)
{
	char fingerprint[NHI_SSH_FINGERPRINT];

	if (nhi_ssh_hash_key(key, fingerprint, NULL) == NHI_OK)
		(void)printf("CA key %s of host %s %s\n", fingerprint,
		    key->comment, what);
}

static enum nhi_err
load(struct nhi_ssh_private **ret_ca, struct nhi_ssh_trusted **ret_own,
    struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_ca_signing(ret_ca, why)) != NHI_OK)
		return err;
	return nhi_ca_read(NHI_CA_PUB, ret_own, why);
}

static enum nhi_err
rotate(struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *next = NULL;
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *own = NULL;
	enum nhi_err err;

	if ((err = load(&ca, &own, why)) != NHI_OK)
		return err;
	if (ca->agent != NULL)
		return nhi_fail(why, NHI_ERR_HOST, "the key is an agent's: "
		    "make a new one there, then nhictl ca init --agent");
	if (own->n > 1 && access(NHI_CA_NEXT, F_OK) != 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    "two keys are trusted already: nhictl ca retire");
	/*
	 * Who was trusted stays so, whatever became of ca.pub.  What is not
	 * recorded does not sign.
	 */
	if ((err = nhi_ca_make_next(ca->key->type, &next, why)) != NHI_OK ||
	    (err = nhi_ca_publish(ca->key, true, why)) != NHI_OK ||
	    (err = nhi_ca_publish(next->key, true, why)) != NHI_OK ||
	    (err = record(next->key, "signs from now on", why)) != NHI_OK ||
	    (err = nhi_ca_move_next(why)) != NHI_OK)
		return err;
	tell(next->key, "signs from now on");
	return NHI_OK;
}

int
nhi_verb_ca_rotate(int argc, char **argv)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_why why = { "" };
	enum nhi_err err;

	(void)argv;
	if (argc != 1)
		return nhi_ctl_usage("ca rotate");
	if ((err = nhi_ca_lock(&lock, &why)) != NHI_OK ||
	    (err = rotate(&why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (fflush(stdout) != 0)
		return nhi_ctl_done(false);
	(void)fputs("nhictl: note: hosts that trust this one must trust the "
	    "new key too: " NHI_CA_PUB "\n", stderr);
	return NHI_CTL_OK;
}

struct left {
	const struct nhi_ssh_key *ca;	/* the one that stays */
	int64_t now;
	int64_t until;
	unsigned int n;
};

/* What cannot be read may be anybody's: it counts.  A token is no CA's. */
static bool
count(const struct nhi_issued *e, void *arg)
{
	NHI_AUTO(nhi_ssh_cert_freep) struct nhi_ssh_cert *cert = NULL;
	struct left *l = arg;

	if (e->serial == 0 || e->valid_before <= l->now || (nhi_ssh_cert_parse_line(
	    nhi_span_str(e->certificate), &cert, NULL) == NHI_OK &&
	    nhi_ssh_key_equal(cert->ca, l->ca)))
		return true;
	l->n++;
	if (e->valid_before > l->until)
		l->until = e->valid_before;
	return true;
}

static enum nhi_err
check_left(const struct nhi_ssh_key *ca, struct nhi_why *why)
{
	struct left left = { .ca = ca, .now = nhi_when_now() };
	char until[32];
	enum nhi_err err;

	if ((err = nhi_issued_each(NHI_ISSUED_DIR, count, &left,
	    why)) != NHI_OK)
		return err;
	if (left.n == 0)
		return NHI_OK;
	nhi_when_format(left.until, until);
	return nhi_fail(why, NHI_ERR_HOST, "%u certificates of the old key "
	    "are valid, the last until %s; wait, or --force", left.n, until);
}

/*
 * Elsewhere it is trusted still, and nhictl krl knows it.  A key that may be
 * in wrong hands goes even where that cannot be noted.
 */
static enum nhi_err
retire_one(const struct nhi_ssh_key *key, bool force, struct nhi_why *why)
{
	struct nhi_why note;
	enum nhi_err err, noted;

	noted = nhi_ca_retired_add(key, nhi_when_now(), &note);
	if (noted == NHI_OK || force) {
		if ((err = nhi_ca_withdraw(key, why)) != NHI_OK)
			return err;
		tell(key, "is no longer trusted");
		if ((err = record(key, "is no longer trusted",
		    why)) != NHI_OK)
			return err;
	}
	if (noted != NHI_OK)
		*why = note;
	return noted;
}

/* What is amiss with one of them does not keep the next one trusted. */
static enum nhi_err
retire_all(const struct nhi_ssh_trusted *own, const struct nhi_ssh_key *ca,
    bool force, struct nhi_why *why)
{
	struct nhi_why one = { "" };
	enum nhi_err err, first = NHI_OK;

	for (size_t i = 0; i < own->n && (force || first == NHI_OK); i++) {
		if (nhi_ssh_key_equal(own->keys[i], ca) ||
		    (err = retire_one(own->keys[i], force, &one)) == NHI_OK ||
		    first != NHI_OK)
			continue;
		first = err;
		*why = one;
	}
	return first;
}

static enum nhi_err
retire(bool force, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *own = NULL;
	bool found = false;
	enum nhi_err err;

	if ((err = load(&ca, &own, why)) != NHI_OK)
		return err;
	/* A key that is published and does not sign yet is not an old one. */
	if (access(NHI_CA_NEXT, F_OK) == 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    "a rotation was interrupted: nhictl ca rotate");
	for (size_t i = 0; i < own->n; i++)
		found = found || !nhi_ssh_key_equal(own->keys[i], ca->key);
	if (!found)
		return nhi_fail(why, NHI_ERR_HOST,
		    "there is no old key: nhictl ca rotate makes one");
	if (!force && (err = check_left(ca->key, why)) != NHI_OK)
		return err;
	return retire_all(own, ca->key, force, why);
}

static bool
count_open(const struct nhi_session *s, void *arg)
{
	unsigned int *n = arg;

	*n += s->serial != 0 && nhi_session_alive(s) != 0;
	return true;
}

/* Whose key signed for them is not in their records. */
static void
tell_open(void)
{
	struct nhi_why why = { "" };
	unsigned int n = 0;

	if (nhi_session_each(NHI_SESSIONS_DIR, count_open, &n, &why) != NHI_OK)
		(void)fprintf(stderr, "nhictl: note: %s\n", why.text);
	if (n > 0)
		(void)fprintf(stderr, "nhictl: note: %u live sessions by "
		    "certificate go on: nhictl sessions end\n", n);
}

int
nhi_verb_ca_retire(int argc, char **argv)
{
	bool force = argc == 2 && strcmp(argv[1], "--force") == 0;
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (argc != 1 && !force)
		return nhi_ctl_usage("ca retire");
	if ((err = nhi_ca_lock(&lock, &why)) != NHI_OK ||
	    (err = retire(force, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (force)
		tell_open();
	return nhi_ctl_done(fflush(stdout) == 0);
}
