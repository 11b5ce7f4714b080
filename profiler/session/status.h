/* What a recording tells the person who waits for it: a line while it runs, a line at its end. */
#ifndef APROF_SESSION_STATUS_H
#define APROF_SESSION_STATUS_H

#include "profiler/session/session_private.h"

/* Once a second, on a terminal only; `last` erases the line. */
void status_show(struct session *s, bool last);
/* What was recorded, and what went wrong if anything did. `err` is the store's: it is only looked at. */
void status_summary(struct session *s, const struct err *err);

#endif
