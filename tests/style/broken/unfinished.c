/* SPDX-License-Identifier: BSD-2-Clause */
/* TODO: all of it */
