/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CA keys that sign no more and are trusted here no more.  What they signed
 * may be valid on another host for a while, and may be revoked in that time.
 * A line of the file is "<seconds since 1970> <type> <base64> <host>": until
 * when something that the key signed can be valid.
 */
#ifndef NHI_NHICTL_CA_RETIRED_H
#define NHI_NHICTL_CA_RETIRED_H

#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/ssh/key.h"

struct nhi_ssh_trusted;

#define NHI_CA_RETIRED	NHI_CA_DIR "/retired"

/* From now on it is one of them; who is over goes. */
enum nhi_err	 nhi_ca_retired_add(const struct nhi_ssh_key *, int64_t now,
		    struct nhi_why *) NHI_MUST;

/* Those of which something may be valid now. */
enum nhi_err	 nhi_ca_retired_load(int64_t now, struct nhi_ssh_trusted **ret,
		    struct nhi_why *) NHI_MUST;

#endif
