/*
 * Where functions start and end, as .eh_frame has it: also for files without symbols.
 *
 * Only the initial location and the range of each FDE are read; what the rules say is no matter
 * here.
 */
#include <stdlib.h>

#include <aprof/alloc.h>

#include "lib/binary/binary_private.h"
#include "lib/binary/order.h"

/* DW_EH_PE_*, as the Linux Standard Base (Core, "DWARF Extensions") lists them. */
#define PE_ABSPTR 0x00
#define PE_UDATA2 0x02
#define PE_UDATA4 0x03
#define PE_UDATA8 0x04
#define PE_SDATA2 0x0a
#define PE_SDATA4 0x0b
#define PE_SDATA8 0x0c
#define PE_PCREL 0x10
#define PE_OMIT 0xff

/* A value without its base; false for encodings that no FDE on x86-64 has. */
static bool read_encoded(struct bytes *b, u8 encoding, u64 *out)
{
	switch (encoding & 0x0f) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		*out = bytes_u64(b);
		return true;
	case PE_UDATA4:
		*out = bytes_u32(b);
		return true;
	case PE_SDATA4:
		*out = (u64)(i64)(i32)bytes_u32(b);
		return true;
	case PE_UDATA2:
		*out = bytes_u16(b);
		return true;
	case PE_SDATA2:
		*out = (u64)(i64)(int16_t)bytes_u16(b);
		return true;
	}
	return false;
}

/* The encoding of the addresses in a CIE's FDEs; PE_OMIT if it cannot be told. */
static u8 cie_encoding(struct bytes cie)
{
	const char *augmentation;
	u64 ignored;
	u8 version = bytes_u8(&cie);

	augmentation = bytes_cstr(&cie);
	if (!augmentation || *augmentation != 'z')
		return augmentation && !*augmentation ? PE_ABSPTR : PE_OMIT;
	bytes_varint(&cie); /* code alignment */
	bytes_svarint(&cie); /* data alignment */
	if (version == 1)
		bytes_u8(&cie); /* return address register */
	else
		bytes_varint(&cie);
	bytes_varint(&cie); /* size of what follows */
	for (const char *c = augmentation + 1; *c && !cie.bad; c++) {
		if (*c == 'R')
			return bytes_u8(&cie);
		if (*c == 'L')
			bytes_u8(&cie);
		else if (*c == 'P' && !read_encoded(&cie, bytes_u8(&cie), &ignored))
			return PE_OMIT;
	}
	return cie.bad ? PE_OMIT : PE_ABSPTR;
}

struct reader {
	struct binary *bin;
	struct section eh_frame;
	const u8 *cie; /* of the last FDE: nearly always that of the next one too */
	u8 encoding;
};

static u8 encoding_at(struct reader *r, const u8 *at)
{
	struct bytes b;
	u32 length;

	if (at == r->cie)
		return r->encoding;
	r->cie = at;
	r->encoding = PE_OMIT;
	b = bytes_of(at, (size_t)(r->eh_frame.data.end - at));
	length = bytes_u32(&b);
	b = bytes_sub(&b, length);
	if (bytes_u32(&b) == 0 && !b.bad)
		r->encoding = cie_encoding(b);
	return r->encoding;
}

/* `b` is behind the FDE's pointer to its CIE. */
static void add_span(struct reader *r, struct bytes b, u8 encoding)
{
	u64 place = r->eh_frame.vaddr + (u64)(b.at - r->eh_frame.data.at);
	u64 start, size;

	if (!read_encoded(&b, encoding, &start) || !read_encoded(&b, encoding & 0x0f, &size))
		return;
	if (encoding & PE_PCREL)
		start += place;
	if (!b.bad && size && start + size > start)
		*vec_push(&r->bin->spans) = (struct code_span){ start, start + size };
}

static int by_end(const void *a, const void *b)
{
	const struct code_span *x = a, *y = b;

	return x->end < y->end ? -1 : x->end > y->end;
}

/* By start; of those that start together the longest comes last. */
static void sort_spans(struct binary *bin)
{
	size_t count = bin->spans.len;
	struct order_key *keys = xcalloc(count + 1, sizeof *keys);
	struct code_span *sorted = xcalloc(count + 1, sizeof *sorted);

	for (u32 i = 0; i < count; i++)
		keys[i] = (struct order_key){ bin->spans.data[i].start, i };
	order_by_address(keys, count);
	for (size_t i = 0, first = 0; i < count; i++) {
		sorted[i] = bin->spans.data[keys[i].index];
		if (i + 1 < count && keys[i + 1].address == keys[first].address)
			continue;
		if (i > first)
			qsort(&sorted[first], i + 1 - first, sizeof *sorted, by_end);
		first = i + 1;
	}
	free(keys);
	free(bin->spans.data);
	bin->spans.data = sorted;
	bin->spans.room = count + 1;
}

static void read_spans(struct binary *bin)
{
	struct reader r = { .bin = bin };
	struct bytes b;

	if (!binary_eh_frame(bin, &r.eh_frame))
		return;
	b = r.eh_frame.data;
	while (bytes_left(&b)) {
		u64 length = bytes_u32(&b);
		struct bytes entry;
		const u8 *at;
		u32 back;
		u8 encoding;

		if (!length)
			continue; /* the end of what one object file contributed */
		entry = bytes_sub(&b, length == UINT32_MAX ? bytes_u64(&b) : length);
		at = entry.at;
		back = bytes_u32(&entry);
		if (entry.bad)
			break;
		if (!back || back > (size_t)(at - r.eh_frame.data.at))
			continue; /* a CIE, or nothing that can be followed */
		encoding = encoding_at(&r, at - back);
		if (encoding != PE_OMIT)
			add_span(&r, entry, encoding);
	}
	sort_spans(bin);
}

size_t binary_code_spans(struct binary *bin, const struct code_span **out)
{
	if (!bin->spans_done) {
		bin->spans_done = true;
		read_spans(bin);
	}
	*out = bin->spans.data;
	return bin->spans.len;
}

const struct code_span *binary_code_span_at(struct binary *bin, u64 vaddr)
{
	const struct code_span *spans;
	size_t low = 0, high = binary_code_spans(bin, &spans);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spans[middle].start <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	return low && vaddr < spans[low - 1].end ? &spans[low - 1] : NULL;
}
