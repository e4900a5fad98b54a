/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one list of reasons.  Each has a symbol, a class (who must act, and
 * what the client is told), a slug for the audit trail and for scripts, and a
 * sentence.  Slugs are a promise to outsiders: one code, one cause.
 */
#ifndef NHI_BASE_ERR_H
#define NHI_BASE_ERR_H

#include <stddef.h>

/* Symbol, class, slug, sentence. */
#define NHI_ERR_LIST(X)							\
	X(OK, NONE, "ok", "success")					\
	/* What was sent is not a token. */				\
	X(EMPTY, INPUT, "empty", "nothing was sent")			\
	X(TOO_LARGE, INPUT, "too-large", "input is over the limit")	\
	X(TIMEOUT, INPUT, "timeout", "the token did not come in time")	\
	X(INPUT, INPUT, "input", "the request is malformed")		\
	X(NOT_COMPACT, INPUT, "not-compact",				\
	    "not three non-empty parts between dots")			\
	X(BASE64URL, INPUT, "base64url", "not strict base64url")	\
	X(JSON, INPUT, "json", "not well-formed JSON")			\
	X(JSON_DUPLICATE, INPUT, "json-duplicate",			\
	    "a member occurs twice in a JSON object")			\
	X(JSON_DEPTH, INPUT, "json-depth", "JSON is nested too deeply")	\
	X(UTF8, INPUT, "utf8", "not well-formed UTF-8")			\
	X(HEADER, INPUT, "header", "the protected header is malformed")	\
	/* Algorithm and key. */					\
	X(ALG_MISSING, TOKEN, "alg-missing", "the header has no alg")	\
	X(ALG_NONE, TOKEN, "alg-none", "the token is not signed")	\
	X(ALG_HMAC, TOKEN, "alg-hmac",					\
	    "a symmetric algorithm proves nothing here")		\
	X(ALG_NOT_ALLOWED, TOKEN, "alg-not-allowed",			\
	    "the issuer may not use this algorithm")			\
	X(ALG_KEY_MISMATCH, TOKEN, "alg-key-mismatch",			\
	    "algorithm and key do not belong together")			\
	X(CRIT, TOKEN, "crit", "critical header parameters are refused")\
	X(TYP, TOKEN, "typ", "the type is not that of a JWT")		\
	X(B64, TOKEN, "b64", "unencoded payloads are refused")		\
	X(KID_MISSING, TOKEN, "kid-missing",				\
	    "no kid, and more than one key would do")			\
	X(KID_UNKNOWN, TOKEN, "kid-unknown", "no key has this kid")	\
	X(KID_AMBIGUOUS, TOKEN, "kid-ambiguous",			\
	    "more than one key has this kid")				\
	X(KEY_USE, TOKEN, "key-use", "the key is not for signatures")	\
	X(KEY_WEAK, TOKEN, "key-weak", "the key is too weak")		\
	X(KEY_INVALID, TOKEN, "key-invalid", "the key is not valid")	\
	X(SIGNATURE, TOKEN, "signature", "the signature does not verify")\
	/* The issuer's key set. */					\
	X(JWKS, KEYS, "jwks", "the key set is malformed")		\
	X(JWKS_MISSING, KEYS, "jwks-missing", "there is no key set")	\
	X(JWKS_STALE, KEYS, "jwks-stale", "the key set is too old")	\
	X(FETCH_CONNECT, KEYS, "fetch-connect",				\
	    "the provider cannot be reached, or is too slow")		\
	X(FETCH_TLS, KEYS, "fetch-tls",					\
	    "the provider's certificate does not hold")			\
	X(FETCH_REDIRECT, KEYS, "fetch-redirect",			\
	    "the provider leads where the policy does not go")		\
	X(FETCH_ANSWER, KEYS, "fetch-answer",				\
	    "the provider's answer is not what it should be")		\
	X(FETCH_ISSUER, KEYS, "fetch-issuer",				\
	    "the discovery document is another issuer's")		\
	/* Claims. */							\
	X(ISSUER, TOKEN, "issuer", "the token is another issuer's")	\
	X(AUDIENCE, TOKEN, "audience", "the token is not for this host")\
	X(EXPIRED, TOKEN, "expired", "the token has expired")		\
	X(NOT_YET_VALID, TOKEN, "not-yet-valid",			\
	    "the token is not valid yet")				\
	X(ISSUED_IN_FUTURE, TOKEN, "issued-in-future",			\
	    "the token was issued in the future")			\
	X(TOO_OLD, TOKEN, "too-old", "the token was issued too long ago")\
	X(LIFETIME, TOKEN, "lifetime", "the token lives too long")	\
	X(CLAIM_MISSING, TOKEN, "claim-missing",			\
	    "a mandatory claim is missing")				\
	X(CLAIM_TYPE, TOKEN, "claim-type", "a claim has the wrong type")\
	X(BINDING, TOKEN, "binding",					\
	    "the token is not bound to the SSH key")			\
	/* Policy. */							\
	X(ACCOUNT_UNKNOWN, POLICY, "account-unknown",			\
	    "the policy has no such account")				\
	X(ACCOUNT_RESERVED, POLICY, "account-reserved",			\
	    "the name is reserved")					\
	X(NO_MATCH, POLICY, "no-match", "no identity matches the token")\
	X(AMBIGUOUS, POLICY, "ambiguous",				\
	    "more than one identity matches the token")			\
	X(IDENTITY_EXPIRED, POLICY, "identity-expired",			\
	    "the identity has expired")					\
	X(SOURCE, POLICY, "source", "not from this address")		\
	X(WINDOW, POLICY, "window", "not at this time")			\
	X(HOST, POLICY, "host", "not on this host")			\
	X(HOLD, POLICY, "hold", "held by an administrator")		\
	X(REPLAY, POLICY, "replay", "the token was used before")	\
	X(UID_MOVED, POLICY, "uid-moved",				\
	    "the account got its UID just now; try again")		\
	X(UID_EXHAUSTED, POLICY, "uid-exhausted", "no UID is free")	\
	X(CAP, BUSY, "cap", "too many at once")				\
	/* Certificates. */						\
	X(CERT_CA, CERT, "cert-ca", "signed by a CA that is not trusted")\
	X(CERT_TYPE, CERT, "cert-type", "not a user certificate")	\
	X(CERT_PRINCIPAL, CERT, "cert-principal",			\
	    "the principals are not exactly the account")		\
	X(CERT_KEYID, CERT, "cert-keyid", "the key id is not NHI's")	\
	X(CERT_EXPIRED, CERT, "cert-expired",				\
	    "the certificate is not valid now")				\
	X(CERT_REVOKED, CERT, "cert-revoked",				\
	    "the certificate is revoked")				\
	X(CERT_OPTIONS, CERT, "cert-options",				\
	    "the certificate's options are not those of the policy")	\
	X(CERT_HOST, CERT, "cert-host",					\
	    "the issuing host is not accepted here")			\
	X(NO_EVIDENCE, CERT, "no-evidence",				\
	    "no NHI certificate came with this login")			\
	X(EVIDENCE_FORGED, CERT, "evidence-forged",			\
	    "the evidence of this login is not genuine")		\
	/* Faults: the administrator must act. */			\
	X(POLICY_UNREADABLE, FAULT, "policy-unreadable",		\
	    "the policy cannot be read")				\
	X(POLICY_INVALID, FAULT, "policy-invalid",			\
	    "the policy is not valid")					\
	X(STATE, FAULT, "state", "state cannot be read or written")	\
	X(AUDIT_UNAVAILABLE, FAULT, "audit-unavailable",		\
	    "the audit record cannot be written")			\
	X(VERIFIER, FAULT, "verifier",					\
	    "the verifier died, was late or answered wrongly")		\
	X(CA_KEY, FAULT, "ca-key", "the CA key cannot be used")		\
	X(NO_MEMORY, FAULT, "no-memory", "out of memory")		\
	X(INTERNAL, FAULT, "internal", "internal error")		\
	/* Other roads. */						\
	X(BY_PERSON, NONE, "by-person", "entered by a person or root")	\
	X(SERVICE, POLICY, "service",					\
	    "this service may not enter the account")			\
	/* End of NHI_ERR_LIST */

