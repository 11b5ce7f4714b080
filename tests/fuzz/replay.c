/*
 * Feeds a fuzz target without a fuzzer: each file of the folders named as arguments, and inputs
 * derived from it that are the same on every run: cut at many points, bits flipped, bytes set to
 * extremes, pieces moved. So any compiler runs the targets as ordinary tests.
 *
 * APROF_REPLAY_ROUNDS=N sets the number of mutations of each file (default 400). On a crash the
 * input is in ./crash-input: the target is run on it by giving that file as argument.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Cutting and copying a large seed for each mutation would be all that the test does. */
#define INPUT_MAX ((size_t)4 << 20)

static unsigned long rounds = 400;
static unsigned long inputs;
static uint8_t *crash_input; /* a file mapping: it survives the crash that it caused */
static int crash_fd = -1;

static void fail(const char *what, const char *name)
{
	fprintf(stderr, "replay: %s '%s': %s\n", what, name, strerror(errno));
	exit(1);
}

/* splitmix64: the same numbers on every machine, from a seed of our own. */
static uint64_t random_state;

static uint64_t random_u64(void)
{
	uint64_t x = random_state += 0x9e3779b97f4a7c15ull;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

static size_t random_below(size_t limit)
{
	return limit ? random_u64() % limit : 0;
}

/* Exactly `size` bytes on the heap, so that a sanitizer sees the first byte read behind them. */
static void feed(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		fail("no memory for", "an input");
	if (size) {
		memcpy(copy, data, size);
		memcpy(crash_input, data, size);
	}
	if (ftruncate(crash_fd, (off_t)size))
		fail("cannot resize", "crash-input");
	LLVMFuzzerTestOneInput(copy, size);
	inputs++;
	free(copy);
	if (ftruncate(crash_fd, INPUT_MAX))
		fail("cannot resize", "crash-input");
}

static void flip_bit(uint8_t *data, size_t size)
{
	data[random_below(size)] ^= 1u << random_below(8);
}

static void set_byte(uint8_t *data, size_t size)
{
	static const uint8_t extremes[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	data[random_below(size)] = extremes[random_below(sizeof extremes)];
}

static void set_word(uint8_t *data, size_t size)
{
	static const uint64_t extremes[] = { 0,		 1,	     0x7fffffff, 0x80000000,
					     0xffffffff, 1ull << 63, UINT64_MAX, 0x10000 };
	size_t width = (size_t)1 << random_below(4);
	uint64_t word = extremes[random_below(sizeof extremes / sizeof extremes[0])];

	if (size >= width)
		memcpy(data + random_below(size - width + 1), &word, width);
}

static void move_piece(uint8_t *data, size_t size)
{
	size_t length = 1 + random_below(size < 64 ? size : 64);
	size_t from = random_below(size - length + 1), to = random_below(size - length + 1);

	memmove(data + to, data + from, length);
}

static void mutate(const uint8_t *data, size_t size)
{
	static void (*const ways[])(uint8_t *, size_t) = { flip_bit, set_byte, set_word,
							   move_piece };
	uint8_t *changed = malloc(size);

	if (!changed)
		fail("no memory for", "an input");
	for (unsigned long i = 0; i < rounds; i++) {
		size_t times = 1 + random_below(4);

		memcpy(changed, data, size);
		while (times--)
			ways[random_below(sizeof ways / sizeof ways[0])](changed, size);
		feed(changed, size);
	}
	free(changed);
}

/* Every length near both ends, where headers and trailers are, and a spread between. */
static void truncate_input(const uint8_t *data, size_t size)
{
	size_t step = size / 200 + 1;

	for (size_t n = 0; n < size; n += n < 64 || size - n <= 64 ? 1 : step)
		feed(data, n);
}

static void replay_file(const char *path)
{
	struct stat st;
	uint8_t *data;
	size_t size = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		fail("cannot open", path);
	if ((uint64_t)st.st_size > INPUT_MAX) {
		errno = EFBIG;
		fail("cannot replay", path);
	}
	data = malloc((size_t)st.st_size + 1);
	while (size < (size_t)st.st_size) {
		ssize_t n = read(fd, data + size, (size_t)st.st_size - size);

		if (n <= 0)
			fail("cannot read", path);
		size += (size_t)n;
	}
	close(fd);

	random_state = size;
	feed(data, size);
	if (size && rounds) {
		truncate_input(data, size);
		mutate(data, size);
	}
	free(data);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay_folder(const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, visible, alphasort);

	if (n < 0)
		fail("cannot list", path);
	for (int i = 0; i < n; i++) {
		char *file;

		if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
			fail("no memory for", path);
		replay_file(file);
		free(file);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	const char *text = getenv("APROF_REPLAY_ROUNDS");

	if (text)
		rounds = strtoul(text, NULL, 10);
	crash_fd = open("crash-input", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (crash_fd < 0 || ftruncate(crash_fd, INPUT_MAX))
		fail("cannot create", "crash-input");
	crash_input = mmap(NULL, INPUT_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, crash_fd, 0);
	if (crash_input == MAP_FAILED)
		fail("cannot map", "crash-input");

	feed(NULL, 0);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st))
			fail("cannot open", argv[i]);
		if (S_ISDIR(st.st_mode)) {
			replay_folder(argv[i]);
		} else {
			rounds = 0;
			replay_file(argv[i]);
		}
	}
	unlink("crash-input");
	printf("%lu inputs\n", inputs);
	return 0;
}
