/* Opening an ELF file: headers are checked and copied once, everything else is found through them. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/binary/binary_private.h"
#include "lib/binary/mapped.h"

struct bytes binary_slice(const struct binary *bin, u64 offset, u64 size)
{
	if (offset >= bin->size)
		return bytes_of(bin->data + bin->size, 0);
	return bytes_of(bin->data + offset, (size_t)u64_min(size, bin->size - offset));
}

static struct err *check_header(const struct binary *bin, Elf64_Ehdr *header)
{
	struct bytes b = bytes_of(bin->data, bin->size);
	const u8 *at = bytes_take(&b, sizeof *header);

	if (bin->size < SELFMAG || memcmp(bin->data, ELFMAG, SELFMAG) != 0)
		return err_new("%s is not an ELF file", bin->name);
	if (!at)
		return err_new("%s is cut off within its ELF header", bin->name);
	memcpy(header, at, sizeof *header);
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_machine != EM_X86_64)
		return err_new("%s is not for 64-bit x86", bin->name);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN && header->e_type != ET_REL)
		return err_new("%s is neither a program nor a shared library", bin->name);
	return NULL;
}

static void read_program_headers(struct binary *bin, const Elf64_Ehdr *header)
{
	struct bytes b = binary_slice(bin, header->e_phoff, UINT64_MAX);

	if (header->e_phentsize != sizeof(Elf64_Phdr))
		return;
	for (u32 i = 0; i < header->e_phnum; i++) {
		const u8 *at = bytes_take(&b, sizeof(Elf64_Phdr));
		Elf64_Phdr *p;

		if (!at)
			break;
		p = vec_push(&bin->headers);
		memcpy(p, at, sizeof *p);
		if (p->p_type == PT_LOAD && p->p_filesz)
			*vec_push(&bin->segments) = (struct segment){
				.offset = p->p_offset,
				.vaddr = p->p_vaddr,
				.file_size = p->p_filesz,
				.executable = p->p_flags & PF_X,
			};
	}
}

static void read_section_headers(struct binary *bin, const Elf64_Ehdr *header)
{
	struct bytes b = binary_slice(bin, header->e_shoff, UINT64_MAX);
	u64 count = header->e_shnum;
	Elf64_Shdr first;

	if (!header->e_shoff || header->e_shentsize != sizeof first || bytes_left(&b) < sizeof first)
		return;
	/* Numbers that do not fit into 16 bits are in the null section (gABI, "Section Header"). */
	memcpy(&first, b.at, sizeof first);
	if (!count)
		count = first.sh_size;
	bin->names = header->e_shstrndx == SHN_XINDEX ? first.sh_link : header->e_shstrndx;

	count = u64_min(count, bytes_left(&b) / sizeof first);
	vec_resize(&bin->sections, (size_t)count);
	if (count)
		memcpy(bin->sections.data, b.at, (size_t)count * sizeof first);
}

/* A relocatable file without code: dwz makes these, to hold what several debug files share. */
static bool is_alternate(const struct binary *bin)
{
	vec_each(&bin->sections, s)
		if (s->sh_flags & SHF_EXECINSTR || s->sh_type == SHT_RELA)
			return false;
	return bin->build_id.size != 0;
}

static struct err *parse(struct binary *bin)
{
	Elf64_Ehdr header;

	TRY(check_header(bin, &header));
	bin->fixed = header.e_type == ET_EXEC;
	read_program_headers(bin, &header);
	read_section_headers(bin, &header);
	build_id_read(bin);
	bin->has_dwarf = section_finds_dwarf(bin);
	if (header.e_type == ET_REL && !is_alternate(bin))
		return err_new("%s is neither a program nor a shared library", bin->name);
	return NULL;
}

static struct err *finish(struct binary *bin, struct binary **out)
{
	struct err *err;

	pthread_mutex_init(&bin->lock, NULL);
	pthread_mutex_init(&bin->symbols_lock, NULL);
	err = parse(bin);
	if (err) {
		binary_close(bin);
		return err;
	}
	*out = bin;
	return NULL;
}

static struct err *open_file(struct binary **out, int fd, const char *name, enum binary_reading by)
{
	struct binary *bin;
	struct stat st;
	const u8 *data;

	*out = NULL;
	if (fstat(fd, &st) < 0)
		return err_os(errno, "cannot look at %s", name);
	if (!S_ISREG(st.st_mode))
		return err_new("%s is not a regular file", name);
	if (!st.st_size)
		return err_new("%s is empty", name);
	data = mapped_new(fd, (size_t)st.st_size, by);
	if (!data)
		return err_os(errno, "cannot map %s", name);

	bin = xzalloc(sizeof *bin);
	bin->name = xstrdup(name);
	bin->data = data;
	bin->size = (size_t)st.st_size;
	bin->mapped = true;
	return finish(bin, out);
}

/* Headers are at the start and the end: what is around them need not be read for that. */
struct err *binary_open_fd(struct binary **out, int fd, const char *name)
{
	TRY(open_file(out, fd, name, BINARY_PAGES));
	binary_read_by(*out, BINARY_AROUND);
	return NULL;
}

struct err *binary_open(struct binary **out, const char *path)
{
	/* O_NONBLOCK: a FIFO in the place of a program must not hold us. */
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*out = NULL;
	if (fd < 0)
		return err_os(errno, "cannot open %s", path);
	return open_file(out, fd, path, BINARY_HUGE_PAGES);
}

struct err *binary_open_image(struct binary **out, const void *image, size_t size, const char *name)
{
	struct binary *bin = xzalloc(sizeof *bin);

	*out = NULL;
	bin->name = xstrdup(name);
	bin->data = xmemdup(image, size);
	bin->size = size;
	return finish(bin, out);
}

void binary_close(struct binary *bin)
{
	if (!bin)
		return;
	vec_each(&bin->inflated, it) {
		free((*it)->data);
		free(*it);
	}
	pthread_mutex_destroy(&bin->lock);
	pthread_mutex_destroy(&bin->symbols_lock);
	vec_release(&bin->inflated);
	vec_release(&bin->headers);
	vec_release(&bin->segments);
	vec_release(&bin->spans);
	vec_release(&bin->sections);
	symbol_index_release(&bin->symbol_index);
	free(bin->symbols);
	arena_release(&bin->symbol_arena);
	vec_release(&bin->all_symbols);
	if (bin->mapped)
		mapped_free(bin->data, bin->size);
	else
		free((void *)bin->data);
	free(bin->name);
	free(bin);
}

const char *binary_name(const struct binary *bin)
{
	return bin->name;
}

const struct build_id *binary_build_id(const struct binary *bin)
{
	return &bin->build_id;
}

size_t binary_segments(const struct binary *bin, const struct segment **out)
{
	*out = bin->segments.data;
	return bin->segments.len;
}

struct bytes binary_bytes(const struct binary *bin)
{
	return bytes_of(bin->data, bin->size);
}

bool binary_is_fixed(const struct binary *bin)
{
	return bin->fixed;
}
