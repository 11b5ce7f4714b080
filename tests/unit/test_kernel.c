/* The kernel's symbols: order, modules, ends of chunks, addresses in none, hidden addresses. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "profiler/process/kernel.h"
#include "tests/unit/check.h"

/* Without addresses: all names. */
static struct kernel *read_file(const char *path, const u64 *wanted, size_t count)
{
	struct kernel *k = kernel_new(path);

	if (!count)
		kernel_want_all(k);
	for (size_t i = 0; i < count; i++)
		kernel_want(k, wanted[i]);
	kernel_wait(k);
	return k;
}

static struct kernel *read_text(const char *text, const u64 *wanted, size_t count)
{
	char path[] = "/tmp/aprof-test-kernel-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	struct kernel *k;

	fputs(text, f);
	fclose(f);
	k = read_file(path, wanted, count);
	unlink(path);
	return k;
}

static const char mixed[] = "0000000000000000 A per_cpu\n"
			    "ffffffff81000000 T _stext\n"
			    "ffffffff81000000 T _text\n"
			    "ffffffff81000100 t inner\n"
			    "ffffffff81000180 D data\n"
			    "ffffffff81000200 W weak\n"
			    "nonsense\n"
			    "ffffffffc0000300 t third\t[mod]\n"
			    "ffffffffc0000100 t first\t[mod]\n"
			    "ffffffffc0000100 t alias\t[mod]\n"
			    "ffffffff81000280 t bpf_prog\t[bpf]\n"
			    "ffffffffc0000200 t second\t[other]\n"
			    "ffffffffc0000400 t cut";

static const struct {
	u64 address;
	const char *name;
	u64 start;
} expected[] = {
	{ 0xffffffffc0000500, "third [mod]", 0xffffffffc0000300 },
	{ 0xffffffff81000000, "_text", 0xffffffff81000000 },
	{ 0xffffffff81000002, "_text", 0xffffffff81000000 },
	{ 0xffffffff81000001, "_text", 0xffffffff81000000 },
	{ 0xffffffff810001ff, "inner", 0xffffffff81000100 },
	{ 0xffffffff8100027f, "weak", 0xffffffff81000200 },
	{ 0xffffffff81000280, "bpf_prog [bpf]", 0xffffffff81000280 },
	{ 0xffffffffc0000100, "alias [mod]", 0xffffffffc0000100 },
	{ 0xffffffffc0000234, "second [other]", 0xffffffffc0000200 },
	{ 0xffffffffc0000234, "second [other]", 0xffffffffc0000200 },
	{ 0xffffffff80ffffff, NULL, 0 }, /* before the first */
	{ 0xffffffffc2000000, NULL, 0 }, /* far behind the last */
};

static void check_names(struct kernel *k)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		u64 start = 0;
		const char *name = kernel_name(k, expected[i].address, &start);

		CHECK(!name == !expected[i].name);
		if (name && expected[i].name)
			CHECK_STR(name, expected[i].name);
		CHECK_EQ(start, expected[i].start);
	}
	CHECK(!kernel_hidden(k));
}

static void test_all(void)
{
	struct kernel *k = read_text(mixed, NULL, 0);

	check_names(k);
	CHECK(kernel_has_name(k, 0xffffffff81000000, "_stext"));
	CHECK(kernel_has_name(k, 0xffffffff81000000, "_text"));
	CHECK(!kernel_has_name(k, 0xffffffff81000000, "inner"));
	kernel_free(k);
}

/* The same names, together and each alone; nothing of what was not wanted. */
static void test_wanted(void)
{
	u64 wanted[ARRAY_LEN(expected)], start = 0;
	struct kernel *k;

	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		wanted[i] = expected[i].address;
	k = read_text(mixed, wanted, ARRAY_LEN(wanted));
	check_names(k);
	CHECK(!kernel_name(k, 0xffffffff81000003, &start));
	kernel_free(k);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const char *name;

		k = read_text(mixed, &wanted[i], 1);
		name = kernel_name(k, wanted[i], &start);
		CHECK(!name == !expected[i].name);
		if (name && expected[i].name)
			CHECK_STR(name, expected[i].name);
		kernel_free(k);
	}
}

/* So many addresses that all names are read after all. */
static void test_many(void)
{
	u64 start = 0;
	AUTO_FREE u64 *wanted = xcalloc(100000, sizeof *wanted);
	struct kernel *k;

	for (size_t i = 0; i < 100000; i++)
		wanted[i] = 0xffffffff81000100 + i;
	k = read_text(mixed, wanted, 100000);
	CHECK_STR(kernel_name(k, 0xffffffff810001ff, &start), "inner");
	kernel_free(k);
}

/* More than is read at once: lines are cut anywhere. */
static void test_long(bool all)
{
	char path[] = "/tmp/aprof-test-kernel-XXXXXX", want[32];
	AUTO_FREE u64 *wanted = xcalloc(20000, sizeof *wanted);
	FILE *f = fdopen(mkstemp(path), "w");
	struct kernel *k;
	u64 start = 0;

	for (unsigned i = 0; i < 20000; i++) {
		fprintf(f, "%016llx t function_%u\n", 0xffffffff81000000ull + i * 16ull, i);
		wanted[i] = 0xffffffff8100000full + i * 16ull;
	}
	fclose(f);
	k = read_file(path, wanted, all ? 0 : 20000);
	unlink(path);
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(want, sizeof want, "function_%u", i);
		CHECK_STR(kernel_name(k, wanted[i], &start), want);
		CHECK_EQ(start, 0xffffffff81000000ull + i * 16ull);
	}
	kernel_free(k);
}

static void check_hidden(struct kernel *k)
{
	u64 start = 0;

	CHECK(kernel_hidden(k));
	CHECK(!kernel_name(k, 0xffffffff81000000, &start));
	kernel_free(k);
}

static void test_hidden(void)
{
	static const char zeros[] = "0000000000000000 T _text\n0000000000000000 t f\n";
	const u64 wanted = 0xffffffff81000000;

	check_hidden(read_text(zeros, NULL, 0));
	check_hidden(read_text(zeros, &wanted, 1));
	check_hidden(read_file("/nonexistent", NULL, 0));
	check_hidden(read_file("/nonexistent", &wanted, 1));
}

/* Where nothing was wanted, nothing is read. */
static void test_unwanted(void)
{
	struct kernel *k = kernel_new("/nonexistent");

	kernel_start_reading(k);
	kernel_wait(k);
	CHECK(!kernel_hidden(k));
	kernel_free(k);
}

int main(void)
{
	test_all();
	test_wanted();
	test_many();
	test_long(true);
	test_long(false);
	test_hidden();
	test_unwanted();
	return check_done();
}
