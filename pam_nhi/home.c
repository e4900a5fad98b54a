/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "pam_nhi/home.h"

enum nhi_err
nhi_pam_home_make(const struct nhi_account *a, uint32_t uid,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int homes = -1;
	const size_t n = sizeof(NHI_HOMES_DIR) - 1;
	enum nhi_err err;

	if (strncmp(a->home, NHI_HOMES_DIR "/", n + 1) != 0 ||
	    strcmp(a->home + n + 1, a->name) != 0)
		return NHI_OK;
	if ((err = nhi_dir_make(AT_FDCWD, NHI_HOMES_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_open(AT_FDCWD, NHI_HOMES_DIR, &homes,
	    why)) != NHI_OK)
		return err;
	return nhi_dir_make(homes, a->name, 0700, uid, uid, why);
}
