/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "nhictl/proc.h"

#define DEADLINE_S	60

static char *const environment[] = {
	(char []){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin" },
	(char []){ "LC_ALL=C" },
	(char []){ "HOME=/" },
	NULL
};

struct streams {
	int in, out, err;
};

static void
streams_close(struct streams *s)
{
	nhi_fd_close(&s->in);
	nhi_fd_close(&s->out);
	nhi_fd_close(&s->err);
}

/*
 * Files in memory and not pipes: the program cannot block on us, and a
 * daemon that it leaves behind cannot hold us up.
 */
static enum nhi_err
streams_open(struct streams *s, struct nhi_span input, struct nhi_why *why)
{
	enum nhi_err err;

	if ((s->in = memfd_create("in", MFD_CLOEXEC)) < 0 ||
	    (s->out = memfd_create("out", MFD_CLOEXEC)) < 0 ||
	    (s->err = memfd_create("err", MFD_CLOEXEC)) < 0)
		return nhi_fail(why, NHI_ERR_STATE, "memfd_create: %s",
		    strerror(errno));
	if ((err = nhi_file_put(s->in, input, why)) != NHI_OK)
		return err;
	if (lseek(s->in, 0, SEEK_SET) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "lseek: %s",
		    strerror(errno));
	return NHI_OK;
}

static void __attribute__((noreturn))
become(const char *const argv[], const struct streams *s, const sigset_t *mask)
{
	char *args[64];
	size_t n = 0;

	while (n < sizeof(args) / sizeof(args[0]) - 1 && argv[n] != NULL) {
		/* execve(2) wants char *const [] and changes nothing. */
		memcpy(&args[n], &argv[n], sizeof(args[n]));
		n++;
	}
	args[n] = NULL;
	if (argv[n] == NULL && dup2(s->in, 0) == 0 && dup2(s->out, 1) == 1 &&
	    dup2(s->err, 2) == 2 && chdir("/") == 0 &&
	    sigprocmask(SIG_SETMASK, mask, NULL) == 0)
		(void)execve(args[0], args, environment);
	_exit(127);
}

/* True: something has ended.  The moment of the deadline is the caller's. */
static bool
wait_child(int64_t deadline)
{
	int64_t left = deadline - nhi_clock_ms();
	struct timespec wait = { .tv_sec = left / 1000,
	    .tv_nsec = left % 1000 * 1000000 };
	sigset_t chld;

	if (left <= 0)
		return false;
	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	return sigtimedwait(&chld, NULL, &wait) >= 0 || errno != EAGAIN;
}

static enum nhi_err
reap(pid_t pid, const char *name, int *ret_status, struct nhi_why *why)
{
	int64_t deadline = nhi_clock_ms() + DEADLINE_S * 1000;
	int status = -1;
	pid_t r;

	while ((r = waitpid(pid, &status, WNOHANG)) == 0 ||
	    (r < 0 && errno == EINTR)) {
		if (r == 0 && !wait_child(deadline)) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return nhi_fail(why, NHI_ERR_STATE,
			    "%s: not done after %d s", name, DEADLINE_S);
		}
	}
	/* The number is nobody's by now, or somebody else's. */
	if (r != pid)
		return nhi_fail(why, NHI_ERR_STATE, "%s: waitpid: %s", name,
		    strerror(errno));
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
	return NHI_OK;
}

static enum nhi_err
fork_reap(const struct nhi_proc *p, const struct streams *s,
    const sigset_t *mask, int *ret_status, struct nhi_why *why)
{
	pid_t pid = fork();

	if (pid == 0)
		become(p->argv, s, mask);
	if (pid < 0)
		return nhi_fail(why, NHI_ERR_STATE, "fork: %s",
		    strerror(errno));
	return reap(pid, p->argv[0], ret_status, why);
}

/* Where SIGCHLD is ignored, as env(1) can have it, nobody is left to wait for. */
static enum nhi_err
start(const struct nhi_proc *p, const struct streams *s, int *ret_status,
    struct nhi_why *why)
{
	struct sigaction told = { .sa_handler = SIG_DFL }, before;
	sigset_t chld, old;
	enum nhi_err err;

	(void)sigemptyset(&chld);
	(void)sigaddset(&chld, SIGCHLD);
	if (sigaction(SIGCHLD, &told, &before) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "sigaction: %s",
		    strerror(errno));
	(void)sigprocmask(SIG_BLOCK, &chld, &old);
	err = fork_reap(p, s, &old, ret_status, why);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	(void)sigaction(SIGCHLD, &before, NULL);
	return err;
}

enum nhi_err
nhi_proc_run(struct nhi_proc *p, struct nhi_why *why)
{
	NHI_AUTO(streams_close) struct streams s = { -1, -1, -1 };
	int status = -1;
	enum nhi_err err;

	if ((err = streams_open(&s, p->input, why)) != NHI_OK ||
	    (err = start(p, &s, &status, why)) != NHI_OK)
		return err;
	if (status == 127)
		return nhi_fail(why, NHI_ERR_STATE, "%s: cannot be run",
		    p->argv[0]);
	if (lseek(s.out, 0, SEEK_SET) != 0 || lseek(s.err, 0, SEEK_SET) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "lseek: %s",
		    strerror(errno));
	if ((err = nhi_file_slurp(s.out, &p->out, why)) != NHI_OK ||
	    (err = nhi_file_slurp(s.err, &p->err, why)) != NHI_OK)
		return err;
	p->status = status;
	return NHI_OK;
}

void
nhi_proc_wipe(struct nhi_proc *p)
{
	nhi_buf_wipe(&p->out);
	nhi_buf_wipe(&p->err);
}

struct nhi_span
nhi_proc_last(const struct nhi_buf *b)
{
	struct nhi_span rest = nhi_buf_all(b), line, last = NHI_SPAN("");

	while (nhi_span_cut(&rest, '\n', &line)) {
		if (line.n > 0)
			last = line;
	}
	if (last.n > 0 && last.p[last.n - 1] == '\r')
		last.n--;
	return last;
}

enum nhi_err
nhi_proc_must(const char *const argv[], struct nhi_why *why)
{
	return nhi_proc_feed(argv, NHI_SPAN(""), why);
}

enum nhi_err
nhi_proc_feed(const char *const argv[], struct nhi_span input,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(argv);
	struct nhi_span last;
	enum nhi_err err;

	p.input = input;
	if ((err = nhi_proc_run(&p, why)) != NHI_OK)
		return err;
	if (p.status != 0) {
		last = nhi_proc_last(p.err.n > 0 ? &p.err : &p.out);
		return nhi_fail(why, NHI_ERR_STATE, "%s: exit %d: %.*s",
		    argv[0], p.status, (int)last.n, last.p);
	}
	return NHI_OK;
}

bool
nhi_proc_find(const char *name, char out[NHI_PROC_PATH])
{
	static const char *const dirs[] = {
		"/usr/sbin", "/usr/bin", "/sbin", "/bin"
	};
	char path[NHI_PROC_PATH];
	struct stat st;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", dirs[i], name);

		if (n < 0 || (size_t)n >= sizeof(path))
			continue;
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_uid == 0 && (st.st_mode & 022) == 0 &&
		    (st.st_mode & 0111) != 0) {
			memcpy(out, path, sizeof(path));
			return true;
		}
	}
	return false;
}
