/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/user.h"

#define PASSWD_MAX	(64U << 20)	/* bytes looked through */
#define CHUNK		4096
#define LINE_ROOM	256		/* of a line, as far as it matters */

/* The start of the line that is being read. */
struct line {
	char p[LINE_ROOM];
	size_t n;
};

static bool
match(const struct line *line, const char *name, uid_t *ret)
{
	struct nhi_span rest = { line->p, line->n }, field;
	uint64_t uid;

	if (!nhi_span_cut(&rest, ':', &field) || !nhi_span_is(field, name) ||
	    !nhi_span_cut(&rest, ':', &field) ||
	    !nhi_span_cut(&rest, ':', &field) ||
	    !nhi_num_parse(field, UINT32_MAX - 1, &uid) || uid == 0)
		return false;
	*ret = (uid_t)uid;
	return true;
}

bool
nhi_user_find(const char *passwd, const char *name, uid_t *ret)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct line line = { .n = 0 };
	char chunk[CHUNK];
	size_t total = 0;
	ssize_t n;

	if (nhi_file_open(AT_FDCWD, passwd, NHI_FILE_OWN, &fd, NULL) != NHI_OK)
		return false;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0 &&
	    (total += (size_t)n) <= PASSWD_MAX) {
		for (ssize_t i = 0; i < n; i++) {
			if (chunk[i] == '\n' && match(&line, name, ret))
				return true;
			if (chunk[i] == '\n')
				line.n = 0;
			else if (line.n < sizeof(line.p))
				line.p[line.n++] = chunk[i];
		}
	}
	return n == 0 && match(&line, name, ret);
}
