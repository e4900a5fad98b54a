/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/spawn.h"
#include "sshd_helper/intake.h"

#define STEP	4096

static enum nhi_err
wait_input(int fd, int64_t deadline, struct nhi_why *why)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left;
	int r;

	do {
		left = deadline - nhi_clock_ms();
		r = left <= 0 ? 0 : poll(&p, 1, (int)left);
	} while (r < 0 && errno == EINTR);
	if (r < 0)
		return nhi_fail(why, NHI_ERR_STATE, "poll: %s",
		    strerror(errno));
	return r > 0 ? NHI_OK : nhi_fail(why, NHI_ERR_TIMEOUT,
	    "the token was not complete after %d s", NHI_INTAKE_MS / 1000);
}

/* One newline at the end is the shell's, not the token's: LF or CR LF. */
static void
strip_newline(struct nhi_buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] == '\n')
		b->p[--b->n] = '\0';
	if (b->n > 0 && b->p[b->n - 1] == '\r')
		b->p[--b->n] = '\0';
}

enum nhi_err
nhi_intake_read(int fd, int64_t deadline, struct nhi_buf *b,
    struct nhi_why *why)
{
	enum nhi_err err;
	char step[STEP];
	ssize_t n;

	do {
		if ((err = wait_input(fd, deadline, why)) != NHI_OK)
			return err;
		n = read(fd, step, sizeof(step));
		if (n > 0)
			nhi_buf_put(b, step, (size_t)n);
		explicit_bzero(step, sizeof(step));
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return nhi_fail(why, NHI_ERR_STATE, "read: %s",
			    strerror(errno));
		if (b->err != NHI_OK)
			return nhi_buf_check(b, why);
	} while (n != 0);
	strip_newline(b);
	if (b->n > NHI_INTAKE_BYTES)
		return nhi_fail(why, NHI_ERR_TOO_LARGE,
		    "more than %d bytes", NHI_INTAKE_BYTES);
	if (b->n == 0)
		return nhi_fail(why, NHI_ERR_EMPTY, "no token was sent");
	return NHI_OK;
}
