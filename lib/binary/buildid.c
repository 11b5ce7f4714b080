/* The build id: a note, found through the segments, or through the sections where those are gone. */
#include "lib/binary/binary_private.h"

/* A build id's note has alignment 4; in a segment of alignment 8 (GNU properties) all notes have 8. */
static bool read_notes(struct bytes b, u64 align, struct build_id *out)
{
	align = align == 8 ? 8 : 4;
	while (bytes_left(&b) >= sizeof(Elf64_Nhdr)) {
		u32 name_size = bytes_u32(&b), desc_size = bytes_u32(&b), type = bytes_u32(&b);
		u64 name_room = align_up(sizeof(Elf64_Nhdr) + name_size, align) - sizeof(Elf64_Nhdr);
		const u8 *name = bytes_take(&b, name_room);
		const u8 *desc = bytes_take(&b, desc_size);

		if (!name || !desc)
			return false;
		if (type == NT_GNU_BUILD_ID && name_size == sizeof ELF_NOTE_GNU &&
		    !memcmp(name, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) && desc_size) {
			/* As the kernel does, longer ones (none are known) count with their start. */
			out->size = (u8)u64_min(desc_size, BUILD_ID_MAX);
			memcpy(out->bytes, desc, out->size);
			return true;
		}
		bytes_skip(&b, u64_min(align_up(desc_size, align) - desc_size, bytes_left(&b)));
	}
	return false;
}

void build_id_read(struct binary *bin)
{
	vec_each(&bin->headers, p)
		if (p->p_type == PT_NOTE &&
		    read_notes(binary_slice(bin, p->p_offset, p->p_filesz), p->p_align,
			       &bin->build_id))
			return;
	/* A separate debug file keeps the program headers, but its notes lie where sections say. */
	vec_each(&bin->sections, s)
		if (s->sh_type == SHT_NOTE &&
		    read_notes(section_bytes(bin, s), s->sh_addralign, &bin->build_id))
			return;
}
