/*
 * Runtimes: where a task begins, and which code only drives tasks.
 *
 * A spawn boundary ends a logical stack at the first body outside of which it stands. Of several
 * functions that are always on the stack together each has a row, since any may be inlined away
 * in a build without debug information. Stack shapes were taken from running programs (tokio 1.24
 * to 1.53, async-task 4, futures 0.3, actix-rt 2) unless a row says otherwise.
 */
#include "report/async/tables.h"

const struct pattern runtime_patterns[] = {
	/* tokio: a task, spawned on any of its schedulers, a LocalSet or a JoinSet. */
	{ "tokio::runtime::task::core::Core::poll", ROLE_SPAWN },
	{ "tokio::runtime::task::harness::poll_future", ROLE_SPAWN },
	{ "tokio::runtime::task::harness::Harness::poll", ROLE_SPAWN },
	{ "tokio::runtime::task::harness::Harness::poll_inner", ROLE_SPAWN },
	{ "tokio::runtime::task::raw::poll", ROLE_SPAWN },
	{ "tokio::runtime::task::raw::RawTask::poll", ROLE_SPAWN },
	{ "tokio::runtime::task::LocalNotified::run", ROLE_SPAWN },
	{ "tokio::runtime::task::UnownedTask::run", ROLE_SPAWN },
	/* ... a closure of spawn_blocking; a worker thread is one as well. */
	{ "tokio::runtime::blocking::task::BlockingTask::poll", ROLE_BLOCKING },
	/* ... a future that is driven from sync code. */
	{ "tokio::runtime::runtime::Runtime::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::runtime::Runtime::block_on_inner", ROLE_BLOCK_ON },
	{ "tokio::runtime::handle::Handle::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::handle::Handle::block_on_inner", ROLE_BLOCK_ON },
	{ "tokio::runtime::park::CachedParkThread::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::context::BlockingRegionGuard::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::context::blocking::BlockingRegionGuard::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::scheduler::current_thread::CoreGuard::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::scheduler::current_thread::CurrentThread::block_on", ROLE_BLOCK_ON },
	{ "tokio::runtime::scheduler::multi_thread::MultiThread::block_on", ROLE_BLOCK_ON },
	{ "tokio::task::local::LocalSet::block_on", ROLE_BLOCK_ON },
	/* ... what else only drives tasks. */
	{ "tokio::runtime", ROLE_RUNTIME },
	{ "tokio::loom", ROLE_RUNTIME },
	{ "tokio::macros::scoped_tls", ROLE_RUNTIME },
	{ "tokio::task::local", ROLE_RUNTIME },
	{ "tokio::task::coop", ROLE_RUNTIME },
	{ "tokio::task::unconstrained", ROLE_RUNTIME },
	{ "tokio::task::spawn", ROLE_RUNTIME },
	{ "tokio::util", ROLE_RUNTIME },
	{ "tokio::coop", ROLE_RUNTIME },
	{ "tokio::park", ROLE_RUNTIME },

	/* async-task: smol, async-executor, async-std. */
	{ "async_task::raw::RawTask::run", ROLE_SPAWN },
	{ "async_task::runnable::Runnable::run", ROLE_SPAWN },
	/* ... smol::unblock and async-std's spawn_blocking: a task that calls the closure. */
	{ "blocking::unblock", ROLE_BLOCKING },
	{ "async_std::task::builder::Builder::blocking", ROLE_BLOCK_ON },
	{ "async_std::task::block_on", ROLE_BLOCK_ON },
	{ "async_std::task::builder", ROLE_RUNTIME },
	{ "async_std::task::task_locals_wrapper", ROLE_RUNTIME },
	{ "async_std::rt", ROLE_RUNTIME },
	{ "async_global_executor::executor::block_on", ROLE_BLOCK_ON },
	{ "async_global_executor::reactor::block_on", ROLE_BLOCK_ON },
	{ "async_io::driver::block_on", ROLE_BLOCK_ON },
	{ "futures_lite::future::block_on", ROLE_BLOCK_ON },
	{ "pollster::block_on", ROLE_BLOCK_ON }, /* by its documentation */
	{ "smol::spawn", ROLE_RUNTIME },

	/* futures: LocalPool and ThreadPool. */
	{ "futures_executor::local_pool::LocalPool::poll_pool", ROLE_SPAWN },
	{ "futures_executor::local_pool::LocalPool::poll_pool_once", ROLE_SPAWN },
	{ "futures_executor::thread_pool::Task::run", ROLE_SPAWN },
	{ "futures_executor::local_pool::block_on", ROLE_BLOCK_ON },
	{ "futures_executor::local_pool::run_executor", ROLE_BLOCK_ON },
	{ "futures_executor::local_pool::LocalPool::run_until", ROLE_BLOCK_ON },

	/* embassy: by its source, not seen running. */
	{ "embassy_executor::raw::TaskStorage::poll", ROLE_SPAWN },
};

const size_t runtime_pattern_count = ARRAY_LEN(runtime_patterns);
