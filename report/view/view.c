/* Opening a profile for a report: every step from the file to call trees, and what is said of it. */
#include "report/view/view.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/text.h>

struct err *view_add_string(const char *value, void *where)
{
	struct string_list *list = where;

	*vec_push(list) = value;
	return NULL;
}

struct err *view_parse_percent(const char *value, void *where)
{
	double *limit = where;
	char *end;
	double percent = strtod(value, &end);

	if (end == value || (*end && strcmp(end, "%") != 0) || !(percent >= 0 && percent <= 100))
		return err_usage("--percent-limit takes a number from 0 to 100, not '%s'", value);
	*limit = percent / 100;
	return NULL;
}

struct err *view_order(const char *word, enum flat_order *order)
{
	*order = word && strcmp(word, "total") == 0 ? FLAT_BY_TOTAL : FLAT_BY_SELF;
	if (word && strcmp(word, "total") != 0 && strcmp(word, "self") != 0)
		return err_usage("--sort takes self or total, not '%s'", word);
	return NULL;
}

void view_style(struct style *style, bool no_header, u64 width)
{
	/* Numbers stay in the C locale. */
	setlocale(LC_CTYPE, "");
	style_init(style, stdout);
	style->header = !no_header;
	if (width != VIEW_NO_WIDTH)
		style->width = width && width < 40 ? 40 : (unsigned int)width;
}

void view_options_release(struct view_options *options)
{
	vec_release(&options->debug_binaries);
	vec_release(&options->hide);
}

/* A list as the NULL-terminated array that the contracts take; NULL if it is empty. */
static const char *const *terminated(struct string_list *list)
{
	if (!list->len)
		return NULL;
	/* Once: a second profile opened with the same options must not move the first one's. */
	if (list->data[list->len - 1])
		*vec_push(list) = NULL;
	return list->data;
}

static void say_what_is_missing(const struct profile *profile, const char *path)
{
	char size[16];

	path = path ? path : VIEW_DEFAULT_PROFILE;
	if (profile->damaged_bytes || profile->damaged_chunks)
		notice("%s: %s are damaged and were skipped; the rest is reported", path,
		       format_size(profile->damaged_bytes, size));
	else if (!profile->ended)
		notice("%s: the recording ended early; it is reported up to its last whole second",
		       path);
	if (profile->rows == 0)
		notice("%s: there are no samples in it", path);
}

struct err *view_open(struct view *view, const char *path, struct view_options *options)
{
	struct symbols_options symbols = {
		.symfs = options->symfs,
		.debug_binaries = terminated(&options->debug_binaries),
		.places = options->places,
		.lines = options->names_only ? DWARF_LINES_OF_RUST : DWARF_LINES,
	};
	struct logical_options logical;
	struct err *err;

	alloc_much();
	*view = (struct view){ .crew = crew_new() };
	notice_quiet(options->quiet);
	options->logical.hide = terminated(&options->hide);
	logical = options->logical;
	logical.crew = symbols.crew = view->crew;
	logical.without_sites = options->names_only && options->gather.sites == GATHER_NO_SITES;
	logical.ahead = filter_is_empty(&options->gather.filter);
	err = view_profile(&view->profile, path);
	if (!err) {
		say_what_is_missing(view->profile, path);
		err = symbols_resolve(&view->symbols, view->profile, &symbols);
	}
	if (!err)
		err = logical_new(&view->logical, view->profile, view->symbols, &logical);
	if (err)
		view_close(view);
	return err;
}

void view_close(struct view *view)
{
	if (view->gathered)
		gathered_free(view->gathered, view->profile->event_count);
	if (view->logical)
		logical_free(view->logical);
	if (view->symbols)
		symbols_free(view->symbols);
	if (view->profile)
		profile_close(view->profile);
	if (view->crew)
		crew_finish(view->crew);
	*view = (struct view){ 0 };
}

struct err *view_gather(struct view *view, struct label_set *labels,
			const struct view_options *options, gather_each *each, void *arg)
{
	return gather(&view->gathered, view->profile, view->logical, labels, &options->gather, each,
		      arg);
}

struct err *view_event(const struct view *view, const char *name, u32 *event)
{
	const struct profile *profile = view->profile;
	struct text names = { 0 };
	struct err *err;

	*event = 0;
	if (!name && profile->event_count)
		return NULL;
	if (!profile->event_count)
		return err_new("the profile has no event, so there is nothing to report");
	for (u32 i = 0; i < profile->event_count; i++) {
		if (strcmp(profile->events[i].name, name) == 0) {
			*event = i;
			text_release(&names);
			return NULL;
		}
		text_printf(&names, "%s%s", i ? ", " : "", profile->events[i].name);
	}
	err = err_hint(err_new("the profile has no event '%s'", name), "it has: %s",
		       text_str(&names));
	text_release(&names);
	return err;
}

struct err *view_functions(const struct label_set *labels, const char *pattern,
			   struct label_ids *out)
{
	struct text near = { 0 };
	struct err *err;
	u32 ids[5];
	size_t n;

	labels_find(labels, pattern, out);
	if (out->len)
		return NULL;
	err = err_new("no function '%s' in this profile", pattern);
	n = labels_near(labels, pattern, ids, ARRAY_LEN(ids));
	for (size_t i = 0; i < n; i++)
		text_printf(&near, "%s'%s'", i ? ", " : "", labels_name(labels, ids[i]));
	if (n)
		err = err_hint(err, "did you mean %s?", text_str(&near));
	else
		err = err_hint(err, "'aprof report' lists the functions");
	text_release(&near);
	return err;
}
