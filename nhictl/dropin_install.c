/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "nhictl/dropin.h"
#include "nhictl/dropin_people.h"
#include "nhictl/sshd.h"
#include "nhictl/sshd_match.h"

#define DROPIN		NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME

enum nhi_err
nhi_dropin_load(struct nhi_buf *text, bool *ret_there, struct nhi_why *why)
{
	if (access(DROPIN, F_OK) != 0 && errno == ENOENT) {
		*ret_there = false;
		return NHI_OK;
	}
	*ret_there = true;
	return nhi_file_read(AT_FDCWD, DROPIN, NHI_FILE_ROOT, text, why);
}

enum nhi_err
nhi_dropin_judge(const struct nhi_dropin_options *o,
    const char *const accounts[], size_t n, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf findings =
	    NHI_BUF(NHI_DROPIN_FINDINGS);
	struct nhi_span rest, line;
	enum nhi_err err;

	err = nhi_dropin_check(o, accounts, n, &findings, why);
	if (err != NHI_OK)
		return err;
	rest = nhi_buf_all(&findings);
	if (rest.n > 0 && nhi_span_cut(&rest, '\n', &line))
		return nhi_fail(why, NHI_ERR_HOST, "sshd: %.*s", (int)line.n,
		    line.p);
	return NHI_OK;
}

static enum nhi_err
write_file(struct nhi_span text, struct nhi_why *why)
{
	if (mkdir(NHI_SSHD_CONF_DIR, 0755) != 0 && errno != EEXIST)
		return nhi_fail(why, NHI_ERR_STATE, NHI_SSHD_CONF_DIR ": %s",
		    strerror(errno));
	return nhi_file_replace(AT_FDCWD, DROPIN, 0644, text, why);
}

/* What goes into sshd's configuration is addresses, whoever checked it. */
static enum nhi_err
check_from(const char *from, struct nhi_why *why)
{
	if (from[strspn(from, "0123456789abcdefABCDEF.:/,")] != '\0')
		return nhi_fail(why, NHI_ERR_POLICY_INVALID,
		    "issue_from: not a list of networks");
	return NHI_OK;
}

/* What sshd said for people before. */
struct people {
	struct nhi_sshd_places places;
	struct nhi_buf said;
};

static void
people_wipe(struct people *p)
{
	nhi_sshd_places_wipe(&p->places);
	nhi_buf_wipe(&p->said);
}

static enum nhi_err
ask_people(struct people *p, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_sshd_places(NHI_SSHD_CONF_DIR "/../sshd_config",
	    &p->places, why)) != NHI_OK)
		return err;
	return nhi_dropin_people(&p->places, &p->said, why);
}

/*
 * Is it what was meant, for our accounts and for nobody else?  Asked before
 * the running sshd reads it.
 */
static enum nhi_err
judge(const struct nhi_dropin_options *o, const char *const accounts[],
    size_t n, const struct people *people, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf now = NHI_BUF(NHI_DROPIN_PEOPLE);
	enum nhi_err err;

	if ((err = nhi_sshd_test(NHI_SPAN(""), why)) != NHI_OK ||
	    (err = nhi_dropin_judge(o, accounts, n, why)) != NHI_OK ||
	    (err = nhi_dropin_people(&people->places, &now, why)) != NHI_OK)
		return err;
	return nhi_dropin_people_same(&people->said, &now, why);
}

static void
restore(bool there, const struct nhi_buf *old)
{
	if (there)
		/* There is a reason to report already. */
		(void)!nhi_file_replace(AT_FDCWD, DROPIN, 0644,
		    nhi_buf_all(old), NULL);
	else
		(void)unlink(DROPIN);
}

/* Words that this sshd does not know are found before it reads them. */
enum nhi_err
nhi_dropin_try(const struct nhi_dropin_options *o, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_DROPIN_MAX);
	enum nhi_err err;

	nhi_dropin_format(o, &text);
	if ((err = check_from(o->issue_from, why)) != NHI_OK ||
	    (err = nhi_buf_check(&text, why)) != NHI_OK ||
	    (err = nhi_sshd_test(NHI_SPAN(""), why)) != NHI_OK)
		return err;
	return nhi_sshd_test(nhi_buf_all(&text), why);
}

enum nhi_err
nhi_dropin_install(const struct nhi_dropin_options *o,
    const char *const accounts[], size_t n, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_DROPIN_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_DROPIN_MAX);
	NHI_AUTO(people_wipe) struct people people = {
		.said = NHI_BUF(NHI_DROPIN_PEOPLE) };
	bool there = false;
	enum nhi_err err;

	nhi_dropin_format(o, &new);
	if ((err = nhi_buf_check(&new, why)) != NHI_OK ||
	    (err = nhi_dropin_load(&old, &there, why)) != NHI_OK)
		return err;
	if (there && nhi_span_equal(nhi_buf_all(&old), nhi_buf_all(&new)))
		return nhi_dropin_judge(o, accounts, n, why);
	if ((err = nhi_dropin_try(o, why)) != NHI_OK ||
	    (err = ask_people(&people, why)) != NHI_OK ||
	    (err = write_file(nhi_buf_all(&new), why)) != NHI_OK)
		return err;
	if ((err = judge(o, accounts, n, &people, why)) != NHI_OK) {
		restore(there, &old);
		return err;
	}
	return nhi_sshd_reload(why);
}
