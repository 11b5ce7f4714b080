/* Processes that are not the target's, told to the kernel so that it need not copy their stacks. */
#ifndef APROF_SESSION_STRANGERS_H
#define APROF_SESSION_STRANGERS_H

#include "profiler/session/session_private.h"

/* Marks what runs now. Behind the opening of what tells of forks, before sampling starts. */
void strangers_look(struct session *s);
/* Follows what a record says, after it was applied. */
void strangers_record(struct session *s, const struct record *record);
void strangers_release(struct session *s);

#endif
