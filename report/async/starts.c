/*
 * How threads begin: what stands between the kernel and the first function of a thread's own.
 *
 * Only the outermost frames of a stack are compared with these rows, one after the other, until a
 * frame matches none: catch_unwind in the middle of a program stays.
 */
#include "report/async/tables.h"

const char *const start_patterns[] = {
	/* the C library */
	"=_start",
	"=__libc_start_main",
	"=__libc_start_main_impl",
	"=__libc_start_main_alias_1",
	"=__libc_start_main_alias_2",
	"=__libc_start_call_main",
	"=generic_start_main",
	"=start_thread",
	"=clone",
	"=clone3",
	"=__clone",
	"=__clone3",
	"=__clone_internal",

	/* Rust's standard library, 1.63 to 1.97 */
	"std::rt",
	"std::sys::unix::thread",
	"std::sys::pal::unix::thread",
	"std::sys::thread::unix",
	"std::thread::Builder",
	"std::thread::lifecycle",
	"std::thread::spawn",
	"std::sys_common::backtrace::__rust_begin_short_backtrace",
	"std::sys::backtrace::__rust_begin_short_backtrace",
	"std::panic::catch_unwind",
	"std::panicking::try",
	"std::panicking::catch_unwind",
	"=__rust_try",
	"core::panic::unwind_safe",
	"core::ops::function",
	"alloc::boxed::Box::call_once",
};

const size_t start_pattern_count = ARRAY_LEN(start_patterns);
