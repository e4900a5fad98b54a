/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of doctor_list.h for what is not NHI's own: sshd, PAM, names. */
#ifndef NHI_NHICTL_DOCTOR_LIST_HOST_H
#define NHI_NHICTL_DOCTOR_LIST_HOST_H

#define NHI_DOCTOR_SSHD(X)						\
	X(SSHD_CONFIG, ERROR, "sshd-config-invalid",			\
	    "sshd refuses its configuration and will not start again",	\
	    "sshd -t, and mend what it names")				\
	X(SSHD_MISSING, ERROR, "sshd-dropin-missing",			\
	    "without its drop-in sshd knows nothing of machine logins",	\
	    "nhictl setup")						\
	X(SSHD_EDITED, ERROR, "sshd-dropin-edited",			\
	    "the drop-in is not the one that nhictl writes",		\
	    "rm the drop-in, nhictl setup, nhictl apply")		\
	X(SSHD_OUTDATED, ERROR, "sshd-dropin-outdated",			\
	    "the drop-in was made for another policy",			\
	    "nhictl apply")						\
	X(SSHD_INCLUDE, ERROR, "sshd-not-included",			\
	    "sshd does not read the drop-in",				\
	    "put the Include of sshd_config.d first in sshd_config")	\
	X(SSHD_USEPAM, ERROR, "sshd-usepam-off",			\
	    "without PAM a certificate logs in with no hold, no lease "	\
	    "and no record",						\
	    "UsePAM yes in sshd_config, then reload sshd")		\
	X(SSHD_CA, ERROR, "sshd-ca-elsewhere",				\
	    "sshd trusts other CA keys for machine accounts than ours",	\
	    "remove the Match block that says so, then reload sshd")	\
	X(SSHD_CA_PEOPLE, ERROR, "sshd-ca-people",			\
	    "sshd trusts the CA of machines for people and root, too",	\
	    "take it out of the TrustedUserCAKeys outside of our block")	\
	X(SSHD_KEYS, ERROR, "sshd-keys-command",			\
	    "another program has the AuthorizedKeysCommand of our users",\
	    "remove the Match block that says so, then reload sshd")	\
	X(SSHD_METHODS, ERROR, "sshd-methods",				\
	    "sshd asks for other AuthenticationMethods than the roads "	\
	    "of NHI",							\
	    "remove the Match block that says so, then reload sshd")	\
	X(SSHD_KEYBOARD, WARNING, "sshd-keyboard-off",			\
	    "the policy takes tokens by keyboard-interactive, sshd "	\
	    "does not",							\
	    "remove the Match block that says so, then reload sshd")	\
	X(SSHD_SHADOWED, ERROR, "sshd-shadowed",			\
	    "the host's own configuration changes a word of the drop-in",\
	    "move or remove the Match block that says so, reload sshd")	\
	X(SSHD_REFUSES, ERROR, "sshd-refuses-accounts",			\
	    "AllowUsers, AllowGroups, DenyUsers or DenyGroups shut "	\
	    "machine accounts out",					\
	    "add nhi and group nhi-accounts to the list, reload sshd")	\
	X(SSHD_CERTS, ERROR, "sshd-no-certificates",			\
	    "sshd takes no certificates",				\
	    "add *-cert-v01@openssh.com to PubkeyAcceptedAlgorithms")	\
	X(SSHD_CA_ALGORITHMS, ERROR, "sshd-ca-algorithms",		\
	    "sshd takes no signature of a CA that is trusted here: its "	\
	    "certificates open nothing",				\
	    "add it to CASignatureAlgorithms, reload sshd")		\
	X(SSHD_STALE, WARNING, "sshd-not-reloaded",			\
	    "the sshd that runs has not read its configuration since "	\
	    "it changed",						\
	    "systemctl reload ssh, or kill -HUP its pid")		\
	X(SSHD_NNP, ERROR, "sshd-no-new-privs",				\
	    "sshd runs with no_new_privs: nhi-drop cannot change its "	\
	    "user, and every login fails",				\
	    "NoNewPrivileges=no in the unit of sshd, then restart it")	\
	X(SSHD_REVOKED, ERROR, "sshd-revoked-keys",			\
	    "a RevokedKeys that is missing shuts everybody out; an "	\
	    "empty one revokes nothing",				\
	    "ssh-keygen -k -f FILE, or remove RevokedKeys")		\
	X(SSHD_STARTUPS, WARNING, "sshd-max-startups",			\
	    "a few connections that are not yet logged in lock all "	\
	    "others out, and CI jobs come in crowds",			\
	    "MaxStartups 10:30:100 or more in sshd_config")		\
	X(SSHD_PENALTIES, NOTE, "sshd-penalties",			\
	    "refusals by keyboard-interactive count against the whole "	\
	    "source address of a CI system",				\
	    "PerSourcePenaltyExemptList with its networks")		\
	X(LASTLOG, NOTE, "lastlog-sparse",				\
	    "a terminal login with a high UID makes lastlog look "	\
	    "hundreds of gigabytes large to backups",			\
	    "permit_tty = false, or no pam_lastlog and PrintLastLog no")

