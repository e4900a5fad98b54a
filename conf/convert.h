/* SPDX-License-Identifier: BSD-2-Clause */
/* One setting's value, from libconfig's types into ours. */
#ifndef NHI_CONF_CONVERT_H
#define NHI_CONF_CONVERT_H

#include <libconfig.h>

#include "conf/schema.h"

struct nhi_convert {
	const struct nhi_section *section;
	const struct nhi_setting *setting;
	struct nhi_place at;
	struct nhi_faults *faults;
};

/* A value or a list of values; a fault and untouched when it is not right. */
void	 nhi_convert(const struct nhi_convert *, const config_setting_t *,
	    void *member);

/* The default, from its text. */
void	 nhi_convert_default(const struct nhi_convert *, void *member);

/* A fault of this setting: "section.setting: sentence". */
void	 nhi_convert_fault(const struct nhi_convert *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* Is the number in its limits, the text of the setting's form?  Else told. */
bool	 nhi_convert_limited(const struct nhi_convert *, int64_t);
bool	 nhi_convert_right(const struct nhi_convert *, const char *);

#endif
