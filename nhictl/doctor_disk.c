/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: room for what must be written before anything is granted. */
#include "config.h"

#include <sys/statvfs.h>

#include "lib/base/paths.h"
#include "nhictl/doctor.h"

#define LEAST		(16ULL << 20)	/* bytes that must be free */
#define ENOUGH		(256ULL << 20)	/* whatever the share */
#define SHARE		20		/* one part in so many */
#define INODES		1024

static void
check(struct nhi_doctor *d, const char *path)
{
	struct statvfs fs;
	unsigned long long free_bytes, all;

	if (statvfs(path, &fs) != 0)
		return;
	if ((fs.f_flag & ST_RDONLY) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_READ_ONLY, "%s", path);
	free_bytes = (unsigned long long)fs.f_bavail * fs.f_frsize;
	all = (unsigned long long)fs.f_blocks * fs.f_frsize;
	if (free_bytes < LEAST ||
	    (free_bytes < ENOUGH && free_bytes < all / SHARE))
		nhi_doctor_find(d, NHI_DOCTOR_DISK_FULL,
		    "%s: %llu KiB of %llu are free", path, free_bytes >> 10,
		    all >> 10);
	/* Some file systems do not count. */
	if (fs.f_files > 0 && fs.f_favail < INODES)
		nhi_doctor_find(d, NHI_DOCTOR_INODES,
		    "%s: %llu inodes are free", path,
		    (unsigned long long)fs.f_favail);
}

void
nhi_doctor_disk(struct nhi_doctor *d)
{
	static const char *const paths[] = { NHI_STATE_DIR, NHI_MARKS_DIR,
		NHI_ISSUED_DIR, NHI_LOG_DIR, NHI_RUN_DIR, NHI_SPOOL_DIR,
		NHI_CACHE_DIR };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		check(d, paths[i]);
}
