/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSH user certificates (draft-miller-ssh-cert): bytes in, facts out.
 * What is here was parsed whole and is canonical; that it is genuine is only
 * known after nhi_ssh_cert_check_signature (lib/ssh/cert_check.h), whose CA
 * may be anybody's until nhi_ssh_trusted_find (lib/ssh/trusted.h) knows it.
 */
#ifndef NHI_SSH_CERT_H
#define NHI_SSH_CERT_H

#include "lib/ssh/key.h"
#include "lib/ssh/option.h"

#define NHI_SSH_CERT_MAX	32768	/* bytes of a blob */
#define NHI_SSH_CERT_SUFFIX	"-cert-v01@openssh.com"
#define NHI_SSH_NONCE_MIN	16	/* bytes */
#define NHI_SSH_NONCE_MAX	64
#define NHI_SSH_KEYID_MAX	1024	/* bytes; NHI's own are shorter */
#define NHI_SSH_PRINCIPALS_MAX	64
#define NHI_SSH_PRINCIPAL_MAX	256	/* bytes of one */
#define NHI_SSH_SIGNATURE_MAX	2304	/* bytes of a signature blob */
#define NHI_SSH_CERT_USER	1	/* the type; 2 is a host's */
#define NHI_SSH_FOREVER		UINT64_MAX

/* All spans are into the blob. */
struct nhi_ssh_cert {
	struct nhi_buf blob;
	struct nhi_span nonce;
	struct nhi_ssh_key *subject;	/* the certified key, as a plain key */
	uint64_t serial;		/* 0 in certificates that are not ours */
	struct nhi_span keyid;		/* printable; may be empty */
	struct nhi_span principals[NHI_SSH_PRINCIPALS_MAX];
	size_t nprincipals;		/* at least 1 */
	uint64_t valid_after;		/* valid_after <= now < valid_before */
	uint64_t valid_before;
	struct nhi_ssh_options critical;
	struct nhi_span force_command;	/* p NULL: none */
	struct nhi_span source_address;	/* p NULL: none */
	struct nhi_ssh_options extensions;
	struct nhi_ssh_key *ca;		/* a plain key, not the subject */
	bool self;			/* ... but the subject itself */
	struct nhi_span signed_part;
	struct nhi_span sig_format;	/* fits the type of the CA */
	struct nhi_span sig;
};

/* Is the word the type of a certificate ("...-cert-v01@openssh.com")? */
bool		 nhi_ssh_cert_is_type(struct nhi_span);

/*
 * NHI_ERR_INPUT where the bytes are no certificate, NHI_ERR_KEY_INVALID and
 * NHI_ERR_KEY_WEAK for the certified key, NHI_ERR_CERT_TYPE, _KEYID,
 * _PRINCIPAL, _EXPIRED (never valid), _OPTIONS, and _CA for the CA key and the
 * form of the signature.  A type with p == NULL was not told.
 */
enum nhi_err	 nhi_ssh_cert_parse(struct nhi_span type,
		    struct nhi_span base64, struct nhi_ssh_cert **ret,
		    struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_ssh_cert_parse_line(struct nhi_span,
		    struct nhi_ssh_cert **ret, struct nhi_why *) NHI_MUST;
enum nhi_err	 nhi_ssh_cert_parse_blob(struct nhi_span,
		    struct nhi_ssh_cert **ret, struct nhi_why *) NHI_MUST;

/*
 * The same for a certificate whose CA is the certified key itself, and for no
 * other (NHI_ERR_CERT_CA).  Whatever it says are its owner's own words.
 */
enum nhi_err	 nhi_ssh_cert_parse_self(struct nhi_span type,
		    struct nhi_span base64, struct nhi_ssh_cert **ret,
		    struct nhi_why *) NHI_MUST;

/* NHI_ERR_CERT_EXPIRED unless it is valid at this time. */
enum nhi_err	 nhi_ssh_cert_check_time(const struct nhi_ssh_cert *,
		    int64_t now, struct nhi_why *) NHI_MUST;

/* NHI_ERR_CERT_PRINCIPAL unless the one principal is this account. */
enum nhi_err	 nhi_ssh_cert_check_principal(const struct nhi_ssh_cert *,
		    const char *account, struct nhi_why *) NHI_MUST;

void		 nhi_ssh_cert_free(struct nhi_ssh_cert *);
void		 nhi_ssh_cert_freep(struct nhi_ssh_cert **);

#endif
