/* SPDX-License-Identifier: BSD-2-Clause */
void
f(int *a)
{
#ifdef __linux__
	*a = 1;
#endif
}
