/* SPDX-License-Identifier: BSD-2-Clause */
/* The account stage; registry.h has the three cases. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/uidwriter.h"

static enum nhi_err
check_since(const struct nhi_stamp *stamp, const struct nhi_stamp *since,
    const char *what, struct nhi_why *why)
{
	if (nhi_stamp_older(stamp, since))
		return NHI_OK;
	return nhi_fail(why, NHI_ERR_UID_MOVED,
	    "%s changed after this connection began; try again", what);
}

/* There is an entry: has every lookup since then answered it? */
static enum nhi_err
check_entry(const struct nhi_uid_entry *e, const struct nhi_uid_range *range,
    const struct nhi_stamp *since, struct nhi_why *why)
{
	if (e->first)
		return check_since(&range->changed, since, "the UID range",
		    why);
	return check_since(&e->stamp, since, "the account's UID", why);
}

/* There is none: a lookup can have answered the hash only. */
static enum nhi_err
claim_new(struct nhi_uidwriter *w, const struct nhi_stamp *since,
    uint32_t *ret)
{
	uint32_t hash, uid;
	enum nhi_err err;

	if ((err = nhi_uidwriter_place(w, &hash, &uid)) != NHI_OK ||
	    (err = nhi_uidwriter_entry(w, uid, uid == hash)) != NHI_OK)
		return err;
	if (uid != hash)
		return nhi_fail(w->why, NHI_ERR_UID_MOVED,
		    "UID %" PRIu32 " is in use, %s has %" PRIu32
		    " from now on; try again", hash, w->name, uid);
	err = check_since(&w->range.changed, since, "the UID range", w->why);
	if (err == NHI_OK)
		*ret = uid;
	return err;
}

enum nhi_err
nhi_registry_check(const char *uids, const char *name,
    const struct nhi_stamp *since, uint32_t *ret, struct nhi_why *why)
{
	struct nhi_uid_entry e;
	struct nhi_uid_range range;
	enum nhi_err err;
	int r = nhi_registry_find(uids, name, &e);

	if (r == 0)
		return nhi_fail(why, NHI_ERR_ACCOUNT_UNKNOWN,
		    "%s has not logged in yet and has no UID", name);
	if (r < 0 || (r = nhi_registry_range(uids, &range)) != 1)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", uids,
		    r < 0 ? strerror(errno) : "no UID range");
	if ((err = nhi_uidwriter_owner(uids, name, e.uid, why)) != NHI_OK ||
	    (err = check_entry(&e, &range, since, why)) != NHI_OK)
		return err;
	*ret = e.uid;
	return NHI_OK;
}

enum nhi_err
nhi_registry_claim(const char *uids, const char *name,
    const struct nhi_stamp *since, uint32_t *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_uidwriter_close) struct nhi_uidwriter w =
	    NHI_UIDWRITER(uids, name, why);
	struct nhi_uid_entry e;
	enum nhi_err err;
	int r;

	/* Nearly every login: nothing to write, so no lock to wait for. */
	if (nhi_registry_check(uids, name, since, ret, NULL) == NHI_OK)
		return NHI_OK;
	if ((err = nhi_uidwriter_open(&w)) != NHI_OK ||
	    (err = nhi_uidwriter_range(&w)) != NHI_OK)
		return err;
	if ((r = nhi_registry_find(uids, name, &e)) < 0)
		return nhi_uidwriter_fail(&w, "name");
	if (r == 0)
		return claim_new(&w, since, ret);
	if ((err = nhi_uidwriter_settle(&w, &e)) != NHI_OK ||
	    (err = check_entry(&e, &w.range, since, why)) != NHI_OK)
		return err;
	*ret = e.uid;
	return NHI_OK;
}
