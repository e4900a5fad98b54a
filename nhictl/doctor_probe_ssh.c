/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One ssh of a probe, and the sshd that it may have for itself: a failed
 * login would count against 127.0.0.1 with the sshd that runs (since OpenSSH
 * 9.8), and lock out whoever comes from there.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "nhictl/doctor_probe.h"

#define DEADLINE_S	20
#define TCP_TABLE	"/proc/net/tcp"
#define TCP_FIELDS	3	/* between the state and the user */
#define BACKLOG		16

/* A socket on 127.0.0.1 with a port that is free. */
static int
listen_here(unsigned int *ret_port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 ||
	    listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0) {
		nhi_fd_close(&fd);
		return -1;
	}
	*ret_port = ntohs(a.sin_port);
	return fd;
}

/* In a line of TCP_TABLE, from behind the state: is the user root? */
static bool
is_root(const char *p)
{
	for (int i = 0; i < TCP_FIELDS; i++) {
		p += strspn(p, " ");
		p += strcspn(p, " ");
	}
	p += strspn(p, " ");
	return p[0] == '0' && p[1] == ' ';
}

/*
 * Does the other end belong to root?  Only while it is established (01): the
 * end that was closed is root's whoever had it.
 */
static bool
is_ours(int fd)
{
	struct sockaddr_in here = { 0 }, peer = { 0 };
	socklen_t n = sizeof(here), m = sizeof(peer);
	char wanted[64], line[256];
	const char *p = NULL;
	FILE *f;

	if (getsockname(fd, (struct sockaddr *)&here, &n) != 0 ||
	    getpeername(fd, (struct sockaddr *)&peer, &m) != 0 ||
	    (f = fopen(TCP_TABLE, "re")) == NULL)
		return false;
	(void)snprintf(wanted, sizeof(wanted), " %08X:%04X %08X:%04X 01 ",
	    peer.sin_addr.s_addr, ntohs(peer.sin_port),
	    here.sin_addr.s_addr, ntohs(here.sin_port));
	while (p == NULL && fgets(line, sizeof(line), f) != NULL)
		p = strstr(line, wanted);
	(void)fclose(f);
	return p != NULL && is_root(p + strlen(wanted));
}

/* Without PAM sshd may let in whom the host does not: only our own ssh. */
static int
accept_ours(int listener)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0 && !is_ours(fd))
		(void)close(fd);
	return fd;
}

/*
 * sshd -i for one connection.  A session of its own, as sshd makes each of
 * its connections one.
 */
static void __attribute__((noreturn))
serve(int listener, const char *sshd, bool pam)
{
	char *const argv[] = { (char []){ "sshd" }, (char []){ "-i" },
	    pam ? NULL : (char []){ "-oUsePAM=no" }, NULL };
	char *const environment[] = {
		(char []){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin" }, NULL };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), fd;
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)alarm(DEADLINE_S);
	fd = accept_ours(listener);
	if (fd >= 0 && setsid() > 0 && dup2(fd, 0) == 0 &&
	    dup2(fd, 1) == 1 && dup2(null, 2) == 2)
		(void)execve(sshd, argv, environment);
	_exit(127);
}

static enum nhi_err
start(bool pam, pid_t *ret_pid, unsigned int *ret_port, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char sshd[NHI_PROC_PATH];
	pid_t pid;

	if (!nhi_proc_find("sshd", sshd))
		return nhi_fail(why, NHI_ERR_HOST, "sshd is not installed");
	if ((fd = listen_here(ret_port)) < 0)
		return nhi_fail(why, NHI_ERR_STATE, "127.0.0.1: %s",
		    strerror(errno));
	if ((pid = fork()) == 0)
		serve(fd, sshd, pam);
	if (pid < 0)
		return nhi_fail(why, NHI_ERR_STATE, "fork: %s",
		    strerror(errno));
	*ret_pid = pid;
	return NHI_OK;
}

/* It ends with its connection; one that nobody came to does not. */
static void
end(pid_t pid)
{
	int status;

	if (pid <= 0)
		return;
	for (int i = 0; i < 100; i++) {
		if (waitpid(pid, &status, WNOHANG) != 0)
			return;
		(void)usleep(20000);
	}
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, &status, 0);
}

/* Its own words, so that the caller's files and agent play no part. */
static enum nhi_err
run(const struct nhi_probe *p, const struct nhi_probe_try *t,
    unsigned int port, struct nhi_proc *proc, struct nhi_why *why)
{
	char ssh[NHI_PROC_PATH], key[64], number[16], who[128];
	const char *const argv[] = { ssh, "-F", "/dev/null", "-T", "-x", "-a",
	    "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes",
	    "-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=no",
	    "-o", "UserKnownHostsFile=/dev/null",
	    "-o", "GlobalKnownHostsFile=/dev/null",
	    "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR",
	    "-o", t->keys ? "PreferredAuthentications=publickey" :
	    "PubkeyAuthentication=no", "-i", key, "-p", number, who,
	    t->command, NULL };

	if (!nhi_proc_find("ssh", ssh))
		return nhi_fail(why, NHI_ERR_HOST, "ssh is not installed");
	(void)snprintf(key, sizeof(key), "%s/key", p->dir);
	(void)snprintf(number, sizeof(number), "%u", port);
	(void)snprintf(who, sizeof(who), "%s@%s", t->user,
	    t->server == NHI_PROBE_LIVE ? p->address : "127.0.0.1");
	proc->argv = argv;
	return nhi_proc_run(proc, why);
}

enum nhi_err
nhi_probe_ssh(const struct nhi_probe *p, const struct nhi_probe_try *t,
    struct nhi_buf *said, int *ret_status, struct nhi_why *why)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc proc = NHI_PROC(NULL);
	unsigned int port = p->port;
	enum nhi_err err;
	pid_t pid = 0;

	if (t->server != NHI_PROBE_LIVE && (err = start(
	    t->server == NHI_PROBE_FRESH, &pid, &port, why)) != NHI_OK)
		return err;
	err = run(p, t, port, &proc, why);
	end(pid);
	if (err != NHI_OK)
		return err;
	nhi_buf_span(said, nhi_buf_all(&proc.out));
	nhi_buf_span(said, nhi_buf_all(&proc.err));
	*ret_status = proc.status;
	return nhi_buf_check(said, why);
}
