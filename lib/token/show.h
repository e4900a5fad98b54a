/* SPDX-License-Identifier: BSD-2-Clause */
/* A token as text for people, without verifying anything. */
#ifndef NHI_TOKEN_SHOW_H
#define NHI_TOKEN_SHOW_H

#include "lib/base/buf.h"

/*
 * Append header and claims as indented JSON in ASCII, with a line in front
 * that says that nothing was verified.  The signature is never shown.  The
 * codes of nhi_jws_split and nhi_json_parse; on error out is as it was.
 */
enum nhi_err	 nhi_token_show(struct nhi_span token, struct nhi_buf *,
		    struct nhi_why *) NHI_MUST;

#endif
