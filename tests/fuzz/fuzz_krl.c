/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A revocation list, whose content is made of the bytes.  It is read again by
 * PROTOCOL.krl, as sshd does: what was given is in it, in order, and nothing
 * else; and no list is made that sshd could not load.
 */
#include "config.h"

#include <string.h>

#include "lib/ssh/fingerprint.h"
#include "lib/ssh/krl.h"
#include "lib/ssh/wire.h"
#include "tests/fuzz/fuzz.h"

#define MOST	16	/* of each kind */

static const char ca_line[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYH"
    "CAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

struct content {
	uint64_t serials[MOST];
	size_t nserials;
	char *ids[MOST];
	struct nhi_list keyids;
	char hashes[MOST * NHI_SSH_HASH];
	size_t nhashes;
	char comment[64];
	uint64_t head[2];		/* version, time */
};

/* A letter, and what it announces; 0 ends it all. */
static bool
take(struct nhi_span *in, struct content *c)
{
	struct nhi_span s;
	uint8_t what, n;

	if (!nhi_span_u8(in, &what))
		return false;
	if (what == 's' && c->nserials < MOST)
		return nhi_span_u64(in, &c->serials[c->nserials++]);
	if (what == 'h' && c->nhashes < MOST) {
		if (!nhi_span_take(in, NHI_SSH_HASH, &s))
			return false;
		memcpy(c->hashes + NHI_SSH_HASH * c->nhashes++, s.p, s.n);
		return true;
	}
	if (what == 'v')
		return nhi_span_u64(in, &c->head[0]);
	if (what == 't')
		return nhi_span_u64(in, &c->head[1]);
	if ((what != 'i' && what != 'c') || !nhi_span_u8(in, &n) ||
	    !nhi_span_take(in, n, &s))
		return false;
	if (what == 'i' && c->keyids.n < MOST)
		c->ids[c->keyids.n++] = fuzz_text((const uint8_t *)s.p, s.n);
	else if (what == 'c' && s.n < sizeof(c->comment)) {
		memcpy(c->comment, s.p, s.n);
		c->comment[s.n] = '\0';
	}
	return true;
}

/* The next section (or the next in it), which must be this. */
static struct nhi_span
section(struct nhi_span *in, uint8_t want)
{
	struct nhi_span body;
	uint8_t type;

	MUST(nhi_span_u8(in, &type) && type == want);
	MUST(nhi_wire_string(in, &body) && body.n > 0);
	return body;
}

static void
check_ca(struct nhi_span in, const struct content *c,
    const struct nhi_ssh_key *ca)
{
	struct nhi_span s, all;
	uint64_t serial;

	MUST(nhi_wire_string(&in, &s));
	MUST(nhi_span_equal(s, nhi_buf_all(&ca->blob)));
	MUST(nhi_wire_string(&in, &s) && s.n == 0);
	if (c->nserials > 0) {
		all = section(&in, 0x20);
		for (size_t i = 0; i < c->nserials; i++)
			MUST(nhi_span_u64(&all, &serial) && serial != 0 &&
			    serial == c->serials[i]);
		MUST(all.n == 0);
	}
	if (c->keyids.n > 0) {
		all = section(&in, 0x23);
		for (size_t i = 0; i < c->keyids.n; i++)
			MUST(nhi_wire_string(&all, &s) && s.n > 0 &&
			    nhi_span_is(s, c->ids[i]));
		MUST(all.n == 0);
	}
	MUST(in.n == 0);
}

static void
check(struct nhi_span in, const struct content *c,
    const struct nhi_ssh_key *ca)
{
	struct nhi_span s, all;
	uint32_t format;
	uint64_t v;

	MUST(nhi_span_take(&in, 8, &s) && memcmp(s.p, "SSHKRL\n", 8) == 0);
	MUST(nhi_span_u32(&in, &format) && format == 1);
	MUST(nhi_span_u64(&in, &v) && v == c->head[0]);
	MUST(nhi_span_u64(&in, &v) && v == c->head[1]);
	MUST(nhi_span_u64(&in, &v) && v == 0);
	MUST(nhi_wire_string(&in, &s) && s.n == 0);
	MUST(nhi_wire_string(&in, &s) && nhi_span_is(s, c->comment));
	if (c->nserials > 0 || c->keyids.n > 0)
		check_ca(section(&in, 1), c, ca);
	if (c->nhashes > 0) {
		all = section(&in, 5);
		for (size_t i = 0; i < c->nhashes; i++)
			MUST(nhi_wire_string(&all, &s) &&
			    s.n == NHI_SSH_HASH && memcmp(s.p, c->hashes +
			    NHI_SSH_HASH * i, s.n) == 0);
		MUST(all.n == 0);
	}
	MUST(in.n == 0);
}

FUZZ_TARGET(krl)(const uint8_t *data, size_t size)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf list = NHI_BUF(NHI_SSH_KRL_MAX);
	NHI_AUTO(nhi_ssh_key_freep) struct nhi_ssh_key *ca = NULL;
	struct content c = { .nserials = 0 };
	struct nhi_ssh_krl_ca of_ca = { .serials = c.serials,
	    .keyids = &c.keyids };
	struct nhi_ssh_krl krl = { .cas = &of_ca, .ncas = 1 };
	struct nhi_span in = fuzz_span(data, size);
	struct nhi_why why = { "" };

	MUST(nhi_ssh_key_parse_line(nhi_span_str(ca_line), &ca, &why) ==
	    NHI_OK);
	c.keyids.p = c.ids;
	while (take(&in, &c))
		continue;
	of_ca.ca = ca;
	of_ca.nserials = c.nserials;
	krl.version = c.head[0];
	krl.generated = (int64_t)c.head[1];
	krl.comment = c.comment;
	krl.hashes = (struct nhi_span){ c.hashes, c.nhashes * NHI_SSH_HASH };
	if (nhi_ssh_krl_format(&krl, &list, &why) == NHI_OK) {
		fuzz_taken = c.nserials > 0 && c.keyids.n > 0 && c.nhashes > 0;
		check(nhi_buf_all(&list), &c, ca);
	} else
		MUST(why.text[0] != '\0');
	for (size_t i = 0; i < c.keyids.n; i++)
		free(c.ids[i]);
	return 0;
}
