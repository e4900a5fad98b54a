/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings of nhi.conf: one table.  From it come the structs below, the
 * loader, the check for unknown settings, the defaults, and the test that
 * looks for each name in nhi.conf(5).
 *
 * Row: name, type, least, most, default, help.  Least and most limit the
 * value of a number, the seconds of a duration, the length of a text, the
 * members of a list.  A default of NHI_NEEDED: it must be there; NULL: there
 * is none, or it depends on other settings.
 */
#ifndef NHI_CONF_SCHEMA_H
#define NHI_CONF_SCHEMA_H

#include "conf/fault.h"
#include "lib/base/paths.h"
#include "lib/base/registry.h"
#include "lib/base/rules.h"

#define NHI_NEEDED	"!"

#define NHI_MINUTE	60
#define NHI_HOUR	(60 * NHI_MINUTE)
#define NHI_DAY		(24 * NHI_HOUR)

#define NHI_CONF_IDENTITIES	100000
#define NHI_CONF_ISSUERS	1024
#define NHI_CONF_TRUST		64

#define NHI_SETTINGS_HOST(X)						\
	X(host, id, HOSTNAME, 1, 253, NULL,					\
	    "name of this host in key ids and in the audit trail")	\
	X(host, labels, TEXTS, 0, 64, NULL, "what kind of host this is")
#define NHI_SETTINGS_ISSUING(X)						\
	X(issuing, enabled, BOOL, 0, 1, "true",				\
	    "this host has an issuing account")				\
	X(issuing, per_source, INT, 1, 65535, "64",			\
	    "connections to the issuer from one address")		\
	X(issuing, total, INT, 1, 65535, "512",				\
	    "connections to the issuer in all")
#define NHI_SETTINGS_SSHD(X)						\
	X(sshd, permit_tty, BOOL, 0, 1, "false",			\
	    "sshd may give a terminal to machine accounts")		\
	X(sshd, permit_forwarding, BOOL, 0, 1, "false",			\
	    "sshd may forward for machine accounts")			\
	X(sshd, keyboard_interactive, BOOL, 0, 1, "false",		\
	    "sshd may take a token by keyboard-interactive")
#define NHI_SETTINGS_TRUST(X)						\
	X(trust, host, HOSTNAME, 1, 253, NHI_NEEDED,			\
	    "host.id of another issuing host")				\
	X(trust, ca, CA, 1, 4096, NHI_NEEDED, "its public CA key")
#define NHI_SETTINGS_ISSUER(X)						\
	X(issuer, name, LABEL, 1, 64, NHI_NEEDED, "name of the issuer")	\
	X(issuer, preset, LABEL, 1, 64, NHI_NEEDED,			\
	    "what kind of platform it is")				\
	X(issuer, url, URL, 1, 512, NULL, "its iss, byte for byte")	\
	X(issuer, audience, TEXTS, 1, 128, NHI_NEEDED,			\
	    "what a token must be made out for")			\
	X(issuer, jwks_file, PATH, 2, 4095, NULL,			\
	    "a pinned key set instead of a fetched one")		\
	X(issuer, jwks_url, URL, 1, 512, NULL,				\
	    "where its key set is, without discovery")			\
	X(issuer, ca_file, PATH, 2, 4095, NULL,				\
	    "CAs that its server's certificate may have")		\
	X(issuer, bearer_file, PATH, 2, 4095, NULL,			\
	    "a token that its server asks for")				\
	X(issuer, proxy, TEXT, 1, 512, NULL,				\
	    "proxy on the way to its server")				\
	X(issuer, redirect_hosts, TEXTS, 1, 16, NULL,			\
	    "other hosts that it may redirect to")			\
	X(issuer, algorithms, ALGS, 1, 16, NULL,			\
	    "signature algorithms that are accepted")			\
	X(issuer, skew, DURATION, 0, 10 * NHI_MINUTE, "60s",		\
	    "how far its clock may be off")				\
	X(issuer, max_lifetime, DURATION, 10, NHI_TOKEN_LIFE_MAX, NULL,	\
	    "longest life of a token")					\
	X(issuer, max_age, DURATION, 10, 7 * NHI_DAY, NULL,		\
	    "oldest token that is taken")				\
	X(issuer, grace, DURATION, 0, NHI_TOKEN_GRACE_MAX, NULL,	\
	    "how long a certificate may outlive its token")		\
	X(issuer, jwks_stale, DURATION, NHI_MINUTE, 30 * NHI_DAY, NULL,	\
	    "how old a fetched key set may be")				\
	X(issuer, not_before, DATE, 0, 0, NULL,				\
	    "tokens issued before this day are refused")		\
	X(issuer, binding, BINDING, 0, 0, "none",			\
	    "whether tokens must be bound to the SSH key")		\
	X(issuer, reuse, REUSE, 0, 0, "same-key",			\
	    "whether a token may be used again")
