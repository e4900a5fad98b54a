/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and certificates of doctor's probes. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/ssh/generate.h"
#include "lib/ssh/keyid.h"
#include "lib/ssh/sign.h"
#include "nhictl/doctor_probe.h"

#define TEMPLATE	"/run/nhi-doctor.XXXXXX"
#define PROBE_LIFE	60		/* s */
#define BEFORE		3600
#define NOBODY		"nhi-doctor-nobody"
#define IDENTITY	"nhi-doctor-probe"
#define MARK		"0000000000000000"
#define ELSEWHERE	"192.0.2.1/32"	/* an address of documentation */

static void
probe_path(const struct nhi_probe *p, const char *name, char *out, size_t size)
{
	(void)snprintf(out, size, "%s/%s", p->dir, name);
}

static enum nhi_err
make_key(const struct nhi_probe *p, const char *name,
    struct nhi_ssh_private **ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	char path[64];
	enum nhi_err err;

	if ((err = nhi_ssh_generate(NHI_SSH_ED25519, "probe of nhictl doctor",
	    &text, why)) != NHI_OK ||
	    (err = nhi_ssh_private_parse(nhi_buf_all(&text), ret, why)) !=
	    NHI_OK)
		return err;
	if (name == NULL)
		return NHI_OK;
	probe_path(p, name, path, sizeof(path));
	return nhi_file_replace(AT_FDCWD, path, 0600, nhi_buf_all(&text),
	    why);
}

/* The key is in memory only, as long as the probes take. */
static enum nhi_err
load_ca(struct nhi_probe *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text =
	    NHI_BUF(NHI_SSH_PRIVATE_MAX);
	enum nhi_err err;

	if ((err = nhi_file_read(AT_FDCWD, NHI_CA_KEY, NHI_FILE_ANY, &text,
	    why)) != NHI_OK)
		return err;
	return nhi_ssh_private_parse(nhi_buf_all(&text), &p->ca, why);
}

enum nhi_err
nhi_probe_open(const struct nhi_doctor *d, struct nhi_probe *p,
    struct nhi_why *why)
{
	enum nhi_err err;

	memcpy(p->dir, TEMPLATE, sizeof(TEMPLATE));
	if (mkdtemp(p->dir) == NULL) {
		p->dir[0] = '\0';
		return nhi_fail(why, NHI_ERR_STATE, "/run: %s",
		    strerror(errno));
	}
	p->host = d->host.id;
	if (d->host.issues && (err = load_ca(p, why)) != NHI_OK)
		return err;
	if ((err = make_key(p, "key", &p->user, why)) != NHI_OK)
		return err;
	return make_key(p, NULL, &p->other, why);
}

void
nhi_probe_close(struct nhi_probe *p)
{
	static const char *const names[] = { "key", "key-cert.pub" };
	char path[64];

	nhi_ssh_private_free(p->user);
	nhi_ssh_private_free(p->other);
	nhi_ssh_private_free(p->ca);
	p->user = p->other = p->ca = NULL;
	if (p->dir[0] == '\0')
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		probe_path(p, names[i], path, sizeof(path));
		(void)unlink(path);
	}
	(void)rmdir(p->dir);
	p->dir[0] = '\0';
}

static enum nhi_err
sign(const struct nhi_probe *p, enum nhi_probe_cert kind, int64_t now,
    struct nhi_buf *line, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf keyid = NHI_BUF(512);
	char *elsewhere = (char []){ ELSEWHERE };
	const struct nhi_list source = { &elsewhere, 1 };
	bool over = kind == NHI_PROBE_EXPIRED;
	struct nhi_ssh_cert_request q = {
		.subject = p->user->key,
		.principal = kind == NHI_PROBE_PRINCIPAL ? NOBODY :
		    p->account,
		.valid_after = now - (over ? BEFORE : PROBE_LIFE),
		.valid_before = now + (over ? -PROBE_LIFE : PROBE_LIFE),
		.source = kind == NHI_PROBE_SOURCE ? &source : NULL,
	};
	enum nhi_err err;

	nhi_buf_printf(&keyid, "nhi1:%s:%s:%s", p->host, IDENTITY, MARK);
	q.keyid = nhi_buf_text(&keyid);
	if ((err = nhi_ssh_cert_serial(&q.serial, why)) != NHI_OK)
		return err;
	return nhi_ssh_cert_sign(&q, kind == NHI_PROBE_FOREIGN ? p->other :
	    p->ca, line, why);
}

enum nhi_err
nhi_probe_cert(const struct nhi_probe *p, enum nhi_probe_cert kind,
    int64_t now, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	char path[64];
	enum nhi_err err;

	probe_path(p, "key-cert.pub", path, sizeof(path));
	if (kind == NHI_PROBE_NONE) {
		(void)unlink(path);
		return NHI_OK;
	}
	if ((err = sign(p, kind, now, &line, why)) != NHI_OK)
		return err;
	nhi_buf_char(&line, '\n');
	return nhi_file_replace(AT_FDCWD, path, 0600, nhi_buf_all(&line),
	    why);
}
