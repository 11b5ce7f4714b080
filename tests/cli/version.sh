#!/bin/sh
# The version that aprof prints is the one in VERSION.
[ "$("$APROF" --version)" = "aprof $(cat "$SRCDIR/VERSION")" ]
