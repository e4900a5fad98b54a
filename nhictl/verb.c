/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs of nhictl, in the order in which its help shows them. */
#include "config.h"

#include <stddef.h>

#include "nhictl/nhictl.h"

const struct nhi_verb nhi_verbs[] = {
	{ "setup", "[--dry-run]",
	    "make users, directories and the lines in sshd, PAM and NSS",
	    nhi_verb_setup },
	/* End of nhi_verbs */
	{ NULL, NULL, NULL, NULL },
};
