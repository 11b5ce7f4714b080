/* Text for HTML and XML. */
#ifndef APROF_RENDER_MARKUP_H
#define APROF_RENDER_MARKUP_H

#include <stdio.h>

/* Cleaned of control characters and broken UTF-8, with &, <, > and " escaped. */
void markup_text(FILE *out, const char *s);

#endif
