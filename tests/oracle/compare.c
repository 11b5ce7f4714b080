/* Compares traces frame by frame. */
#include "tests/oracle/compare.h"

#include <stdio.h>

#include <aprof/alloc.h>

static bool text_is(const struct images *images, const struct taken *taken, u64 ip,
		    const char *want, size_t size)
{
	const u8 *text = images_text(images, taken->space, ip, size);

	return text && !memcmp(text, want, size);
}

#define SIGRETURN "\x48\xc7\xc0\x0f\0\0\0\x0f\x05" /* mov $15,%rax; syscall */

/* At the instruction itself, not behind a call: the leaf, and what a signal interrupted. */
static bool is_exact(const struct images *images, const struct taken *taken, const struct trace *t,
		     u32 i)
{
	return !i || text_is(images, taken, t->ip[i - 1], SIGRETURN, 9);
}

static bool is_pop(u8 byte)
{
	return (byte & 0xf8) == 0x58;
}

/* jmp rel32, *disp(%rip), *%rax: to a function that will return for this one. */
static bool is_tail_call(const u8 *text)
{
	return text[0] == 0xe9 ||
	       (text[0] == 0xff && (text[1] == 0x25 || (text[1] & 0xf8) == 0xe0));
}

/* Before a return or a tail call, with nothing but pops between, or with a pop before that. */
static bool in_epilogue(const struct images *images, const struct taken *taken, u64 ip)
{
	const u8 *before = images_text(images, taken->space, ip - 1, 1);
	bool popped = before && is_pop(*before);

	for (u32 pops = 0; pops < 8; pops++) {
		const u8 *text = images_text(images, taken->space, ip, 2);

		if (!text)
			return false;
		if (text[0] == 0xc3 || (text[0] == 0xf3 && text[1] == 0xc3))
			return true;
		if (is_tail_call(text))
			return popped || pops;
		if (text[0] == 0x41 && is_pop(text[1]))
			ip += 2;
		else if (is_pop(text[0]))
			ip++;
		else
			return false;
	}
	return false;
}

/* What aprof does better than the others, told by what the CPU was about to do. */
static const char *explain(const struct images *images, const struct taken *taken,
			   const struct trace *ours, const struct trace *theirs, u32 agreed)
{
	if (agreed == ours->count && !space_find(taken->space, theirs->ip[agreed] - 1))
		return "the other one goes on to an address that is no code";
	if (ours->guessed)
		return "no rule covers the place: aprof found a return address that stands behind a "
		       "call";
	for (u32 i = 0; i < agreed && i < ours->count; i++) {
		u64 ip = ours->ip[i];

		if (!is_exact(images, taken, ours, i))
			continue;
		/* Compilers do not say in .eh_frame that an epilogue popped rbp. */
		if (in_epilogue(images, taken, ip))
			return "in an epilogue: the rule still names rbp's slot, which is below "
			       "rsp and was not copied; aprof keeps the register";
		if (text_is(images, taken, ip - 9, SIGRETURN, 9))
			return "in rt_sigreturn, whose address is behind the last rule; aprof knows "
			       "the code";
	}
	return NULL;
}

static void add(struct comparison *c, char *text, const char *why, size_t sample)
{
	c->different++;
	c->explained += why != NULL;
	vec_each(&c->classes, it) {
		if (it->why == why && !strcmp(it->text, text)) {
			it->count++;
			free(text);
			return;
		}
	}
	*vec_push(&c->classes) =
		(struct difference){ .text = text, .why = why, .count = 1, .sample = sample };
}

void compare(struct comparison *c, struct images *images, const struct taken *taken, size_t sample,
	     const struct trace *ours, const struct trace *theirs, const char *name)
{
	const struct space *space = taken->space;
	u32 n = 0;
	char *text;

	while (n < ours->count && n < theirs->count && ours->ip[n] == theirs->ip[n])
		n++;
	if (n == ours->count && n == theirs->count) {
		c->same++;
		return;
	}
	if (n == theirs->count)
		text = xasprintf("%s stops in %s; aprof goes on and ends: %s", name,
				 n ? images_describe(images, space, theirs->ip[n - 1]) : "nothing",
				 stop_reason_text((enum stop_reason)ours->stop));
	else if (n == ours->count)
		text = xasprintf("aprof stops in %s (%s); %s goes on to %s",
				 n ? images_describe(images, space, ours->ip[n - 1]) : "nothing",
				 stop_reason_text((enum stop_reason)ours->stop), name,
				 images_describe(images, space, theirs->ip[n]));
	else
		text = xasprintf("from %s aprof comes to %s, %s to %s",
				 n ? images_describe(images, space, ours->ip[n - 1]) : "the leaf",
				 images_describe(images, space, ours->ip[n]), name,
				 images_describe(images, space, theirs->ip[n]));
	add(c, text, explain(images, taken, ours, theirs, n), sample);
}

static int by_count(const void *a, const void *b)
{
	const struct difference *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

void comparison_print(struct comparison *c, const char *name)
{
	u64 all = c->same + c->different;

	printf("%s: %llu of %llu stacks identical (%.3f %%), %llu where it has no rule to go by, "
	       "%llu not explained\n",
	       name, (unsigned long long)c->same, (unsigned long long)all,
	       all ? 100.0 * (double)c->same / (double)all : 0.0,
	       (unsigned long long)c->explained, (unsigned long long)(c->different - c->explained));
	vec_sort(&c->classes, by_count);
	vec_each(&c->classes, it)
		printf("  %6llu  #%zu %s (%s)\n", (unsigned long long)it->count, it->sample,
		       it->text, it->why ? it->why : "not explained");
}

void comparison_release(struct comparison *c)
{
	vec_each(&c->classes, it)
		free(it->text);
	vec_release(&c->classes);
}
