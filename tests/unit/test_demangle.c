/* <aprof/demangle.h>: each mangling recognised and read, suffixes cut, hostile names bounded. */
#include <aprof/alloc.h>
#include <aprof/demangle.h>
#include <aprof/text.h>
#include <aprof/types.h>

#include "tests/unit/check.h"

#define LEGACY "_ZN3zoo4leaf28_$u7b$$u7b$closure$u7d$$u7d$17h0b2da6dbac50fc32E"

static const struct {
	const char *symbol;
	enum mangling mangling;
	const char *demangled;
} names[] = {
	/* C, and what compilers add to it */
	{ "main", MANGLING_NONE, "main" },
	{ "", MANGLING_NONE, "" },
	{ "_Rest", MANGLING_NONE, "_Rest" },
	{ "work.constprop.0.cold", MANGLING_NONE, "work" },
	{ "work.isra.12", MANGLING_NONE, "work" },
	{ "work.v2", MANGLING_NONE, "work.v2" },
	{ ".cold", MANGLING_NONE, ".cold" },
	/* Rust, legacy: rustc 1.63 and 1.95 */
	{ LEGACY, MANGLING_RUST_LEGACY, "zoo::leaf::{{closure}}" },
	{ LEGACY ".llvm.2944885953386352863", MANGLING_RUST_LEGACY, "zoo::leaf::{{closure}}" },
	{ LEGACY ".cold", MANGLING_RUST_LEGACY, "zoo::leaf::{{closure}}" },
	{ "_ZN97_$LT$core..future..from_generator..GenFuture$LT$T$GT$$u20$as$u20$core..future.."
	  "future..Future$GT$4poll17h037fdc64e0f177cbE",
	  MANGLING_RUST_LEGACY,
	  "<core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll" },
	{ "_ZN35_$LT$zoo..A$u20$as$u20$zoo..Svc$GT$4call28_$u7b$$u7b$closure$u7d$$u7d$"
	  "17ha44ae4e81e70141cE",
	  MANGLING_RUST_LEGACY, "<zoo::A as zoo::Svc>::call::{{closure}}" },
	{ "_ZN3zoo5newer13async_closure28_$u7b$$u7b$closure$u7d$$u7d$59_$u7b$$u7b$closure$u7d$$u7d$"
	  "$u7b$$u7b$by.ref.shim$u7d$$u7d$17h735872bc142ef1e6E",
	  MANGLING_RUST_LEGACY,
	  "zoo::newer::async_closure::{{closure}}::{{closure}}{{by.ref.shim}}" },
	/* Rust, v0 */
	{ "_RNCNvCs779nruZdk0e_3zoo4leaf0B3_", MANGLING_RUST_V0, "zoo::leaf::{closure#0}" },
	{ "_RNCNvCs779nruZdk0e_3zoo4leaf0B3_.llvm.17", MANGLING_RUST_V0, "zoo::leaf::{closure#0}" },
	{ "_RNCINvCs779nruZdk0e_3zoo7genericNtB4_1AE0B4_", MANGLING_RUST_V0,
	  "zoo::generic::<zoo::A>::{closure#0}" },
	{ "_RNCNvXs4_Cs779nruZdk0e_3zooNtB7_1ANtB7_3Svc4call0B7_", MANGLING_RUST_V0,
	  "<zoo::A as zoo::Svc>::call::{closure#0}" },
	{ "_RNSNCNCNvNtCs779nruZdk0e_3zoo5newer13async_closure006by_refB9_", MANGLING_RUST_V0,
	  "zoo::newer::async_closure::{closure#0}::{closure#0}::{shim:by_ref#0}" },
	{ "_RNvXs_NvNtCs6IL9ONYDOZW_4core6future14from_generatorINtB4_9GenFutureNCINvCsDjKX7yJG4S_"
	  "3zoo7genericNtB19_1AE0ENtNtB6_6future6Future4pollB19_",
	  MANGLING_RUST_V0,
	  "<core::future::from_generator::GenFuture<zoo::generic<zoo::A>::{closure#0}> as "
	  "core::future::future::Future>::poll" },
	/* C++ */
	{ "_ZN4llvm2cl6Option11addArgumentEv", MANGLING_CXX, "llvm::cl::Option::addArgument()" },
	{ "_ZNSt6vectorIiSaIiEE9push_backERKi.isra.0.cold", MANGLING_CXX,
	  "std::vector<int, std::allocator<int> >::push_back(int const&)" },
	/* Malformed: the symbol itself */
	{ "_Z", MANGLING_CXX, "_Z" },
	{ "_ZN3zoo", MANGLING_CXX, "_ZN3zoo" },
	{ "_RNvC", MANGLING_RUST_V0, "_RNvC" },
	{ "_RNvB0_", MANGLING_RUST_V0, "_RNvB0_" },
};

static void test_names(void)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *s = demangle(names[i].symbol);

		CHECK_STR(s, names[i].demangled);
		CHECK_EQ(mangling_of(names[i].symbol), names[i].mangling);
		free(s);
	}
}

/* A number as v0 has it: 0 is "_", n is n - 1 in base 62 and "_". */
static void add_base62(struct text *t, size_t n)
{
	static const char digits[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (n > 62)
		text_char(t, digits[(n - 1) / 62]);
	if (n > 0)
		text_char(t, digits[(n - 1) % 62]);
	text_char(t, '_');
}

/* Each type argument is a tuple of two back references to the one before it: 2^40 units. */
static void test_expanding_v0(void)
{
	struct text symbol = { 0 };
	size_t before, at;
	char *s;

	text_add(&symbol, "_RINvC1a1b");
	before = symbol.len;
	text_add(&symbol, "TuuE");
	for (int i = 0; i < 40; i++) {
		at = symbol.len;
		text_add(&symbol, "TB");
		add_base62(&symbol, before - 2);
		text_add(&symbol, "B");
		add_base62(&symbol, before - 2);
		text_add(&symbol, "E");
		before = at;
	}
	text_add(&symbol, "E");
	s = demangle(symbol.at);
	CHECK(starts_with(s, "a::b::<((), ()), (((), ()), ((), ())), "));
	CHECK_EQ(strlen(s), 65536);
	free(s);
	text_release(&symbol);
}

/* p<p<…>, p<…>> by substitution: 2^30 times int. */
static void test_expanding_cxx(void)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct text symbol = { 0 };
	char *s;

	text_add(&symbol, "_Z1f1pIiiE");
	for (int i = 0; i < 30; i++)
		text_printf(&symbol, "S_IS%c_S%c_E", digits[i], digits[i]);
	s = demangle(symbol.at);
	CHECK(starts_with(s, "f(p<int, int>, p<p<int, int>, p<int, int> >, "));
	CHECK_EQ(strlen(s), 65536);
	free(s);
	text_release(&symbol);
}

static char *long_cxx(size_t len)
{
	struct text symbol = { 0 };

	text_printf(&symbol, "_Z%zu", len);
	while (len--)
		text_char(&symbol, 'a');
	text_char(&symbol, 'v');
	return text_take(&symbol);
}

static void test_long(void)
{
	char *symbol = long_cxx(4000);
	char *s = demangle(symbol);

	CHECK_EQ(strlen(s), 4002);
	CHECK(ends_with(s, "aaa()"));
	free(s);
	free(symbol);
	symbol = long_cxx(1000000);
	s = demangle(symbol);
	CHECK_STR(s, symbol);
	free(s);
	free(symbol);
}

int main(void)
{
	test_names();
	test_expanding_v0();
	test_expanding_cxx();
	test_long();
	return check_done();
}
