/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/lease.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "lib/ssh/generate.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/private.h"
#include "lib/ssh/trusted.h"
#include "nhictl/ca_file.h"

enum nhi_err
nhi_ca_host_id(struct nhi_buf *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_host_wipe) struct nhi_host host = { 0 };
	struct nhi_policy policy;
	struct utsname name;

	if (nhi_policy_open(NHI_PUBLISHED_DIR, &policy, why) == NHI_OK &&
	    nhi_policy_host(&policy, &host, why) == NHI_OK) {
		nhi_buf_str(ret, host.id);
	} else {
		(void)uname(&name);
		nhi_buf_str(ret, name.nodename);
	}
	if (!nhi_ssh_host_valid(nhi_buf_all(ret)))
		return nhi_fail(why, NHI_ERR_HOST,
		    "\"%s\" cannot be the id of a host; set host.id",
		    nhi_buf_text(ret));
	return nhi_buf_check(ret, why);
}

enum nhi_err
nhi_ca_lock(int *ret_fd, struct nhi_why *why)
{
	if (geteuid() != 0)
		return nhi_fail(why, NHI_ERR_STATE, "only root may do this");
	if (access(NHI_PUBLISHED_DIR, F_OK) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: %s; run nhictl setup first", NHI_PUBLISHED_DIR,
		    strerror(errno));
	return nhi_state_lock(NHI_PUBLISHED_DIR, NHI_LOCK_CTL_MS, ret_fd, why);
}

enum nhi_err
nhi_ca_load(const char *path, struct nhi_ssh_private **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	enum nhi_err err;

	/* The issuer's, in a directory of root's. */
	if ((err = nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &text,
	    why)) != NHI_OK)
		return err;
	errno = 0;
	return nhi_ssh_private_parse(nhi_buf_all(&text), ret, why);
}

enum nhi_err
nhi_ca_signing(struct nhi_ssh_private **ret, struct nhi_why *why)
{
	char text[NHI_LINK_MAX + 1];
	enum nhi_err err;
	int there = nhi_link_read(AT_FDCWD, NHI_CA_AGENT, text);

	if (there < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_AGENT,
		    strerror(errno));
	if (there == 1)
		return nhi_ssh_private_agent(nhi_span_str(text), ret, why);
	err = nhi_ca_load(NHI_CA_KEY, ret, why);
	return err != NHI_OK && errno == ENOENT ? nhi_fail(why, NHI_ERR_HOST,
	    "there is no CA key: nhictl ca init") : err;
}

static enum nhi_err
read_text(const char *path, struct nhi_buf *ret, struct nhi_why *why)
{
	enum nhi_err err;

	err = nhi_file_read(AT_FDCWD, path, NHI_FILE_ROOT, ret, why);
	return err != NHI_OK && errno == ENOENT ? NHI_OK : err;
}

enum nhi_err
nhi_ca_read(const char *path, struct nhi_ssh_trusted **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	enum nhi_err err;

	if ((err = read_text(path, &text, why)) != NHI_OK)
		return err;
	return nhi_ssh_trusted_parse(nhi_buf_all(&text), ret, why);
}

static enum nhi_err
find_issuer(struct stat *ret, struct nhi_why *why)
{
	if (lstat(NHI_ID_ISSUER, ret) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: %s; run nhictl setup first", NHI_ID_ISSUER,
		    strerror(errno));
	return NHI_OK;
}

static enum nhi_err
give(int fd, const struct stat *owner, struct nhi_why *why)
{
	if (fchmod(fd, 0400) != 0 ||
	    fchown(fd, owner->st_uid, owner->st_gid) != 0 || fsync(fd) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_NEXT,
		    strerror(errno));
	return NHI_OK;
}

/* Whole, and perhaps not the issuer's yet. */
static enum nhi_err
give_left(struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat owner;
	enum nhi_err err;

	if ((err = find_issuer(&owner, why)) != NHI_OK)
		return err;
	fd = open(NHI_CA_NEXT, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_NEXT,
		    strerror(errno));
	return give(fd, &owner, why);
}

static enum nhi_err
write_next(const struct nhi_buf *text, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat owner;
	enum nhi_err err;

	if ((err = find_issuer(&owner, why)) != NHI_OK)
		return err;
	(void)unlink(NHI_CA_NEXT);
	fd = open(NHI_CA_NEXT, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_NEXT,
		    strerror(errno));
	if ((err = nhi_file_put(fd, nhi_buf_all(text), why)) == NHI_OK)
		err = give(fd, &owner, why);
	if (err != NHI_OK)
		(void)unlink(NHI_CA_NEXT);
	return err;
}

