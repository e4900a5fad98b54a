/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: the CA key, its public part, and what sshd is told to trust. */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/trust.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/ssh/private.h"
#include "nhictl/doctor.h"

#define YEAR		(365 * 24 * 3600)

static void
check_mode(struct nhi_doctor *d, const struct stat *st)
{
	struct stat owner, dir;

	if (lstat(NHI_ID_ISSUER, &owner) != 0)
		return;
	if (st->st_uid != owner.st_uid || !S_ISREG(st->st_mode) ||
	    (st->st_mode & 0377) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_CA_MODE,
		    NHI_CA_KEY " has owner %lu and mode %04o",
		    (unsigned long)st->st_uid,
		    (unsigned int)st->st_mode & 07777);
	else if (lstat(NHI_CA_DIR, &dir) == 0 && (dir.st_mode & 022) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_CA_MODE,
		    NHI_CA_DIR " can be written by others than root");
}

/* ca.pub has the key's type and base64 in one of its lines. */
static bool
has_public(const struct nhi_buf *pub, const struct nhi_ssh_key *key)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line =
	    NHI_BUF(4 * NHI_SSH_KEY_MAX);
	char *blank;

	nhi_ssh_key_format(key, &line);
	if (line.err != NHI_OK || line.n == 0)
		return false;
	blank = strchr(line.p, ' ');
	if (blank != NULL && (blank = strchr(blank + 1, ' ')) != NULL)
		*blank = '\0';
	return strstr(nhi_buf_text(pub), nhi_buf_text(&line)) != NULL;
}

static void
check_pair(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf pub = NHI_BUF(NHI_TRUST_FILE);
	struct nhi_why why = { "" };

	if (nhi_file_read(AT_FDCWD, NHI_CA_KEY, NHI_FILE_ANY, &text, &why) !=
	    NHI_OK ||
	    nhi_ssh_private_parse(nhi_buf_all(&text), &ca, &why) != NHI_OK ||
	    nhi_file_read(AT_FDCWD, NHI_CA_PUB, NHI_FILE_ROOT, &pub, &why) !=
	    NHI_OK)
		nhi_doctor_find(d, NHI_DOCTOR_CA_MISMATCH, "%s", why.text);
	else if (!has_public(&pub, ca->key))
		nhi_doctor_find(d, NHI_DOCTOR_CA_MISMATCH,
		    NHI_CA_PUB " has another key than " NHI_CA_KEY);
}

/* Each line of one text that is not in the other one. */
static void
compare(struct nhi_doctor *d, const struct nhi_buf *lines,
    const struct nhi_buf *in, enum nhi_doctor_id id)
{
	struct nhi_span rest = nhi_buf_all(lines), line;

	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		if (line.n == 0 || *line.p == '#' ||
		    memmem(in->p, in->n, line.p, line.n) != NULL)
			continue;
		nhi_doctor_find(d, id, "%.*s", line.n > 120 ? 120 :
		    (int)line.n, line.p);
	}
}

/* What the policy in force wants; it is written only as a whole. */
static void
check_trusted(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf own = NHI_BUF(NHI_TRUST_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf has = NHI_BUF(NHI_TRUST_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf wants = NHI_BUF(NHI_TRUST_FILE);
	struct nhi_why why = { "" };

	if (d->plan == NULL || !d->published ||
	    strcmp(d->plan->digest, d->policy.digest) != 0)
		return;
	if ((d->host.issues && nhi_file_read(AT_FDCWD, NHI_CA_PUB,
	    NHI_FILE_ROOT, &own, &why) != NHI_OK) ||
	    nhi_trust_format(nhi_buf_all(&own), d->host.id, &d->plan->trust,
	    &wants, &why) != NHI_OK ||
	    nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED, NHI_FILE_ROOT, &has,
	    &why) != NHI_OK) {
		nhi_doctor_find(d, NHI_DOCTOR_CA_UNTRUSTED, "%s", why.text);
		return;
	}
	compare(d, &wants, &has, NHI_DOCTOR_CA_UNTRUSTED);
	compare(d, &has, &wants, NHI_DOCTOR_CA_FOREIGN);
}

void
nhi_doctor_ca(struct nhi_doctor *d)
{
	struct stat st;

	if (d->published && d->host.issues && lstat(NHI_CA_KEY, &st) != 0) {
		nhi_doctor_find(d, NHI_DOCTOR_CA_MISSING,
		    NHI_CA_KEY " is not there");
		return;
	}
	if (d->published && d->host.issues) {
		check_mode(d, &st);
		check_pair(d);
		if (st.st_mtime < d->now - YEAR)
			nhi_doctor_find(d, NHI_DOCTOR_CA_OLD, "it was made %"
			    PRId64 " days ago",
			    (d->now - (int64_t)st.st_mtime) / (YEAR / 365));
	}
	if (!nhi_doctor_has(d, NHI_DOCTOR_CA_MISMATCH))
		check_trusted(d);
}
