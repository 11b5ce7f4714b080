/* report/render: names that bite, shortening, folded lines, trees and tables of text. */
#include "report/render/names.h"
#include "report/render/render.h"
#include "tests/unit/tree.h"

/* Names as hostile as an ELF symbol can make them. */
static void test_hostile_names(void)
{
	static const struct {
		const char *name, *clean, *folded;
	} rows[] = {
		{ "shop::fetch<[u8; 4]>", "shop::fetch<[u8; 4]>", "shop::fetch<[u8: 4]>" },
		{ "a;b", "a;b", "a:b" },
		{ "two\nlines\r\tand", "two lines  and", "two lines  and" },
		{ "\033[31mred\007", "?[31mred?", "?[31mred?" },
		{ "caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "bad\xff\xc3", "bad??", "bad??" },
		{ "\xc0\x80\xed\xa0\x80", "?????", "?????" }, /* overlong NUL, a surrogate */
		{ "right\xe2\x80\xaeleft", "right?left", "right?left" }, /* U+202E */
		{ "csi\xc2\x9b", "csi?", "csi?" }, /* C1 control */
		{ "line\xe2\x80\xa8sep", "line sep", "line sep" },
		{ "", "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text text = { 0 };

		name_clean(&text, rows[i].name);
		CHECK_STR(text_str(&text), rows[i].clean);
		text_clear(&text);
		name_folded(&text, rows[i].name);
		CHECK_STR(text_str(&text), rows[i].folded);
		text_release(&text);
	}
}

static void test_fit(void)
{
	static const struct {
		const char *name;
		size_t width;
		bool unicode;
		const char *want;
	} rows[] = {
		{ "0123456789", 10, true, "0123456789" },
		{ "0123456789", 9, true, "0123…6789" },
		{ "0123456789", 9, false, "012..6789" },
		{ "0123456789", 0, false, "0123456789" },
		{ "0123456789", 2, true, "01" },
		{ "ééééééé", 5, true, "éé…éé" },
		{ "a\nbbbbbbbbbbbb", 5, false, "a ..b" },
		/* What tells least goes first. */
		{ "<core::ops::range::Range<i32> as core::iter::Step>::forward", 40, true,
		  "<Range<i32> as Step>::forward" },
		{ "<core::ops::range::Range<i32> as core::iter::Step>::forward", 27, true,
		  "<Range<…> as Step>::forward" },
		{ "alloc::vec::Vec<core::pin::Pin<&dyn core::future::Future>>::push", 40, true,
		  "alloc::vec::Vec<Pin<&dyn Future>>::push" },
		{ "shop::apply<fn(a::B) -> c::D>", 25, true, "shop::apply<fn(B) -> D>" },
		{ "shop::apply<fn(a::B) -> c::D>::go", 18, true, "shop::apply<…>::go" },
		{ "tokio::runtime::scheduler::worker::Context::park", 32, false,
		  "tokio::..::worker::Context::park" },
		{ "tokio::runtime::scheduler::worker::Context::park", 24, true,
		  "tokio::…::Context::park" },
		{ "shop::run::{async_block#0}", 24, true, "shop::…::{async_block#0}" },
		{ "<<<>>>>->a::b::c::d", 12, true, "<<<>>…::c::d" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text text = { 0 };

		name_fit(&text, rows[i].name, rows[i].width, rows[i].unicode);
		CHECK_STR(text_str(&text), rows[i].want);
		if (rows[i].width)
			CHECK(name_width(text_str(&text)) <= rows[i].width);
		text_release(&text);
	}
}

static void test_numbers(void)
{
	char buf[32];

	CHECK_STR(format_count(0, buf), "0");
	CHECK_STR(format_count(999, buf), "999");
	CHECK_STR(format_count(1000, buf), "1,000");
	CHECK_STR(format_count(UINT64_MAX, buf), "18,446,744,073,709,551,615");
	CHECK_STR(format_time(1.5e9, buf), "1.50 s");
	CHECK_STR(format_time(12.34e6, buf), "12.3 ms");
	CHECK_STR(format_time(456e3, buf), "456 us");
	CHECK_STR(format_time(0, buf), "0.00 ns");
}

static const struct profile_event clock_event = { "cpu-clock", "ns", 999, 0 };

/* Renders folded text in a format, without colour, 80 columns. */
static void check_format(const char *folded, render_fn *format, double limit, const char *want)
{
	static const struct style style = { .width = 80, .header = false };
	struct profile profile = { .events = &clock_event, .event_count = 1 };
	struct label_ids functions = { 0 };
	struct label_set labels;
	struct calltree tree;
	struct render_input in = {
		.style = &style,
		.profile = &profile,
		.tree = &tree,
		.functions = &functions,
		.limit = limit,
	};

	tree_of_text(&tree, &labels, folded);
	labels_find(&labels, "hash", &functions);
	CHECK_PRINTS(want, {
		in.out = out;
		format(&in);
	});
	vec_release(&functions);
	tree_release(&tree, &labels);
}

static void test_folded(void)
{
	check_format("", render_folded, 0, "");
	/* Sorted by bytes, whatever is frequent; interior stacks too; lines in parentheses. */
	check_format("b;c 1\na;z 3\na 2\n", render_folded, 0, "a 2\na;z 3\nb;c 1\n");
	/* A '-' is before the ';' that a line goes on with, which is before all letters. */
	check_format("a;z 1\na-b 2\nab 3\na 4\na-b;y 5\n", render_folded, 0,
		     "a 4\na-b 2\na-b;y 5\na;z 1\nab 3\n");
	check_format("~a@12;~b@7;c 4\n", render_folded, 0, "a (main.rs:12);b (main.rs:7);c 4\n");
	/* Two names that are one once they can be written: one line, not two. */
	check_format("a:b 1\n", render_folded, 0, "a:b 1\n");
	check_format("a\tb 1\na b 2\n", render_folded, 0, "a b 3\n");
	check_format("a\tb;c 1\na b;d 2\na b;c 3\n", render_folded, 0, "a b;c 4\na b;d 2\n");
}

static void test_tree(void)
{
	check_format("main;serve;pay;hash 6\nmain;serve;pay;log 2\nmain;serve;ship 2\nother 1\n",
		     render_tree, 0,
		     " 90.9%                10  main\n"
		     " 90.9%                10    serve\n"
		     " 72.7%                 8    |- pay\n"
		     " 54.5%   54.5%         6    |  |- hash\n"
		     " 18.2%   18.2%         2    |  `- log\n"
		     " 18.2%   18.2%         2    `- ship\n"
		     "  9.1%    9.1%         1  other\n");
	check_format("a;b 90\na;c 9\na;d 1\n", render_tree, 0.05,
		     "100.0%               100  a\n"
		     " 90.0%   90.0%        90    |- b\n"
		     "  9.0%    9.0%         9    `- c\n"
		     "1 smaller branch is not shown (--percent-limit 0 shows it)\n");
	check_format("", render_tree, 0, "");
	check_format("a;hash 3\nb;hash 1\n", render_inverted, 0,
		     "100.0%         4  hash\n"
		     " 75.0%         3    |- a\n"
		     " 25.0%         1    `- b\n");
	check_format("a;hash;x 3\nb;hash 1\nc 4\n", render_callers, 0,
		     " 50.0%         4  hash\n"
		     " 37.5%         3    |- a\n"
		     " 12.5%         1    `- b\n");
}

static void test_table(void)
{
	check_format("~serve;hash 3\n~serve 1\n", render_table, 0,
		     " 75.0%   75.0%         3  sync    hash\n"
		     " 25.0%  100.0%         1  async   serve\n");
	check_format("a 99\nb 1\n", render_table, 0.1,
		     " 99.0%   99.0%        99  sync    a\n"
		     "  1.0%  in 1 more function (--percent-limit 0 shows it)\n");
	/* A long name is cut in its middle, at 80 columns. */
	check_format("shop::warehouse::inventory::Shelf<shop::Product>::find_by_number 1\n",
		     render_table, 0,
		     "100.0%  100.0%         1  sync    shop::..::inventory::Shelf<..>::"
		     "find_by_number\n");
}

static void test_tasks(void)
{
	check_format("!serve@7;~pay;hash 5\n!serve@9;~ship 3\n!timer 2\nmain;run 20\n",
		     render_tasks, -1,
		     " 26.7%   8.00 ms         8    serve\n"
		     "                         62% in  (main.rs:7) > pay > hash\n"
		     "  6.7%   2.00 ms         2    timer\n"
		     " 66.7%   20.0 ms        20    (outside of tasks)\n"
		     "                        100% in  main > run\n");
	/* What was cut before its task's root may be of any task, and is said to be. */
	check_format("!serve 1\n^[truncated];~pay 2\nmain 1\n", render_tasks, -1,
		     " 50.0%   2.00 ms         2    [truncated]\n"
		     "                        100% in  pay\n"
		     " 25.0%   1.00 ms         1    serve\n"
		     " 25.0%   1.00 ms         1    (outside of tasks)\n"
		     "                        100% in  main\n");
}

int main(void)
{
	test_hostile_names();
	test_fit();
	test_numbers();
	test_folded();
	test_tree();
	test_table();
	test_tasks();
	return check_done();
}
