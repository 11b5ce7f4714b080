/* Which debug information a binary comes with: found by asking it about functions, not by flags. */
#include <elf.h>
#include <string.h>

#include <aprof/binary.h>
#include <aprof/cleanup.h>
#include <aprof/dwarf.h>
#include <aprof/text.h>

#include "profiler/doctor/doctor.h"

struct coverage { /* of functions that were asked for */
	size_t full; /* names with their paths, inlined calls and lines */
	size_t lines; /* lines only */
	size_t std; /* of Rust's standard library, which brings its own */
};

/* As rustc remaps its sources' paths, and as Debian's does. */
static bool is_std_source(const char *file)
{
	return file && (starts_with(file, "/rustc/") || strstr(file, "/library/std/") ||
			strstr(file, "/library/core/") || strstr(file, "/library/alloc/"));
}

static void count_found(void *arg, size_t query, const struct dwarf_frame *frames, size_t count)
{
	struct coverage *coverage = arg;
	const struct dwarf_function *f = frames[count - 1].function;

	(void)query;
	/* With line tables only a function has its bare name and nothing else. */
	if (f && is_std_source(f->file))
		coverage->std++;
	else if (f && (f->linkage || f->line))
		coverage->full++;
	else
		coverage->lines++;
}

static bool is_compressed(struct binary *bin)
{
	struct section section;

	return binary_section(bin, ".zdebug_info", &section) ||
	       (binary_section(bin, ".debug_info", &section) && section.flags & SHF_COMPRESSED);
}

static const char *way_out(bool is_rust)
{
	return is_rust ? "CARGO_PROFILE_RELEASE_DEBUG=1 cargo build --release shows inlined "
			 "functions and await lines, and slows nothing down"
		       : "compiled with -g, inlined functions and lines are shown";
}

static void judge(struct findings *findings, const struct coverage *c, size_t asked, bool is_rust,
		  const char *where)
{
	if (asked && c->full * 2 >= asked)
		finding_add(findings, FINDING_OK, "DWARF", NULL,
			    "full%s: %zu of %zu functions looked at have names, inlined calls and "
			    "lines",
			    where, c->full, asked);
	else if (asked && (c->full + c->lines) * 2 >= asked)
		finding_add(findings, FINDING_NOTE, "DWARF", way_out(is_rust),
			    "line tables only%s: inlined functions have no paths", where);
	else
		finding_add(findings, FINDING_NOTE, "DWARF", way_out(is_rust),
			    "only %zu of %zu functions looked at have any%s: that of libraries",
			    c->full + c->lines, asked, where);
}

static void check_dwarf(struct findings *findings, struct binary *bin, struct binary *code,
			bool is_rust)
{
	struct vaddr_vec functions = { 0 };
	struct coverage coverage = { 0 };
	struct text where = { 0 };
	struct dwarf *dwarf = NULL;
	struct err *err = dwarf_open(&dwarf, bin, DWARF_LINES);

	if (err) {
		finding_add(findings, FINDING_MISSING, "DWARF", NULL, "%s", err->message);
		err_free(err);
		return;
	}
	/* A stripped program's functions are known to its debug file, if that has symbols. */
	doctor_functions(bin, &functions);
	if (!functions.len)
		doctor_functions(code, &functions);
	dwarf_query(dwarf, NULL, functions.data, functions.len, count_found, &coverage);
	if (is_compressed(bin))
		text_add(&where, ", compressed");
	if (bin != code)
		text_printf(&where, ", in %s", binary_name(bin));
	judge(findings, &coverage, functions.len - coverage.std, is_rust, text_str(&where));
	if (dwarf_split(dwarf))
		finding_add(findings, FINDING_NOTE, "split DWARF",
			    "-C split-debuginfo=off, or no -gsplit-dwarf, keeps it in the file",
			    "%zu units have theirs in .dwo files, which are not read",
			    dwarf_split(dwarf));
	if (dwarf_missing_alt(dwarf))
		finding_add(findings, FINDING_NOTE, "alternate DWARF",
			    "it comes with the debug package", "%s is not there",
			    dwarf_missing_alt(dwarf));
	dwarf_close(dwarf);
	text_release(&where);
	vec_release(&functions);
}

void doctor_debug(struct findings *findings, struct binary *bin, bool is_rust)
{
	CLEANUP(binary_closep) struct binary *debug = NULL;
	const char *link;
	struct err *err;
	u32 crc;

	if (binary_has_dwarf(bin)) {
		check_dwarf(findings, bin, bin, is_rust);
		return;
	}
	err = binary_find_debug(bin, NULL, &debug);
	if (debug)
		check_dwarf(findings, debug, bin, is_rust);
	else if (err)
		finding_add(findings, FINDING_NOTE, "DWARF", way_out(is_rust), "%s", err->message);
	else if (binary_debuglink(bin, &link, &crc))
		finding_add(findings, FINDING_NOTE, "DWARF",
			    "the debug package brings it; /usr/lib/debug and the file's folder are "
			    "looked through",
			    "in a file of its own, '%s', which was not found", link);
	else
		finding_add(findings, FINDING_NOTE, "DWARF", way_out(is_rust),
			    "none: frames are shown as the function they are in");
	err_free(err);
}
