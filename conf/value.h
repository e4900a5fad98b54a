/* SPDX-License-Identifier: BSD-2-Clause */
/* What the text of a setting must look like, by its type. */
#ifndef NHI_CONF_VALUE_H
#define NHI_CONF_VALUE_H

#include "conf/schema.h"

/* NULL when it is right, else what it is not: "a date such as ...". */
const char	*nhi_value_wrong(enum nhi_setting_type, const char *);

/* Names of hosts in key ids: letters, digits, '.', '-', '_'. */
bool		 nhi_value_hostname(const char *);

/* Absolute, no "..", no ':' and no blanks. */
bool		 nhi_value_path(const char *);

#endif
