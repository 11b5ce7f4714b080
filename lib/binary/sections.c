/* Sections by name, and .eh_frame with or without section headers. */
#include <stdio.h>

#include "lib/binary/binary_private.h"
#include "lib/binary/mapped.h"

const char *section_name(const struct binary *bin, const Elf64_Shdr *section)
{
	struct bytes b;
	const char *name;

	if (!bin->names || bin->names >= bin->sections.len)
		return "";
	b = section_bytes(bin, &bin->sections.data[bin->names]);
	if (!bytes_skip(&b, section->sh_name))
		return "";
	name = bytes_cstr(&b);
	return name ? name : "";
}

struct bytes section_bytes(const struct binary *bin, const Elf64_Shdr *section)
{
	if (section->sh_type == SHT_NOBITS || section->sh_type == SHT_NULL)
		return bytes_of(bin->data, 0);
	return binary_slice(bin, section->sh_offset, section->sh_size);
}

bool section_is_compressed(const struct binary *bin, u32 index, bool gnu)
{
	const struct bytes packed = section_bytes(bin, &bin->sections.data[index]);

	return bytes_left(&packed) && (gnu || bin->sections.data[index].sh_flags & SHF_COMPRESSED);
}

static void describe(struct binary *bin, u32 index, bool gnu, struct section *out)
{
	const Elf64_Shdr *section = &bin->sections.data[index];

	*out = (struct section){
		.data = section_bytes(bin, section),
		.vaddr = section->sh_addr,
		.offset = section->sh_offset,
		.type = section->sh_type,
		.flags = section->sh_flags,
	};
	if (section_is_compressed(bin, index, gnu))
		out->data = section_inflate(bin, index, gnu);
}

static u32 find_section(const struct binary *bin, const char *name)
{
	for (u32 i = 1; i < bin->sections.len; i++)
		if (!strcmp(section_name(bin, &bin->sections.data[i]), name))
			return i;
	return 0;
}

u32 section_index(const struct binary *bin, const char *name, bool *gnu)
{
	u32 index = find_section(bin, name);
	char old[64];

	*gnu = false;
	/* Before SHF_COMPRESSED (binutils 2.26), ".zdebug_info" was a compressed ".debug_info". */
	if (index || strncmp(name, ".debug_", 7) != 0 || strlen(name) + 2 > sizeof old)
		return index;
	*gnu = true;
	snprintf(old, sizeof old, ".z%s", name + 1);
	return find_section(bin, old);
}

bool binary_section(struct binary *bin, const char *name, struct section *out)
{
	bool gnu;
	u32 index = section_index(bin, name, &gnu);

	*out = (struct section){ .data = bytes_of(bin->data, 0) };
	if (index)
		describe(bin, index, gnu, out);
	return index != 0;
}

void binary_read_by(const struct binary *bin, enum binary_reading by)
{
	if (bin->mapped)
		mapped_read_by(bin->data, bin->size, by);
}

/* A section of which a query reads most. Larger ones are read where it goes. */
#define MOST_AHEAD (256u << 20)

void binary_read_ahead(const struct binary *bin, const char *const *names, size_t count,
		       const bool *stop)
{
	for (size_t i = 0; bin->mapped && i < count; i++) {
		bool gnu;
		u32 index = section_index(bin, names[i], &gnu);
		struct bytes part;

		if (!index)
			continue;
		part = section_bytes(bin, &bin->sections.data[index]);
		if (bytes_left(&part) <= MOST_AHEAD)
			mapped_read_ahead(part, stop);
	}
}

bool binary_has_section(const struct binary *bin, const char *name)
{
	bool gnu;

	return section_index(bin, name, &gnu) != 0;
}

bool section_finds_dwarf(const struct binary *bin)
{
	static const char *const names[] = { ".debug_info", ".zdebug_info" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		u32 index = find_section(bin, names[i]);
		struct bytes b;

		if (!index)
			continue;
		b = section_bytes(bin, &bin->sections.data[index]);
		if (bytes_left(&b))
			return true;
	}
	return false;
}

bool binary_has_dwarf(const struct binary *bin)
{
	return bin->has_dwarf;
}

/* Pointer encodings of .eh_frame_hdr's first field that linkers use (LSB, "DWARF Extensions"). */
enum {
	ENC_PCREL = 0x10,
	ENC_UDATA4 = 0x03,
	ENC_SDATA4 = 0x0b,
	ENC_UDATA8 = 0x04,
	ENC_SDATA8 = 0x0c,
	ENC_ABSPTR = 0x00,
};

/* Where the header that PT_GNU_EH_FRAME names says that .eh_frame starts. */
static bool eh_frame_start(const struct binary *bin, const Elf64_Phdr *header, u64 *vaddr)
{
	struct bytes b = binary_slice(bin, header->p_offset, header->p_filesz);
	u8 version = bytes_u8(&b), encoding = bytes_u8(&b);

	bytes_skip(&b, 2); /* encodings of the count and of the table */
	*vaddr = encoding & ENC_PCREL ? header->p_vaddr + 4 : 0;
	switch (encoding & 0x0f) {
	case ENC_SDATA4:
		*vaddr += (u64)(i64)(i32)bytes_u32(&b);
		break;
	case ENC_UDATA4:
		*vaddr += bytes_u32(&b);
		break;
	case ENC_UDATA8:
	case ENC_SDATA8:
	case ENC_ABSPTR:
		*vaddr += bytes_u64(&b);
		break;
	default:
		return false;
	}
	/* No indirect and no other bases: a linker has no use for them here. */
	return version == 1 && !b.bad && (encoding & 0xf0 & ~ENC_PCREL) == 0;
}

/* Its end is not recorded: it ends at a zero terminator, at the latest with its segment. */
static bool eh_frame_by_header(struct binary *bin, struct section *out)
{
	u64 vaddr;

	vec_each(&bin->headers, p) {
		if (p->p_type != PT_GNU_EH_FRAME || !eh_frame_start(bin, p, &vaddr))
			continue;
		vec_each(&bin->segments, s) {
			if (vaddr < s->vaddr || vaddr - s->vaddr >= s->file_size)
				continue;
			out->vaddr = vaddr;
			out->offset = vaddr - s->vaddr + s->offset;
			out->type = SHT_PROGBITS;
			out->flags = SHF_ALLOC;
			out->data = binary_slice(bin, out->offset, s->file_size - (vaddr - s->vaddr));
			return bytes_left(&out->data) != 0;
		}
	}
	return false;
}

bool binary_eh_frame(struct binary *bin, struct section *out)
{
	if (binary_section(bin, ".eh_frame", out) && bytes_left(&out->data))
		return true;
	return eh_frame_by_header(bin, out);
}
