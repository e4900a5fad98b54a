/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/service.h"

/* nhi-drop leaves none; sshd gives its commands their user's own. */
static bool
no_other_group(gid_t own)
{
	gid_t group = own;
	int n = getgroups(1, &group);

	return n == 0 || (n == 1 && group == own);
}

enum nhi_err
nhi_service_identity(const char *file, struct nhi_why *why)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;
	struct stat st;

	if (lstat(file, &st) != 0 || !S_ISREG(st.st_mode))
		return nhi_fail(why, NHI_ERR_INTERNAL, "%s: %s", file,
		    strerror(errno));
	if (getresuid(&r, &e, &s) != 0 || getresgid(&rg, &eg, &sg) != 0 ||
	    st.st_uid == 0 || st.st_gid == 0 || r != st.st_uid || e != r ||
	    s != r || rg != st.st_gid || eg != rg || sg != rg ||
	    !no_other_group(st.st_gid))
		return nhi_fail(why, NHI_ERR_INTERNAL,
		    "not running as the user of %s alone", file);
	return NHI_OK;
}

static int
limit(int what, rlim_t max)
{
	const struct rlimit r = { max, max };

	return setrlimit((__rlimit_resource_t)what, &r);
}

enum nhi_err
nhi_service_limit(const struct nhi_service_limits *l, struct nhi_why *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_CPU, l->cpu) != 0 ||
	    limit(RLIMIT_NOFILE, l->files) != 0 ||
	    limit(RLIMIT_FSIZE, l->file) != 0 ||
	    limit(RLIMIT_AS, l->memory) != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "confine: %s",
		    strerror(errno));
	return NHI_OK;
}
