/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs of nhictl, in the order in which its help shows them. */
#include "config.h"

#include <stddef.h>

#include "nhictl/nhictl.h"

const struct nhi_verb nhi_verbs[] = {
	{ "setup", "[--json] [--dry-run] [--confirm-within D | --no-rollback] "
	    "| --confirm [--force] | --rollback",
	    "make users, directories and the lines in sshd, PAM and NSS",
	    nhi_verb_setup },
	{ "unsetup", "[--json] [--dry-run]",
	    "give the host's files back as they were before setup",
	    nhi_verb_unsetup },
	{ "ca init", "[--type ecdsa|ed25519|rsa | "
	    "--agent SOCKET --key FILE]",
	    "make the key that signs this host's certificates",
	    nhi_verb_ca_init },
	{ "ca rotate", "",
	    "make a new key that signs; the old one stays trusted",
	    nhi_verb_ca_rotate },
	{ "ca retire", "[--force]", "trust the old key no longer",
	    nhi_verb_ca_retire },
	{ "ca show", "[--json]", "list the CA keys that are trusted here",
	    nhi_verb_ca_show },
	{ "doctor", "[--state] [--probe] [--json] | --list [--json]",
	    "what is wrong with this host, and what to do about it",
	    nhi_verb_doctor },
	{ "check", "[--json] [FILE]", "check a policy", nhi_verb_check },
	{ "apply", "[--check-only] [--json]",
	    "check the policy and put it in force", nhi_verb_apply },
	{ "policy digest", "",
	    "print the digest of the policy that is in force",
	    nhi_verb_policy_digest },
	{ "policy diff", "[--json] OLD NEW",
	    "who gains and who loses what from one file to another",
	    nhi_verb_policy_diff },
	{ "policy test", "[--policy FILE] FILE",
	    "hold a policy against expectations, in your own CI",
	    nhi_verb_policy_test },
	{ "preset list", "[--json]", "list the platforms that are known",
	    nhi_verb_preset_list },
	{ "preset show", "NAME",
	    "what is known of a platform, and a policy to start from",
	    nhi_verb_preset_show },
	{ "explain", "--account A (--token FILE | --claims FILE) "
	    "[--source IP] [--key SHA256:...] [--at UNIXTIME] [--json]",
	    "would this token be let in, and why", nhi_verb_explain },
	{ "issuers", "[--json]", "list issuers and how fresh their keys are",
	    nhi_verb_issuers },
	{ "fetch", "[--force] [-q] [ISSUER]",
	    "fetch key sets: those that are due, all, or one",
	    nhi_verb_fetch },
	{ "accounts", "[--all] [--json]",
	    "list machine accounts, their UIDs and leases",
	    nhi_verb_accounts },
	{ "audit", "[--since T] [--until T] [--id ID] [--event E] "
	    "[--account A] [--identity I] [--outcome grant|deny|fault|info] "
	    "[--json] [--follow]",
	    "show the audit trail", nhi_verb_audit },
	{ "sessions end", "[--reason TEXT] SESSION",
	    "end one session and its connection", nhi_verb_sessions_end },
	{ "sessions", "[--json]", "list live sessions", nhi_verb_sessions },
	{ "hold add", "(--all | --account A | --identity I | --issuer N) "
	    "[--for D | --until T] [--keep-sessions] --reason TEXT",
	    "end sessions, and stop logins until the hold is lifted",
	    nhi_verb_hold_add },
	{ "hold list", "[--json]", "list holds", nhi_verb_hold_list },
	{ "hold lift", "(--all | --account A | --identity I | --issuer N)",
	    "lift a hold", nhi_verb_hold_lift },
	{ "certs", "[--identity I] [--account A] [--json]",
	    "list the certificates that are valid", nhi_verb_certs },
	{ "revoke", "(--serial N | --identity I | --run ID | --mark M | "
	    "--key SHA256:F) --reason TEXT | --list [--json]",
	    "revoke certificates", nhi_verb_revoke },
	{ "krl", "FILE", "write what is revoked for hosts without NHI",
	    nhi_verb_krl },
	{ "tick", "[-v]", "sweep what has ended; for a timer",
	    nhi_verb_tick },
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
