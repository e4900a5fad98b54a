/* SPDX-License-Identifier: BSD-2-Clause */
/* Spoilt certificates for test_ssh_cert_check.c: what is wrong, which code. */
#ifndef NHI_TEST_SSH_SPOILT_H
#define NHI_TEST_SSH_SPOILT_H

#include "tests/unit/ssh_util.h"

/* The fields as they stand on the wire; strings without their length. */
struct fields {
	const char *type;
	struct nhi_span nonce;
	struct nhi_span key;		/* with the lengths */
	uint64_t serial;
	uint32_t kind;
	struct nhi_span keyid, principals;
	uint64_t after, before;
	struct nhi_span critical, extensions, reserved;
	struct nhi_span ca;		/* p NULL: the CA's */
	struct nhi_span inner;		/* after the signature, inside */
	struct nhi_span tail;		/* after it, outside */
	const char *format;		/* of the signature; NULL: right */
};

#define POINT "\0\0\0\x20" "01234567890123456789012345678901"
#define NAME "\0\0\0\x0aweb-deploy"
#define S4 NAME NAME NAME NAME
#define S16 S4 S4 S4 S4

static const struct fields right = {
	.type = "ssh-ed25519" NHI_SSH_CERT_SUFFIX,
	.nonce = BYTES("0123456789abcdef"),
	.key = BYTES(POINT),
	.serial = 1,
	.kind = 1,
	.keyid = BYTES("id"),
	.principals = BYTES(NAME),
	.after = 1,
	.before = 2,
	.reserved = BYTES(""),
};

#define FORCE "\0\0\0\x0d" "force-command"
#define SOURCE "\0\0\0\x0e" "source-address"
#define PTY "\0\0\0\x0a" "permit-pty"
#define RC "\0\0\0\x0e" "permit-user-rc"