#define NHI_SETTINGS_MATCH(X)						\
	X(match, claim, CLAIM, 1, 16, NHI_NEEDED, "claim, or path to it")\
	X(match, is, VALUE, 1, 1, NULL, "the one value")		\
	X(match, in, VALUES, 1, 128, NULL, "one of these values")	\
	X(match, prefix, TEXT, 1, 1024, NULL, "how the value begins")	\
	X(match, glob, TEXT, 1, 1024, NULL, "shell pattern of the value")
#define NHI_SETTINGS_CERTIFICATE(X)					\
	X(certificate, ttl, DURATION, NHI_MINUTE, NHI_CERT_TTL_MAX, "15m",	\
	    "longest life of a certificate")				\
	X(certificate, source, CIDRS, 1, 128, NULL,			\
	    "addresses it may be used from")				\
	X(certificate, force_command, TEXT, 1, 1024, NULL,		\
	    "the one command that it runs")				\
	X(certificate, pty, BOOL, 0, 1, "false", "permits a terminal")	\
	X(certificate, forwarding, BOOL, 0, 1, "false",			\
	    "permits forwarding")
#define NHI_SETTINGS_IDENTITY(X)					\
	X(identity, name, LABEL, 1, 64, NHI_NEEDED,			\
	    "name of the identity")					\
	X(identity, owner, TEXT, 1, 256, NHI_NEEDED, "who answers for it")\
	X(identity, purpose, TEXT, 1, 256, NHI_NEEDED, "what it is for")\
	X(identity, expires, DATE, 0, 0, NHI_NEEDED,			\
	    "the last day on which it is good")				\
	X(identity, issuer, LABEL, 1, 64, NHI_NEEDED,			\
	    "issuer of its tokens")					\
	X(identity, match, MATCHES, 1, NHI_RULES_MATCHES, NHI_NEEDED,	\
	    "what the token must say")					\
	X(identity, account, ACCOUNT, 1, 256, NHI_NEEDED,		\
	    "account that it enters, or a template of accounts")	\
	X(identity, uid, INT, NHI_UID_MIN, NHI_UID_MAX, NULL,		\
	    "UID of the account")					\
	X(identity, groups, NAMES, 1, 31, NULL, "supplementary groups")	\
	X(identity, home, PATH, 2, 160, NULL, "home of the account")	\
	X(identity, shell, PATH, 2, 191, NULL, "shell of the account")	\
	X(identity, certificate, CERTIFICATE, 0, 0, NULL,		\
	    "what certificates are like")				\
	X(identity, window, WINDOWS, 1, 64, NULL,			\
	    "times at which it may log in, in UTC")			\
	X(identity, max_sessions, INT, 0, 10000, "0",			\
	    "sessions at a time; 0: no limit")				\
	X(identity, cron, BOOL, 0, 1, "false",				\
	    "cron and at may run jobs of the account")			\
	X(identity, direct, BOOL, 0, 1, "false",			\
	    "a token that is bound to the key logs in by itself")	\
	X(identity, remove_home, BOOL, 0, 1, "false",			\
	    "the home goes with the last session")			\
	X(identity, sudo, COMMANDS, 1, 128, NULL,			\
	    "commands that it may run as root")				\
	X(identity, allow_mutable, BOOL, 0, 1, "false",			\
	    "matches on names alone are meant")				\
	X(identity, allow_privileged_group, BOOL, 0, 1, "false",	\
	    "groups that are root in disguise are meant")
