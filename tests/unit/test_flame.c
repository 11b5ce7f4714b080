/* report/render json, places, and flame graphs: nothing in a name gets out of where it stands. */
#include "report/render/flame.h"
#include "report/render/json.h"
#include "report/render/place.h"
#include "tests/unit/tree.h"

static void test_json(void)
{
	CHECK_PRINTS("{\"a\":[1,2.5,\"x\",true,null],\"b\":{}}", {
		struct json json = { .out = out };

		json_open(&json, '{');
		json_key(&json, "a");
		json_open(&json, '[');
		json_u64(&json, 1);
		json_double(&json, 2.5);
		json_string(&json, "x");
		json_bool(&json, true);
		json_null(&json);
		json_close(&json, ']');
		json_key(&json, "b");
		json_open(&json, '{');
		json_close(&json, '}');
		json_close(&json, '}');
	});
	CHECK_PRINTS("\"\\\"\\\\\\u000a\\u001b\\u003c/script\\u003e\\u0026 \xc3\xa9 \\ufffd "
		     "\\u2028\"",
		     {
			     struct json json = { .out = out };

			     json_string(&json, "\"\\\n\033</script>& \xc3\xa9 \xff \xe2\x80\xa8");
		     });
	CHECK_PRINTS("0,0", {
		struct json json = { .out = out };

		json_double(&json, 0.0 / 1);
		json_double(&json, __builtin_inf());
	});
}

static void test_place(void)
{
	static const struct {
		const char *file;
		u32 line;
		const char *want;
	} rows[] = {
		{ "/build/shop/src/main.rs", 12, "shop/src/main.rs:12" },
		{ "src/main.rs", 7, "src/main.rs:7" },
		{ "/c/registry/src/index-1f/tokio-1.2/src/macros/join.rs", 1,
		  "tokio-1.2/src/macros/join.rs:1" },
		{ "/rustc/abc/library/core/src/iter/range.rs", 0, "core/src/iter/range.rs" },
		{ "main.c", 3, "main.c:3" },
		{ "/src/main.rs", 3, "src/main.rs:3" },
		{ "bad\033\xff.rs", 1, "bad??.rs:1" },
		{ "", 1, ":1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct text text = { 0 };

		place_add(&text, rows[i].file, rows[i].line);
		CHECK_STR(text_str(&text), rows[i].want);
		text_release(&text);
	}
}

static char *render(flame_fn *format, const char *folded, const char *title)
{
	struct label_set labels;
	struct calltree tree;
	struct flame_view view = { .name = "Logical", .about = "chains" };
	struct flame_input in = {
		.title = title,
		.summary = "some",
		.brief = "some",
		.event = "cpu-clock",
		.unit = "ns",
		.labels = &labels,
		.views = &view,
		.view_count = 1,
	};
	char *text = NULL;
	size_t size = 0;

	tree_of_text(&tree, &labels, folded);
	calltree_init(&view.tree, &labels);
	awaits_merge(&view.tree, &view.awaits, &tree);
	in.out = open_memstream(&text, &size);
	format(&in);
	fclose(in.out);
	calltree_release(&view.tree);
	vec_release(&view.awaits);
	tree_release(&tree, &labels);
	return text;
}

static void check_contains(const char *text, const char *what)
{
	CHECK(strstr(text, what) != NULL);
	if (!strstr(text, what))
		fprintf(stderr, "lacks: %s\n", what);
}

static void test_html(void)
{
	char *page = render(flame_html, "!serve@7;~pay@3;hash 3\n!serve@9;~pay 1\nmain 2\n",
			    "a </script> title");

	/* Nodes in depth-first order, largest first: the two sites of serve are one box. */
	check_contains(page, "\"names\":[\"serve\",\"pay\",\"hash\",\"main\"]");
	check_contains(page, "\"nodes\":[1,0,0,0,2,1,1,1,3,2,2,3,1,3,0,2]");
	check_contains(page, "\"tasks\":[1]");
	check_contains(page, "\"awaits\":[\"src/main.rs:7 (75%), src/main.rs:9 (25%)\","
			     "\"src/main.rs:3\"]");
	check_contains(page, "\"totals\":[{\"samples\":6,\"weight\":6000000}]");
	check_contains(page, "\"title\":\"a \\u003c/script\\u003e title\"");
	free(page);
}

/* The text between the markup of an SVG holds no character that would end it. */
static void test_svg(void)
{
	char *picture = render(flame_svg,
			       "a<b>&\"c\"\001]]>;x\xff 3\n<script>alert(1)</script> 1\n", "<&\">");

	check_contains(picture, ">a&lt;b&gt;&amp;&quot;c&quot;?]]&gt;</text>");
	check_contains(picture, "&lt;script&gt;alert(1)&lt;/script&gt;\n1 sample, 1.00 ms, 25.00%");
	check_contains(picture, "&lt;&amp;&quot;&gt;</text>");
	check_contains(picture, ">x?</text>");
	CHECK(strstr(picture, "<script>alert") == NULL);
	free(picture);

	/* Nothing recorded is a picture, too. */
	picture = render(flame_svg, "", "empty");
	check_contains(picture, ">all</text>");
	free(picture);
}

int main(void)
{
	test_json();
	test_place();
	test_html();
	test_svg();
	return check_done();
}
