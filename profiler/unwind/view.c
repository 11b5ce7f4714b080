/* Views of address spaces, kept by the spaces' generations. */
#include "profiler/unwind/view.h"

#include <aprof/alloc.h>

void views_release(struct views *views)
{
	for (size_t i = 0; i < VIEW_SLOTS; i++)
		free(views->slots[i].places);
	*views = (struct views){ 0 };
}

static void fill(struct view *view, const struct space *space)
{
	view->generation = space->generation;
	view->count = space->count;
	view->places = xreallocarray(view->places, space->count + 1, sizeof *view->places);
	for (u32 i = 0; i < space->count; i++) {
		const struct mapping *map = &space->maps[i];

		view->places[i] = (struct place){
			.start = map->start,
			.end = map->end,
			.bias = map->offset - map->start,
			.module = map->module,
		};
	}
}

struct view *view_of(struct views *views, const struct space *space)
{
	struct view *view = &views->slots[hash_u64(space->generation) % VIEW_SLOTS];

	if (view->generation != space->generation)
		fill(view, space);
	return view;
}

bool place_waits(struct place *place, struct loader *loader)
{
	enum stop_reason why = STOP_NO_TABLE;

	if (place->state != PLACE_UNKNOWN)
		return false;
	switch (loader_state(loader, place->module, &place->table, &why)) {
	case LOADER_UNASKED:
		loader_request(loader, place->module);
		/* What has no file is answered at once. */
		if (loader_state(loader, place->module, &place->table, &why) != LOADER_READY)
			return true;
		break;
	case LOADER_WAITING:
		return true;
	case LOADER_FAILED:
		place->state = PLACE_FAILED;
		place->why = (u8)why;
		return false;
	case LOADER_READY:
		break;
	}
	place->state = PLACE_READY;
	return false;
}

u64 place_load(const struct place *place)
{
	const struct segment *segments;
	size_t count = binary_segments(place->table->bin, &segments);
	u64 offset = place->start + place->bias;

	/* A mapping starts at a page, a segment within it. */
	for (size_t i = 0; i < count; i++) {
		const struct segment *s = &segments[i];

		if (s->executable && s->offset < offset + (place->end - place->start) &&
		    offset < s->offset + s->file_size)
			return place->start - (s->vaddr + (offset - s->offset));
	}
	return 0;
}
