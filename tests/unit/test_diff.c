/* report/tree diff and match, and how a comparison reads: who is who, ratios, what is not known. */
#include "report/render/diff.h"
#include "report/tree/match.h"
#include "tests/unit/tree.h"

static void test_symbol_form(void)
{
	static const struct {
		const char *name;
		bool is_body;
		const char *want;
	} rows[] = {
		{ "shop::fetch<shop::Cache>", true, "shop::fetch::{closure}" },
		{ "shop::fetch::<u8>", false, "shop::fetch" },
		{ "<shop::A<u8> as shop::Svc<X>>::call", true,
		  "<shop::A as shop::Svc>::call::{closure}" },
		{ "shop::run::{async_block#1}", false, "shop::run::{closure}" },
		{ "shop::apply<fn(u8) -> u8, [u8; 4]>", false, "shop::apply" },
		{ "shop::f::{closure}_[?]", false, "shop::f::{closure}" },
		{ "shop::broken<<<", false, "shop::broken" },
		{ "shop::f::{closure", false, "shop::f::{closure}" },
		{ "", false, "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text text = { 0 };

		match_symbol_form(&text, rows[i].name, rows[i].is_body);
		CHECK_STR(text_str(&text), rows[i].want);
		text_release(&text);
	}
}

static void test_crate(void)
{
	static const char *const rows[][2] = {
		{ "shop::Cart::add", "shop" },
		{ "<shop::A as core::Svc>::call", "shop" },
		{ "<&mut shop::A as B>::c", "shop" },
		{ "<dyn shop::Svc>::x", "shop" },
		{ "main", "" },
		{ "", "" },
		{ "[tokio]", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t len;
		const char *crate = match_crate(rows[i][0], &len);
		char *got = xstrndup(crate, len);

		CHECK_STR(got, rows[i][1]);
		free(got);
	}
}

struct pair {
	struct label_set labels;
	struct calltree a, b;
};

static void pair_init(struct pair *pair, const char *a, const char *b)
{
	labels_init(&pair->labels);
	calltree_init(&pair->a, &pair->labels);
	calltree_init(&pair->b, &pair->labels);
	tree_add_text(&pair->a, a);
	tree_add_text(&pair->b, b);
}

static void pair_release(struct pair *pair)
{
	calltree_release(&pair->a);
	calltree_release(&pair->b);
	labels_release(&pair->labels);
}

/* What the one uncertain name of `b` means among the names of `a`. */
static void test_match(void)
{
	static const struct {
		const char *a, *unsure, *meant;
	} rows[] = {
		{ "~s::f 1", "s::f::{closure}_[?]", "s::f" },
		{ "~s::f<A> 1", "s::f::{closure}_[?]", "s::f<A>" },
		{ "~s::f<A> 1\n~s::f<B> 1", "s::f::{closure}_[?]", "s::f::{closure}_[?]" },
		{ "s::f 1", "s::f_[?]", "s::f" },
		/* In an async fn a closure is one deeper than its name says; in another it is not. */
		{ "~s::f;s::f::{closure#0} 1", "s::f::{closure}::{closure}_[?]",
		  "s::f::{closure#0}" },
		{ "~s::f;s::f::{closure#0} 1", "s::f::{closure}_[?]", "s::f" },
		{ "s::f;s::f::{closure#0} 1", "s::f::{closure}_[?]", "s::f::{closure#0}" },
		{ "s::f;s::f::{closure#0} 1\ns::f::{closure#1} 1", "s::f::{closure}_[?]",
		  "s::f::{closure}_[?]" },
		{ "~s::f::{async_block#0} 1", "s::f::{closure}_[?]", "s::f::{async_block#0}" },
		{ "~<s::A as s::S>::call 1", "<s::A as s::S>::call::{closure}_[?]",
		  "<s::A as s::S>::call" },
		{ "~s::g 1", "s::f::{closure}_[?]", "s::f::{closure}_[?]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pair pair;
		struct text b = { 0 };
		u32 *alias;
		u32 id;

		text_printf(&b, "%s 1", rows[i].unsure);
		pair_init(&pair, rows[i].a, text_str(&b));
		alias = match_unsure(&pair.b, &pair.a);
		id = intern_find(&pair.labels.names, rows[i].unsure, strlen(rows[i].unsure));
		CHECK_STR(labels_name(&pair.labels, alias[id]), rows[i].meant);
		free(alias);
		text_release(&b);
		pair_release(&pair);
	}
}

static void test_ratio(void)
{
	struct amount a = { 400, 4000 }, b = { 100, 1000 }, none = { 0, 0 };
	struct diff_ratio r = diff_ratio(a, b, 1);

	CHECK(r.valid);
	CHECK(r.ratio == 0.25);
	/* 1.96 * 0.25 * sqrt(1/400 + 1/100) */
	CHECK(r.error > 0.0547 && r.error < 0.0549);
	CHECK(!diff_is_same(r));
	CHECK(diff_is_same(diff_ratio(a, b, 4)));
	CHECK(!diff_ratio(a, none, 1).valid);
	CHECK(!diff_ratio(none, b, 1).valid);
}

static void check_diff(const char *a, const char *b, bool normalize, render_diff_fn *format,
		       const char *want)
{
	static const struct style style = { .width = 80 };
	static const struct profile profile;
	static const struct quality quality;
	struct pair pair;
	struct diff diff;
	struct diff_input in = {
		.style = &style,
		.diff = &diff,
		.paths = { "a.data", "b.data" },
		.profiles = { &profile, &profile },
		.qualities = { &quality, &quality },
		.event = "cpu-clock",
		.is_time = true,
		.normalize = normalize,
		.limit = 0,
	};

	pair_init(&pair, a, b);
	diff_build(&diff, &pair.a, &pair.b);
	CHECK_PRINTS(want, {
		in.out = out;
		format(&in);
	});
	diff_release(&diff);
	pair_release(&pair);
}

#define NO_QUALITY                                                                         \
	"\nA: 0 samples: 0 lost, 0 truncated, 0 failed, 0 unresolved, 0 unsure; 0.0% of\n" \
	"  chains complete\n"                                                              \
	"B: 0 samples: 0 lost, 0 truncated, 0 failed, 0 unresolved, 0 unsure; 0.0% of\n"   \
	"  chains complete\n\n"

#define ASIDE "(ratio): of the total, where there is no time of its own to compare\n"

static void test_table(void)
{
	check_diff("!s;hash 800\n!s;write 100\n!s;old 10\n",
		   "!s;hash 200\n!s;write 100\n!s;new 20\n", false, render_diff_table,
		   "   800    200    800    200   0.25 +-16%     800/200  hash\n"
		   "     -     20      -     20       only B        0/20  new\n"
		   "    10      -     10      -       only A        10/0  old\n"
		   "     -      -    910    320 (0.35 +-13%)     910/320  s\n"
		   "   100    100    100    100   1.00 +-28%     100/100  write\n" ASIDE);
	check_diff("s;hash 800\ns;write 200\n", "s;hash 80\ns;write 20\n", true, render_diff_table,
		   " 80.0%  80.0%  80.0%  80.0%   1.00 +-23%      800/80  hash\n"
		   "     -      - 100.0% 100.0% (1.00 +-21%)    1000/100  s\n"
		   " 20.0%  20.0%  20.0%  20.0%   1.00 +-46%      200/20  write\n" ASIDE);
}

/* A release build without DWARF: what is inlined away there is not known, and never "only A". */
static void test_not_known(void)
{
	static const char debug[] = "!shop::serve;~shop::pay;shop::hash 90\n"
				    "!shop::serve;std::sort 10\n";
	static const char release[] = "shop::serve::{closure}_[?];memcpy 30\n"
				      "shop::serve::{closure}_[?] 10\n";

	check_diff(debug, release, false, render_diff_table,
		   "     -     30      -     30       only B        0/30  memcpy\n"
		   "     -     10    100     40 (0.40 +-37%)?      100/40  shop::serve\n"
		   "    90      ?     90      ?    not known        90/0  shop::hash\n"
		   "    10      ?     10      ?    not known        10/0  std::sort\n"
		   "     -      ?     90      ?    not known        90/0  shop::pay\n" ASIDE
		   "?: seen under an uncertain name, which may hold what is inlined into it\n");
	check_diff(debug, release, false, render_diff_tree,
		   "    100      40 0.40 +-37%  shop::serve\n"
		   "     90       -  not known    |- shop::pay\n"
		   "     90       -  not known    |  shop::hash\n"
		   "      -      30     only B    |- memcpy\n"
		   "     10       -  not known    `- std::sort\n");
	check_diff(
		debug, release, false, render_diff_summary,
		NO_QUALITY
		"B took 40.0 ms of CPU time where A took 100 ms: 2.50 times less (0.40 +-37%).\n"

		"3 functions of A are not known in B, which has no DWARF for them: inlined there,\n"
		"  perhaps, not removed. For more, record a build made with\n"
		"  CARGO_PROFILE_RELEASE_DEBUG=1, or name one of identical code with\n"
		"  --debug-binary.\n");
}

static void test_summary(void)
{
	/* Sync code counts for the body that runs it, whatever was inlined into what. */
	check_diff("!s;~pay;sum;add 500\n!s;~pay;sum 100\n!s;~ship;pack 300\n",
		   "!s;~pay;sum 60\n!s;~ship;pack 301\n", false, render_diff_summary,
		   NO_QUALITY
		   "B took 361 ms of CPU time where A took 900 ms: 2.49 times less (0.40 +-13%).\n"
		   "Gained most in pay (-540 ms).\n"
		   "No gain in ship (1.00 +-16%).\n");
	check_diff("s;hash 8000\ns;write 1000\ns;rest 1\n", "s;hash 2000\ns;write 1000\n", false,
		   render_diff_summary,
		   NO_QUALITY
		   "B took 3.00 s of CPU time where A took 9.00 s: 3.00 times less (0.33 +-5%).\n"
		   "Gained most in hash (-6.00 s).\n"
		   "No gain in write (1.00 +-9%).\n");
	check_diff(
		"s 100\n", "s 101\n", false, render_diff_summary,
		NO_QUALITY
		"B took 101 ms of CPU time where A took 100 ms: the same, as far as sampling can\n"
		"  tell (1.01 +-28%).\n"
		"No gain in s (1.01 +-28%).\n");
}

static void test_folded(void)
{
	check_diff("a;b 10\na;c 1\n", "a;b 3\nd 2\n", false, render_diff_folded,
		   "a;b 10 3\na;c 1 0\nd 0 2\n");
	check_diff("a;b 10\n", "a;b 20\n", true, render_diff_folded, "a;b 20 20\n");
	/* The uncertain name goes where the certain one is. */
	check_diff("!s::f;s::g 2\n", "s::f::{closure}_[?] 1\n", false, render_diff_folded,
		   "s::f 0 1\ns::f;s::g 2 0\n");
}

int main(void)
{
	test_symbol_form();
	test_crate();
	test_match();
	test_ratio();
	test_table();
	test_not_known();
	test_summary();
	test_folded();
	return check_done();
}
