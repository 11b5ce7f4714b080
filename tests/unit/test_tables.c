/*
 * Every row of the tables, with the symbol it is there for as the two compilers, manglings and
 * debug information spell it. A row that no symbol here reaches is a failure.
 */
#include "report/async/kind.h"
#include "report/async/tables.h"
#include "tests/unit/stacks.h"

static const struct {
	const char *row; /* the path of the row that must decide, or the crate of the owner */
	enum role role;
	const char *function; /* as in stacks.h */
} rows[] = {
	/* glue */
	{ "core::future", ROLE_GLUE,
	  "d core::future::from_generator::{impl#1}::poll<shop::f::{async_fn_env#0}> = "
	  "<core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll" },
	{ "core::future", ROLE_GLUE,
	  "d core::future::from_generator::{impl#1}::poll<shop::f::{async_fn_env#0}> = v0:"
	  "<core::future::from_generator::GenFuture<shop::f::{closure#0}> as "
	  "core::future::future::Future>::poll" },
	{ "core::future", ROLE_GLUE,
	  "d core::future::future::{impl#0}::poll<shop::Retry> = "
	  "<&mut F as core::future::future::Future>::poll" },
	{ "core::future", ROLE_GLUE,
	  "d core::future::future::{impl#0}::poll<shop::Retry> = "
	  "v0:<&mut shop::Retry as core::future::future::Future>::poll" },
	{ "core::future", ROLE_GLUE, "d core::future::get_context = core::future::get_context" },
	{ "core::future", ROLE_GLUE,
	  "d core::future::into_future::{impl#0}::into_future<shop::f::{async_fn_env#0}> = "
	  "<F as core::future::into_future::IntoFuture>::into_future" },
	{ "core::future", ROLE_GLUE,
	  "t <core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll" },
	{ "core::pin", ROLE_GLUE,
	  "d core::future::future::{impl#1}::poll<&mut shop::Retry> = "
	  "<core::pin::Pin<P> as core::future::future::Future>::poll" },
	{ "core::pin", ROLE_GLUE,
	  "d core::pin::Pin<&mut u8>::map_unchecked_mut<u8, u8, shop::f::{closure_env#0}> = "
	  "core::pin::Pin<&mut T>::map_unchecked_mut" },
	{ "core::task", ROLE_GLUE, "d core::task::wake::{impl#4}::wake_by_ref = "
				   "core::task::wake::Waker::wake_by_ref" },
	{ "core::async_iter", ROLE_GLUE,
	  "d core::async_iter::async_iter::{impl#1}::poll_next<u8> = "
	  "<core::async_iter::FromIter<S> as core::async_iter::async_iter::AsyncIterator>::poll_next" },
	{ "core::stream", ROLE_GLUE,
	  "d core::stream::stream::{impl#0}::poll_next<u8> = "
	  "<core::stream::FromIter<S> as core::stream::stream::Stream>::poll_next" },
	{ "core::panic::unwind_safe", ROLE_GLUE,
	  "d core::panic::unwind_safe::{impl#24}::poll<shop::f::{async_fn_env#0}> = "
	  "<core::panic::unwind_safe::AssertUnwindSafe<F> as core::future::future::Future>::poll" },
	{ "alloc::boxed::Box::poll", ROLE_GLUE,
	  "d alloc::boxed::{impl#52}::poll<shop::Retry, alloc::alloc::Global> = "
	  "<alloc::boxed::Box<F,A> as core::future::future::Future>::poll" },
	{ "alloc::boxed::Box::poll", ROLE_GLUE,
	  "d alloc::boxed::{impl#52}::poll<shop::Retry, alloc::alloc::Global> = "
	  "v0:<alloc::boxed::Box<shop::Retry> as core::future::future::Future>::poll" },
	{ "alloc::boxed::Box::poll_next", ROLE_GLUE,
	  "d alloc::boxed::{impl#53}::poll_next<shop::Ticks, alloc::alloc::Global> = "
	  "<alloc::boxed::Box<S,A> as core::async_iter::async_iter::AsyncIterator>::poll_next" },
	{ "alloc::task", ROLE_GLUE, "d alloc::task::raw_waker::wake<shop::Wake> = "
				    "alloc::task::raw_waker::wake" },
	{ "std::future", ROLE_GLUE, "t std::future::get_context" },
	{ "core::ops::function", ROLE_SHIM,
	  "d core::ops::function::FnOnce::call_once<shop::f::{closure_env#0}, ()> = "
	  "core::ops::function::FnOnce::call_once{{vtable.shim}}" },
	{ "core::ops::function", ROLE_SHIM,
	  "d core::ops::function::impls::{impl#3}::call_mut<u8, shop::F> = "
	  "core::ops::function::impls::<impl core::ops::function::FnMut<A> for &mut F>::call_mut" },
	{ "core::ops::async_function", ROLE_SHIM,
	  "d core::ops::async_function::AsyncFnOnce::async_call_once = "
	  "core::ops::async_function::AsyncFnOnce::async_call_once" },
	{ "alloc::boxed::Box::call_once", ROLE_SHIM,
	  "d alloc::boxed::{impl#46}::call_once<(), dyn core::ops::function::FnOnce<()>> = "
	  "<alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once" },
	{ "alloc::boxed::Box::call_mut", ROLE_SHIM,
	  "d alloc::boxed::{impl#47}::call_mut<(), u8> = "
	  "<alloc::boxed::Box<F,A> as core::ops::function::FnMut<Args>>::call_mut" },
	{ "alloc::boxed::Box::call", ROLE_SHIM,
	  "d alloc::boxed::{impl#48}::call<(), u8> = "
	  "<alloc::boxed::Box<F,A> as core::ops::function::Fn<Args>>::call" },
	{ "core::panic::unwind_safe::AssertUnwindSafe::call_once", ROLE_SHIM,
	  "d core::panic::unwind_safe::{impl#23}::call_once<(), shop::F> = "
	  "<core::panic::unwind_safe::AssertUnwindSafe<F> as "
	  "core::ops::function::FnOnce<()>>::call_once" },
	{ "core::mem::drop", ROLE_SHIM,
	  "d core::mem::drop<shop::Guard> = v0:core::mem::drop::<shop::Guard>" },
	{ "core::ptr::drop_in_place", ROLE_DROP,
	  "d core::ptr::drop_in_place<shop::f::{async_fn_env#0}> = "
	  "core::ptr::drop_in_place<shop::f::{{closure}}>" },
	{ "core::ptr::drop_in_place", ROLE_DROP,
	  "t core::ptr::drop_in_place<core::future::from_generator::GenFuture<shop::f::{{closure}}>>" },
	{ "core::ptr::drop_glue", ROLE_DROP,
	  "d core::ptr::drop_glue<shop::f::{async_fn_env#0}> = "
	  "v0:core::ptr::drop_glue::<shop::f::{closure#0}>" },
	{ "core::future::poll_fn::PollFn", ROLE_POLL_FN,
	  "d core::future::poll_fn::{impl#2}::poll<u8, shop::f::{async_fn#0}::{closure_env#0}> = "
	  "<core::future::poll_fn::PollFn<F> as core::future::future::Future>::poll" },
	{ "tokio::future::poll_fn::PollFn", ROLE_POLL_FN,
	  "d tokio::future::poll_fn::{impl#1}::poll<u8, shop::f::{async_fn#0}::{closure_env#0}> = "
	  "v0:<tokio::future::poll_fn::PollFn<shop::f::{closure#0}::{closure#0}> as "
	  "core::future::future::Future>::poll" },
	{ "futures_util::future::poll_fn::PollFn", ROLE_POLL_FN,
	  "d futures_util::future::poll_fn::{impl#2}::poll<u8, shop::f::{closure_env#0}> = "
	  "<futures_util::future::poll_fn::PollFn<F> as core::future::future::Future>::poll" },
	{ "futures_lite::future::PollFn", ROLE_POLL_FN,
	  "d futures_lite::future::{impl#7}::poll<u8, shop::f::{closure_env#0}> = "
	  "<futures_lite::future::PollFn<F> as core::future::future::Future>::poll" },
	{ "pin_project", ROLE_GLUE, "t pin_project::__private::PinnedDrop::drop" },
	{ "pin_project_lite", ROLE_GLUE,
	  "d pin_project_lite::__private::{impl#2}::drop<u8> = "
	  "<pin_project_lite::__private::UnsafeOverwriteGuard<T> as core::ops::drop::Drop>::drop" },
	{ "pin_utils", ROLE_GLUE, "t pin_utils::something" },
	{ "tracing::instrument::Instrumented", ROLE_INSTRUMENTED,
	  "d tracing::instrument::{impl#1}::poll<shop::f::{async_fn_env#0}> = "
	  "<tracing::instrument::Instrumented<T> as core::future::future::Future>::poll" },
	{ "tracing_futures::Instrumented", ROLE_INSTRUMENTED,
	  "d tracing_futures::{impl#3}::poll<shop::f::{async_fn_env#0}> = "
	  "<tracing_futures::Instrumented<T> as core::future::future::Future>::poll" },

	/* tokio */
	{ "tokio::runtime::task::core::Core::poll", ROLE_SPAWN,
	  "d tokio::runtime::task::core::Core<shop::f::{async_fn_env#0}, u8>::"
	  "poll<shop::f::{async_fn_env#0}, u8> = tokio::runtime::task::core::Core<T,S>::poll" },
	{ "tokio::runtime::task::core::Core::poll", ROLE_SPAWN,
	  "d tokio::runtime::task::core::{impl#6}::poll::{closure#0}<shop::f::{async_fn_env#0}, u8>"
	  " = v0:<tokio::runtime::task::core::Core<shop::f::{closure#0}, u8>>::poll::{closure#0}" },
	{ "tokio::runtime::task::core::Core::poll", ROLE_SPAWN,
	  "t tokio::runtime::task::core::Core<T,S>::poll" },
	{ "tokio::runtime::task::harness::poll_future", ROLE_SPAWN,
	  "d tokio::runtime::task::harness::poll_future::{closure#0}<u8, u8> = "
	  "tokio::runtime::task::harness::poll_future::{{closure}}" },
	{ "tokio::runtime::task::harness::Harness::poll", ROLE_SPAWN,
	  "t tokio::runtime::task::harness::Harness<T,S>::poll" },
	{ "tokio::runtime::task::harness::Harness::poll_inner", ROLE_SPAWN,
	  "t x = v0:<tokio::runtime::task::harness::Harness<u8, u8>>::poll_inner" },
	{ "tokio::runtime::task::raw::poll", ROLE_SPAWN,
	  "d tokio::runtime::task::raw::poll<u8, u8> = tokio::runtime::task::raw::poll" },
	{ "tokio::runtime::task::raw::RawTask::poll", ROLE_SPAWN,
	  "d tokio::runtime::task::raw::RawTask::poll = tokio::runtime::task::raw::RawTask::poll" },
	{ "tokio::runtime::task::LocalNotified::run", ROLE_SPAWN,
	  "d tokio::runtime::task::LocalNotified<u8>::run<u8> = "
	  "tokio::runtime::task::LocalNotified<S>::run" },
	{ "tokio::runtime::task::UnownedTask::run", ROLE_SPAWN,
	  "d tokio::runtime::task::UnownedTask::run<u8> = tokio::runtime::task::UnownedTask<S>::run" },
	{ "tokio::runtime::blocking::task::BlockingTask::poll", ROLE_BLOCKING,
	  "d tokio::runtime::blocking::task::{impl#2}::poll<shop::f::{closure_env#0}, u8> = "
	  "<tokio::runtime::blocking::task::BlockingTask<T> as core::future::future::Future>::poll" },
	{ "tokio::runtime::runtime::Runtime::block_on", ROLE_BLOCK_ON,
	  "d tokio::runtime::runtime::Runtime::block_on<shop::f::{async_fn_env#0}> = "
	  "tokio::runtime::runtime::Runtime::block_on" },
	{ "tokio::runtime::runtime::Runtime::block_on_inner", ROLE_BLOCK_ON,
	  "t tokio::runtime::runtime::Runtime::block_on_inner" },
	{ "tokio::runtime::handle::Handle::block_on", ROLE_BLOCK_ON,
	  "d tokio::runtime::handle::{impl#1}::block_on::{closure#0}<u8> = "
	  "tokio::runtime::handle::Handle::block_on::{{closure}}" },
	{ "tokio::runtime::handle::Handle::block_on_inner", ROLE_BLOCK_ON,
	  "t tokio::runtime::handle::Handle::block_on_inner" },
	{ "tokio::runtime::park::CachedParkThread::block_on", ROLE_BLOCK_ON,
	  "d tokio::runtime::park::{impl#4}::block_on::{closure#0}<u8> = "
	  "tokio::runtime::park::CachedParkThread::block_on::{{closure}}" },
	{ "tokio::runtime::context::BlockingRegionGuard::block_on", ROLE_BLOCK_ON,
	  "t tokio::runtime::context::BlockingRegionGuard::block_on" },
	{ "tokio::runtime::context::blocking::BlockingRegionGuard::block_on", ROLE_BLOCK_ON,
	  "t tokio::runtime::context::blocking::BlockingRegionGuard::block_on" },
	{ "tokio::runtime::scheduler::current_thread::CoreGuard::block_on", ROLE_BLOCK_ON,
	  "d tokio::runtime::scheduler::current_thread::{impl#9}::block_on::{closure#0}::"
	  "{closure#0}<u8> = tokio::runtime::scheduler::current_thread::CoreGuard::block_on::"
	  "{{closure}}::{{closure}}" },
	{ "tokio::runtime::scheduler::current_thread::CurrentThread::block_on", ROLE_BLOCK_ON,
	  "t tokio::runtime::scheduler::current_thread::CurrentThread::block_on" },
	{ "tokio::runtime::scheduler::multi_thread::MultiThread::block_on", ROLE_BLOCK_ON,
	  "t tokio::runtime::scheduler::multi_thread::MultiThread::block_on" },
	{ "tokio::task::local::LocalSet::block_on", ROLE_BLOCK_ON,
	  "t tokio::task::local::LocalSet::block_on" },
	{ "tokio::runtime", ROLE_RUNTIME,
	  "d tokio::runtime::scheduler::multi_thread::worker::Context::run_task = "
	  "tokio::runtime::scheduler::multi_thread::worker::Context::run_task" },
	{ "tokio::runtime", ROLE_RUNTIME,
	  "d tokio::runtime::context::scoped::Scoped<u8>::set<u8, u8> = "
	  "tokio::runtime::context::scoped::Scoped<T>::set" },
	{ "tokio::loom", ROLE_RUNTIME,
	  "d tokio::loom::std::unsafe_cell::UnsafeCell<u8>::with_mut<u8> = "
	  "tokio::loom::std::unsafe_cell::UnsafeCell<T>::with_mut" },
	{ "tokio::macros::scoped_tls", ROLE_RUNTIME,
	  "t tokio::macros::scoped_tls::ScopedKey<T>::set" },
	{ "tokio::task::local", ROLE_RUNTIME,
	  "d tokio::task::local::{impl#3}::run_until::{async_fn#0}<u8> = "
	  "tokio::task::local::LocalSet::run_until::{{closure}}" },
	{ "tokio::task::local", ROLE_RUNTIME, "t tokio::task::local::LocalSet::tick" },
	{ "tokio::task::coop", ROLE_RUNTIME,
	  "d tokio::task::coop::{impl#5}::poll<u8> = "
	  "<tokio::task::coop::Coop<F> as core::future::future::Future>::poll" },
	{ "tokio::task::unconstrained", ROLE_RUNTIME,
	  "d tokio::task::unconstrained::{impl#0}::poll<u8> = "
	  "<tokio::task::unconstrained::Unconstrained<F> as core::future::future::Future>::poll" },
	{ "tokio::task::spawn", ROLE_RUNTIME,
	  "d tokio::task::spawn::spawn_inner<u8> = tokio::task::spawn::spawn_inner" },
	{ "tokio::util", ROLE_RUNTIME, "t tokio::util::wake::wake_by_ref_arc_raw" },
	{ "tokio::coop", ROLE_RUNTIME, "t tokio::coop::budget" },
	{ "tokio::park", ROLE_RUNTIME, "t tokio::park::thread::CachedParkThread::block_on" },

	/* async-task, async-std, smol */
	{ "async_task::raw::RawTask::run", ROLE_SPAWN,
	  "d async_task::raw::RawTask<u8, u8, u8>::run<u8, u8, u8> = "
	  "async_task::raw::RawTask<F,T,S>::run" },
	{ "async_task::raw::RawTask::run", ROLE_SPAWN, "t async_task::raw::RawTask<F,T,S,M>::run" },
	{ "async_task::runnable::Runnable::run", ROLE_SPAWN, "t async_task::runnable::Runnable::run" },
	{ "blocking::unblock", ROLE_BLOCKING,
	  "d blocking::unblock::{async_block#0}<u8, shop::f::{closure_env#0}> = "
	  "blocking::unblock::{{closure}}" },
	{ "async_std::task::builder::Builder::blocking", ROLE_BLOCK_ON,
	  "t async_std::task::builder::Builder::blocking::{{closure}}" },
	{ "async_std::task::block_on", ROLE_BLOCK_ON, "t async_std::task::block_on::block_on" },
	{ "async_std::task::builder", ROLE_RUNTIME,
	  "d async_std::task::builder::{impl#2}::poll<u8> = "
	  "<async_std::task::builder::SupportTaskLocals<F> as core::future::future::Future>::poll" },
	{ "async_std::task::task_locals_wrapper", ROLE_RUNTIME,
	  "t async_std::task::task_locals_wrapper::TaskLocalsWrapper::set_current" },
	{ "async_std::rt", ROLE_RUNTIME, "t async_std::rt::RUNTIME::{{closure}}" },
	{ "async_global_executor::executor::block_on", ROLE_BLOCK_ON,
	  "t async_global_executor::executor::block_on::{{closure}}" },
	{ "async_global_executor::reactor::block_on", ROLE_BLOCK_ON,
	  "t async_global_executor::reactor::block_on" },
	{ "async_io::driver::block_on", ROLE_BLOCK_ON, "t async_io::driver::block_on" },
	{ "futures_lite::future::block_on", ROLE_BLOCK_ON,
	  "d futures_lite::future::block_on::{closure#0}<u8> = "
	  "futures_lite::future::block_on::{{closure}}" },
	{ "pollster::block_on", ROLE_BLOCK_ON, "t pollster::block_on" },
	{ "smol::spawn", ROLE_RUNTIME,
	  "d smol::spawn::spawn::global::{closure#0}::{closure#0}::{async_block#0} = "
	  "smol::spawn::spawn::global::{{closure}}::{{closure}}::{{closure}}" },

	/* futures */
	{ "futures_executor::local_pool::LocalPool::poll_pool", ROLE_SPAWN,
	  "t futures_executor::local_pool::LocalPool::poll_pool" },
	{ "futures_executor::local_pool::LocalPool::poll_pool_once", ROLE_SPAWN,
	  "t futures_executor::local_pool::LocalPool::poll_pool_once" },
	{ "futures_executor::thread_pool::Task::run", ROLE_SPAWN,
	  "t futures_executor::thread_pool::Task::run" },
	{ "futures_executor::local_pool::block_on", ROLE_BLOCK_ON,
	  "t futures_executor::local_pool::block_on::{{closure}}" },
	{ "futures_executor::local_pool::run_executor", ROLE_BLOCK_ON,
	  "t futures_executor::local_pool::run_executor" },
	{ "futures_executor::local_pool::LocalPool::run_until", ROLE_BLOCK_ON,
	  "t futures_executor::local_pool::LocalPool::run_until::{{closure}}" },
	{ "embassy_executor::raw::TaskStorage::poll", ROLE_SPAWN,
	  "t embassy_executor::raw::TaskStorage<F>::poll" },

	/* owners */
	{ "tokio", ROLE_GLUE,
	  "d tokio::time::timeout::{impl#1}::poll<u8> = "
	  "<tokio::time::timeout::Timeout<T> as core::future::future::Future>::poll" },
	{ "tokio", ROLE_GLUE,
	  "d tokio::time::timeout::{impl#1}::poll<shop::Retry> = "
	  "v0:<tokio::time::timeout::Timeout<shop::Retry> as core::future::future::Future>::poll" },
	{ "tokio", ROLE_BODY,
	  "d tokio::sync::mutex::{impl#8}::lock::{async_fn#0}<u8> = "
	  "tokio::sync::mutex::Mutex<T>::lock::{{closure}}" },
	{ "tokio_util", ROLE_GLUE, "t tokio_util::codec::framed_impl::FramedImpl<T,U,W>::poll_flush" },
	{ "tokio_stream", ROLE_GLUE,
	  "t <tokio_stream::stream_ext::next::Next<St> as core::future::future::Future>::poll" },
	{ "mio", ROLE_GLUE, "t mio::poll::Poll::poll" },
	{ "futures", ROLE_GLUE, "t futures::future::join" },
	{ "futures_core", ROLE_GLUE,
	  "d futures_core::stream::{impl#1}::poll_next<&mut u8> = "
	  "futures_core::stream::Stream::size_hint" },
	{ "futures_util", ROLE_GLUE,
	  "d futures_util::future::join_all::{impl#2}::poll<u8> = "
	  "<futures_util::future::join_all::JoinAll<F> as core::future::future::Future>::poll" },
	{ "futures_util", ROLE_GLUE,
	  "d futures_util::future::future::FutureExt::poll_unpin<u8> = "
	  "futures_util::future::future::FutureExt::poll_unpin" },
	{ "futures_util", ROLE_GLUE,
	  "d futures_util::stream::futures_unordered::{impl#9}::poll_next::{impl#0}::drop<shop::f> = "
	  "<<futures_util::stream::futures_unordered::FuturesUnordered<Fut> as "
	  "futures_core::stream::Stream>::poll_next::Bomb<Fut> as core::ops::drop::Drop>::drop" },
	{ "futures_channel", ROLE_GLUE, "t futures_channel::mpsc::Receiver<T>::next_message" },
	{ "futures_task", ROLE_GLUE,
	  "t <futures_task::future_obj::LocalFutureObj<T> as core::future::future::Future>::poll" },
	{ "futures_io", ROLE_GLUE, "t <T as futures_io::if_std::AsyncRead>::poll_read" },
	{ "futures_sink", ROLE_GLUE, "t <T as futures_sink::Sink<I>>::poll_ready" },
	{ "futures_executor", ROLE_RUNTIME, "t futures_executor::thread_pool::PoolState::work" },
	{ "async_std", ROLE_GLUE,
	  "t <async_std::future::timeout::TimeoutFuture<F> as core::future::future::Future>::poll" },
	{ "async_global_executor", ROLE_RUNTIME,
	  "t async_global_executor::threading::thread_main_loop::{{closure}}" },
	{ "smol", ROLE_GLUE, "t smol::lib::something" },
	{ "futures_lite", ROLE_GLUE,
	  "t <futures_lite::future::Or<F1,F2> as core::future::future::Future>::poll" },
	{ "async_channel", ROLE_GLUE,
	  "t <async_channel::Recv<T> as core::future::future::Future>::poll" },
	{ "async_fs", ROLE_GLUE, "t async_fs::File::poll_read" },
	{ "async_io", ROLE_GLUE, "t <async_io::Timer as core::future::future::Future>::poll" },
	{ "async_lock", ROLE_BODY,
	  "d async_lock::mutex::{impl#2}::lock::{async_fn#0}<u8> = "
	  "async_lock::mutex::Mutex<T>::lock::{{closure}}" },
	{ "async_net", ROLE_GLUE, "t async_net::tcp::TcpStream::poll_write" },
	{ "async_process", ROLE_GLUE, "t async_process::Child::status" },
	{ "event_listener", ROLE_GLUE,
	  "t <event_listener::EventListener as core::future::future::Future>::poll" },
	{ "polling", ROLE_GLUE, "t polling::Poller::wait" },
	{ "async_executor", ROLE_RUNTIME,
	  "d async_executor::{impl#3}::run::{async_fn#0}<u8> = "
	  "async_executor::Executor::run::{{closure}}" },
	{ "async_task", ROLE_RUNTIME, "t async_task::task::Task<T>::poll_task" },
	{ "blocking", ROLE_RUNTIME, "t blocking::Executor::main_loop" },
	{ "actix", ROLE_FRAMEWORK, "t actix::context_impl::ContextFut<C,A>::poll" },
	/* a trait's implementation for a type of std belongs to who has the trait */
	{ "actix", ROLE_FRAMEWORK,
	  "d actix::handler::{impl#14}::handle::{async_block#0}<shop::Worker, shop::Job> = "
	  "<core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future>> as "
	  "actix::handler::MessageResponse<A,M>>::handle::{{closure}}" },
	{ "actix", ROLE_FRAMEWORK,
	  "t <core::pin::Pin<alloc::boxed::Box<dyn core::future::future::Future>> as "
	  "actix::handler::MessageResponse<A,M>>::handle::{{closure}}" },
	{ "actix_http", ROLE_FRAMEWORK, "t actix_http::h1::dispatcher::InnerDispatcher::poll_request" },
	{ "actix_server", ROLE_FRAMEWORK, "t actix_server::worker::ServerWorker::poll" },
	{ "actix_service", ROLE_FRAMEWORK,
	  "t <actix_service::map::Map<A,F> as core::future::future::Future>::poll" },
	{ "actix_web", ROLE_FRAMEWORK,
	  "d actix_web::handler::handler_service::{closure#0}::{async_block#0}<shop::F, u8> = "
	  "actix_web::handler::handler_service::{{closure}}::{{closure}}" },
	{ "actix_rt", ROLE_RUNTIME, "t actix_rt::system::SystemRunner::run" },
	{ "hyper", ROLE_FRAMEWORK,
	  "t hyper::proto::h1::dispatch::Dispatcher<D,Bs,I,T>::poll_catch" },
	{ "hyper_util", ROLE_FRAMEWORK, "t hyper_util::rt::tokio::TokioIo<T>::poll_read" },
	{ "h2", ROLE_FRAMEWORK, "t h2::proto::connection::Connection<T,P,B>::poll" },
	{ "http_body", ROLE_FRAMEWORK, "t http_body::Body::poll_frame" },
	{ "http_body_util", ROLE_FRAMEWORK,
	  "t <http_body_util::Full<D> as http_body::Body>::poll_frame" },
	{ "tower", ROLE_FRAMEWORK,
	  "t <tower::util::oneshot::Oneshot<S,R> as core::future::future::Future>::poll" },
	{ "tower_http", ROLE_FRAMEWORK,
	  "t <tower_http::trace::future::ResponseFuture<F> as core::future::future::Future>::poll" },
	{ "tower_layer", ROLE_FRAMEWORK, "t tower_layer::layer_fn::LayerFn<F>::layer" },
	{ "tower_service", ROLE_FRAMEWORK, "t <&mut S as tower_service::Service<R>>::call" },
	{ "axum", ROLE_FRAMEWORK, "t <axum::routing::Router as tower_service::Service<R>>::call" },
	{ "axum_core", ROLE_FRAMEWORK, "t axum_core::response::IntoResponse::into_response" },
	{ "tracing", ROLE_GLUE, "t tracing::span::Span::enter" },
	{ "tracing_core", ROLE_GLUE, "t tracing_core::dispatcher::Dispatch::enter" },
	{ "tracing_futures", ROLE_GLUE, "t tracing_futures::something" },
	{ "tracing_subscriber", ROLE_GLUE, "t tracing_subscriber::registry::Registry::new_span" },
	{ "async_stream", ROLE_GLUE,
	  "d async_stream::async_stream::{impl#2}::poll_next<u8, shop::f::{async_block_env#0}> = "
	  "<async_stream::async_stream::AsyncStream<T,U> as futures_core::stream::Stream>::poll_next" },
	{ "ahash", ROLE_STD, "t ahash::function" },
	{ "arrayvec", ROLE_STD, "t arrayvec::function" },
	{ "atomic_waker", ROLE_STD, "t atomic_waker::function" },
	{ "bitflags", ROLE_STD, "t bitflags::function" },
	{ "bytes", ROLE_STD, "t bytes::bytes::promotable_even_clone" },
	{ "concurrent_queue", ROLE_STD, "t concurrent_queue::bounded::Bounded<T>::push" },
	{ "crossbeam_utils", ROLE_STD, "t crossbeam_utils::function" },
	{ "fastrand", ROLE_STD, "t fastrand::function" },
	{ "fnv", ROLE_STD, "t fnv::function" },
	{ "getrandom", ROLE_STD, "t getrandom::function" },
	{ "hashbrown", ROLE_STD, "t hashbrown::raw::RawTable<T,A>::reserve_rehash" },
	{ "http", ROLE_STD, "t http::header::map::HeaderMap<T>::insert" },
	{ "httparse", ROLE_STD, "t httparse::Request::parse" },
	{ "httpdate", ROLE_STD, "t httpdate::function" },
	{ "indexmap", ROLE_STD, "t indexmap::function" },
	{ "lazy_static", ROLE_STD, "t lazy_static::function" },
	{ "libc", ROLE_STD, "t libc::function" },
	{ "lock_api", ROLE_STD, "t lock_api::function" },
	{ "log", ROLE_STD, "t log::function" },
	{ "memchr", ROLE_STD, "t memchr::function" },
	{ "once_cell", ROLE_STD, "t once_cell::function" },
	{ "parking", ROLE_STD, "t parking::function" },
	{ "parking_lot", ROLE_STD, "t parking_lot::raw_mutex::RawMutex::lock_slow" },
	{ "parking_lot_core", ROLE_STD, "t parking_lot_core::function" },
	{ "rustix", ROLE_STD, "t rustix::function" },
	{ "scopeguard", ROLE_STD, "t scopeguard::function" },
	{ "slab", ROLE_STD, "t slab::Slab<T>::insert_at" },
	{ "smallvec", ROLE_STD, "t smallvec::function" },
	{ "socket2", ROLE_STD, "t socket2::function" },
	{ "try_lock", ROLE_STD, "t try_lock::function" },
	{ "waker_fn", ROLE_STD, "t waker_fn::function" },
	{ "want", ROLE_STD, "t want::function" },
	{ "__rustc", ROLE_STD, "t __rustc::__rust_dealloc" },
	{ "base64", ROLE_STD, "t base64::function" },
	{ "either", ROLE_STD, "t either::function" },
	{ "form_urlencoded", ROLE_STD, "t form_urlencoded::function" },
	{ "idna", ROLE_STD, "t idna::function" },
	{ "itoa", ROLE_STD, "t itoa::function" },
	{ "matchit", ROLE_STD, "t matchit::function" },
	{ "mime", ROLE_STD, "t mime::function" },
	{ "percent_encoding", ROLE_STD, "t percent_encoding::function" },
	{ "rand", ROLE_STD, "t rand::function" },
	{ "rand_chacha", ROLE_STD, "t rand_chacha::function" },
	{ "rand_core", ROLE_STD, "t rand_core::function" },
	{ "ryu", ROLE_STD, "t ryu::function" },
	{ "sharded_slab", ROLE_STD, "t sharded_slab::function" },
	{ "sync_wrapper", ROLE_STD, "t sync_wrapper::function" },
	{ "thread_local", ROLE_STD, "t thread_local::function" },
	{ "tinyvec", ROLE_STD, "t tinyvec::function" },
	{ "unicode_normalization", ROLE_STD, "t unicode_normalization::function" },
	{ "url", ROLE_STD, "t url::function" },
	{ "actix_codec", ROLE_FRAMEWORK, "t actix_codec::function" },
	{ "actix_router", ROLE_FRAMEWORK, "t actix_router::function" },
	{ "actix_utils", ROLE_FRAMEWORK, "t actix_utils::function" },
	{ "local_channel", ROLE_FRAMEWORK, "t local_channel::function" },
	{ "local_waker", ROLE_FRAMEWORK, "t local_waker::function" },
	{ "pollster", ROLE_RUNTIME, "t pollster::Signal::wait" },
	{ "embassy_executor", ROLE_RUNTIME, "t embassy_executor::raw::SyncExecutor::poll" },

	/* nobody's */
	{ NULL, ROLE_USER, "d shop::f = shop::f" },
	{ NULL, ROLE_USER, "t tokios::runtime::task::raw::poll" },
	{ NULL, ROLE_USER, "d tokio_tasks::f = tokio_tasks::f" },
	{ NULL, ROLE_STD, "d alloc::vec::Vec<u8>::push = alloc::vec::Vec<T,A>::push" },
	{ NULL, ROLE_STD, "d core::slice::{impl#0}::iter<u8> = core::slice::<impl [T]>::iter" },
	{ NULL, ROLE_STD, "t std::io::stdio::print_to" },
	{ NULL, ROLE_FOREIGN, "c memcpy" },
	{ NULL, ROLE_KERNEL, "k schedule" },
	{ NULL, ROLE_END, "e [truncated]" },
	{ NULL, ROLE_FOREIGN, "n lib+0x10" },
	{ NULL, ROLE_BODY, "d shop::f::{async_fn#0} = shop::f::{{closure}}" },
	{ NULL, ROLE_BODY, "d shop::f::{async_block#2}<u8> = shop::f::{{closure}}" },
	{ NULL, ROLE_BODY, "d shop::f::{closure#0}::{async_closure#0} = shop::f::{{closure}}" },
	{ NULL, ROLE_BODY, "d shop::f::{generator#0} = shop::f::{{closure}}" },
	{ NULL, ROLE_USER,
	  "d shop::f::{closure#0}<shop::g::{async_fn_env#0}> = shop::f::{{closure}}" },
	{ NULL, ROLE_USER, "t shop::f::{{closure}}" },
	{ NULL, ROLE_USER, "t <alloc::vec::Vec<T> as shop::Svc>::call" },
	{ NULL, ROLE_USER, "d shop::{impl#3}::call<u8> = <alloc::vec::Vec<T> as shop::Svc>::call" },
	{ NULL, ROLE_FUTURE,
	  "d shop::{impl#0}::poll = <shop::Retry as core::future::future::Future>::poll" },
	{ NULL, ROLE_FUTURE,
	  "d shop::{impl#0}::poll_next = <shop::Ticks as futures_core::stream::Stream>::poll_next" },
	{ NULL, ROLE_USER,
	  "d shop::{impl#0}::poll::{closure#0} = "
	  "<shop::Retry as core::future::future::Future>::poll::{{closure}}" },
	{ NULL, ROLE_FUTURE, "t <shop::Retry as core::future::future::Future>::poll" },
};

