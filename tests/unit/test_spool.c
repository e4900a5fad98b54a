/* SPDX-License-Identifier: BSD-2-Clause */
/* From a service user's file to root's trail, once, whatever lies there. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/spool_name.h"
#include "lib/base/spool_take.h"
#include "tests/unit/temp.h"

#define ISSUER	40001
#define VERIFY	40002
#define FETCH	40003
#define OTHER	40004
#define ID	"01kc0000000000000000000000"
#define HEAD	NHI_SPOOL_MAGIC "\nid " ID "\npid 7\n"
#define DENY	HEAD "event token.deny\noutcome deny\n"
#define LOG	"log/audit.jsonl"

static char dir[TEMP_SIZE];
static char spool[TEMP_SIZE + 16];
static char log_dir[TEMP_SIZE + 16];

static int
setup(void **state)
{
	(void)state;
	temp_make(dir);
	(void)snprintf(spool, sizeof(spool), "%s/spool", dir);
	(void)snprintf(log_dir, sizeof(log_dir), "%s/log", dir);
	if (mkdir(spool, 0700) != 0 || mkdir(log_dir, 0750) != 0)
		return 1;
	if (geteuid() != 0)
		return 0;
	return chown(spool, 0, TEMP_GID) != 0 || chmod(spool, 01730) != 0;
}

static int
teardown(void **state)
{
	(void)state;
	temp_remove(dir);
	return 0;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum nhi_err
drain_at(int64_t ms, size_t max, size_t *ret_taken)
{
	const struct nhi_spool_job job = { .spool = spool, .log_dir = log_dir,
	    .log_name = "audit.jsonl", .issuer = ISSUER, .verify = VERIFY,
	    .fetch = FETCH, .max = max, .now_ms = ms };

	return nhi_spool_take(&job, ret_taken, NULL);
}

static size_t
drain(void)
{
	size_t taken = 0;

	assert_int_equal(drain_at(now_ms(), 1000, &taken), NHI_OK);
	return taken;
}

static enum nhi_err
put_event(const struct nhi_event *ev)
{
	struct nhi_audit_stamp stamp = { .time_ms = now_ms(),
	    .pid = getpid() };

	nhi_audit_id(stamp.time_ms, stamp.id);
	return nhi_spool_put(spool, ev, &stamp, NULL);
}

static int
put_one(int index, void *arg)
{
	(void)index;
	return put_event(arg) == NHI_OK;
}

static void
put(struct nhi_event ev, uid_t uid)
{
	assert_int_equal(temp_race(1, uid, put_one, &ev), 1);
}

/* Put a file there as that user. */
static void
plant(const char *name, const char *text, uid_t uid)
{
	const char *path = temp_path(spool, name);

	temp_write(path, text);
	assert_int_equal(chown(path, uid, TEMP_GID), 0);
}

static size_t
files(void)
{
	DIR *dp = opendir(spool);
	size_t n = 0;

	assert_non_null(dp);
	while (readdir(dp) != NULL)
		n++;
	(void)closedir(dp);
	return n - 2;
}

/* Lines of the trail, the last of them parsed; to be put. */
static struct json_object *
last(size_t *ret_lines)
{
	NHI_AUTO(nhi_free) char *text = temp_read(temp_path(dir, LOG));
	struct nhi_span rest, line, end = { NULL, 0 };
	struct json_object *o = NULL;

	*ret_lines = 0;
	if (text == NULL)
		return NULL;
	rest = nhi_span_str(text);
	for (; nhi_span_cut(&rest, '\n', &line) && rest.p != NULL;
	    (*ret_lines)++)
		end = line;
	if (end.p != NULL) {
		text[end.p + end.n - text] = '\0';
		o = json_tokener_parse(end.p);
		assert_non_null(o);
	}
	return o;
}

static size_t
lines(void)
{
	size_t n;

	(void)json_object_put(last(&n));
	return n;
}

static const char *
get(struct json_object *o, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(o, name, &v) ?
	    json_object_get_string(v) : "(none)";
}

