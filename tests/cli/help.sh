#!/bin/sh
# Help goes to stdout with status 0 when it is asked for, to stderr with 2 when nothing is; output
# that cannot be written is an error.
exec 2>&1
"$APROF" help | sed 1q
"$APROF" --help >/dev/null || echo "--help failed"
"$APROF" >stdout 2>stderr
echo "status $?, $(wc -c <stdout) bytes on stdout, on stderr: $(sed 1q stderr)"
"$APROF" help frobnicate
echo "status $?"
"$APROF" help >/dev/full
echo "status $?"
"$APROF" --version >/dev/full
echo "status $?"
