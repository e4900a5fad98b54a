/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of expectations. */
#include "config.h"

#include "conf/expect.h"
#include "conf/fault.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(expect)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_expect_wipe) struct nhi_expects expects = { 0 };
	struct nhi_why why;

	fuzz_file("expect", data, size);
	fuzz_taken |= nhi_expect_load(fuzz_path("expect"), &faults, &expects,
	    &why) == NHI_OK;
	return 0;
}
