#!/bin/sh
# Finds a Go that builds this program and prints how to call it. A Go from
# 1.21 on fetches the toolchain that go.mod names by itself, so that any of
# those will do. With -install, and on Debian, it gets one where there is none.
set -eu
cd "$(dirname "$0")/../.."
want=$(awk '$1 == "go" { print $2; exit }' go.mod)

# newer A B: A is B or newer.
newer() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

find_go() {
	for go in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go "$HOME/sdk"/go*/bin/go; do
		if [ ! -x "$go" ]; then continue; fi
		# "go version" outside of the module, where no toolchain is switched.
		has=$(cd / && GOTOOLCHAIN=local "$go" version 2>/dev/null | sed -n 's/^go version go\([0-9.]*\).*/\1/p')
		if [ -z "$has" ]; then continue; fi
		if newer "$has" "$want"; then
			echo "$go"
			return
		elif newer "$has" 1.21; then
			echo "env GOTOOLCHAIN=auto $go"
			return
		fi
	done
	return 1
}

if find_go; then exit 0; fi
if [ "${1:-}" != -install ] || ! command -v apt-get >/dev/null; then
	echo "make: Go $want or newer is needed; get it from go.dev and run make again." >&2
	exit 1
fi

root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "make: Go $want or newer is needed and only root can install it; get it from go.dev and run make again." >&2
		exit 1
	fi
	root=sudo
fi
# Debian 12 itself has Go 1.19, which is too old to fetch another toolchain;
# its backports, on the same mirror, have one that can.
. /etc/os-release
release=${VERSION_CODENAME:-stable}
from=
candidate=$(apt-cache policy golang-go 2>/dev/null | sed -n 's/.*Candidate: *[0-9]*:\([0-9.]*\).*/\1/p')
if [ -z "$candidate" ] || ! newer "$candidate" 1.21; then
	from="-t $release-backports"
	if ! apt-cache policy | grep -q "$release-backports/main"; then
		mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' "Created-By: Packages" | awk -v r="$release" '$2 == r { print $1; exit }')
		if [ -z "$mirror" ]; then
			echo "make: Go $want or newer is needed; get it from go.dev and run make again." >&2
			exit 1
		fi
		echo "Adding Debian's backports for a newer Go" >&2
		echo "deb $mirror $release-backports main" | $root tee /etc/apt/sources.list.d/backports-for-go.list >/dev/null
	fi
fi
echo "Installing Go" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $root apt-get update -q && $root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -q --no-install-recommends ca-certificates $from golang-go; } >"$log" 2>&1; then
	tail -n 15 "$log" >&2
	echo "make: Go could not be installed (see above); get Go $want or newer from go.dev and run make again." >&2
	exit 1
fi
find_go
