#!/bin/sh
# Installs the system packages that a step of the Makefile needs and this
# machine lacks: system.sh build|test|npm|train. Says what it does; asks for
# nothing; with everything there it is quiet and quick.
set -eu

# What cgo, GLFW and GTK are built with.
build="gcc libc6-dev pkg-config libgl1-mesa-dev xorg-dev libwayland-dev libxkbcommon-dev libgtk-3-dev"
# A virtual screen, hands for it, and eyes to look at what came out.
test="xvfb openbox xdotool xclip imagemagick x11-utils dbus libgl1-mesa-dri fonts-noto-cjk strace libimage-exiftool-perl"
train="python3-torch python3-numpy python3-opencv python3-onnx"

case ${1:-} in
build) need=$build ;;
test) need="$build $test" ;;
train) need=$train ;;
npm)
	if command -v npm >/dev/null; then exit 0; fi
	need=npm
	;;
*)
	echo "usage: system.sh build|test|npm|train" >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	# Not Debian: say what is needed where the tools themselves are missing.
	for tool in gcc pkg-config; do
		if ! command -v $tool >/dev/null; then
			echo "make: $tool is missing. This system has no apt-get; install what stands for these Debian packages: $need" >&2
			exit 1
		fi
	done
	exit 0
fi

missing=
for package in $need; do
	case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true) in
	ii*) ;;
	*) missing="$missing $package" ;;
	esac
done
if [ -z "$missing" ]; then exit 0; fi

root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "make: these packages are missing, and only root can install them:$missing" >&2
		echo "make: as root, run: apt-get install$missing" >&2
		exit 1
	fi
	root=sudo
fi
echo "Installing system packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $root apt-get update -q &&
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 15 "$log" >&2
	echo "make: the packages could not be installed (see above). Is there a network? To do it by hand: apt-get install$missing" >&2
	exit 1
fi
