/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/evp.h>
