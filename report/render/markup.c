/* Escaping for HTML and XML. */
#include "report/render/markup.h"

#include "report/render/names.h"

void markup_text(FILE *out, const char *s)
{
	struct text clean = { 0 };

	name_clean(&clean, s);
	for (const char *at = text_str(&clean); *at; at++) {
		switch (*at) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*at, out);
		}
	}
	text_release(&clean);
}
