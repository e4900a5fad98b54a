/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The data types of SSH (RFC 4251 5).  Numbers are read and written by
 * nhi_span_u32 and friends.  Readers take off the front of a span; false, and
 * nothing taken, when what stands there is not one.
 */
#ifndef NHI_SSH_WIRE_H
#define NHI_SSH_WIRE_H

#include "lib/base/buf.h"

/* A string: uint32 length, then that many bytes. */
bool	 nhi_wire_string(struct nhi_span *in, struct nhi_span *ret);

/*
 * A positive mpint without a superfluous leading zero.  What is returned is
 * its content as it stands (a zero octet first when the top bit is set), which
 * is also the content of a DER INTEGER of that value.
 */
bool	 nhi_wire_mpint(struct nhi_span *in, struct nhi_span *ret);

/* How many bits the content of such an mpint has. */
size_t	 nhi_wire_bits(struct nhi_span mpint);

void	 nhi_wire_put(struct nhi_buf *, struct nhi_span);
void	 nhi_wire_put_str(struct nhi_buf *, const char *);

/* Big-endian magnitude, leading zeros or not, as a minimal mpint. */
void	 nhi_wire_put_mpint(struct nhi_buf *, struct nhi_span magnitude);

/* Nothing but ' ' to '~'; an empty span is printable. */
bool	 nhi_wire_printable(struct nhi_span);

#endif
