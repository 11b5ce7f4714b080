/* What a program on disk comes with: identity, unwind tables, symbols, how it was compiled. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/binary.h>
#include <aprof/cleanup.h>
#include <aprof/demangle.h>
#include <aprof/text.h>

#include "profiler/doctor/doctor.h"

/* Crates of the standard library, those that it is made of, and types that are its own. */
static bool starts_with_std(const char *path)
{
	static const char *const names[] = {
		"std",		"core",	       "alloc",	 "hashbrown", "compiler_builtins",
		"panic_unwind", "__rustc",     "adler",	 "adler2",    "addr2line",
		"gimli",	"miniz_oxide", "object", "memchr",    "rustc_demangle",
		"str",		"char",	       "bool",	 "u8",	      "u16",
		"u32",		"u64",	       "u128",	 "usize",     "i8",
		"i16",		"i32",	       "i64",	 "i128",      "isize",
		"f32",		"f64",
	};
	size_t len = strcspn(path, ":; >],()");

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == len && memcmp(path, names[i], len) == 0)
			return true;
	return false;
}

static bool is_std(const char *symbol)
{
	AUTO_FREE char *name = demangle(symbol);
	const char *as = strstr(name, " as ");

	return starts_with_std(name + strspn(name, "<&*[( ")) ||
	       (as && starts_with_std(as + strlen(" as ") + strspn(as + strlen(" as "), "<")));
}

static bool is_rust_mangling(enum mangling mangling)
{
	return mangling == MANGLING_RUST_LEGACY || mangling == MANGLING_RUST_V0;
}

/* A function that is the program's own: its crates', or where it is not Rust any. */
static bool is_own(const struct symbol *symbol, bool rust)
{
	return rust ? is_rust_mangling(mangling_of(symbol->name)) && !is_std(symbol->name)
		    : symbol->size >= 32;
}

static bool any_rust(const struct symbol *symbols, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_rust_mangling(mangling_of(symbols[i].name)))
			return true;
	return false;
}

static void thin_out(struct vaddr_vec *vec)
{
	size_t kept = 0;

	if (vec->len <= DOCTOR_FUNCTIONS)
		return;
	for (; kept < DOCTOR_FUNCTIONS; kept++)
		vec->data[kept] = vec->data[kept * vec->len / DOCTOR_FUNCTIONS];
	vec->len = kept;
}

void doctor_functions(struct binary *bin, struct vaddr_vec *out)
{
	const struct symbol *symbols;
	const struct code_span *spans;
	size_t count = binary_symbols(bin, &symbols);
	bool rust = any_rust(symbols, count);

	for (size_t i = 0; i < count; i++)
		if (is_own(&symbols[i], rust))
			*vec_push(out) = symbols[i].vaddr;
	if (!out->len) {
		count = binary_code_spans(bin, &spans);
		for (size_t i = 0; i < count; i++)
			*vec_push(out) = spans[i].start;
	}
	thin_out(out);
}

static void check_identity(struct findings *findings, struct binary *bin)
{
	const struct build_id *id = binary_build_id(bin);
	char text[2 * BUILD_ID_MAX + 1];
	struct section section;

	if (id->size)
		finding_add(findings, FINDING_OK, "build id", NULL, "%s", build_id_text(id, text));
	else
		finding_add(findings, FINDING_NOTE, "build id",
			    "link with -Wl,--build-id: without it a rebuilt file is not told from "
			    "the recorded one",
			    "none");
	if (binary_eh_frame(bin, &section))
		finding_add(findings, FINDING_OK, ".eh_frame", NULL, "%zu KiB of unwind tables",
			    (bytes_left(&section.data) + 1023) >> 10);
	else
		finding_add(
			findings, FINDING_MISSING, ".eh_frame",
			"-C force-unwind-tables=yes, or -fasynchronous-unwind-tables, makes them",
			"no unwind tables: stacks end in this file");
}

