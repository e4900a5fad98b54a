/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fetch/landlock.h"
#include "lib/base/file.h"

/* Rights that the first version has; later ones are added as they come. */
#define FIRST	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |    \
	LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |	    \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |	    \
	LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |	    \
	LANDLOCK_ACCESS_FS_MAKE_SYM)
#define REFER		(UINT64_C(1) << 13)	/* second version */
#define TRUNCATE	(UINT64_C(1) << 14)	/* third */
#define ALLOWED	(LANDLOCK_ACCESS_FS_WRITE_FILE |			    \
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)

static enum nhi_err
allow(int ruleset, const char *dir, uint64_t rights, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct landlock_path_beneath_attr rule = { .allowed_access = rights };

	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	rule.parent_fd = fd;
	if (fd < 0 || syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "landlock: %s: %s",
		    dir, strerror(errno));
	return NHI_OK;
}

enum nhi_err
nhi_landlock(const char *const dirs[], struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct landlock_ruleset_attr attr = { .handled_access_fs = FIRST };
	uint64_t rights = ALLOWED;
	enum nhi_err err = NHI_OK;
	long version;

	version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return NHI_OK;
	if (version >= 2)
		attr.handled_access_fs |= REFER;
	if (version >= 3) {
		attr.handled_access_fs |= TRUNCATE;
		rights |= TRUNCATE;
	}
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr.handled_access_fs), 0);
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_INTERNAL, "landlock: %s",
		    strerror(errno));
	for (size_t i = 0; err == NHI_OK && dirs[i] != NULL; i++)
		err = allow(fd, dirs[i], rights, why);
	if (err == NHI_OK && syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		err = nhi_fail(why, NHI_ERR_INTERNAL, "landlock: %s",
		    strerror(errno));
	return err;
}
