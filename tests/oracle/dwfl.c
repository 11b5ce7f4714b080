/* libdw with one Dwfl for each address space, which is as well as it can be used. */
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <unistd.h>

#include <aprof/alloc.h>

#include "tests/oracle/unwinders.h"

/* Address spaces that are kept: a capture of many short processes has more. */
#define KEEP 8

struct session {
	Dwfl *dwfl;
	u64 generation;
};

struct dw {
	struct images *images;
	struct session sessions[KEEP];
	u32 next;
	const struct taken *taken;
	struct trace *out;
};

static int no_debug_file(Dwfl_Module *mod, void **data, const char *name, Dwarf_Addr base,
			 const char *file, const char *link, GElf_Word crc, char **path)
{
	(void)mod, (void)data, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)path;
	return -1; /* .eh_frame is all that is asked for */
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = no_debug_file,
};

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	(void)dwfl;
	if (*thread_arg)
		return 0;
	*thread_arg = arg;
	return 1;
}

static bool memory_read(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *value, void *arg)
{
	const struct dw *d = arg;
	const struct sample *s = &d->taken->sample;
	u64 at = address - s->regs.reg[UREG_SP];

	(void)dwfl;
	if (at > s->stack_size - sizeof *value)
		return false;
	memcpy(value, s->stack + at, sizeof *value);
	return true;
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	static const u8 names[] = { UREG_AX,  UREG_DX,  UREG_CX,  UREG_BX,  UREG_SI,  UREG_DI,
				    UREG_BP,  UREG_SP,  UREG_R8,  UREG_R9,  UREG_R10, UREG_R11,
				    UREG_R12, UREG_R13, UREG_R14, UREG_R15, UREG_IP };
	const struct dw *d = arg;
	Dwarf_Word regs[ARRAY_LEN(names)];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		regs[i] = d->taken->sample.regs.reg[names[i]];
	return dwfl_thread_state_registers(thread, 0, ARRAY_LEN(names), regs);
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread,
	.memory_read = memory_read,
	.set_initial_registers = set_registers,
};

static void report(Dwfl *dwfl, struct images *images, const struct space *space)
{
	dwfl_report_begin(dwfl);
	for (u32 i = 0; i < space->count; i++) {
		const struct mapping *map = &space->maps[i];
		const struct image *image = &images->all[map->module];
		u64 load;

		if (!image->bin || image->path[0] != '/')
			continue;
		load = image_load(image, map);
		/* A library may have several executable mappings. */
		if (!dwfl_addrmodule(dwfl, map->start))
			dwfl_report_elf(dwfl, image->path, image->path, -1,
					binary_is_fixed(image->bin) ? 0 : load, true);
	}
	dwfl_report_end(dwfl, NULL, NULL);
}

static Dwfl *session_of(struct dw *d, const struct space *space)
{
	struct session *s;

	for (u32 i = 0; i < KEEP; i++)
		if (d->sessions[i].generation == space->generation)
			return d->sessions[i].dwfl;
	s = &d->sessions[d->next++ % KEEP];
	if (s->dwfl)
		dwfl_end(s->dwfl);
	s->generation = space->generation;
	s->dwfl = dwfl_begin(&callbacks);
	report(s->dwfl, d->images, space);
	dwfl_attach_state(s->dwfl, NULL, 1, &thread_callbacks, d);
	return s->dwfl;
}

static int on_frame(Dwfl_Frame *frame, void *arg)
{
	struct dw *d = arg;
	Dwarf_Addr pc;
	bool exact;

	if (!dwfl_frame_pc(frame, &pc, &exact) || !pc || d->out->count == APROF_MAX_DEPTH)
		return DWARF_CB_ABORT;
	d->out->ip[d->out->count++] = pc;
	return DWARF_CB_OK;
}

static void *start(const struct capture *capture, struct images *images)
{
	struct dw *d = xzalloc(sizeof *d);

	(void)capture;
	d->images = images;
	return d;
}

static void unwind(void *self, const struct taken *taken, struct trace *out)
{
	struct dw *d = self;

	d->taken = taken;
	d->out = out;
	out->count = 0;
	out->stop = dwfl_getthread_frames(session_of(d, taken->space), 1, on_frame, d);
}

static void stop(void *self)
{
	struct dw *d = self;

	for (u32 i = 0; i < KEEP; i++)
		if (d->sessions[i].dwfl)
			dwfl_end(d->sessions[i].dwfl);
	free(d);
}

const struct unwinder_api oracle_libdw = { "libdw", start, unwind, stop };
