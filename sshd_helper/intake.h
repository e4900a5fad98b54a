/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the token from the client: bounded in size and time. */
#ifndef NHI_ISSUE_INTAKE_H
#define NHI_ISSUE_INTAKE_H

#include "lib/base/buf.h"

#define NHI_INTAKE_BYTES	65536
#define NHI_INTAKE_MS		10000

/*
 * Everything up to the end of input, one trailing newline off.
 * NHI_ERR_EMPTY, NHI_ERR_TOO_LARGE, NHI_ERR_TIMEOUT, NHI_ERR_STATE.
 */
enum nhi_err	 nhi_intake_read(int fd, int64_t deadline_ms,
		    struct nhi_buf *ret, struct nhi_why *) NHI_MUST;

#endif
