/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tick: what setup kept of the files with passwords.  They come back whole or
 * not at all: once a password has changed since, the copies are good for
 * nothing but the one that was changed.
 */
#include "config.h"

#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "nhictl/copy.h"
#include "nhictl/keep.h"
#include "nhictl/tick.h"
#include "nhictl/trial.h"

static const struct {
	const char *truth;
	const char *before;		/* as the tools keep it */
} files[] = {
	{ "/etc/shadow", "/etc/shadow-" },
	{ "/etc/gshadow", "/etc/gshadow-" },
	/* End of the files */
};

/* Are all lines there still, in their order?  Others may be between them. */
static bool
has_all(struct nhi_span now, struct nhi_span was)
{
	struct nhi_span line, other;

	while (was.n > 0 && nhi_span_cut(&was, '\n', &line)) {
		do {
			if (now.n == 0 || !nhi_span_cut(&now, '\n', &other))
				return false;
		} while (!nhi_span_equal(line, other));
	}
	return true;
}

static enum nhi_err
is_stale(const char *path, const char *copy, bool *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf now = NHI_BUF(NHI_KEEP_FILE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf was = NHI_BUF(NHI_KEEP_FILE);
	bool here = false, there = false;
	enum nhi_err err;

	if ((err = nhi_copy_read(path, &now, &here, why)) != NHI_OK ||
	    (err = nhi_copy_read(copy, &was, &there, why)) != NHI_OK)
		return err;
	*ret = there && !has_all(nhi_buf_all(&now), nhi_buf_all(&was));
	return NHI_OK;
}

static enum nhi_err
drop(const char *path, uint64_t *ret, struct nhi_why *why)
{
	char copy[NHI_PATH_SIZE];
	enum nhi_err err;

	if ((err = nhi_keep_path(NHI_KEEP_BASE, "was", path, copy,
	    why)) != NHI_OK)
		return err;
	if (access(copy, F_OK) != 0)
		return NHI_OK;
	if ((err = nhi_copy_unlink(copy, why)) == NHI_OK)
		++*ret;
	return err;
}

static enum nhi_err
look(size_t i, uint64_t *ret, struct nhi_why *why)
{
	char copy[NHI_PATH_SIZE];
	bool stale = false;
	enum nhi_err err;

	if ((err = nhi_keep_path(NHI_KEEP_BASE, "was", files[i].truth, copy,
	    why)) != NHI_OK)
		return err;
	if (access(copy, F_OK) == 0 && (err = is_stale(files[i].truth, copy,
	    &stale, why)) != NHI_OK)
		return err;
	/* The older one first: the next tick finds by the other. */
	if (!stale || (err = drop(files[i].before, ret, why)) != NHI_OK)
		return err;
	return drop(files[i].truth, ret, why);
}

enum nhi_err
nhi_tick_passwords(const struct nhi_tick *t, uint64_t *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int lock = -1;
	enum nhi_err err;

	(void)t;
	if (access(NHI_KEEP_BASE, F_OK) != 0)
		return NHI_OK;
	/* Who is at work is at work. */
	if ((err = nhi_trial_lock(false, &lock, why)) != NHI_OK)
		return err == NHI_ERR_CAP ? NHI_OK : err;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if ((err = look(i, ret, why)) != NHI_OK)
			return err;
	return NHI_OK;
}
