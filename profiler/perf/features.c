/* Opening an event with as much as the kernel and the PMU can do. */
#include "profiler/perf/features.h"

#include <errno.h>

#include "profiler/perf/record.h"
#include "profiler/perf/sys.h"

static bool strip_lost(struct perf_event_attr *attr)
{
	bool had = attr->read_format & PERF_FORMAT_LOST;

	attr->read_format &= ~(u64)PERF_FORMAT_LOST;
	return had;
}

static bool strip_build_id(struct perf_event_attr *attr)
{
	bool had = attr->build_id;

	attr->build_id = 0;
	return had;
}

static bool strip_branch(struct perf_event_attr *attr, u64 bits)
{
	bool had = attr->branch_sample_type & bits;

	attr->branch_sample_type &= ~bits;
	return had;
}

static bool strip_hw_index(struct perf_event_attr *attr)
{
	return strip_branch(attr, PERF_SAMPLE_BRANCH_HW_INDEX);
}

static bool strip_branch_flags(struct perf_event_attr *attr)
{
	return strip_branch(attr, PERF_SAMPLE_BRANCH_NO_FLAGS | PERF_SAMPLE_BRANCH_NO_CYCLES);
}

static bool strip_ksymbol(struct perf_event_attr *attr)
{
	bool had = attr->ksymbol;

	attr->ksymbol = 0;
	return had;
}

static bool strip_exclude_guest(struct perf_event_attr *attr)
{
	bool had = attr->exclude_guest || attr->exclude_host;

	attr->exclude_guest = attr->exclude_host = 0;
	return had;
}

static bool strip_clockid(struct perf_event_attr *attr)
{
	bool had = attr->use_clockid;

	attr->use_clockid = 0;
	attr->clockid = 0;
	return had;
}

static bool strip_comm_exec(struct perf_event_attr *attr)
{
	bool had = attr->comm_exec;

	attr->comm_exec = 0;
	return had;
}

/* The newest first: an older kernel lacks those that stand before what it has. */
static const struct {
	bool (*strip)(struct perf_event_attr *attr); /* false: was not asked for */
	const char *text;
} features[] = {
	{ strip_lost, NULL }, /* 6.0 (119a784c8127); LOST records remain */
	{ strip_build_id, NULL }, /* 5.12 (88a16a130933); dev and inode remain */
	{ strip_hw_index, "the kernel does not say where the branch records stand in the hardware "
			  "(Linux 5.7): deep stacks are not stitched" }, /* bbfd5e4fab63 */
	{ strip_ksymbol, NULL }, /* 5.1 (76193a94522f) */
	{ strip_branch_flags, NULL }, /* 4.4 (b16a5b52eb90), and only some PMUs */
	{ strip_exclude_guest, NULL }, /* some PMUs (IBS) refuse to tell guests apart */
	{ strip_clockid,
	  "the kernel cannot stamp records with a common clock (Linux 4.1): the order "
	  "of records across CPUs may be wrong" }, /* 34f439278cef */
	{ strip_comm_exec, NULL }, /* 3.16 (82b897782d10) */
};

static int try_open(struct perf_event_attr *attr, int pid, int cpu)
{
	return perf_sys.open(attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

int features_open(struct perf_event_attr *attr, int pid, int cpu, u64 *dropped)
{
	const struct perf_event_attr asked = *attr;
	struct perf_event_attr tried;
	int fd = try_open(attr, pid, cpu);
	u64 gone = 0;

	if (fd >= 0 || errno != EINVAL)
		return fd;

	/* One alone may be what the PMU refuses … */
	for (size_t i = 0; i < ARRAY_LEN(features); i++) {
		tried = asked;
		if (!features[i].strip(&tried))
			continue;
		fd = try_open(&tried, pid, cpu);
		if (fd >= 0) {
			*attr = tried;
			*dropped |= 1ull << i;
		}
		/* Another errno is about the event itself: that feature was all that was wrong. */
		if (fd >= 0 || errno != EINVAL)
			return fd;
	}
	/* … or an old kernel lacks several. */
	tried = asked;
	for (size_t i = 0; i < ARRAY_LEN(features); i++) {
		if (!features[i].strip(&tried))
			continue;
		gone |= 1ull << i;
		fd = try_open(&tried, pid, cpu);
		if (fd >= 0) {
			*attr = tried;
			*dropped |= gone;
		}
		if (fd >= 0 || errno != EINVAL)
			return fd;
	}
	errno = EINVAL;
	return -1;
}

const char *feature_text(unsigned bit)
{
	return bit < ARRAY_LEN(features) ? features[bit].text : NULL;
}

unsigned features_count(void)
{
	return ARRAY_LEN(features);
}