static const struct nhi_event grant = {
	.event = NHI_EVENT_CERT_ISSUE, .outcome = NHI_GRANT,
	.component = "mine", .host = "web-1.example.com",
	.identity = "web-deploy", .owner = "alice@example.com",
	.account = "web", .uid = 5, .issuer = "github",
	.subject = "a \"b\" %41 \xc3\xa9 \xff\n", .mark = "0123456789abcdef",
	.jti = "j", .key = "SHA256:abc", .alg = "RS256", .kid = "k",
	.serial = UINT64_MAX, .keyid = "nhi1:h:i:m", .expires = 1763780700,
	.session = "s", .audit_session = 6, .source = "10.0.0.1",
	.claims = { "a=1\nb=2", 7 }, .policy = "0123456789abcdef",
	.took_us = 99,
};

static void
test_grant(void **state)
{
	struct json_object *o;
	size_t n;

	(void)state;
	if (geteuid() != 0)
		skip();
	put(grant, ISSUER);
	assert_int_equal(files(), 1);
	assert_int_equal(drain(), 1);
	assert_int_equal(files(), 0);
	o = last(&n);
	assert_int_equal(n, 1);
	assert_string_equal(get(o, "event"), "cert.issue");
	assert_string_equal(get(o, "outcome"), "grant");
	assert_string_equal(get(o, "component"), "nhi-issue");
	assert_string_equal(get(o, "subject"),
	    "a \"b\" %41 \xc3\xa9 \xef\xbf\xbd\n");
	assert_string_equal(get(o, "serial"), "18446744073709551615");
	assert_string_equal(get(o, "expires"), "2025-11-22T03:05:00.000Z");
	assert_string_equal(get(o, "claims"),
	    "{ \"a\": \"1\", \"b\": \"2\" }");
	assert_string_equal(get(o, "took_us"), "99");
	/* Not theirs to say. */
	assert_string_equal(get(o, "uid"), "(none)");
	assert_string_equal(get(o, "session"), "(none)");
	assert_string_equal(get(o, "auid_session"), "(none)");
	json_object_put(o);
}

static const struct {
	const char *name;
	const char *text;
	uid_t uid;
	bool good;
} planted[] = {
	{ "g." ID, DENY "end\n", ISSUER, true },
	{ "d.x", DENY "end\n", VERIFY, true },
	{ ".hidden", DENY "end\n", ISSUER, true },
	{ "fetch", HEAD "event fetch.ok\noutcome grant\nend\n", FETCH, true },
	{ "fetch2", HEAD "event fetch.ok\noutcome grant\nend\n", VERIFY,
	    false },
	{ "issue", HEAD "event cert.issue\noutcome grant\nend\n", ISSUER,
	    true },
	{ "issue2", HEAD "event cert.issue\noutcome grant\nend\n", VERIFY,
	    false },
	{ "apply", HEAD "event policy.apply\noutcome info\nend\n", ISSUER,
	    false },
	{ "login", HEAD "event login.grant\noutcome grant\nend\n", VERIFY,
	    false },
	{ "lie", HEAD "event login.deny\noutcome grant\nend\n", VERIFY, false },
	{ "other", DENY "end\n", OTHER, false },
	{ "root", DENY "end\n", 0, false },
	{ "json", "{\"v\":1,\"event\":\"cert.issue\"}\n", ISSUER, false },
	{ "empty", "", ISSUER, false },
	{ "cut", DENY, ISSUER, false },
	{ "cut2", DENY "end", ISSUER, false },
	{ "more", DENY "end\nx\n", ISSUER, false },
	{ "twice", DENY "jti a\njti b\nend\n", ISSUER, false },
	{ "future", HEAD "event token.later\noutcome deny\nend\n", ISSUER,
	    false },
	{ "field", DENY "colour red\nend\n", ISSUER, false },
	{ "component", DENY "component pam_nhi\nend\n", ISSUER, false },
	{ "time", DENY "time 1\nend\n", ISSUER, false },
	{ "uid", DENY "uid 0\nend\n", ISSUER, false },
	{ "v", DENY "v 1\nend\n", ISSUER, false },
	{ "words", DENY "jti a b\nend\n", ISSUER, false },
	{ "escape", DENY "jti %41\nend\n", ISSUER, false },
	{ "nul", DENY "jti %00\nend\n", ISSUER, false },
	{ "number", DENY "serial -1\nend\n", ISSUER, false },
	{ "id", NHI_SPOOL_MAGIC "\nid ../../../../../../../../x\npid 7\n"
	    "event token.deny\noutcome deny\nend\n", ISSUER, false },
	{ "no-id", NHI_SPOOL_MAGIC "\npid 7\n"
	    "event token.deny\noutcome deny\nend\n", ISSUER, false },
	{ "no-event", HEAD "outcome deny\nend\n", ISSUER, false },
	{ "reason", DENY "reason because\nend\n", ISSUER, false },
	{ "c.", "+", ISSUER, false },
	{ "c.1.none.x", "+", ISSUER, false },
	/* End of the files */
};

