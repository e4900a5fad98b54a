/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor: what of sshd is not in the drop-in: the process, and its limits. */
#include "config.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "nhictl/doctor.h"
#include "nhictl/dropin_admit.h"
#include "nhictl/sshd.h"

#define CONFIG		NHI_SSHD_CONF_DIR "/../sshd_config"
#define LASTLOG_FILE	"/var/log/lastlog"
#define STARTUPS_MIN	10
#define SETTLE		5	/* s that a reload may take */
#define AUTHFAIL	5	/* s, as sshd has it by default */
#define CA_SIZE		(1U << 20)
#define PID_MAX_LIMIT	4194304

static bool
newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ?
	    a->st_mtim.tv_sec > b->st_mtim.tv_sec :
	    a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* sshd writes its pid file anew whenever it reads its configuration. */
static void
check_reload(struct nhi_doctor *d, const struct stat *pidfile)
{
	struct stat st;
	glob_t g = { .gl_pathc = 0 };

	(void)glob(CONFIG, 0, NULL, &g);
	(void)glob(NHI_SSHD_CONF_DIR "/*.conf",
	    g.gl_pathc > 0 ? GLOB_APPEND : 0, NULL, &g);
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (stat(g.gl_pathv[i], &st) == 0 && newer(&st, pidfile) &&
		    st.st_mtime < d->now - SETTLE)
			nhi_doctor_find(d, NHI_DOCTOR_SSHD_STALE,
			    "%s is newer than the start of sshd",
			    strcmp(g.gl_pathv[i], CONFIG) == 0 ?
			    "sshd_config" : g.gl_pathv[i]);
	globfree(&g);
}

static void
check_privileges(struct nhi_doctor *d, uint64_t pid)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(16384);
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%lu/status",
	    (unsigned long)pid);
	if (nhi_file_read(AT_FDCWD, path, NHI_FILE_ROOT, &text, NULL) ==
	    NHI_OK && strstr(nhi_buf_text(&text), "NoNewPrivs:\t1") != NULL)
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_NNP,
		    "process %lu, sshd, has NoNewPrivs 1", (unsigned long)pid);
}

/* No pid file: started for each connection, and then never stale. */
static void
check_process(struct nhi_doctor *d, struct nhi_span config)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(64);
	struct nhi_span rest, line;
	struct stat st;
	char path[256];
	uint64_t pid;

	if (!nhi_doctor_sshd_value(config, "PidFile", path, sizeof(path)) ||
	    stat(path, &st) != 0 || nhi_file_read(AT_FDCWD, path,
	    NHI_FILE_ROOT, &text, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&text);
	if (!nhi_span_cut(&rest, '\n', &line) ||
	    !nhi_num_parse(line, PID_MAX_LIMIT, &pid) || pid < 2)
		return;
	(void)snprintf(path, sizeof(path), "/proc/%lu", (unsigned long)pid);
	if (access(path, F_OK) != 0)
		return;
	check_reload(d, &st);
	check_privileges(d, pid);
}

static void
check_revoked(struct nhi_doctor *d, struct nhi_span config)
{
	struct stat st;
	char path[256];

	if (!nhi_doctor_sshd_value(config, "RevokedKeys", path,
	    sizeof(path)) || strcmp(path, "none") == 0)
		return;
	if (stat(path, &st) != 0)
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_REVOKED,
		    "%s is not there", path);
	else if (st.st_size == 0)
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_REVOKED, "%s is empty",
		    path);
}

/* "type base64" of each of our keys, looked for in somebody else's list. */
static bool
shares_key(const struct nhi_buf *ours, const struct nhi_buf *theirs)
{
	struct nhi_span rest = nhi_buf_all(ours), line, type, base64;

	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		if (line.n == 0 || *line.p == '#' ||
		    !nhi_span_cut(&line, ' ', &type) ||
		    !nhi_span_cut(&line, ' ', &base64) || base64.n == 0)
			continue;
		if (memmem(theirs->p, theirs->n, base64.p, base64.n) != NULL)
			return true;
	}
	return false;
}

/* Of root, and so of everybody: machines' keys open machines' accounts. */
static void
check_global_ca(struct nhi_doctor *d, struct nhi_span config)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf ours = NHI_BUF(CA_SIZE);
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf theirs = NHI_BUF(CA_SIZE);
	char path[256];

	if (nhi_doctor_sshd_value(config, "TrustedUserCAKeys", path,
	    sizeof(path)) && strcmp(path, "none") != 0 &&
	    nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED, NHI_FILE_ROOT, &ours,
	    NULL) == NHI_OK &&
	    nhi_file_read(AT_FDCWD, path, NHI_FILE_ANY, &theirs, NULL) ==
	    NHI_OK && theirs.n > 0 && shares_key(&ours, &theirs))
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_CA_PEOPLE,
		    "TrustedUserCAKeys of root is %s", path);
}

