/* Logical names: the same from both eras and both manglings, and never a scrap of the compiler's. */
#include "report/async/name.h"
#include "report/async/named.h"
#include "tests/unit/stacks.h"

static const struct {
	const char *function; /* as in stacks.h */
	const char *text, *key;
} rows[] = {
	/* async fns, blocks, closures */
	{ "d shop::checkout::{async_fn#0} = shop::checkout::{{closure}}", "shop::checkout",
	  "shop::checkout::{closure}" },
	{ "d shop::checkout::{async_fn#0}::{async_block#1} = "
	  "shop::checkout::{{closure}}::{{closure}}",
	  "shop::checkout::{async_block#1}", "shop::checkout::{closure}::{closure}" },
	{ "d shop::checkout::{async_block#0} = shop::checkout::{{closure}}",
	  "shop::checkout::{async_block#0}", "shop::checkout::{closure}" },
	{ "d shop::checkout::{async_fn#0}::{closure#0} = "
	  "shop::checkout::{{closure}}::{{closure}}",
	  "shop::checkout::{closure#0}", "shop::checkout::{closure}::{closure}" },
	{ "d shop::f::{async_fn#0}::{closure#0}::{async_block#0} = "
	  "v0:shop::f::{closure#0}::{closure#0}::{closure#0}",
	  "shop::f::{closure#0}::{async_block#0}", "shop::f::{closure}::{closure}::{closure}" },
	{ "d shop::f::{async_fn#0}::{closure#0}::{async_closure#0}::{synthetic#0} = "
	  "shop::f::{{closure}}::{{closure}}::{{closure}}::{{synthetic}}",
	  "shop::f::{closure#0}::{async_closure#0}", "shop::f::{closure}::{closure}::{closure}" },

	/* methods: what {impl#N} hides */
	{ "d shop::{impl#4}::parse::{async_fn#0} = shop::Server::parse::{{closure}}",
	  "shop::Server::parse", "shop::Server::parse::{closure}" },
	{ "d shop::{impl#4}::parse::{async_fn#0} = v0:<shop::Server>::parse::{closure#0}",
	  "shop::Server::parse", "shop::Server::parse::{closure}" },
	{ "d shop::{impl#4}::parse::{async_fn#0} = "
	  "shop::net::<impl shop::Server>::parse::{{closure}}",
	  "shop::Server::parse", "shop::Server::parse::{closure}" },
	{ "d shop::{impl#5}::call::{async_fn#0} = <shop::A as shop::Svc>::call::{{closure}}",
	  "<shop::A as shop::Svc>::call", "shop::A::call::{closure}" },
	{ "d shop::{impl#5}::call::{async_block#0} = "
	  "v0:<shop::A as shop::Svc>::call::{closure#0}",
	  "<shop::A as shop::Svc>::call::{async_block#0}", "shop::A::call::{closure}" },
	{ "d shop::{impl#5}::call::{async_block#0} = "
	  "shop::far::<impl shop::Svc for shop::A>::call::{{closure}}",
	  "<shop::A as shop::Svc>::call::{async_block#0}", "shop::A::call::{closure}" },
	{ "d shop::{impl#5}::poll = <shop::Retry as core::future::future::Future>::poll",
	  "<shop::Retry as Future>::poll", "shop::Retry::poll" },
	/* a default body: no implementation in its path, whatever v0 prints */
	{ "d shop::Svc::dflt::{async_fn#0}<shop::A> = shop::Svc::dflt::{{closure}}",
	  "<shop::A as shop::Svc>::dflt", "shop::Svc::dflt::{closure}" },
	{ "d shop::Svc::dflt::{async_fn#0}<shop::A> = "
	  "v0:<shop::A as shop::Svc>::dflt::{closure#0}",
	  "<shop::A as shop::Svc>::dflt", "shop::Svc::dflt::{closure}" },
	{ "d shop::Svc::dflt::{async_fn#0}::{async_block#1}<shop::A, u8> = "
	  "shop::Svc::dflt::{{closure}}::{{closure}}",
	  "<shop::A as shop::Svc>::dflt::{async_block#1}<u8>",
	  "shop::Svc::dflt::{closure}::{closure}" },
	/* the same as a sync method: the path does not tell a trait from a type, v0's symbol does */
	{ "d shop::Svc::twice<shop::A, u8> = v0:<shop::A as shop::Svc>::twice::<u8>",
	  "<shop::A as shop::Svc>::twice<u8>", "shop::Svc::twice" },
	{ "d shop::Server::run<u8> = v0:<shop::Server>::run::<u8>", "shop::Server::run<u8>",
	  "shop::Server::run" },
	{ "d shop::Svc::twice<shop::A> = shop::Svc::twice", "shop::Svc::twice<shop::A>",
	  "shop::Svc::twice" },
	{ "d shop::run<shop::Svc::dflt::{async_fn_env#0}<shop::A>> = shop::run",
	  "shop::run<<shop::A as shop::Svc>::dflt>", "shop::run" },
	/* not known: left out, never shown as it is */
	{ "d shop::{impl#4}::parse::{async_fn#0}", "shop::_::parse", "shop::_::parse::{closure}" },

	/* generics */
	{ "d shop::fetch::{async_fn#0}<shop::Cache> = shop::fetch::{{closure}}",
	  "shop::fetch<shop::Cache>", "shop::fetch::{closure}" },
	{ "d shop::fetch::{async_fn#0}<shop::Cache> = v0:shop::fetch::<shop::Cache>::{closure#0}",
	  "shop::fetch<shop::Cache>", "shop::fetch::{closure}" },
	{ "d shop::{impl#1}::poll<shop::fetch::{async_fn_env#0}> = "
	  "<shop::Retry<F> as core::future::future::Future>::poll",
	  "<shop::Retry<shop::fetch> as Future>::poll", "shop::Retry::poll" },
	{ "d shop::{impl#1}::poll<shop::fetch::{async_fn_env#0}> = "
	  "v0:<shop::Retry<shop::fetch::{closure#0}> as core::future::future::Future>::poll",
	  "<shop::Retry<shop::fetch> as Future>::poll", "shop::Retry::poll" },
	{ "d shop::{impl#1}::get::{async_fn#0}<u8, shop::Key> = "
	  "shop::Pool<T>::get::{{closure}}",
	  "shop::Pool<u8>::get<shop::Key>", "shop::Pool::get::{closure}" },
	{ "d shop::{impl#1}::get::{async_fn#0}<u8, shop::Key> = "
	  "v0:<shop::Pool<u8>>::get::<shop::Key>::{closure#0}",
	  "shop::Pool<u8>::get<shop::Key>", "shop::Pool::get::{closure}" },
	/* debug=2 shows the type's arguments in the path, debug=1 does not */
	{ "d shop::Pool<u8>::len<u8> = shop::Pool<T>::len", "shop::Pool<u8>::len",
	  "shop::Pool::len" },
	{ "d shop::Pool::len<u8> = shop::Pool<T>::len", "shop::Pool<u8>::len", "shop::Pool::len" },
	{ "d shop::Pool<u8>::len<u8>", "shop::Pool<u8>::len", "shop::Pool::len" },
	{ "d shop::Pool::len<u8> = v0:<shop::Pool<u8>>::len", "shop::Pool<u8>::len",
	  "shop::Pool::len" },
	/* a parameter that neither type nor trait shows: nothing is guessed */
	{ "d tokio::future::poll_fn::{impl#1}::poll<u64, shop::f::{async_fn#0}::{closure_env#0}> = "
	  "<tokio::future::poll_fn::PollFn<F> as core::future::future::Future>::poll",
	  "<tokio::future::poll_fn::PollFn as Future>::poll<u64, shop::f::{closure#0}>",
	  "tokio::future::poll_fn::PollFn::poll" },
	/* the allocator is never shown, and has its place nonetheless */
	{ "d alloc::vec::Vec<u8, alloc::alloc::Global>::drain"
	  "<u8, alloc::alloc::Global, core::ops::range::RangeFull> = alloc::vec::Vec<T,A>::drain",
	  "alloc::vec::Vec<u8>::drain<core::ops::range::RangeFull>", "alloc::vec::Vec::drain" },

	/* types as arguments */
	{ "d shop::run::{async_fn#0}<alloc::string::String, &str, (u8, &mut [u16; 4])> = "
	  "shop::run::{{closure}}",
	  "shop::run<alloc::string::String, &str, (u8, &mut [u16; 4])>", "shop::run::{closure}" },
	{ "d shop::run<alloc::boxed::Box<(dyn core::future::future::Future<Output=u64> + "
	  "core::marker::Send), alloc::alloc::Global>> = shop::run",
	  "shop::run<alloc::boxed::Box<dyn core::future::future::Future<Output=u64> + "
	  "core::marker::Send>>",
	  "shop::run" },
	{ "d shop::run<fn(u8) -> u64> = shop::run", "shop::run<fn(u8) -> u64>", "shop::run" },
	{ "d shop::run<core::future::from_generator::GenFuture<shop::f::{async_fn_env#0}<u8>>> = "
	  "shop::run",
	  "shop::run<shop::f<u8>>", "shop::run" },
	{ "d shop::run<shop::f::{async_fn_env#0}<u8>> = shop::run", "shop::run<shop::f<u8>>",
	  "shop::run" },
	{ "d shop::run<shop::f::{async_fn#0}::{async_block_env#0}> = shop::run",
	  "shop::run<shop::f::{async_block#0}>", "shop::run" },

	/* shims and what core is known for */
	{ "d core::future::from_generator::{impl#1}::poll<shop::f::{async_fn_env#0}> = "
	  "<core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll",
	  "<core::future::from_generator::GenFuture<shop::f> as Future>::poll",
	  "core::future::from_generator::GenFuture::poll" },
	{ "d core::future::from_generator::{impl#1}::poll<shop::f::{async_fn_env#0}> = "
	  "v0:<core::future::from_generator::GenFuture<shop::f::{closure#0}> as "
	  "core::future::future::Future>::poll",
	  "<core::future::from_generator::GenFuture<shop::f> as Future>::poll",
	  "core::future::from_generator::GenFuture::poll" },
	{ "d core::ops::function::FnOnce::call_once<shop::f::{closure_env#0}, ()> = "
	  "core::ops::function::FnOnce::call_once{{vtable.shim}}",
	  "core::ops::function::FnOnce::call_once<shop::f::{closure#0}, ()>",
	  "core::ops::function::FnOnce::call_once" },
	{ "d core::slice::{impl#0}::iter<u8> = core::slice::<impl [T]>::iter", "<[u8]>::iter",
	  "core::_::iter" },
	{ "d core::slice::{impl#0}::iter<u8> = v0:<[u8]>::iter", "<[u8]>::iter", "core::_::iter" },
	{ "d core::num::{impl#8}::to_be = core::num::<impl u32>::to_be", "<u32>::to_be",
	  "core::_::to_be" },
	{ "d futures_util::fns::{impl#0}::call_once<shop::f::{closure_env#0}, u8> = "
	  "<T as futures_util::fns::FnOnce1<A>>::call_once",
	  "<shop::f::{closure#0} as futures_util::fns::FnOnce1<u8>>::call_once",
	  "futures_util::fns::FnOnce1::call_once" },
	{ "d futures_core::future::{impl#3}::try_poll<shop::Retry> = "
	  "v0:<shop::Retry as futures_core::future::TryFuture>::try_poll",
	  "<shop::Retry as futures_core::future::TryFuture>::try_poll",
	  "futures_core::future::TryFuture::try_poll" },
	{ "d core::future::future::{impl#0}::poll<shop::Retry> = "
	  "<&mut F as core::future::future::Future>::poll",
	  "<&mut shop::Retry as Future>::poll", "core::future::future::Future::poll" },

	/* symbols alone: generics left out, no body told from a closure */
	{ "t shop::f::{{closure}}::{{closure}}", "shop::f::{closure}::{closure}",
	  "shop::f::{closure}::{closure}" },
	{ "t shop::f::<shop::A>::{closure#0} = v0:shop::f::<shop::A>::{closure#0}",
	  "shop::f::{closure}", "shop::f::{closure}" },
	{ "t <shop::Retry<F> as core::future::future::Future>::poll",
	  "<shop::Retry as core::future::future::Future>::poll", "shop::Retry::poll" },
	{ "t shop::<impl shop::Svc for shop::A>::call", "<shop::A as shop::Svc>::call",
	  "shop::A::call" },
	{ "t x = v0:<shop::Server>::serve::{closure#0}", "shop::Server::serve::{closure}",
	  "shop::Server::serve::{closure}" },
	{ "t core::ptr::drop_in_place<shop::f::{{closure}}>", "core::ptr::drop_in_place",
	  "core::ptr::drop_in_place" },

	/* not Rust: as it is */
	{ "c memcpy", "memcpy", "memcpy" },
	{ "k do_syscall_64", "do_syscall_64", "do_syscall_64" },
};

