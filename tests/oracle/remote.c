/* libunwind as profilers use it: remote, with global caching, searching .eh_frame_hdr. */
#include <libunwind.h>

#include <aprof/alloc.h>

#include "tests/oracle/unwinders.h"

int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t space, unw_word_t ip, unw_dyn_info_t *table,
				       unw_proc_info_t *info, int need, void *arg);

struct remote {
	unw_addr_space_t space;
	struct images *images;
	const struct taken *taken;
	const struct mapping *map; /* last one used */
	u64 generation;
};

/* Text, .eh_frame_hdr and .eh_frame. */
static bool read_map(struct remote *r, const struct mapping *map, u64 address, unw_word_t *value)
{
	const struct image *image = &r->images->all[map->module];
	struct bytes all;
	u64 at;

	if (!image->bin)
		return false;
	at = binary_vaddr_to_offset(image->bin, address - image_load(image, map));
	all = binary_bytes(image->bin);
	if (at >= bytes_left(&all) || bytes_left(&all) - at < sizeof *value)
		return false;
	memcpy(value, all.at + at, sizeof *value);
	return true;
}

static int access_mem(unw_addr_space_t space, unw_word_t address, unw_word_t *value, int write,
		      void *arg)
{
	struct remote *r = arg;
	const struct sample *s = &r->taken->sample;
	const struct space *maps = r->taken->space;
	u64 at = address - s->regs.reg[UREG_SP];

	(void)space, (void)write;
	if (at <= s->stack_size - sizeof *value) {
		memcpy(value, s->stack + at, sizeof *value);
		return 0;
	}
	if (r->map && read_map(r, r->map, address, value))
		return 0;
	for (u32 i = 0; i < maps->count; i++)
		if (read_map(r, &maps->maps[i], address, value))
			return 0;
	return -UNW_EINVAL;
}

static int access_reg(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value, int write,
		      void *arg)
{
	static const u8 names[] = { UREG_AX,  UREG_DX,  UREG_CX,  UREG_BX,  UREG_SI,  UREG_DI,
				    UREG_BP,  UREG_SP,  UREG_R8,  UREG_R9,  UREG_R10, UREG_R11,
				    UREG_R12, UREG_R13, UREG_R14, UREG_R15, UREG_IP };
	struct remote *r = arg;

	(void)space;
	if (write || number < 0 || (size_t)number >= ARRAY_LEN(names))
		return -UNW_EBADREG;
	*value = r->taken->sample.regs.reg[names[number]];
	return 0;
}

static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *info, int need,
			  void *arg)
{
	struct remote *r = arg;
	const struct mapping *map = space_find(r->taken->space, ip);
	const struct image *image = map ? &r->images->all[map->module] : NULL;
	unw_dyn_info_t table = { .format = UNW_INFO_FORMAT_REMOTE_TABLE };
	u32 count;

	if (!image || !image->bin || bytes_left(&image->hdr.data) < 12)
		return -UNW_ENOINFO;
	r->map = map;
	memcpy(&count, image->hdr.data.at + 8, sizeof count);
	table.start_ip = map->start;
	table.end_ip = map->end;
	table.u.rti.segbase = image_load(image, map) + image->hdr.vaddr;
	table.u.rti.table_data = table.u.rti.segbase + 12;
	table.u.rti.table_len = count;
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

static void *start(const struct capture *capture, struct images *images)
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

	(void)capture;
	r->images = images;
	r->space = unw_create_addr_space(&accessors, 0);
	unw_set_caching_policy(r->space, UNW_CACHE_GLOBAL);
	return r;
}

static void unwind(void *self, const struct taken *taken, struct trace *out)
{
	struct remote *r = self;
	unw_cursor_t cursor;
	unw_word_t ip;

	r->taken = taken;
	r->map = NULL;
	if (r->generation != taken->space->generation) {
		unw_flush_cache(r->space, 0, 0);
		r->generation = taken->space->generation;
	}
	out->count = 0;
	out->stop = unw_init_remote(&cursor, r->space, r);
	if (out->stop < 0)
		return;
	do {
		unw_get_reg(&cursor, UNW_REG_IP, &ip);
		if (!ip)
			break;
		out->ip[out->count++] = ip;
		out->stop = unw_step(&cursor);
	} while (out->stop > 0 && out->count < APROF_MAX_DEPTH);
}

static void stop(void *self)
{
	struct remote *r = self;

	unw_destroy_addr_space(r->space);
	free(r);
}

const struct unwinder_api oracle_libunwind = { "libunwind", start, unwind, stop };
