/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AuthorizedPrincipalsCommand of the machine accounts: may this certificate,
 * whose CA sshd trusts, be this account?  Runs before the key is proved, so it
 * grants nothing in the trail; a certificate of ours that is refused is let
 * in to be told so (`refuse`), which costs its address no penalty.
 */
#ifndef NHI_HELPER_PRINCIPALS_H
#define NHI_HELPER_PRINCIPALS_H

/* argv: user, key id, serial, CA fingerprint, base64 (%u %i %s %F %k). */
int	 nhi_ssh_principals(int argc, char **argv);

#endif
