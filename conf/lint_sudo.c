/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an account may run as root.  PAM is not told the command: whatever
 * stands here is as good as root's own command, for whoever has the identity.
 */
#include "config.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/lint.h"

/* They run what they are told, or write any file. */
static const char *const openers[] = {
	"apt", "apt-get", "aptitude", "ash", "awk", "bash", "busybox", "bzip2",
	"chmod", "chown", "chroot", "cp", "crontab", "csh", "dash", "dd",
	"dnf", "docker", "dpkg", "ed", "emacs", "env", "ex", "find", "fish",
	"flock", "gawk", "gdb", "git", "install", "journalctl", "kubectl",
	"ksh", "less", "ln", "logrotate", "lua", "make", "man", "mawk", "more",
	"most", "mount", "mv", "mysql", "nano", "nice", "node", "nohup",
	"nsenter", "perl", "php", "pico", "podman", "psql", "python",
	"python3", "rm", "rpm", "rsync", "ruby", "run-parts", "runuser", "rvim",
	"scp", "sed", "setpriv", "setsid", "sh", "snap", "socat", "sqlite3",
	"ssh", "start-stop-daemon", "stdbuf", "strace", "su", "sudo",
	"sudoedit", "systemd-run", "tar", "taskset", "tcsh", "tee", "timeout",
	"tmux", "unshare", "vi", "view", "vim", "visudo", "watch", "wget",
	"xargs", "yum", "zip", "zsh",
	/* End of the programs */
};

struct one {
	const struct nhi_lint *l;
	const struct nhi_conf_identity *from;
	struct nhi_place at;
	char file[PATH_MAX];
};

static bool
is_opener(const char *file)
{
	const char *slash = strrchr(file, '/');

	for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
		if (strcmp(slash + 1, openers[i]) == 0)
			return true;
	return false;
}

/* Root would run what somebody else has put there. */
static bool
lint_owner(const struct one *o, const char *path, const struct stat *st)
{
	if (st->st_uid == 0 && (st->st_mode & S_IWOTH) == 0 &&
	    ((st->st_mode & S_IWGRP) == 0 || st->st_gid == 0))
		return true;
	if (st->st_uid != 0 || (st->st_mode & S_IWOTH) != 0)
		nhi_fault(o->l->faults, o->at, "identity \"%s\": sudo %s: "
		    "others than root can replace %s", o->from->name, o->file,
		    path);
	else
		nhi_fault_warn(o->l->faults, o->at, "identity \"%s\": sudo "
		    "%s: a group can replace %s", o->from->name, o->file,
		    path);
	return false;
}

/* The file and each directory above it. */
static void
lint_above(const struct one *o, char *path)
{
	struct stat st;

	for (char *end = path + strlen(path); end > path;) {
		*end = '\0';
		if (stat(path, &st) != 0 || !lint_owner(o, path, &st))
			return;
		while (end > path && *--end != '/')
			continue;
	}
}

static void
lint_file(const struct one *o)
{
	char path[PATH_MAX], real[PATH_MAX];
	struct stat st;

	if (stat(o->file, &st) != 0) {
		nhi_fault_warn(o->l->faults, o->at, "identity \"%s\": sudo "
		    "%s: there is no such program on this host",
		    o->from->name, o->file);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		nhi_fault(o->l->faults, o->at, "identity \"%s\": sudo %s: "
		    "not a program", o->from->name, o->file);
		return;
	}
	(void)snprintf(path, sizeof(path), "%s", o->file);
	lint_above(o, path);
	if (realpath(o->file, real) != NULL && strcmp(real, o->file) != 0)
		lint_above(o, real);
}

static void
lint_command(const struct nhi_lint *l, const struct nhi_conf_identity *i,
    const char *command)
{
	const size_t n = strcspn(command, " ");
	struct one o = { .l = l, .from = i,
	    .at = NHI_LINT_AT(identity, i, sudo) };

	if (n == 0 || n >= sizeof(o.file) || command[0] != '/')
		return;
	memcpy(o.file, command, n);
	o.file[n] = '\0';
	if (!l->world->elsewhere)
		lint_file(&o);
	if (is_opener(o.file))
		nhi_fault_warn(l->faults, o.at, "identity \"%s\": sudo %s: "
		    "runs other programs or writes any file, so that whoever "
		    "has this identity is root", i->name, o.file);
}

void
nhi_lint_sudo(const struct nhi_lint *l, const struct nhi_lint_identity *e)
{
	for (size_t k = 0; k < e->from->sudo.n; k++)
		lint_command(l, e->from, e->from->sudo.p[k]);
}
