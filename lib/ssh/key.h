/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain SSH public keys (RFC 4253 6.6, 5656, 8709).  A key that is here has
 * been parsed whole: its type is one of five, its fields have the right size,
 * nothing is left over.  Whether a point is on its curve is only known to
 * libcrypto (lib/ssh/pkey.h).
 */
#ifndef NHI_SSH_KEY_H
#define NHI_SSH_KEY_H

#include "lib/base/buf.h"

#define NHI_SSH_KEY_MAX		4096	/* bytes of a blob */
#define NHI_SSH_COMMENT_MAX	1024	/* bytes of a comment */
#define NHI_SSH_RSA_MIN		2048	/* bits of a modulus */
#define NHI_SSH_RSA_MAX		16384
#define NHI_SSH_RSA_E_MAX	64	/* bits of a public exponent */

enum nhi_ssh_type {
	NHI_SSH_ED25519,
	NHI_SSH_P256,
	NHI_SSH_P384,
	NHI_SSH_P521,
	NHI_SSH_RSA,
	NHI_SSH_TYPES		/* how many */
};

struct nhi_ssh_key {
	enum nhi_ssh_type type;
	struct nhi_buf blob;	/* type and fields, as on the wire */
	struct nhi_span point;	/* Ed25519: 32 bytes; ECDSA: 04 x y */
	struct nhi_span e, n;	/* RSA: contents of the mpints */
	char *comment;		/* "" when there is none */
};

/* "ssh-ed25519", and back; false for another word. */
const char	*nhi_ssh_type_name(enum nhi_ssh_type);
bool		 nhi_ssh_type_find(struct nhi_span, enum nhi_ssh_type *ret);

/* "nistp256"; NULL for what is not ECDSA. */
const char	*nhi_ssh_type_curve(enum nhi_ssh_type);

/*
 * NHI_ERR_KEY_INVALID, or NHI_ERR_KEY_WEAK for an RSA modulus that is too
 * short.  parse: the two words of AuthorizedKeysCommand's %t and %k.
 * parse_line: "type base64" or "type base64 comment" with single blanks and at
 * most one line feed at the end; the comment has no control characters.
 */
enum nhi_err	 nhi_ssh_key_parse(struct nhi_span type,
		    struct nhi_span base64, struct nhi_ssh_key **ret,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_ssh_key_parse_line(struct nhi_span,
		    struct nhi_ssh_key **ret, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_ssh_key_parse_blob(struct nhi_span,
		    struct nhi_ssh_key **ret, struct nhi_why *) NHI_MUST;

/*
 * Take the fields of a key of this type, which follow its name, off the
 * front; *ret borrows them as they stand.
 */
enum nhi_err	 nhi_ssh_key_fields(enum nhi_ssh_type, struct nhi_span *in,
		    struct nhi_span *ret, struct nhi_why *) NHI_MUST;

/* "type base64", and a blank and the comment when there is one. */
void		 nhi_ssh_key_format(const struct nhi_ssh_key *,
		    struct nhi_buf *);
bool		 nhi_ssh_key_equal(const struct nhi_ssh_key *,
		    const struct nhi_ssh_key *);

void		 nhi_ssh_key_free(struct nhi_ssh_key *);
void		 nhi_ssh_key_freep(struct nhi_ssh_key **);

/* "type base64[ comment]" as three spans; comment.p is NULL without one. */
struct nhi_ssh_line {
	struct nhi_span type, base64, comment;
};
enum nhi_err	 nhi_ssh_line_split(struct nhi_span, struct nhi_ssh_line *ret,
		    struct nhi_why *) NHI_MUST;

#endif
