/* The growing step of arrays. */
#include <aprof/vec.h>

#include <aprof/alloc.h>

void *vec_grow_(void *data, size_t *room, size_t need, size_t item)
{
	size_t next = *room ? *room * 2 : 8;

	if (next < need)
		next = need;
	data = xreallocarray(data, next, item);
	*room = next;
	return data;
}
