/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/spawn.h"
#include "nhictl/proc.h"
#include "nhictl/sshd.h"

#define PID_LIMIT	4194304
#define BACK_MS		3000
#define BACK_STEP_NS	5000000

static enum nhi_err
find(char path[NHI_PROC_PATH], struct nhi_why *why)
{
	if (!nhi_proc_find("sshd", path))
		return nhi_fail(why, NHI_ERR_HOST, "sshd is not installed");
	return NHI_OK;
}

static bool
says(const struct nhi_buf *b, const char *text)
{
	return b->n > 0 && strstr(nhi_buf_text(b), text) != NULL;
}

/*
 * "Missing privilege separation directory: /run/sshd": the unit or init
 * script makes it when sshd starts; the tests want it before.
 */
static bool
make_empty_dir(const struct nhi_buf *text)
{
	static const char words[] = "Missing privilege separation directory: ";
	const char *p = strstr(nhi_buf_text(text), words);
	char path[256];
	size_t n;

	if (p == NULL)
		return false;
	p += sizeof(words) - 1;
	n = strcspn(p, "\r\n");
	if (n >= sizeof(path))
		return false;
	memcpy(path, p, n);
	path[n] = '\0';
	return (strncmp(path, "/run/", 5) == 0 ||
	    strncmp(path, "/var/run/", 9) == 0) && mkdir(path, 0755) == 0;
}

/*
 * The line that says why: sshd's last one only counts the faults, and
 * warnings of old words stand above it.
 */
static struct nhi_span
complaint(const struct nhi_buf *text)
{
	struct nhi_span rest = nhi_buf_all(text), line, found = NHI_SPAN("");

	while (nhi_span_cut(&rest, '\n', &line)) {
		bool counts = memmem(line.p, line.n, "terminating, ", 13) !=
		    NULL;

		if (line.n > 0 && (!counts || found.n == 0))
			found = line;
	}
	if (found.n > 0 && found.p[found.n - 1] == '\r')
		found.n--;
	return found;
}

/* Run sshd; a second time when its empty directory was missing. */
static enum nhi_err
run(const char *const argv[], struct nhi_span input, struct nhi_buf *out,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(argv);
	struct nhi_span said;
	enum nhi_err err;

	p.input = input;
	if ((err = nhi_proc_run(&p, why)) != NHI_OK)
		return err;
	if (p.status != 0 && p.err.n > 0 && make_empty_dir(&p.err)) {
		nhi_buf_reset(&p.out);
		nhi_buf_reset(&p.err);
		if ((err = nhi_proc_run(&p, why)) != NHI_OK)
			return err;
	}
	said = complaint(&p.err);
	if (p.status != 0)
		return nhi_fail(why, NHI_ERR_HOST, "sshd refuses its "
		    "configuration: %.*s", (int)said.n, said.p);
	if (out != NULL)
		nhi_buf_span(out, nhi_buf_all(&p.out));
	return NHI_OK;
}

enum nhi_err
nhi_sshd_test(struct nhi_span text, struct nhi_why *why)
{
	char path[NHI_PROC_PATH];
	const char *const whole[] = { path, "-t", NULL };
	const char *const one[] = { path, "-t", "-f", "/dev/stdin", NULL };
	enum nhi_err err;

	if ((err = find(path, why)) != NHI_OK)
		return err;
	return run(text.n == 0 ? whole : one, text, NULL, why);
}

enum nhi_err
nhi_sshd_effective(const struct nhi_sshd_who *w, struct nhi_buf *out,
    struct nhi_why *why)
{
	char path[NHI_PROC_PATH], who[512];
	const char *const argv[] = { path, "-T", "-C", who, NULL };
	enum nhi_err err;
	int n;

	n = snprintf(who, sizeof(who),
	    "user=%s,host=%s,addr=%s,laddr=%s,lport=%s", w->user, w->host,
	    w->addr, w->laddr, w->lport);
	if (n < 0 || (size_t)n >= sizeof(who))
		return nhi_fail(why, NHI_ERR_INTERNAL, "-C: too long");
	if ((err = find(path, why)) != NHI_OK ||
	    (err = run(argv, NHI_SPAN(""), out, why)) != NHI_OK)
		return err;
	return nhi_buf_check(out, why);
}

/* What the host's own configuration says of a word; each value a line. */
static enum nhi_err
ask(const char *word, struct nhi_buf *values, struct nhi_why *why)
{
	static const struct nhi_sshd_who root = { "root", "localhost",
		"127.0.0.1", "127.0.0.1", "22" };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_PROC_OUTPUT);
	struct nhi_span rest, line, name;
	enum nhi_err err;

	if ((err = nhi_sshd_effective(&root, &text, why)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&text);
	while (nhi_span_cut(&rest, '\n', &line)) {
		if (nhi_span_cut(&line, ' ', &name) && line.p != NULL &&
		    nhi_span_is(name, word)) {
			nhi_buf_span(values, line);
			nhi_buf_char(values, '\n');
		}
	}
	return nhi_buf_check(values, why);
}

