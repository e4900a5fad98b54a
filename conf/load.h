/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the files of the policy to typed settings.  What is wrong with a
 * setting is a fault and the setting stays unset; the rest is loaded, so that
 * one run finds everything.
 */
#ifndef NHI_CONF_LOAD_H
#define NHI_CONF_LOAD_H

#include "conf/schema.h"
#include "lib/base/file.h"

#define NHI_LOAD_FILE		(8U << 20)	/* bytes of one file */
#define NHI_LOAD_DROPINS	64

struct nhi_load_paths {
	const char *file;
	const char *dropins;		/* directory; NULL: none */
	enum nhi_file_owner owner;
};

struct nhi_conf {
	struct nhi_conf_top top;
	char *files[1 + NHI_LOAD_DROPINS];	/* names in places */
	size_t nfiles;
	enum nhi_file_owner owner;	/* whose files these must be */
	bool parsed;			/* every file; worth a lint */
};

/*
 * NHI_ERR_POLICY_UNREADABLE: there is no such policy, or it is not to be
 * trusted.  NHI_OK does not say that there was no fault.
 */
enum nhi_err	 nhi_load(const struct nhi_load_paths *, struct nhi_faults *,
		    struct nhi_conf **ret, struct nhi_why *) NHI_MUST;
void		 nhi_conf_free(struct nhi_conf *);
void		 nhi_conf_freep(struct nhi_conf **);

#endif
