# Folds what `aprof script` or `perf script` prints, as stackcollapse-perf does, but without the name
# of the program in front: "root;…;leaf N" on stdout. Kernel functions get the reports' mark.
LC_ALL=C awk '
function fold() {
	if (stack != "")
		counts[stack]++
	stack = ""
	inside = 0
}
/^[^\t]/ { fold(); inside = 1; next }
/^$/ { fold(); next }
inside {
	name = $0
	sub(/^\t *[0-9a-f]+ /, "", name)
	module = name
	sub(/ \([^(]*\)$/, "", name)
	sub(/.* \(/, "", module)
	sub(/\)$/, "", module)
	sub(/\+0x[0-9a-f]+$/, "", name)
	if (module ~ /^\[kernel/)
		name = name "_[k]"
	gsub(/;/, ":", name)
	stack = name (stack == "" ? "" : ";" stack)
}
END {
	fold()
	for (stack in counts)
		print stack, counts[stack]
}' | LC_ALL=C sort
