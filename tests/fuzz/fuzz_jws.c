/* SPDX-License-Identifier: BSD-2-Clause */
/* The compact serialisation and the protected header. */
#include "config.h"

#include "lib/base/rules.h"
#include "lib/token/jws.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(jws)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_jws_wipe) struct nhi_jws jws = NHI_JWS;
	struct nhi_span token = fuzz_span(data, size);
	struct nhi_why why;

	if (nhi_jws_split(&jws, token, &why) != NHI_OK)
		return 0;
	MUST(jws.input.n < token.n && token.p[jws.input.n] == '.');
	if (nhi_jws_read_header(&jws, &why) == NHI_OK &&
	    nhi_jws_pin(&jws, NHI_ALG_ALL, &why) == NHI_OK)
		fuzz_taken = true;
	MUST((jws.alg & (jws.alg - 1)) == 0);
	return 0;
}
