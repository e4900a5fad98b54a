/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "nhictl/login.h"

#define DEPTH_MAX	256

struct process {
	char name[32];
	pid_t parent;
};

/* "1234 (name) S 1 ..."; the name may hold anything. */
static bool
read_process(pid_t pid, struct process *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf b = NHI_BUF(4096);
	const char *from, *to;
	struct nhi_span rest, word;
	char path[64];
	uint64_t parent;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &b, NULL) != NHI_OK ||
	    (from = strchr(nhi_buf_text(&b), '(')) == NULL ||
	    (to = strrchr(from, ')')) == NULL || strlen(to) < 5)
		return false;
	(void)snprintf(p->name, sizeof(p->name), "%.*s",
	    (int)(to - from - 1), from + 1);
	rest = nhi_span_str(to + 4);
	if (!nhi_span_cut(&rest, ' ', &word) ||
	    !nhi_num_parse(word, INT32_MAX, &parent))
		return false;
	p->parent = (pid_t)parent;
	return true;
}

static bool
is_sshd(const char *name)
{
	return strcmp(name, "sshd") == 0 || strcmp(name, "sshd-session") == 0;
}

/* The process whose start is that of the login; 0: there is none. */
static pid_t
find(void)
{
	struct process self, above;
	pid_t pid = getpid();

	for (int i = 0; i < DEPTH_MAX; i++) {
		if (!read_process(pid, &self) || self.parent <= 1 ||
		    !read_process(self.parent, &above))
			return 0;
		if (is_sshd(above.name))
			return self.parent;
		if (strcmp(above.name, "login") == 0)
			return pid;
		pid = self.parent;
	}
	return 0;
}

enum nhi_err
nhi_login_start(struct nhi_stamp *ret, struct nhi_why *why)
{
	struct nhi_stamp s = { .ticks = 0 };
	pid_t pid = find();
	enum nhi_err err;

	if (pid == 0)
		return nhi_fail(why, NHI_ERR_HOST, "this is not within a "
		    "login of sshd's or of the console's");
	if ((err = nhi_stamp_boot(s.boot, why)) != NHI_OK ||
	    (err = nhi_stamp_process(pid, &s.ticks, why)) != NHI_OK)
		return err;
	*ret = s;
	return NHI_OK;
}
