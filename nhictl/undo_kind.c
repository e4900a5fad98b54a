/* SPDX-License-Identifier: BSD-2-Clause */
/* Undoing: what a file is to us, by its name and by what it says. */
#include "config.h"

#include <string.h>

#include "lib/base/paths.h"
#include "nhictl/apply_sudo.h"
#include "nhictl/dropin.h"
#include "nhictl/strip.h"
#include "nhictl/undo.h"

static bool
is_path(const char *path, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/' &&
	    (name == NULL || strcmp(path + n + 1, name) == 0);
}

bool
nhi_undo_is_shared(const char *path)
{
	return strcmp(path, "/etc/nsswitch.conf") == 0 ||
	    is_path(path, NHI_PAM_CONF_DIR, NULL);
}

enum nhi_err
nhi_undo_strip_text(const char *path, const struct nhi_buf *text,
    struct nhi_buf *ret, struct nhi_why *why)
{
	if (is_path(path, NHI_PAM_CONF_DIR, NULL))
		return nhi_strip_pam(nhi_buf_all(text), ret, why);
	return nhi_strip_nss(nhi_buf_all(text), ret, why);
}

bool
nhi_undo_is_dropin(const char *path)
{
	return is_path(path, NHI_SSHD_CONF_DIR, NHI_DROPIN_NAME);
}

static bool
is_sudo(const char *path, const struct nhi_buf *now)
{
	static const char head[] = "# Written by nhictl apply;";

	return strcmp(path, NHI_SUDO_FILE) == 0 &&
	    strncmp(nhi_buf_text(now), head, sizeof(head) - 1) == 0;
}

static bool
is_dropin(struct nhi_span text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(NHI_DROPIN_MAX);
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;

	if (!nhi_dropin_parse(text, &o) ||
	    nhi_dropin_probe(&o, NULL) != NHI_OK)
		return false;
	nhi_dropin_format(&o, &b);
	return nhi_span_equal(text, nhi_buf_all(&b));
}

bool
nhi_undo_is_whole(const char *path, const struct nhi_buf *now)
{
	return is_sudo(path, now) || is_dropin(nhi_buf_all(now));
}

bool
nhi_undo_is_read(const char *path)
{
	return strcmp(path, NHI_SUDO_FILE) == 0 ||
	    nhi_undo_is_dropin(path);
}

bool
nhi_undo_is_written(const char *path, const struct nhi_buf *now)
{
	struct nhi_dropin_options o = NHI_DROPIN_DEFAULT;

	return nhi_undo_is_whole(path, now) ||
	    nhi_dropin_parse(nhi_buf_all(now), &o);
}