static const char *const starts[] = {
	"_start", "__libc_start_main", "__libc_start_main_impl", "__libc_start_main_alias_1",
	"__libc_start_main_alias_2", "__libc_start_call_main", "generic_start_main",
	"start_thread", "clone", "clone3", "__clone", "__clone3", "__clone_internal",
	"std::rt::lang_start", "std::rt::lang_start_internal",
	"std::sys::unix::thread::Thread::new::thread_start",
	"std::sys::pal::unix::thread::Thread::new::thread_start",
	"std::sys::thread::unix::Thread::new::thread_start",
	"std::thread::Builder::spawn_unchecked_::{closure}",
	"std::thread::lifecycle::spawn_unchecked::{closure}", "std::thread::spawn",
	"std::sys_common::backtrace::__rust_begin_short_backtrace",
	"std::sys::backtrace::__rust_begin_short_backtrace", "std::panic::catch_unwind",
	"std::panicking::try::do_call", "std::panicking::catch_unwind::do_call", "__rust_try",
	"core::panic::unwind_safe::AssertUnwindSafe::call_once",
	"core::ops::function::FnOnce::call_once", "alloc::boxed::Box::call_once",
};

static bool seen(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].row && strcmp(rows[i].row, path) == 0)
			return true;
	return false;
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct stacks s = { 0 };
		struct kinds kinds;
		const struct kind *kind;
		const struct pattern *pattern;
		const struct owner *owner;

		stacks_add(&s, rows[i].function);
		stacks_ready(&s);
		kinds_init(&kinds, &s.symbols, NULL);
		kind = kind_of(&kinds, 0);
		check_that_(kind->role == rows[i].role, __FILE__, __LINE__, "%s: role %d, want %d",
			    rows[i].function, kind->role, rows[i].role);
		pattern = pattern_find(kind->key);
		owner = owner_find(kind->key);
		CHECK_STR(pattern ? pattern->path : owner ? owner->crate : NULL, rows[i].row);
		kinds_release(&kinds);
		stacks_release(&s);
	}
}

