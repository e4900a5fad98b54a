/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The strict reader in front of json-c, which takes duplicate names, odd
 * numbers and ill-formed UTF-8 without a word.  What passes here has one
 * meaning for every parser.
 */
#ifndef NHI_TOKEN_SCAN_H
#define NHI_TOKEN_SCAN_H

#include "lib/base/buf.h"

#define NHI_SCAN_MAX		(512U << 10)	/* bytes of a text */
#define NHI_SCAN_DEPTH		16		/* objects and arrays */
#define NHI_SCAN_MEMBERS	256		/* of one object */
#define NHI_SCAN_VALUES		16384		/* of the whole text */

/*
 * One JSON value and nothing after it (RFC 8259): well-formed UTF-8, no
 * member name twice in an object (RFC 7515 4, RFC 7519 4; compared after
 * unescaping), no U+0000, no lone surrogate.  NHI_ERR_JSON,
 * NHI_ERR_JSON_DUPLICATE, NHI_ERR_JSON_DEPTH, NHI_ERR_UTF8.
 */
enum nhi_err	 nhi_scan_json(struct nhi_span, struct nhi_why *) NHI_MUST;

#endif
