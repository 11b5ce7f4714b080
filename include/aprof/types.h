/* Fixed-width integer names, and small arithmetic that every room uses. */
#ifndef APROF_TYPES_H
#define APROF_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define NSEC_PER_SEC 1000000000ull

/* No id: every id of a profile is an index, so the largest value is free for "none". */
#define NO_ID UINT32_MAX

static inline u64 u64_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 u64_max(u64 a, u64 b)
{
	return a > b ? a : b;
}

/* For hashing: the folded product depends on all bits of both. */
static inline u64 u64_mix(u64 a, u64 b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (u64)product ^ (u64)(product >> 64);
}

/* Rounds up to a multiple of `to`, a power of two. */
static inline u64 align_up(u64 value, u64 to)
{
	return (value + to - 1) & ~(to - 1);
}

/* One 64-bit finaliser (Stafford's mix 13 constants): spreads an integer key over a hash table. */
static inline u64 hash_u64(u64 x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

#endif
