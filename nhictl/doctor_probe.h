/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor --probe: a throw-away key, certificates for it that must not open
 * anything, and one ssh with them.  All of it lies in a directory of its own
 * that goes with the probe.
 */
#ifndef NHI_NHICTL_DOCTOR_PROBE_H
#define NHI_NHICTL_DOCTOR_PROBE_H

#include "lib/ssh/private.h"
#include "nhictl/doctor.h"
#include "nhictl/proc.h"

#define NHI_PROBE_DIR_SIZE	32

struct nhi_probe {
	char dir[NHI_PROBE_DIR_SIZE];	/* "": none yet */
	struct nhi_ssh_private *user;
	struct nhi_ssh_private *other;	/* a CA that nobody trusts */
	struct nhi_ssh_private *ca;	/* NULL: this host issues nothing */
	const char *host;		/* its id */
	char account[NHI_NAME_MAX + 1];
	char address[64];		/* of the sshd that runs; "": none */
	unsigned int port;
};

/* Make directory and keys. */
enum nhi_err	 nhi_probe_open(const struct nhi_doctor *, struct nhi_probe *,
		    struct nhi_why *) NHI_MUST;
void		 nhi_probe_close(struct nhi_probe *);

enum nhi_probe_cert {
	NHI_PROBE_NONE,			/* the plain key */
	NHI_PROBE_PRINCIPAL,		/* for another principal */
	NHI_PROBE_EXPIRED,
	NHI_PROBE_SOURCE,		/* for another address */
	NHI_PROBE_FOREIGN,		/* by the other CA */
	NHI_PROBE_IDENTITY,		/* of an identity that there is not */
};

/* Write the certificate beside the key, or remove it. */
enum nhi_err	 nhi_probe_cert(const struct nhi_probe *, enum nhi_probe_cert,
		    int64_t now, struct nhi_why *) NHI_MUST;

#define NHI_PROBE_MARKER	"nhi-doctor-was-admitted"

/* To the sshd that runs, or to one of its own, with or without PAM. */
enum nhi_probe_server {
	NHI_PROBE_LIVE, NHI_PROBE_FRESH, NHI_PROBE_NO_PAM,
};

/* keys: offer the key; else anything but a key. */
struct nhi_probe_try {
	const char *user;
	const char *command;
	enum nhi_probe_server server;
	bool keys;
};
enum nhi_err	 nhi_probe_ssh(const struct nhi_probe *,
		    const struct nhi_probe_try *, struct nhi_buf *said,
		    int *ret_status, struct nhi_why *) NHI_MUST;

#endif
