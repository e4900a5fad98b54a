/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A NumericDate (RFC 7519 2): any JSON number of seconds since 1970, fraction
 * and exponent included.  Read from its text, so that no floating point
 * rounds it, and kept as the whole seconds on both sides of it, so that each
 * check takes the one that lets less through.
 */
#ifndef NHI_TOKEN_DATE_H
#define NHI_TOKEN_DATE_H

#include "lib/base/buf.h"

#define NHI_DATE_MAX	(INT64_C(1) << 53)

struct nhi_date {
	int64_t down;		/* the last whole second that is not after */
	int64_t up;		/* the first one that is not before */
};

/*
 * A number as the JSON scan lets it through.  False: it is negative, over
 * NHI_DATE_MAX or none at all.
 */
bool	 nhi_date_parse(struct nhi_span, struct nhi_date *ret) NHI_MUST;

#endif
