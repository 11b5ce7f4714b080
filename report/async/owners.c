/*
 * Owners: crates whose code is not the user's, and what the one frame is called that stands for
 * all of it below the user's last frame.
 *
 * ROLE_GLUE: a library; its coroutines are shown, they say what is awaited (tokio's Mutex::lock),
 *	but where they await code of the user in turn.
 * ROLE_FRAMEWORK: calls the user's code; its coroutines are shown only where no user's is.
 * ROLE_RUNTIME: drives tasks; its coroutines are never shown.
 * ROLE_STD: what all of these, and the user, are built with: belongs to who calls it, as std does.
 */
#include "report/async/tables.h"

const struct owner owners[] = {
	{ "tokio", "[tokio]", ROLE_GLUE },
	{ "tokio_util", "[tokio]", ROLE_GLUE },
	{ "tokio_stream", "[tokio]", ROLE_GLUE },
	{ "mio", "[tokio]", ROLE_GLUE },

	{ "futures", "[futures]", ROLE_GLUE },
	{ "futures_core", "[futures]", ROLE_GLUE },
	{ "futures_util", "[futures]", ROLE_GLUE },
	{ "futures_channel", "[futures]", ROLE_GLUE },
	{ "futures_task", "[futures]", ROLE_GLUE },
	{ "futures_io", "[futures]", ROLE_GLUE },
	{ "futures_sink", "[futures]", ROLE_GLUE },
	{ "futures_executor", "[futures]", ROLE_RUNTIME },

	{ "async_std", "[async-std]", ROLE_GLUE },
	{ "async_global_executor", "[async-std]", ROLE_RUNTIME },

	{ "smol", "[smol]", ROLE_GLUE },
	{ "futures_lite", "[smol]", ROLE_GLUE },
	{ "async_channel", "[smol]", ROLE_GLUE },
	{ "async_fs", "[smol]", ROLE_GLUE },
	{ "async_io", "[smol]", ROLE_GLUE },
	{ "async_lock", "[smol]", ROLE_GLUE },
	{ "async_net", "[smol]", ROLE_GLUE },
	{ "async_process", "[smol]", ROLE_GLUE },
	{ "event_listener", "[smol]", ROLE_GLUE },
	{ "polling", "[smol]", ROLE_GLUE },
	{ "async_executor", "[smol]", ROLE_RUNTIME },
	{ "async_task", "[smol]", ROLE_RUNTIME },
	{ "blocking", "[smol]", ROLE_RUNTIME },

	{ "actix", "[actix]", ROLE_FRAMEWORK },
	{ "actix_http", "[actix]", ROLE_FRAMEWORK },
	{ "actix_server", "[actix]", ROLE_FRAMEWORK },
	{ "actix_service", "[actix]", ROLE_FRAMEWORK },
	{ "actix_web", "[actix]", ROLE_FRAMEWORK },
	{ "actix_rt", "[actix]", ROLE_RUNTIME },

	{ "hyper", "[hyper]", ROLE_FRAMEWORK },
	{ "hyper_util", "[hyper]", ROLE_FRAMEWORK },
	{ "h2", "[hyper]", ROLE_FRAMEWORK },
	{ "http_body", "[hyper]", ROLE_FRAMEWORK },
	{ "http_body_util", "[hyper]", ROLE_FRAMEWORK },
	{ "tower", "[tower]", ROLE_FRAMEWORK },
	{ "tower_http", "[tower]", ROLE_FRAMEWORK },
	{ "tower_layer", "[tower]", ROLE_FRAMEWORK },
	{ "tower_service", "[tower]", ROLE_FRAMEWORK },
	{ "axum", "[axum]", ROLE_FRAMEWORK },
	{ "axum_core", "[axum]", ROLE_FRAMEWORK },

	{ "tracing", "[tracing]", ROLE_GLUE },
	{ "tracing_core", "[tracing]", ROLE_GLUE },
	{ "tracing_futures", "[tracing]", ROLE_GLUE },
	{ "tracing_subscriber", "[tracing]", ROLE_GLUE },

	{ "async_stream", "[async-stream]", ROLE_GLUE },
	{ "ahash", NULL, ROLE_STD },
	{ "arrayvec", NULL, ROLE_STD },
	{ "atomic_waker", NULL, ROLE_STD },
	{ "bitflags", NULL, ROLE_STD },
	{ "bytes", NULL, ROLE_STD },
	{ "concurrent_queue", NULL, ROLE_STD },
	{ "crossbeam_utils", NULL, ROLE_STD },
	{ "fastrand", NULL, ROLE_STD },
	{ "fnv", NULL, ROLE_STD },
	{ "getrandom", NULL, ROLE_STD },
	{ "hashbrown", NULL, ROLE_STD },
	{ "http", NULL, ROLE_STD },
	{ "httparse", NULL, ROLE_STD },
	{ "httpdate", NULL, ROLE_STD },
	{ "indexmap", NULL, ROLE_STD },
	{ "lazy_static", NULL, ROLE_STD },
	{ "libc", NULL, ROLE_STD },
	{ "lock_api", NULL, ROLE_STD },
	{ "log", NULL, ROLE_STD },
	{ "memchr", NULL, ROLE_STD },
	{ "once_cell", NULL, ROLE_STD },
	{ "parking", NULL, ROLE_STD },
	{ "parking_lot", NULL, ROLE_STD },
	{ "parking_lot_core", NULL, ROLE_STD },
	{ "rustix", NULL, ROLE_STD },
	{ "scopeguard", NULL, ROLE_STD },
	{ "slab", NULL, ROLE_STD },
	{ "smallvec", NULL, ROLE_STD },
	{ "socket2", NULL, ROLE_STD },
	{ "try_lock", NULL, ROLE_STD },
	{ "waker_fn", NULL, ROLE_STD },
	{ "want", NULL, ROLE_STD },
	/* rustc's names for the allocator's entry points */
	{ "__rustc", NULL, ROLE_STD },

	{ "pollster", "[pollster]", ROLE_RUNTIME },
	{ "embassy_executor", "[embassy]", ROLE_RUNTIME },
};

const size_t owner_count = ARRAY_LEN(owners);
