#!/bin/sh
# timeout: 300
# What `aprof doctor` says of programs built in many ways. What it says of the machine is another
# test's matter: only the lines behind the empty one are looked at.
set -u
fail() { echo "FAILED: $*" >&2; exit 1; }
command -v gcc >/dev/null && command -v strip >/dev/null || { echo "needs gcc and binutils"; exit 77; }

# expect FILE LEVEL CHECK PATTERN: the line of the check.
expect() {
	"$APROF" doctor "$1" 2>&1 | sed '1,/^$/d' >said
	grep -Eq "^$2 +$3 +.*($4)" said || { cat said >&2; fail "of '$1' no $2 of $3: $4"; }
}

awk 'BEGIN {
	for (i = 0; i < 60; i++)
		printf "__attribute__((noinline)) int f%d(int n)\n{\n\tvolatile int a[8];\n\tfor (int i = 0; i < 8; i++)\n\t\ta[i] = n * %d + i;\n\treturn a[3] + a[n & 7];\n}\n\n", i, i
	print "int main(int argc, char **argv)\n{\n\tint sum = 0;\n\t(void)argv;"
	for (i = 0; i < 60; i++)
		printf "\tsum += f%d(argc);\n", i
	print "\treturn sum & 1;\n}"
}' >many.c

gcc -O2 -g -fomit-frame-pointer -Wl,--build-id -o full many.c
expect full ok file 'ELF x86-64'
expect full ok 'build id' '[0-9a-f]{40}'
expect full ok .eh_frame 'KiB'
expect full ok symbols 'functions: 0 Rust'
expect full ok DWARF 'full: '
expect full ok 'frame pointers' 'fp would be wrong'

gcc -O2 -g -fno-omit-frame-pointer -Wl,--build-id=none -o frames many.c
expect frames ok 'frame pointers' 'fp would be usable'
expect frames note 'build id' 'none; link with'

gcc -O2 -o none many.c
expect none note DWARF 'compiled with -g'

if gcc -O2 -g -gz -o packed many.c 2>/dev/null; then
	expect packed ok DWARF 'full, compressed'
fi
if gcc -O2 -g -gsplit-dwarf -o split many.c 2>/dev/null; then
	expect split note 'split DWARF' '[0-9]+ units'
fi

strip -o stripped full
expect stripped note symbols 'stripped'
expect stripped note DWARF 'compiled with -g'

objcopy --only-keep-debug full linked.debug
objcopy --strip-all --add-gnu-debuglink=linked.debug full linked
expect linked ok DWARF 'full, in .*linked.debug'
mv linked.debug elsewhere
expect linked note DWARF "'linked.debug', which was not found"

echo text >text
expect text missing file '.'
expect not-there missing file 'No such file'
printf '#!/bin/sh\n' >script
expect script note file 'recorded all the same'
head -c 100 full >cut
expect cut missing file '.'
"$APROF" doctor not-there >/dev/null && fail "a file that is not there can be recorded"
"$APROF" doctor one two >/dev/null 2>&1
[ $? -eq 2 ] || fail "two programs are not refused"

# Rust, where there is a compiler.
command -v rustc >/dev/null && rustc --version >/dev/null 2>&1 || exit 0
cat >main.rs <<'END'
#[inline(never)]
fn parse(n: u64) -> String { (0..n).map(|i| format!("{i:x}")).collect::<Vec<_>>().join(",") }
#[inline(never)]
fn count(text: &str) -> usize { text.split(',').filter(|s| s.len() > 1).count() }
fn main() {
    let args: Vec<String> = std::env::args().collect();
    println!("{}", count(&parse(args.len() as u64 * 100)));
}
END
rust() { rustc -O "$@" main.rs 2>rustc.err || { cat rustc.err >&2; fail "rustc $*"; }; }
rust -C debuginfo=2 -o rust-full
expect rust-full ok compiler 'rustc [0-9.]+ '
expect rust-full ok DWARF 'full: '
rust -o rust-none
expect rust-none note DWARF 'CARGO_PROFILE_RELEASE_DEBUG=1'
rust -C symbol-mangling-version=v0 -C strip=symbols -o rust-stripped 2>/dev/null
expect rust-stripped note symbols 'STRIP=none'
if rustc -O -C debuginfo=line-tables-only -o rust-lines main.rs 2>/dev/null; then
	expect rust-lines note DWARF 'line tables only'
fi
exit 0
