/* SPDX-License-Identifier: BSD-2-Clause */
void
f(int a)
{
	while (a)
		while (a)
			while (a)
				while (a)
					a--;
}
