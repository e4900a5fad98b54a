/* SPDX-License-Identifier: BSD-2-Clause */
/* How a file of published rules begins. */
#ifndef NHI_BASE_RULES_FORMAT_H
#define NHI_BASE_RULES_FORMAT_H

#define NHI_RULES_MAGIC		"nhi-rules"
#define NHI_RULES_FORMAT	"1"

#endif
