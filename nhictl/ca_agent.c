/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl ca init --agent.  The link NHI_CA_AGENT names key and socket in one
 * text, so that the issuer never has one of the two; it is made when the key
 * has signed and is trusted.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/ssh/hash.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/private.h"
#include "lib/ssh/signature.h"
#include "lib/ssh/wire.h"
#include "nhictl/ca_file.h"
#include "nhictl/nhictl.h"
#include "nhictl/record.h"

static enum nhi_err
read_key(const char *path, struct nhi_ssh_key **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(16384);
	enum nhi_err err;

	if ((err = nhi_file_read(AT_FDCWD, path, NHI_FILE_NAMED, &text,
	    why)) != NHI_OK)
		return err;
	return nhi_ssh_key_parse_line(nhi_buf_all(&text), ret, why);
}

/* The comment is the host, as for every key of ca.pub. */
static enum nhi_err
set_host(struct nhi_ssh_key *key, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf host =
	    NHI_BUF(NHI_SSH_HOST_MAX);
	char *comment;
	enum nhi_err err;

	if ((err = nhi_ca_host_id(&host, why)) != NHI_OK)
		return err;
	if ((comment = strdup(nhi_buf_text(&host))) == NULL)
		return nhi_fail(why, NHI_ERR_NO_MEMORY, "out of memory");
	free(key->comment);
	key->comment = comment;
	return NHI_OK;
}

/* The text of the link. */
static enum nhi_err
make_link(const struct nhi_ssh_key *key, const char *agent,
    struct nhi_buf *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line =
	    NHI_BUF(4 * NHI_SSH_KEY_MAX);
	struct nhi_span rest, type, base64;

	nhi_ssh_key_format(key, &line);
	rest = nhi_buf_all(&line);
	if (!nhi_span_cut(&rest, ' ', &type) ||
	    !nhi_span_cut(&rest, ' ', &base64))
		return nhi_fail(why, NHI_ERR_INTERNAL, "a key without words");
	nhi_buf_span(ret, type);
	nhi_buf_char(ret, ' ');
	nhi_buf_span(ret, base64);
	nhi_buf_printf(ret, " %s", agent);
	return nhi_buf_check(ret, why);
}

/* Does it sign with that key? */
static enum nhi_err
probe(const struct nhi_buf *text, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *k = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf blob = NHI_BUF(4096);
	struct nhi_ssh_signature s = { .data = NHI_SPAN("nhi") };
	struct nhi_span in;
	enum nhi_err err;

	if ((err = nhi_ssh_private_agent(nhi_buf_all(text), &k,
	    why)) != NHI_OK ||
	    (err = nhi_ssh_signature_make(k, s.data, &blob, why)) != NHI_OK)
		return err;
	in = nhi_buf_all(&blob);
	if (!nhi_wire_string(&in, &s.format) || !nhi_wire_string(&in, &s.sig))
		return nhi_fail(why, NHI_ERR_CA_KEY,
		    "the agent's signature is broken");
	return nhi_ssh_signature_check(k->key, &s, why);
}

static enum nhi_err
record(const struct nhi_ssh_key *key, bool again, struct nhi_why *why)
{
	char fingerprint[NHI_SSH_FINGERPRINT];
	enum nhi_err err;

	if ((err = nhi_ssh_hash_key(key, fingerprint, why)) != NHI_OK)
		return err;
	err = nhi_record(&(struct nhi_event){ .outcome = NHI_INFO,
	    .event = again ? NHI_EVENT_CA_ROTATE : NHI_EVENT_CA_INIT,
	    .detail = "an agent has the key", .key = fingerprint }, why);
	if (err == NHI_OK)
		(void)printf("CA key %s of host %s, with an agent\n",
		    fingerprint, key->comment);
	return err;
}

static enum nhi_err
install(const struct nhi_ssh_key *key, const struct nhi_buf *text,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	bool again = faccessat(AT_FDCWD, NHI_CA_AGENT, F_OK,
	    AT_SYMLINK_NOFOLLOW) == 0;
	enum nhi_err err;

	if ((err = nhi_ca_publish(key, again, why)) != NHI_OK ||
	    (err = nhi_dir_open(AT_FDCWD, NHI_CA_DIR, &dir, why)) != NHI_OK ||
	    (err = record(key, again, why)) != NHI_OK)
		return err;
	if (nhi_link_replace(dir, "agent", nhi_buf_text(text)) != 0 ||
	    fsync(dir) != 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_CA_AGENT,
		    strerror(errno));
	return NHI_OK;
}

enum nhi_err
nhi_ca_init_agent(const char *agent, const char *path, struct nhi_why *why)
{
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *key = NULL;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(NHI_LINK_MAX);
	enum nhi_err err;

	if (access(NHI_CA_KEY, F_OK) == 0)
		return nhi_fail(why, NHI_ERR_HOST,
		    "%s is there already", NHI_CA_KEY);
	if ((err = read_key(path, &key, why)) != NHI_OK ||
	    (err = set_host(key, why)) != NHI_OK ||
	    (err = make_link(key, agent, &text, why)) != NHI_OK ||
	    (err = probe(&text, why)) != NHI_OK)
		return err;
	return install(key, &text, why);
}
