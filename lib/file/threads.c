/* Threads: process, thread, and the names of both. */
#include <aprof/file.h>

#include "lib/file/ids.h"

void threads_encode(struct buf *out, const struct thread_items *items)
{
	vec_each(items, t) {
		buf_varint(out, t->id);
		buf_varint(out, t->pid);
		buf_varint(out, t->tid);
		put_optional(out, t->comm);
		put_optional(out, t->process_comm);
	}
}

bool threads_decode(struct bytes in, struct thread_items *out)
{
	out->len = 0;
	while (bytes_left(&in) && !in.bad) {
		struct thread_item *t = vec_push(out);

		t->id = get_id(&in);
		t->pid = get_u32(&in);
		t->tid = get_u32(&in);
		t->comm = get_optional(&in);
		t->process_comm = get_optional(&in);
	}
	return !in.bad;
}
