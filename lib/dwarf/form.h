/* Attribute forms of DWARF 2 to 5: how many bytes a value takes, and reading it. */
#ifndef APROF_DWARF_FORM_H
#define APROF_DWARF_FORM_H

#include <aprof/bytes.h>
#include <aprof/types.h>

/* What the size of a value depends on besides its form: DWARF §7.4, §7.5.6. */
struct encoding {
	u16 version;
	u8 offset_size; /* 4, or 8 in the 64-bit format */
};

/* How a value's size is found. */
enum form_shape {
	SHAPE_FIXED,
	SHAPE_LEB,
	SHAPE_BLOCK, /* a LEB128 length and that many bytes */
	SHAPE_BLOCK1,
	SHAPE_BLOCK2,
	SHAPE_BLOCK4,
	SHAPE_STRING,
	SHAPE_INDIRECT, /* the form itself comes first */
	SHAPE_UNKNOWN,
};

struct form_size {
	u8 shape; /* enum form_shape */
	u8 bytes; /* SHAPE_FIXED */
};

struct form_size form_size(u16 form, struct encoding encoding);

/* A value as the DIE has it: an index, an offset or a reference is not yet followed. */
struct value {
	u16 form; /* 0: the DIE does not have the attribute */
	u64 number;
	const u8 *data; /* SHAPE_STRING: NUL-terminated; blocks and data16: `number` bytes */
};

/* Skips a value. False (and at->bad) if it does not fit or the form is unknown. */
bool form_skip(struct bytes *at, enum form_shape shape, struct encoding encoding);
/* `implicit` is the abbreviation's value for DW_FORM_implicit_const. */
bool form_read(struct bytes *at, u16 form, i64 implicit, struct encoding encoding,
	       struct value *out);

/* An unsigned constant of any form; `otherwise` if the attribute is absent or no constant. */
u64 value_constant(const struct value *v, u64 otherwise);

#endif
