/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AuthorizedKeysCommand of the issuing account: any plain key may talk to the
 * issuer, and to nothing else.  It decides nothing and records nothing.  For
 * machine accounts see direct.h.
 */
#ifndef NHI_HELPER_KEYS_H
#define NHI_HELPER_KEYS_H

/* argv: user, key type, base64 (sshd's %u %t %k).  Always 0. */
int	 nhi_ssh_keys(int argc, char **argv);

#endif
