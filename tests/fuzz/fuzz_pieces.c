/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token that comes through PAM in pieces: as clients cut it, of which nothing
 * may be lost, or as lines that somebody makes up.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <security/pam_appl.h>

#include "lib/base/verdict.h"
#include "pam_nhi/ask.h"
#include "tests/fuzz/fuzz.h"

/* Who answers. */
struct client {
	const char *rest;
	size_t cut;			/* 0: never; SIZE_MAX: at a newline */
	unsigned int asked;
};

static size_t
piece(const struct client *c)
{
	size_t n = strlen(c->rest);

	if (c->cut == SIZE_MAX)
		return strcspn(c->rest, "\n");
	return c->cut != 0 && n > c->cut ? c->cut : n;
}

static int
converse(int n, const struct pam_message **msg, struct pam_response **ret,
    void *arg)
{
	struct client *c = arg;
	size_t size = piece(c);

	MUST(n == 1 && msg[0]->msg_style == PAM_PROMPT_ECHO_OFF);
	MUST(strncmp(msg[0]->msg, "NHI token", 9) == 0);
	c->asked++;
	if (c->cut == SIZE_MAX && c->rest[0] == '\0')
		return PAM_CONV_ERR;
	*ret = calloc(1, sizeof(**ret));
	MUST(*ret != NULL);
	(*ret)->resp = fuzz_text((const uint8_t *)c->rest, size);
	c->rest += size;
	if (c->cut == SIZE_MAX && c->rest[0] == '\n')
		c->rest++;
	return PAM_SUCCESS;
}

/* One handle for all, of a service without modules. */
static pam_handle_t *
handle(struct client *c)
{
	static const char service[] = "auth required pam_permit.so\n";
	static struct pam_conv conv = { .conv = converse };
	static pam_handle_t *pamh;

	conv.appdata_ptr = c;
	if (pamh == NULL) {
		fuzz_file("nhi-fuzz", (const uint8_t *)service,
		    sizeof(service) - 1);
		MUST(pam_start_confdir("nhi-fuzz", "root", &conv, fuzz_dir(),
		    &pamh) == PAM_SUCCESS);
	}
	MUST(pam_set_item(pamh, PAM_CONV, &conv) == PAM_SUCCESS);
	return pamh;
}

FUZZ_TARGET(pieces)(const uint8_t *data, size_t size)
{
	static const size_t cuts[] = { 0, 511, 1023, SIZE_MAX };
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf token =
	    NHI_BUF(NHI_VERDICT_BYTES);
	NHI_AUTO(nhi_free) char *text = fuzz_text(data + (size > 0),
	    size - (size > 0));
	struct client client = { text, cuts[size > 0 ? data[0] % 4 : 0], 0 };
	struct nhi_pam_call c = { .pamh = handle(&client) };
	struct nhi_span want = nhi_span_str(text);
	struct nhi_why why = { "" };
	enum nhi_err err = nhi_pam_ask(&c, &token, &why);

	MUST(client.asked >= 1 && client.asked <= NHI_ASK_PARTS);
	if (err != NHI_OK) {
		MUST(err == NHI_ERR_EMPTY || err == NHI_ERR_INPUT ||
		    err == NHI_ERR_TOO_LARGE);
		MUST(client.cut == SIZE_MAX || want.n < 2 ||
		    want.n > NHI_VERDICT_BYTES);
		return 0;
	}
	fuzz_taken = true;
	if (client.cut == SIZE_MAX)
		return 0;
	if (want.p[want.n - 1] == '\n')
		want.n--;
	MUST(nhi_span_equal(nhi_buf_all(&token), want));
	return 0;
}
