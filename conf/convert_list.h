/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of more than one kind: lists, ranges, and the values of matches. */
#ifndef NHI_CONF_CONVERT_LIST_H
#define NHI_CONF_CONVERT_LIST_H

#include "conf/convert.h"

/* A list of values of the setting's type, in place of member. */
void	 nhi_convert_list(const struct nhi_convert *, const config_setting_t *,
	    void *member);

/* One value of a match: string, integer or boolean; all of one type. */
void	 nhi_convert_value(const struct nhi_convert *,
	    const config_setting_t *, struct nhi_conf_values *);

#endif
