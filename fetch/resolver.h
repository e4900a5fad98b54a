/* SPDX-License-Identifier: BSD-2-Clause */
/* Code that looking up a name takes from files, while files still give some. */
#ifndef NHI_FETCH_RESOLVER_H
#define NHI_FETCH_RESOLVER_H

#define NHI_RESOLVER_SWITCH	"/etc/nsswitch.conf"

/*
 * Load the modules that this file names for hosts.  One that cannot be loaded
 * is missed when a name is looked up, as it would be without us.
 */
void	 nhi_resolver_load(const char *path);

#endif
