/*
 * Any registers and any stack: the walk ends, within the copy.
 *
 * An input is sixteen bytes for ip and rbp, each an offset with a selector of what it is in, then
 * r10 and rbx, then the stack; words of it below 0x10000 are turned into addresses, so that what is
 * random leads somewhere.
 */
#include <stdlib.h>

#include "tests/unit/unwind_scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static u64 address(u64 word)
{
	if (word >= 0x10000)
		return word;
	switch (word >> 14) {
	case 0:
		return AT(word & 0x1fff);
	case 1:
		return STACK_TOP + (word & 0x3fff);
	case 2:
		return JIT_MAPPED + (word & 0xfff);
	}
	return word & 0x3fff;
}

static void check(const struct stack *s)
{
	if (!s->count || s->count > APROF_MAX_DEPTH + 1)
		abort();
	for (u32 i = 0; i < s->count; i++)
		if (frame_is_end(&s->frames[i]) && i + 1 < s->count)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scene scene;
	struct bytes b = bytes_of(data, size);
	u64 *regs = scene.sample.regs.reg, ip;
	size_t count;
	u64 *words;

	if (!scene.table)
		scene_open(&scene);
	ip = address(bytes_u64(&b));
	regs[UREG_BP] = address(bytes_u64(&b));
	regs[UREG_R10] = address(bytes_u64(&b));
	regs[UREG_BX] = address(bytes_u64(&b));
	count = bytes_left(&b) / 8;
	/* Of its own, so that a sanitizer sees a read behind it. */
	words = malloc(8 * count + 1);
	for (size_t i = 0; i < count; i++)
		words[i] = address(bytes_u64(&b));
	scene.sample.stack = (const u8 *)words;
	scene_unwind(&scene, ip, count, size & 1);
	check(&scene.stack);
	free(words);
	return 0;
}
