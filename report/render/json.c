/* Writing JSON (RFC 8259): one value after the other, straight to a stream. */
#include "report/render/json.h"

#include <math.h>

#include "report/render/names.h"

static void value_begins(struct json *json)
{
	if (json->comma)
		fputc(',', json->out);
	json->comma = true;
}

void json_open(struct json *json, char kind)
{
	value_begins(json);
	fputc(kind, json->out);
	json->comma = false;
}

void json_close(struct json *json, char kind)
{
	fputc(kind, json->out);
	json->comma = true;
}

void json_key(struct json *json, const char *key)
{
	json_string(json, key);
	fputc(':', json->out);
	json->comma = false;
}

static void put_char(FILE *out, u32 c, const char *bytes, int len)
{
	if (c == UINT32_MAX)
		fputs("\\ufffd", out);
	else if (c == '"' || c == '\\')
		fprintf(out, "\\%c", (int)c);
	/* U+2028 and U+2029 end a line of JavaScript before ECMAScript 2019. */
	else if (c < 0x20 || c == 0x7f || c == '<' || c == '>' || c == '&' || c == 0x2028 ||
		 c == 0x2029)
		fprintf(out, "\\u%04x", c);
	else
		fwrite(bytes, 1, (size_t)len, out);
}

void json_string(struct json *json, const char *s)
{
	value_begins(json);
	fputc('"', json->out);
	while (*s) {
		const char *from = s;
		u32 c = name_next_char(&s);

		put_char(json->out, c, from, (int)(s - from));
	}
	fputc('"', json->out);
}

void json_u64(struct json *json, u64 value)
{
	value_begins(json);
	fprintf(json->out, "%llu", (unsigned long long)value);
}

void json_i64(struct json *json, i64 value)
{
	value_begins(json);
	fprintf(json->out, "%lld", (long long)value);
}

void json_double(struct json *json, double value)
{
	value_begins(json);
	/* Neither infinity nor NaN is JSON. */
	fprintf(json->out, "%.9g", isfinite(value) ? value : 0.0);
}

void json_bool(struct json *json, bool value)
{
	value_begins(json);
	fputs(value ? "true" : "false", json->out);
}

void json_null(struct json *json)
{
	value_begins(json);
	fputs("null", json->out);
}

void json_key_text(struct json *json, const char *key, const char *text)
{
	struct text clean = { 0 };

	name_clean(&clean, text);
	json_key_string(json, key, text_str(&clean));
	text_release(&clean);
}
