/* Linkage names to source names, symbol by symbol: one file may hold both Rust manglings and C++. */
#ifndef APROF_DEMANGLE_H
#define APROF_DEMANGLE_H

#include <aprof/types.h>

enum mangling {
	MANGLING_NONE, /* C, assembly */
	MANGLING_RUST_LEGACY, /* _ZN…17h<16 hex>E: no generics, closures unnumbered */
	MANGLING_RUST_V0, /* _R… */
	MANGLING_CXX,
};

/* Suffixes that LLVM adds (".llvm.123", ".cold", ".isra.0") are not part of a name. */
enum mangling mangling_of(const char *symbol);

/*
 * The demangled name without its hash, owned by the caller; a copy of the symbol itself where it
 * is not mangled or is malformed. Names of more than 64 KiB are cut to that.
 */
char *demangle(const char *symbol);

#endif
