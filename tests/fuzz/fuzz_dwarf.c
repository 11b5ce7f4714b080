/* Any bytes as an ELF file with DWARF: chains and lines of addresses all over its code. */
#include <stdlib.h>
#include <string.h>

#include <aprof/dwarf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ADDRESSES 64

static volatile size_t sink;

struct answers {
	size_t count;
	bool given[ADDRESSES];
};

static void read_string(const char *s)
{
	if (s)
		sink = strlen(s);
}

static void check_answer(void *arg, size_t query, const struct dwarf_frame *frames, size_t count)
{
	struct answers *answers = arg;

	if (query >= answers->count || answers->given[query] || !count)
		abort();
	answers->given[query] = true;
	for (size_t i = 0; i < count; i++) {
		const struct dwarf_function *f = frames[i].function;

		read_string(frames[i].file);
		if (!f) {
			if (count != 1)
				abort();
			continue;
		}
		if (!f->name != !f->path)
			abort();
		read_string(f->name);
		read_string(f->path);
		read_string(f->linkage);
		read_string(f->file);
	}
}

/* Evenly over the executable segment, or over low addresses where a damaged file has none. */
static void spread(const struct binary *bin, u64 *vaddrs)
{
	const struct segment *segments;
	size_t count = binary_segments(bin, &segments);
	u64 start = 0x1000, size = 0x1000;

	for (size_t i = 0; i < count; i++) {
		if (!segments[i].executable)
			continue;
		start = u64_min(segments[i].vaddr, UINT64_MAX / 2);
		size = u64_min(segments[i].file_size, 0x10000);
	}
	for (size_t i = 0; i < ADDRESSES; i++)
		vaddrs[i] = start + size * i / ADDRESSES;
}

/* All of these addresses, which may be a reason to read parts only. */
static void ask(struct binary *bin, const u64 *vaddrs, size_t count)
{
	struct dwarf *dwarf;
	struct err *err = dwarf_open_for(&dwarf, bin, DWARF_LINES, vaddrs, count);

	err_free(err);
	if (err)
		return;
	/* Twice: the second time meets what the first remembered, damage too. */
	for (int i = 0; i < 2; i++) {
		struct answers answers = { .count = count };

		dwarf_query(dwarf, NULL, vaddrs, answers.count, check_answer, &answers);
	}
	sink = dwarf_damaged(dwarf);
	dwarf_close(dwarf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u64 vaddrs[ADDRESSES];
	struct binary *bin;
	struct err *err;

	err = binary_open_image(&bin, data, size, "input");
	if (err) {
		err_free(err);
		return 0;
	}
	spread(bin, vaddrs);
	ask(bin, vaddrs, ADDRESSES);
	ask(bin, vaddrs, 1);
	binary_close(bin);
	return 0;
}
