/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exits 0 whatever happens: on any other status sshd logs the command line,
 * key and all, at ERROR.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/ssh/key.h"
#include "sshd_helper/direct.h"
#include "sshd_helper/keys.h"

#define LINE_MAX_BYTES	(4 * NHI_SSH_KEY_MAX)

int
nhi_ssh_keys(int argc, char **argv)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(LINE_MAX_BYTES);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(LINE_MAX_BYTES);
	struct nhi_why why;

	if (argc != 3 && argc != 4)
		return 0;
	if (strcmp(argv[0], NHI_ISSUER_USER) != 0)
		return nhi_ssh_direct(argc, argv);
	/* A certificate is no plain key and does not parse as one. */
	if (nhi_ssh_key_parse(nhi_span_str(argv[1]), nhi_span_str(argv[2]),
	    &key, &why) != NHI_OK)
		return 0;
	nhi_ssh_key_format(key, &text);
	nhi_buf_printf(&line, "restrict,command=\"%s issue %s\" %s\n",
	    NHI_HELPER, nhi_buf_text(&text), nhi_buf_text(&text));
	if (nhi_buf_check(&text, &why) == NHI_OK &&
	    nhi_buf_check(&line, &why) == NHI_OK)
		(void)!nhi_file_put(STDOUT_FILENO, nhi_buf_all(&line), &why);
	return 0;
}
