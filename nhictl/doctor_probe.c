/* SPDX-License-Identifier: BSD-2-Clause */
/* doctor --probe: what must be refused, tried. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/num.h"
#include "lib/base/paths.h"
#include "nhictl/doctor_probe.h"
#include "nhictl/record.h"
#include "nhictl/sshd.h"
#include "nhictl/trail.h"

#define SAID	(1U << 20)
#define REFUSED	"nhi: refused: "
#define PORTS	65535
#define TAIL	(1 << 20)	/* bytes of the trail, for what was just told */

/* sshd refuses these by itself, so they come to an sshd of their own. */
static const struct {
	enum nhi_probe_cert cert;
	const char *what;
	bool needs_ca;
} forbidden[] = {
	{ NHI_PROBE_NONE, "a plain key", false },
	{ NHI_PROBE_FOREIGN, "a certificate by another CA", false },
	{ NHI_PROBE_PRINCIPAL, "a certificate for another principal", true },
	{ NHI_PROBE_EXPIRED, "a certificate of an hour ago", true },
	{ NHI_PROBE_SOURCE, "a certificate for another address", true },
	/* End of the forbidden */
};

static void
blind(struct nhi_doctor *d, const char *what, const struct nhi_why *why)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "probe: %s", what);
	nhi_doctor_put_blind(d, text, why->text);
}

static bool
is_admitted(const struct nhi_buf *said, int status)
{
	return status == 0 ||
	    strstr(nhi_buf_text(said), NHI_PROBE_MARKER) != NULL;
}

static void
try_forbidden(struct nhi_doctor *d, const struct nhi_probe *p, size_t i)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(2 * SAID);
	const struct nhi_probe_try try = { p->account,
	    "echo " NHI_PROBE_MARKER, NHI_PROBE_FRESH, true };
	struct nhi_why why = { "" };
	int status = -1;

	if (forbidden[i].needs_ca && p->ca == NULL)
		return;
	if (nhi_probe_cert(p, forbidden[i].cert, d->now, &why) != NHI_OK ||
	    nhi_probe_ssh(p, &try, &said, &status, &why) != NHI_OK)
		blind(d, forbidden[i].what, &why);
	else if (is_admitted(&said, status))
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_ADMITTED, "%s opened %s",
		    forbidden[i].what, p->account);
}

/* Which methods sshd would take is in its last words. */
static void
try_methods(struct nhi_doctor *d, const struct nhi_probe *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(2 * SAID);
	const struct nhi_probe_try try = { p->account,
	    "echo " NHI_PROBE_MARKER, NHI_PROBE_FRESH, false };
	const char *wanted = d->host.keyboard ?
	    "(publickey,keyboard-interactive)" : "(publickey)";
	struct nhi_why why = { "" };
	const char *list;
	int status = -1;

	if (nhi_probe_ssh(p, &try, &said, &status, &why) != NHI_OK) {
		blind(d, "no key at all", &why);
		return;
	}
	list = strstr(nhi_buf_text(&said), "Permission denied (");
	if (is_admitted(&said, status))
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_ADMITTED,
		    "no evidence at all opened %s", p->account);
	else if (list != NULL && strstr(list, wanted) == NULL)
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_PASSWORD, "%s: %.*s",
		    p->account, (int)strcspn(list, "\r\n"), list);
	else if (list == NULL)
		nhi_doctor_put_blind(d, "probe: no key at all",
		    nhi_buf_text(&said));
}

/* "nhi: refused: policy <id>": the id of the record; false: not told. */
static bool
told_id(const struct nhi_buf *said, char *id, size_t size)
{
	const char *p = strstr(nhi_buf_text(said), REFUSED);

	if (p == NULL)
		return false;
	p += sizeof(REFUSED) - 1;
	p += strcspn(p, " \r\n");
	p += strspn(p, " ");
	(void)snprintf(id, size, "%.*s", (int)strcspn(p, " \r\n"), p);
	return true;
}

static bool
is_recorded(const char *id)
{
	NHI_AUTO(nhi_trail_close) struct nhi_trail t = { .fd = -1 };
	struct nhi_span line;
	bool bad, found = false;
	struct stat st;

	if (id[0] == '\0' || id[0] == '-' ||
	    nhi_trail_open(NHI_AUDIT_FILE, &t, NULL) != NHI_OK ||
	    fstat(t.fd, &st) != 0)
		return false;
	if (st.st_size > TAIL)
		(void)lseek(t.fd, st.st_size - TAIL, SEEK_SET);
	while (!found && nhi_trail_next(&t, &line, &bad) == 1)
		found = memmem(line.p, line.n, id, strlen(id)) != NULL;
	return found;
}

/*
 * A certificate that sshd takes and NHI refuses: PAM must tell and execute
 * it, and record it.
 */
static void
try_identity(struct nhi_doctor *d, const struct nhi_probe *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(2 * SAID);
	const struct nhi_probe_try try = { p->account,
	    "echo " NHI_PROBE_MARKER, NHI_PROBE_LIVE, true };
	struct nhi_why why = { "" };
	int status = -1;
	char id[64];

	if (p->ca == NULL || p->address[0] == '\0')
		return;
	if (nhi_probe_cert(p, NHI_PROBE_IDENTITY, d->now, &why) != NHI_OK ||
	    nhi_probe_ssh(p, &try, &said, &status, &why) != NHI_OK)
		blind(d, "no such identity", &why);
	else if (is_admitted(&said, status))
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_ADMITTED, "a certificate "
		    "of no identity opened %s", p->account);
	else if (!told_id(&said, id, sizeof(id)))
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_SILENT,
		    "%s, exit %d: %.160s", p->account, status,
		    said.n == 0 ? "nothing" : nhi_buf_text(&said));
	else if (!is_recorded(id))
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_RECORD,
		    "%s has no record %s", NHI_AUDIT_FILE, id);
}

