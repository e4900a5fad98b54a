/* SPDX-License-Identifier: BSD-2-Clause */
/* Getting everything loaded before the sandbox closes. */
#ifndef NHI_TOKEN_WARM_UP_H
#define NHI_TOKEN_WARM_UP_H

#include <stdint.h>

#include "lib/base/err.h"

/*
 * Make libcrypto and json-c initialise all that nhi_token_verify can need for
 * these algorithms (enum nhi_alg_bit), without openssl.cnf: whoever can choose
 * that file (by OPENSSL_CONF) would choose what is loaded here.
 * NHI_ERR_INTERNAL when an algorithm is not to be had.
 *
 * What may be called afterwards: brk, mmap, munmap, mremap, mprotect, madvise,
 * futex, getrandom, clock_gettime, getpid (OpenSSL's generator asks whether
 * it was forked).
 */
enum nhi_err	 nhi_token_warm_up(uint32_t algs, struct nhi_why *) NHI_MUST;

#endif
