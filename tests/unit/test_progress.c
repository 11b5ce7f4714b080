/* lib/base progress: a line on a terminal, erased at the end; nothing anywhere else. */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <aprof/progress.h>

#include "tests/unit/check.h"

static void wait_a_second(void)
{
	struct timespec ts = { 1, 50000000 };

	while (nanosleep(&ts, &ts) < 0)
		;
}

/* What a second of work writes to stderr when that is `fd`. */
static void work(int fd)
{
	int kept = dup(STDERR_FILENO);
	struct progress p;

	dup2(fd, STDERR_FILENO);
	progress_start(&p, "Counting", 200);
	for (u64 i = 0; i < 50; i++)
		progress_at(&p, i);
	wait_a_second();
	for (u64 i = 50; i < 100; i++)
		progress_at(&p, i);
	progress_end(&p);
	dup2(kept, STDERR_FILENO);
	close(kept);
}

/* What was written to `side`, read at the other end. A terminal hands it on when it likes: up to a mark. */
static void read_all(int fd, int side, char *out, size_t size)
{
	static const char mark[] = "<end>";
	size_t len = 0;
	ssize_t n = 1;
	char *end = NULL;

	if (write(side, mark, strlen(mark)) < 0)
		n = 0;
	while (n > 0 && !end && len + 1 < size) {
		n = read(fd, out + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
		out[len] = '\0';
		end = strstr(out, mark);
	}
	out[end ? (size_t)(end - out) : len] = '\0';
}

int main(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), pipes[2];
	char text[4096];
	int side;

	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal) || pipe(pipes)) {
		puts("no terminals here");
		return 77;
	}
	side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	work(side);
	read_all(terminal, side, text, sizeof text);
	/* How many lines there are is the machine's affair; the last is erased. */
	CHECK(strstr(text, "\r\033[KCounting: ") && strstr(text, " %"));
	CHECK(strlen(text) > 4 && !strcmp(text + strlen(text) - 4, "\r\033[K"));
	work(pipes[1]);
	read_all(pipes[0], pipes[1], text, sizeof text);
	CHECK_STR(text, "");
	close(side);
	close(terminal);
	return check_done();
}
