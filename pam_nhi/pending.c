/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "pam_nhi/pending.h"

#define HANDLE_BYTES	16
#define HANDLE_SIZE	(2 * HANDLE_BYTES + 1)
#define TEXT_MAX	1024

static enum nhi_err
open_dir(int *ret, struct nhi_why *why)
{
	enum nhi_err err;

	if ((err = nhi_dir_make(AT_FDCWD, NHI_RUN_DIR, 0755, 0, 0,
	    why)) != NHI_OK ||
	    (err = nhi_dir_make(AT_FDCWD, NHI_PENDING_DIR, 0700, 0, 0,
	    why)) != NHI_OK)
		return err;
	return nhi_dir_open(AT_FDCWD, NHI_PENDING_DIR, ret, why);
}

/*
 * The words that must be the same when it is taken: who, from where, in
 * which session of the kernel.
 */
static enum nhi_err
put_binding(const struct nhi_pam_call *c, struct nhi_buf *b,
    struct nhi_why *why)
{
	struct nhi_stamp leader;
	char text[NHI_STAMP_TEXT];
	enum nhi_err err;

	if ((err = nhi_stamp_leader(&leader, why)) != NHI_OK)
		return err;
	nhi_stamp_format(&leader, text);
	nhi_word_put(b, nhi_span_str(c->user));
	nhi_word_put(b, nhi_span_str(c->service));
	nhi_word_put(b, nhi_span_str(c->source));
	nhi_word_put(b, nhi_span_str(text));
	nhi_buf_printf(b, " %ld\n", (long)getsid(0));
	return nhi_buf_check(b, why);
}

static enum nhi_err
write_file(const char *handle, const struct nhi_buf *text,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	NHI_AUTO(nhi_fd_close) int fd = -1;
	enum nhi_err err;

	if ((err = open_dir(&dir, why)) != NHI_OK)
		return err;
	fd = openat(dir, handle, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_PENDING_DIR,
		    strerror(errno));
	return nhi_file_put(fd, nhi_buf_all(text), why);
}

enum nhi_err
nhi_pam_pending_put(const struct nhi_pam_call *c,
    const struct nhi_pam_pending *p, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(TEXT_MAX);
	char env[sizeof(NHI_PENDING_NAME) + HANDLE_SIZE];
	uint8_t random[HANDLE_BYTES];
	char handle[HANDLE_SIZE];
	enum nhi_err err;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return nhi_fail(why, NHI_ERR_STATE, "getrandom: %s",
		    strerror(errno));
	nhi_num_hex(random, sizeof(random), handle);
	if ((err = put_binding(c, &text, why)) != NHI_OK)
		return err;
	nhi_buf_printf(&text, "%" PRId64 " %s %s %" PRId64 "\n", c->now,
	    p->identity, p->mark, p->expires);
	if ((err = nhi_buf_check(&text, why)) != NHI_OK ||
	    (err = write_file(handle, &text, why)) != NHI_OK)
		return err;
	(void)snprintf(env, sizeof(env), NHI_PENDING_NAME "=%s", handle);
	return pam_putenv(c->pamh, env) == PAM_SUCCESS ? NHI_OK :
	    nhi_fail(why, NHI_ERR_NO_MEMORY, "pam_putenv");
}

/* The file of this handle, once; it is unlinked before it is believed. */
static enum nhi_err
read_file(const char *handle, struct nhi_buf *text, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int dir = -1;
	enum nhi_err err;

	if ((err = open_dir(&dir, why)) != NHI_OK)
		return err;
	err = nhi_file_read(dir, handle, NHI_FILE_ROOT, text, why);
	if (unlinkat(dir, handle, 0) != 0 && err == NHI_OK)
		err = nhi_fail(why, NHI_ERR_STATE, "%s: %s", NHI_PENDING_DIR,
		    strerror(errno));
	if (err == NHI_ERR_STATE && errno == ENOENT)
		return nhi_fail(why, NHI_ERR_EVIDENCE_FORGED,
		    "no token was accepted under this handle");
	return err;
}

static bool
cut_text(struct nhi_span *line, char *out, size_t size)
{
	struct nhi_span word;

	if (!nhi_span_cut(line, ' ', &word) || word.n >= size)
		return false;
	memcpy(out, word.p, word.n);
	out[word.n] = '\0';
	return true;
}

static bool
cut_time(struct nhi_span *line, int64_t *ret)
{
	struct nhi_span word;
	uint64_t v;

	if (!nhi_span_cut(line, ' ', &word) ||
	    !nhi_num_parse(word, INT64_MAX, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

static enum nhi_err
parse(const struct nhi_pam_call *c, struct nhi_span text,
    struct nhi_pam_pending *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf meant = NHI_BUF(TEXT_MAX);
	struct nhi_pam_pending p;
	struct nhi_span binding, line;
	int64_t written;
	enum nhi_err err;

	if ((err = put_binding(c, &meant, why)) != NHI_OK)
		return err;
	meant.n--;			/* the newline is cut off below */
	if (!nhi_span_cut(&text, '\n', &binding) ||
	    !nhi_span_equal(binding, nhi_buf_all(&meant)))
		return nhi_fail(why, NHI_ERR_EVIDENCE_FORGED,
		    "the token was accepted for another login");
	if (!nhi_span_cut(&text, '\n', &line) || !cut_time(&line, &written) ||
	    !cut_text(&line, p.identity, sizeof(p.identity)) ||
	    !cut_text(&line, p.mark, sizeof(p.mark)) ||
	    !cut_time(&line, &p.expires) || line.p != NULL)
		return nhi_fail(why, NHI_ERR_STATE, "malformed hand-over");
	if (written > c->now || c->now - written > NHI_PENDING_S)
		return nhi_fail(why, NHI_ERR_EVIDENCE_FORGED,
		    "the token was accepted too long ago");
	*ret = p;
	return NHI_OK;
}

enum nhi_err
nhi_pam_pending_take(const struct nhi_pam_call *c,
    struct nhi_pam_pending *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(TEXT_MAX);
	const char *env = pam_getenv(c->pamh, NHI_PENDING_NAME);
	uint8_t random[HANDLE_BYTES];
	char handle[HANDLE_SIZE];
	enum nhi_err err;

	if (env == NULL)
		return nhi_fail(why, NHI_ERR_NO_EVIDENCE,
		    "no token was accepted for this login");
	if (!nhi_num_unhex(nhi_span_str(env), random, sizeof(random)))
		return nhi_fail(why, NHI_ERR_EVIDENCE_FORGED,
		    NHI_PENDING_NAME " is no handle");
	nhi_num_hex(random, sizeof(random), handle);
	(void)pam_putenv(c->pamh, NHI_PENDING_NAME);
	if ((err = read_file(handle, &text, why)) != NHI_OK)
		return err;
	return parse(c, nhi_buf_all(&text), ret, why);
}
