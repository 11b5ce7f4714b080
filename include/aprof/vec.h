/*
 * Growing arrays.
 *
 *	struct map_vec VEC(struct map);       declares the type
 *	struct map_vec maps = {0};            is empty and ready
 *	*vec_push(&maps) = (struct map){...}; maps.data[i], maps.len
 *	vec_release(&maps);
 *
 * A push may move the array: keep indices, not pointers.
 */
#ifndef APROF_VEC_H
#define APROF_VEC_H

#include <stdlib.h>
#include <string.h>

#include <aprof/types.h>

#define VEC(type)            \
	{                    \
		type *data;  \
		size_t len;  \
		size_t room; \
	}

void *vec_grow_(void *data, size_t *room, size_t need, size_t item);

/* Makes room for `n` items in all. */
#define vec_reserve(v, n)                                                                     \
	((size_t)(n) <= (v)->room ? (void)0 :                                                 \
				    (void)((v)->data = vec_grow_((v)->data, &(v)->room, (n), \
								 sizeof *(v)->data)))

/* A pointer to a new, uninitialised last item. */
#define vec_push(v) (vec_reserve((v), (v)->len + 1), &(v)->data[(v)->len++])

/* Appends `n` items copied from `src`. */
#define vec_append(v, src, n)                                                          \
	do {                                                                           \
		size_t vec_n_ = (n);                                                   \
		vec_reserve((v), (v)->len + vec_n_);                                   \
		if (vec_n_)                                                            \
			memcpy((v)->data + (v)->len, (src), vec_n_ * sizeof *(v)->data); \
		(v)->len += vec_n_;                                                    \
	} while (0)

/* Sets the length; new items are zero. */
#define vec_resize(v, n)                                                                        \
	do {                                                                                    \
		size_t vec_n_ = (n);                                                            \
		vec_reserve((v), vec_n_);                                                       \
		if (vec_n_ > (v)->len)                                                          \
			memset((v)->data + (v)->len, 0, (vec_n_ - (v)->len) * sizeof *(v)->data); \
		(v)->len = vec_n_;                                                              \
	} while (0)

#define vec_insert(v, at, item)                                                  \
	do {                                                                     \
		size_t vec_at_ = (at);                                           \
		vec_reserve((v), (v)->len + 1);                                  \
		memmove((v)->data + vec_at_ + 1, (v)->data + vec_at_,            \
			((v)->len - vec_at_) * sizeof *(v)->data);               \
		(v)->data[vec_at_] = (item);                                     \
		(v)->len++;                                                      \
	} while (0)

#define vec_release(v)             \
	do {                       \
		free((v)->data);   \
		(v)->data = NULL;  \
		(v)->len = 0;      \
		(v)->room = 0;     \
	} while (0)

#define vec_sort(v, cmp)                                                          \
	((v)->len ? qsort((v)->data, (v)->len, sizeof *(v)->data, (cmp)) : (void)0)

#define vec_each(v, item) \
	for (__typeof__(*(v)->data) *item = (v)->data; \
	     (v)->len && item < (v)->data + (v)->len; item++)

#endif
