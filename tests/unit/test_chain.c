/* Chains: where a task begins, what is awaited, what is glue, and where the awaits stand. */
#include "tests/unit/stacks.h"

#define HARNESS                                                                                 \
	"+d tokio::runtime::task::core::{impl#6}::poll::{closure#0}<shop::f::{async_fn_env#0}, u8>" \
	" = tokio::runtime::task::core::Core<T,S>::poll::{{closure}}\n"                         \
	"d tokio::runtime::task::core::Core::poll<shop::f::{async_fn_env#0}, u8>"               \
	" = tokio::runtime::task::core::Core<T,S>::poll\n"                                      \
	"d std::panicking::try<u8> = std::panicking::try\n"                                     \
	"d tokio::runtime::task::harness::poll_future = tokio::runtime::task::harness::poll_future\n" \
	"d tokio::runtime::task::raw::poll = tokio::runtime::task::raw::poll\n"
/* The worker that runs the task is a task itself: of the blocking pool. */
#define WORKER                                                                                  \
	"d tokio::runtime::scheduler::multi_thread::worker::Context::run_task = "               \
	"tokio::runtime::scheduler::multi_thread::worker::Context::run_task\n"                  \
	"d tokio::runtime::scheduler::multi_thread::worker::{impl#0}::launch::{closure#0} = "   \
	"tokio::runtime::scheduler::multi_thread::worker::Launch::launch::{{closure}}\n"        \
	"d tokio::runtime::blocking::task::{impl#2}::poll = "                                   \
	"<tokio::runtime::blocking::task::BlockingTask<T> as core::future::future::Future>::poll\n" \
	HARNESS THREAD
#define THREAD                                                                                  \
	"d std::sys_common::backtrace::__rust_begin_short_backtrace = "                         \
	"std::sys_common::backtrace::__rust_begin_short_backtrace\n"                            \
	"d std::sys::unix::thread::{impl#2}::new::thread_start = "                              \
	"std::sys::unix::thread::Thread::new::thread_start\n"                                   \
	"c start_thread\n"                                                                      \
	"c clone3\n"
#define MAIN                                                                                    \
	"d shop::main = shop::main\n"                                                           \
	"d core::ops::function::FnOnce::call_once = core::ops::function::FnOnce::call_once\n"   \
	"d std::rt::lang_start = std::rt::lang_start\n"                                         \
	"c main\n"                                                                              \
	"c __libc_start_call_main\n"                                                            \
	"c _start\n"
#define BLOCK_ON                                                                                \
	"d tokio::runtime::park::{impl#4}::block_on = "                                         \
	"tokio::runtime::park::CachedParkThread::block_on\n"                                    \
	"d tokio::runtime::runtime::Runtime::block_on = tokio::runtime::runtime::Runtime::block_on\n"
#define GEN_POLL(what)                                                                          \
	"d core::future::from_generator::{impl#1}::poll<" what "> = "                           \
	"<core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll\n"
#define PIN_POLL                                                                                \
	"d core::future::future::{impl#1}::poll<u8> = "                                         \
	"<core::pin::Pin<P> as core::future::future::Future>::poll\n"
#define POLL_FN                                                                                 \
	"d tokio::future::poll_fn::{impl#1}::poll = "                                           \
	"<tokio::future::poll_fn::PollFn<F> as core::future::future::Future>::poll\n"
#define MAYBE_DONE                                                                              \
	"d tokio::future::maybe_done::{impl#0}::poll = "                                        \
	"<tokio::future::maybe_done::MaybeDone<Fut> as core::future::future::Future>::poll\n"
#define INSTRUMENTED                                                                            \
	"d tracing::instrument::{impl#1}::poll = "                                              \
	"<tracing::instrument::Instrumented<T> as core::future::future::Future>::poll\n"
#define BODY(path) "d " path "::{async_fn#0} = " path "::{{closure}}\n"

