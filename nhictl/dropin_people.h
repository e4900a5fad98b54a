/* SPDX-License-Identifier: BSD-2-Clause */
/* People: sshd must answer for them what it answered before. */
#ifndef NHI_NHICTL_DROPIN_PEOPLE_H
#define NHI_NHICTL_DROPIN_PEOPLE_H

#include "lib/base/buf.h"

struct nhi_sshd_places;

#define NHI_DROPIN_PEOPLE	(8U << 20)

/*
 * What sshd -T says for root, nobody, a name that nobody has, and some of the
 * users of /etc/passwd, from these places: the same ones before and after, for
 * a drop-in may tell more of them apart.
 */
enum nhi_err	 nhi_dropin_people(const struct nhi_sshd_places *,
		    struct nhi_buf *, struct nhi_why *) NHI_MUST;

/* The same byte for byte?  The reason is the first line that is not. */
enum nhi_err	 nhi_dropin_people_same(const struct nhi_buf *before,
		    const struct nhi_buf *after, struct nhi_why *) NHI_MUST;

#endif
