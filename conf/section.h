/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over a tree of settings by the table of schema.h. */
#ifndef NHI_CONF_SECTION_H
#define NHI_CONF_SECTION_H

#include <libconfig.h>

#include "conf/schema.h"

/*
 * Load a group into the section's struct.  Called again for the top of the
 * next file it adds to lists of groups, and what is set already is a fault.
 */
void	 nhi_section_load(const struct nhi_section *, const config_setting_t *,
	    struct nhi_place, void *base, struct nhi_faults *);

/* Fill in the defaults of what was not set, inner sections too. */
void	 nhi_section_defaults(const struct nhi_section *, void *base,
	    struct nhi_faults *);

#endif
