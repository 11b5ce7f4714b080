/* How good the recording is: counters, in an order that only grows at its end. */
#include <aprof/file.h>

void quality_encode(struct buf *out, const struct file_quality *q)
{
	buf_varint(out, q->samples);
	buf_varint(out, q->lost);
	buf_varint(out, q->lost_samples);
	buf_varint(out, q->throttled);
	buf_varint(out, q->dropped_late);
	buf_varint(out, q->kernel_only);
	buf_varint(out, STOP_COUNT);
	for (size_t i = 0; i < STOP_COUNT; i++)
		buf_varint(out, q->by_stop[i]);
}

bool quality_decode(struct bytes in, struct file_quality *q)
{
	u64 stops;

	*q = (struct file_quality){ 0 };
	q->samples = bytes_varint(&in);
	q->lost = bytes_varint(&in);
	q->lost_samples = bytes_varint(&in);
	q->throttled = bytes_varint(&in);
	q->dropped_late = bytes_varint(&in);
	q->kernel_only = bytes_varint(&in);
	stops = bytes_varint(&in);
	/* Reasons that this reader does not know are counted as the last that it does. */
	for (u64 i = 0; i < stops && !in.bad; i++)
		q->by_stop[u64_min(i, STOP_COUNT - 1)] += bytes_varint(&in);
	return !in.bad;
}
