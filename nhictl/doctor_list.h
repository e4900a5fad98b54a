/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nhictl doctor may find, in the order in which it is shown.  An id is a
 * promise to the scripts of administrators: it never changes its meaning.
 *
 * Row: symbol, severity, id, what it means, what to do.
 */
#ifndef NHI_NHICTL_DOCTOR_LIST_H
#define NHI_NHICTL_DOCTOR_LIST_H

#include "nhictl/doctor_list_host.h"

#define NHI_DOCTOR_FILES(X)						\
	X(STATE_DIR, ERROR, "state-directory",				\
	    "a directory or file of NHI's is missing or not as setup "	\
	    "made it",							\
	    "nhictl setup")						\
	X(SALT, ERROR, "uid-salt",					\
	    "without its salt nobody can tell UIDs of new accounts",	\
	    "restore it from a backup; nhictl setup makes a new one")	\
	X(PROGRAM, ERROR, "program-mode",				\
	    "a program or a directory above it has another owner or "	\
	    "mode",							\
	    "nhictl setup")						\
	X(SETUID, ERROR, "drop-setuid",					\
	    "nhi-drop has lost its set-uid bit: nothing is verified",	\
	    "nhictl setup")						\
	X(NOSUID, ERROR, "drop-nosuid",					\
	    "nhi-drop is on a file system that is mounted nosuid or "	\
	    "noexec",							\
	    "mount it without, or install elsewhere")			\
	X(POLICY_MODE, ERROR, "policy-mode",				\
	    "somebody else than root may write the policy",		\
	    "chown root, chmod 0644")					\
	X(UNCONFIRMED, WARNING, "setup-unconfirmed",			\
	    "setup is on trial, and will be rolled back",		\
	    "nhictl setup --confirm, from a new login")			\
	X(SELINUX, WARNING, "selinux-module",				\
	    "SELinux enforces, and keeps sshd from what NHI needs",	\
	    "install the package with NHI's policy module")		\
	X(DISK_FULL, ERROR, "disk-full",				\
	    "where nothing can be written, nothing is granted",		\
	    "make room")						\
	X(READ_ONLY, ERROR, "disk-read-only",				\
	    "where nothing can be written, nothing is granted",		\
	    "mount it for writing; the kernel's log says why it is not")	\
	X(INODES, ERROR, "disk-inodes",					\
	    "marks and records are files, and none is left to make",	\
	    "make room: nhictl tick")					\
	X(CLOCK_SYNC, WARNING, "clock-unsynchronised",			\
	    "tokens live for minutes, and this clock runs free",	\
	    "enable chrony or systemd-timesyncd")			\
	X(CLOCK_BACK, ERROR, "clock-went-back",				\
	    "the state has times of the future: the clock was set back",\
	    "set the clock; look at what was issued meanwhile")		\
	X(TICK, WARNING, "tick-not-running",				\
	    "nobody sweeps: ended sessions, expired marks and the "	\
	    "spool stay",						\
	    "a timer or cron job for nhictl tick, each minute")		\
	X(AUDIT_WRITE, ERROR, "audit-unwritable",			\
	    "without its record nothing is granted",			\
	    "mend owner, mode and attributes of the file")		\
	X(AUDIT_MODE, WARNING, "audit-mode",				\
	    "the audit trail may be read or written by others",		\
	    "chown root, chmod 0640")					\
	X(AUDIT_LARGE, WARNING, "audit-large",				\
	    "the audit trail grows without end",			\
	    "rotate it: logrotate")					\
	X(AUDIT_ROTATE, NOTE, "audit-not-rotated",			\
	    "nothing rotates the audit trail",				\
	    "a file in /etc/logrotate.d that names it")			\
	X(AUDIT_DAMAGED, WARNING, "audit-damaged",			\
	    "the audit trail ends in what is no record",		\
	    "keep a copy, and ask who wrote there")			\
	X(SPOOL, WARNING, "spool-backlog",				\
	    "records wait that nobody takes in",			\
	    "nhictl tick")