static enum nhi_err
generate(enum nhi_ssh_type type, struct nhi_ssh_private **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf host =
	    NHI_BUF(NHI_SSH_HOST_MAX);
	enum nhi_err err;

	if ((err = nhi_ca_host_id(&host, why)) != NHI_OK ||
	    (err = nhi_ssh_generate(type, nhi_buf_text(&host), &text,
	    why)) != NHI_OK ||
	    (err = write_next(&text, why)) != NHI_OK)
		return err;
	return nhi_ssh_private_parse(nhi_buf_all(&text), ret, why);
}

enum nhi_err
nhi_ca_make_next(enum nhi_ssh_type type, struct nhi_ssh_private **ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *left = NULL;
	enum nhi_err err;

	/* One that is torn was never published. */
	if (nhi_ca_load(NHI_CA_NEXT, &left, NULL) != NHI_OK)
		return generate(type, ret, why);
	if (left->key->type != type) {
		err = nhi_ca_withdraw(left->key, why);
		return err == NHI_OK ? generate(type, ret, why) : err;
	}
	if ((err = give_left(why)) != NHI_OK)
		return err;
	(void)fprintf(stderr, "nhictl: note: finishing what an interrupted "
	    "run began\n");
	*ret = left;
	left = NULL;
	return NHI_OK;
}

enum nhi_err
nhi_ca_move_next(struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = nhi_dir_open(AT_FDCWD, NHI_CA_DIR, &dir, why)) != NHI_OK)
		return err;
	if (rename(NHI_CA_NEXT, NHI_CA_KEY) != 0 || fsync(dir) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_KEY,
		    strerror(errno));
	return NHI_OK;
}

/* Is this line the key, whatever its comment? */
static bool
is_line(struct nhi_span line, const struct nhi_ssh_key *key)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *k = NULL;

	return nhi_ssh_key_parse_line(line, &k, NULL) == NHI_OK &&
	    nhi_ssh_key_equal(k, key);
}

/* A file with the key first, or without it; its other lines when kept. */
static enum nhi_err
rewrite(const char *path, const struct nhi_ssh_key *key, bool with, bool keep,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf old =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf new =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	struct nhi_span rest, line;
	enum nhi_err err;

	if (with) {
		nhi_ssh_key_format(key, &new);
		nhi_buf_char(&new, '\n');
	}
	if (keep && (err = read_text(path, &old, why)) != NHI_OK)
		return err;
	rest = nhi_buf_all(&old);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line))
		if (!is_line(line, key)) {
			nhi_buf_span(&new, line);
			nhi_buf_char(&new, '\n');
		}
	if ((err = nhi_buf_check(&new, why)) != NHI_OK)
		return err;
	return nhi_file_replace(AT_FDCWD, path, 0644, nhi_buf_all(&new), why);
}

enum nhi_err
nhi_ca_publish(const struct nhi_ssh_key *key, bool keep, struct nhi_why *why)
{
	enum nhi_err err;

	err = rewrite(NHI_CA_TRUSTED, key, true, true, why);
	if (err != NHI_OK)
		return err;
	return rewrite(NHI_CA_PUB, key, true, keep, why);
}

enum nhi_err
nhi_ca_withdraw(const struct nhi_ssh_key *key, struct nhi_why *why)
{
	enum nhi_err err;

	/* The next run finds by the other what this one could not finish. */
	if ((err = rewrite(NHI_CA_TRUSTED, key, false, true, why)) != NHI_OK)
		return err;
	return rewrite(NHI_CA_PUB, key, false, true, why);
}

enum nhi_err
nhi_ca_published(const struct nhi_ssh_key *key, bool *ret,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *own = NULL;
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *all = NULL;
	const char *host;
	enum nhi_err err;

	if ((err = nhi_ca_read(NHI_CA_PUB, &own, why)) != NHI_OK ||
	    (err = nhi_ca_read(NHI_CA_TRUSTED, &all, why)) != NHI_OK)
		return err;
	*ret = nhi_ssh_trusted_find(own, key, &host, NULL) == NHI_OK &&
	    nhi_ssh_trusted_find(all, key, &host, NULL) == NHI_OK;
	return NHI_OK;
}