static void test_boundaries(void)
{
	/* a home-made executor: the outermost body is the root */
	CHECK_CHAIN("d shop::burn = shop::burn\n" BODY("shop::sy1") BODY("shop::example") PIN_POLL
		    "d shop::{impl#1}::run = shop::Executor::run\n" MAIN,
		    "shop::example;shop::sy1;shop::burn");
	CHECK_CHAIN("d shop::burn = shop::burn\n" BODY("shop::sy1")
			    GEN_POLL("shop::sy1::{async_fn_env#0}") BODY("shop::example")
				    GEN_POLL("shop::example::{async_fn_env#0}") MAIN,
		    "shop::example;shop::sy1;shop::burn");
	/* two boundaries on one worker stack: the inner one counts */
	CHECK_CHAIN(BODY("shop::query") BODY("shop::task") HARNESS WORKER,
		    "shop::task;shop::query");
	/* a task spawned by a body that runs its executor on its own stack */
	CHECK_CHAIN(BODY("shop::inner") "d futures_executor::local_pool::{impl#3}::poll_pool_once = "
		    "futures_executor::local_pool::LocalPool::poll_pool_once\n"
		    BODY("shop::outer") BLOCK_ON MAIN,
		    "shop::inner");
	/* block_on inside a body continues its chain, with the code between them */
	CHECK_CHAIN(BODY("shop::inner") BLOCK_ON "d shop::helper = shop::helper\n"
		    BODY("shop::outer") HARNESS WORKER,
		    "shop::outer;shop::helper;shop::inner");
	CHECK_CHAIN(BODY("shop::inner") BLOCK_ON MAIN, "shop::inner");
	/* spawn_blocking's closure */
	CHECK_CHAIN("d shop::burn = shop::burn\n"
		    "d shop::f::{async_fn#0}::{closure#0} = shop::f::{{closure}}::{{closure}}\n"
		    "d tokio::runtime::blocking::task::{impl#2}::poll = "
		    "<tokio::runtime::blocking::task::BlockingTask<T> as "
		    "core::future::future::Future>::poll\n" HARNESS THREAD,
		    "shop::f::{closure#0};shop::burn");
	/* or a library's own: it says what is done there, by the functions of std and the kernel */
	CHECK_CHAIN("d std::sys::fs::stat = std::sys::fs::stat\n"
		    "d tokio::fs::metadata::{async_fn#0}::{closure#0} = "
		    "tokio::fs::metadata::{{closure}}::{{closure}}\n"
		    "d tokio::runtime::blocking::task::{impl#2}::poll = "
		    "<tokio::runtime::blocking::task::BlockingTask<T> as "
		    "core::future::future::Future>::poll\n" HARNESS THREAD,
		    "tokio::fs::metadata::{closure#0}");
	/* a hand-written future is a root only where there is no body */
	CHECK_CHAIN(BODY("shop::inner") "d shop::{impl#2}::poll = "
		    "<shop::Retry as core::future::future::Future>::poll\n" HARNESS WORKER,
		    "shop::inner");
	CHECK_CHAIN("d shop::burn = shop::burn\nd shop::{impl#2}::poll = "
		    "<shop::Retry as core::future::future::Future>::poll\n" HARNESS WORKER,
		    "<shop::Retry as Future>::poll;shop::burn");
	/* the runtime polls no task of the user's: nothing is a task */
	CHECK_CHAIN("d tokio::runtime::io::driver::{impl#0}::park = tokio::runtime::io::Driver::park\n"
		    WORKER,
		    "worker;tokio::runtime::task::raw::poll;tokio::runtime::task::harness::poll_future;"
		    "std::panicking::try<u8>;tokio::runtime::task::core::Core<shop::f, u8>::poll;"
		    "tokio::runtime::task::core::Core<shop::f, u8>::poll::{closure#0};"
		    "<tokio::runtime::blocking::task::BlockingTask as Future>::poll;"
		    "tokio::runtime::scheduler::multi_thread::worker::Launch::launch::{closure#0};"
		    "tokio::runtime::scheduler::multi_thread::worker::Context::run_task;"
		    "tokio::runtime::io::Driver::park");
	/* async-executor's own bodies are no tasks of the user's */
	CHECK_CHAIN(BODY("shop::task")
		    "d async_executor::{impl#3}::spawn::{async_block#0} = "
		    "async_executor::Executor::spawn::{{closure}}\n"
		    "d async_task::raw::{impl#3}::run = async_task::raw::RawTask<F,T,S>::run\n"
		    "d async_executor::{impl#3}::run::{async_fn#0} = "
		    "async_executor::Executor::run::{{closure}}\n"
		    "d async_io::driver::block_on = async_io::driver::block_on\n" THREAD,
		    "shop::task");
}