#define NHI_DOCTOR_POLICY(X)						\
	X(POLICY_NONE, ERROR, "policy-missing",				\
	    "no policy is in force: nothing is issued, nobody logs in",	\
	    "nhictl apply")						\
	X(POLICY_INVALID, ERROR, "policy-invalid",			\
	    "the policy as it is written would be refused",		\
	    "nhictl check")						\
	X(POLICY_UNAPPLIED, WARNING, "policy-unapplied",		\
	    "what is written is not what is in force",			\
	    "nhictl apply")						\
	X(POLICY_OUTGROWN, ERROR, "policy-outgrown",			\
	    "the host has changed: apply would refuse the policy that "	\
	    "is in force",						\
	    "nhictl apply --check-only, and mend what it names")	\
	X(HOST_RENAMED, WARNING, "host-renamed",			\
	    "the host has another name than its certificates say",	\
	    "host = { id = ... } in the policy, or nhictl apply")	\
	X(EXPIRED, WARNING, "identity-expired",				\
	    "its tokens are refused",					\
	    "ask its owner; a new date, or take it out")		\
	X(EXPIRING, WARNING, "identity-expiring",			\
	    "it ends within two weeks",					\
	    "ask its owner; a new date, or take it out")		\
	X(HOLD_BROKEN, ERROR, "hold-broken",				\
	    "a hold that cannot be read stops everything that it may "	\
	    "mean",							\
	    "rm it, and set it again")					\
	X(HOLD_OLD, WARNING, "hold-old",				\
	    "a hold of more than a week is a decision that nobody "	\
	    "took",							\
	    "nhictl hold lift, or change the policy")			\
	X(HOLD_ENDLESS, NOTE, "hold-endless",				\
	    "a hold stands until somebody lifts it",			\
	    "nhictl hold lift when it is over")				\
	X(KEYS_MISSING, ERROR, "keys-missing",				\
	    "an issuer without key set: each of its tokens is refused",	\
	    "nhictl fetch ISSUER tells why")				\
	X(KEYS_STALE, ERROR, "keys-stale",				\
	    "the key set is older than jwks_stale, and not believed",	\
	    "nhictl fetch ISSUER tells why")				\
	X(KEYS_SOON, WARNING, "keys-stale-soon",			\
	    "the key set has not been fetched for most of jwks_stale",	\
	    "nhictl fetch ISSUER tells why")				\
	X(KEYS_PINNED, ERROR, "keys-pinned",				\
	    "the pinned key set cannot be used",			\
	    "put it there again: root's, 0644, JSON")			\
	X(FETCH_FAULT, WARNING, "fetch-fault",				\
	    "the last fetch of a key set failed",			\
	    "nhictl fetch ISSUER")					\
	X(FETCH_OVERDUE, WARNING, "fetch-not-running",			\
	    "a key set is due for more than an hour",			\
	    "a timer or cron job for nhictl fetch -q")			\
	X(CA_MISSING, ERROR, "ca-missing",				\
	    "this host shall issue and has no CA key",			\
	    "nhictl ca init, nhictl apply")				\
	X(CA_MODE, ERROR, "ca-mode",					\
	    "the CA key must be nhi's alone: whoever reads it is every "\
	    "machine account",						\
	    "chown nhi:nhi, chmod 0400; who had it meanwhile?")		\
	X(CA_MISMATCH, ERROR, "ca-mismatch",				\
	    "ca.pub is not the public part of the key that signs",	\
	    "ssh-keygen -y -f the key; nhictl apply")			\
	X(CA_UNTRUSTED, ERROR, "ca-not-trusted",			\
	    "sshd refuses what this host issues",			\
	    "nhictl apply")						\
	X(CA_FOREIGN, ERROR, "ca-foreign",				\
	    "trusted.pub has a key that neither ca.pub nor the policy "	\
	    "has: its owner is every machine account",			\
	    "nhictl apply; ask who put it there")			\
	X(CA_OLD, NOTE, "ca-old",					\
	    "the CA key is older than a year",				\
	    "change it when you have an hour")				\
	X(SUDO_EDITED, ERROR, "sudo-edited",				\
	    "sudo's fragment is not what the policy says",		\
	    "nhictl apply")						\
	X(SUDO_MORE, ERROR, "sudo-more",				\
	    "sudoers gives a machine account more than the policy",	\
	    "sudo -l -U ACCOUNT; remove the other rule")		\
	X(SUDO_LESS, WARNING, "sudo-less",				\
	    "sudoers gives a machine account less than the policy",	\
	    "@includedir /etc/sudoers.d in sudoers; nhictl apply")

