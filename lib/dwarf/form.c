/* Attribute forms: one table of sizes; skipping and reading follow it. */
#include "lib/dwarf/form.h"

#include <dwarf.h>

#define SIZE_OFFSET 0xff /* as large as an offset of the unit */
#define SIZE_REF_ADDR 0xfe /* an address in DWARF 2, an offset later */

/* clang-format off */
static const struct form_size forms[] = {
	[DW_FORM_addr] = { SHAPE_FIXED, 8 },
	[DW_FORM_block2] = { SHAPE_BLOCK2, 0 },
	[DW_FORM_block4] = { SHAPE_BLOCK4, 0 },
	[DW_FORM_data2] = { SHAPE_FIXED, 2 },
	[DW_FORM_data4] = { SHAPE_FIXED, 4 },
	[DW_FORM_data8] = { SHAPE_FIXED, 8 },
	[DW_FORM_string] = { SHAPE_STRING, 0 },
	[DW_FORM_block] = { SHAPE_BLOCK, 0 },
	[DW_FORM_block1] = { SHAPE_BLOCK1, 0 },
	[DW_FORM_data1] = { SHAPE_FIXED, 1 },
	[DW_FORM_flag] = { SHAPE_FIXED, 1 },
	[DW_FORM_sdata] = { SHAPE_LEB, 0 },
	[DW_FORM_strp] = { SHAPE_FIXED, SIZE_OFFSET },
	[DW_FORM_udata] = { SHAPE_LEB, 0 },
	[DW_FORM_ref_addr] = { SHAPE_FIXED, SIZE_REF_ADDR },
	[DW_FORM_ref1] = { SHAPE_FIXED, 1 },
	[DW_FORM_ref2] = { SHAPE_FIXED, 2 },
	[DW_FORM_ref4] = { SHAPE_FIXED, 4 },
	[DW_FORM_ref8] = { SHAPE_FIXED, 8 },
	[DW_FORM_ref_udata] = { SHAPE_LEB, 0 },
	[DW_FORM_indirect] = { SHAPE_INDIRECT, 0 },
	[DW_FORM_sec_offset] = { SHAPE_FIXED, SIZE_OFFSET },
	[DW_FORM_exprloc] = { SHAPE_BLOCK, 0 },
	[DW_FORM_flag_present] = { SHAPE_FIXED, 0 },
	[DW_FORM_strx] = { SHAPE_LEB, 0 },
	[DW_FORM_addrx] = { SHAPE_LEB, 0 },
	[DW_FORM_ref_sup4] = { SHAPE_FIXED, 4 },
	[DW_FORM_strp_sup] = { SHAPE_FIXED, SIZE_OFFSET },
	[DW_FORM_data16] = { SHAPE_FIXED, 16 },
	[DW_FORM_line_strp] = { SHAPE_FIXED, SIZE_OFFSET },
	[DW_FORM_ref_sig8] = { SHAPE_FIXED, 8 },
	[DW_FORM_implicit_const] = { SHAPE_FIXED, 0 },
	[DW_FORM_loclistx] = { SHAPE_LEB, 0 },
	[DW_FORM_rnglistx] = { SHAPE_LEB, 0 },
	[DW_FORM_ref_sup8] = { SHAPE_FIXED, 8 },
	[DW_FORM_strx1] = { SHAPE_FIXED, 1 },
	[DW_FORM_strx2] = { SHAPE_FIXED, 2 },
	[DW_FORM_strx3] = { SHAPE_FIXED, 3 },
	[DW_FORM_strx4] = { SHAPE_FIXED, 4 },
	[DW_FORM_addrx1] = { SHAPE_FIXED, 1 },
	[DW_FORM_addrx2] = { SHAPE_FIXED, 2 },
	[DW_FORM_addrx3] = { SHAPE_FIXED, 3 },
	[DW_FORM_addrx4] = { SHAPE_FIXED, 4 },
};
/* clang-format on */

/* The table's holes are zero: no form but the two of zero size is fixed and empty. */
static bool is_known(u16 form)
{
	return form < ARRAY_LEN(forms) &&
	       (forms[form].shape != SHAPE_FIXED || forms[form].bytes != 0 ||
		form == DW_FORM_flag_present || form == DW_FORM_implicit_const);
}

