/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl krl: what is revoked here, as a list that the sshd of hosts without
 * NHI takes as RevokedKeys.  It knows serials and keys: what was revoked by
 * identity or mark is in it as far as it was issued here and is valid.  A CA
 * stands beside its serials, for other CAs of the place may count from one;
 * so does one that was retired, as long as what it signed may be valid.
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/issued.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "lib/base/revoke.h"
#include "lib/ssh/fingerprint.h"
#include "lib/ssh/krl.h"
#include "lib/ssh/trusted.h"
#include "nhictl/ca_file.h"
#include "nhictl/ca_retired.h"
#include "nhictl/nhictl.h"
#include "nhictl/when.h"

#define SERIALS_MAX	(1U << 20)

struct content {
	struct nhi_buf serials;		/* uint64_t each */
	struct nhi_buf hashes;
	struct nhi_ssh_trusted *cas;
	struct nhi_ssh_trusted *retired;
};

static void
wipe(struct content *c)
{
	nhi_buf_wipe(&c->serials);
	nhi_buf_wipe(&c->hashes);
	nhi_ssh_trusted_freep(&c->cas);
	nhi_ssh_trusted_freep(&c->retired);
}

static void
add_serial(struct content *c, uint64_t serial)
{
	nhi_buf_put(&c->serials, &serial, sizeof(serial));
}

static bool
on_revoked(const struct nhi_revocation *r, void *arg)
{
	struct content *c = arg;
	uint8_t hash[NHI_SSH_HASH];
	uint64_t serial;

	if (r->kind == NHI_REVOKE_SERIAL &&
	    nhi_num_parse(nhi_span_str(r->name), UINT64_MAX, &serial))
		add_serial(c, serial);
	if (r->kind == NHI_REVOKE_KEY &&
	    nhi_num_unhex(nhi_span_str(r->name), hash, sizeof(hash)))
		nhi_buf_put(&c->hashes, hash, sizeof(hash));
	return true;
}

/* By identity or mark; what cannot be looked up is revoked. */
static bool
on_issued(const struct nhi_issued *e, void *arg)
{
	/* A token has none. */
	if (e->serial == 0)
		return true;
	if (nhi_revoke_check(NHI_REVOKED_DIR, &(struct nhi_revoke_query){
	    .identity = e->identity, .valid_after = e->valid_after,
	    .mark = nhi_revoke_valid(NHI_REVOKE_MARK, e->mark) ? e->mark :
	    NULL }, NULL) != NHI_OK)
		add_serial(arg, e->serial);
	return true;
}

static enum nhi_err
collect(struct content *c, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_revoke_each(NHI_REVOKED_DIR, on_revoked, c,
	    why)) != NHI_OK ||
	    (err = nhi_issued_each(NHI_ISSUED_DIR, on_issued, c,
	    why)) != NHI_OK ||
	    (err = nhi_ca_read(NHI_CA_TRUSTED, &c->cas, why)) != NHI_OK ||
	    (err = nhi_ca_retired_load(nhi_when_now(), &c->retired,
	    why)) != NHI_OK ||
	    (err = nhi_buf_check(&c->serials, why)) != NHI_OK)
		return err;
	return nhi_buf_check(&c->hashes, why);
}

/* Each key once: a retirement may have been stopped half-way. */
static void
put_cas(const struct content *c, const struct nhi_ssh_trusted *list,
    const struct nhi_ssh_trusted *but, struct nhi_buf *cas)
{
	const void *serials = c->serials.p;
	const char *host;

	for (size_t i = 0; i < list->n; i++)
		if (but == NULL || nhi_ssh_trusted_find(but, list->keys[i],
		    &host, NULL) != NHI_OK)
			nhi_buf_put(cas, &(struct nhi_ssh_krl_ca){
			    .ca = list->keys[i], .serials = serials,
			    .nserials = c->serials.n / sizeof(uint64_t) },
			    sizeof(struct nhi_ssh_krl_ca));
}

static enum nhi_err
format(const struct content *c, struct nhi_buf *ret, size_t *ret_cas,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf cas =
	    NHI_BUF(2 * NHI_SSH_TRUSTED_MAX * sizeof(struct nhi_ssh_krl_ca));
	struct nhi_ssh_krl krl = { .version = (uint64_t)nhi_when_now(),
	    .generated = nhi_when_now(), .comment = "nhictl krl",
	    .hashes = nhi_buf_all(&c->hashes) };
	const void *list;
	enum nhi_err err;

	put_cas(c, c->cas, NULL, &cas);
	put_cas(c, c->retired, c->cas, &cas);
	if ((err = nhi_buf_check(&cas, why)) != NHI_OK)
		return err;
	/* It would revoke none of them. */
	if (cas.n == 0 && c->serials.n > 0)
		return nhi_fail(why, NHI_ERR_STATE, NHI_CA_TRUSTED ": no CA "
		    "key whose serials these are: nhictl apply");
	list = cas.p;
	krl.cas = list;
	krl.ncas = *ret_cas = cas.n / sizeof(struct nhi_ssh_krl_ca);
	return nhi_ssh_krl_format(&krl, ret, why);
}

int
nhi_verb_krl(int argc, char **argv)
{
	NHI_AUTO(wipe) struct content c = {
		.serials = NHI_BUF(SERIALS_MAX * sizeof(uint64_t)),
		.hashes = NHI_BUF(SERIALS_MAX * NHI_SSH_HASH) };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf out = NHI_BUF(NHI_SSH_KRL_MAX);
	struct nhi_why why = { "" };
	size_t cas = 0;
	enum nhi_err err;

	if (argc != 2 || argv[1][0] == '-' || argv[1][0] == '\0')
		return nhi_ctl_usage("krl");
	/* By rename: sshd lets everybody in on an empty list. */
	if ((err = collect(&c, &why)) != NHI_OK ||
	    (err = format(&c, &out, &cas, &why)) != NHI_OK ||
	    (err = nhi_file_replace(AT_FDCWD, argv[1], 0644,
	    nhi_buf_all(&out), &why)) != NHI_OK)
		return nhi_ctl_fail(err, &why);
	(void)printf("%s: %zu serials of %zu CA keys, %zu keys\n", argv[1],
	    c.serials.n / sizeof(uint64_t), cas,
	    c.hashes.n / NHI_SSH_HASH);
	return nhi_ctl_done(fflush(stdout) == 0);
}
