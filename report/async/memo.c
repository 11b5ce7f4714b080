/* Spelled types, found by what they are in debug information or a symbol. */
#include "report/async/memo.h"

/* No compiler's names are so large together: what is new from there on is not kept. */
#define MOST_BYTES ((size_t)64 << 20)

void memo_init(struct memo *memo)
{
	*memo = (struct memo){ 0 };
	intern_init(&memo->types);
}

void memo_release(struct memo *memo)
{
	intern_release(&memo->types);
	vec_release(&memo->spelled);
	arena_release(&memo->arena);
	text_release(&memo->key);
}

struct span memo_find(struct memo *memo, u32 context, struct span type, u32 *id)
{
	*id = NO_ID;
	if (memo->types.arena.used + memo->arena.used > MOST_BYTES)
		return (struct span){ NULL, 0 };
	text_clear(&memo->key);
	text_add_n(&memo->key, (const char *)&context, sizeof context);
	text_add_n(&memo->key, type.at, type.len);
	*id = intern_bytes(&memo->types, memo->key.at, memo->key.len);
	if (*id >= memo->spelled.len)
		vec_resize(&memo->spelled, *id + 1);
	return memo->spelled.data[*id];
}

void memo_keep(struct memo *memo, u32 id, struct span spelled)
{
	if (id != NO_ID)
		memo->spelled.data[id] = (struct span){
			arena_strndup(&memo->arena, spelled.at, spelled.len), spelled.len
		};
}
