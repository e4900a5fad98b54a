/* SPDX-License-Identifier: BSD-2-Clause */
/* The drop-in of sshd; made, tested, compared and read in by dropin_install. */
#include "config.h"

#include "lib/base/paths.h"
#include "nhictl/dropin.h"
#include "nhictl/edit.h"
#include "nhictl/keep.h"
#include "nhictl/setup.h"

/*
 * The drop-in that is meant, and whether it is there.  What policy opened
 * (apply wrote it then) stays open: the options are taken from the one that is
 * there.
 */
static enum nhi_err
make(struct nhi_dropin_options *o, struct nhi_buf *new, bool *ret_done,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old = NHI_BUF(NHI_DROPIN_MAX);
	bool there = false;
	enum nhi_err err;

	if ((err = nhi_dropin_load(&old, &there, why)) != NHI_OK)
		return err;
	if (there && !nhi_dropin_parse(nhi_buf_all(&old), o))
		return nhi_fail(why, NHI_ERR_HOST, NHI_SSHD_CONF_DIR "/"
		    NHI_DROPIN_NAME " is there and is not nhictl's");
	if ((err = nhi_dropin_probe(o, why)) != NHI_OK)
		return err;
	nhi_dropin_format(o, new);
	if ((err = nhi_buf_check(new, why)) != NHI_OK)
		return err;
	*ret_done = there &&
	    nhi_span_equal(nhi_buf_all(&old), nhi_buf_all(new));
	return NHI_OK;
}

static enum nhi_err
dropin_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;
	bool done = false;
	enum nhi_err err;

	(void)arg;
	if ((err = make(&o, &new, &done, why)) != NHI_OK ||
	    (done && (err = nhi_dropin_judge(&o, NULL, 0, why)) != NHI_OK))
		return err;
	*ret_done = done;
	return NHI_OK;
}

static enum nhi_err
dropin_describe(const void *arg, FILE *out, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;
	bool done = false;
	enum nhi_err err;

	(void)arg;
	if ((err = make(&o, &new, &done, why)) != NHI_OK)
		return err;
	return nhi_edit_diff(NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME,
	    nhi_buf_all(&new), out, why);
}

static enum nhi_err
dropin_apply(const void *arg, struct nhi_why *why)
{
	static const char path[] = NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;
	bool done = false;
	enum nhi_err err;

	(void)arg;
	if ((err = make(&o, &new, &done, why)) != NHI_OK)
		return err;
	if ((err = nhi_keep_file(NHI_KEEP_PENDING, path, why)) != NHI_OK ||
	    (err = nhi_keep_made(NHI_KEEP_PENDING, path, nhi_buf_all(&new),
	    why)) != NHI_OK)
		return err;
	return nhi_dropin_install(&o, NULL, 0, why);
}

const struct nhi_step nhi_setup_sshd[] = {
	{ .what = "drop-in " NHI_SSHD_CONF_DIR "/" NHI_DROPIN_NAME,
	    .check = dropin_check, .describe = dropin_describe,
	    .apply = dropin_apply },
	/* End of nhi_setup_sshd */
	{ .what = NULL },
};
