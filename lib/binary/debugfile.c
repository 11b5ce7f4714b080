/* Separate debug information: by build id and .gnu_debuglink, below each root that is asked for. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "lib/binary/binary_private.h"
#include "lib/binary/debuginfod.h"

bool binary_debuglink(struct binary *bin, const char **name, u32 *crc)
{
	struct section section;
	struct bytes b;

	if (!binary_section(bin, ".gnu_debuglink", &section))
		return false;
	b = section.data;
	*name = bytes_cstr(&b);
	/* The checksum stands at the next multiple of four. */
	bytes_skip(&b, align_up((u64)(b.at - section.data.at), 4) - (u64)(b.at - section.data.at));
	*crc = bytes_u32(&b);
	return !b.bad && **name && !strchr(*name, '/');
}

/* The common CRC-32 (ISO 3309, as in zlib), four bits at a time: debug files are large. */
static u32 crc32_of(struct bytes b)
{
	u32 table[16], crc = ~0u;

	for (u32 i = 0; i < ARRAY_LEN(table); i++) {
		table[i] = i;
		for (int bit = 0; bit < 4; bit++)
			table[i] = (table[i] >> 1) ^ (0xedb88320u & -(table[i] & 1));
	}
	for (; b.at < b.end; b.at++) {
		crc ^= *b.at;
		crc = table[crc & 15] ^ (crc >> 4);
		crc = table[crc & 15] ^ (crc >> 4);
	}
	return ~crc;
}

struct search {
	struct binary *bin;
	const char *link; /* NULL: the file has no .gnu_debuglink */
	u32 crc;
	struct binary *found;
};

static bool has_symbols(const struct binary *bin)
{
	vec_each(&bin->sections, s)
		if (s->sh_type == SHT_SYMTAB)
			return true;
	return false;
}

/* Build ids decide where both have one; the checksum is all that older files have. */
static bool belongs(const struct search *search, struct binary *debug)
{
	const struct build_id *want = &search->bin->build_id;

	if (!binary_has_dwarf(debug) && !has_symbols(debug))
		return false;
	if (want->size && debug->build_id.size)
		return build_id_equal(want, &debug->build_id);
	return search->link && crc32_of(binary_bytes(debug)) == search->crc;
}

static bool try_file(struct search *search, const char *path)
{
	CLEANUP(binary_closep) struct binary *debug = NULL;
	struct err *err = binary_open(&debug, path);

	if (err) {
		err_free(err);
		return false;
	}
	if (!belongs(search, debug))
		return false;
	search->found = TAKE_PTR(debug);
	return true;
}

__attribute__((format(printf, 2, 3))) static bool try_path(struct search *search, const char *fmt,
							   ...)
{
	char path[PATH_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, sizeof path, fmt, ap);
	va_end(ap);
	return n > 0 && (size_t)n < sizeof path && strcmp(path, search->bin->name) != 0 &&
	       try_file(search, path);
}

static bool try_build_id(struct search *search, const char *root)
{
	const struct build_id *id = &search->bin->build_id;
	char hex[2 * BUILD_ID_MAX + 1];

	if (id->size < 2)
		return false;
	build_id_text(id, hex);
	return try_path(search, "%s/usr/lib/debug/.build-id/%.2s/%s.debug", root, hex, hex + 2) ||
	       (*root && try_path(search, "%s/.build-id/%.2s/%s.debug", root, hex, hex + 2));
}

/* The folder of the file: its length, without the last slash. */
static int folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path) : 0;
}

static bool try_link(struct search *search, const char *root, const char *path)
{
	int dir = folder_of(path);

	if (!search->link)
		return false;
	return try_path(search, "%s%.*s/%s", root, dir, path, search->link) ||
	       try_path(search, "%s%.*s/.debug/%s", root, dir, path, search->link) ||
	       try_path(search, "%s/usr/lib/debug%.*s/%s", root, dir, path, search->link);
}

static bool search_root(struct search *search, const char *root)
{
	const char *name = search->bin->name;
	size_t root_len = strlen(root);
	char real[PATH_MAX];

	if (try_build_id(search, root))
		return true;
	if (name[0] != '/')
		return realpath(name, real) && try_link(search, root, real);
	/* The file itself may have been found below the root. */
	if (root_len && !strncmp(name, root, root_len) && name[root_len] == '/')
		name += root_len;
	if (try_link(search, root, name))
		return true;
	/* /lib is a link to /usr/lib today, and debug packages are laid out by either name. */
	return realpath(name, real) && strcmp(real, name) != 0 && try_link(search, root, real);
}

struct err *binary_find_debug(struct binary *bin, const char *symfs, struct binary **out)
{
	struct search search = { .bin = bin };
	AUTO_FREE char *root = xstrdup(symfs ? symfs : "");
	size_t len = strlen(root);

	*out = NULL;
	while (len && root[len - 1] == '/')
		root[--len] = '\0';
	if (!binary_debuglink(bin, &search.link, &search.crc))
		search.link = NULL;
	if ((len && search_root(&search, root)) || search_root(&search, "")) {
		*out = search.found;
		return NULL;
	}
	return debuginfod_find(bin, out);
}