struct form_size form_size(u16 form, struct encoding encoding)
{
	struct form_size size;

	switch (form) {
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		return (struct form_size){ SHAPE_LEB, 0 };
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		return (struct form_size){ SHAPE_FIXED, encoding.offset_size };
	}
	if (!is_known(form))
		return (struct form_size){ SHAPE_UNKNOWN, 0 };
	size = forms[form];
	if (size.bytes == SIZE_OFFSET)
		size.bytes = encoding.offset_size;
	else if (size.bytes == SIZE_REF_ADDR)
		size.bytes = encoding.version < 3 ? 8 : encoding.offset_size;
	return size;
}

bool form_skip(struct bytes *at, enum form_shape shape, struct encoding encoding)
{
	struct form_size size;

	switch (shape) {
	case SHAPE_FIXED:
		break;
	case SHAPE_LEB:
		bytes_varint(at);
		break;
	case SHAPE_BLOCK:
		bytes_skip(at, bytes_varint(at));
		break;
	case SHAPE_BLOCK1:
		bytes_skip(at, bytes_u8(at));
		break;
	case SHAPE_BLOCK2:
		bytes_skip(at, bytes_u16(at));
		break;
	case SHAPE_BLOCK4:
		bytes_skip(at, bytes_u32(at));
		break;
	case SHAPE_STRING:
		bytes_cstr(at);
		break;
	case SHAPE_INDIRECT:
		size = form_size((u16)u64_min(bytes_varint(at), UINT16_MAX), encoding);
		if (size.shape == SHAPE_INDIRECT)
			at->bad = true;
		else if (size.shape == SHAPE_FIXED)
			bytes_skip(at, size.bytes);
		else
			form_skip(at, size.shape, encoding);
		break;
	case SHAPE_UNKNOWN:
		at->bad = true;
		break;
	}
	return !at->bad;
}

/* A little-endian number of 0 to 8 bytes. */
static u64 read_number(struct bytes *at, size_t size)
{
	u64 number = 0;
	const u8 *data;

	if (size == 4)
		return bytes_u32(at);
	data = bytes_take(at, size);
	if (data)
		memcpy(&number, data, size);
	return number;
}

static void read_block(struct bytes *at, u64 size, struct value *out)
{
	out->number = size;
	out->data = bytes_take(at, size);
}

bool form_read(struct bytes *at, u16 form, i64 implicit, struct encoding encoding,
	       struct value *out)
{
	struct form_size size = form_size(form, encoding);

	*out = (struct value){ .form = form };
	switch ((enum form_shape)size.shape) {
	case SHAPE_FIXED:
		if (form == DW_FORM_implicit_const)
			out->number = (u64)implicit;
		else if (form == DW_FORM_flag_present)
			out->number = 1;
		else if (size.bytes > 8)
			read_block(at, size.bytes, out);
		else
			out->number = read_number(at, size.bytes);
		break;
	case SHAPE_LEB:
		out->number = form == DW_FORM_sdata ? (u64)bytes_svarint(at) : bytes_varint(at);
		break;
	case SHAPE_BLOCK:
		read_block(at, bytes_varint(at), out);
		break;
	case SHAPE_BLOCK1:
		read_block(at, bytes_u8(at), out);
		break;
	case SHAPE_BLOCK2:
		read_block(at, bytes_u16(at), out);
		break;
	case SHAPE_BLOCK4:
		read_block(at, bytes_u32(at), out);
		break;
	case SHAPE_STRING:
		out->data = (const u8 *)bytes_cstr(at);
		break;
	case SHAPE_INDIRECT:
		form = (u16)u64_min(bytes_varint(at), UINT16_MAX);
		if (form == DW_FORM_indirect || form == DW_FORM_implicit_const)
			at->bad = true;
		else
			form_read(at, form, 0, encoding, out);
		break;
	case SHAPE_UNKNOWN:
		at->bad = true;
		break;
	}
	return !at->bad;
}

u64 value_constant(const struct value *v, u64 otherwise)
{
	switch (v->form) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
	case DW_FORM_flag:
	case DW_FORM_flag_present:
		return v->number;
	}
	return otherwise;
}
