/* SPDX-License-Identifier: BSD-2-Clause */
/* libcurl before 7.85. */
#include "config.h"

#include "fetch/protocol.h"

bool
nhi_protocol_limit(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS,
	    (long)CURLPROTO_HTTPS) == CURLE_OK && curl_easy_setopt(c,
	    CURLOPT_REDIR_PROTOCOLS, (long)CURLPROTO_HTTPS) == CURLE_OK;
}
