/* SPDX-License-Identifier: BSD-2-Clause */
/* nsswitch.conf, and the cache that must not stand before it. */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/edit.h"
#include "nhictl/edit_nss.h"
#include "nhictl/proc.h"
#include "nhictl/setup.h"

#define NSCD_CONF	"/etc/nscd.conf"

/* "enable-cache passwd yes", for passwd or group. */
static bool
caches(struct nhi_span line)
{
	static const char *const meant[] = { "enable-cache", NULL, "yes" };
	size_t i = 0;

	while (line.n > 0 && i < 3) {
		size_t n = 0;

		while (n < line.n && strchr(" \t", line.p[n]) == NULL)
			n++;
		if (n > 0) {
			struct nhi_span w = { line.p, n };

			if (meant[i] != NULL ? !nhi_span_is(w, meant[i]) :
			    !nhi_span_is(w, "passwd") &&
			    !nhi_span_is(w, "group"))
				return false;
			i++;
		}
		n += n < line.n;
		line.p += n;
		line.n -= n;
	}
	return i == 3;
}

/*
 * nscd answers everybody with what it heard as its own user, and for minutes:
 * an ended lease would live on, a new account would not be there.
 */
static enum nhi_err
nscd_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_EDIT_MAX);
	char path[NHI_PROC_PATH];
	struct nhi_span rest, line;
	enum nhi_err err;

	(void)arg;
	if ((!nhi_proc_find("nscd", path) &&
	    access("/run/nscd/socket", F_OK) != 0) ||
	    access(NSCD_CONF, F_OK) != 0) {
		*ret_done = true;
		return NHI_OK;
	}
	err = nhi_file_read(AT_FDCWD, NSCD_CONF, NHI_FILE_ANY, &text, why);
	if (err != NHI_OK)
		return err;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (caches(line))
			return nhi_fail(why, NHI_ERR_HOST, "nscd caches "
			    "accounts: say \"enable-cache passwd no\" and "
			    "\"enable-cache group no\" in " NSCD_CONF);
	}
	*ret_done = true;
	return NHI_OK;
}

/* A module that does not load is only skipped, but nothing would work. */
static enum nhi_err
module_check(const void *arg, bool *ret_done, struct nhi_why *why)
{
	void *module = dlopen("libnss_nhi.so.2", RTLD_NOW | RTLD_LOCAL);
	bool ok;

	(void)arg;
	if (module == NULL)
		return nhi_fail(why, NHI_ERR_HOST, "the NSS module is not "
		    "installed: %.120s", dlerror());
	ok = dlsym(module, "_nss_nhi_getpwnam_r") != NULL;
	(void)dlclose(module);
	if (!ok)
		return nhi_fail(why, NHI_ERR_HOST,
		    "libnss_nhi.so.2 is not NHI's module");
	*ret_done = true;
	return NHI_OK;
}

static const struct nhi_edit nsswitch = {
	.path = "/etc/nsswitch.conf",
	.mode = 0644,
	.make = nhi_edit_nss,
};

const struct nhi_step nhi_setup_nss[] = {
	{ .what = "nscd", .check = nscd_check },
	{ .what = "the NSS module", .check = module_check },
	{ .what = "nhi in /etc/nsswitch.conf", .check = nhi_edit_check,
	    .describe = nhi_edit_describe, .apply = nhi_edit_apply,
	    .arg = &nsswitch },
	/* End of nhi_setup_nss */
	{ .what = NULL },
};
