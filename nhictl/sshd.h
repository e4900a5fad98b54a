/* SPDX-License-Identifier: BSD-2-Clause */
/* The installed sshd: what it knows, what it would do, and its reload. */
#ifndef NHI_NHICTL_SSHD_H
#define NHI_NHICTL_SSHD_H

#include "lib/base/buf.h"

/*
 * Does this sshd obey the line when it stands in a Match block?  Some do not
 * know it (and would not start), some take it and ignore it.  `shown` is what
 * sshd -T prints for it.
 */
enum nhi_err	 nhi_sshd_obeys(const char *line, const char *shown,
		    bool *ret_obeys, struct nhi_why *) NHI_MUST;

/*
 * sshd -t, on this text or (none) on the host's configuration; sshd's own
 * words are the reason.  Makes the empty directory that sshd needs where the
 * system has not made it yet.
 */
enum nhi_err	 nhi_sshd_test(struct nhi_span text, struct nhi_why *)
		    NHI_MUST;

/* Who comes from where, as sshd's Match sees it. */
struct nhi_sshd_who {
	const char *user;
	const char *host;
	const char *addr;
	const char *laddr;
	const char *lport;
};

/* The effective configuration for a connection: sshd -T -C. */
enum nhi_err	 nhi_sshd_effective(const struct nhi_sshd_who *,
		    struct nhi_buf *, struct nhi_why *) NHI_MUST;

/*
 * Have the running sshd read its configuration, and wait until it has, for
 * three seconds at most; none running is no error.
 */
enum nhi_err	 nhi_sshd_reload(struct nhi_why *) NHI_MUST;

#endif
