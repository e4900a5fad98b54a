/* SPDX-License-Identifier: BSD-2-Clause */
void
f(int a, int b, int c,
    int d, int e, int g, int h, int i, int j)
{
	(void)a;
}
