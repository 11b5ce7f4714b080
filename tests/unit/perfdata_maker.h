/* perf.data files made for tests: file and pipe format, whole or in need of repair. */
#ifndef APROF_UNIT_PERFDATA_MAKER_H
#define APROF_UNIT_PERFDATA_MAKER_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/records.h"

struct maker {
	bool pipe;
	u64 attr_size; /* of an attr in the file */
	struct buf attrs; /* struct perf_event_attr, each attr_size bytes */
	u32 attr_count;
	struct buf ids; /* one for each attr */
	struct buf records;
	u64 feature_bits;
	struct buf features[64];
	bool unfinished; /* data.size is 0, no features: as a killed perf leaves it */
};

static inline void maker_event(struct maker *m, const struct perf_event_attr *attr, u64 id)
{
	struct perf_event_attr copy = *attr;
	size_t known = u64_min(sizeof copy, m->attr_size), at = 0;
	struct buf *out = &m->attrs;

	copy.size = (u32)m->attr_size;
	if (m->pipe) {
		out = &m->records;
		at = record_begin(out, 64, 0);
	}
	buf_put(out, &copy, known);
	for (size_t i = known; i < m->attr_size; i++)
		buf_u8(out, 0);
	if (m->pipe) {
		buf_u64(out, id);
		record_end(out, at);
		return;
	}
	m->attr_count++;
	buf_u64(&m->ids, id);
}

static inline void buf_string(struct buf *buf, const char *s)
{
	size_t len = align_up(strlen(s) + 1, 64);
	size_t at = buf->len;

	buf_u32(buf, (u32)len);
	memset(buf_extend(buf, len), 0, len);
	memcpy(buf->data + at + 4, s, strlen(s));
}

static inline struct buf *maker_feature(struct maker *m, unsigned feature)
{
	m->feature_bits |= 1ull << feature;
	return &m->features[feature];
}

static inline void put_section(struct buf *out, u64 offset, u64 size)
{
	buf_u64(out, offset);
	buf_u64(out, size);
}

static inline void make_file(const struct maker *m, struct buf *out)
{
	u64 ids_at = 104, attrs_at = ids_at + m->ids.len;
	u64 data_at = attrs_at + m->attr_count * (m->attr_size + 16);
	u64 table = data_at + m->records.len;
	u64 at = table + 16u * (unsigned)__builtin_popcountll(m->feature_bits);

	buf_put(out, "PERFILE2", 8);
	buf_u64(out, 104);
	buf_u64(out, m->attr_size + 16);
	put_section(out, attrs_at, data_at - attrs_at);
	put_section(out, data_at, m->unfinished ? 0 : m->records.len);
	put_section(out, 0, 0);
	put_section(out, m->unfinished ? 0 : m->feature_bits, 0);
	put_section(out, 0, 0);
	buf_put(out, m->ids.data, m->ids.len);
	for (u32 i = 0; i < m->attr_count; i++) {
		buf_put(out, m->attrs.data + i * m->attr_size, m->attr_size);
		put_section(out, ids_at + i * 8, 8);
	}
	buf_put(out, m->records.data, m->records.len);
	if (m->unfinished)
		return;
	for (unsigned i = 0; i < 64; i++) {
		if (!(m->feature_bits >> i & 1))
			continue;
		put_section(out, at, m->features[i].len);
		at += m->features[i].len;
	}
	for (unsigned i = 0; i < 64; i++)
		if (m->feature_bits >> i & 1)
			buf_put(out, m->features[i].data, m->features[i].len);
}

static inline void make_pipe(const struct maker *m, struct buf *out)
{
	buf_put(out, "PERFILE2", 8);
	buf_u64(out, 16);
	buf_put(out, m->records.data, m->records.len);
	for (unsigned i = 0; i < 64; i++) {
		size_t at;

		if (!(m->feature_bits >> i & 1))
			continue;
		at = record_begin(out, 80, 0);
		buf_u64(out, i);
		buf_put(out, m->features[i].data, m->features[i].len);
		record_end(out, at);
	}
}

static inline void maker_release(struct maker *m)
{
	buf_release(&m->attrs);
	buf_release(&m->ids);
	buf_release(&m->records);
	for (unsigned i = 0; i < 64; i++)
		buf_release(&m->features[i]);
}

/* A descriptor that reads these bytes from the start. */
static inline int fd_of(const void *data, size_t size)
{
	int fd = memfd_create("perf.data", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET)) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

#endif
