/* The header of perf.data: where things are, the events and their ids. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "profiler/perf/perfdata_private.h"

#define PIPE_HEADER 16 /* magic, size */
#define FILE_HEADER 104 /* … attr_size, three sections, 256 bits of features */

struct section {
	u64 offset, size;
};

static struct section take_section(struct bytes *in)
{
	struct section section;

	section.offset = bytes_u64(in);
	section.size = bytes_u64(in);
	return section;
}

static bool is_inside(const struct perfdata *data, struct section section)
{
	return section.offset <= data->file_size &&
	       section.size <= data->file_size - section.offset;
}

/* A section's bytes, owned by the caller; false if it is not in the file. */
static bool read_section(const struct perfdata *data, struct section section, struct buf *out)
{
	size_t have = 0;

	if (!is_inside(data, section))
		return false;
	buf_extend(out, section.size);
	while (have < section.size) {
		ssize_t n = pread(data->source.fd, out->data + have, section.size - have,
				  (off_t)(section.offset + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

bool perfdata_add_event(struct perfdata *data, struct bytes attr, struct bytes ids)
{
	struct perfdata_event event = { 0 };
	u32 index = (u32)data->events.len;
	size_t known = u64_min(bytes_left(&attr), sizeof event.attr);

	if (bytes_left(&attr) < PERF_ATTR_SIZE_VER0)
		return false;
	memcpy(&event.attr, attr.at, known);
	for (const u8 *extra = attr.at + known; extra < attr.end; extra++)
		if (*extra)
			perfdata_set_problem(data,
					     "an event uses settings of a newer perf, which are "
					     "not understood (attr of %zu bytes)",
					     bytes_left(&attr));
	event.name = perfdata_event_name(&event.attr);
	*vec_push(&data->events) = event;
	formats_add(&data->formats, &event.attr, index);
	while (bytes_left(&ids) >= sizeof(u64))
		formats_add_id(&data->formats, bytes_u64(&ids), index);
	return true;
}

/* Each attr is followed by the section of its ids. All ids together fit into the file once. */
static struct err *read_attrs(struct perfdata *data, struct section attrs, u64 attr_size)
{
	u64 budget = data->file_size;
	struct buf all = { 0 };
	struct bytes in;
	bool ok = attr_size >= PERF_ATTR_SIZE_VER0 + 16 && attr_size <= 4096 &&
		  attrs.size >= attr_size && read_section(data, attrs, &all);

	in = bytes_of(all.data, all.len);
	while (ok && bytes_left(&in) >= attr_size) {
		struct bytes attr = bytes_sub(&in, attr_size - 16);
		struct bytes where = bytes_sub(&in, 16);
		struct section section = take_section(&where);
		struct buf ids = { 0 };

		ok = section.size <= budget && read_section(data, section, &ids) &&
		     perfdata_add_event(data, attr, bytes_of(ids.data, ids.len));
		budget -= ok ? section.size : 0;
		buf_release(&ids);
	}
	buf_release(&all);
	return ok ? NULL : err_new("'%s' is damaged: its events cannot be read", data->name);
}

/* One {offset, size} for each bit set, behind the data. All that are read fit into the file once. */
static void read_features(struct perfdata *data, u64 offset, const u64 bits[4])
{
	u64 budget = data->file_size;

	for (u64 feature = 0; feature < 256; feature++) {
		struct section where = { offset, 16 };
		struct section section;
		struct buf buf = { 0 };
		struct bytes in;

		if (!(bits[feature / 64] >> feature % 64 & 1))
			continue;
		offset += 16;
		if (read_section(data, where, &buf)) {
			in = bytes_of(buf.data, buf.len);
			section = take_section(&in);
			buf.len = 0;
			if (perfdata_wants_feature(feature) && section.size <= budget &&
			    read_section(data, section, &buf)) {
				budget -= section.size;
				perfdata_feature(data, feature, bytes_of(buf.data, buf.len));
			}
		}
		buf_release(&buf);
	}
}

static struct err *read_file_header(struct perfdata *data, u64 header_size, u64 attr_size)
{
	struct section attrs, records;
	u64 features[4] = { 0 };
	struct bytes in;
	const u8 *header = perfdata_source_peek(&data->source, FILE_HEADER);
	struct stat st;

	if (fstat(data->source.fd, &st) || !S_ISREG(st.st_mode))
		return err_hint(err_new("'%s' is a recording in file format, which cannot be read "
					"from a pipe",
					data->name),
				"name the file instead");
	data->file_size = (u64)st.st_size;
	if (!header)
		return err_new("'%s' is cut short: it ends within its header", data->name);
	in = bytes_of(header + 24, FILE_HEADER - 24);
	attrs = take_section(&in);
	records = take_section(&in);
	take_section(&in); /* event types: unused since 3.11 */
	/* The first version had no features. */
	if (header_size >= FILE_HEADER)
		for (unsigned i = 0; i < 4; i++)
			features[i] = bytes_u64(&in);
	TRY(read_attrs(data, attrs, attr_size));

	if (records.offset > data->file_size)
		return err_new("'%s' is cut short: it ends before its records", data->name);
	if (records.size == 0) {
		/* Filled in when perf ends: it was killed. */
		perfdata_set_problem(data, "the recording was not finished");
		records.size = data->file_size - records.offset;
	} else if (records.size > data->file_size - records.offset) {
		perfdata_set_problem(data, "the file is cut short");
		records.size = data->file_size - records.offset;
	} else {
		read_features(data, records.offset + records.size, features);
	}
	if (lseek(data->source.fd, (off_t)records.offset, SEEK_SET) < 0)
		return err_os(errno, "cannot read '%s'", data->name);
	data->source.at = data->source.len = 0;
	data->source.offset = records.offset;
	data->source.end = records.offset + records.size;
	return NULL;
}

struct err *perfdata_read_header(struct perfdata *data)
{
	const u8 *header = perfdata_source_peek(&data->source, PIPE_HEADER);
	struct bytes in;
	u64 size;

	if (!header && data->source.os_errno)
		return err_os(data->source.os_errno, "cannot read '%s'", data->name);
	if (!header)
		return err_new("'%s' is no recording of perf: it is too small", data->name);
	if (memcmp(header, "2ELIFREP", 8) == 0)
		return err_new("'%s' was recorded on a big-endian machine, which is not supported",
			       data->name);
	if (memcmp(header, "PERFFILE", 8) == 0)
		return err_new("'%s' is of perf's first file format (before Linux 3.2), which is "
			       "not supported",
			       data->name);
	if (memcmp(header, "PERFILE2", 8) != 0)
		return err_new("'%s' is no recording of perf", data->name);
	in = bytes_of(header + 8, 8);
	size = bytes_u64(&in);
	if (size == PIPE_HEADER) {
		data->is_pipe = true;
		perfdata_source_skip(&data->source, PIPE_HEADER);
		return NULL;
	}
	header = perfdata_source_peek(&data->source, 24);
	if (size < 72 || !header)
		return err_new("'%s' is damaged: its header makes no sense", data->name);
	in = bytes_of(header + 16, 8);
	return read_file_header(data, size, bytes_u64(&in));
}
