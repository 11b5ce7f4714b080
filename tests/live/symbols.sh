#!/bin/sh
# Names come from the right place of the right file: calls that never return, separate debug files,
# files below --symfs, sister builds, and none from a file that was changed since.
set -eu
. "$SRCDIR/tests/lib/record.sh"
need_perf
command -v objcopy >/dev/null || skip "needs objcopy"

# `ends_in_call` has nothing behind its call: the return address is the first byte of `behind`.
cat >last.c <<'END'
#include <stdlib.h>
#include <time.h>

static volatile unsigned sink;

static inline __attribute__((always_inline)) void inlined_burn(void)
{
	for (int i = 0; i < 100000; i++)
		sink += (unsigned)i;
}

__attribute__((noinline, noreturn)) static void never_returns(void)
{
	struct timespec ts;

	do {
		inlined_burn();
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	} while (ts.tv_sec == 0 && ts.tv_nsec < 300000000);
	exit(sink == 0);
}

__attribute__((noinline, noreturn)) void ends_in_call(void)
{
	never_returns();
}

__attribute__((noinline)) int behind(void)
{
	return (int)sink;
}

int main(void)
{
	if (behind())
		return 1;
	ends_in_call();
}
END
flags="-O1 -fno-toplevel-reorder -falign-functions=1 -fno-optimize-sibling-calls"
cc $flags -g -Wl,--build-id=0x01 -o last last.c
cc $flags -Wl,--build-id=0x02 -o bare last.c
objdump -d --no-show-raw-insn last | grep -A 1 'call.*<never_returns>' | tail -n 1 | grep -q ':$\|^$' ||
	skip "this compiler puts code behind a call that does not return"

full='main;ends_in_call;never_returns;inlined_burn'
# names FILE [OPTION…]: the share, in percent, of stacks that contain the chain in $want.
names() {
	"$APROF" report --folded --physical "$@" 2>err >folded
	awk -v want="$want" 'index($0, want) { n += $NF } { all += $NF } END { print all ? int(100 * n / all) : 0 }' folded
}
expect_named() {
	share=$(names "$@")
	[ "$share" -ge 90 ] || { head folded err >&2; fail "$share % of the stacks have $want: $*"; }
	! grep -q 'behind;' folded || { grep 'behind;' folded >&2; fail "the function behind a call is shown as the caller"; }
}
expect_unnamed() {
	share=$(names "$@")
	[ "$share" -eq 0 ] || { head folded err >&2; fail "$share % of the stacks have $want: $*"; }
}

"$APROF" record -q -o last.aprof -- ./last
want=$full
expect_named last.aprof
awk '$0 ~ /never_returns/ { found = 1 } END { exit !found }' folded || fail "nothing was recorded"

# Debug information beside the program, found by its link and checked by its build id.
mkdir -p fs"$PWD" plain
cp last fs"$PWD"/last
objcopy --only-keep-debug last last.debug
cp last plain/last
objcopy --strip-all --add-gnu-debuglink=last.debug last
expect_named last.aprof
mv last.debug elsewhere.debug
want=inlined_burn
expect_unnamed last.aprof

# The whole file below another root.
want=$full
expect_named last.aprof --symfs fs
"$APROF" report --folded --symfs nowhere last.aprof >/dev/null 2>err || fail "--symfs of nothing is no error"

# The program is gone, and then another one stands in its place.
mv last stripped
want=never_returns
expect_unnamed last.aprof
expect_text err 'last is not there'
cp bare last
expect_unnamed last.aprof
expect_text err 'last is not the file that was recorded'
expect_named last.aprof --symfs fs

# Debug information of a sister build; one with other code is refused, and said so.
"$APROF" record -q -o bare.aprof -- ./bare
want=inlined_burn
expect_unnamed bare.aprof
want=$full
expect_named bare.aprof --debug-binary plain/last
sed 's/sink += (unsigned)i;/sink ^= (unsigned)i * 3;/' last.c >other.c
cc -O2 -g -o other other.c
want=inlined_burn
expect_unnamed bare.aprof --debug-binary other
expect_text err '--debug-binary other is not used: its code is not that of any module'
expect_status 1 "$APROF" report --debug-binary last.c bare.aprof
expect_text err 'last.c'
echo "$(samples_of last.aprof) and $(samples_of bare.aprof) samples"
