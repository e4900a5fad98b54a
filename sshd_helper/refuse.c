/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "sshd_helper/refuse.h"

int
nhi_ssh_refuse(int argc, char **argv)
{
	static const char *const reasons[] = {
		"policy", "token", "input", "busy", "fault",
		/* End of the public reasons */
	};
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(128);
	const char *reason = reasons[0];
	struct nhi_why why;

	for (size_t i = 0; argc == 1 &&
	    i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(argv[0], reasons[i]) == 0)
			reason = reasons[i];
	nhi_buf_printf(&line, "nhi: refused: %s -\n", reason);
	(void)!nhi_file_put(STDERR_FILENO, nhi_buf_all(&line), &why);
	return NHI_EXIT_REFUSED;
}
