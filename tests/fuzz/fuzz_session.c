/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a session. */
#include "config.h"

#include "lib/base/session.h"
#include "tests/fuzz/fuzz.h"

FUZZ_TARGET(session)(const uint8_t *data, size_t size)
{
	struct nhi_session s;
	struct nhi_why why;

	fuzz_file("1-2-3", data, size);
	if (nhi_session_read(fuzz_dir(), "1-2-3", &s, &why) != NHI_OK)
		return 0;
	fuzz_taken = true;
	(void)nhi_session_alive(&s);
	return 0;
}
