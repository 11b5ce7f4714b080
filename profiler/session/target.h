/* Attaching to what runs already: opening its threads, and noticing its end. */
#ifndef APROF_SESSION_TARGET_H
#define APROF_SESSION_TARGET_H

#include "profiler/session/session_private.h"

/* Opens the sampler on the session's pids and tids, or on everything, and reads their mappings. */
ERR_MUST_CHECK struct err *target_open(struct session *s, struct sampler_options *sampling);
/* All that we attached to has ended. System-wide recordings never end by themselves. */
bool target_ended(const struct session *s);
void target_release(struct session *s);

#endif
