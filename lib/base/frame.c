/* Words for what frames and stacks say of themselves, and build ids as text. */
#include <aprof/frame.h>

#include <stdio.h>

static const char *const status_texts[FRAME_STATUS_COUNT] = {
	[FRAME_OK] = "ok",
	[FRAME_TRUNCATED] = "truncated",
	[FRAME_FAILED] = "failed",
	[FRAME_SKID] = "skid across a call or return",
	[FRAME_LOST] = "lost",
};

static const char *const stop_texts[STOP_COUNT] = {
	[STOP_END] = "complete",
	[STOP_COPY_END] = "deeper than the copied stack",
	[STOP_NO_RULE] = "no unwind rule",
	[STOP_NO_MAP] = "address in no mapping",
	[STOP_NOT_EXECUTABLE] = "return address not executable",
	[STOP_BAD_RULE] = "impossible unwind rule",
	[STOP_DEPTH] = "too many frames",
	[STOP_NO_STACK] = "no user stack sampled",
	[STOP_NO_TABLE] = "no unwind table",
	[STOP_CHANGED] = "file changed",
	[STOP_SKID] = "stack of another function than the precise address",
};

static const char *const source_texts[SOURCE_COUNT] = {
	[SOURCE_TABLE] = "table",
	[SOURCE_FP] = "frame pointer",
	[SOURCE_LIBUNWIND] = "libunwind",
	[SOURCE_LBR] = "LBR",
	[SOURCE_KERNEL_CHAIN] = "kernel chain",
	[SOURCE_BPF] = "BPF",
	[SOURCE_MEMORY] = "live memory",
	[SOURCE_GUESS] = "guess",
};

const char *frame_status_text(enum frame_status status)
{
	return (unsigned int)status < FRAME_STATUS_COUNT ? status_texts[status] : "unknown";
}

const char *stop_reason_text(enum stop_reason reason)
{
	return (unsigned int)reason < STOP_COUNT ? stop_texts[reason] : "unknown";
}

const char *frame_source_text(enum frame_source source)
{
	return (unsigned int)source < SOURCE_COUNT ? source_texts[source] : "unknown";
}

char *build_id_text(const struct build_id *id, char buf[2 * BUILD_ID_MAX + 1])
{
	buf[0] = '\0';
	for (unsigned int i = 0; i < id->size && i < BUILD_ID_MAX; i++)
		snprintf(buf + (size_t)2 * i, 3, "%02x", id->bytes[i]);
	return buf;
}
