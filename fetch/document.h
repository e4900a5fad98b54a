/* SPDX-License-Identifier: BSD-2-Clause */
/* What a provider's two documents may say. */
#ifndef NHI_FETCH_DOCUMENT_H
#define NHI_FETCH_DOCUMENT_H

#include "lib/base/cache.h"

/* <url>/.well-known/openid-configuration; false when it does not fit. */
bool		 nhi_document_address(const char *url,
		    char out[static NHI_CACHE_URL + 1]);

/*
 * The address of the key set out of a discovery document, whose issuer must
 * be this url byte for byte (OpenID Connect Discovery 1.0, 4.3).
 * NHI_ERR_FETCH_ANSWER, NHI_ERR_FETCH_ISSUER.
 */
enum nhi_err	 nhi_document_discovery(struct nhi_span, const char *url,
		    char out[static NHI_CACHE_URL + 1], struct nhi_why *)
		    NHI_MUST;

/*
 * A key set with at least one key that can verify something; ret_keys gets
 * the number of its keys.  NHI_ERR_JWKS.
 */
enum nhi_err	 nhi_document_keys(struct nhi_span, int64_t *ret_keys,
		    struct nhi_why *) NHI_MUST;

#endif
