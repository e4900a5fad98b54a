/* SPDX-License-Identifier: BSD-2-Clause */
/* The other published files: host, provider. */
#include "config.h"

#include "lib/base/policy.h"
#include "lib/base/provider.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(published)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_host_wipe) struct nhi_host host = { 0 };
	NHI_AUTO(nhi_provider_wipe) struct nhi_provider provider = { 0 };
	struct nhi_span text = fuzz_span(data, size);
	struct nhi_why why;

	fuzz_taken |= nhi_host_parse(text, &host, &why) == NHI_OK ||
	    nhi_provider_parse(text, &provider, &why) == NHI_OK;
	return 0;
}
