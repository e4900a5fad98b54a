/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shapes of texts that platforms make: literal characters and placeholders
 * "<name:kind>".  Kinds: uuid, hex, digits, word (no '/' in it), rest
 * (anything, and not nothing).
 */
#ifndef NHI_CONF_SHAPE_H
#define NHI_CONF_SHAPE_H

#include "lib/base/buf.h"

/* How a blank begins, which somebody has to fill in: "@FILL tenant@". */
#define NHI_BLANK	"@FILL"

bool	 nhi_shape_fits(const char *shape, struct nhi_span text);

/* The shape for people: "https://sts.windows.net/<tenant>/". */
void	 nhi_shape_put(const char *shape, struct nhi_buf *);

/* The shape as a text to be filled in: "...net/@FILL tenant@/". */
void	 nhi_shape_blank(const char *shape, struct nhi_buf *);

#endif