static void test_none_forgotten(void)
{
	for (size_t i = 0; i < glue_pattern_count; i++)
		check_that_(seen(glue_patterns[i].path), __FILE__, __LINE__, "no test for %s",
			    glue_patterns[i].path);
	for (size_t i = 0; i < runtime_pattern_count; i++)
		check_that_(seen(runtime_patterns[i].path), __FILE__, __LINE__, "no test for %s",
			    runtime_patterns[i].path);
	for (size_t i = 0; i < owner_count; i++)
		check_that_(seen(owners[i].crate), __FILE__, __LINE__, "no test for %s",
			    owners[i].crate);
}

static void test_starts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		check_that_(is_thread_start(starts[i]), __FILE__, __LINE__, "%s", starts[i]);
	for (size_t i = 0; i < start_pattern_count; i++) {
		const char *row = start_patterns[i] + (start_patterns[i][0] == '=');
		bool found = false;

		for (size_t k = 0; k < ARRAY_LEN(starts); k++)
			found |= pattern_covers(row, starts[k]);
		check_that_(found, __FILE__, __LINE__, "no test for %s", row);
	}
	CHECK(!is_thread_start("main"));
	CHECK(!is_thread_start("clone4"));
	CHECK(!is_thread_start("std::thread::local::LocalKey::with"));
	CHECK(!is_thread_start("shop::start_thread"));
}

static void test_covers(void)
{
	CHECK(pattern_covers("tokio", "tokio"));
	CHECK(pattern_covers("tokio", "tokio::sync"));
	CHECK(!pattern_covers("tokio", "tokio_util::sync"));
	CHECK(!pattern_covers("tokio::sync", "tokio"));
	CHECK_STR(pattern_find("tokio::runtime::task::core::Core::poll::{closure}")->path,
		  "tokio::runtime::task::core::Core::poll");
	CHECK(!pattern_find("shop::f"));
	CHECK(!owner_find("shop::f"));
}

int main(void)
{
	test_rows();
	test_none_forgotten();
	test_starts();
	test_covers();
	return check_done();
}