/* sshd asks for a host key even to say what it would do. */
static enum nhi_err
put_host_keys(struct nhi_buf *config, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf keys = NHI_BUF(4096);
	struct nhi_span rest, key;
	enum nhi_err err;

	if ((err = ask("hostkey", &keys, why)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&keys);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &key))
		nhi_buf_printf(config, "HostKey %.*s\n", (int)key.n, key.p);
	return NHI_OK;
}

enum nhi_err
nhi_sshd_obeys(const char *line, const char *shown, bool *ret_obeys,
    struct nhi_why *why)
{
	char path[NHI_PROC_PATH];
	const char *const argv[] = { path, "-T", "-f", "/dev/stdin", "-C",
	    "user=root,host=localhost,addr=127.0.0.1", NULL };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf config = NHI_BUF(4096);
	NHI_AUTO(nhi_proc_wipe) struct nhi_proc p = NHI_PROC(argv);
	struct nhi_span said;
	enum nhi_err err;

	if ((err = find(path, why)) != NHI_OK ||
	    (err = put_host_keys(&config, why)) != NHI_OK)
		return err;
	nhi_buf_printf(&config, "Match User root\n%s\n", line);
	p.input = nhi_buf_all(&config);
	if ((err = nhi_buf_check(&config, why)) != NHI_OK ||
	    (err = nhi_proc_run(&p, why)) != NHI_OK)
		return err;
	if (p.status != 0 && !says(&p.err, "configuration option")) {
		said = complaint(&p.err);
		return nhi_fail(why, NHI_ERR_HOST, "sshd cannot be asked: %.*s",
		    (int)said.n, said.p);
	}
	*ret_obeys = p.status == 0 && says(&p.out, shown);
	return NHI_OK;
}

/* The pid in sshd's pid file, if it is an sshd's; 0 otherwise. */
static pid_t
running(const char *pidfile)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf comm = NHI_BUF(64);
	struct nhi_span line, name;
	char path[64];
	uint64_t pid;

	if (nhi_file_read(AT_FDCWD, pidfile, NHI_FILE_ROOT, &text, NULL) !=
	    NHI_OK)
		return 0;
	line = nhi_buf_all(&text);
	if (!nhi_span_cut(&line, '\n', &name) ||
	    !nhi_num_parse(name, PID_LIMIT, &pid) || pid < 2)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%lu/comm",
	    (unsigned long)pid);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ROOT, &comm, NULL) != NHI_OK)
		return 0;
	line = nhi_buf_all(&comm);
	return nhi_span_cut(&line, '\n', &name) &&
	    nhi_span_is(name, "sshd") ? (pid_t)pid : 0;
}

/*
 * sshd removes the file, executes itself anew with other sockets, and makes
 * the file when it has read its configuration.  Who connects meanwhile is cut
 * off, and a second SIGHUP is lost: so it is waited for, for as long as
 * anybody would.
 */
static enum nhi_err
restart(pid_t pid, const char *pidfile, struct nhi_why *why)
{
	const struct timespec step = { .tv_nsec = BACK_STEP_NS };
	const int64_t deadline = nhi_clock_ms() + BACK_MS;
	struct stat before = { .st_ino = 0 }, now;

	(void)stat(pidfile, &before);
	if (kill(pid, SIGHUP) != 0)
		return errno == ESRCH ? NHI_OK : nhi_fail(why, NHI_ERR_STATE,
		    "kill %ld: %s", (long)pid, strerror(errno));
	while (nhi_clock_ms() < deadline) {
		if (stat(pidfile, &now) == 0 && now.st_size > 0 &&
		    (now.st_ino != before.st_ino ||
		    now.st_ctim.tv_sec != before.st_ctim.tv_sec ||
		    now.st_ctim.tv_nsec != before.st_ctim.tv_nsec))
			break;
		(void)nanosleep(&step, NULL);
	}
	return NHI_OK;
}

enum nhi_err
nhi_sshd_reload(struct nhi_why *why)
{
	static const char *const units[] = { "ssh.service", "sshd.service" };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf file = NHI_BUF(256);
	char path[NHI_PROC_PATH];
	enum nhi_err err;
	pid_t pid;

	if ((err = ask("pidfile", &file, why)) != NHI_OK)
		return err;
	if (file.n > 0)
		file.p[file.n - 1] = '\0';
	if ((pid = running(nhi_buf_text(&file))) != 0)
		return restart(pid, nhi_buf_text(&file), why);
	if (access("/run/systemd/system", F_OK) != 0 ||
	    !nhi_proc_find("systemctl", path))
		return NHI_OK;
	for (size_t i = 0; i < 2; i++) {
		const char *const argv[] = { path, "try-reload-or-restart",
		    units[i], NULL };

		if ((err = nhi_proc_must(argv, why)) == NHI_OK)
			return NHI_OK;
	}
	return NHI_OK;
}
