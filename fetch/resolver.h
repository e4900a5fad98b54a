/* SPDX-License-Identifier: BSD-2-Clause */
/* Code that looking up a name takes from files, while files still give some. */
#ifndef NHI_FETCH_RESOLVER_H
#define NHI_FETCH_RESOLVER_H

/*
 * Load the modules that nsswitch.conf names for hosts.  One that cannot be
 * loaded is missed when a name is looked up, as it would be without us.
 */
void	 nhi_resolver_load(void);

#endif
