/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the issuing shell is asked: the words behind its own path, the account,
 * SSH_CONNECTION, a line each.
 */
#include "config.h"

#include <string.h>

#include "lib/base/name.h"
#include "lib/base/paths.h"
#include "lib/base/source.h"
#include "sshd_helper/shell.h"
#include "tests/fuzz/fuzz.h"

/* Cut the text at the next newline. */
static char *
line(char **rest)
{
	char *text = *rest, *end = strchr(text, '\n');

	*rest = end == NULL ? text + strlen(text) : end + 1;
	if (end != NULL)
		*end = '\0';
	return text;
}

FUZZ_TARGET(request)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_free) char *text = fuzz_text(data, size);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf command = NHI_BUF(1 << 16);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf again = NHI_BUF(1 << 16);
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	char *rest = text, *words = line(&rest), *account = line(&rest);
	char source[NHI_SOURCE_SIZE];
	struct nhi_why why = { "" };

	if (nhi_source_from_connection(line(&rest), source))
		MUST(strlen(source) < sizeof(source));
	nhi_buf_printf(&command, "%s%s", NHI_HELPER, words);
	if (nhi_ssh_shell_parse(nhi_buf_text(&command), account, &key,
	    &why) != NHI_OK) {
		MUST(key == NULL && why.text[0] != '\0');
		return 0;
	}
	/* There is one way to ask. */
	fuzz_taken = true;
	MUST(nhi_name_valid(account));
	nhi_buf_str(&again, NHI_HELPER " issue ");
	nhi_ssh_key_format(key, &again);
	MUST(nhi_span_equal(nhi_buf_all(&command), nhi_buf_all(&again)));
	return 0;
}
