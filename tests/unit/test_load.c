/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and drop-ins: which are read, which are not, and hostile bytes. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/load.h"
#include "lib/base/file.h"
#include "tests/unit/conf_world.h"
#include "tests/unit/temp_dir.h"

#define EVERYTHING	TOP_SRCDIR "/tests/unit/policy/good-everything.conf"

static char file[96], dropins[96];

static int
setup(void **state)
{
	(void)temp_setup(state);
	(void)snprintf(file, sizeof(file), "%s/nhi.conf", dir);
	(void)snprintf(dropins, sizeof(dropins), "%s/conf.d", dir);
	return mkdir(dropins, 0755);
}

static void
put(const char *name, const char *text)
{
	conf_put(temp_path(dir, name), text);
}

/* Load it; said gets the faults and, at the end, the code. */
static enum nhi_err
load(struct nhi_conf **ret, struct nhi_buf *said)
{
	struct nhi_load_paths paths = { file, dropins, NHI_FILE_OWN };
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	struct nhi_why why = { "" };
	enum nhi_err err = nhi_load(&paths, &faults, ret, &why);

	nhi_faults_sort(&faults);
	nhi_faults_format(&faults, said);
	if (err != NHI_OK)
		nhi_buf_str(said, why.text);
	else if (faults.errors > 0)
		err = NHI_ERR_POLICY_INVALID;
	return err;
}

static void
expect(enum nhi_err expected, const char *text)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(1U << 20);
	NHI_AUTO(nhi_conf_freep) struct nhi_conf *conf = NULL;
	enum nhi_err err = load(&conf, &said);

	if (err != expected || strstr(nhi_buf_text(&said), text) == NULL)
		fail_msg("%s, %s", nhi_err_slug(err), nhi_buf_text(&said));
}

static void
test_missing(void **state)
{
	(void)state;
	expect(NHI_ERR_POLICY_UNREADABLE, "No such file");
	put("nhi.conf", "version = 1;\n");
	assert_int_equal(rmdir(dropins), 0);
	expect(NHI_OK, "");
}

static void
test_dropins(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf said = NHI_BUF(4096);
	NHI_AUTO(nhi_conf_freep) struct nhi_conf *conf = NULL;

	(void)state;
	put("nhi.conf", "version = 1;\n");
	put("conf.d/20-b.conf", "grace = \"2m\";\n");
	put("conf.d/10-a.conf", "version = 1; retention = \"2d\";\n");
	put("conf.d/.hidden.conf", "nonsense\n");
	put("conf.d/30-c.conf~", "nonsense\n");
	put("conf.d/.conf", "nonsense\n");
	assert_int_equal(load(&conf, &said), NHI_OK);
	assert_int_equal(conf->nfiles, 3);
	assert_non_null(strstr(conf->files[1], "10-a.conf"));
	assert_int_equal(conf->top.grace, 120);
	assert_int_equal(conf->top.retention, 2 * 86400);
}

static void
test_twice(void **state)
{
	(void)state;
	put("nhi.conf", "version = 1;\n\ngrace = \"1m\";\n");
	put("conf.d/a.conf", "\n\n\ngrace = \"2m\";\n");
	expect(NHI_ERR_POLICY_INVALID, "a.conf:4: grace is set in ");
	expect(NHI_ERR_POLICY_INVALID, "nhi.conf, line 3, already");
	put("conf.d/a.conf", "host = { id = \"a\"; };\n");
	put("conf.d/b.conf", "host = { labels = [ \"a\" ]; };\n");
	expect(NHI_ERR_POLICY_INVALID, "b.conf:1: host is set in ");
}

/* Faults of all files in one run. */
static void
test_all(void **state)
{
	(void)state;
	put("nhi.conf", "version = 2;\n");
	put("conf.d/a.conf", "x = 1;\n");
	put("conf.d/b.conf", "y\n");
	expect(NHI_ERR_POLICY_INVALID, "nhi.conf:1: version");
	expect(NHI_ERR_POLICY_INVALID, "a.conf:1: unknown setting \"x\"");
	expect(NHI_ERR_POLICY_INVALID, "b.conf:");
}

static void
test_too_many(void **state)
{
	(void)state;
	put("nhi.conf", "version = 1;\n");
	for (unsigned int i = 0; i <= NHI_LOAD_DROPINS; i++) {
		char name[32];

		if (i == NHI_LOAD_DROPINS)
			expect(NHI_OK, "");
		(void)snprintf(name, sizeof(name), "conf.d/%u.conf", i);
		put(name, "");
	}
	expect(NHI_ERR_POLICY_UNREADABLE, "more than 64 files");
}

static void
test_modes(void **state)
{
	char path[256];

	(void)state;
	put("nhi.conf", "version = 1;\n");
	put("conf.d/a.conf", "\n");
	assert_int_equal(chmod(file, 0664), 0);
	expect(NHI_ERR_POLICY_UNREADABLE, "may be written by others");
	assert_int_equal(chmod(file, 0644), 0);
	(void)snprintf(path, sizeof(path), "%s/a.conf", dropins);
	assert_int_equal(chmod(path, 0646), 0);
	expect(NHI_ERR_POLICY_UNREADABLE, "may be written by others");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chmod(dropins, 0777), 0);
	expect(NHI_ERR_POLICY_UNREADABLE, "not writable by others");
	assert_int_equal(chmod(dropins, 0755), 0);
	expect(NHI_OK, "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/dev/zero", path), 0);
	expect(NHI_ERR_POLICY_UNREADABLE, "");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect(NHI_ERR_POLICY_UNREADABLE, "not a regular file");
}

