/*
 * <aprof/dwarf.h>: this program's own DWARF. With arguments it is a tool for tests/cli/symbolize.sh:
 *
 *	test_dwarf FILE <ADDRESSES
 *
 * prints each address (hexadecimal, one a line) and its frames, innermost first:
 * name, path, linkage name, file:line:column, declared file:line, separated by tabs.
 */
#include <aprof/alloc.h>
#include <aprof/dwarf.h>
#include <aprof/text.h>
#include <aprof/vec.h>
#include <dwarf.h>

#include "tests/unit/check.h"

/* ---- the tool ---- */

struct answers VEC(char *);

static void print_frame(struct text *out, const struct dwarf_frame *frame)
{
	static const struct dwarf_function none;
	const struct dwarf_function *f = frame->function ? frame->function : &none;

	text_printf(out, "%s\t%s\t%s\t%s:%u:%u\t%s:%u\n", f->name ? f->name : "-",
		    f->path ? f->path : "-", f->linkage ? f->linkage : "-",
		    frame->file ? frame->file : "??", frame->line, frame->column,
		    f->file ? f->file : "??", f->line);
}

static void keep_answer(void *arg, size_t query, const struct dwarf_frame *frames, size_t count)
{
	struct answers *answers = arg;
	struct text out = { 0 };

	for (size_t i = 0; i < count; i++)
		print_frame(&out, &frames[i]);
	free(answers->data[query]);
	answers->data[query] = text_take(&out);
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* The file itself, or its separate debug file. */
static struct err *open_dwarf(struct binary **bin, struct dwarf **dwarf, const char *path,
			      const u64 *vaddrs, size_t count)
{
	struct binary *debug = NULL;

	TRY(binary_open(bin, path));
	if (!binary_has_dwarf(*bin))
		TRY(binary_find_debug(*bin, NULL, &debug));
	if (debug) {
		binary_close(*bin);
		*bin = debug;
	}
	return dwarf_open_for(dwarf, *bin, DWARF_LINES, vaddrs, count);
}

static int run_tool(const char *path)
{
	struct VEC(u64) vaddrs = { 0 };
	struct answers answers = { 0 };
	struct binary *bin;
	struct dwarf *dwarf;
	struct crew *crew;
	unsigned long long vaddr;
	struct err *err;

	while (scanf("%llx", &vaddr) == 1)
		*vec_push(&vaddrs) = vaddr;
	vec_sort(&vaddrs, by_value);
	err = open_dwarf(&bin, &dwarf, path, vaddrs.data, vaddrs.len);
	if (err)
		return err_report(err);
	vec_resize(&answers, vaddrs.len);
	crew = crew_new();
	dwarf_query(dwarf, crew, vaddrs.data, vaddrs.len, keep_answer, &answers);
	crew_finish(crew);
	for (size_t i = 0; i < vaddrs.len; i++) {
		printf("0x%llx\n%s\n", (unsigned long long)vaddrs.data[i],
		       answers.data[i] ? answers.data[i] : "");
		free(answers.data[i]);
	}
	fprintf(stderr, "damaged %zu, split %zu\n", dwarf_damaged(dwarf), dwarf_split(dwarf));
	dwarf_close(dwarf);
	binary_close(bin);
	vec_release(&answers);
	vec_release(&vaddrs);
	return 0;
}

/* ---- the test: three functions, one in another, and a place in the innermost ---- */

extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char test_dwarf_place[], test_dwarf_behind[];

struct lines {
	int leaf, leaf_call, middle_call, outer;
};

static struct lines lines;

__attribute__((always_inline)) static inline int leaf(int x)
{
	/* Both labels are on one line with its number. */
	lines.leaf = __LINE__ + 1;
	__asm__ volatile("test_dwarf_place: nop\n\ttest_dwarf_behind: nop" : "+r"(x));
	return x + 1;
}

__attribute__((always_inline)) static inline int middle(int x)
{
	lines.leaf_call = __LINE__ + 1;
	return leaf(x) * 2;
}

__attribute__((noinline)) static int outer(int x)
{
	lines.outer = __LINE__ - 2;
	lines.middle_call = __LINE__ + 1;
	return middle(x) + 3;
}

static size_t found;

static void check_chain(void *arg, size_t query, const struct dwarf_frame *frames, size_t count)
{
	static const char *const names[] = { "leaf", "middle", "outer" };
	const int want[] = { lines.leaf, lines.leaf_call, lines.middle_call };

	(void)arg;
	found++;
	CHECK(query == 1 || query == 2);
	if (!CHECK_EQ(count, ARRAY_LEN(names)))
		return;
	for (size_t i = 0; i < count; i++) {
		const struct dwarf_function *f = frames[i].function;

		CHECK_STR(f->name, names[i]);
		CHECK_STR(f->path, names[i]);
		CHECK_EQ(frames[i].line, want[i]);
		CHECK(frames[i].file && ends_with(frames[i].file, "tests/unit/test_dwarf.c"));
		CHECK(f->file && ends_with(f->file, "tests/unit/test_dwarf.c"));
		CHECK(f->language == DW_LANG_C11 || f->language == DW_LANG_C99);
	}
	CHECK_EQ(frames[2].function->line, lines.outer);
}

/* Only Rust's lines are wanted: of C there are the names, and where calls were inlined. */
static void check_names(void *arg, size_t query, const struct dwarf_frame *frames, size_t count)
{
	(void)arg;
	(void)query;
	found++;
	if (!CHECK_EQ(count, 3))
		return;
	CHECK_STR(frames[0].function->name, "leaf");
	CHECK_STR(frames[2].function->name, "outer");
	CHECK_EQ(frames[0].line, 0);
	CHECK_EQ(frames[1].line, lines.leaf_call);
	CHECK_EQ(frames[2].function->line, lines.outer);
	for (size_t i = 0; i < count; i++)
		CHECK(!frames[i].file && !frames[i].function->file);
}

static void test_without_lines(struct binary *bin, const u64 *vaddrs, size_t count)
{
	struct dwarf *dwarf;

	CHECK(!dwarf_open(&dwarf, bin, DWARF_LINES_OF_RUST));
	found = 0;
	dwarf_query(dwarf, NULL, vaddrs, count, check_names, NULL);
	CHECK_EQ(found, 2);
	dwarf_close(dwarf);
}

static int test_self(void)
{
	u64 vaddrs[] = { 0, (u64)(test_dwarf_place - __ehdr_start),
			 (u64)(test_dwarf_behind - __ehdr_start), UINT64_MAX };
	struct binary *bin;
	struct dwarf *dwarf;
	struct err *err = binary_open(&bin, "/proc/self/exe");

	if (err)
		return err_report(err);
	err = dwarf_open(&dwarf, bin, DWARF_LINES);
	if (err) {
		err_report(err);
		binary_close(bin);
		puts("built without -g");
		return 77;
	}
	CHECK_EQ(outer(1), 7);
	vaddrs[1] += binary_offset_to_vaddr(bin, 0);
	vaddrs[2] += binary_offset_to_vaddr(bin, 0);
	/* Twice: what was read stays, and answers the same. */
	for (int i = 1; i <= 2; i++) {
		dwarf_query(dwarf, NULL, vaddrs, ARRAY_LEN(vaddrs), check_chain, NULL);
		CHECK_EQ(found, 2 * i);
	}
	CHECK_EQ(dwarf_damaged(dwarf), 0);
	CHECK_EQ(dwarf_split(dwarf), 0);
	CHECK(!dwarf_missing_alt(dwarf));
	dwarf_close(dwarf);
	test_without_lines(bin, vaddrs, ARRAY_LEN(vaddrs));
	binary_close(bin);
	return check_done();
}

int main(int argc, char **argv)
{
	return argc > 1 ? run_tool(argv[1]) : test_self();
}