static void ignore(void *arg, u32 function, struct named named)
{
	(void)arg;
	(void)function;
	(void)named;
}

/* Named by several threads, and behind others like it, a function is called what it is alone. */
static void check_many(const struct stacks *s, const char *text, const char *key)
{
	enum { COUNT = 300 };
	struct function *many = xcalloc(COUNT, sizeof *many);
	struct symbols symbols = { .functions = many, .function_count = COUNT };
	struct crew *crew = crew_new();
	struct named_all *all;

	for (u32 i = 0; i < COUNT; i++) {
		many[i] = s->functions.data[0];
		many[i].id = i;
	}
	all = named_all_new(&symbols, crew, ignore, NULL);
	for (u32 i = 0; i < COUNT; i++) {
		CHECK_STR(named_of(all, i).text, text);
		CHECK_STR(named_of(all, i).key, key);
	}
	named_all_free(all);
	crew_finish(crew);
	free(many);
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct stacks s = { 0 };
		struct name name = { 0 };
		struct names *names;

		stacks_add(&s, rows[i].function);
		stacks_ready(&s);
		names = names_new(&s.symbols);
		name_function(names, &s.functions.data[0], &name);
		CHECK_STR(text_str(&name.text), rows[i].text);
		CHECK_STR(text_str(&name.key), rows[i].key);
		check_many(&s, rows[i].text, rows[i].key);
		name_release(&name);
		names_free(names);
		stacks_release(&s);
	}
}

