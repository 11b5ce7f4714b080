/* perf-PID.map: names by address, the later of two overlapping lines, lines that make no sense. */
#include <stdio.h>
#include <unistd.h>

#include "profiler/process/jit.h"
#include "tests/unit/check.h"

int main(void)
{
	struct jit_names *names = jit_names_new();
	char path[64];
	u64 start = 0;
	FILE *f;

	snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
	f = fopen(path, "w");
	fputs("1000 100 first\n1100 80 second with spaces\nnonsense\n1000 100 again\n"
	      "ffffffffffffff00 fff wraps\n2000 0 empty\n",
	      f);
	fclose(f);
	CHECK_STR(jit_name(names, (u32)getpid(), 0x1000, &start), "again");
	CHECK_EQ(start, 0x1000);
	CHECK_STR(jit_name(names, (u32)getpid(), 0x117f, &start), "second with spaces");
	CHECK(!jit_name(names, (u32)getpid(), 0x1180, &start));
	CHECK(!jit_name(names, (u32)getpid(), 0xfff, &start));
	CHECK(!jit_name(names, (u32)getpid(), 0x2000, &start));
	CHECK(!jit_name(names, 0x7ffffff0, 0x1000, &start));
	unlink(path);
	jit_names_free(names);
	return check_done();
}
