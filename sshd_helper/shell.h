/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The login shell of the issuing account.  Whatever the road in, it runs the
 * issuer or nothing: exactly `-c '<its own path> issue <type> <base64>'` with
 * SSH_ORIGINAL_COMMAND as the account asked for.
 */
#ifndef NHI_HELPER_SHELL_H
#define NHI_HELPER_SHELL_H

/* argv: the whole vector, argv[0] included. */
int	 nhi_ssh_shell(int argc, char **argv);

#endif