static void
test_owner(void **state)
{
	struct nhi_load_paths paths = { file, NULL, NHI_FILE_ROOT };
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_conf_freep) struct nhi_conf *conf = NULL;
	struct nhi_why why = { "" };

	(void)state;
	if (geteuid() != 0)
		skip();
	put("nhi.conf", "version = 1;\n");
	assert_int_equal(chown(file, 12345, 12345), 0);
	assert_int_equal(nhi_load(&paths, &faults, &conf, &why),
	    NHI_ERR_POLICY_UNREADABLE);
}

static void
test_large(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(9U << 20);
	struct nhi_why why = { "" };

	(void)state;
	nhi_buf_str(&text, "version = 1;\n");
	while (text.n <= NHI_LOAD_FILE)
		nhi_buf_str(&text, "# a comment that fills the file\n");
	assert_int_equal(nhi_file_replace(AT_FDCWD, file, 0644,
	    nhi_buf_all(&text), &why), NHI_OK);
	expect(NHI_ERR_POLICY_UNREADABLE, "over 8388608 bytes");
}

static void
test_nul(void **state)
{
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_file_replace(AT_FDCWD, file, 0644,
	    NHI_SPAN("version = 1;\n\0x = 1;\n"), &why), NHI_OK);
	expect(NHI_ERR_POLICY_INVALID, "NUL");
}

#define HEAD	"version = 1;\nhost = { id = \"web-1\"; };\nissuers = ( "	\
		"{ name = \"g\"; preset = \"github\"; audience = [ "	\
		"\"web-1\" ]; } );\nidentities = (\n"

/* One more identity for one account than may be. */
static void
test_shared(void **state)
{
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(4U << 20);
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_why why = { "" };

	(void)state;
	nhi_buf_str(&text, HEAD);
	for (unsigned int i = 0; i <= NHI_RULES_IDENTITIES; i++)
		nhi_buf_printf(&text, "%s{ name = \"n%u\"; owner = \"o\"; "
		    "purpose = \"p\"; expires = \"2027-06-30\"; "
		    "issuer = \"g\"; match = ( { claim = \"repository_id\"; "
		    "is = \"%u\"; } ); account = \"bot\"; }\n",
		    i == 0 ? "" : ",", i, i);
	nhi_buf_str(&text, ");\n");
	assert_int_equal(nhi_file_replace(AT_FDCWD, file, 0644,
	    nhi_buf_all(&text), &why), NHI_OK);
	assert_int_equal(conf_check(file, &faults, &plan, &why),
	    NHI_ERR_POLICY_INVALID);
	assert_int_equal(faults.errors, 1);
	assert_non_null(strstr(why.text, "more than 4096 identities share"));
}

/*
 * Every shorter text of a policy, and every one with a byte changed: faults
 * or none, but an end, and lint stands whatever is missing.
 */
static void
try_text(int fd, struct nhi_span text)
{
	NHI_AUTO(nhi_faults_wipe) struct nhi_faults faults = { 0 };
	NHI_AUTO(nhi_plan_freep) struct nhi_plan *plan = NULL;
	struct nhi_why why = { "" };
	enum nhi_err err;

	/* Never empty on the way: some file systems would sync it then. */
	assert_int_equal(pwrite(fd, text.p, text.n, 0), text.n);
	assert_int_equal(ftruncate(fd, (off_t)text.n), 0);
	err = conf_check(file, &faults, &plan, &why);
	assert_true(err == NHI_OK || err == NHI_ERR_POLICY_INVALID);
	assert_true((err == NHI_OK) == (plan != NULL));
}

static void
test_hostile(void **state)
{
	static const char bytes[] = "\"{}[]();,=:@#/*\\\n\t\0\x80\xff" "0Lx-";
	NHI_AUTO(nhi_buf_wipe) struct nhi_buf text = NHI_BUF(65536);
	NHI_AUTO(nhi_fd_close) int fd = open(file, O_WRONLY | O_CREAT |
	    O_CLOEXEC, 0644);
	struct nhi_why why = { "" };

	(void)state;
	assert_int_equal(nhi_file_read(AT_FDCWD, EVERYTHING, NHI_FILE_ANY,
	    &text, &why), NHI_OK);
	for (size_t i = 0; i < text.n; i++) {
		char saved = text.p[i];

		try_text(fd, (struct nhi_span){ text.p, i });
		text.p[i] = bytes[i % (sizeof(bytes) - 1)];
		try_text(fd, nhi_buf_all(&text));
		text.p[i] = (char)(saved ^ (1 << i % 8));
		try_text(fd, nhi_buf_all(&text));
		text.p[i] = saved;
	}
}

#define T(f)	TEMP_TEST(f, setup)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(test_missing),
		T(test_dropins),
		T(test_twice),
		T(test_all),
		T(test_too_many),
		T(test_modes),
		T(test_owner),
		T(test_large),
		T(test_nul),
		T(test_shared),
		T(test_hostile),
		/* End of the tests */
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
