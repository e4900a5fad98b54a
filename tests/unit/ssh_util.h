/* SPDX-License-Identifier: BSD-2-Clause */
/* For the tests of lib/ssh: a scratch directory and the real ssh-keygen. */
#ifndef NHI_TEST_SSH_UTIL_H
#define NHI_TEST_SSH_UTIL_H

#include "lib/ssh/cert.h"
#include "lib/ssh/private.h"
#include "lib/ssh/sign.h"

#define UTIL_BUF	(1U << 20)

/* A span in a static table. */
#define BYTES(lit)	{ (lit), sizeof(lit) - 1 }

/* Group fixtures: make and enter a scratch directory; remove it. */
int	 util_setup(void **);
int	 util_teardown(void **);

/* Exit status of a shell command; its output goes into the file "out". */
int	 util_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Skip the test where there is no ssh-keygen. */
void	 util_need_keygen(void);

/* Whole files of the scratch directory. */
void	 util_read(const char *path, struct nhi_buf *);
void	 util_write(const char *path, struct nhi_span);

/* Is the text in the output of the last command? */
int	 util_said(const char *text);
void	 util_expect(const char *before, const char *text);

/* Key files made by ssh-keygen: "<prefix>-<type>" and its .pub. */
extern const char *const util_types[];	/* NULL at the end */
void	 util_keygen(const char *prefix, const char *type);

struct nhi_ssh_key	*util_public(const char *path);
struct nhi_ssh_private	*util_private(const char *path);
struct nhi_ssh_cert	*util_cert(const char *path);

/* A request that is right for the subject. */
struct nhi_ssh_cert_request util_request(const struct nhi_ssh_key *);

/* A certificate's blob by ssh-keygen's keys of these names. */
void	 util_sign(const struct nhi_ssh_cert_request *, const char *ca,
	    const char *path);

#endif
