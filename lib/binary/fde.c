/* Reading the initial location and the range of FDEs. */
#include "lib/binary/fde.h"

#define MOST_CIE 256 /* bytes: what is looked at is in the first few dozens */

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

static u8 encoding_at(struct fde_reader *r, const u8 *at)
{
	struct bytes b;

	if (at == r->cie)
		return r->encoding;
	r->cie = at;
	r->encoding = PE_OMIT;
	b = bytes_of(at, (size_t)(r->eh_frame.data.end - at));
	b = fde_next(&b);
	if (bytes_u32(&b) == 0 && !b.bad)
		r->encoding = cie_encoding(bytes_of(b.at, bytes_left(&b) < MOST_CIE ? bytes_left(&b) :
										      MOST_CIE));
	return r->encoding;
}

bool fde_reader_init(struct fde_reader *r, struct binary *bin)
{
	*r = (struct fde_reader){ 0 };
	return binary_eh_frame(bin, &r->eh_frame);
}

struct bytes fde_next(struct bytes *b)
{
	u64 length = bytes_u32(b);

	return bytes_sub(b, length == UINT32_MAX ? bytes_u64(b) : length);
}

bool fde_span(struct fde_reader *r, struct bytes entry, struct code_span *out)
{
	const struct bytes *frame = &r->eh_frame.data;
	const u8 *at = entry.at;
	u32 back = bytes_u32(&entry);
	u64 start, size, place;
	u8 encoding;

	/* A CIE, or nothing that can be followed. */
	if (entry.bad || !back || back > (size_t)(at - frame->at))
		return false;
	encoding = encoding_at(r, at - back);
	place = r->eh_frame.vaddr + (u64)(entry.at - frame->at);
	if (encoding == PE_OMIT || !read_encoded(&entry, encoding, &start) ||
	    !read_encoded(&entry, encoding & 0x0f, &size))
		return false;
	if (encoding & PE_PCREL)
		start += place;
	*out = (struct code_span){ start, start + size };
	return !entry.bad && out->end > out->start;
}