/* A record gives its record; anything else one spool.dropped. */
static void
test_planted(void **state)
{
	int64_t later = now_ms() + 10000;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		size_t n, taken = 0;
		struct json_object *o;
		bool dropped;

		plant(planted[i].name, planted[i].text, planted[i].uid);
		assert_int_equal(drain_at(later, 10, &taken), NHI_OK);
		assert_int_equal(taken, 1);
		assert_int_equal(files(), 0);
		o = last(&n);
		assert_int_equal(n, i + 1);
		dropped = strcmp(get(o, "event"), "spool.dropped") == 0;
		if (dropped == planted[i].good)
			fail_msg("%s: %s", planted[i].name,
			    json_object_to_json_string(o));
		json_object_put(o);
	}
}

/* A file that is being written is left alone; after five seconds it is not. */
static void
test_unfinished(void **state)
{
	size_t taken = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	plant("d.x", DENY, ISSUER);
	assert_int_equal(drain(), 0);
	assert_int_equal(files(), 1);
	plant("d.x", DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	plant("d.x", DENY, ISSUER);
	assert_int_equal(drain_at(now_ms() + 6000, 10, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(lines(), 2);
}

static void
test_hostile(void **state)
{
	const char *secret = temp_path(dir, "secret");
	NHI_AUTO(nhi_free) char *text = NULL;
	struct stat st;
	size_t n;
	struct json_object *o;
	int fd;

	(void)state;
	if (geteuid() != 0)
		skip();
	temp_write(secret, DENY "detail secret\nend\n");
	assert_int_equal(chown(secret, ISSUER, TEMP_GID), 0);
	assert_int_equal(symlink(secret, temp_path(spool, "symlink")), 0);
	assert_int_equal(link(secret, temp_path(spool, "hardlink")), 0);
	assert_int_equal(mkfifo(temp_path(spool, "fifo"), 0600), 0);
	assert_int_equal(lchown(temp_path(spool, "fifo"), ISSUER, 0), 0);
	fd = open(temp_path(spool, "large"), O_WRONLY | O_CREAT | O_CLOEXEC,
	    0600);
	assert_int_equal(ftruncate(fd, 64 << 20), 0);
	assert_int_equal(fchown(fd, ISSUER, TEMP_GID), 0);
	(void)close(fd);
	assert_int_equal(mkdir(temp_path(spool, "dir"), 0700), 0);
	assert_int_equal(mkdir(temp_path(spool, "full"), 0700), 0);
	assert_int_equal(mkdir(temp_path(spool, "full/x"), 0700), 0);
	assert_int_equal(drain(), 4);
	assert_int_equal(files(), 1);	/* the full directory */
	o = last(&n);
	assert_int_equal(n, 1);
	assert_non_null(strstr(get(o, "detail"), "4 files"));
	json_object_put(o);
	text = temp_read(temp_path(dir, LOG));
	assert_null(strstr(text, "secret"));
	assert_int_equal(stat(secret, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(drain(), 0);
	assert_int_equal(lines(), 1);
}

static int
put_many(int index, void *arg)
{
	struct nhi_event ev = { .event = NHI_EVENT_TOKEN_DENY,
	    .outcome = NHI_DENY, .source = arg };
	int n = 0;

	(void)index;
	for (unsigned int i = 0; i < 40; i++)
		n += put_event(&ev) == NHI_OK;
	return n;
}

/* The counted ones come as one record when the minute is over. */
static void
check_dropped(const char *source, const char *detail)
{
	struct json_object *o;
	size_t n, before = lines(), taken = 0;

	assert_int_equal(drain_at(now_ms() + 120000, 1000, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	o = last(&n);
	assert_int_equal(n, before + 1);
	assert_string_equal(get(o, "event"), "spool.dropped");
	assert_string_equal(get(o, "component"), "nhi-issue");
	assert_string_equal(get(o, "source"), source);
	assert_string_equal(get(o, "detail"), detail);
	json_object_put(o);
}

static void
test_room(void **state)
{
	char source[] = "10.0.0.1", other[] = "10.0.0.2";
	size_t taken = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	while (now_ms() % NHI_SPOOL_MINUTE > 55000)
		(void)usleep(200000);
	assert_int_equal(temp_race(1, ISSUER, put_many, source), 32);
	assert_int_equal(files(), 33);
	/* Another writer and another source have rooms of their own. */
	assert_int_equal(temp_race(1, VERIFY, put_many, source), 32);
	assert_int_equal(temp_race(1, VERIFY, put_many, other), 32);
	assert_int_equal(files(), 99);
	assert_int_equal(drain(), 96);
	assert_int_equal(files(), 3);
	assert_int_equal(unlink(temp_path(spool, "README")), -1);
	assert_int_equal(drain_at(now_ms() + 120000, 2, &taken), NHI_OK);
	assert_int_equal(taken, 2);
	assert_int_equal(drain_at(now_ms() + 120000, 2, &taken), NHI_OK);
	assert_int_equal(taken, 1);
	assert_int_equal(lines(), 99);
}

static void
test_room_one(void **state)
{
	char source[] = "::ffff:10.0.0.1", six[] = "2001:db8::1";
	char near[] = "2001:db8::2", none[] = "; rm -rf /";

	(void)state;
	if (geteuid() != 0)
		skip();
	while (now_ms() % NHI_SPOOL_MINUTE > 55000)
		(void)usleep(200000);
	assert_int_equal(temp_race(1, ISSUER, put_many, source), 32);
	assert_int_equal(drain(), 32);
	check_dropped("10.0.0.1",
	    "8 denials of one source and minute found no room");
	assert_int_equal(temp_race(1, ISSUER, put_many, six), 32);
	assert_int_equal(temp_race(1, ISSUER, put_many, near), 0);
	assert_int_equal(drain(), 32);
	check_dropped("2001:db8::/64",
	    "48 denials of one source and minute found no room");
	assert_int_equal(temp_race(1, ISSUER, put_many, none), 32);
	assert_int_equal(drain(), 32);
	check_dropped("(none)",
	    "8 denials of one source and minute found no room");
}

/* A crash after the append: the file is still there, and the marker. */
static void
test_crash(void **state)
{
	char first[] = "first", again[] = "again";
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	plant(first, DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 1);
	plant(again, DENY "end\n", ISSUER);
	assert_int_equal(symlink("0", temp_path(dir, "log/.drain")), 0);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 1);
	assert_int_equal(files(), 0);
	assert_int_equal(lstat(temp_path(dir, "log/.drain"), &st), -1);
	/* Without a crash nobody looks: ids are the writers' own matter. */
	plant(again, DENY "end\n", ISSUER);
	assert_int_equal(drain(), 1);
	assert_int_equal(lines(), 2);
}

/* What cannot be written stays where it is. */
static void
test_no_trail(void **state)
{
	size_t taken = 77;

	(void)state;
	if (geteuid() != 0)
		skip();
	put(grant, ISSUER);
	plant("junk", "x", OTHER);
	assert_int_equal(chmod(log_dir, 0777), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken),
	    NHI_ERR_AUDIT_UNAVAILABLE);
	assert_int_equal(taken, 77);
	assert_int_equal(files(), 2);
	assert_int_equal(chmod(log_dir, 0750), 0);
	assert_int_equal(drain(), 2);
	assert_int_equal(lines(), 2);
}

static void
test_dir(void **state)
{
	size_t taken;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(spool, 01733), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
	assert_int_equal(chmod(spool, 01730), 0);
	assert_int_equal(chown(spool, ISSUER, TEMP_GID), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
	assert_int_equal(rmdir(spool), 0);
	assert_int_equal(drain_at(now_ms(), 10, &taken), NHI_ERR_STATE);
}

/* Writers and drains at once: every grant is in the trail, once. */
static int
race(int index, void *arg)
{
	size_t taken;

	(void)arg;
	if (index < 4 && (setresgid(TEMP_GID, TEMP_GID, TEMP_GID) != 0 ||
	    setresuid(ISSUER, ISSUER, ISSUER) != 0))
		return 1;
	for (unsigned int i = 0; i < 50; i++) {
		if (index < 4 && put_event(&grant) != NHI_OK)
			return 1;
		if (index >= 4 &&
		    drain_at(now_ms(), 1000, &taken) != NHI_OK)
			return 1;
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, NHI_AUDIT_ID);
}

static void
test_race(void **state)
{
	NHI_AUTO(nhi_free) char *text = NULL;
	char ids[200][NHI_AUDIT_ID];
	struct nhi_span rest, line;
	size_t n = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(temp_race(8, 0, race, NULL), 0);
	(void)drain();
	assert_int_equal(files(), 0);
	text = temp_read(temp_path(dir, LOG));
	rest = nhi_span_str(text);
	while (nhi_span_cut(&rest, '\n', &line) && rest.p != NULL) {
		assert_true(n < 200);
		memcpy(ids[n++], line.p + strlen("{\"v\":1,\"id\":\""),
		    NHI_AUDIT_ID);
	}
	assert_int_equal(n, 200);
	qsort(ids, n, sizeof(ids[0]), compare);
	for (size_t i = 1; i < n; i++)
		assert_true(memcmp(ids[i - 1], ids[i], NHI_AUDIT_ID) != 0);
}

/* Many files: no more work than allowed, and all of it in the end. */
static void
test_many(void **state)
{
	size_t taken = 0, total = 0;

	(void)state;
	if (geteuid() != 0)
		skip();
	for (unsigned int i = 0; i < 5000; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "f%u", i);
		plant(name, DENY "end\n", ISSUER);
	}
	assert_int_equal(drain_at(now_ms(), 100, &taken), NHI_OK);
	assert_int_equal(taken, 100);
	for (total = taken; taken > 0; total += taken)
		assert_int_equal(drain_at(now_ms(), 2000, &taken), NHI_OK);
	assert_int_equal(total, 5000);
	assert_int_equal(lines(), 5000);
}

/* The longest of everything still fits a file. */
static void
test_long(void **state)
{
	struct nhi_event ev = grant;
	char bad[4000], claims[4000];
	struct json_object *o;
	size_t n;

	(void)state;
	if (geteuid() != 0)
		skip();
	memset(bad, '\xff', sizeof(bad) - 1);
	bad[sizeof(bad) - 1] = '\0';
	memset(claims, 'c', sizeof(claims));
	for (size_t i = 0; i < sizeof(claims); i += 50)
		memcpy(claims + i, "\nx=", 3);
	ev.claims = (struct nhi_span){ claims, sizeof(claims) };
	ev.identity = ev.owner = ev.account = ev.issuer = ev.subject =
	    ev.jti = ev.key = ev.alg = ev.kid = ev.keyid = ev.source =
	    ev.service = ev.command = ev.host = ev.detail = bad;
	put(ev, ISSUER);
	assert_int_equal(drain(), 1);
	o = last(&n);
	assert_string_equal(get(o, "event"), "cert.issue");
	json_object_put(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_grant, setup, teardown),
		cmocka_unit_test_setup_teardown(test_planted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unfinished, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_room_one, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_crash, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_trail, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_dir, setup, teardown),
		cmocka_unit_test_setup_teardown(test_race, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
