/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments of a pam_nhi line, a line each. */
#include "config.h"

#include <string.h>

#include "pam_nhi/call.h"
#include "tests/fuzz/fuzz.h"

#define ARGUMENTS	32

FUZZ_TARGET(arguments)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_free) char *text = fuzz_text(data, size);
	const char *argv[ARGUMENTS];
	struct nhi_pam_call c = { .token_file = NULL };
	struct nhi_why why = { "" };
	char *save = NULL;
	int argc = 0;

	for (char *p = strtok_r(text, "\n", &save);
	    p != NULL && argc < ARGUMENTS; p = strtok_r(NULL, "\n", &save))
		argv[argc++] = p;
	if (nhi_pam_arguments(&c, argc, argv, &why) != NHI_OK) {
		MUST(strstr(why.text, "unknown module argument") != NULL);
		return 0;
	}
	fuzz_taken = true;
	for (int i = 0; i < argc; i++)
		MUST(strcmp(argv[i], "defer") == 0 ||
		    strstr(argv[i], "_first_pass") == argv[i] + 3 ||
		    strncmp(argv[i], "token_file=/", 12) == 0);
	MUST(c.token_file == NULL || c.token_file[0] == '/');
	return 0;
}