/* The same where PAM is off: the forced command must tell and execute it. */
static void
try_layer(struct nhi_doctor *d, const struct nhi_probe *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(2 * SAID);
	const struct nhi_probe_try try = { p->account,
	    "echo " NHI_PROBE_MARKER, NHI_PROBE_NO_PAM, true };
	struct nhi_why why = { "" };
	int status = -1;

	if (p->ca == NULL)
		return;
	if (nhi_probe_cert(p, NHI_PROBE_IDENTITY, d->now, &why) != NHI_OK ||
	    nhi_probe_ssh(p, &try, &said, &status, &why) != NHI_OK)
		blind(d, "the second layer", &why);
	else if (status != NHI_EXIT_REFUSED ||
	    strstr(nhi_buf_text(&said), REFUSED) == NULL)
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_LAYER,
		    "without PAM %s, exit %d: %.160s", p->account, status,
		    said.n == 0 ? "nothing" : nhi_buf_text(&said));
}

/* Whoever comes without a token is told so. */
static void
try_issuer(struct nhi_doctor *d, const struct nhi_probe *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(2 * SAID);
	const struct nhi_probe_try try = { NHI_ISSUER_USER, p->account,
	    NHI_PROBE_LIVE, true };
	struct nhi_why why = { "" };
	int status = -1;

	if (!d->host.issues || d->host.issue_from.n > 0 ||
	    p->address[0] == '\0')
		return;
	if (nhi_probe_cert(p, NHI_PROBE_NONE, d->now, &why) != NHI_OK ||
	    nhi_probe_ssh(p, &try, &said, &status, &why) != NHI_OK)
		blind(d, "the issuer", &why);
	else if (status != NHI_EXIT_REFUSED ||
	    strstr(nhi_buf_text(&said), REFUSED "input") == NULL)
		nhi_doctor_find(d, NHI_DOCTOR_PROBE_ISSUER,
		    "without a token, exit %d: %.200s", status,
		    said.n == 0 ? "nothing" : nhi_buf_text(&said));
}

/* The first address that sshd listens on; anywhere is here. */
static void
find_sshd(struct nhi_doctor *d, struct nhi_probe *p)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(SAID);
	const struct nhi_sshd_who who = { "root", "localhost", "127.0.0.1",
	    "127.0.0.1", "22" };
	struct nhi_why why = { "" };
	struct nhi_span port;
	char value[128], *colon;
	uint64_t n;

	if (nhi_sshd_effective(&who, &text, &why) != NHI_OK ||
	    !nhi_doctor_sshd_value(nhi_buf_all(&text), "ListenAddress", value,
	    sizeof(value)) || (colon = strrchr(value, ':')) == NULL) {
		blind(d, "the sshd that runs", &why);
		return;
	}
	port = nhi_span_str(colon + 1);
	*colon = '\0';
	if (!nhi_num_parse(port, PORTS, &n))
		return;
	p->port = (unsigned int)n;
	if (strcmp(value, "0.0.0.0") == 0 || strcmp(value, "[::]") == 0)
		(void)snprintf(value, sizeof(value), "127.0.0.1");
	(void)snprintf(p->address, sizeof(p->address), "%.*s",
	    (int)strcspn(value, "]"), value[0] == '[' ? value + 1 : value);
}

/* Denials that nobody else can explain need a record before them. */
static enum nhi_err
announce(const struct nhi_probe *p, struct nhi_why *why)
{
	return nhi_record(&(struct nhi_event){ .event = NHI_EVENT_DOCTOR,
	    .outcome = NHI_INFO, .account = p->account,
	    .detail = "nhictl doctor tries logins that must be refused" },
	    why);
}

static void
probe(struct nhi_doctor *d)
{
	NHI_AUTO(nhi_probe_close) struct nhi_probe p = { .dir = "" };
	struct nhi_doctor_names names;
	struct nhi_why why = { "" };

	nhi_doctor_names(d, &names);
	if (names.n == 0 || nhi_doctor_has(d, NHI_DOCTOR_SSHD_CONFIG)) {
		nhi_doctor_put_blind(d, "probes", names.n == 0 ?
		    "the policy has no account" : "sshd does not start");
		return;
	}
	memcpy(p.account, names.text[0], sizeof(p.account));
	if (announce(&p, &why) != NHI_OK ||
	    nhi_probe_open(d, &p, &why) != NHI_OK) {
		nhi_doctor_put_blind(d, "probes", why.text);
		return;
	}
	find_sshd(d, &p);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		try_forbidden(d, &p, i);
	try_methods(d, &p);
	try_identity(d, &p);
	try_layer(d, &p);
	try_issuer(d, &p);
}

/* An end waits until the keys and their directory are gone. */
void
nhi_doctor_probe(struct nhi_doctor *d)
{
	sigset_t ends, old;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGHUP);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &ends, &old);
	probe(d);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
}
