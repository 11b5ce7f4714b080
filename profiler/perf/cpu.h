/* What a processor's model says about precise samples that the kernel does not tell. */
#ifndef APROF_PERF_CPU_H
#define APROF_PERF_CPU_H

#include <aprof/types.h>

/* "GenuineIntel,6,158,10": vendor, family, model, stepping, as perf.data has it. False: not known. */
bool cpu_id_here(char *buf, size_t size);

/* PEBS gives the event's registers, not the interrupt's (adaptive PEBS, Ice Lake and later). */
bool cpu_has_event_registers(const char *cpu_id);

#endif
