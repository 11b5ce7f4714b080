/* What both kinds of flame graphs share. */
#include "report/render/flame.h"

#include "report/render/names.h"
#include "report/render/place.h"

#define MOST_SITES 4

const struct flame_format flame_formats[] = {
	{ ".svg", flame_svg },
	{ ".html", flame_html },
	{ 0 },
};

void flame_awaits(struct text *out, const struct flame_view *view, const struct label_set *labels,
		  const struct awaited *first, size_t count)
{
	struct amount all = view->tree.nodes.data[first->node].total;

	for (size_t i = 0; i < count && i < MOST_SITES; i++) {
		const struct site *site = &labels->sites.data[first[i].site];

		text_add(out, i ? ", " : "");
		place_add(out, site->file, site->line);
		text_add(out, site->mark == SITE_MACRO ? " (in a macro)" :
			      site->mark == SITE_NEAR  ? " (or below)" : "");
		if (count > 1)
			text_printf(out, " (%.0f%%)", 100 * amount_share(first[i].amount, all));
	}
	if (count > MOST_SITES)
		text_printf(out, " and %zu more", count - MOST_SITES);
}
