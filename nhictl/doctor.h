/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nhictl doctor: what is wrong with this host.  An area looks at one part of
 * it, changes nothing, and puts what it finds into the report; the words that
 * explain a finding stand in doctor_list.h.
 */
#ifndef NHI_NHICTL_DOCTOR_H
#define NHI_NHICTL_DOCTOR_H

#include "conf/compile.h"
#include "nhictl/doctor_list.h"

enum nhi_doctor_id {
#define X(symbol, severity, id, text, remedy) NHI_DOCTOR_##symbol,
	NHI_DOCTOR_LIST(X)
#undef X
	NHI_DOCTOR_COUNT
};

enum nhi_doctor_severity {
	NHI_DOCTOR_NOTE, NHI_DOCTOR_WARNING, NHI_DOCTOR_ERROR,
	NHI_DOCTOR_SEVERITIES
};

struct nhi_doctor_kind {
	const char *id;
	enum nhi_doctor_severity severity;
	const char *text;
	const char *remedy;
};

extern const struct nhi_doctor_kind nhi_doctor_kinds[NHI_DOCTOR_COUNT];

#define NHI_DOCTOR_FACT		320	/* bytes of a fact */
#define NHI_DOCTOR_EACH		8	/* facts that are shown of one id */
#define NHI_DOCTOR_BLIND	64

struct nhi_doctor_found {
	enum nhi_doctor_id id;
	char fact[NHI_DOCTOR_FACT];
};

/* What could not be looked at. */
struct nhi_doctor_blind {
	char what[32];
	char why[NHI_DOCTOR_FACT];
};

struct nhi_doctor {
	int64_t now;
	int64_t swept;			/* what expired before it is gone */
	bool root;
	bool state;			/* look at all state, too */
	bool probe;			/* try logins, too */

	/* For all areas: what is in force, and what is written. */
	bool published;
	struct nhi_policy policy;
	struct nhi_host host;		/* id NULL: cannot be read */
	struct nhi_plan *plan;		/* NULL: cannot be compiled */

	struct nhi_doctor_found *found;
	size_t nfound;
	unsigned int count[NHI_DOCTOR_COUNT];
	struct nhi_doctor_blind blind[NHI_DOCTOR_BLIND];
	size_t nblind;
	bool failed;			/* no memory */
};

/* Report a fact; the same one twice counts once. */
void	 nhi_doctor_find(struct nhi_doctor *, enum nhi_doctor_id,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool	 nhi_doctor_has(const struct nhi_doctor *, enum nhi_doctor_id);

/* This was not looked at; the report says so, and it is no clean bill. */
void	 nhi_doctor_put_blind(struct nhi_doctor *, const char *what,
	    const char *why);

void	 nhi_doctor_wipe(struct nhi_doctor *);

/* Print all; false when it cannot be written. */
bool	 nhi_doctor_print(const struct nhi_doctor *, bool json);
bool	 nhi_doctor_print_list(bool json);

/* Names of the policy to ask about: some declared ones, some that fit. */
#define NHI_DOCTOR_NAMES_MAX	12
struct nhi_doctor_names {
	char text[NHI_DOCTOR_NAMES_MAX][NHI_NAME_MAX + 1];
	const char *list[NHI_DOCTOR_NAMES_MAX];
	size_t n;
	size_t declared;		/* they come first */
};
void	 nhi_doctor_names(const struct nhi_doctor *,
	    struct nhi_doctor_names *ret);

/*
 * Call fn for each name in a directory but "." and ".."; false when it cannot
 * be read, true when it is not there.
 */
bool	 nhi_doctor_walk(const char *dir,
	    void (*fn)(struct nhi_doctor *, const char *dir, const char *name),
	    struct nhi_doctor *);

/* The value of a word in what sshd -T says, as a string; "" for none. */
bool	 nhi_doctor_sshd_value(struct nhi_span config, const char *word,
	    char *out, size_t size);

/* The areas. */
void	 nhi_doctor_load(struct nhi_doctor *);
void	 nhi_doctor_policy(struct nhi_doctor *);
void	 nhi_doctor_rules(struct nhi_doctor *);
void	 nhi_doctor_outgrown(struct nhi_doctor *);
void	 nhi_doctor_holds(struct nhi_doctor *);
void	 nhi_doctor_nss(struct nhi_doctor *);
void	 nhi_doctor_users(struct nhi_doctor *);
void	 nhi_doctor_range(struct nhi_doctor *);
void	 nhi_doctor_accounts(struct nhi_doctor *);
void	 nhi_doctor_sshd(struct nhi_doctor *);
void	 nhi_doctor_sshd_host(struct nhi_doctor *);
void	 nhi_doctor_pam(struct nhi_doctor *);
void	 nhi_doctor_files(struct nhi_doctor *);
void	 nhi_doctor_disk(struct nhi_doctor *);
void	 nhi_doctor_clock(struct nhi_doctor *);
void	 nhi_doctor_audit(struct nhi_doctor *);
void	 nhi_doctor_keys(struct nhi_doctor *);
void	 nhi_doctor_ca(struct nhi_doctor *);
void	 nhi_doctor_sudo(struct nhi_doctor *);
void	 nhi_doctor_state(struct nhi_doctor *);
void	 nhi_doctor_ledger(struct nhi_doctor *);
void	 nhi_doctor_probe(struct nhi_doctor *);
/* End of the areas */

#endif