static const struct spoilt {
	const char *name;
	enum nhi_err err;
	struct fields f;	/* what is not zero replaces the right */
} spoilt[] = {
	{ "nothing", NHI_OK, { .kind = 1 } },
	{ "force", NHI_OK,
	    { .critical = BYTES(FORCE "\0\0\0\6\0\0\0\2id") } },
	{ "pty", NHI_OK, { .extensions = BYTES(PTY "\0\0\0\0") } },
	{ "plain type", NHI_ERR_CERT_TYPE, { .type = "ssh-ed25519" } },
	{ "v00", NHI_ERR_CERT_TYPE,
	    { .type = "ssh-ed25519-cert-v00@openssh.com" } },
	{ "dss", NHI_ERR_CERT_TYPE,
	    { .type = "ssh-dss" NHI_SSH_CERT_SUFFIX } },
	{ "sk", NHI_ERR_CERT_TYPE,
	    { .type = "sk-ssh-ed25519-cert-v01@openssh.com" } },
	{ "other key", NHI_ERR_KEY_INVALID,
	    { .type = "ecdsa-sha2-nistp256" NHI_SSH_CERT_SUFFIX } },
	{ "short nonce", NHI_ERR_INPUT,
	    { .nonce = BYTES("0123456789abcde") } },
	{ "no nonce", NHI_ERR_INPUT, { .nonce = BYTES("") } },
	{ "long nonce", NHI_ERR_INPUT, { .nonce = BYTES("0123456789abcdef"
	    "0123456789abcdef0123456789abcdef0123456789abcdef+") } },
	{ "short key", NHI_ERR_KEY_INVALID,
	    { .key = BYTES("\0\0\0\x1f" "0123456789012345678901234567890") } },
	{ "host", NHI_ERR_CERT_TYPE, { .kind = 2 } },
	{ "kind 3", NHI_ERR_CERT_TYPE, { .kind = 3 } },
	{ "NUL in key id", NHI_ERR_CERT_KEYID, { .keyid = BYTES("i\0d") } },
	{ "line in key id", NHI_ERR_CERT_KEYID, { .keyid = BYTES("i\nd") } },
	{ "no principal", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES("") } },
	{ "empty principal", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES("\0\0\0\0") } },
	{ "also empty principal", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES(NAME "\0\0\0\0") } },
	{ "bare principal", NHI_ERR_INPUT,
	    { .principals = BYTES("web-deploy") } },
	{ "cut principal", NHI_ERR_INPUT, { .principals = BYTES(NAME "\0") } },
	{ "wildcard", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES("\0\0\0\1*") } },
	{ "list", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES("\0\0\0\3a,b") } },
	{ "blank", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES("\0\0\0\3a b") } },
	{ "NUL in principal", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES("\0\0\0\3a\0b") } },
	{ "64 principals", NHI_OK,
	    { .principals = BYTES(S16 S16 S16 S16) } },
	{ "65 principals", NHI_ERR_CERT_PRINCIPAL,
	    { .principals = BYTES(S16 S16 S16 S16 NAME) } },
	{ "never valid", NHI_ERR_CERT_EXPIRED, { .after = 2 } },
	{ "turned round", NHI_ERR_CERT_EXPIRED, { .after = 3 } },
	{ "unknown critical", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES("\0\0\0\1a\0\0\0\0") } },
	{ "unknown critical with a value", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES("\0\0\0\1a\0\0\0\6\0\0\0\2::") } },
	{ "pty is critical", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(PTY "\0\0\0\0") } },
	{ "empty force", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(FORCE "\0\0\0\4\0\0\0\0") } },
	{ "flag force", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(FORCE "\0\0\0\0") } },
	{ "bare force", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(FORCE "\0\0\0\2id") } },
	{ "force and more", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(FORCE "\0\0\0\7\0\0\0\2id+") } },
	{ "line in force", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(FORCE "\0\0\0\7\0\0\0\3i\nd") } },
	{ "force twice", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(FORCE "\0\0\0\6\0\0\0\2id"
	    FORCE "\0\0\0\6\0\0\0\2sh") } },
	{ "order", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(SOURCE "\0\0\0\6\0\0\0\2::"
	    FORCE "\0\0\0\6\0\0\0\2id") } },
	{ "source", NHI_OK,
	    { .critical = BYTES(SOURCE "\0\0\0\6\0\0\0\2::") } },
	{ "bad source", NHI_ERR_CERT_OPTIONS,
	    { .critical = BYTES(SOURCE "\0\0\0\5\0\0\0\1*") } },
	{ "wrapped flag", NHI_ERR_CERT_OPTIONS,
	    { .extensions = BYTES(PTY "\0\0\0\4\0\0\0\0") } },
	{ "flag with data", NHI_ERR_CERT_OPTIONS,
	    { .extensions = BYTES(RC "\0\0\0\1x") } },
	{ "flag twice", NHI_ERR_CERT_OPTIONS,
	    { .extensions = BYTES(PTY "\0\0\0\0" PTY "\0\0\0\0") } },
	{ "flags in disorder", NHI_ERR_CERT_OPTIONS,
	    { .extensions = BYTES(RC "\0\0\0\0" PTY "\0\0\0\0") } },
	{ "cut extensions", NHI_ERR_CERT_OPTIONS,
	    { .extensions = BYTES(PTY "\0\0\0") } },
	{ "reserved", NHI_ERR_INPUT, { .reserved = BYTES("x") } },
	{ "no CA", NHI_ERR_CERT_CA, { .ca = BYTES("") } },
	{ "other CA", NHI_ERR_CERT_CA,
	    { .ca = BYTES("\0\0\0\x0bssh-ed25519\0\0\0\x20"
	    "11234567890123456789012345678901") } },
	{ "CA is certificate", NHI_ERR_CERT_CA,
	    { .ca = BYTES("\0\0\0\x20ssh-ed25519-cert-v01@openssh.com"
	    POINT) } },
	{ "format", NHI_ERR_CERT_CA, { .format = "ssh-rsa" } },
	{ "format of another", NHI_ERR_CERT_CA,
	    { .format = "ecdsa-sha2-nistp256" } },
	{ "no format", NHI_ERR_CERT_CA, { .format = "" } },
	{ "inner tail", NHI_ERR_INPUT, { .inner = BYTES("\0") } },
	{ "tail", NHI_ERR_INPUT, { .tail = BYTES("\0") } },
	/* End of the spoilt ones */
};

#endif
