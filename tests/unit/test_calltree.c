/* report/tree: paths are counted once, totals add up, walks come back, flat lists and inversions. */
#include "report/tree/flat.h"
#include "report/tree/invert.h"
#include "report/tree/tasks.h"
#include "tests/unit/tree.h"

static const char shop[] = "!serve;~pay;hash 5\n"
			   "!serve;~pay;hash 1\n"
			   "!serve;~ship 3\n"
			   "!timer;hash 2\n"
			   "main;run 1\n";

/* Every node with its depth and amounts, in walking order. */
static void print(const struct calltree *tree, FILE *out)
{
	for (u32 at = calltree_next(tree, 0); at != NO_ID; at = calltree_next(tree, at)) {
		const struct calltree_node *node = &tree->nodes.data[at];

		fprintf(out, "%*s%s %d/%d\n", (int)node->depth - 1, "", calltree_name(tree, at),
			(int)node->self.samples, (int)node->total.samples);
	}
}

static void test_tree(void)
{
	struct label_set labels;
	struct calltree tree;

	tree_of_text(&tree, &labels, shop);
	CHECK_EQ(calltree_all(&tree).samples, 12);
	CHECK_EQ(calltree_all(&tree).weight, 12000000);
	CHECK_PRINTS("serve 0/9\n pay 0/6\n  hash 6/6\n ship 3/3\ntimer 0/2\n hash 2/2\n"
		     "main 0/1\n run 1/1\n",
		     print(&tree, out));
	tree_release(&tree, &labels);
}

/* Many children and long chains: the hash table grows, and nothing recurses. */
static void test_large(void)
{
	struct label_set labels;
	struct calltree tree;
	u32 node = 0, again = 0, count = 0;

	labels_init(&labels);
	calltree_init(&tree, &labels);
	for (u32 i = 0; i < 200000; i++) {
		char name[16];
		u32 label;

		snprintf(name, sizeof name, "f%u", i % 100);
		label = labels_add(&labels, name, STEP_SYNC, false, NO_ID);
		node = calltree_child(&tree, node, label, NO_ID);
		if (i < 1000)
			again = calltree_child(&tree, again, label, NO_ID);
	}
	CHECK_EQ(again, 1000);
	calltree_add(&tree, node, (struct amount){ 1, 1 });
	calltree_finish(&tree);
	for (u32 at = calltree_next(&tree, 0); at != NO_ID; at = calltree_next(&tree, at))
		count++;
	CHECK_EQ(count, 200000);
	tree_release(&tree, &labels);
}

static void check_flat(const char *folded, enum flat_order order, const char *want)
{
	struct label_set labels;
	struct calltree tree;
	struct flat rows = { 0 };

	tree_of_text(&tree, &labels, folded);
	flat_build(&rows, &tree, order);
	CHECK_PRINTS(want, vec_each (&rows, row)
				   fprintf(out, "%s %d/%d ", labels_name(&labels, row->label),
					   (int)row->self.samples, (int)row->total.samples));
	vec_release(&rows);
	tree_release(&tree, &labels);
}

static void test_flat(void)
{
	check_flat(shop, FLAT_BY_SELF,
		   "hash 8/8 ship 3/3 run 1/1 serve 0/9 pay 0/6 timer 0/2 main 0/1 ");
	check_flat(shop, FLAT_BY_TOTAL,
		   "serve 0/9 hash 8/8 pay 0/6 ship 3/3 timer 0/2 run 1/1 main 0/1 ");
	/* A recursive function counts once a stack, directly or through another. */
	check_flat("a;b;a;b;a 4\na;b 1\nb;a 1\n", FLAT_BY_TOTAL, "a 5/6 b 1/6 ");
	check_flat("", FLAT_BY_SELF, "");
}

static void test_invert(void)
{
	struct label_set labels;
	struct calltree tree, other;

	tree_of_text(&tree, &labels, shop);
	calltree_init(&other, &labels);
	invert_all(&other, &tree);
	CHECK_EQ(calltree_all(&other).samples, 12);
	CHECK_PRINTS("hash 0/8\n pay 0/6\n  serve 6/6\n timer 2/2\nship 0/3\n serve 3/3\n"
		     "run 0/1\n main 1/1\n",
		     print(&other, out));
	calltree_release(&other);
	tree_release(&tree, &labels);
}

