/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-sshd-helper: what sshd runs.  The words `keys`, `principals` and
 * `refuse` are its drop-in's; anything else is a login of the issuing account.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "sshd_helper/keys.h"
#include "sshd_helper/principals.h"
#include "sshd_helper/refuse.h"
#include "sshd_helper/shell.h"

#define ALARM_S	10	/* sshd itself has no time limit for commands */

int
main(int argc, char *argv[])
{
	static const struct {
		const char *word;
		int (*run)(int, char **);
	} words[] = {
		{ "keys", nhi_ssh_keys },
		{ "principals", nhi_ssh_principals },
		{ "refuse", nhi_ssh_refuse },
		/* End of the words */
	};

	(void)alarm(ALARM_S);
	for (size_t i = 0; argc >= 2 &&
	    i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(argv[1], words[i].word) == 0)
			return words[i].run(argc - 2, argv + 2);
	return nhi_ssh_shell(argc, argv);
}
