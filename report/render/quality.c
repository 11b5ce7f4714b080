/* The quality line: how much of what is shown can be believed, and what is missing. */
#include "report/render/render.h"

void quality_text(struct text *out, const struct quality *quality, const struct profile *profile)
{
	char buf[32];

	text_printf(out, "%s samples: ", format_count(quality->samples, buf));
	text_printf(out, "%s lost, ",
		    format_count(profile->quality.lost + profile->quality.lost_samples, buf));
	text_printf(out, "%s truncated, ", format_count(quality_truncated(quality), buf));
	text_printf(out, "%s failed, ", format_count(quality_failed(quality), buf));
	text_printf(out, "%s unresolved, ", format_count(quality->unresolved, buf));
	text_printf(out, "%s unsure; ", format_count(quality->unsure, buf));
	text_printf(out, "%.1f%% of chains complete", quality_complete_percent(quality));
}

/* One count that is worth a line only if it is not zero. */
static void add_trouble(struct text *out, u64 count, const char *what)
{
	char buf[32];

	if (count)
		text_printf(out, "%s%s %s", out->len ? ", " : "", format_count(count, buf), what);
}

static void trouble_text(struct text *out, const struct quality *quality,
			 const struct profile *profile)
{
	for (int reason = STOP_END + 1; reason < STOP_COUNT; reason++)
		add_trouble(out, quality->by_stop[reason],
			    stop_reason_text((enum stop_reason)reason));
	add_trouble(out, quality->skidded, "interrupted behind a call or return");
	add_trouble(out, quality->empty, "without a stack");
	add_trouble(out, quality->restored, "with a function put back that left by a tail call");
	add_trouble(out, quality->lost_stacks, "in a damaged part of the file");
	add_trouble(out, profile->quality.dropped_late, "dropped waiting for an unwind table");
	add_trouble(out, profile->quality.throttled, "times throttled by the kernel");
}

void render_quality(const struct render_input *in)
{
	struct text line = { 0 };

	quality_text(&line, in->quality, in->profile);
	fputc('\n', in->out);
	style_wrap(in->style, in->out, text_str(&line));
	text_clear(&line);
	trouble_text(&line, in->quality, in->profile);
	if (line.len) {
		struct text all = { 0 };

		text_printf(&all, "among them: %s", text_str(&line));
		style_wrap(in->style, in->out, text_str(&all));
		text_release(&all);
	}
	text_release(&line);
}
