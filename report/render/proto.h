/* Protocol buffers, as far as writing pprof's profile.proto needs them. */
#ifndef APROF_RENDER_PROTO_H
#define APROF_RENDER_PROTO_H

#include <aprof/text.h>
#include <aprof/types.h>

/* Messages are bytes in a struct text. Zero is the default of every number, and not written. */
void proto_u64(struct text *message, u32 field, u64 value);
void proto_string(struct text *message, u32 field, const char *s);
/* A message as a field of another; `inner` is cleared. */
void proto_message(struct text *message, u32 field, struct text *inner);
/* repeated number [packed = true] */
void proto_packed(struct text *message, u32 field, const u64 *values, size_t count);

#endif
