/* libiberty's demanglers, behind a wall: its header has an xmalloc family of its own. */
#ifndef APROF_BINARY_IBERTY_H
#define APROF_BINARY_IBERTY_H

#include <aprof/types.h>

/* Gets the text in pieces. May leave by longjmp(): what the printers hold is on the stack. */
typedef void iberty_print(const char *s, size_t len, void *arg);

/* False if the name is malformed. */
bool iberty_rust(const char *name, iberty_print *print, void *arg);
/* Needs some 64 bytes of stack for each character. */
bool iberty_cxx(const char *name, iberty_print *print, void *arg);

#endif
