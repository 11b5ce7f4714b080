/*
 * The line of an `.await`, for compilers that put it elsewhere.
 *
 * Before 1.66 rustc's span of an await begins where the awaited expression ends, white space
 * included (rust-lang/rust#93103, #101723): an `.await` on a line of its own is given the line above.
 * The source, where it can be read, tells.
 */
#ifndef APROF_ASYNC_SITES_H
#define APROF_ASYNC_SITES_H

#include <aprof/intern.h>
#include <aprof/vec.h>

struct sites {
	struct intern places; /* "line:column:file" */
	struct site_lines VEC(u32) lines; /* by place: of the `await`; 0: the source does not tell */
};

void sites_init(struct sites *sites);
void sites_release(struct sites *sites);

/*
 * The line of the `await` whose awaited expression ends before `column` (counted in bytes from 1) of
 * `line`; that line itself if a macro stands there, which awaits within. 0 if the source cannot be
 * read, or is not the one that was compiled. Each place is looked up once.
 */
u32 sites_await_line(struct sites *sites, const char *file, u32 line, u32 column);

/* The same in a text that begins with the line: 1 is that line. */
u32 sites_find_await(const char *const *lines, size_t count, u32 column);

#endif
