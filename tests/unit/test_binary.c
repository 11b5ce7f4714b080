/* <aprof/binary.h> on images made here, on this very program, and with debug files on disk. */
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/binary.h>
#include <aprof/cleanup.h>

#include "tests/unit/check.h"
#include "tests/unit/elf_image.h"

static void test_refusals(void)
{
	static const char text[] = "#!/bin/sh\n";
	struct binary *bin = NULL;
	struct elf_image e;
	struct buf file;
	struct err *err;

	err = binary_open_image(&bin, text, sizeof text, "script");
	CHECK_STR(err ? err->message : NULL, "script is not an ELF file");
	err_free(err);

	elf_image_init(&e);
	e.header.e_machine = EM_AARCH64;
	file = elf_image_finish(&e);
	err = binary_open_image(&bin, file.data, file.len, "arm");
	CHECK_STR(err ? err->message : NULL, "arm is not for 64-bit x86");
	err_free(err);
	err = binary_open_image(&bin, file.data, 40, "cut");
	CHECK_STR(err ? err->message : NULL, "cut is cut off within its ELF header");
	err_free(err);
	buf_release(&file);

	err = binary_open(&bin, "/nonexistent");
	CHECK_STR(err ? err->message : NULL, "cannot open /nonexistent: No such file or directory");
	err_free(err);
	CHECK(!bin);
}

static void test_addresses(void)
{
	CLEANUP(binary_closep) struct binary *bin = NULL;
	const struct segment *segments;
	struct elf_image e;

	elf_image_init(&e);
	/* Two segments share the page at offset 0x1000; the byte at 0x1800 is in both. */
	elf_image_segment(&e, PT_LOAD, PF_R, 0, 0x400000, 0x1810);
	elf_image_segment(&e, PT_LOAD, PF_R | PF_X, 0x1800, 0x402800, 0x400);
	bin = elf_image_open(&e, "addresses");
	CHECK_EQ(binary_segments(bin, &segments), 2);
	CHECK(!segments[0].executable && segments[1].executable);
	CHECK_EQ(binary_offset_to_vaddr(bin, 0x10), 0x400010);
	CHECK_EQ(binary_offset_to_vaddr(bin, 0x1800), 0x402800);
	CHECK_EQ(binary_offset_to_vaddr(bin, 0x1bff), 0x402bff);
	CHECK_EQ(binary_offset_to_vaddr(bin, 0x1c00), UINT64_MAX);
	CHECK_EQ(binary_vaddr_to_offset(bin, 0x402810), 0x1810);
	CHECK_EQ(binary_vaddr_to_offset(bin, 0x402c00), UINT64_MAX);
}

struct sym {
	const char *name;
	u64 vaddr, size;
	u8 info;
};

#define GLOBAL_FUNC ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)
#define LOCAL_FUNC ELF64_ST_INFO(STB_LOCAL, STT_FUNC)
#define WEAK_FUNC ELF64_ST_INFO(STB_WEAK, STT_FUNC)
#define LABEL ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE)

static void add_symbols(struct elf_image *e, const struct sym *syms, size_t count, u32 type)
{
	struct buf table = { 0 }, names = { 0 };
	Elf64_Shdr *s;

	buf_u8(&names, 0);
	for (size_t i = 0; i < count; i++) {
		Elf64_Sym sym = {
			.st_name = (u32)names.len,
			.st_info = syms[i].info,
			.st_shndx = 1,
			.st_value = syms[i].vaddr,
			.st_size = syms[i].size,
		};

		buf_put(&names, syms[i].name, strlen(syms[i].name) + 1);
		buf_put(&table, &sym, sizeof sym);
	}
	s = elf_image_section(e, ".symbols", type, 0, 0, table.data, table.len);
	s->sh_link = e->header.e_shnum;
	s->sh_entsize = sizeof(Elf64_Sym);
	elf_image_section(e, ".strings", SHT_STRTAB, 0, 0, names.data, names.len);
	buf_release(&table);
	buf_release(&names);
}