#define NHI_SETTINGS_TOP(X)						\
	X(top, version, INT, 1, 1, NULL, "version of this format")	\
	X(top, host, HOST, 0, 0, NULL, "this host")			\
	X(top, issuers, ISSUERS, 0, NHI_CONF_ISSUERS, NULL,		\
	    "platforms whose tokens are accepted")			\
	X(top, identities, IDENTITIES, 0, NHI_CONF_IDENTITIES, NULL,	\
	    "who may log in as what")					\
	X(top, uid_range, RANGE, NHI_UID_MIN, NHI_UID_MAX, NULL,	\
	    "UIDs of machine accounts, lowest and highest")		\
	X(top, issuer, ISSUING, 0, 0, NULL, "the issuing account")	\
	X(top, issue_from, CIDRS, 1, 128, NULL,				\
	    "addresses from which certificates may be asked for")	\
	X(top, trust, TRUST, 0, NHI_CONF_TRUST, NULL,			\
	    "other hosts whose certificates are accepted")		\
	X(top, sshd, SSHD, 0, 0, NULL, "what sshd may do for accounts")	\
	X(top, grace, DURATION, 0, NHI_DAY, "15m",			\
	    "default of an issuer's grace")				\
	X(top, jwks_stale, DURATION, NHI_MINUTE, 30 * NHI_DAY, "24h",	\
	    "default of an issuer's jwks_stale")			\
	X(top, retention, DURATION, NHI_DAY, 3650 * NHI_DAY, "90d",	\
	    "how long a UID is kept from others after its last use")	\
	X(top, home, PATH, 2, 160, NHI_HOMES_DIR "/",			\
	    "directory of the homes")					\
	X(top, shell, PATH, 2, 191, "/bin/sh", "shell of the accounts")

/* Sections, inner ones first: name of the struct, path in the file. */
#define NHI_SECTIONS(X)							\
	X(host, NHI_SETTINGS_HOST, "host")				\
	X(issuing, NHI_SETTINGS_ISSUING, "issuer")			\
	X(sshd, NHI_SETTINGS_SSHD, "sshd")				\
	X(trust, NHI_SETTINGS_TRUST, "trust")				\
	X(issuer, NHI_SETTINGS_ISSUER, "issuers")			\
	X(match, NHI_SETTINGS_MATCH, "identities.match")		\
	X(certificate, NHI_SETTINGS_CERTIFICATE, "identities.certificate")\
	X(identity, NHI_SETTINGS_IDENTITY, "identities")		\
	X(top, NHI_SETTINGS_TOP, "")					\
	/* End of NHI_SECTIONS */

enum nhi_setting_type {
	/* Values: */
	NHI_SET_INT, NHI_SET_BOOL, NHI_SET_DURATION, NHI_SET_DATE,
	NHI_SET_TEXT, NHI_SET_LABEL, NHI_SET_HOSTNAME, NHI_SET_URL,
	NHI_SET_PATH, NHI_SET_ACCOUNT, NHI_SET_CA, NHI_SET_BINDING,
	NHI_SET_REUSE, NHI_SET_VALUE,
	/* Lists of values: */
	NHI_SET_TEXTS, NHI_SET_NAMES, NHI_SET_CIDRS, NHI_SET_WINDOWS,
	NHI_SET_COMMANDS, NHI_SET_ALGS, NHI_SET_RANGE, NHI_SET_CLAIM,
	NHI_SET_VALUES,
	/* Groups: */
	NHI_SET_HOST, NHI_SET_SSHD, NHI_SET_ISSUING, NHI_SET_CERTIFICATE,
	/* Lists of groups: */
	NHI_SET_TRUST, NHI_SET_ISSUERS, NHI_SET_MATCHES, NHI_SET_IDENTITIES,
	/* End of the types */
};

