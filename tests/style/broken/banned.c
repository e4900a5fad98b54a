/* SPDX-License-Identifier: BSD-2-Clause */
void
f(char *a, const char *b)
{
	strcpy(a, b);
}
