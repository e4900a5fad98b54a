/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, read by the parser that will use them: libcurl's own. */
#ifndef NHI_FETCH_URL_H
#define NHI_FETCH_URL_H

#include "lib/base/rules.h"

/* An https:// address without user or fragment, short enough? */
bool	 nhi_url_valid(const char *);

/* Have two addresses the same host and port? */
bool	 nhi_url_same_host(const char *, const char *);

/* Is its host one of these? */
bool	 nhi_url_listed(const struct nhi_list *hosts, const char *);

#endif
