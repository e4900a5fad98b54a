/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/name.h"
#include "lib/base/num.h"
#include "lib/base/siphash.h"
#include "lib/base/spool.h"
#include "lib/base/spool_room.h"

#define ACCOUNT	"u-"

_Static_assert(NHI_NAME_MAX + sizeof(ACCOUNT) <= NHI_SPOOL_SOURCE,
    "an account fits where a source does");

void
nhi_spool_source(const char *address, char ret[static NHI_SPOOL_SOURCE])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	uint8_t a[16];

	if (address != NULL && inet_pton(AF_INET, address, a) == 1)
		nhi_num_hex(a, 4, ret);
	else if (address == NULL || inet_pton(AF_INET6, address, a) != 1)
		(void)snprintf(ret, NHI_SPOOL_SOURCE, "none");
	else if (memcmp(a, mapped, sizeof(mapped)) == 0)
		nhi_num_hex(a + 12, 4, ret);
	else
		nhi_num_hex(a, 8, ret);
}

void
nhi_spool_place(const struct nhi_event *ev, char ret[static NHI_SPOOL_SOURCE])
{
	static const uint8_t none[NHI_SIPHASH_KEY] = { 0 };
	char whose[512];
	uint64_t h;

	nhi_spool_source(ev->source, ret);
	if (strcmp(ret, "none") != 0 || ev->mark == NULL ||
	    ev->mark[0] == '\0')
		return;
	(void)snprintf(whose, sizeof(whose), "%s %s",
	    ev->issuer == NULL ? "" : ev->issuer,
	    ev->subject == NULL ? "" : ev->subject);
	h = nhi_siphash(none, whose, strlen(whose));
	(void)snprintf(ret, NHI_SPOOL_SOURCE, "t-%u",
	    (unsigned int)(h % NHI_SPOOL_SUBJECTS));
}

void
nhi_spool_account(struct nhi_span source, char ret[static NHI_SPOOL_SOURCE])
{
	const size_t skip = sizeof(ACCOUNT) - 1;

	ret[0] = '\0';
	if (source.n <= skip || source.n >= NHI_SPOOL_SOURCE ||
	    memcmp(source.p, ACCOUNT, skip) != 0)
		return;
	memcpy(ret, source.p + skip, source.n - skip);
	ret[source.n - skip] = '\0';
	if (!nhi_name_valid(ret))
		ret[0] = '\0';
}

/* Where others may make files, one of this name may be somebody else's. */
int64_t
nhi_spool_count(int dir, const char *source, int64_t minute)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char name[NHI_SPOOL_NAME];
	struct stat st;

	(void)snprintf(name, sizeof(name), "c.%lu.%s.%" PRId64,
	    (unsigned long)geteuid(), source, minute);
	fd = openat(dir, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || st.st_nlink != 1)
		return -1;
	if (st.st_size >= NHI_SPOOL_COUNT)
		return st.st_size;
	/* Each has a byte of its own, and so a number of its own. */
	return write(fd, "+", 1) == 1 ? lseek(fd, 0, SEEK_CUR) : -1;
}

bool
nhi_spool_room(const char *spool, const struct nhi_event *ev, int64_t now_ms)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char source[NHI_SPOOL_SOURCE];

	if ((dir = open(spool, O_PATH | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW)) < 0)
		return true;
	nhi_spool_source(ev->source, source);
	/* A person here who calls su: by who calls, not by who is called. */
	if (strcmp(source, "none") == 0 && getuid() != 0)
		(void)snprintf(source, sizeof(source), "l-%lu",
		    (unsigned long)getuid());
	else if (strcmp(source, "none") == 0 && ev->account != NULL &&
	    nhi_name_valid(ev->account))
		(void)snprintf(source, sizeof(source), ACCOUNT "%s",
		    ev->account);
	return nhi_spool_count(dir, source, now_ms / NHI_SPOOL_MINUTE) <=
	    NHI_SPOOL_ROOM;
}