static void test_symbols(void)
{
	static const struct sym symtab[] = {
		{ "__alias", 0x1000, 0x10, GLOBAL_FUNC }, { "alias", 0x1000, 0x10, WEAK_FUNC },
		{ "best", 0x1000, 0x10, GLOBAL_FUNC },	  { "outer", 0x1100, 0x100, LOCAL_FUNC },
		{ "part", 0x1060, 0x10, LOCAL_FUNC },	  { "whole", 0x1060, 0x20, LOCAL_FUNC },
		{ "inner", 0x1120, 0x10, LOCAL_FUNC },	  { "inside", 0x1150, 0, LABEL },
		{ "nosize", 0x1300, 0, GLOBAL_FUNC },	  { ".Lmark", 0x1310, 0, LABEL },
		{ "asm_entry", 0x1400, 0, LABEL },
		{ "object", 0x1500, 8, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT) },
	};
	static const struct sym dynsym[] = { { "exported", 0x1080, 0x20, GLOBAL_FUNC } };
	static const struct {
		u64 vaddr;
		const char *name;
	} queries[] = {
		{ 0xfff, NULL },	{ 0x1000, "best" },	 { 0x100f, "best" },
		{ 0x1010, NULL },	{ 0x1070, "whole" },	 { 0x1080, "exported" },	 { 0x1100, "outer" },
		{ 0x1120, "inner" },	{ 0x1130, "outer" },	 { 0x1160, "outer" },
		{ 0x1200, NULL },	{ 0x13ff, "nosize" },	 { 0x1400, "asm_entry" },
		{ 0x15ff, "asm_entry" }, { 0x1600, NULL },
	};
	CLEANUP(binary_closep) struct binary *bin = NULL;
	const struct symbol *all;
	struct elf_image e;

	elf_image_init(&e);
	elf_image_section(&e, ".text", SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, 0x1000, NULL, 0x600);
	add_symbols(&e, symtab, ARRAY_LEN(symtab), SHT_SYMTAB);
	add_symbols(&e, dynsym, ARRAY_LEN(dynsym), SHT_DYNSYM);
	bin = elf_image_open(&e, "symbols");
	CHECK_EQ(binary_symbols(bin, &all), 7);
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		const struct symbol *s = binary_symbol_at(bin, queries[i].vaddr);

		if (!CHECK_STR(s ? s->name : NULL, queries[i].name))
			fprintf(stderr, "... at 0x%" PRIx64 "\n", queries[i].vaddr);
	}
}

/* Code that is kept for several Rust functions is known by the first; aliases are one function. */
static void test_shared_code(void)
{
	static const struct sym symtab[] = {
		{ "_ZN4shop5fetch17h0123456789abcdefE", 0x1000, 0x10, LOCAL_FUNC },
		{ "_ZN4shop5fetch17hfedcba9876543210E", 0x1000, 0x10, LOCAL_FUNC },
		{ "_ZN4shop3one17h0123456789abcdefE", 0x1010, 0x10, LOCAL_FUNC },
		{ "_ZN4shop3one17h0123456789abcdefE.llvm.77", 0x1010, 0x10, LOCAL_FUNC },
		{ "_RNvC4shop1f", 0x1020, 0x10, GLOBAL_FUNC },
		{ "_RNvC4shop1g", 0x1020, 0x10, LOCAL_FUNC },
		{ "_ZN1AC1Ev", 0x1030, 0x10, GLOBAL_FUNC },
		{ "_ZN1AC2Ev", 0x1030, 0x10, GLOBAL_FUNC },
		{ "malloc", 0x1040, 0x10, GLOBAL_FUNC },
		{ "_RNvC4shop1h", 0x1040, 0x10, LOCAL_FUNC },
		{ "_ZN4shop3two17h0123456789abcdefE", 0x1050, 0x10, GLOBAL_FUNC },
		{ "_ZN4shop3two17h0123456789abcdefE.llvm.7", 0x1050, 0x10, LOCAL_FUNC },
		{ "_ZN4shop5third17h0123456789abcdefE", 0x1050, 0x10, LOCAL_FUNC },
	};
	static const bool want[] = { true, false, true, false, false, true };
	CLEANUP(binary_closep) struct binary *bin = NULL;
	struct elf_image e;

	elf_image_init(&e);
	elf_image_section(&e, ".text", SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, 0x1000, NULL, 0x600);
	add_symbols(&e, symtab, ARRAY_LEN(symtab), SHT_SYMTAB);
	bin = elf_image_open(&e, "shared");
	for (u32 i = 0; i < ARRAY_LEN(want); i++)
		CHECK_EQ(binary_symbol_at(bin, 0x1008 + 0x10 * i)->shared, want[i]);
}

/* Of all sizes that addresses have, in no order, two names each. */
static void test_many_symbols(void)
{
	enum { COUNT = 3000 };
	static struct sym syms[2 * COUNT];
	static char names[COUNT][16];
	CLEANUP(binary_closep) struct binary *bin = NULL;
	const struct symbol *all;
	struct elf_image e;

	for (u64 i = 0; i < COUNT; i++) {
		u64 vaddr = (i + 1) * 0x9e3779b97f4a7c15 >> (i % 6 * 8 + 1);

		snprintf(names[i], sizeof names[i], "f%u", (unsigned int)i);
		syms[2 * i] = (struct sym){ "alias", vaddr, 1, WEAK_FUNC };
		syms[2 * i + 1] = (struct sym){ names[i], vaddr, 1, GLOBAL_FUNC };
	}
	elf_image_init(&e);
	elf_image_section(&e, ".text", SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, 0x1000, NULL, 0x600);
	add_symbols(&e, syms, ARRAY_LEN(syms), SHT_SYMTAB);
	bin = elf_image_open(&e, "many");
	if (!CHECK_EQ(binary_symbols(bin, &all), COUNT))
		return;
	for (size_t i = 1; i < COUNT; i++)
		CHECK(all[i - 1].vaddr < all[i].vaddr);
	for (size_t i = 0; i < COUNT; i++) {
		const struct symbol *s = binary_symbol_at(bin, syms[2 * i].vaddr);

		CHECK_STR(s ? s->name : NULL, names[i]);
	}
}

