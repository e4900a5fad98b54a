/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a connection comes from, and when it may. */
#ifndef NHI_BASE_SOURCE_H
#define NHI_BASE_SOURCE_H

#include "lib/base/rules.h"

#define NHI_SOURCE_SIZE	64

/*
 * The first field of SSH_CONNECTION, canonical (an IPv4-mapped IPv6 address
 * is IPv4; a zone is cut).  False when it is no address.
 */
bool	 nhi_source_from_connection(const char *ssh_connection,
	    char ret[static NHI_SOURCE_SIZE]);

/* What is counted as one source: IPv4 /32, IPv6 /64. */
bool	 nhi_source_key(const char *address, char ret[static NHI_SOURCE_SIZE]);

/* "10.0.0.0/8", "2001:db8::/32" or a plain address; no host bits. */
bool	 nhi_source_cidr_valid(const char *cidr);

/* Is it none only because bits are set behind its prefix? */
bool	 nhi_source_cidr_host(const char *cidr);

/* Is it of fe80::/10?  Such an address comes to sshd with its zone. */
bool	 nhi_source_cidr_local(const char *cidr);

/* Is the address in one of them?  An empty list admits everything. */
bool	 nhi_source_in(const char *address, const struct nhi_list *cidrs);

/*
 * Windows: "mon-fri 08:00-18:00", "daily 22:00-02:00", "sat 00:00-24:00", in
 * UTC.  An empty list is always open.
 */
bool	 nhi_window_valid(const char *window);
bool	 nhi_window_open(const struct nhi_list *windows, int64_t now);

#endif
