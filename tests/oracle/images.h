/* The files of a capture, opened once for all unwinders. */
#ifndef APROF_ORACLE_IMAGES_H
#define APROF_ORACLE_IMAGES_H

#include <aprof/binary.h>

#include "profiler/process/modules.h"
#include "profiler/process/space.h"

struct image {
	struct binary *bin; /* NULL: could not be opened */
	char *path; /* that works for us */
	struct section hdr, eh_frame; /* .eh_frame_hdr may be empty */
};

struct images {
	const struct modules *modules;
	struct image *all; /* by module id */
	size_t count;
};

void images_open(struct images *images, const struct modules *modules);
void images_close(struct images *images);

/* What was added to link-time addresses where the file is mapped. */
u64 image_load(const struct image *image, const struct mapping *map);
/* `size` bytes of text; NULL if no file has them. */
const u8 *images_text(const struct images *images, const struct space *space, u64 address,
		      size_t size);
/* "name+0x12" or "0x1234", for messages. */
const char *images_describe(struct images *images, const struct space *space, u64 address);

#endif