static void check_symbols(struct findings *findings, struct binary *bin, bool is_rust)
{
	const struct symbol *symbols;
	size_t count = binary_symbols(bin, &symbols), kinds[MANGLING_CXX + 1] = { 0 };
	struct section section;

	for (size_t i = 0; i < count; i++)
		kinds[mangling_of(symbols[i].name)]++;
	if (!binary_section(bin, ".symtab", &section))
		finding_add(findings, FINDING_NOTE, "symbols",
			    is_rust ? "CARGO_PROFILE_RELEASE_STRIP=none keeps them (cargo strips "
				      "where there is no debug information)"
				    : "linked without -s and not stripped it has them",
			    "stripped: %zu dynamic ones", count);
	else
		finding_add(findings, FINDING_OK, "symbols", NULL,
			    "%zu functions: %zu Rust (v0), %zu Rust (legacy), %zu C++, %zu others",
			    count, kinds[MANGLING_RUST_V0], kinds[MANGLING_RUST_LEGACY],
			    kinds[MANGLING_CXX], kinds[MANGLING_NONE]);
}

/* .comment: strings of the compilers that made the parts, each ended by a NUL. */
static bool check_compiler(struct findings *findings, struct binary *bin)
{
	static const char key[] = "rustc version ";
	struct section section;
	const char *text, *at = NULL;

	if (binary_section(bin, ".comment", &section))
		while (!at && bytes_left(&section.data) && (text = bytes_cstr(&section.data)))
			at = strstr(text, key);
	if (at)
		finding_add(findings, FINDING_OK, "compiler", NULL, "rustc %s",
			    at + sizeof key - 1);
	return at != NULL;
}

/* push %rbp, perhaps behind endbr64; then mov %rsp,%rbp, between which GCC schedules other work. */
static bool sets_frame_pointer(struct bytes code)
{
	static const u8 endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const u8 move[] = { 0x48, 0x89, 0xe5 };
	enum { PUSH_RBP = 0x55, REACH = 32 };

	if (bytes_left(&code) >= sizeof endbr && !memcmp(code.at, endbr, sizeof endbr))
		bytes_skip(&code, sizeof endbr);
	return bytes_u8(&code) == PUSH_RBP &&
	       memmem(code.at, bytes_left(&code) < REACH ? bytes_left(&code) : REACH, move,
		      sizeof move);
}

static void check_frame_pointers(struct findings *findings, struct binary *bin)
{
	struct vaddr_vec functions = { 0 };
	size_t with = 0;
	unsigned share;

	doctor_functions(bin, &functions);
	vec_each (&functions, vaddr) {
		struct bytes code = binary_bytes(bin);
		u64 offset = binary_vaddr_to_offset(bin, *vaddr);

		with += offset < bytes_left(&code) && bytes_skip(&code, offset) &&
			sets_frame_pointer(code);
	}
	share = functions.len ? (unsigned)(with * 100 / functions.len) : 0;
	if (functions.len)
		finding_add(findings, FINDING_OK, "frame pointers", NULL,
			    "%u%% of %zu functions looked at set one: --call-graph fp would be %s",
			    share, functions.len,
			    share >= 80 ? "usable" : "wrong, which the default is not");
	vec_release(&functions);
}

/* Code that is in the file: not cut off, and not stripped to debug information. */
static bool has_code(const struct binary *bin)
{
	const struct segment *segments;
	size_t count = binary_segments(bin, &segments);
	struct bytes all = binary_bytes(bin);

	for (size_t i = 0; i < count; i++)
		if (segments[i].executable && segments[i].offset <= bytes_left(&all) &&
		    segments[i].file_size <= bytes_left(&all) - segments[i].offset)
			return true;
	return false;
}

static bool is_script(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char start[2];

	return fd >= 0 && read(fd, start, 2) == 2 && start[0] == '#' && start[1] == '!';
}

bool doctor_binary(struct findings *findings, const char *path)
{
	CLEANUP(binary_closep) struct binary *bin = NULL;
	struct err *err = binary_open(&bin, path);
	struct bytes all;
	bool rust;

	if (err) {
		bool script = is_script(path);

		finding_add(findings, script ? FINDING_NOTE : FINDING_MISSING, "file",
			    script ? "what it starts is recorded all the same" : NULL, "%s",
			    err->message);
		err_free(err);
		return script;
	}
	if (!has_code(bin)) {
		finding_add(findings, FINDING_MISSING, "file", NULL,
			    "an ELF file without code: cut short, or debug information only");
		return false;
	}
	all = binary_bytes(bin);
	finding_add(findings, FINDING_OK, "file", NULL, "ELF x86-64, %zu KiB",
		    (bytes_left(&all) + 1023) >> 10);
	rust = check_compiler(findings, bin);
	check_identity(findings, bin);
	check_symbols(findings, bin, rust);
	doctor_debug(findings, bin, rust);
	check_frame_pointers(findings, bin);
	return true;
}
