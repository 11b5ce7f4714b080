/* What one FDE of .eh_frame covers. What its rules say is no matter here. */
#ifndef APROF_BINARY_FDE_H
#define APROF_BINARY_FDE_H

#include <aprof/binary.h>

struct fde_reader {
	struct section eh_frame;
	const u8 *cie; /* of the last FDE: nearly always that of the next one too */
	u8 encoding;
};

/* False if there is no .eh_frame. */
bool fde_reader_init(struct fde_reader *r, struct binary *bin);

/* An entry of .eh_frame, from behind its length: false if it is no FDE, or covers nothing. */
bool fde_span(struct fde_reader *r, struct bytes entry, struct code_span *out);

/* The next entry, from behind its length; empty for an empty one, bad behind the last. */
struct bytes fde_next(struct bytes *b);

#endif
