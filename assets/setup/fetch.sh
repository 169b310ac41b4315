#!/bin/sh
# Runs the fetching tool: fetch.sh SENTENCE FLAGS… runtime|model. npm is
# installed only where the tool needs it. What cannot be had is said in the
# tool's one sentence and ours, and is no reason for make to stop.
set -eu
without=$1
shift
mkdir -p .cache
if ! ${GO:-go} build -o .cache/fetch ./assets/fetch; then
	echo "make: Go could not build (see above). The first time it needs a network for its toolchain and modules." >&2
	exit 1
fi
status=0
.cache/fetch "$@" || status=$?
if [ $status = 3 ] && assets/setup/system.sh npm; then
	status=0
	.cache/fetch "$@" || status=$?
fi
if [ $status != 0 ]; then
	echo "make: $without." >&2
fi
