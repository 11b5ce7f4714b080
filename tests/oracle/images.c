/* Opens the files of a capture. */
#include "tests/oracle/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <aprof/alloc.h>

#include "profiler/unwind/vdso.h"

/* libdw wants a file. */
static char *vdso_path(const struct binary *bin)
{
	struct bytes all = binary_bytes(bin);
	int fd = memfd_create("vdso", MFD_CLOEXEC);

	if (fd < 0 || write(fd, all.at, bytes_left(&all)) < 0)
		return xstrdup("");
	return xasprintf("/proc/self/fd/%d", fd);
}

static void open_image(struct image *image, const struct module *module)
{
	struct err *err;
	bool changed;
	int fd = -1;

	if (module->kind == MODULE_VDSO) {
		err = vdso_open(&image->bin);
	} else {
		err = module_open(module, &fd, &changed);
		if (!err) {
			err = binary_open_fd(&image->bin, fd, module->path);
			close(fd);
		}
	}
	if (err) {
		err_free(err);
		return;
	}
	image->path = module->kind == MODULE_VDSO ? vdso_path(image->bin) : xstrdup(module->path);
	binary_section(image->bin, ".eh_frame_hdr", &image->hdr);
	binary_eh_frame(image->bin, &image->eh_frame);
}

void images_open(struct images *images, const struct modules *modules)
{
	images->modules = modules;
	images->count = modules_count(modules);
	images->all = xcalloc(images->count + 1, sizeof *images->all);
	for (size_t i = 0; i < images->count; i++)
		open_image(&images->all[i], modules_get(modules, (u32)i));
}

void images_close(struct images *images)
{
	for (size_t i = 0; i < images->count; i++) {
		binary_close(images->all[i].bin);
		free(images->all[i].path);
	}
	free(images->all);
}

u64 image_load(const struct image *image, const struct mapping *map)
{
	const struct segment *segments;
	size_t count = binary_segments(image->bin, &segments);

	for (size_t i = 0; i < count; i++) {
		const struct segment *s = &segments[i];

		if (s->executable && s->offset < map->offset + (map->end - map->start) &&
		    map->offset < s->offset + s->file_size)
			return map->start + s->offset - map->offset - s->vaddr;
	}
	return map->start - map->offset;
}

const u8 *images_text(const struct images *images, const struct space *space, u64 address,
		      size_t size)
{
	const struct mapping *map = space_find(space, address);
	struct bytes all;
	u64 at;

	if (!map || !images->all[map->module].bin)
		return NULL;
	all = binary_bytes(images->all[map->module].bin);
	at = address - map->start + map->offset;
	return at < bytes_left(&all) && size <= bytes_left(&all) - at ? all.at + at : NULL;
}

const char *images_describe(struct images *images, const struct space *space, u64 address)
{
	static char text[4][512];
	static u32 next;
	char *out = text[next++ % 4];
	const struct mapping *map = space_find(space, address);
	const struct image *image = map ? &images->all[map->module] : NULL;
	const struct symbol *symbol;
	const char *base;
	u64 vaddr;

	if (!map) {
		snprintf(out, sizeof text[0], "0x%llx (not mapped)", (unsigned long long)address);
		return out;
	}
	base = modules_get(images->modules, map->module)->path;
	base = strrchr(base, '/') ? strrchr(base, '/') + 1 : base;
	vaddr = image->bin ? address - image_load(image, map) : 0;
	symbol = image->bin ? binary_symbol_at(image->bin, vaddr) : NULL;
	if (symbol)
		snprintf(out, sizeof text[0], "%s`%s+0x%llx", base, symbol->name,
			 (unsigned long long)(vaddr - symbol->vaddr));
	else
		snprintf(out, sizeof text[0], "%s+0x%llx", base,
			 (unsigned long long)(address - map->start + map->offset));
	return out;
}
