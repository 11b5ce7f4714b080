/* Finding the FDE of a place in the file itself: by .eh_frame_hdr's sorted table, else one by one. */
#include "profiler/unwind/table.h"

/* The one form of the table that linkers write: two 4-byte offsets from the header. */
#define HDR_DATAREL_SDATA4 0x3b
#define HDR_UDATA4 0x03
#define HDR_SIZE 12

static bool read_fde(const struct table *t, u64 at, struct fde *fde)
{
	struct bytes body;
	struct cie cie;

	if (cfi_next(&t->cfi, &at, fde, &body) != CFI_FDE)
		return false;
	cfi_cie(&t->cfi, fde->cie, &cie);
	return cie.valid && cfi_fde(&t->cfi, &cie, body, fde);
}

static bool covers(const struct fde *fde, u64 vaddr)
{
	return vaddr - fde->start < fde->size;
}

static i32 word(const struct bytes *b, u64 at)
{
	i32 value;

	memcpy(&value, b->at + at, sizeof value);
	return value;
}

/* The entry whose start is the last one not behind vaddr. */
static bool search_header(const struct table *t, u64 vaddr, struct fde *fde)
{
	struct section hdr;
	u64 low = 0, high;

	if (!binary_section(t->bin, ".eh_frame_hdr", &hdr) || bytes_left(&hdr.data) < HDR_SIZE ||
	    hdr.data.at[0] != 1 || hdr.data.at[2] != HDR_UDATA4 ||
	    hdr.data.at[3] != HDR_DATAREL_SDATA4)
		return false;
	high = u64_min((u32)word(&hdr.data, 8), (bytes_left(&hdr.data) - HDR_SIZE) / 8);
	while (low < high) {
		u64 middle = (low + high) / 2;

		if (hdr.vaddr + (u64)(i64)word(&hdr.data, HDR_SIZE + 8 * middle) <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return false;
	return read_fde(t,
			hdr.vaddr + (u64)(i64)word(&hdr.data, HDR_SIZE + 8 * low - 4) -
				t->cfi.vaddr,
			fde) &&
	       covers(fde, vaddr);
}

bool table_fde_scan(const struct table *t, u64 vaddr, struct fde *fde)
{
	enum cfi_entry entry;
	struct cie cie = { .at = UINT32_MAX };
	struct bytes body;
	u64 at = 0;

	while ((entry = cfi_next(&t->cfi, &at, fde, &body)) != CFI_END) {
		if (entry != CFI_FDE)
			continue;
		if (cie.at != fde->cie)
			cfi_cie(&t->cfi, fde->cie, &cie);
		if (cie.valid && cfi_fde(&t->cfi, &cie, body, fde) && covers(fde, vaddr))
			return true;
	}
	return false;
}

bool table_fde(const struct table *t, u64 offset, struct fde *fde)
{
	u64 vaddr = t->bin ? binary_offset_to_vaddr(t->bin, offset) : UINT64_MAX;

	if (vaddr == UINT64_MAX)
		return false;
	return search_header(t, vaddr, fde) || table_fde_scan(t, vaddr, fde);
}