static void test_callers(void)
{
	struct label_set labels;
	struct calltree tree, callers;
	struct label_ids functions = { 0 };

	/* The outermost fib stands for its stack: fib does not call itself here. */
	tree_of_text(&tree, &labels, "main;fib;fib;fib 3\nmain;fib 1\ntest;fib;add 2\nmain 9\n");
	labels_find(&labels, "fib", &functions);
	calltree_init(&callers, &labels);
	invert_callers(&callers, &tree, &functions);
	CHECK_PRINTS("fib 0/6\n main 4/4\n test 2/2\n", print(&callers, out));
	vec_release(&functions);
	calltree_release(&callers);
	tree_release(&tree, &labels);
}

static void test_tasks(void)
{
	struct label_set labels;
	struct calltree tree;
	struct tasks rows = { 0 };

	/* "serve" stands at the top with two await sites, and is one kind of task. */
	tree_of_text(&tree, &labels, "!serve@7;~pay;hash 5\n!serve@9;~ship 6\n!timer 2\nmain 20\n");
	tasks_build(&rows, &tree);
	if (!CHECK_EQ(rows.len, 3))
		return;
	CHECK_STR(labels_name(&labels, rows.data[0].root), "serve");
	CHECK_EQ(rows.data[0].amount.samples, 11);
	CHECK_STR(calltree_name(&tree, rows.data[0].hottest), "ship");
	CHECK_STR(labels_name(&labels, rows.data[1].root), "timer");
	CHECK_EQ(rows.data[2].root, NO_ID);
	CHECK_EQ(rows.data[2].amount.samples, 20);
	vec_release(&rows);
	tree_release(&tree, &labels);
}

static void test_find(void)
{
	static const struct {
		const char *pattern, *found;
	} rows[] = {
		{ "shop::fetch", "shop::fetch," }, /* exact, though others end in it */
		{ "fetch", "shop::fetch,my::shop::fetch<A>,shop::fetch_[?]," },
		{ "shop::fetch<A>", "my::shop::fetch<A>," },
		{ "Cart as Add>::add", "<Cart as Add>::add," },
		{ "etch", "" },
		{ "", "" },
	};
	struct label_set labels;

	labels_init(&labels);
	labels_add(&labels, "shop::fetch", STEP_ASYNC, false, NO_ID);
	labels_add(&labels, "my::shop::fetch<A>", STEP_SYNC, false, NO_ID);
	labels_add(&labels, "shop::fetch_[?]", STEP_SYNC, true, NO_ID);
	labels_add(&labels, "<Cart as Add>::add", STEP_SYNC, true, NO_ID);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct label_ids ids = { 0 };

		labels_find(&labels, rows[i].pattern, &ids);
		CHECK_PRINTS(rows[i].found, {
			vec_each (&ids, id)
				fprintf(out, "%s,", labels_name(&labels, *id));
		});
		vec_release(&ids);
	}
	labels_release(&labels);
}

/* An async fn's constructor has its body's name: the name is the body's, whichever came first. */
static void test_kinds(void)
{
	struct label_set labels;
	u32 id;

	labels_init(&labels);
	id = labels_add(&labels, "shop::pay", STEP_SYNC, false, 3);
	CHECK_EQ(labels_add(&labels, "shop::pay", STEP_ASYNC, false, 4), id);
	CHECK_EQ(labels_add(&labels, "shop::pay", STEP_SYNC, false, 3), id);
	CHECK_EQ(labels.labels.data[id].kind, STEP_ASYNC);
	CHECK_EQ(labels.labels.data[id].function, 4);
	CHECK_STR(labels_name(&labels, labels_add(&labels, "", STEP_SYNC, false, NO_ID)),
		  "[no name]");
	labels_release(&labels);
}

int main(void)
{
	test_tree();
	test_large();
	test_flat();
	test_invert();
	test_callers();
	test_tasks();
	test_find();
	test_kinds();
	return check_done();
}
