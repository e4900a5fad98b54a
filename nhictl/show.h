/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listings: tables for people, lines of JSON for programs.  Whatever the
 * bytes, a terminal gets printable ASCII.
 */
#ifndef NHI_NHICTL_SHOW_H
#define NHI_NHICTL_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"

/*
 * A table whose columns are as wide as what is in them; the last one is not
 * padded.  Cells are copied.
 */
struct nhi_table {
	const char *const *heads;	/* NULL ends them */
	char **cells;
	size_t n;
	size_t size;
	bool failed;			/* no memory */
};

void		 nhi_table_add(struct nhi_table *, const char *cell);

/* Print the rows; `none` when there are none.  False: it cannot be written. */
bool		 nhi_table_print(const struct nhi_table *, const char *none);
void		 nhi_table_wipe(struct nhi_table *);

/* Text as it is shown: what is not printable ASCII as \xNN. */
void		 nhi_show_text(struct nhi_buf *, const char *);

/* One object of JSON in a buffer: members, then its end. */
void		 nhi_show_string(struct nhi_buf *, const char *name,
		    const char *value);
void		 nhi_show_number(struct nhi_buf *, const char *name,
		    uint64_t value);
void		 nhi_show_bool(struct nhi_buf *, const char *name, bool value);

/* RFC 3339; nothing at all for 0. */
void		 nhi_show_time(struct nhi_buf *, const char *name,
		    int64_t seconds);
/* Print the object as one line and forget it. */
bool		 nhi_show_line(struct nhi_buf *);

#endif
