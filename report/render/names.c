/* Cleaning and shortening of names, one UTF-8 character at a time. */
#include "report/render/names.h"

#include <string.h>

u32 name_next_char(const char **s)
{
	static const u32 smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const u8 *p = (const u8 *)*s;
	int len = p[0] < 0x80	      ? 1
		  : (p[0] >> 5) == 6  ? 2
		  : (p[0] >> 4) == 14 ? 3
		  : (p[0] >> 3) == 30 ? 4
				      : 0;
	u32 c = len == 1 ? p[0] : len ? p[0] & (0x7fu >> len) : 0;

	*s += 1;
	if (!len)
		return UINT32_MAX;
	for (int i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		c = (c << 6) | (p[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UINT32_MAX;
	*s += len - 1;
	return c;
}

static bool is_space(u32 c)
{
	return (c >= '\t' && c <= '\r') || c == 0x2028 || c == 0x2029;
}

/* Control characters, and those that turn the direction of the text around them. */
static bool is_unfit(u32 c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	       (c & 0xfffe) == 0xfffe || c == UINT32_MAX;
}

/* How many bytes from there on are as they should be: printable ASCII, but for semicolons. */
static size_t clean_length(const char *name)
{
	size_t n = 0;

	while (name[n] >= ' ' && name[n] <= '~' && name[n] != ';')
		n++;
	return n;
}

static void clean(struct text *out, const char *name, char semicolon)
{
	for (;;) {
		size_t n = clean_length(name);
		const char *from;
		u32 c;

		text_add_n(out, name, n);
		name += n;
		if (!*name)
			break;
		from = name;
		c = name_next_char(&name);
		if (c == ';')
			text_char(out, semicolon);
		else if (is_space(c))
			text_char(out, ' ');
		else if (is_unfit(c))
			text_char(out, '?');
		else
			text_add_n(out, from, (size_t)(name - from));
	}
}

void name_clean(struct text *out, const char *name)
{
	clean(out, name, ';');
}

void name_folded(struct text *out, const char *name)
{
	clean(out, name, ':');
}

size_t name_width(const char *s)
{
	size_t width = 0;

	for (; *s; s++)
		width += ((u8)*s & 0xc0) != 0x80;
	return width;
}

size_t name_bytes(const char *s, size_t n)
{
	const char *at = s;

	for (; *at; at++)
		if (((u8)*at & 0xc0) != 0x80 && n-- == 0)
			break;
	return (size_t)(at - s);
}

const char *name_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void name_site(struct text *out, const struct calltree *tree, u32 node)
{
	static const char *const marks[] = {
		[SITE_SURE] = "", [SITE_MACRO] = "macro ", [SITE_NEAR] = "near "
	};
	u32 id = tree->nodes.data[node].site;
	const struct site *site;

	if (id == NO_ID)
		return;
	site = &tree->labels->sites.data[id];
	text_printf(out, " (%s%s:%u)", marks[site->mark], name_base(site->file), site->line);
}
