/* What sysfs says of the machine's PMUs. */
#include "profiler/perf/pmu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aprof/alloc.h>
#include <aprof/cleanup.h>

#include "profiler/perf/sys.h"

#define DEVICES "/sys/bus/event_source/devices"

/* A name that can be part of a path and stays within its folder. */
static bool is_plain(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < 64;
}

static bool read_pmu_file(const char *pmu, const char *file, char *buf, size_t size)
{
	char path[256];

	snprintf(path, sizeof path, DEVICES "/%s/%s", pmu, file);
	if (!perf_sys.read_file(path, buf, size))
		return false;
	buf[strcspn(buf, "\n")] = '\0';
	return true;
}

u64 pmu_number(const char *pmu, const char *file, u64 fallback)
{
	char text[64], *end;
	u64 value;

	if (!is_plain(pmu) || !read_pmu_file(pmu, file, text, sizeof text))
		return fallback;
	value = strtoull(text, &end, 0);
	return end == text ? fallback : value;
}

bool pmu_find(const char *name, struct pmu *out)
{
	char text[4096];
	u64 type = is_plain(name) ? pmu_number(name, "type", UINT64_MAX) : UINT64_MAX;

	if (type > UINT32_MAX)
		return false;
	*out = (struct pmu){ .type = (u32)type };
	snprintf(out->name, sizeof out->name, "%s", name);
	/* Hybrid core PMUs have `cpus`; uncore PMUs `cpumask`, one CPU of each package. */
	if ((read_pmu_file(name, "cpus", text, sizeof text) ||
	     read_pmu_file(name, "cpumask", text, sizeof text)) &&
	    !cpu_list_parse(text, &out->cpus))
		out->cpus.len = 0;
	return true;
}

void pmu_release(struct pmu *pmu)
{
	vec_release(&pmu->cpus);
}

size_t pmu_core_types(struct pmu *out, size_t max)
{
	static const char *const names[] = { "cpu_core", "cpu_atom", "cpu_lowpower" };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(names) && count < max; i++)
		count += pmu_find(names[i], &out[count]);
	return count;
}

/* "config1:0-7,21": puts the value's bits, lowest first, where the format says. */
static bool put_bits(const char *format, u64 value, struct perf_event_attr *attr)
{
	static const char *const words[] = { "config:", "config1:", "config2:" };
	u64 bits[3] = { 0 };
	size_t word = 0;
	char *end;

	while (word < 3 && strncmp(format, words[word], strlen(words[word])) != 0)
		word++;
	if (word == 3)
		return false;
	format += strlen(words[word]);
	for (;;) {
		unsigned long low = strtoul(format, &end, 10), high = low;

		if (end != format && *end == '-') {
			format = end + 1;
			high = strtoul(format, &end, 10);
		}
		if (end == format || low > high || high > 63)
			return false;
		for (; low <= high; low++, value >>= 1)
			bits[word] |= (value & 1) << low;
		if (*end != ',')
			break;
		format = end + 1;
	}
	attr->config |= bits[0];
	attr->config1 |= bits[1];
	attr->config2 |= bits[2];
	return value == 0; /* else it has more bits than there is room */
}

/* Words that every PMU knows. */
static bool common_term(const char *name, u64 value, struct perf_event_attr *attr,
			struct pmu_rate *rate)
{
	const struct {
		const char *name;
		void *where; /* u64, in structs that may be packed differently */
	} terms[] = {
		{ "period", &rate->period },
		{ "freq", &rate->freq },
	};

	for (size_t i = 0; i < ARRAY_LEN(terms); i++) {
		if (strcmp(name, terms[i].name) == 0) {
			memcpy(terms[i].where, &value, sizeof value);
			return true;
		}
	}
	if (strcmp(name, "config") == 0)
		attr->config = value;
	else if (strcmp(name, "config1") == 0)
		attr->config1 = value;
	else if (strcmp(name, "config2") == 0)
		attr->config2 = value;
	else
		return false;
	return true;
}

static struct err *encode_terms(const struct pmu *pmu, const char *terms, bool may_be_event,
				struct perf_event_attr *attr, struct pmu_rate *rate);

static struct err *encode_term(const struct pmu *pmu, const char *name, const char *text,
			       bool may_be_event, struct perf_event_attr *attr,
			       struct pmu_rate *rate)
{
	char path[128], content[512], *end = NULL;
	u64 value = text ? strtoull(text, &end, 0) : 1;

	if (text && (end == text || *end))
		return err_usage("'%s' is no number in %s/%s=…/", text, pmu->name, name);
	if (common_term(name, value, attr, rate))
		return NULL;
	if (!is_plain(name))
		return err_usage("'%s' is no word of the PMU %s", name, pmu->name);
	snprintf(path, sizeof path, "format/%s", name);
	if (read_pmu_file(pmu->name, path, content, sizeof content)) {
		if (!put_bits(content, value, attr))
			return err_usage("%s=%s is too large for the PMU %s", name,
					 text ? text : "1", pmu->name);
		return NULL;
	}
	snprintf(path, sizeof path, "events/%s", name);
	if (may_be_event && !text && read_pmu_file(pmu->name, path, content, sizeof content))
		return encode_terms(pmu, content, false, attr, rate);
	return err_usage("the PMU %s knows no '%s'", pmu->name, name);
}

static struct err *encode_terms(const struct pmu *pmu, const char *terms, bool may_be_event,
				struct perf_event_attr *attr, struct pmu_rate *rate)
{
	AUTO_FREE char *copy = xstrdup(terms);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ","))) {
		char *equals = strchr(word, '=');

		if (equals)
			*equals++ = '\0';
		TRY(encode_term(pmu, word, equals, may_be_event, attr, rate));
	}
	return NULL;
}

struct err *pmu_encode(const struct pmu *pmu, const char *terms, struct perf_event_attr *attr,
		       struct pmu_rate *rate)
{
	attr->type = pmu->type;
	return encode_terms(pmu, terms, true, attr, rate);
}

u64 tracepoint_id(const char *system, const char *name)
{
	static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[256], text[32];

	for (size_t i = 0; i < ARRAY_LEN(roots) && is_plain(system) && is_plain(name); i++) {
		snprintf(path, sizeof path, "%s/events/%s/%s/id", roots[i], system, name);
		if (perf_sys.read_file(path, text, sizeof text))
			return strtoull(text, NULL, 10);
	}
	return 0;
}
