/* SPDX-License-Identifier: BSD-2-Clause */
/* The payload and the registered claims. */
#include "config.h"

#include "lib/base/rules.h"
#include "lib/token/claims.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(claims)(const uint8_t *data, size_t size)
{
	struct nhi_issuer issuer = {
		.url = (char[]){ "https://issuer.example.com" },
		.skew = 60, .max_lifetime = 3600, .max_age = 600,
		.need_iss = size % 2 == 0, .bind_key = size % 3 == 0,
		.audience = { (char *[]){ (char[]){ "ssh://web-1" } }, 1 },
	};
	struct nhi_claims claims = { .exp = { 0, 0 } };
	struct nhi_why why;

	/* Whoever gave it room wipes it, also after a failure. */
	if (nhi_claims_read(fuzz_span(data, size), &claims, &why) != NHI_OK) {
		nhi_json_wipe(&claims.all);
		return 0;
	}
	fuzz_taken |= nhi_claims_check_issuer(&claims, &issuer, &why) ==
	    NHI_OK && nhi_claims_check_audience(&claims, &issuer, "SHA256:x",
	    &why) == NHI_OK && nhi_claims_check_times(&claims, &issuer,
	    1800000000, &why) == NHI_OK;
	(void)!nhi_claims_check_binding(&claims, &issuer, "SHA256:x", &why);
	nhi_json_wipe(&claims.all);
	return 0;
}
