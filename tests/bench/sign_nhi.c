/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing a certificate in process: sign_nhi DIR TYPE [read].  The CA's key is
 * DIR/ca-TYPE, the subject's DIR/bot.pub; with "read" the CA's key is parsed
 * for each certificate, as nhi-issue does.  The certificate is parsed and its
 * signature checked before it is given out, here as there.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/ssh/sign.h"
#include "tests/bench/turn.h"

#define KEYID	"nhi1:web-1.example.com:web-deploy:0123456789abcdef"

struct bench {
	struct nhi_span text;			/* of the CA's key */
	struct nhi_ssh_private *ca;		/* NULL: read each time */
	struct nhi_ssh_key *subject;
};

static bool
sign(const struct bench *b, const struct nhi_ssh_private *ca)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf line = NHI_BUF(NHI_SSH_LINE_MAX);
	struct nhi_ssh_cert_request r = {
		.subject = b->subject, .keyid = KEYID,
		.principal = "web-deploy", .valid_after = time(NULL) - 60,
		.valid_before = time(NULL) + 900,
	};
	struct nhi_why why;

	return nhi_ssh_cert_serial(&r.serial, &why) == NHI_OK &&
	    nhi_ssh_cert_sign(&r, ca, &line, &why) == NHI_OK;
}

static bool
run(void *arg)
{
	const struct bench *b = arg;
	NHI_AUTO(nhi_ssh_private_freep) struct nhi_ssh_private *ca = NULL;
	struct nhi_why why;

	if (b->ca != NULL)
		return sign(b, b->ca);
	return nhi_ssh_private_parse(b->text, &ca, &why) == NHI_OK &&
	    sign(b, ca);
}

int
main(int argc, char **argv)
{
	struct bench b = { { NULL, 0 }, NULL, NULL };
	struct nhi_why why;
	char name[64];

	if (argc < 3)
		return 2;
	(void)snprintf(name, sizeof(name), "ca-%s", argv[2]);
	b.text = nhi_span_str(turn_read(argv[1], name));
	if (nhi_ssh_key_parse_line(nhi_span_str(turn_read(argv[1], "bot.pub")),
	    &b.subject, &why) != NHI_OK)
		return 2;
	if (argc == 3 && nhi_ssh_private_parse(b.text, &b.ca, &why) != NHI_OK)
		return 2;
	return turn_serve(run, &b);
}
