/* Which --debug-binary has the code of which module. */
#include "report/symbols/sister.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/cleanup.h>

struct err *sisters_init(struct sisters *sisters, const char *const *paths)
{
	for (; paths && *paths; paths++) {
		CLEANUP(binary_closep) struct binary *bin = NULL;

		TRY(err_context(binary_open(&bin, *paths), "--debug-binary"));
		*vec_push(sisters) = (struct sister){ .path = *paths };
	}
	return NULL;
}

void sisters_release(struct sisters *sisters)
{
	vec_release(sisters);
}

static bool same_bytes(const struct section *a, const struct section *b)
{
	size_t size = bytes_left(&a->data);

	return size == bytes_left(&b->data) && memcmp(a->data.at, b->data.at, size) == 0;
}

/* .eh_frame says where each function starts and ends, in stripped files too. */
static bool same_functions(struct binary *a, struct binary *b)
{
	const struct code_span *x, *y;
	size_t count = binary_code_spans(a, &x);

	return count > 0 && count == binary_code_spans(b, &y) &&
	       memcmp(x, y, count * sizeof *x) == 0;
}

static bool same_code(struct binary *a, struct binary *b)
{
	struct section x, y;

	if (!binary_section(a, ".text", &x) || !binary_section(b, ".text", &y) ||
	    x.vaddr != y.vaddr || !bytes_left(&x.data))
		return false;
	return same_bytes(&x, &y) || same_functions(a, b);
}

struct binary *sisters_find(struct sisters *sisters, struct binary *bin)
{
	vec_each(sisters, sister) {
		CLEANUP(binary_closep) struct binary *found = NULL;
		struct err *err = binary_open(&found, sister->path);

		if (err) {
			err_free(err); /* it could be opened a moment ago */
			continue;
		}
		if (same_code(bin, found)) {
			__atomic_store_n(&sister->used, true, __ATOMIC_RELAXED);
			return TAKE_PTR(found);
		}
	}
	return NULL;
}

void sisters_notice_unused(const struct sisters *sisters)
{
	vec_each(sisters, sister)
		if (!sister->used)
			notice("--debug-binary %s is not used: its code is not that of any module in "
			       "the profile",
			       sister->path);
}
