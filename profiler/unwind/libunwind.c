/* libunwind's remote interface: what it may read is answered from the sample and from tables. */
#include "profiler/unwind/libunwind.h"

#include <aprof/alloc.h>

#include <libunwind.h>

/* Exported for remote unwinders, but in no header: searches a table and reads the FDE it leads to. */
int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t space, unw_word_t ip, unw_dyn_info_t *table,
				       unw_proc_info_t *info, int need, void *arg);

/* Where libunwind finds its search table of one entry: no process has memory there. */
#define TABLE_ADDRESS 64ull

struct remote {
	unw_addr_space_t space;
	unw_cursor_t cursor;
	struct walk *walk; /* whose questions are answered */
	u32 depth; /* of the cursor, in the walk `serial` */
	u64 serial;
	u64 generation; /* of the address space that libunwind's cache is of */

	bool alone; /* only ip, sp and bp are known */
	u64 ip; /* then: looked up, not behind a call */
	u64 entry; /* the search table: start and FDE, relative to that FDE */
	u64 missed; /* address of the last read that failed */
};

/* Text and .eh_frame: what the file of a module holds for a link-time address. */
static bool read_file(const struct place *place, u64 address, u64 *value)
{
	const struct table *table = place->table;
	const u8 *at;

	if (place->state != PLACE_READY || !table || !table->bin)
		return false;
	at = table_text(table, binary_vaddr_to_offset(table->bin, address - place_load(place)),
			sizeof *value);
	if (at)
		memcpy(value, at, sizeof *value);
	return at != NULL;
}

static bool read_files(const struct walk *w, u64 address, u64 *value)
{
	if (w->place && read_file(w->place, address, value))
		return true;
	for (u32 i = 0; i < w->view->count; i++)
		if (read_file(&w->view->places[i], address, value))
			return true;
	return false;
}

static int access_mem(unw_addr_space_t space, unw_word_t address, unw_word_t *value, int write,
		      void *arg)
{
	struct remote *r = arg;

	(void)space;
	if (write)
		return -UNW_EINVAL;
	if (address == TABLE_ADDRESS) {
		*value = r->entry;
		return 0;
	}
	if (walk_read(r->walk, address, value) || read_files(r->walk, address, value))
		return 0;
	r->missed = address;
	return -UNW_EINVAL;
}

/* libunwind numbers registers as DWARF does; rip is the return address column. */
static int access_reg(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value, int write,
		      void *arg)
{
	struct remote *r = arg;
	const struct walk *w = r->walk;

	(void)space;
	if (write || number < 0 || number > UNW_X86_64_RIP)
		return -UNW_EBADREG;
	if (!r->alone) {
		*value = walk_sampled_reg(w, (u32)number);
		return 0;
	}
	switch (number) {
	case UNW_X86_64_RIP:
		*value = r->ip;
		return 0;
	case UNW_X86_64_RSP:
		*value = w->sp;
		return 0;
	case UNW_X86_64_RBP:
		*value = w->bp;
		return 0;
	}
	return -UNW_EBADREG;
}

/* The FDE is ours to find: files without .eh_frame_hdr have no table that libunwind could search. */
static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *info, int need,
			  void *arg)
{
	struct remote *r = arg;
	struct place *place = walk_find(r->walk, ip);
	unw_dyn_info_t table = { .format = UNW_INFO_FORMAT_REMOTE_TABLE };
	struct fde fde;
	u64 load, fde_at, start;

	if (!place || place_waits(place, r->walk->unwinder->loader) || !place->table ||
	    !table_fde(place->table, ip + place->bias, &fde))
		return -UNW_ENOINFO;
	load = place_load(place);
	fde_at = load + place->table->cfi.vaddr + fde.at;
	start = load + fde.start;
	r->entry = (u32)(start - fde_at);
	if ((i64)(start - fde_at) != (i32)r->entry)
		return -UNW_ENOINFO;
	table.start_ip = start;
	table.end_ip = start + fde.size;
	table.u.rti.segbase = fde_at;
	table.u.rti.table_data = TABLE_ADDRESS;
	table.u.rti.table_len = 1;
	return UNW_OBJ(dwarf_search_unwind_table)(space, ip, &table, info, need, arg);
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *arg)
{
	(void)space, (void)info, (void)arg;
}

