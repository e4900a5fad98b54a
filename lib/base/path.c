/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lib/base/path.h"

bool
nhi_path_join(char out[static NHI_PATH_SIZE], const char *dir,
    const char *middle, struct nhi_span name)
{
	size_t ndir = strlen(dir), nmiddle = strlen(middle);

	out[0] = '\0';
	if (ndir >= NHI_PATH_SIZE || nmiddle >= NHI_PATH_SIZE - ndir ||
	    name.n >= NHI_PATH_SIZE - ndir - nmiddle) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(out, dir, ndir);
	memcpy(out + ndir, middle, nmiddle);
	memcpy(out + ndir + nmiddle, name.p, name.n);
	out[ndir + nmiddle + name.n] = '\0';
	return true;
}

bool
nhi_path_number(char out[static NHI_PATH_SIZE], const char *dir,
    const char *middle, uint32_t v)
{
	char digits[10];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	return nhi_path_join(out, dir, middle,
	    (struct nhi_span){ digits + i, sizeof(digits) - i });
}
