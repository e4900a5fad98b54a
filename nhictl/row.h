/* SPDX-License-Identifier: BSD-2-Clause */
/* An audit record as a row for people. */
#ifndef NHI_NHICTL_ROW_H
#define NHI_NHICTL_ROW_H

#include "nhictl/trail.h"

struct nhi_row_style {
	bool colour;
	size_t width;		/* of the terminal; 0: no end of the line */
};

/* Of standard output: a terminal's width, colour unless NO_COLOR is set. */
void	 nhi_row_style(struct nhi_row_style *ret);

void	 nhi_row_head(const struct nhi_row_style *, struct nhi_buf *);
void	 nhi_row_put(const struct nhi_trail_record *,
	    const struct nhi_row_style *, struct nhi_buf *);

#endif
