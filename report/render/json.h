/* JSON as it is written: commas and escaping are taken care of, order is the caller's. */
#ifndef APROF_RENDER_JSON_H
#define APROF_RENDER_JSON_H

#include <stdio.h>

#include <aprof/types.h>

struct json {
	FILE *out;
	bool comma; /* a value stands before at this level */
};

/* kind is '{' or '['; json_close() takes the matching '}' or ']'. */
void json_open(struct json *json, char kind);
void json_close(struct json *json, char kind);

/* What follows is the value of this key of an object. */
void json_key(struct json *json, const char *key);

/*
 * Any bytes: what is no UTF-8 becomes U+FFFD. '<' and '>' are escaped too, so that the text may
 * stand inside of a <script> element.
 */
void json_string(struct json *json, const char *s);
void json_u64(struct json *json, u64 value);
void json_i64(struct json *json, i64 value);
void json_double(struct json *json, double value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);

/* What came from outside: without control characters and marks that turn a line around. */
void json_key_text(struct json *json, const char *key, const char *text);

static inline void json_key_string(struct json *json, const char *key, const char *s)
{
	json_key(json, key);
	json_string(json, s);
}

static inline void json_key_u64(struct json *json, const char *key, u64 value)
{
	json_key(json, key);
	json_u64(json, value);
}

#endif
