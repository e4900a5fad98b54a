/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "lib/ssh/agent.h"
#include "lib/ssh/wire.h"

#define SIGN_REQUEST	13
#define SIGN_RESPONSE	14
#define RSA_SHA2_512	4		/* a flag; others have no choice */
#define MESSAGE_MAX	(256U << 10)

static enum nhi_err
fault(const char *path, const char *what, struct nhi_why *why)
{
	return nhi_fail(why, NHI_ERR_CA_KEY, "agent %.80s: %s", path, what);
}

static enum nhi_err
open_agent(const char *path, int *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	if (path[0] != '/' || strlen(path) >= sizeof(un.sun_path))
		return fault(path, "not a path of a socket", why);
	memcpy(un.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&un,
	    sizeof(un)) != 0)
		return fault(path, strerror(errno), why);
	*ret = fd;
	fd = -1;
	return NHI_OK;
}

static bool
ready(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left = deadline - nhi_clock_ms();
	int n;

	do
		n = left <= 0 ? 0 : poll(&p, 1, (int)left);
	while (n < 0 && errno == EINTR &&
	    (left = deadline - nhi_clock_ms()) > 0);
	return n > 0;
}

static bool
send_all(int fd, struct nhi_span s, int64_t deadline)
{
	while (s.n > 0) {
		ssize_t n;

		if (!ready(fd, POLLOUT, deadline))
			return false;
		n = send(fd, s.p, s.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		if (n > 0) {
			s.p += n;
			s.n -= (size_t)n;
		}
	}
	return true;
}

/* Exactly n bytes more. */
static bool
receive(int fd, size_t n, int64_t deadline, struct nhi_buf *b)
{
	char step[4096];

	while (n > 0) {
		ssize_t got;

		if (!ready(fd, POLLIN, deadline))
			return false;
		got = recv(fd, step, n < sizeof(step) ? n : sizeof(step),
		    MSG_DONTWAIT);
		if (got == 0 || (got < 0 && errno != EINTR &&
		    errno != EAGAIN))
			return false;
		if (got > 0) {
			nhi_buf_put(b, step, (size_t)got);
			n -= (size_t)got;
		}
	}
	return b->err == NHI_OK;
}

static enum nhi_err
ask(const char *path, const struct nhi_buf *request, struct nhi_buf *answer,
    struct nhi_why *why)
{
	NHI_AUTO(nhi_fd_close) int fd = -1;
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf head = NHI_BUF(64);
	const int64_t deadline = nhi_clock_ms() + NHI_SSH_AGENT_MS;
	struct nhi_span in;
	uint32_t n;
	enum nhi_err err;

	if ((err = open_agent(path, &fd, why)) != NHI_OK)
		return err;
	nhi_buf_u32(&head, (uint32_t)request->n);
	if (!send_all(fd, nhi_buf_all(&head), deadline) ||
	    !send_all(fd, nhi_buf_all(request), deadline))
		return fault(path, "takes no request", why);
	nhi_buf_reset(&head);
	if (!receive(fd, 4, deadline, &head))
		return fault(path, "gives no answer", why);
	in = nhi_buf_all(&head);
	if (!nhi_span_u32(&in, &n) || n == 0 || n > MESSAGE_MAX ||
	    !receive(fd, n, deadline, answer))
		return fault(path, "gives a broken answer", why);
	return NHI_OK;
}

enum nhi_err
nhi_ssh_agent_sign(const char *path, const struct nhi_ssh_key *key,
    struct nhi_span data, struct nhi_buf *ret, struct nhi_why *why)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf request = NHI_BUF(MESSAGE_MAX);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf answer = NHI_BUF(MESSAGE_MAX);
	struct nhi_span in, blob;
	uint8_t type;
	enum nhi_err err;

	nhi_buf_u8(&request, SIGN_REQUEST);
	nhi_wire_put(&request, nhi_buf_all(&key->blob));
	nhi_wire_put(&request, data);
	nhi_buf_u32(&request, key->type == NHI_SSH_RSA ? RSA_SHA2_512 : 0);
	if ((err = nhi_buf_check(&request, why)) != NHI_OK ||
	    (err = ask(path, &request, &answer, why)) != NHI_OK)
		return err;
	in = nhi_buf_all(&answer);
	if (!nhi_span_u8(&in, &type) || type != SIGN_RESPONSE)
		return fault(path, "does not sign with the CA's key", why);
	if (!nhi_wire_string(&in, &blob) || in.n != 0 || blob.n == 0)
		return fault(path, "gives a broken signature", why);
	nhi_buf_span(ret, blob);
	return nhi_buf_check(ret, why);
}
