/* Any bytes as an ELF file: everything that <aprof/binary.h> can be asked about it. */
#include <stdlib.h>

#include <aprof/binary.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile u8 sink;

static void touch(struct bytes b)
{
	if (bytes_left(&b))
		sink = b.at[0] ^ b.end[-1];
}

static void ask_symbols(struct binary *bin)
{
	const struct symbol *symbols;
	size_t count = binary_symbols(bin, &symbols);

	for (size_t i = 0; i < count; i++) {
		if (!symbols[i].name || (i && symbols[i].vaddr <= symbols[i - 1].vaddr))
			abort();
		if (symbols[i].size && !binary_symbol_at(bin, symbols[i].vaddr))
			abort();
	}
	binary_symbol_at(bin, 0);
	binary_symbol_at(bin, UINT64_MAX);
}

static void ask_span(struct binary *bin, u64 vaddr)
{
	struct code_span span;

	if (binary_code_span_at(bin, vaddr, &span) && (vaddr < span.start || vaddr >= span.end))
		abort();
}

static void ask_spans(struct binary *bin)
{
	const struct code_span *spans;
	size_t count = binary_code_spans(bin, &spans);

	for (size_t i = 0; i < count; i++) {
		if (spans[i].start >= spans[i].end || (i && spans[i].start < spans[i - 1].start))
			abort();
		ask_span(bin, spans[i].start);
		ask_span(bin, spans[i].end - 1);
	}
	ask_span(bin, 0);
	ask_span(bin, UINT64_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { ".debug_info", ".eh_frame", ".text", "" };
	struct binary *bin;
	struct section section;
	const char *link;
	struct err *err;
	u32 crc;

	err = binary_open_image(&bin, data, size, "input");
	if (err) {
		err_free(err);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (binary_section(bin, names[i], &section))
			touch(section.data);
	if (binary_eh_frame(bin, &section))
		touch(section.data);
	binary_has_dwarf(bin);
	binary_debuglink(bin, &link, &crc);
	binary_offset_to_vaddr(bin, UINT64_MAX);
	binary_vaddr_to_offset(bin, size);
	ask_symbols(bin);
	ask_spans(bin);
	binary_close(bin);
	return 0;
}
