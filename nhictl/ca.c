/* SPDX-License-Identifier: BSD-2-Clause */
/* nhictl ca init, ca show: the key that signs certificates. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/audit.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/ssh/hash.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/private.h"
#include "lib/ssh/trusted.h"
#include "nhictl/ca_file.h"
#include "nhictl/nhictl.h"

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
	if ((err = nhi_audit(&e, NULL, why)) == NHI_OK)
		(void)printf("CA key %s of host %s\n", fingerprint,
		    key->comment);
	return err;
}

/* Published first, then moved: a key that signs is trusted, and recorded. */
static enum nhi_err
install(const struct nhi_ssh_key *key, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_ca_publish(key, false, why)) != NHI_OK ||
	    (err = record(key, why)) != NHI_OK)
		return err;
	return nhi_ca_move_next(why);
}

static enum nhi_err
make(enum nhi_ssh_type type, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	enum nhi_err err;

	if ((err = nhi_ca_make_next(type, &ca, why)) != NHI_OK)
		return err;
	return install(ca->key, why);
}

/*
 * There is a key.  When it was put there by hand, or ca.pub was lost, what is
 * public follows from what is private.
 */
static enum nhi_err
finish(const struct nhi_ssh_private *ca, struct nhi_why *why)
{
	bool published;
	enum nhi_err err;

	if ((err = nhi_ca_published(ca->key, &published, why)) != NHI_OK)
		return err;
	if (published)
		return nhi_fail(why, NHI_ERR_HOST,
		    "%s is there already; for a new key: nhictl ca rotate",
		    NHI_CA_KEY);
	if (!nhi_ssh_host_valid(nhi_span_str(ca->key->comment)))
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "the comment of %s is not the id of a host", NHI_CA_KEY);
	if ((err = record(ca->key, why)) != NHI_OK)
		return err;
	return nhi_ca_publish(ca->key, false, why);
}

static enum nhi_err
init(enum nhi_ssh_type type, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	enum nhi_err err;

	if (faccessat(AT_FDCWD, NHI_CA_AGENT, F_OK,
	    AT_SYMLINK_NOFOLLOW) == 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    "an agent has the key: %s is there already", NHI_CA_AGENT);
	if ((err = nhi_ca_load(NHI_CA_KEY, &ca, why)) == NHI_OK)
		return finish(ca, why);
	return errno == ENOENT ? make(type, why) : err;
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

struct args {
	enum nhi_ssh_type type;
	bool typed;
	const char *agent;
	const char *key;
};

static bool
parse(int argc, char **argv, struct args *a)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "agent", required_argument, NULL, 'a' },
		{ "key", required_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t given = 0;
	int c;

	while ((c = nhi_ctl_option(argc, argv, "", options, &given)) != -1) {
		if (c == 't' && find_type(optarg, &a->type))
			a->typed = true;
		else if (c == 'a')
			a->agent = optarg;
		else if (c == 'k')
			a->key = optarg;
		else
			return false;
	}
	return optind == argc && (a->agent == NULL) == (a->key == NULL) &&
	    !(a->agent != NULL && a->typed);
}

int
nhi_verb_ca_init(int argc, char **argv)
{
	struct args a = { .type = NHI_SSH_P256 };
	NHI_AUTO(nhi_fd_close) int lock = -1;
	struct nhi_why why = { "" };
	enum nhi_err err;

	if (!parse(argc, argv, &a))
		return nhi_ctl_usage("ca init");
	if ((err = nhi_ca_lock(&lock, &why)) == NHI_OK)
		err = a.agent != NULL ?
		    nhi_ca_init_agent(a.agent, a.key, &why) :
		    init(a.type, &why);
	return err == NHI_OK ? NHI_CTL_OK : nhi_ctl_fail(err, &why);
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
	NHI_AUTO(nhi_ssh_trusted_freep) struct nhi_ssh_trusted *list = NULL;
	bool json = false;
	struct nhi_why why = { "" };
	enum nhi_err err;
	int status = NHI_CTL_OK;

	if (!nhi_ctl_json(argc, argv, &json))
		return nhi_ctl_usage("ca show");
	if (access(NHI_CA_TRUSTED, F_OK) != 0)
		return nhi_ctl_fail(nhi_fail(&why, NHI_ERR_STATE, "%s: %s",
		    NHI_CA_TRUSTED, strerror(errno)), &why);
	if ((err = nhi_ca_read(NHI_CA_TRUSTED, &list, &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	if (!json)
		(void)printf("%-32s %-20s %s\n", "ISSUING HOST", "TYPE",
		    "FINGERPRINT");
	for (size_t i = 0; i < list->n && status == NHI_CTL_OK; i++)
		status = show_key(list->keys[i], json);
	return status == NHI_CTL_OK ? nhi_ctl_done(fflush(stdout) == 0) :
	    status;
}
