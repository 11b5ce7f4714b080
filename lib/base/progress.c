/* The progress line: on a terminal, from the second second on, at most ten times a second. */
#include <aprof/progress.h>

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define FIRST_SHOWN NSEC_PER_SEC
#define BETWEEN (NSEC_PER_SEC / 10)

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

void progress_start(struct progress *p, const char *what, u64 total)
{
	*p = (struct progress){
		.what = what,
		.total = total,
		.started_ns = now(),
		.terminal = isatty(STDERR_FILENO) == 1,
	};
}

void progress_at(struct progress *p, u64 done)
{
	u64 t;

	if (!p->terminal)
		return;
	t = now();
	if (t - p->started_ns < FIRST_SHOWN || t - p->shown_ns < BETWEEN)
		return;
	p->shown_ns = t;
	if (p->total)
		fprintf(stderr, "\r\033[K%s: %u %%", p->what,
			(unsigned int)(100.0 * (double)u64_min(done, p->total) / (double)p->total));
	else
		fprintf(stderr, "\r\033[K%s: %llu", p->what, (unsigned long long)done);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->terminal && p->shown_ns)
		fputs("\r\033[K", stderr);
}
