/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "fetch/protocol.h"

bool
nhi_protocol_limit(CURL *c)
{
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https") ==
	    CURLE_OK && curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR,
	    "https") == CURLE_OK;
}
