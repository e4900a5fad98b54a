/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl ca init, ca show: the key that signs certificates. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/policy.h"
#include "lib/ssh/generate.h"
#include "lib/ssh/hash.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/private.h"
#include "lib/ssh/trusted.h"
#include "nhictl/nhictl.h"

#define NEW_KEY		NHI_CA_KEY ".new"

/* The id in force, or that which the next policy will have by default. */
static enum nhi_err
host_id(struct nhi_buf *ret, struct nhi_why *why)
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

/* The issuer's own, in a directory that is root's. */
static enum nhi_err
write_private(const struct nhi_buf *text, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct stat owner;
	enum nhi_err err;

	if (lstat(NHI_ID_ISSUER, &owner) != 0)
		return nhi_fail(why, NHI_ERR_STATE,
		    "%s: %s; run nhictl setup first", NHI_ID_ISSUER,
		    strerror(errno));
	(void)unlink(NEW_KEY);
	fd = open(NEW_KEY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NEW_KEY,
		    strerror(errno));
	if ((err = nhi_file_put(fd, nhi_buf_all(text), why)) == NHI_OK &&
	    (fchmod(fd, 0400) != 0 ||
	    fchown(fd, owner.st_uid, owner.st_gid) != 0 || fsync(fd) != 0 ||
	    rename(NEW_KEY, NHI_CA_KEY) != 0))
		err = nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_KEY,
		    strerror(errno));
	if (err != NHI_OK)
		(void)unlink(NEW_KEY);
	return err;
}

/* ca.pub is the key; trusted.pub gets it first, before what is there. */
static enum nhi_err
write_public(const struct nhi_ssh_key *key, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line =
	    NHI_BUF(4 * NHI_SSH_KEY_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf trusted =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	struct nhi_why ignored;
	enum nhi_err err;

	nhi_ssh_key_format(key, &line);
	nhi_buf_char(&line, '\n');
	nhi_buf_span(&trusted, nhi_buf_all(&line));
	if (access(NHI_CA_TRUSTED, F_OK) == 0 &&
	    nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED, NHI_FILE_ROOT, &trusted,
	    &ignored) != NHI_OK)
		return nhi_fail(why, NHI_ERR_STATE, "%s", ignored.text);
	if ((err = nhi_buf_check(&line, why)) != NHI_OK ||
	    (err = nhi_buf_check(&trusted, why)) != NHI_OK ||
	    (err = nhi_file_replace(AT_FDCWD, NHI_CA_PUB, 0644,
	    nhi_buf_all(&line), why)) != NHI_OK)
		return err;
	return nhi_file_replace(AT_FDCWD, NHI_CA_TRUSTED, 0644,
	    nhi_buf_all(&trusted), why);
}

static enum nhi_err
record(const struct nhi_ssh_key *key, struct nhi_why *why)
{
	char fingerprint[NHI_SSH_FINGERPRINT];
	struct nhi_event e = {
		.event = NHI_EVENT_CA_INIT, .outcome = NHI_INFO,
		.component = "nhictl", .key = fingerprint,
		.host = key->comment,
	};
	enum nhi_err err;

	if ((err = nhi_ssh_hash_key(key, fingerprint, why)) != NHI_OK)
		return err;
	(void)printf("CA key %s of host %s\n", fingerprint, key->comment);
	return nhi_audit(&e, NULL, why);
}

static enum nhi_err
init(enum nhi_ssh_type type, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf host =
	    NHI_BUF(NHI_SSH_HOST_MAX);
	enum nhi_err err;

	if (geteuid() != 0)
		return nhi_fail(why, NHI_ERR_STATE, "only root may do this");
	if (access(NHI_CA_KEY, F_OK) == 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    "%s is there already; a new key would end every "
		    "certificate", NHI_CA_KEY);
	if ((err = host_id(&host, why)) != NHI_OK ||
	    (err = nhi_ssh_generate(type, nhi_buf_text(&host), &text,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_private_parse(nhi_buf_all(&text), &ca,
	    why)) != NHI_OK ||
	    (err = write_private(&text, why)) != NHI_OK ||
	    (err = write_public(ca->key, why)) != NHI_OK)
		return err;
	return record(ca->key, why);
}

static bool
find_type(const char *word, enum nhi_ssh_type *ret)
{
	static const struct {
		const char *word;
		enum nhi_ssh_type type;
	} types[] = {
		{ "ed25519", NHI_SSH_ED25519 },
		{ "ecdsa", NHI_SSH_P256 },
		{ "rsa", NHI_SSH_RSA },
		/* End of the types */
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(word, types[i].word) == 0) {
			*ret = types[i].type;
			return true;
		}
	return false;
}

int
nhi_verb_ca_init(int argc, char **argv)
{
	enum nhi_ssh_type type = NHI_SSH_ED25519;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (argc != 1 && !(argc == 3 && strcmp(argv[1], "--type") == 0 &&
	    find_type(argv[2], &type)))
		return nhi_ctl_usage("ca init");
	if ((err = init(type, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	return NHI_CTL_OK;
}

static int
show_key(const struct nhi_ssh_key *key, bool json)
{
	char fingerprint[NHI_SSH_FINGERPRINT];
	struct nhi_why why;
	enum nhi_err err;

	if ((err = nhi_ssh_hash_key(key, fingerprint, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	(void)printf(json ? "{\"host\":\"%s\",\"type\":\"%s\","
	    "\"fingerprint\":\"%s\"}\n" : "%-32s %-20s %s\n", key->comment,
	    nhi_ssh_type_name(key->type), fingerprint);
	return NHI_CTL_OK;
}

int
nhi_verb_ca_show(int argc, char **argv)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_TRUSTED_TEXT);
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *list = NULL;
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	struct nhi_why why = { "" };
	enum nhi_err err;
	int status = NHI_CTL_OK;

	if (argc != 1 && !json)
		return nhi_ctl_usage("ca show");
	if ((err = nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED, NHI_FILE_ROOT,
	    &text, &why)) != NHI_OK ||
	    (err = nhi_ssh_trusted_parse(nhi_buf_all(&text), &list,
	    &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (!json)
		(void)printf("%-32s %-20s %s\n", "ISSUING HOST", "TYPE",
		    "FINGERPRINT");
	for (size_t i = 0; i < list->n && status == NHI_CTL_OK; i++)
		status = show_key(list->keys[i], json);
	return status;
}
