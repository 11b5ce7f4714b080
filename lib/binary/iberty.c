/* Calls into libiberty's demanglers: see iberty.h for why they have a file of their own. */
#include "lib/binary/iberty.h"

#include <config.h>

#if HAVE_LIBIBERTY_DEMANGLE_H
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

bool iberty_rust(const char *name, iberty_print *print, void *arg)
{
	return rust_demangle_callback(name, 0, print, arg) != 0;
}

bool iberty_cxx(const char *name, iberty_print *print, void *arg)
{
	return cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI | DMGL_NO_RECURSE_LIMIT,
					  print, arg) != 0;
}