enum nhi_err {
#define X(sym, class, slug, text) NHI_ERR_##sym,
	NHI_ERR_LIST(X)
#undef X
	NHI_ERR_COUNT
};
#define NHI_OK NHI_ERR_OK

enum nhi_err_class {
	NHI_CLASS_NONE,
	NHI_CLASS_INPUT,	/* the client sent nonsense */
	NHI_CLASS_TOKEN,	/* the token does not hold */
	NHI_CLASS_KEYS,		/* the issuer's keys are not to hand */
	NHI_CLASS_POLICY,	/* the token holds, policy says no */
	NHI_CLASS_BUSY,		/* later */
	NHI_CLASS_CERT,		/* the certificate does not hold */
	NHI_CLASS_FAULT,	/* something is broken here */
};

/*
 * The variable by which pam_nhi tells the issuer's shell of a refusal:
 * "<slug> <id of the record>".
 */
#define NHI_REFUSED_ENV		"NHI_REFUSED"

/* Exit codes of the issuer (sysexits.h has the same numbers). */
#define NHI_EXIT_OK		0
#define NHI_EXIT_USAGE		64
#define NHI_EXIT_FAULT		70
#define NHI_EXIT_AGAIN		75
#define NHI_EXIT_REFUSED	77

const char		*nhi_err_slug(enum nhi_err);
const char		*nhi_err_text(enum nhi_err);
enum nhi_err_class	 nhi_err_class(enum nhi_err);

/* What the client may know: input, token, policy, busy or fault. */
const char		*nhi_err_public(enum nhi_err);

/* Exit code of the issuer for this reason. */
int			 nhi_err_exit(enum nhi_err);

/* The code of a slug, or NHI_ERR_COUNT. */
enum nhi_err		 nhi_err_find(const char *slug);

/*
 * Why it failed, for the administrator: filled once, where the fault is
 * found, and passed up unchanged.  Hostile bytes may be in it; whoever prints
 * it escapes it.
 */
struct nhi_why {
	char text[200];
};

/* Fill why (which may be NULL) and return err. */
enum nhi_err	 nhi_fail(struct nhi_why *why, enum nhi_err err,
		    const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));

#define NHI_AUTO(fn)	__attribute__((cleanup(fn)))
#define NHI_MUST	__attribute__((warn_unused_result))

#endif