#define NHI_CTYPE_INT		int64_t
#define NHI_CTYPE_BOOL		bool
#define NHI_CTYPE_DURATION	int64_t
#define NHI_CTYPE_DATE		int64_t
#define NHI_CTYPE_TEXT		char *
#define NHI_CTYPE_LABEL		char *
#define NHI_CTYPE_HOSTNAME	char *
#define NHI_CTYPE_URL		char *
#define NHI_CTYPE_PATH		char *
#define NHI_CTYPE_ACCOUNT	char *
#define NHI_CTYPE_CA		char *
#define NHI_CTYPE_BINDING	bool
#define NHI_CTYPE_REUSE		bool
#define NHI_CTYPE_VALUE		struct nhi_conf_values
#define NHI_CTYPE_TEXTS		struct nhi_list
#define NHI_CTYPE_NAMES		struct nhi_list
#define NHI_CTYPE_CIDRS		struct nhi_list
#define NHI_CTYPE_WINDOWS	struct nhi_list
#define NHI_CTYPE_COMMANDS	struct nhi_list
#define NHI_CTYPE_ALGS		int64_t
#define NHI_CTYPE_RANGE		struct nhi_conf_range
#define NHI_CTYPE_CLAIM		struct nhi_list
#define NHI_CTYPE_VALUES	struct nhi_conf_values
#define NHI_CTYPE_HOST		struct nhi_conf_host
#define NHI_CTYPE_SSHD		struct nhi_conf_sshd
#define NHI_CTYPE_ISSUING	struct nhi_conf_issuing
#define NHI_CTYPE_CERTIFICATE	struct nhi_conf_certificate
#define NHI_CTYPE_TRUST		struct nhi_groups
#define NHI_CTYPE_ISSUERS	struct nhi_groups
#define NHI_CTYPE_MATCHES	struct nhi_groups
#define NHI_CTYPE_IDENTITIES	struct nhi_groups

struct nhi_conf_range {
	uint32_t lo;
	uint32_t hi;
};

struct nhi_conf_values {
	enum nhi_type type;
	struct nhi_list list;
};

/* An array of structs of one section; owned. */
struct nhi_groups {
	void *p;
	size_t n;
	size_t room;
};

/*
 * What each section is, once loaded: struct nhi_conf_<section> with a member
 * for each setting, and before them the places: at[0] of the section itself,
 * at[NHI_AT(section, name)] of a setting, line 0 when it was not set.
 */
#define NHI_AT(section, name)	NHI_AT_##section##_##name
#define NHI_PLACE_(section, name, type, lo, hi, def, help)		\
	NHI_AT(section, name),
#define NHI_MEMBER_(section, name, type, lo, hi, def, help)		\
	NHI_CTYPE_##type name;
#define NHI_STRUCT_(section, list, path)				\
	enum {								\
		NHI_AT(section, self), list(NHI_PLACE_)			\
		NHI_AT(section, count)					\
	};								\
	struct nhi_conf_##section {					\
		struct nhi_place at[NHI_AT(section, count)];		\
		list(NHI_MEMBER_)					\
	};
NHI_SECTIONS(NHI_STRUCT_)

struct nhi_setting {
	const char *name;
	enum nhi_setting_type type;
	int64_t least;
	int64_t most;
	const char *fallback;
	const char *help;
	size_t offset;
};

struct nhi_section {
	const char *path;
	const struct nhi_setting *settings;
	size_t n;
	size_t size;			/* of the struct */
};

extern const struct nhi_section nhi_sections[];
extern const size_t nhi_nsections;

const struct nhi_section	*nhi_schema_top(void);

/* The section of a setting that is a group or a list of groups, or NULL. */
const struct nhi_section	*nhi_schema_inner(enum nhi_setting_type);
bool				 nhi_schema_is_list(enum nhi_setting_type);

/* Free what a loaded section (all of it zero at first) owns. */
void	 nhi_schema_wipe(const struct nhi_section *, void *);

#endif
