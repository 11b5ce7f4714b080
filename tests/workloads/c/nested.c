/* The library that unwind.c opens: it calls back into the program that opened it. */
#include <stdint.h>

uint64_t nested_call(uint64_t (*f)(uint64_t), uint64_t x)
{
	return f(x) + 1;
}
