/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library finds by its name what is loaded already, and then maps no
 * file; so the filter need not let files become code.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "fetch/resolver.h"
#include "lib/base/file.h"

#define SWITCH_MAX	(1U << 20)
#define DATABASE	"hosts:"
#define NAME_MAX_BYTES	32

/* It stays: a lookup finds it where it is. */
static void
load(struct nhi_span name)
{
	char file[NAME_MAX_BYTES + sizeof("libnss_.so.2")];

	if (name.n > NAME_MAX_BYTES)
		return;
	(void)snprintf(file, sizeof(file), "libnss_%.*s.so.2", (int)name.n,
	    name.p);
	(void)dlopen(file, RTLD_NOW | RTLD_NODELETE);
}

static bool
in_word(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* "files mdns4_minimal [NOTFOUND=return] dns": what is in brackets is none. */
static void
load_all(struct nhi_span list)
{
	struct nhi_span word = { NULL, 0 };
	bool bracket = false;

	for (size_t i = 0; i <= list.n; i++) {
		char c = i < list.n ? list.p[i] : ' ';

		if (!bracket && in_word(c)) {
			word.p = word.n == 0 ? list.p + i : word.p;
			word.n++;
			continue;
		}
		if (word.n > 0)
			load(word);
		word.n = 0;
		bracket = c == '[' || (bracket && c != ']');
	}
}

/* A link on some systems; each lookup believes what it says. */
static void
read_switch(const char *path, struct nhi_buf *text)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && nhi_file_slurp(fd, text, NULL) != NHI_OK)
		text->n = 0;
}

void
nhi_resolver_load(const char *path)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(SWITCH_MAX);
	const size_t skip = sizeof(DATABASE) - 1;
	struct nhi_span rest, line, said;

	/* The C library's own choice where the file says nothing. */
	load(nhi_span_str("dns"));
	load(nhi_span_str("files"));
	/* The end of a thread may need it. */
	(void)dlopen("libgcc_s.so.1", RTLD_NOW | RTLD_NODELETE);
	read_switch(path, &text);
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		(void)nhi_span_cut(&line, '#', &said);
		while (said.n > 0 && (said.p[0] == ' ' || said.p[0] == '\t')) {
			said.p++;
			said.n--;
		}
		if (said.n > skip && memcmp(said.p, DATABASE, skip) == 0)
			load_all((struct nhi_span){ said.p + skip,
			    said.n - skip });
	}
}
