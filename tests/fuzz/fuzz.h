/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzz target is one file, fuzz_NAME.c, with one function; libFuzzer calls
 * it with what it makes up, tests/fuzz/run_seeds (all of them, in one program)
 * with each seed of tests/fuzz/seeds/NAME.  Whatever the bytes are: no crash,
 * no leak, and what MUST says holds.
 */
#ifndef NHI_TESTS_FUZZ_H
#define NHI_TESTS_FUZZ_H

#include <stdbool.h>
#include <stdlib.h>

#include "lib/base/buf.h"

#ifdef ENABLE_FUZZERS
#define FUZZ_FUNCTION(name)	LLVMFuzzerTestOneInput
#else
#define FUZZ_FUNCTION(name)	fuzz_##name
#endif
#define FUZZ_TARGET(name)						\
int	 FUZZ_FUNCTION(name)(const uint8_t *data, size_t size);	\
int									\
FUZZ_FUNCTION(name)

#define FUZZ_TARGETS(X)							\
	X(arguments)						\
	X(audit)						\
	X(base64url)						\
	X(cache)						\
	X(claims)						\
	X(discovery)						\
	X(edit)							\
	X(entry)						\
	X(expect)						\
	X(http)							\
	X(json)							\
	X(jwks)							\
	X(jws)							\
	X(keyid)						\
	X(krl)							\
	X(ladder)						\
	X(pieces)						\
	X(policy)						\
	X(published)						\
	X(request)						\
	X(rules)						\
	X(session)						\
	X(spool)						\
	X(ssh_blob)						\
	X(ssh_cert)						\
	X(ssh_key)						\
	X(ssh_private)						\
	X(ssh_trusted)						\
	X(trail)						\
	X(verdict)						\
	X(words)						\
	/* End of FUZZ_TARGETS */

#define MUST(what)	do {						\
	if (!(what))							\
		abort();						\
} while (0)

/*
 * A target says when it took what it was given; one that takes none of its
 * seeds begins in front of a closed door.
 */
extern bool	 fuzz_taken;

/* The bytes as a span, never with a NULL. */
struct nhi_span	 fuzz_span(const uint8_t *data, size_t size);

/* A copy with a NUL behind it, for what takes a string; freed by nhi_free. */
char		*fuzz_text(const uint8_t *data, size_t size);

/*
 * A directory of this process's own, made once and removed at exit; and a
 * file or a symbolic link in it whose content or text the bytes are.  False
 * where no such link can be (empty, too long).
 */
const char	*fuzz_dir(void);
const char	*fuzz_path(const char *name);
void		 fuzz_file(const char *name, const uint8_t *data, size_t size);
bool		 fuzz_link(const char *name, const uint8_t *data, size_t size);

#endif
