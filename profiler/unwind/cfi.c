/* Entries of .eh_frame: common information (CIE) and functions (FDE). */
#include "profiler/unwind/cfi.h"

/* Pointer encodings (LSB, "DWARF Exception Header Encoding"): format, base, indirection. */
enum {
	PE_ABSPTR = 0x00,
	PE_ULEB128 = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB128 = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_FORMAT = 0x0f,
	PE_PCREL = 0x10,
	PE_BASE = 0x70,
	PE_INDIRECT = 0x80,
	PE_OMIT = 0xff,
};

/* A real CIE has a few dozen bytes; the bound keeps hostile ones from being read for each FDE. */
#define CIE_MAX 256

/* x86-64's return address column (psABI, "DWARF Register Number Mapping"). */
#define DW_RA 16

static u64 read_value(struct bytes *b, u8 format)
{
	switch (format) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		return bytes_u64(b);
	case PE_UDATA4:
		return bytes_u32(b);
	case PE_SDATA4:
		return (u64)(i64)(i32)bytes_u32(b);
	case PE_UDATA2:
		return bytes_u16(b);
	case PE_SDATA2:
		return (u64)(i64)(i16)bytes_u16(b);
	case PE_ULEB128:
		return bytes_varint(b);
	case PE_SLEB128:
		return (u64)bytes_svarint(b);
	}
	b->bad = true;
	return 0;
}

static u64 read_pointer(const struct cfi *cfi, struct bytes *b, u8 encoding)
{
	u64 here = cfi->vaddr + (u64)(b->at - cfi->data.at);
	u64 value = read_value(b, encoding & PE_FORMAT);

	switch (encoding & PE_BASE) {
	case PE_PCREL:
		value += here;
		break;
	case 0:
		break;
	default: /* text-, data- and function-relative: no linker writes them on x86-64 */
		b->bad = true;
	}
	if (encoding & PE_INDIRECT)
		b->bad = true;
	return value;
}

/* Length and the bytes of one entry; false at the terminator and where it does not fit. */
static bool take_entry(struct bytes *b, struct bytes *entry)
{
	u64 size = bytes_u32(b);

	if (size == UINT32_MAX)
		size = bytes_u64(b);
	if (!size || size > bytes_left(b))
		return false;
	*entry = bytes_sub(b, size);
	return bytes_left(entry) >= 4;
}

enum cfi_entry cfi_next(const struct cfi *cfi, u64 *at, struct fde *fde, struct bytes *body)
{
	struct bytes b = cfi->data;
	u64 id, where;

	if (!bytes_skip(&b, *at) || !take_entry(&b, body))
		return CFI_END;
	where = (u64)(body->at - cfi->data.at);
	fde->at = (u32)*at;
	*at = (u64)(b.at - cfi->data.at);
	id = bytes_u32(body);
	if (!id)
		return CFI_CIE;
	/* The distance from this field back to the CIE; one that leaves the section fits none. */
	fde->cie = id <= where ? (u32)(where - id) : UINT32_MAX;
	return CFI_FDE;
}

/* The letters behind 'z': each names a field, in order. */
static bool read_augmentation(const char *letters, struct bytes b, struct cie *cie)
{
	for (; *letters; letters++) {
		u8 encoding;

		switch (*letters) {
		case 'R':
			cie->pointer_encoding = bytes_u8(&b);
			break;
		case 'P':
			encoding = bytes_u8(&b);
			read_value(&b, encoding & PE_FORMAT);
			break;
		case 'L':
			bytes_u8(&b);
			break;
		case 'S':
			cie->signal = true;
			break;
		case 'B': /* AArch64's pointer authentication */
			break;
		default: /* what follows cannot be understood, and need not: the size is known */
			return true;
		}
	}
	return !b.bad;
}

static bool read_cie(struct bytes b, struct cie *cie)
{
	const char *letters;
	u64 ra;
	u8 version;

	if (bytes_u32(&b) != 0)
		return false;
	version = bytes_u8(&b);
	letters = bytes_cstr(&b);
	if (!letters || (version != 1 && version != 3 && version != 4))
		return false;
	if (version == 4 && (bytes_u8(&b) != 8 || bytes_u8(&b) != 0)) /* address, segment size */
		return false;
	cie->code_align = bytes_varint(&b);
	cie->data_align = bytes_svarint(&b);
	ra = version == 1 ? bytes_u8(&b) : bytes_varint(&b);
	if (*letters == 'z') {
		struct bytes augmentation = bytes_sub(&b, bytes_varint(&b));

		cie->has_augmentation = true;
		if (!read_augmentation(letters + 1, augmentation, cie))
			return false;
	} else if (*letters) {
		return false;
	}
	return !b.bad && ra == DW_RA && cie->pointer_encoding != PE_OMIT &&
	       cfi_run_initial(cie, b);
}

void cfi_cie(const struct cfi *cfi, u32 at, struct cie *cie)
{
	struct bytes b = cfi->data, entry;

	*cie = (struct cie){ .at = at };
	if (bytes_skip(&b, at) && take_entry(&b, &entry) && bytes_left(&entry) <= CIE_MAX)
		cie->valid = read_cie(entry, cie);
}

bool cfi_fde(const struct cfi *cfi, const struct cie *cie, struct bytes body, struct fde *fde)
{
	const u8 *at = body.at;

	/* What all compilers write: two words and a short augmentation. */
	if (cie->pointer_encoding == (PE_PCREL | PE_SDATA4) && cie->has_augmentation &&
	    bytes_left(&body) > 8 && at[8] < bytes_left(&body) - 8 && at[8] < 0x80) {
		i32 distance, size;

		memcpy(&distance, at, sizeof distance);
		memcpy(&size, at + 4, sizeof size);
		fde->start = cfi->vaddr + (u64)(at - cfi->data.at) + (u64)(i64)distance;
		fde->size = (u64)(i64)size;
		body.at += 9 + at[8];
		fde->program = body;
		return true;
	}
	fde->start = read_pointer(cfi, &body, cie->pointer_encoding);
	fde->size = read_value(&body, cie->pointer_encoding & PE_FORMAT);
	if (cie->has_augmentation)
		bytes_skip(&body, bytes_varint(&body));
	fde->program = body;
	return !body.bad;
}
