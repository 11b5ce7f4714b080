/*
 * Glue: functions that stand between two async bodies, or below the last, and are not the user's.
 *
 * Whole crates are rows of owners.c. Here is what a crate's row cannot say: the glue of core and
 * alloc, and the rows that mean something of their own.
 */
#include "report/async/tables.h"

const struct pattern glue_patterns[] = {
	/* Future and Pin: GenFuture (rustc < 1.67), poll_fn, ready, IntoFuture, get_context. */
	{ "core::future", ROLE_GLUE },
	{ "core::pin", ROLE_GLUE },
	{ "core::task", ROLE_GLUE },
	{ "core::async_iter", ROLE_GLUE },
	{ "core::stream", ROLE_GLUE },
	{ "core::panic::unwind_safe", ROLE_GLUE },
	{ "alloc::boxed::Box::poll", ROLE_GLUE },
	{ "alloc::boxed::Box::poll_next", ROLE_GLUE },
	{ "alloc::task", ROLE_GLUE },
	{ "std::future", ROLE_GLUE },

	/* Calls of closures: in a debug build a frame each, in the source none. */
	{ "core::ops::function", ROLE_SHIM },
	{ "core::ops::async_function", ROLE_SHIM },
	{ "alloc::boxed::Box::call_once", ROLE_SHIM },
	{ "alloc::boxed::Box::call_mut", ROLE_SHIM },
	{ "alloc::boxed::Box::call", ROLE_SHIM },
	{ "core::panic::unwind_safe::AssertUnwindSafe::call_once", ROLE_SHIM },

	/* A call by name of what a closing brace does. */
	{ "core::mem::drop", ROLE_SHIM },

	/* Drop glue: its name until 1.96, and from then on (rust-lang/rust#154327). */
	{ "core::ptr::drop_in_place", ROLE_DROP },
	{ "core::ptr::drop_glue", ROLE_DROP },

	/* The closures that join! and select! make are polled by these. */
	{ "core::future::poll_fn::PollFn", ROLE_POLL_FN },
	{ "tokio::future::poll_fn::PollFn", ROLE_POLL_FN },
	{ "futures_util::future::poll_fn::PollFn", ROLE_POLL_FN },
	{ "futures_lite::future::PollFn", ROLE_POLL_FN },

	/* What the macros that project pins leave in combinators. */
	{ "pin_project", ROLE_GLUE },
	{ "pin_project_lite", ROLE_GLUE },
	{ "pin_utils", ROLE_GLUE },

	{ "tracing::instrument::Instrumented", ROLE_INSTRUMENTED },
	{ "tracing_futures::Instrumented", ROLE_INSTRUMENTED },
};

const size_t glue_pattern_count = ARRAY_LEN(glue_patterns);
