/* Facts about the recording while a file is read. */
#ifndef APROF_LOAD_META_H
#define APROF_LOAD_META_H

#include "report/load/load.h"

/* False if the table is not well formed. */
bool load_meta_table(struct load *load, struct bytes in);
/* Behind the last chunk: the events that the facts describe, at least as many as rows refer to. */
void load_events(struct load *load);

#endif