#define NHI_DOCTOR_STATE(X)						\
	X(TEMPORARY, NOTE, "state-temporary",				\
	    "a temporary file was left by a process that died",		\
	    "nhictl tick removes it")					\
	X(FOREIGN, WARNING, "state-foreign",				\
	    "what lies in a state directory is not of its writer",	\
	    "ask who put it there; rm it")				\
	X(UID_SHARED, ERROR, "uid-shared",				\
	    "two names have one UID, and each other's files",		\
	    "uid = in the policy for one of them; nhictl apply")	\
	X(UID_BROKEN, ERROR, "uid-broken",				\
	    "an entry of the UID registry cannot be read: its name has "\
	    "no UID",							\
	    "rm the entry; the files of the account tell the number")	\
	X(LEASE, WARNING, "lease-dangling",				\
	    "a name resolves though no session of it is there",		\
	    "nhictl tick")						\
	X(SESSION, WARNING, "session-dead",				\
	    "the process of a session is gone, and nobody closed it",	\
	    "nhictl tick")						\
	X(SESSION_BROKEN, WARNING, "session-broken",			\
	    "the record of a session cannot be read",			\
	    "rm it; nhictl tick")					\
	X(CONNECTION, WARNING, "issuer-dead",				\
	    "a connection to the issuer counts that is gone",		\
	    "nhictl tick")						\
	X(PENDING, WARNING, "pending-old",				\
	    "a hand-over that nobody took",				\
	    "nhictl tick")						\
	X(MARK_BROKEN, ERROR, "mark-broken",				\
	    "the mark of a spent token cannot be read",			\
	    "rm it when its token has expired")				\
	X(MARK_EXPIRED, WARNING, "mark-expired",			\
	    "marks are kept that expired more than a day ago",		\
	    "nhictl tick")						\
	X(LEDGER, WARNING, "ledger-broken",				\
	    "what was issued cannot be read in the ledger",		\
	    "look for its serial in nhictl audit")			\
	X(REVOKED_BROKEN, ERROR, "revocation-broken",			\
	    "a revocation cannot be read",				\
	    "rm it, and revoke again")					\
	X(GENERATION, NOTE, "generation-left",				\
	    "generations of the policy that nobody needs",		\
	    "nhictl apply")

#define NHI_DOCTOR_PROBES(X)						\
	X(PROBE_ADMITTED, ERROR, "probe-admitted",			\
	    "a login that must be refused was let in",			\
	    "nhictl hold add --all, then look at the other findings")	\
	X(PROBE_PASSWORD, ERROR, "probe-password",			\
	    "sshd would take other evidence of a machine account than "	\
	    "a certificate",						\
	    "look at the other findings about sshd")			\
	X(PROBE_LAYER, ERROR, "probe-second-layer",			\
	    "only PAM holds up a certificate that NHI must refuse",	\
	    "look at the other findings about sshd")			\
	X(PROBE_SILENT, WARNING, "probe-silent",			\
	    "a refusal was not told: CI jobs cannot say why they fail",	\
	    "look at the other findings about PAM")			\
	X(PROBE_RECORD, ERROR, "probe-unrecorded",			\
	    "a refusal has no audit record",				\
	    "nhictl tick; look at the other findings about audit")	\
	X(PROBE_ISSUER, ERROR, "probe-issuer",				\
	    "the issuing account does not answer as it must",		\
	    "ssh nhi@localhost ACCOUNT </dev/null; nhictl audit")

#define NHI_DOCTOR_LIST(X)						\
	NHI_DOCTOR_SSHD(X)						\
	NHI_DOCTOR_PAM(X)						\
	NHI_DOCTOR_NAMES(X)						\
	NHI_DOCTOR_FILES(X)						\
	NHI_DOCTOR_POLICY(X)						\
	NHI_DOCTOR_STATE(X)						\
	NHI_DOCTOR_PROBES(X)						\
	/* End of NHI_DOCTOR_LIST */

#endif
