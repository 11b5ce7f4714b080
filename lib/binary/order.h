/* Sorting by address. */
#ifndef APROF_BINARY_ORDER_H
#define APROF_BINARY_ORDER_H

#include <aprof/types.h>

struct order_key {
	u64 address;
	u32 index; /* of what is at the address */
	u32 size; /* of it, for who wants it at hand */
};

/* Ascending; keys of the same address stay in their order. */
void order_by_address(struct order_key *keys, size_t count);

#endif
