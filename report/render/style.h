/* How text looks where it goes: colour, width, line drawing; numbers for people. */
#ifndef APROF_RENDER_STYLE_H
#define APROF_RENDER_STYLE_H

#include <stdio.h>

#include <aprof/text.h>
#include <aprof/types.h>

struct style {
	bool color;
	bool unicode; /* line drawing and the ellipsis may be other than ASCII */
	bool header;
	unsigned int width; /* columns; 0: lines may be of any length */
};

/* Colour on a terminal that takes it, unless NO_COLOR is set; the terminal's width, elsewhere 80. */
void style_init(struct style *style, FILE *out);

/* What stands out, and how: a terminal's escape sequences, or "". */
enum ink {
	INK_NONE,
	INK_HEADER,
	INK_HOT, /* a share of 10 % and more */
	INK_WARM, /* 1 % and more */
	INK_DIM,
	INK_ASYNC,
	INK_KERNEL,
	INK_SPECIAL, /* threads, early ends */
	INK_GAIN,
	INK_LOSS, /* diff: less, more than before */
	INK_COUNT
};
const char *style_ink(const struct style *style, enum ink ink);
const char *style_plain(const struct style *style);
enum ink style_ink_of_share(double share);
enum ink style_ink_of_kind(u8 kind);

/* A paragraph, broken at spaces to the width; a line that goes on is indented. */
void style_wrap(const struct style *style, FILE *out, const char *text);

/* "async", "sync", "kernel": at most six characters. */
const char *style_kind(u8 kind);

/* "12,345". buf holds 32 bytes. Returns buf. */
char *format_count(u64 count, char buf[32]);
/* "1.23 s", "45.6 ms": at most eight characters below 100,000 s. Returns buf. */
char *format_time(double ns, char buf[32]);

#endif