/* An {impl#N} inside an argument is named by another function of the same implementation. */
static void test_impl_of_another(void)
{
	struct stacks s = { 0 };
	struct name name = { 0 };
	struct names *names;

	stacks_add(&s,
		   "d shop::run<shop::{impl#4}::parse::{async_fn_env#0}<u8>> = shop::run\n"
		   "d shop::{impl#4}::len<u8> = shop::Pool<T>::len\n"
		   "d shop::sort<alloc::slice::{impl#0}::sort_by::{closure_env#0}<u8>> = shop::sort\n"
		   "d alloc::slice::{impl#0}::sort<u64> = v0:<[u64]>::sort\n"
		   "d shop::Svc::twice<shop::A> = shop::Svc::twice\n"
		   "d shop::{impl#7}::call = <shop::A as shop::Svc>::call\n");
	stacks_ready(&s);
	names = names_new(&s.symbols);
	name_function(names, &s.functions.data[0], &name);
	CHECK_STR(text_str(&name.text), "shop::run<shop::Pool::parse<u8>>");
	name_function(names, &s.functions.data[2], &name);
	CHECK_STR(text_str(&name.text), "shop::sort<<[_]>::sort_by::{closure#0}<u8>>");
	name_function(names, &s.functions.data[4], &name);
	CHECK_STR(text_str(&name.text), "<shop::A as shop::Svc>::twice");
	name_release(&name);
	names_free(names);
	stacks_release(&s);
}

