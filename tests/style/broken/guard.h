/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _GUARD_H
#define _GUARD_H
#endif
