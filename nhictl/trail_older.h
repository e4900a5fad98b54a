/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NHI_NHICTL_TRAIL_OLDER_H
#define NHI_NHICTL_TRAIL_OLDER_H

/*
 * Say on standard error where rotation has put records that may be later than
 * this time (RFC 3339 as in the trail; "": any).
 */
void	 nhi_trail_tell_older(const char *since);

#endif