/* Names come from files: whatever is in them, there is an end. */
static void test_nonsense(void)
{
	static const char *const texts[] = {
		"d <", "d ::", "d {", "d <<<<", "d a::{impl#", "d a<b", "d {}", "d {{}}::{#}",
		"d a::{impl#1}::b = <", "d a::{impl#1}::b = <<T as", "d a<'a> = 'b", "t {{closure",
		"d a<1, 2: , 'x> = v0:<a<1>>::", "d >>>>", "t <impl  for >::x", "d a<->> = <a->",
	};
	struct text deep = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct logical_options options = { 0 };
		char *got = stacks_map(texts[i], &options, false, NULL);

		CHECK(got[0] != '\0');
		free(got);
	}
	text_add(&deep, "d shop::f");
	for (int i = 0; i < 20000; i++)
		text_add(&deep, "<a");
	for (int i = 0; i < 20000; i++)
		text_char(&deep, '>');
	CHECK_CHAIN("d shop::g = shop::g", "worker;shop::g");
	{
		struct logical_options options = { 0 };
		char *got = stacks_map(text_str(&deep), &options, false, NULL);

		CHECK(starts_with(got, "worker;shop::f<a<a<a"));
		free(got);
	}
	text_release(&deep);
}

/*
 * A type is spelled once wherever it stands by itself, but not where an argument of the function
 * stands for a part of it, as in the Self of the second one.
 */
