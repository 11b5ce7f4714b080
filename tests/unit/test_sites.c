/* The line of an `.await`, found in the source where old compilers name another one. */
#include <stdio.h>
#include <unistd.h>

#include "report/async/sites.h"
#include "tests/unit/stacks.h"

#define FIND(column, ...)                                                                       \
	sites_find_await((const char *const[]){ __VA_ARGS__ },                                  \
			 ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })), column)

static void test_find(void)
{
	CHECK_EQ(FIND(7, "    f().await;"), 0); /* in the middle of an expression */
	CHECK_EQ(FIND(8, "    f().await;"), 1);
	CHECK_EQ(FIND(8, "    f().await.len();"), 1);
	CHECK_EQ(FIND(8, "    f()", "    .await?;"), 2);
	CHECK_EQ(FIND(8, "    f() // why", "    /* a", "/* b */ */ .await"), 3);
	CHECK_EQ(FIND(8, "    f() .", "await"), 2);
	CHECK_EQ(FIND(5, "    join!(a, b);"), 1); /* a macro that awaits */
	CHECK_EQ(FIND(8, "    f().awaited;"), 0);
	CHECK_EQ(FIND(8, "    f().len().await;"), 0); /* the source is another one */
	CHECK_EQ(FIND(8, "    f()", "    ;"), 0);
	CHECK_EQ(FIND(8, "    f() /* never closed"), 0);
	CHECK_EQ(FIND(8, "    f()"), 0);
	CHECK_EQ(FIND(9, "    f()"), 0); /* behind the line's end */
	CHECK_EQ(FIND(0, "    f().await"), 0);
}

#define GEN_POLL                                                                                \
	"d core::future::from_generator::{impl#1}::poll<u8> = "                                 \
	"<core::future::from_generator::GenFuture<T> as core::future::future::Future>::poll\n"
#define LEAF "d shop::g::{async_fn#0} = shop::g::{{closure}}\n"

static void check_site(const char *inner, const char *place, const char *expected)
{
	struct logical_options options = { 0 };
	struct text stack = { 0 };
	char *text;

	text_printf(&stack, "%sd shop::f::{async_fn#0} = shop::f::{{closure}} @ %s of %.*s\n" GEN_POLL,
		    inner, place, (int)strcspn(place, ":"), place);
	text = stacks_map(text_str(&stack), &options, true, NULL);
	CHECK_STR(text, expected);
	free(text);
	text_release(&stack);
}

static void test_sites(void)
{
	char path[] = "test_sites_XXXXXX";
	int fd = mkstemp(path);
	struct text place = { 0 }, expected = { 0 };

	CHECK(fd >= 0 && dprintf(fd, "async fn f() {\n    g()\n    .await;\n}\n") > 0);
	close(fd);
	text_printf(&place, "%s:2,8", path);
	text_printf(&expected, "shop::f (%s:3);shop::g (:0)", path);
	check_site(LEAF GEN_POLL, text_str(&place), text_str(&expected));
	/* what a sync call stands on is no await, and neither is block_on inside a body */
	text_clear(&expected);
	text_printf(&expected, "shop::f (%s:2);shop::sync", path);
	check_site("d shop::sync = shop::sync\n", text_str(&place), text_str(&expected));
	text_clear(&expected);
	text_printf(&expected, "shop::f (%s:2);shop::g (:0)", path);
	check_site(LEAF "d tokio::runtime::runtime::Runtime::block_on = "
		   "tokio::runtime::runtime::Runtime::block_on\n",
		   text_str(&place), text_str(&expected));
	/* no source, or another than was compiled: there, or below */
	text_clear(&place);
	text_clear(&expected);
	text_printf(&place, "%s:1,3", path);
	text_printf(&expected, "shop::f (%s:1~);shop::g (:0)", path);
	check_site(LEAF GEN_POLL, text_str(&place), text_str(&expected));
	CHECK_EQ(unlink(path), 0);
	text_clear(&expected);
	text_printf(&expected, "shop::f (%s:1~);shop::g (:0)", path);
	check_site(LEAF GEN_POLL, text_str(&place), text_str(&expected));
	text_release(&place);
	text_release(&expected);
}

int main(void)
{
	test_find();
	test_sites();
	return check_done();
}