static void put_note(struct buf *out, const char *id, u32 size)
{
	buf_u32(out, 4);
	buf_u32(out, size);
	buf_u32(out, NT_GNU_BUILD_ID);
	buf_put(out, "GNU", 4);
	buf_put(out, id, size);
}

static void test_build_id(void)
{
	struct buf notes = { 0 };
	char hex[2 * BUILD_ID_MAX + 1];

	/* Another note first, whose size needs padding. */
	buf_u32(&notes, 4);
	buf_u32(&notes, 3);
	buf_u32(&notes, 1);
	buf_put(&notes, "GNU", 4);
	buf_put(&notes, "abc", 4);
	put_note(&notes, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	for (int by_segment = 0; by_segment < 2; by_segment++) {
		CLEANUP(binary_closep) struct binary *bin = NULL;
		struct elf_image e;

		elf_image_init(&e);
		if (by_segment)
			elf_image_segment(&e, PT_NOTE, PF_R,
					  elf_image_put(&e, notes.data, notes.len), 0x200,
					  notes.len);
		else
			elf_image_section(&e, ".note", SHT_NOTE, 0, 0, notes.data, notes.len);
		bin = elf_image_open(&e, "noted");
		CHECK_STR(build_id_text(binary_build_id(bin), hex), "0123456789abcdef");
	}
	buf_release(&notes);
}

/* This program: its symbols, and the same .eh_frame with and without section headers. */
static void test_this_program(void)
{
	CLEANUP(binary_closep) struct binary *bin = NULL, *bare = NULL;
	struct section with = { 0 }, without = { 0 };
	const struct symbol *symbols;
	bool found = false;
	struct bytes all;
	Elf64_Ehdr header;
	u8 *copy;

	if (!CHECK(!binary_open(&bin, "/proc/self/exe")))
		return;
	for (size_t n = binary_symbols(bin, &symbols); n--;)
		if (!strcmp(symbols[n].name, "main"))
			found = binary_symbol_at(bin, symbols[n].vaddr + 1)->name == symbols[n].name;
	CHECK(found);
	CHECK(binary_eh_frame(bin, &with));

	all = binary_bytes(bin);
	copy = malloc(bytes_left(&all));
	memcpy(copy, all.at, bytes_left(&all));
	memcpy(&header, copy, sizeof header);
	header.e_shoff = header.e_shnum = header.e_shstrndx = 0;
	memcpy(copy, &header, sizeof header);
	CHECK(!binary_open_image(&bare, copy, bytes_left(&all), "bare"));
	CHECK(binary_eh_frame(bare, &without));
	CHECK_EQ(without.vaddr, with.vaddr);
	CHECK_EQ(without.offset, with.offset);
	CHECK(bytes_left(&without.data) >= bytes_left(&with.data));
	CHECK_EQ(binary_symbols(bare, &symbols), 0);
	free(copy);
}

static void test_vdso(void)
{
	const void *image = (const void *)getauxval(AT_SYSINFO_EHDR);
	CLEANUP(binary_closep) struct binary *bin = NULL;
	const struct symbol *symbols;
	struct section s;
	bool found = false;

	if (!image)
		return;
	if (!CHECK(!binary_open_image(&bin, image, 8192, "[vdso]")))
		return;
	CHECK(binary_eh_frame(bin, &s));
	for (size_t n = binary_symbols(bin, &symbols); n--;)
		found |= strstr(symbols[n].name, "clock_gettime") != NULL;
	CHECK(found);
}

static void write_file(const char *path, const struct buf *data)
{
	FILE *f = fopen(path, "w");

	if (CHECK(f)) {
		CHECK_EQ(fwrite(data->data, 1, data->len, f), data->len);
		fclose(f);
	}
}

static struct buf make_debug(const char *id, u32 size, const char *content)
{
	struct buf notes = { 0 }, file;
	struct elf_image e;

	elf_image_init(&e);
	put_note(&notes, id, size);
	if (size)
		elf_image_section(&e, ".note", SHT_NOTE, 0, 0, notes.data, notes.len);
	elf_image_section(&e, ".debug_info", SHT_PROGBITS, 0, 0, content, strlen(content));
	file = elf_image_finish(&e);
	buf_release(&notes);
	return file;
}

static struct buf make_program(const char *id, u32 size, const char *link, u32 crc)
{
	struct buf notes = { 0 }, linked = { 0 }, file;
	struct elf_image e;

	elf_image_init(&e);
	put_note(&notes, id, size);
	if (size)
		elf_image_section(&e, ".note", SHT_NOTE, 0, 0, notes.data, notes.len);
	buf_put(&linked, link, strlen(link) + 1);
	while (linked.len % 4)
		buf_u8(&linked, 0);
	buf_u32(&linked, crc);
	elf_image_section(&e, ".gnu_debuglink", SHT_PROGBITS, 0, 0, linked.data, linked.len);
	file = elf_image_finish(&e);
	buf_release(&notes);
	buf_release(&linked);
	return file;
}

static u32 slow_crc32(const u8 *data, size_t size)
{
	u32 crc = ~0u;

	for (size_t i = 0; i < size; i++)
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320u & -((crc ^ (data[i] >> bit)) & 1));
	return ~crc;
}

