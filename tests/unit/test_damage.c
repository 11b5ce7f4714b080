/* A damaged or cut file: what is delivered is right or says that it is lost, and damage is counted. */
#include "tests/unit/model.h"

struct image {
	u8 *data;
	size_t size;
};

static struct image read_model(const struct model *m)
{
	int fd = model_write(m);
	struct image image = { .size = (size_t)lseek(fd, 0, SEEK_END) };

	image.data = malloc(image.size + 16);
	if (pread(fd, image.data, image.size, 0) != (ssize_t)image.size)
		exit(2);
	close(fd);
	return image;
}

static int file_of(const u8 *data, size_t size)
{
	int fd = memfd_create("damaged", MFD_CLOEXEC);

	if (write(fd, data, size) != (ssize_t)size)
		exit(2);
	return fd;
}

struct result {
	bool opened;
	struct model_check rows;
	u64 damaged_chunks, damaged_bytes, tail_bytes;
	bool ended;
	bool named; /* what the first chunk says of the recording is known */
};

static struct result load(const struct model *m, const u8 *data, size_t size)
{
	struct result r = { 0 };
	struct profile *p;
	struct err *err = profile_open_fd(&p, file_of(data, size), "damaged");

	if (err) {
		err_free(err);
		return r;
	}
	r.opened = true;
	r.rows = (struct model_check){ .model = m, .profile = p };
	CHECK(profile_rows(p, model_check_row, &r.rows) == NULL);
	CHECK_EQ(r.rows.rows, p->rows);
	CHECK(r.rows.lost == 0 || p->lost_references || p->damaged_chunks);
	r.damaged_chunks = p->damaged_chunks;
	r.damaged_bytes = p->damaged_bytes;
	r.tail_bytes = p->tail_bytes;
	r.ended = p->ended;
	r.named = profile_meta(p, "command") &&
		  !strcmp(profile_meta(p, "command"), "server --port 1");
	profile_close(p);
	return r;
}

static void check_damaged(const struct model *m, const struct image *image, const u8 *data,
			  size_t size, size_t at)
{
	struct result r = load(m, data, size);

	if (!CHECK(r.opened))
		return;
	if (r.rows.wrong)
		fprintf(stderr, "damage at byte %zu of %zu:\n", at, image->size);
	CHECK_EQ(r.rows.wrong, 0);
	/* A bit that means nothing (zstd has one in its frame header) may change. */
	if (!r.damaged_bytes && !r.tail_bytes)
		CHECK(r.rows.rows == m->rows && !r.rows.lost && r.ended);
	CHECK(r.named);
	/* One place of damage costs one chunk. */
	CHECK(r.rows.rows + m->flush_rows >= m->rows);
}

static void damage_everywhere(const struct model *m, const struct image *image)
{
	u8 *data = malloc(image->size + 16);

	for (size_t at = 0; at < image->size; at++) {
		/* A byte is another one. */
		memcpy(data, image->data, image->size);
		data[at] ^= (u8)(1 + at % 255);
		check_damaged(m, image, data, image->size, at);
		/* A byte is missing. */
		memcpy(data, image->data, at);
		memcpy(data + at, image->data + at + 1, image->size - at - 1);
		check_damaged(m, image, data, image->size - 1, at);
		/* Bytes came in between, inside a chunk. */
		if (at % 7)
			continue;
		memcpy(data, image->data, at);
		memcpy(data + at, "\x8f" "APF\x8f" "APF", 8);
		memcpy(data + at + 8, image->data + at, image->size - at);
		check_damaged(m, image, data, image->size + 8, at);
	}
	free(data);
}

static void cut_everywhere(const struct model *m, const struct image *image)
{
	u32 before = 0;

	for (size_t size = 0; size < image->size; size++) {
		struct result r = load(m, image->data, size);

		if (size < CHUNK_HEADER_SIZE) {
			CHECK(!r.opened);
			continue;
		}
		if (!CHECK(r.opened))
			continue;
		CHECK_EQ(r.rows.wrong, 0);
		CHECK_EQ(r.rows.lost, 0);
		CHECK_EQ(r.damaged_chunks, 0);
		CHECK_EQ(r.damaged_bytes, 0);
		CHECK(!r.ended);
		CHECK(r.rows.rows >= before && r.rows.rows == r.rows.next);
		before = r.rows.rows;
	}
	CHECK_EQ(before, m->rows);
}

/* Half of the file is of another world. */
static void zeros(const struct model *m, const struct image *image)
{
	u8 *data = malloc(image->size);
	struct result r;

	memcpy(data, image->data, image->size);
	memset(data + image->size / 4, 0, image->size / 2);
	r = load(m, data, image->size);
	CHECK(r.opened);
	CHECK_EQ(r.rows.wrong, 0);
	CHECK(r.damaged_bytes >= image->size / 2);
	CHECK(r.damaged_chunks >= 2);
	CHECK(r.rows.rows < m->rows);
	free(data);
}

int main(void)
{
	static const struct model m = { .rows = 40, .branches = true, .modules = 3, .threads = 3, .events = 2,
					.stacks = 20, .seed = 77, .epoch_nodes = 150,
					.flush_rows = 10 };
	struct image image = read_model(&m);

	damage_everywhere(&m, &image);
	cut_everywhere(&m, &image);
	zeros(&m, &image);
	free(image.data);
	return check_done();
}