static bool
is_listed(struct nhi_span list, struct nhi_span name)
{
	struct nhi_span one;

	while (nhi_span_cut(&list, ',', &one))
		if (nhi_span_equal(one, name))
			return true;
	return false;
}

/* A CA signs in one way, an RSA key as lib/ssh/signature.c begins. */
static void
check_ca_algorithms(struct nhi_doctor *d, struct nhi_span config)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf ours = NHI_BUF(CA_SIZE);
	struct nhi_span rest, line, type, told = { NULL, 0 };
	char list[1024];

	if (!nhi_doctor_sshd_value(config, "CASignatureAlgorithms", list,
	    sizeof(list)) || nhi_file_read(AT_FDCWD, NHI_CA_TRUSTED,
	    NHI_FILE_ROOT, &ours, NULL) != NHI_OK)
		return;
	rest = nhi_buf_all(&ours);
	while (rest.n > 0 && nhi_span_cut(&rest, '\n', &line)) {
		if (line.n == 0 || *line.p == '#' ||
		    !nhi_span_cut(&line, ' ', &type))
			continue;
		if (nhi_span_is(type, "ssh-rsa"))
			type = NHI_SPAN("rsa-sha2-512");
		if (is_listed(nhi_span_str(list), type) ||
		    nhi_span_equal(type, told))
			continue;
		told = type;
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_CA_ALGORITHMS,
		    "CASignatureAlgorithms has no %.*s", (int)type.n, type.p);
	}
}

/* The number before the first character that is no digit. */
static bool
leading(const char *text, uint64_t *ret)
{
	struct nhi_span s = { text, strspn(text, "0123456789") };

	return nhi_num_parse(s, UINT32_MAX, ret);
}

static void
check_startups(struct nhi_doctor *d, struct nhi_span config)
{
	char text[64];
	uint64_t n;

	if (nhi_doctor_sshd_value(config, "MaxStartups", text,
	    sizeof(text)) && leading(text, &n) && n < STARTUPS_MIN)
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_STARTUPS,
		    "MaxStartups %s", text);
}

/*
 * Refusals of certificates count nothing (they are told, and executed in the
 * session); by keyboard-interactive they are failed authentications.
 */
static void
check_penalties(struct nhi_doctor *d, struct nhi_span config)
{
	char text[512], exempt[512] = "none";
	const char *fail;
	uint64_t n;

	if (!nhi_doctor_sshd_value(config, "PerSourcePenalties", text,
	    sizeof(text)) || strncmp(text, "no", 2) == 0)
		return;
	(void)nhi_doctor_sshd_value(config, "PerSourcePenaltyExemptList",
	    exempt, sizeof(exempt));
	fail = strstr(text, "authfail:");
	if (strcmp(exempt, "none") == 0 && (d->host.keyboard ||
	    (fail != NULL && leading(fail + 9, &n) && n > AUTHFAIL)))
		nhi_doctor_find(d, NHI_DOCTOR_SSHD_PENALTIES,
		    "PerSourcePenalties %s, and nobody is exempt", text);
}

void
nhi_doctor_sshd_host(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(1U << 20);
	const struct nhi_sshd_who who = { "root", "localhost", "127.0.0.1",
	    "127.0.0.1", "22" };
	struct nhi_why why = { "" };
	struct nhi_span config;

	if (nhi_doctor_has(d, NHI_DOCTOR_SSHD_CONFIG))
		return;
	if (nhi_sshd_effective(&who, &text, &why) != NHI_OK) {
		nhi_doctor_put_blind(d, "sshd's host", why.text);
		return;
	}
	config = nhi_buf_all(&text);
	check_process(d, config);
	check_revoked(d, config);
	check_global_ca(d, config);
	check_ca_algorithms(d, config);
	check_startups(d, config);
	check_penalties(d, config);
	if (d->host.permit_tty && access(LASTLOG_FILE, F_OK) == 0)
		nhi_doctor_find(d, NHI_DOCTOR_LASTLOG, "the policy has "
		    "permit_tty, and " LASTLOG_FILE " is there");
}
