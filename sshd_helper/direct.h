/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AuthorizedKeysCommand of the machine accounts, where policy has the direct
 * road: may this certificate, which its own key signed, be this account by the
 * token in it?  Runs before the key is proved: it spends nothing and grants
 * nothing in the trail.  Whoever holds a token that fits an identity, and is
 * refused, is let in to be told so; nobody else is.
 */
#ifndef NHI_HELPER_DIRECT_H
#define NHI_HELPER_DIRECT_H

/*
 * argv: user, key type, base64, and both ends of the connection where sshd can
 * tell them (its %u %t %k %C).  Always 0.
 */
int	 nhi_ssh_direct(int argc, char **argv);

#endif
