/* What the file says of its recording: command, machine, events, permissions, end. */
#ifndef APROF_SESSION_META_H
#define APROF_SESSION_META_H

#include "profiler/session/session_private.h"

void session_write_meta(struct session *s);
void session_write_end(struct session *s);

#endif
