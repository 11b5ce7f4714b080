/* Filters: what the user typed, turned into a time range and a flag for each thread. */
#include "report/tree/filter.h"

#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>
#include <aprof/text.h>

/* One end of the range: "" keeps *out. */
static struct err *parse_end(const char *word, u64 first, u64 *out)
{
	u64 since = 0;

	if (!*word)
		return NULL;
	TRY(parse_duration(word, "--time", &since));
	*out = since > UINT64_MAX - first ? UINT64_MAX : first + since;
	return NULL;
}

static struct err *parse_range(const char *range, u64 first, struct filter_ready *out)
{
	const char *comma = strchr(range, ',');
	AUTO_FREE char *from = NULL;

	if (!comma)
		return err_usage("--time takes FROM,TO in seconds since the first sample, "
				 "such as 1.5,3 or 2s, not '%s'",
				 range);
	from = xstrndup(range, (size_t)(comma - range));
	TRY(parse_end(from, first, &out->from));
	TRY(parse_end(comma + 1, first, &out->to));
	if (out->from >= out->to)
		return err_usage("--time %s ends before it begins", range);
	return NULL;
}

/* Is `word` one of the comma-separated words of `list`? */
static bool in_list(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; at;) {
		const char *comma = strchr(at, ',');
		size_t n = comma ? (size_t)(comma - at) : strlen(at);

		if (n == len && memcmp(at, word, n) == 0)
			return true;
		at = comma ? comma + 1 : NULL;
	}
	return false;
}

static struct err *check_numbers(const char *list, const char *option)
{
	AUTO_FREE char *copy = xstrdup(list);
	char *rest = copy, *word;
	u64 ignored;

	/* -1 are tasks that had no number any more. */
	while ((word = strsep(&rest, ",")))
		if (strcmp(word, "-1") != 0)
			TRY(parse_u64(word, option, 0, INT32_MAX, &ignored));
	return NULL;
}

static bool number_in_list(const char *list, i32 number)
{
	char word[16];

	snprintf(word, sizeof word, "%d", number);
	return in_list(list, word);
}

static bool thread_matches(const struct filter *filter, const struct profile_thread *thread)
{
	if (filter->comm && !in_list(filter->comm, thread->comm) &&
	    !in_list(filter->comm, thread->process_comm))
		return false;
	if (filter->pid && !number_in_list(filter->pid, thread->pid))
		return false;
	return !filter->tid || number_in_list(filter->tid, thread->tid);
}

struct err *filter_prepare(struct filter_ready *out, const struct filter *filter,
			   const struct profile *profile)
{
	bool any = false;

	*out = (struct filter_ready){ .to = UINT64_MAX };
	if (filter->time)
		TRY(parse_range(filter->time, profile->first_time, out));
	if (filter->pid)
		TRY(check_numbers(filter->pid, "--pid"));
	if (filter->tid)
		TRY(check_numbers(filter->tid, "--tid"));
	if (!filter->comm && !filter->pid && !filter->tid)
		return NULL;
	out->threads = xcalloc((size_t)profile->thread_count + 1, sizeof *out->threads);
	for (u32 i = 0; i < profile->thread_count; i++)
		any |= out->threads[i] = thread_matches(filter, &profile->threads[i]);
	if (any)
		return NULL;
	filter_release(out);
	return err_hint(err_new("no thread of the profile matches --comm, --pid and --tid"),
			"'aprof info' lists the threads");
}

void filter_release(struct filter_ready *filter)
{
	free(filter->threads);
	filter->threads = NULL;
}