static void test_plain(void)
{
	CHECK_CHAIN("d shop::burn = shop::burn\n" MAIN, "worker;shop::main;shop::burn");
	CHECK_CHAIN("c memcpy\nc work\nc main\nc __libc_start_call_main\nc _start\n",
		    "worker;main;work;memcpy");
	CHECK_CHAIN("d shop::g = shop::g\nd std::panicking::try<u8> = std::panicking::try\n"
		    "d shop::f = shop::f\n" THREAD,
		    "worker;shop::f;std::panicking::try<u8>;shop::g");
	CHECK_CHAIN("k schedule\nk do_exit\n", "worker;do_exit_[k];schedule_[k]");
	CHECK_CHAIN("d shop::f = shop::f\ne [truncated]\n", "worker;[truncated];shop::f");
	CHECK_CHAIN("n libfoo.so+0x10\n", "worker;libfoo.so+0x10");
}

static void test_between_and_below(void)
{
	/* user code between bodies stays, std's goes; below the last body both stay */
	CHECK_CHAIN("d alloc::vec::Vec<u8>::push<u8> = alloc::vec::Vec<T>::push\n"
		    "d shop::render = shop::render\n" BODY("shop::inner")
		    "d std::thread::local::LocalKey<u8>::with<u8> = std::thread::local::LocalKey<T>::with\n"
		    "d shop::between = shop::between\n" BODY("shop::outer") HARNESS WORKER,
		    "shop::outer;shop::between;shop::inner;shop::render;alloc::vec::Vec<u8>::push");
	/* glue below the user's last frame is its owner's, once, with all that it calls */
	CHECK_CHAIN("c memcpy\nd alloc::vec::Vec<u8>::push<u8> = alloc::vec::Vec<T>::push\n"
		    "d mio::poll = mio::poll\n"
		    "d tokio::time::sleep::{impl#1}::poll = "
		    "<tokio::time::sleep::Sleep as core::future::future::Future>::poll\n" PIN_POLL
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f;[tokio]");
	CHECK_CHAIN("d hashbrown::raw::RawTable<u8>::find<u8> = hashbrown::raw::RawTable<T,A>::find\n"
		    "d slab::Slab<u8>::get<u8> = slab::Slab<T>::get\n"
		    "d tokio::sync::notify::notify = tokio::sync::notify::notify\n" BODY("shop::f")
		    HARNESS WORKER,
		    "shop::f;[tokio]");
	CHECK_CHAIN("d slab::Slab<u8>::get<u8> = slab::Slab<T>::get\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;slab::Slab<u8>::get");
	CHECK_CHAIN("k tcp_sendmsg\nc write\nd tokio::net::send = tokio::net::send\n" BODY("shop::f")
		    HARNESS WORKER,
		    "shop::f;[tokio];tcp_sendmsg_[k]");
	CHECK_CHAIN("k page_fault\n" BODY("shop::f") HARNESS WORKER, "shop::f;page_fault_[k]");
	/* glue of core has no owner: its cost is the body's */
	CHECK_CHAIN("d core::pin::Pin<u8>::as_mut<u8> = core::pin::Pin<P>::as_mut\n" BODY("shop::f")
		    HARNESS WORKER,
		    "shop::f");
	/* a combinator's closure is the user's; the combinator between is not */
	CHECK_CHAIN("d shop::burn = shop::burn\nd shop::f::{async_fn#0}::{closure#0} = "
		    "shop::f::{{closure}}::{{closure}}\n"
		    "d futures_util::fns::{impl#0}::call_once<shop::f::{async_fn#0}::{closure_env#0}, u8>"
		    " = <T as futures_util::fns::FnOnce1<A>>::call_once\n"
		    "d futures_util::future::future::map::{impl#1}::poll = "
		    "<futures_util::future::future::map::Map<Fut,F> as core::future::future::Future>::poll\n"
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::f::{closure#0};shop::burn");
	/* a library's coroutine says what is awaited */
	CHECK_CHAIN("d tokio::sync::batch_semaphore::{impl#2}::poll = "
		    "<tokio::sync::batch_semaphore::Acquire as core::future::future::Future>::poll\n"
		    "d tokio::sync::mutex::{impl#3}::lock::{async_fn#0}<u8> = "
		    "tokio::sync::mutex::Mutex<T>::lock::{{closure}}\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;tokio::sync::mutex::Mutex<u8>::lock;[tokio]");
	/* unless it awaits the user's code: then it is a combinator */
	CHECK_CHAIN(BODY("shop::g") "d async_std::future::timeout::timeout::{async_fn#0}<u8> = "
		    "async_std::future::timeout::timeout::{{closure}}\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::g");
	CHECK_CHAIN(BODY("shop::g") "d async_std::future::timeout::timeout::{async_fn#0}<u8> = "
		    "async_std::future::timeout::timeout::{{closure}}\n" HARNESS WORKER,
		    "shop::g");
	/* a future that no table names is shown */
	CHECK_CHAIN(BODY("shop::g") "d sqlx::{impl#1}::poll = "
		    "<sqlx::Query as core::future::future::Future>::poll\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;<sqlx::Query as Future>::poll;shop::g");
}

static void test_framework(void)
{
	static const char service[] =
		"d tower::limit::{impl#2}::poll = <tower::limit::ResponseFuture<F> as "
		"core::future::future::Future>::poll\n"
		"d axum::handler::{impl#1}::call::{async_block#0} = "
		"<F as axum::handler::Handler>::call::{{closure}}\n"
		"d hyper::proto::h1::dispatch::{impl#0}::poll_catch = "
		"hyper::proto::h1::dispatch::Dispatcher<D,Bs,I,T>::poll_catch\n";
	struct text text = { 0 };

	text_printf(&text, "%s%s%s", BODY("shop::index"), service, HARNESS WORKER);
	CHECK_CHAIN(text_str(&text), "shop::index");
	text_clear(&text);
	text_printf(&text, "%s%s", service, HARNESS WORKER);
	CHECK_CHAIN(text_str(&text), "<_ as axum::handler::Handler>::call::{async_block#0};[tower]");
	text_release(&text);
}

static void test_drop(void)
{
	/* what a drop runs is sync code of the body that drops */
	CHECK_CHAIN("d shop::burn = shop::burn\n"
		    "d shop::{impl#3}::drop = <shop::Guard as core::ops::drop::Drop>::drop\n"
		    "d core::ptr::drop_in_place<shop::g::{async_fn_env#0}> = "
		    "core::ptr::drop_in_place<shop::g::{{closure}}>\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;core::ptr::drop_in_place<shop::g>;<shop::Guard as Drop>::drop;shop::burn");
	CHECK_CHAIN("d core::ptr::drop_in_place<u8> = core::ptr::drop_in_place<u8>\n"
		    "d core::ptr::drop_in_place<shop::G> = core::ptr::drop_in_place<shop::G>\n"
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f;core::ptr::drop_in_place<shop::G>");
	/* and the new name of drop glue */
	CHECK_CHAIN("d core::ptr::drop_glue<shop::g::{async_fn_env#0}> = "
		    "v0:core::ptr::drop_glue::<shop::g::{closure#0}>\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;core::ptr::drop_glue<shop::g>");
	/* a body that a drop drives itself is one nonetheless */
	CHECK_SITES(BODY("shop::close") BLOCK_ON
		    "d shop::{impl#3}::drop = <shop::Guard as core::ops::drop::Drop>::drop\n"
		    "d core::ptr::drop_in_place<shop::Guard> = core::ptr::drop_in_place<shop::Guard>\n"
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f (:0);core::ptr::drop_in_place<shop::Guard>;<shop::Guard as Drop>::drop;"
		    "shop::close (:0)");
	CHECK_SITES(BODY("shop::g") "d core::ptr::drop_in_place<u8> = core::ptr::drop_in_place<u8>\n"
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f (:0);core::ptr::drop_in_place<u8>;shop::g");
}

static void test_macros(void)
{
	static const char closure[] =
		"d shop::f::{async_fn#0}::{closure#0} = shop::f::{{closure}}::{{closure}}"
		" @ tokio/src/macros/join.rs:60 of tokio/src/macros/join.rs\n";
	struct text text = { 0 };

	/* join!: its closure goes, between bodies and at the leaf */
	text_printf(&text, "%s%s%s%s%s", BODY("shop::g"), MAYBE_DONE, closure, POLL_FN,
		    BODY("shop::f") HARNESS WORKER);
	CHECK_CHAIN(text_str(&text), "shop::f;shop::g");
	text_clear(&text);
	text_printf(&text, "%s%s%s%s", MAYBE_DONE, closure, POLL_FN,
		    BODY("shop::f") HARNESS WORKER);
	CHECK_CHAIN(text_str(&text), "shop::f;[tokio]");
	text_release(&text);
	/* a closure given to poll_fn by the user is the user's code */
	CHECK_CHAIN("d shop::burn = shop::burn\n"
		    "d shop::f::{async_fn#0}::{closure#0} = shop::f::{{closure}}::{{closure}}\n" POLL_FN
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::f::{closure#0};shop::burn");
	/* ... unless a body is polled through it: a join written by hand is glue, as join! is */
	CHECK_CHAIN(BODY("shop::g")
		    "d shop::f::{async_fn#0}::{closure#0} = shop::f::{{closure}}::{{closure}}\n" POLL_FN
		    BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::g");
}

static void test_instrument(void)
{
	static const char block[] =
		"d shop::f::{async_fn#0}::{async_block#0} = shop::f::{{closure}}::{{closure}}"
		" @ src/main.rs:12\n";
	struct text text = { 0 };

	/* folded into the function, with the site inside the block */
	text_printf(&text, "%s%s%s%s", BODY("shop::g"), block, INSTRUMENTED,
		    "d shop::f::{async_fn#0} = shop::f::{{closure}} @ src/main.rs:10\n" HARNESS WORKER);
	CHECK_SITES(text_str(&text), "shop::f (src/main.rs:12);shop::g (:0)");
	text_clear(&text);
	/* awaited otherwise, as where its span is disabled, it is a block like any other */
	text_printf(&text, "%s%s%s", BODY("shop::g"), block, BODY("shop::f") HARNESS WORKER);
	CHECK_CHAIN(text_str(&text), "shop::f;shop::f::{async_block#0};shop::g");
	text_release(&text);
	CHECK_CHAIN("d shop::g::{async_fn#0}::{async_block#0} = shop::g::{{closure}}::{{closure}}\n"
		    INSTRUMENTED BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::g::{async_block#0}");
	CHECK_CHAIN("d shop::f::{async_fn#0}::{async_block#1} = shop::f::{{closure}}::{{closure}}\n"
		    INSTRUMENTED BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::f::{async_block#1}");
}

static void test_sites(void)
{
	/*
	 * The body's own line, whatever glue stands between; the leaf's is its own. Of compilers with
	 * GenFuture the source would tell the line, if it were there (test_sites.c).
	 */
	CHECK_SITES("d shop::g::{async_fn#0} = shop::g::{{closure}} @ src/main.rs:30\n"
		    GEN_POLL("u8") "+d shop::f::{async_fn#0} = shop::f::{{closure}} @ src/main.rs:20\n"
		    GEN_POLL("u8") HARNESS WORKER,
		    "shop::f (src/main.rs:20~);shop::g (src/main.rs:30)");
	/* a macro's line is marked */
	CHECK_SITES(BODY("shop::g") MAYBE_DONE POLL_FN
		    "d shop::f::{async_fn#0} = shop::f::{{closure}} @ tokio/src/macros/join.rs:150\n"
		    HARNESS WORKER,
		    "shop::f (tokio/src/macros/join.rs:150*);shop::g (:0)");
	/* unless a closure of the macro still knows the user's */
	CHECK_SITES(BODY("shop::g")
		    "d shop::f::{async_fn#0}::{closure#0} = shop::f::{{closure}}::{{closure}}"
		    " @ src/main.rs:21 of tokio/src/macros/select.rs\n" POLL_FN
		    "d shop::f::{async_fn#0} = shop::f::{{closure}} @ tokio/src/macros/select.rs:9\n"
		    HARNESS WORKER,
		    "shop::f (src/main.rs:21);shop::g (:0)");
	/* a block that a macro made stands in the macro's file, what it awaits in the user's */
	CHECK_SITES(BODY("shop::g")
		    "d shop::f::{async_block#0} = shop::f::{{closure}} @ src/main.rs:7"
		    " of async-stream/src/lib.rs\n" HARNESS WORKER,
		    "shop::f::{async_block#0} (src/main.rs:7);shop::g (:0)");
	CHECK_SITES(BODY("other::g")
		    "d shop::f::{async_block#0} = shop::f::{{closure}} @ src/main.rs:7"
		    " of async-stream/src/lib.rs\n" HARNESS WORKER,
		    "shop::f::{async_block#0} (src/main.rs:7*);other::g (:0)");
}

static void check_stack(const char *text, bool task, bool complete, bool unsure, u8 certainty)
{
	struct logical_options options = { 0 };
	struct logical_stack stack;

	free(stacks_map(text, &options, false, &stack));
	CHECK_EQ(stack.is_task, task);
	CHECK_EQ(stack.complete, complete);
	CHECK_EQ(stack.unsure, unsure);
	CHECK_EQ(stack.certainty, certainty);
}

static void test_unsure(void)
{
	/* a function without DWARF is what it is in */
	CHECK_CHAIN("t shop::render\n" BODY("shop::f") HARNESS WORKER, "shop::f;shop::render_[?]");
	CHECK_CHAIN("t shop::f::{{closure}}\n" THREAD, "worker;shop::f::{closure}_[?]");
	/* no body is guessed: a stack of symbols is a plain one */
	CHECK_CHAIN("t shop::g::{{closure}}\nt shop::f::{{closure}}\n"
		    "t tokio::runtime::task::core::Core<T,S>::poll\n" THREAD,
		    "worker;tokio::runtime::task::core::Core::poll_[?];shop::f::{closure}_[?];"
		    "shop::g::{closure}_[?]");
	/* line tables name the inlined functions without their paths: too little */
	CHECK_CHAIN("+l {async_fn#0}\nl shop::f::{{closure}}\n" THREAD,
		    "worker;shop::f::{closure}_[?]");
	check_stack(BODY("shop::f") HARNESS WORKER, true, true, false, CERTAIN_DWARF);
	check_stack("t shop::render\n" BODY("shop::f") HARNESS WORKER, true, true, true,
		    CERTAIN_SYMBOLS);
	check_stack("n lib+0x1\n" BODY("shop::f") HARNESS WORKER, true, true, false,
		    CERTAIN_ADDRESSES);
	check_stack("c memcpy\n" BODY("shop::f") HARNESS WORKER, true, true, false, CERTAIN_DWARF);
	check_stack("d shop::f = shop::f\n" MAIN, false, true, false, CERTAIN_DWARF);
	/* what is not shown and can hide nothing: frames outside of the task, a thread's start */
	check_stack(BODY("shop::f") HARNESS "t tokio::runtime::task::raw::RawTask::poll\n" WORKER,
		    true, true, false, CERTAIN_DWARF);
	check_stack("c poll\nt std::rt::lang_start_internal\nc main\n", false, true, false,
		    CERTAIN_SYMBOLS);
	check_stack("t shop::f\nc main\n", false, true, true, CERTAIN_SYMBOLS);
	/* but in the glue of a task a body may be inlined */
	check_stack(BODY("shop::g") "t futures_util::future::map::Map<Fut,F>::poll\n"
			    BODY("shop::f") HARNESS WORKER,
		    true, true, true, CERTAIN_SYMBOLS);
}

/* One code of two functions: which of them ran is not known, and matters where it is shown. */
static void test_shared(void)
{
	const char *hidden = BODY("shop::g")
		"s core::future::future::{impl#1}::poll<u8> = "
		"<core::pin::Pin<P> as core::future::future::Future>::poll\n" BODY("shop::f") HARNESS WORKER;

	CHECK_CHAIN("+d shop::inner = shop::inner\n"
		    "s shop::fetch::{async_fn#0}<shop::A> = shop::fetch::{{closure}}\n" HARNESS WORKER,
		    "shop::fetch<shop::A>_[?];shop::inner");
	check_stack("s shop::help = shop::help\n" BODY("shop::f") HARNESS WORKER, true, true, true,
		    CERTAIN_DWARF);
	CHECK_CHAIN("s shop::help = shop::help\n" MAIN, "worker;shop::main;shop::help_[?]");
	CHECK_CHAIN(hidden, "shop::f;shop::g");
	check_stack(hidden, true, true, false, CERTAIN_DWARF);
	/* what GenFuture polls is all that tells two of them apart */
	CHECK_CHAIN("+d shop::f::{async_fn#0} = shop::f::{{closure}}\n"
		    "s core::future::from_generator::{impl#1}::poll<shop::f::{async_fn_env#0}> = "
		    "<core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll\n"
		    HARNESS WORKER,
		    "shop::f_[?]");
}

/* LLVM made one call of two: it has line 0, and which body is inlined there is lost. */
static void test_merged(void)
{
	CHECK_CHAIN("d shop::burn = shop::burn @ src/main.rs:3\n"
		    "d shop::f::{async_fn#0} = shop::f::{{closure}} @ src/main.rs:0\n" HARNESS WORKER,
		    "shop::f_[?];shop::burn");
	check_stack("d shop::burn = shop::burn @ src/main.rs:3\n"
		    "d shop::f::{async_fn#0} = shop::f::{{closure}} @ src/main.rs:0\n" HARNESS WORKER,
		    true, true, true, CERTAIN_DWARF);
	/* at the leaf, and in functions that are not bodies, compilers leave lines out for less */
	CHECK_CHAIN("d shop::f::{async_fn#0} = shop::f::{{closure}} @ src/main.rs:0\n" HARNESS WORKER,
		    "shop::f");
	CHECK_CHAIN("d shop::burn = shop::burn @ src/main.rs:3\n"
		    "d shop::help = shop::help @ src/main.rs:0\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f;shop::help;shop::burn");
	/* what is lost in hidden code its awaiter tells; of what polls the task, the root */
	CHECK_CHAIN(BODY("shop::g") "d futures_util::future::future::map::{impl#1}::poll = "
		    "<futures_util::future::future::map::Map<Fut,F> as core::future::future::Future>::poll"
		    " @ src/map.rs:0\n" BODY("shop::f") HARNESS WORKER,
		    "shop::f_[?];shop::g");
#define RUN(task)                                                                             \
	"d async_task::raw::{impl#3}::run<" task ", (), u8> = "                               \
	"async_task::raw::RawTask<F,T,S>::run @ src/raw.rs:0\n" THREAD
	CHECK_CHAIN(BODY("shop::g") RUN("core::pin::Pin<u8>"), "shop::g_[?]");
	/* but not if the task's type says that it is the root, or what is called */
	CHECK_CHAIN(BODY("shop::g") RUN("shop::g::{async_fn_env#0}"), "shop::g");
	CHECK_CHAIN(BODY("shop::g") RUN("async_executor::Wrap<shop::g::{async_fn_env#0}, u8>"),
		    "shop::g");
	CHECK_CHAIN(BODY("shop::g") RUN("shop::f::{async_fn_env#0}"), "shop::g_[?]");
	CHECK_CHAIN(BODY("shop::g") PIN_POLL RUN("core::pin::Pin<u8>"), "shop::g");
	/* what a blocking closure calls, when the closure was merged with its own twin */
	CHECK_CHAIN("+d shop::burn = shop::burn\n"
		    "+d shop::crunch = shop::crunch @ src/main.rs:7\n"
		    RUN("blocking::unblock::{async_block_env#0}<u64, shop::f::{closure_env#0}>"),
		    "shop::crunch_[?];shop::burn");
}

static void test_ends(void)
{
	/* an early end outside of the boundary takes nothing from the task */
	CHECK_CHAIN(BODY("shop::g") BODY("shop::f") HARNESS "e [truncated]\n", "shop::f;shop::g");
	check_stack(BODY("shop::f") HARNESS "e [truncated]\n", true, true, false, CERTAIN_DWARF);
	/* before it, the root is not known */
	CHECK_CHAIN(BODY("shop::g") BODY("shop::f") "e [truncated]\n",
		    "[truncated];shop::f;shop::g");
	check_stack(BODY("shop::f") "e [truncated]\n", false, false, false, CERTAIN_DWARF);
	check_stack("d shop::f = shop::f\ne [truncated]\n", false, false, false, CERTAIN_DWARF);
}

static void test_options(void)
{
	static const char *const hide[] = { "^shop::g$", "burn", NULL };
	static const char *const bad[] = { "a(", NULL };
	static const char text[] = "d shop::burn = shop::burn\n" BODY("shop::g") PIN_POLL
		BODY("other::f") BODY("shop::top") HARNESS THREAD;
	const struct {
		struct logical_options options;
		const char *want;
	} rows[] = {
		{ { .hide = hide }, "shop::top;other::f" },
		{ { .hide = bad }, "--hide 'a(' is no regular expression: Unmatched ( or \\(" },
		{ { .only_crate = "shop" }, "shop::top;shop::g;shop::burn" },
		{ { .only_crate = "sho" }, "" },
		{ { .skip_above = "other::f" }, "other::f;shop::g;shop::burn" },
		{ { .skip_above = "nothing" }, "shop::top;other::f;shop::g;shop::burn" },
		{ { .show_glue = true },
		  "shop::top;other::f;<core::pin::Pin<u8> as Future>::poll;shop::g;shop::burn" },
		{ { .physical = true },
		  "clone3;start_thread;std::sys::unix::thread::Thread::new::thread_start;"
		  "std::sys_common::backtrace::__rust_begin_short_backtrace;"
		  "tokio::runtime::task::raw::poll;tokio::runtime::task::harness::poll_future;"
		  "std::panicking::try<u8>;tokio::runtime::task::core::Core<shop::f, u8>::poll;"
		  "tokio::runtime::task::core::Core<shop::f, u8>::poll::{closure#0};"
		  "shop::top;other::f;<core::pin::Pin<u8> as Future>::poll;shop::g;shop::burn" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *got = stacks_map(text, &rows[i].options, false, NULL);

		CHECK_STR(got, rows[i].want);
		free(got);
	}
}

/* A stack is mapped once; a plain one once for each name that a thread has. */
static void test_memory(bool ahead)
{
	struct stacks s = { 0 };
	struct logical *logical = NULL;
	struct logical_options options = { .ahead = ahead, .without_sites = ahead };
	u32 plain = stacks_add(&s, "d shop::f = shop::f\n");
	u32 task = stacks_add(&s, BODY("shop::g") HARNESS);
	const struct logical_stack *a, *b;

	stacks_ready(&s);
	CHECK(!logical_new(&logical, &s.profile, &s.symbols, &options));
	a = logical_map(logical, plain, 0);
	b = logical_map(logical, plain, 1);
	CHECK(a == logical_map(logical, plain, 0));
	CHECK(b == logical_map(logical, plain, 1));
	CHECK_STR(logical_name(logical, a->steps[0].name), "worker");
	CHECK_STR(logical_name(logical, b->steps[0].name), "main");
	CHECK(logical_map(logical, task, 0) == logical_map(logical, task, 1));
	CHECK_EQ(logical_map(logical, NO_ID, 0)->count, 1);
	CHECK_EQ(logical_map(logical, NO_ID, NO_ID)->count, 1);
	logical_free(logical);
	stacks_release(&s);
}

int main(void)
{
	test_boundaries();
	test_plain();
	test_between_and_below();
	test_framework();
	test_drop();
	test_macros();
	test_instrument();
	test_sites();
	test_unsure();
	test_shared();
	test_merged();
	test_ends();
	test_options();
	test_memory(false);
	test_memory(true);
	return check_done();
}
