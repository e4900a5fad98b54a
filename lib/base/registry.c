/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reading side: it runs inside everybody's process, so it allocates
 * nothing, waits for nothing and believes nothing that is out of range.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/path.h"
#include "lib/base/registry.h"
#include "lib/base/siphash.h"

static int
corrupt(void)
{
	errno = EBADMSG;
	return -1;
}

static bool
parse_uid(struct nhi_span s, uint32_t *ret)
{
	uint64_t v;

	if (!nhi_num_parse(s, NHI_UID_MAX, &v) || v < NHI_UID_MIN)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/* <uid>:first|set:<boot>:<ticks> */
static bool
parse_entry(struct nhi_span text, struct nhi_uid_entry *ret)
{
	struct nhi_span uid, how;
	struct nhi_uid_entry e;

	if (!nhi_span_cut(&text, ':', &uid) || !parse_uid(uid, &e.uid) ||
	    !nhi_span_cut(&text, ':', &how) ||
	    !nhi_stamp_parse(text, &e.stamp))
		return false;
	e.first = nhi_span_is(how, "first");
	if (!e.first && !nhi_span_is(how, "set"))
		return false;
	*ret = e;
	return true;
}

int
nhi_registry_find(const char *uids, const char *name,
    struct nhi_uid_entry *ret)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	int r;

	if (!nhi_name_valid(name))
		return 0;
	if (!nhi_path_join(path, uids, "/name/", nhi_span_str(name)))
		return -1;
	if ((r = nhi_link_read(AT_FDCWD, path, text)) != 1)
		return r;
	return parse_entry(nhi_span_str(text), ret) ? 1 : corrupt();
}

int
nhi_registry_owner(const char *uids, uint32_t uid,
    char ret[static NHI_NAME_MAX + 1])
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	int r;

	if (uid < NHI_UID_MIN || uid > NHI_UID_MAX)
		return 0;
	if (!nhi_path_number(path, uids, "/uid/", uid))
		return -1;
	if ((r = nhi_link_read(AT_FDCWD, path, text)) != 1)
		return r;
	if (!nhi_name_valid(text))
		return corrupt();
	memcpy(ret, text, strlen(text) + 1);
	return 1;
}

/* <boot>:<ticks>:<lo>:<hi> */
static bool
parse_range(char *text, struct nhi_uid_range *ret)
{
	struct nhi_span rest, lo;
	struct nhi_uid_range r;
	char *colon;

	/* The stamp has one colon of its own. */
	if ((colon = strchr(text, ':')) == NULL ||
	    (colon = strchr(colon + 1, ':')) == NULL)
		return false;
	rest = nhi_span_str(colon + 1);
	if (!nhi_stamp_parse((struct nhi_span){ text,
	    (size_t)(colon - text) }, &r.changed) ||
	    !nhi_span_cut(&rest, ':', &lo) || !parse_uid(lo, &r.lo) ||
	    rest.p == NULL || !parse_uid(rest, &r.hi) || r.lo > r.hi)
		return false;
	*ret = r;
	return true;
}

int
nhi_registry_range(const char *uids, struct nhi_uid_range *ret)
{
	char path[NHI_PATH_SIZE], text[NHI_LINK_MAX + 1];
	int r;

	if (!nhi_path_join(path, uids, "/", NHI_SPAN("changed")))
		return -1;
	if ((r = nhi_link_read(AT_FDCWD, path, text)) != 1)
		return r;
	return parse_range(text, ret) ? 1 : corrupt();
}

/* 1, 0 when there is none for this caller, -1. */
static int
read_salt(const char *uids, uint8_t salt[static NHI_SIPHASH_KEY])
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	char path[NHI_PATH_SIZE];
	uint8_t bytes[NHI_SIPHASH_KEY + 1];
	ssize_t n;

	if (!nhi_path_join(path, uids, "/", NHI_SPAN("salt")))
		return -1;
	if (nhi_file_open(AT_FDCWD, path, NHI_FILE_OWN, &fd, NULL) != NHI_OK)
		return errno == ENOENT || errno == EACCES ? 0 : -1;
	if ((n = read(fd, bytes, sizeof(bytes))) < 0)
		return -1;
	if (n != NHI_SIPHASH_KEY)
		return corrupt();
	memcpy(salt, bytes, NHI_SIPHASH_KEY);
	explicit_bzero(bytes, sizeof(bytes));
	return 1;
}

int
nhi_registry_hash(const char *uids, const char *name,
    const struct nhi_uid_range *range, uint32_t *ret)
{
	uint8_t salt[NHI_SIPHASH_KEY];
	uint64_t size = (uint64_t)range->hi - range->lo + 1;
	int r;

	if (!nhi_name_valid(name))
		return 0;
	if ((r = read_salt(uids, salt)) != 1)
		return r;
	*ret = range->lo +
	    (uint32_t)(nhi_siphash(salt, name, strlen(name)) % size);
	explicit_bzero(salt, sizeof(salt));
	return 1;
}

int
nhi_registry_lookup(const char *uids, const char *name, uint32_t *ret)
{
	struct nhi_uid_entry entry;
	struct nhi_uid_range range;
	int r;

	if ((r = nhi_registry_find(uids, name, &entry)) == 1)
		*ret = entry.uid;
	if (r != 0 || geteuid() != 0)
		return r;
	if ((r = nhi_registry_range(uids, &range)) != 1)
		return r;
	return nhi_registry_hash(uids, name, &range, ret);
}
