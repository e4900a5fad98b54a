/* SPDX-License-Identifier: BSD-2-Clause */
/* The few header fields of an answer that matter (RFC 9110, RFC 9111). */
#ifndef NHI_FETCH_HEADER_H
#define NHI_FETCH_HEADER_H

#include "fetch/http.h"

/*
 * Take in one line as it came.  A status line forgets what an earlier answer
 * said; what is malformed or too long is left out.
 */
void	 nhi_header_take(struct nhi_span line, struct nhi_http_answer *);

#endif
