/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling libcurl "HTTPS and nothing else", as its version wants it told. */
#ifndef NHI_FETCH_PROTOCOL_H
#define NHI_FETCH_PROTOCOL_H

#include <curl/curl.h>
#include <stdbool.h>

bool	 nhi_protocol_limit(CURL *);

#endif
