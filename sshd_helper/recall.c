/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file: question, time, verdict, SHA-256 of these.  It is written over
 * where it stands, for a rename would leave files behind; who reads it
 * meanwhile finds that the sum is wrong.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/ssh/sha256.h"
#include "sshd_helper/recall.h"

#define FILE_MAX	(2 * NHI_SSH_HASH + 8 + NHI_VERDICT_MAX)

static void
name_of(const struct nhi_recall *r, char out[static 16])
{
	(void)snprintf(out, 16, "verdict.%u",
	    (unsigned int)r->question[0] % NHI_RECALL_N);
}

static bool
parse(const struct nhi_recall *r, struct nhi_span text,
    struct nhi_verdict *ret)
{
	uint8_t sum[NHI_SSH_HASH];
	struct nhi_span question;
	uint64_t time;

	if (text.n < NHI_SSH_HASH)
		return false;
	text.n -= NHI_SSH_HASH;
	nhi_ssh_sha256(text, sum);
	if (memcmp(text.p + text.n, sum, sizeof(sum)) != 0 ||
	    !nhi_span_take(&text, NHI_SSH_HASH, &question) ||
	    memcmp(question.p, r->question, NHI_SSH_HASH) != 0 ||
	    !nhi_span_u64(&text, &time) || (int64_t)time > r->now ||
	    (int64_t)time + NHI_RECALL_S <= r->now)
		return false;
	return nhi_verdict_parse(text, ret, NULL) == NHI_OK;
}

bool
nhi_recall_find(const struct nhi_recall *r, struct nhi_verdict *ret)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_MAX);
	NHI_AUTO(nhi_fd_close) int dir = -1;
	char name[16];

	name_of(r, name);
	if (nhi_dir_open(AT_FDCWD, r->dir, &dir, NULL) != NHI_OK ||
	    nhi_file_read(dir, name, NHI_FILE_OWN, &text, NULL) != NHI_OK)
		return false;
	return parse(r, nhi_buf_all(&text), ret);
}

void
nhi_recall_put(const struct nhi_recall *r, const struct nhi_verdict *v)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(FILE_MAX);
	NHI_AUTO(nhi_fd_close) int dir = -1;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	uint8_t sum[NHI_SSH_HASH];
	char name[16];

	nhi_buf_put(&text, r->question, NHI_SSH_HASH);
	nhi_buf_u64(&text, (uint64_t)r->now);
	nhi_verdict_format(v, &text);
	nhi_ssh_sha256(nhi_buf_all(&text), sum);
	nhi_buf_put(&text, sum, sizeof(sum));
	name_of(r, name);
	if (nhi_buf_check(&text, NULL) != NHI_OK ||
	    nhi_dir_open(AT_FDCWD, r->dir, &dir, NULL) != NHI_OK ||
	    (fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK, 0600)) < 0)
		return;
	(void)!nhi_file_put(fd, nhi_buf_all(&text), NULL);
}
