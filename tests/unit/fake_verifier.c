/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands for nhi-drop and nhi-verify in test_verifier: how it misbehaves is
 * told by the account.
 */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "lib/base/verdict.h"

static struct nhi_verdict verdict = { .reason = NHI_OK, .identity = 3 };
static struct nhi_buf out = NHI_BUF(1U << 20);

static bool
is(const char *how, const char *what)
{
	return strcmp(how, what) == 0;
}

static void
distort(const char *how)
{
	if (is(how, "nonce"))
		verdict.nonce[0] ^= 1;
	if (is(how, "digest"))
		verdict.digest[31] ^= 1;
	if (is(how, "person"))
		verdict.reason = NHI_ERR_BY_PERSON;
	nhi_verdict_format(&verdict, &out);
	if (is(how, "twice"))
		nhi_verdict_format(&verdict, &out);
	if (is(how, "short"))
		out.n--;
	if (is(how, "none"))
		out.n = 0;
	if (is(how, "magic"))
		out.p[0] = 'X';
	if (is(how, "reason"))
		out.p[26] = (char)0xff;
	for (int i = 0; is(how, "flood") && i < 100; i++)
		nhi_verdict_format(&verdict, &out);
}

/* In the state of who waits for a disk, and without a processor. */
static void
starve(void)
{
	const struct timespec rest = { 2, 300000000 };

	if (vfork() == 0) {
		(void)nanosleep(&rest, NULL);
		_exit(0);
	}
}

int
main(int argc, char *argv[])
{
	struct nhi_buf in = NHI_BUF(1U << 20);
	struct nhi_request q;
	struct nhi_why why;
	const char *how;
	int64_t began = nhi_clock_ms();

	/* Itself, or behind the word of nhi-drop. */
	if (argc == 5 && is(argv[1], "direct"))
		how = argv[3];
	else if (argc == 6 && is(argv[1], "verify") && is(argv[2], "token"))
		how = argv[4];
	else
		return 1;
	if (is(how, "deaf"))
		_exit(0);
	if (nhi_file_slurp(0, &in, &why) != NHI_OK ||
	    nhi_request_parse(nhi_buf_all(&in), &q, &why) != NHI_OK)
		return 1;
	memcpy(verdict.nonce, q.nonce, sizeof(verdict.nonce));
	memset(verdict.digest, 0xab, sizeof(verdict.digest));
	nhi_verdict_line(&verdict, "detail", q.bytes);
	distort(how);
	if (is(how, "late"))
		(void)sleep(10);
	if (is(how, "slow"))
		starve();
	while (is(how, "spins") && nhi_clock_ms() - began < 20000)
		continue;
	(void)!nhi_file_put(1, nhi_buf_all(&out), &why);
	if (is(how, "killed"))
		(void)raise(SIGKILL);
	/* Holds the answer open: no end of file. */
	if (is(how, "open"))
		(void)sleep(10);
	/* Buffers are not freed: no word about that from a sanitizer. */
	_exit(is(how, "status") ? 1 : 0);
}
