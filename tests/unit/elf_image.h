/* ELF images made piece by piece, for tests of what reads them. */
#ifndef APROF_UNIT_ELF_IMAGE_H
#define APROF_UNIT_ELF_IMAGE_H

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/binary.h>
#include <aprof/bytes.h>

#include "tests/unit/check.h"

#define ELF_IMAGE_MAX 16

struct elf_image {
	Elf64_Ehdr header;
	Elf64_Phdr segments[ELF_IMAGE_MAX];
	Elf64_Shdr sections[ELF_IMAGE_MAX]; /* the first is the null section */
	struct buf body; /* lies behind the header */
	struct buf names;
};

static inline void elf_image_init(struct elf_image *e)
{
	memset(e, 0, sizeof *e);
	memcpy(e->header.e_ident, ELFMAG, SELFMAG);
	e->header.e_ident[EI_CLASS] = ELFCLASS64;
	e->header.e_ident[EI_DATA] = ELFDATA2LSB;
	e->header.e_ident[EI_VERSION] = EV_CURRENT;
	e->header.e_machine = EM_X86_64;
	e->header.e_version = EV_CURRENT;
	e->header.e_type = ET_DYN;
	e->header.e_ehsize = sizeof e->header;
	e->header.e_phentsize = sizeof e->segments[0];
	e->header.e_shentsize = sizeof e->sections[0];
	e->header.e_shnum = 1;
	buf_u8(&e->names, 0);
}

/* Adds bytes, aligned to 16; returns their offset in the file. */
static inline u64 elf_image_put(struct elf_image *e, const void *data, size_t size)
{
	u64 at;

	while ((e->body.len + sizeof e->header) % 16)
		buf_u8(&e->body, 0);
	at = e->body.len + sizeof e->header;
	buf_put(&e->body, data, size);
	return at;
}

static inline Elf64_Shdr *elf_image_section(struct elf_image *e, const char *name, u32 type,
					    u64 flags, u64 vaddr, const void *data, size_t size)
{
	Elf64_Shdr *s = &e->sections[e->header.e_shnum++];

	s->sh_name = (u32)e->names.len;
	buf_put(&e->names, name, strlen(name) + 1);
	s->sh_type = type;
	s->sh_flags = flags;
	s->sh_addr = vaddr;
	s->sh_offset = elf_image_put(e, data, type == SHT_NOBITS ? 0 : size);
	s->sh_size = size;
	s->sh_addralign = 4;
	return s;
}

static inline Elf64_Phdr *elf_image_segment(struct elf_image *e, u32 type, u32 flags, u64 offset,
					    u64 vaddr, u64 size)
{
	Elf64_Phdr *p = &e->segments[e->header.e_phnum++];

	p->p_type = type;
	p->p_flags = flags;
	p->p_offset = offset;
	p->p_vaddr = p->p_paddr = vaddr;
	p->p_filesz = p->p_memsz = size;
	p->p_align = type == PT_LOAD ? 4096 : 4;
	return p;
}

/* The whole file, owned by the caller; `e` is used up. */
static inline struct buf elf_image_finish(struct elf_image *e)
{
	struct buf out = { 0 };

	e->header.e_shstrndx = e->header.e_shnum;
	elf_image_section(e, ".shstrtab", SHT_STRTAB, 0, 0, NULL, 0);
	e->sections[e->header.e_shstrndx].sh_offset =
		elf_image_put(e, e->names.data, e->names.len);
	e->sections[e->header.e_shstrndx].sh_size = e->names.len;
	e->header.e_shoff = elf_image_put(e, e->sections,
					  e->header.e_shnum * sizeof e->sections[0]);
	e->header.e_phoff = elf_image_put(e, e->segments,
					  e->header.e_phnum * sizeof e->segments[0]);
	buf_put(&out, &e->header, sizeof e->header);
	buf_put(&out, e->body.data, e->body.len);
	buf_release(&e->body);
	buf_release(&e->names);
	return out;
}

/* The file, opened; NULL if it cannot be, which fails the test. */
static inline struct binary *elf_image_open(struct elf_image *e, const char *name)
{
	struct buf file = elf_image_finish(e);
	struct binary *bin = NULL;
	struct err *err = binary_open_image(&bin, file.data, file.len, name);

	CHECK_STR(err ? err->message : NULL, NULL);
	err_free(err);
	buf_release(&file);
	return bin;
}

#endif
