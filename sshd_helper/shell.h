/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The login shell of the issuing account.  Whatever the road in, it runs the
 * issuer or nothing: exactly `-c '<its own path> issue <type> <base64>'` with
 * SSH_ORIGINAL_COMMAND as the account asked for.
 */
#ifndef NHI_HELPER_SHELL_H
#define NHI_HELPER_SHELL_H

#include "lib/ssh/key.h"

/*
 * What sshd hands over: the text behind -c, and SSH_ORIGINAL_COMMAND (NULL:
 * none).  NHI_OK with the key that the client proved, or NHI_ERR_INPUT with a
 * sentence for the record.
 */
enum nhi_err	 nhi_ssh_shell_parse(const char *command, const char *account,
		    struct nhi_ssh_key **ret, struct nhi_why *) NHI_MUST;

/* argv: the whole vector, argv[0] included. */
int		 nhi_ssh_shell(int argc, char **argv);

#endif
