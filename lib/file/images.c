/* The bytes of a module that no file has, such as the vdso. */
#include <aprof/file.h>

#include "lib/file/ids.h"

void image_encode(struct buf *out, u32 module, struct bytes image)
{
	buf_varint(out, module);
	buf_put(out, image.at, bytes_left(&image));
}

bool image_decode(struct bytes in, u32 *module, struct bytes *image)
{
	*module = get_id(&in);
	*image = in;
	return !in.bad;
}
