/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes.  A span borrows; a buffer owns, has a hard limit, is always followed
 * by a NUL and is wiped when it is freed, so that nobody has to remember
 * which one held the secret.
 */
#ifndef NHI_BASE_BUF_H
#define NHI_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

struct nhi_span {
	const char *p;
	size_t n;
};

#define NHI_SPAN(lit)	((struct nhi_span){ (lit), sizeof(lit) - 1 })

struct nhi_span	 nhi_span_str(const char *);
bool		 nhi_span_is(struct nhi_span, const char *);
bool		 nhi_span_equal(struct nhi_span, struct nhi_span);

/*
 * Take the text up to the next `sep` off the front of *rest.  With no `sep`
 * left, the whole rest.  False when *rest was already used up (p == NULL).
 */
bool		 nhi_span_cut(struct nhi_span *rest, char sep,
		    struct nhi_span *ret);

/*
 * The first error (over the limit, no memory) sticks: a chain of puts is
 * checked once, by nhi_buf_check.
 */
struct nhi_buf {
	char *p;		/* NUL at p[n] once anything was put */
	size_t n;
	size_t size;
	size_t limit;
	enum nhi_err err;
};

#define NHI_BUF(max)	{ .limit = (max) }

void		 nhi_buf_put(struct nhi_buf *, const void *, size_t);
void		 nhi_buf_str(struct nhi_buf *, const char *);
void		 nhi_buf_span(struct nhi_buf *, struct nhi_span);
void		 nhi_buf_char(struct nhi_buf *, char);
void		 nhi_buf_printf(struct nhi_buf *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));
void		 nhi_buf_u8(struct nhi_buf *, uint8_t);
void		 nhi_buf_u16(struct nhi_buf *, uint16_t);	/* big-endian */
void		 nhi_buf_u32(struct nhi_buf *, uint32_t);
void		 nhi_buf_u64(struct nhi_buf *, uint64_t);

/* Room for n more bytes at p + n; NULL (and the error set) if not to be had. */
char		*nhi_buf_room(struct nhi_buf *, size_t);

/* NHI_OK, NHI_ERR_TOO_LARGE or NHI_ERR_NO_MEMORY. */
enum nhi_err	 nhi_buf_check(const struct nhi_buf *, struct nhi_why *)
		    NHI_MUST;
struct nhi_span	 nhi_buf_all(const struct nhi_buf *);
const char	*nhi_buf_text(const struct nhi_buf *);	/* never NULL */

/* Forget the content, keep the memory. */
void		 nhi_buf_reset(struct nhi_buf *);

/* Wipe and free.  Also the destructor for NHI_AUTO; safe on a zeroed one. */
void		 nhi_buf_wipe(struct nhi_buf *);

/*
 * Take fixed-width fields off the front of a span (wire formats).  False, and
 * nothing taken, when there are too few bytes.
 */
bool		 nhi_span_take(struct nhi_span *, size_t, struct nhi_span *ret);
bool		 nhi_span_u8(struct nhi_span *, uint8_t *ret);
bool		 nhi_span_u16(struct nhi_span *, uint16_t *ret);
bool		 nhi_span_u32(struct nhi_span *, uint32_t *ret);
bool		 nhi_span_u64(struct nhi_span *, uint64_t *ret);

/* free(3) for NHI_AUTO on a char *. */
void		 nhi_free(char **);

#endif