static void test_shared_types(void)
{
	struct stacks s = { 0 };
	struct named_all *all;

	stacks_add(&s,
		   "d shop::first<alloc::vec::Vec<shop::Order<u8>, alloc::alloc::Global>> = shop::first\n"
		   "d shop::{impl#1}::run<alloc::vec::Vec<shop::Order<u8>, alloc::alloc::Global>> = "
		   "shop::Retry<F>::run\n"
		   "d shop::last<alloc::vec::Vec<shop::Order<u8>, alloc::alloc::Global>> = shop::last\n");
	stacks_ready(&s);
	all = named_all_new(&s.symbols, NULL, ignore, NULL);
	CHECK_STR(named_of(all, 0).text, "shop::first<alloc::vec::Vec<shop::Order<u8>>>");
	CHECK_STR(named_of(all, 1).text, "shop::Retry<alloc::vec::Vec<shop::Order<u8>>>::run");
	CHECK_STR(named_of(all, 2).text, "shop::last<alloc::vec::Vec<shop::Order<u8>>>");
	named_all_free(all);
	stacks_release(&s);
}

/* One text is two types, where two libraries of a process number their implementations alike. */
static void test_modules(void)
{
	struct stacks s = { 0 };
	struct named_all *all;

	stacks_add(&s,
		   "d shop::run<shop::{impl#4}::parse::{async_fn_env#0}<u8>> = shop::run\n"
		   "d shop::{impl#4}::len<u8> = shop::Pool<T>::len\n"
		   "d shop::walk<shop::{impl#4}::parse::{async_fn_env#0}<u8>> = shop::walk\n"
		   "d shop::{impl#4}::size<u8> = shop::Other<T>::size\n");
	stacks_ready(&s);
	s.functions.data[2].module = s.functions.data[3].module = 1;
	all = named_all_new(&s.symbols, NULL, ignore, NULL);
	CHECK_STR(named_of(all, 0).text, "shop::run<shop::Pool::parse<u8>>");
	CHECK_STR(named_of(all, 2).text, "shop::walk<shop::Other::parse<u8>>");
	named_all_free(all);
	stacks_release(&s);
}

/* What is cut where it stands too deep is whole where it does not. */
static void test_depth(void)
{
	enum { INNER = 60, AROUND = 100 };
	struct text inner = { 0 }, lines = { 0 }, want = { 0 };
	struct stacks s = { 0 };
	struct named_all *all;

	for (int i = 0; i < INNER; i++)
		text_add(&inner, "a::B<");
	text_add(&inner, "u8");
	for (int i = 0; i < INNER; i++)
		text_char(&inner, '>');
	text_add(&lines, "d shop::deep<");
	for (int i = 0; i < AROUND; i++)
		text_add(&lines, "c::D<");
	text_add(&lines, text_str(&inner));
	for (int i = 0; i < AROUND; i++)
		text_char(&lines, '>');
	text_printf(&lines, "> = shop::deep\nd shop::flat<%s> = shop::flat\n", text_str(&inner));
	text_printf(&want, "shop::flat<%s>", text_str(&inner));
	stacks_add(&s, text_str(&lines));
	stacks_ready(&s);
	all = named_all_new(&s.symbols, NULL, ignore, NULL);
	CHECK(strstr(named_of(all, 0).text, "<_>"));
	CHECK_STR(named_of(all, 1).text, text_str(&want));
	named_all_free(all);
	stacks_release(&s);
	text_release(&inner);
	text_release(&lines);
	text_release(&want);
}

int main(void)
{
	test_rows();
	test_shared_types();
	test_depth();
	test_modules();
	test_impl_of_another();
	test_nonsense();
	return check_done();
}
