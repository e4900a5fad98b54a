/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory that breaks off; for programs linked with --wrap=readdir. */
#ifndef NHI_TESTS_UNIT_LIST_FAILS_H
#define NHI_TESTS_UNIT_LIST_FAILS_H

#include <stdbool.h>

/* What is left of every directory cannot be read: EIO. */
extern bool list_fails;

#endif
