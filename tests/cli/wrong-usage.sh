#!/bin/sh
# Wrong usage: one sentence on stderr, nothing on stdout, exit status 2.
"$APROF" frobnicate 2>&1 >stdout
echo "status $?"
cat stdout
