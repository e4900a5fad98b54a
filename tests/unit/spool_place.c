/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/spool_place.h"

char spool[TEMP_SIZE + 16];
char log_dir[TEMP_SIZE + 16];

const struct nhi_event grant = {
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

int
setup(void **state)
{
	(void)temp_setup(state);
	(void)snprintf(spool, sizeof(spool), "%s/spool", dir);
	(void)snprintf(log_dir, sizeof(log_dir), "%s/log", dir);
	if (mkdir(spool, 0700) != 0 || mkdir(log_dir, 0750) != 0)
		return 1;
	if (geteuid() != 0)
		return 0;
	return chown(spool, 0, TEMP_GID) != 0 || chmod(spool, 01730) != 0;
}

int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum nhi_err
drain_at(int64_t ms, size_t max, size_t *ret_taken)
{
	const struct nhi_spool_job job = { .spool = spool, .log_dir = log_dir,
	    .log_name = "audit.jsonl", .issuer = ISSUER, .verify = VERIFY,
	    .fetch = FETCH, .max = max, .now_ms = ms };

	return nhi_spool_take(&job, ret_taken, NULL);
}

size_t
drain(void)
{
	size_t taken = 0;

	assert_int_equal(drain_at(now_ms(), 1000, &taken), NHI_OK);
	return taken;
}

enum nhi_err
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

void
put(struct nhi_event ev, uid_t uid)
{
	assert_int_equal(temp_race(1, uid, put_one, &ev), 1);
}

void
plant(const char *name, const char *text, uid_t uid)
{
	const char *path = temp_path(spool, name);

	/* What another one made there is not ours to open (protect-links). */
	(void)unlink(path);
	temp_write(path, text);
	assert_int_equal(chown(path, uid, TEMP_GID), 0);
}

size_t
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

struct json_object *
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

size_t
lines(void)
{
	size_t n;

	(void)json_object_put(last(&n));
	return n;
}

const char *
get(struct json_object *o, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(o, name, &v) ?
	    json_object_get_string(v) : "(none)";
}
