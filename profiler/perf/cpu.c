/* What a processor's model says about precise samples that the kernel does not tell. */
#include "profiler/perf/cpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiler/perf/sys.h"

/* The value of a line "NAME : VALUE" of /proc/cpuinfo. */
static bool value_of(const char *text, const char *name, char *out, size_t size)
{
	size_t len = strlen(name);

	for (const char *line = text; line && *line;
	     line = strchr(line, '\n'), line += line != NULL) {
		const char *colon;

		/* "model" and "model name" differ by what follows. */
		if (strncmp(line, name, len) != 0 || (line[len] != '\t' && line[len] != ' '))
			continue;
		colon = line + len + strspn(line + len, " \t");
		if (*colon != ':')
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		snprintf(out, size, "%.*s", (int)strcspn(colon, "\n"), colon);
		return true;
	}
	return false;
}

bool cpu_id_here(char *buf, size_t size)
{
	static const char *const names[] = { "vendor_id", "cpu family", "model", "stepping" };
	char text[4096], value[64];
	size_t len = 0;

	if (!perf_sys.read_file("/proc/cpuinfo", text, sizeof text))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!value_of(text, names[i], value, sizeof value))
			return false;
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? "," : "", value);
		if (len >= size)
			return false;
	}
	return true;
}

bool cpu_has_event_registers(const char *cpu_id)
{
	static const char intel[] = "GenuineIntel,";
	/* Later numbers, but cores from before: Goldmont Plus, Knights Mill, Kaby Lake, Coffee Lake,
	   Comet Lake. */
	static const unsigned long older[] = { 0x7a, 0x85, 0x8e, 0x9e, 0xa5, 0xa6 };
	unsigned long family, model;
	char *end;

	if (strncmp(cpu_id, intel, sizeof intel - 1) != 0)
		return false;
	family = strtoul(cpu_id + sizeof intel - 1, &end, 10);
	if (*end != ',' || family < 6)
		return false;
	model = strtoul(end + 1, &end, 10);
	for (size_t i = 0; i < ARRAY_LEN(older); i++)
		if (family == 6 && model == older[i])
			return false;
	/* Ice Lake for servers is the lowest number that has it. */
	return family > 15 || (family == 6 && model >= 0x6a);
}