#define NHI_DOCTOR_PAM(X)						\
	X(PAM_MODULE, ERROR, "pam-module",				\
	    "a PAM module that does not load shuts people out, too",	\
	    "install the package again")				\
	X(PAM_ACCOUNT, ERROR, "pam-sshd-account",			\
	    "pam_nhi is not the first account line of sshd",		\
	    "nhictl setup")						\
	X(PAM_DEFER, WARNING, "pam-sshd-defer",				\
	    "without defer a refusal counts as failed authentication "	\
	    "of its whole source address",				\
	    "nhictl setup")						\
	X(PAM_SESSION, ERROR, "pam-sshd-session",			\
	    "pam_nhi is not the first session line of sshd: others run "\
	    "before it can refuse",					\
	    "nhictl setup")						\
	X(PAM_ENV, ERROR, "pam-env-before",				\
	    "pam_env reads the account's own file before pam_nhi has "	\
	    "seen the evidence",					\
	    "put pam_nhi first: nhictl setup")				\
	X(PAM_SUFFICIENT, ERROR, "pam-sufficient-before",		\
	    "a module above pam_nhi ends the account stage, and holds "	\
	    "are not looked at",					\
	    "put pam_nhi above it")					\
	X(PAM_SERVICE, WARNING, "pam-service",				\
	    "a service enters machine accounts without asking pam_nhi",	\
	    "pam-auth-update --enable nhi, or add its account and "	\
	    "session lines")						\
	X(PAM_AUTH, WARNING, "pam-auth-order",				\
	    "pam_unix stands before pam_nhi, so a machine is asked for "\
	    "a password first",						\
	    "pam-auth-update, or put the auth line of pam_nhi first")	\
	X(PAM_AUTH_MISSING, ERROR, "pam-auth-missing",			\
	    "policy lets machines in by a line that is not there",	\
	    "pam-auth-update --enable nhi, or add the auth line")		\
	X(PAM_ARGUMENT, ERROR, "pam-argument",				\
	    "pam_nhi does not know the word on its line, and refuses "	\
	    "every machine there",					\
	    "mend the line as pam_nhi(8) has it")

#define NHI_DOCTOR_NAMES(X)						\
	X(NSS_MODULE, ERROR, "nss-module",				\
	    "without the NSS module no machine account exists",		\
	    "install the package again, ldconfig")			\
	X(NSS_PASSWD, ERROR, "nss-passwd",				\
	    "machine accounts are not looked up",			\
	    "nhictl setup")						\
	X(NSS_GROUP, ERROR, "nss-group",				\
	    "machine accounts have no groups, so sshd's Match Group "	\
	    "does not hold",						\
	    "nhictl setup")						\
	X(NSS_INITGROUPS, ERROR, "nss-initgroups",			\
	    "an initgroups line without nhi switches sshd's Match "	\
	    "Group off",						\
	    "nhictl setup, or remove the initgroups line")		\
	X(NSS_CACHE, WARNING, "nss-cache",				\
	    "nscd answers for ended and for new accounts what it heard "\
	    "minutes ago",						\
	    "enable-cache passwd no, enable-cache group no")		\
	X(NSS_ANSWER, ERROR, "nss-answer",				\
	    "the name service does not answer what the registry has",	\
	    "getent passwd NAME; look for another module before nhi")	\
	X(OWN_USERS, ERROR, "own-users",				\
	    "NHI's own users or groups are not as setup made them",	\
	    "nhictl setup tells what is in the way")			\
	X(MEMBERS, ERROR, "group-members",				\
	    "a person in a group of NHI's falls under its rules or "	\
	    "may start its programs",					\
	    "gpasswd -d PERSON GROUP")					\
	X(NAME_TAKEN, ERROR, "account-name-taken",			\
	    "a local user has the name of a machine account and is "	\
	    "found first",						\
	    "rename one of them")					\
	X(RANGE_PASSWD, ERROR, "uid-range-passwd",			\
	    "a local user has a UID out of the range of machine "	\
	    "accounts",							\
	    "usermod -u, or another uid_range and nhictl apply")	\
	X(RANGE_GROUP, ERROR, "uid-range-group",			\
	    "a local group has a GID out of the range of machine "	\
	    "accounts, whose private groups are there",			\
	    "groupmod -g, or another uid_range and nhictl apply")	\
	X(RANGE_SUBID, ERROR, "uid-range-subid",			\
	    "somebody's containers run with UIDs of machine accounts",	\
	    "another uid_range, or mend /etc/subuid and /etc/subgid")	\
	X(RANGE_MAP, ERROR, "uid-range-map",				\
	    "this user namespace does not have the UIDs of the range",	\
	    "another uid_range, or a larger map of the container")	\
	X(RANGE_SYSTEM, WARNING, "uid-range-system",			\
	    "the system gives UIDs of the range to others",		\
	    "another uid_range and nhictl apply")			\
	X(RANGE_DIRECTORY, WARNING, "uid-range-directory",		\
	    "a directory service may give people UIDs of the range",	\
	    "another uid_range, or another range there")		\
	X(SHELL, ERROR, "account-shell",				\
	    "sshd refuses an account whose shell cannot be run",	\
	    "install it, or another shell in the policy")		\
	X(HOME, WARNING, "account-home",				\
	    "the directory in which homes are made is not there",	\
	    "make it, root's and 0755")					\
	X(HOME_LEFT, NOTE, "home-left",					\
	    "a home that belonged to another UID was set aside, and "	\
	    "stays",							\
	    "keep of it what is good, and remove it as root")		\
	X(LINGER, WARNING, "linger",					\
	    "a machine account lingers: what it runs by systemd may "	\
	    "outlive its sessions",					\
	    "nhictl tick")						\
	X(GROUP_GONE, WARNING, "account-group",				\
	    "a group of the policy is gone: its number may become "	\
	    "another group's",						\
	    "groupadd it again, or take it out; nhictl apply")

#endif
