/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs of nhictl, in the order in which its help shows them. */
#include "config.h"

#include <stddef.h>

#include "nhictl/nhictl.h"

const struct nhi_verb nhi_verbs[] = {
	{ "setup", "[--dry-run]",
	    "make users, directories and the lines in sshd, PAM and NSS",
	    nhi_verb_setup },
	{ "ca init", "[--type ed25519|ecdsa|rsa]",
	    "make the key that signs this host's certificates",
	    nhi_verb_ca_init },
	{ "ca show", "[--json]", "list the CA keys that are trusted here",
	    nhi_verb_ca_show },
	{ "check", "[--json] [FILE]", "check a policy", nhi_verb_check },
	{ "apply", "[--check-only] [--json]",
	    "check the policy and put it in force", nhi_verb_apply },
	{ "policy digest", "",
	    "print the digest of the policy that is written",
	    nhi_verb_policy_digest },
	{ "explain", "--account A (--token FILE | --claims FILE) "
	    "[--source IP] [--at UNIXTIME] [--json]",
	    "would this token be let in, and why", nhi_verb_explain },
	{ "token check", "--issuer URL --audience A --jwks FILE [--alg LIST] "
	    "[--at UNIXTIME] [--skew S] [--max-lifetime D] [--max-age D] "
	    "[--signature-only] [--json] < TOKEN",
	    "verify a token against a key set, without policy",
	    nhi_verb_token_check },
	{ "token show", "< TOKEN",
	    "print header and claims of a token, not verified",
	    nhi_verb_token_show },
	/* End of nhi_verbs */
	{ NULL, NULL, NULL, NULL },
};
