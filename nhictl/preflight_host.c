/* SPDX-License-Identifier: BSD-2-Clause */
/* Against a setup: the clock, and where our files would lie. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/path.h"
#include "lib/base/paths.h"
#include "nhictl/preflight.h"
#include "nhictl/setup.h"
#include "nhictl/when.h"

#define EARLIEST	1735689600	/* 2025: NHI is younger */
#define DAY		86400

void
nhi_preflight_clock(struct nhi_preflight *p)
{
	struct timex tx = { .modes = 0 };
	int64_t now = nhi_when_now();
	struct stat st;

	if (now < EARLIEST)
		nhi_preflight_refuse(p, "clock", "the clock is years behind: "
		    "no token would be valid, no certificate either");
	else if (stat("/etc/passwd", &st) == 0 && st.st_mtime > now + DAY)
		nhi_preflight_warn(p, "clock", "the clock is behind the times "
		    "of files (/etc/passwd): tokens may not be valid yet");
	if (adjtimex(&tx) == TIME_ERROR)
		nhi_preflight_warn(p, "clock", "the clock is not synchronized: "
		    "tokens live for minutes only");
}

/* Without either, nobody rolls back when the watcher is gone. */
static void
check_tick(struct nhi_preflight *p)
{
	if (access("/run/systemd/system", F_OK) != 0 &&
	    access("/run/crond.pid", F_OK) != 0 &&
	    access("/var/run/cron.pid", F_OK) != 0)
		nhi_preflight_warn(p, "tick", "neither systemd nor cron runs "
		    "here: call nhictl tick each minute and after a boot");
}

static void
check_mount(struct nhi_preflight *p, const char *path, unsigned long flags,
    const char *because)
{
	struct statvfs vfs;

	if (statvfs(path, &vfs) != 0 || (vfs.f_flag & flags) == 0)
		return;
	nhi_preflight_refuse(p, "mount", "%s is mounted %s: %s", path,
	    (vfs.f_flag & flags & ST_NOSUID) != 0 ? "nosuid" :
	    (vfs.f_flag & flags & ST_NOEXEC) != 0 ? "noexec" : "read-only",
	    because);
}

static void
check_mounts(struct nhi_preflight *p)
{
	struct statfs fs;

	check_mount(p, NHI_PROG_DIR, ST_NOSUID,
	    "nhi-drop could not become the verifier's user");
	check_mount(p, NHI_PROG_DIR, ST_NOEXEC, "nothing would run");
	check_mount(p, NHI_PAM_CONF_DIR, ST_RDONLY, "it is to be changed");
	check_mount(p, "/etc", ST_RDONLY, "it is to be changed");
	check_mount(p, "/var/lib", ST_RDONLY, "state could not be kept");
	if (statfs("/run", &fs) == 0 && fs.f_type != TMPFS_MAGIC)
		nhi_preflight_warn(p, "run", "/run is no tmpfs: what is left "
		    "there from another boot is only swept by nhictl tick");
}

/* Whoever can rename a directory above ours owns what is in it. */
static void
check_above(struct nhi_preflight *p, const char *path)
{
	char part[NHI_PATH_SIZE];
	struct stat st;

	for (const char *q = strchr(path + 1, '/');; q = strchr(q + 1, '/')) {
		size_t n = q == NULL ? strlen(path) : (size_t)(q - path);

		if (!nhi_path_join(part, "", "", (struct nhi_span){ path,
		    n }) || lstat(part, &st) != 0)
			return;
		if (q == NULL) {
			if (!S_ISDIR(st.st_mode))
				nhi_preflight_refuse(p, "place", "%s is no "
				    "directory (a symbolic link?)", part);
			return;
		}
		if (st.st_uid != 0 || (!S_ISLNK(st.st_mode) &&
		    (st.st_mode & 022) != 0))
			nhi_preflight_refuse(p, "place", "%s is not root's "
			    "alone: whoever may write there owns %s", part,
			    path);
	}
}

/* A file that nobody may replace stops setup half way. */
static void
check_immutable(struct nhi_preflight *p, const char *path)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	int flags = 0;

	if (nhi_file_open(AT_FDCWD, path, NHI_FILE_ANY, &fd, NULL) != NHI_OK ||
	    ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
		return;
	if ((flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) != 0)
		nhi_preflight_refuse(p, "immutable", "%s is immutable "
		    "(chattr -i would free it)", path);
}

void
nhi_preflight_files(struct nhi_preflight *p)
{
	static const char *const places[] = {
		NHI_POLICY_DIR, NHI_CA_DIR, NHI_STATE_DIR, NHI_RUN_DIR,
		NHI_CACHE_DIR, NHI_SPOOL_DIR, NHI_LOG_DIR, NHI_PROG_DIR,
		NHI_SSHD_CONF_DIR,
		/* End of places */
	};

	check_tick(p);
	check_mounts(p);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		check_above(p, places[i]);
	check_immutable(p, "/etc/nsswitch.conf");
	check_immutable(p, NHI_PAM_CONF_DIR "/sshd");
	for (size_t i = 0; nhi_setup_accounts[i] != NULL; i++)
		check_immutable(p, nhi_setup_accounts[i]);
	for (size_t i = 0; nhi_setup_common[i] != NULL; i++)
		check_immutable(p, nhi_setup_common[i]);
}
