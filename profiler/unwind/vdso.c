/* Finds our own vdso, and how long it is. */
#include "profiler/unwind/vdso.h"

#include <elf.h>
#include <sys/auxv.h>

/* Section headers are the last thing in the image; their end is its size. */
static size_t image_size(const Elf64_Ehdr *header)
{
	return header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
}

struct err *vdso_open(struct binary **out)
{
	const void *image = (const void *)getauxval(AT_SYSINFO_EHDR);

	*out = NULL;
	if (!image)
		return err_new("this kernel gives no vdso");
	return binary_open_image(out, image, image_size(image), "[vdso]");
}