static int no_dyn_info(unw_addr_space_t space, unw_word_t *address, void *arg)
{
	(void)space, (void)address, (void)arg;
	return -UNW_ENOINFO;
}

static int no_fpreg(unw_addr_space_t space, unw_regnum_t reg, unw_fpreg_t *value, int write,
		    void *arg)
{
	(void)space, (void)reg, (void)value, (void)write, (void)arg;
	return -UNW_EINVAL;
}

static int no_resume(unw_addr_space_t space, unw_cursor_t *cursor, void *arg)
{
	(void)space, (void)cursor, (void)arg;
	return -UNW_EINVAL;
}

static int no_name(unw_addr_space_t space, unw_word_t address, char *buf, size_t size,
		   unw_word_t *offset, void *arg)
{
	(void)space, (void)address, (void)buf, (void)size, (void)offset, (void)arg;
	return -UNW_EINVAL;
}

static struct remote *remote_new(void)
{
	static unw_accessors_t accessors = {
		.find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info,
		.get_dyn_info_list_addr = no_dyn_info,
		.access_mem = access_mem,
		.access_reg = access_reg,
		.access_fpreg = no_fpreg,
		.resume = no_resume,
		.get_proc_name = no_name,
	};
	struct remote *r = xzalloc(sizeof *r);

	r->space = unw_create_addr_space(&accessors, 0);
	if (r->space)
		unw_set_caching_policy(r->space, UNW_CACHE_GLOBAL);
	return r;
}

void remote_free(struct remote *r)
{
	if (!r)
		return;
	if (r->space)
		unw_destroy_addr_space(r->space);
	free(r);
}

/* A cursor at the leaf of this walk. */
static bool start(struct remote *r, struct walk *w, bool alone)
{
	r->walk = w;
	r->alone = alone;
	r->ip = w->exact ? w->ip : w->ip - 1;
	r->depth = 0;
	r->serial = alone ? 0 : w->serial;
	if (r->generation != w->space->generation) {
		unw_flush_cache(r->space, 0, 0);
		r->generation = w->space->generation;
	}
	return r->space && unw_init_remote(&r->cursor, r->space, r) == 0;
}

static u64 get(struct remote *r, int reg)
{
	unw_word_t value = 0;

	return unw_get_reg(&r->cursor, reg, &value) == 0 ? value : 0;
}

/* Brings the cursor to the walk's frame; false if libunwind arrives elsewhere. */
static bool follow(struct remote *r, struct walk *w)
{
	if ((r->serial != w->serial || r->depth > w->depth) && !start(r, w, false))
		return false;
	for (; r->depth < w->depth; r->depth++)
		if (unw_step(&r->cursor) <= 0)
			return false;
	return get(r, UNW_X86_64_RIP) == w->ip && get(r, UNW_X86_64_RSP) == w->sp;
}

enum stop_reason walk_libunwind(struct walk *w)
{
	struct remote *r = w->unwinder->remote;
	u64 sp = w->sp;
	int status, is_signal;

	if (!r)
		r = w->unwinder->remote = remote_new();
	r->walk = w;
	if (!follow(r, w) && !start(r, w, true))
		return STOP_NO_RULE;
	r->missed = 0;
	is_signal = unw_is_signal_frame(&r->cursor);
	status = unw_step(&r->cursor);
	r->depth++;
	if (status < 0)
		return r->missed ? walk_missing(w, r->missed) : STOP_NO_RULE;
	w->ip = get(r, UNW_X86_64_RIP);
	w->sp = get(r, UNW_X86_64_RSP);
	w->bp = get(r, UNW_X86_64_RBP);
	if (!status || !w->ip)
		return STOP_END;
	w->exact = is_signal > 0;
	w->source = SOURCE_LIBUNWIND;
	/* The leaf may have no frame: vfork() keeps its return address in a register. */
	return w->sp > sp || (w->sp == sp && !w->depth) ? GO_ON : STOP_BAD_RULE;
}