/* The name of the debug file of `program` below `root`, NULL if there is none. */
static void check_debug(const char *program, const char *root, const char *want)
{
	CLEANUP(binary_closep) struct binary *bin = NULL, *debug = NULL;

	if (!CHECK(!binary_open(&bin, program)))
		return;
	CHECK(!binary_find_debug(bin, root, &debug));
	CHECK_STR(debug ? binary_name(debug) : NULL, want);
}

static void test_debug_files(void)
{
	char dir[] = "/tmp/aprof-test-XXXXXX", path[5][PATH_MAX];
	struct buf debug, old, program;

	if (!CHECK(mkdtemp(dir)))
		return;
	snprintf(path[0], PATH_MAX, "%s/.build-id", dir);
	snprintf(path[1], PATH_MAX, "%s/.build-id/01", dir);
	snprintf(path[2], PATH_MAX, "%s/.build-id/01/23456789.debug", dir);
	snprintf(path[3], PATH_MAX, "%s/program", dir);
	snprintf(path[4], PATH_MAX, "%s/program.debug", dir);
	CHECK(!mkdir(path[0], 0700) && !mkdir(path[1], 0700));

	/* By build id, but not one of another build. */
	debug = make_debug("\x01\x23\x45\x67\x89", 5, "right");
	program = make_program("\x01\x23\x45\x67\x89", 5, "program.debug", 0);
	write_file(path[3], &program);
	check_debug(path[3], dir, NULL);
	write_file(path[2], &debug);
	check_debug(path[3], dir, path[2]);
	check_debug(path[3], NULL, NULL);
	unlink(path[2]);
	write_file(path[4], &debug);
	check_debug(path[3], NULL, path[4]);
	old = make_debug("\x01\x23\x45\x67\x8a", 5, "older");
	write_file(path[4], &old);
	check_debug(path[3], NULL, NULL);

	/* By checksum where there is no build id. */
	buf_release(&program);
	program = make_program("", 0, "program.debug", slow_crc32(old.data, old.len));
	write_file(path[3], &program);
	check_debug(path[3], NULL, path[4]);
	write_file(path[4], &debug);
	check_debug(path[3], NULL, NULL);

	buf_release(&debug);
	buf_release(&old);
	buf_release(&program);
	for (int i = 5; i--;)
		remove(path[i]);
	rmdir(dir);
}

/* Pages that a file loses while it is open read as zeros, and kill nobody. */
static void test_truncated_while_open(void)
{
	static u8 filler[20000];
	char path[] = "/tmp/aprof-truncated-XXXXXX";
	int fd = mkstemp(path);
	struct elf_image e;
	struct binary *bin = NULL;
	struct section section;
	struct buf file;
	struct err *err;
	u64 sum = 0;

	memset(filler, 1, sizeof filler);
	elf_image_init(&e);
	elf_image_section(&e, ".filler", SHT_PROGBITS, 0, 0, filler, sizeof filler);
	file = elf_image_finish(&e);
	CHECK(fd >= 0 && write(fd, file.data, file.len) == (ssize_t)file.len);
	err = binary_open(&bin, path);
	CHECK(!err && binary_section(bin, ".filler", &section));
	CHECK(!ftruncate(fd, 0));
	for (size_t i = 8192; i < bytes_left(&section.data); i++)
		sum += section.data.at[i];
	CHECK(bytes_left(&section.data) == sizeof filler && sum == 0);
	binary_close(bin);
	buf_release(&file);
	close(fd);
	unlink(path);
}

int main(void)
{
	test_truncated_while_open();
	test_refusals();
	test_addresses();
	test_symbols();
	test_shared_code();
	test_many_symbols();
	test_build_id();
	test_this_program();
	test_vdso();
	test_debug_files();
	return check_done();
}
