/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhi-drop: the only set-uid program.  One word in, the fixed program under
 * its fixed user out.  It exists because nhi-verify must run under a user of
 * its own whoever asks (the issuer, or root inside sshd), and because a
 * set-uid file owned by that user could be rewritten by it.
 *
 * Everything up to become() runs as root: it reads one word of the command
 * line and one inode, nothing else.  Static, so that no loader obeys anybody.
 */
#include "config.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"

#define ALARM_S		5	/* more than anybody waits for it */
#define FD_FALLBACK_MAX	65536
#define SIGNALS		64

static const struct word {
	const char *word;
	const char *program;
	const char *identity;	/* a file owned by the user it runs as */
} words[] = {
	{ "verify", NHI_VERIFY, NHI_ID_VERIFY },
	{ "fetch", NHI_FETCH, NHI_ID_FETCH },
	/* End of the words */
};

static const struct word *
find(const char *s)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(s, words[i].word) == 0)
			return &words[i];
	return NULL;
}

/* For good: all uids and gids, no groups, and no way back. */
static int
become(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (uid == 0 || gid == 0 || geteuid() != 0)
		return -1;
	if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 ||
	    setresuid(uid, uid, uid) != 0)
		return -1;
	/* A caller's securebits may have kept the capabilities. */
	if (setuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0)
		return -1;
	if (getresuid(&r, &e, &s) != 0 || getresgid(&rg, &eg, &sg) != 0)
		return -1;
	return r == uid && e == uid && s == uid && rg == gid && eg == gid &&
	    sg == gid ? 0 : -1;
}

static void
close_from(unsigned int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0U) == 0)
		return;
#endif
	for (unsigned int fd = first; fd < FD_FALLBACK_MAX; fd++)
		(void)close((int)fd);
}

static int
reset(void)
{
	static const struct rlimit none = { 0, 0 };
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t set;

	for (int i = 1; i <= SIGNALS; i++)
		(void)sigaction(i, &sa, NULL);
	(void)sigemptyset(&set);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(077);
	return chdir("/");
}

int
main(int argc, char *argv[])
{
	static char *const nothing[] = { NULL };
	const struct word *w;
	struct stat st;
	unsigned int keep = 3;

	if (argc < 2 || (w = find(argv[1])) == NULL)
		return NHI_EXIT_USAGE;
	if (lstat(w->identity, &st) != 0 || !S_ISREG(st.st_mode) ||
	    become(st.st_uid, st.st_gid) != 0)
		return NHI_EXIT_FAULT;

	/* From here on nothing is privileged. */
	if (reset() != 0)
		return NHI_EXIT_FAULT;
	argv++;
	/* "+3": descriptor 3 is meant to be inherited. */
	if (argc > 2 && strcmp(argv[1], "+3") == 0) {
		keep = 4;
		argv[1] = argv[0];
		argv++;
	}
	close_from(keep);
	(void)alarm(ALARM_S);
	(void)execve(w->program, argv, nothing);
	return NHI_EXIT_FAULT;
}
