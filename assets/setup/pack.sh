#!/bin/sh
# Finishes what the packaging tool made: pack.sh FROM TO BIN adds the runtime
# library and the licences, so that what comes out needs no network. FROM
# holds what "fyne package" left, BIN the runtime library.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
from=$1 to=$2 bin=$3
mkdir -p "$to"

# add FOLDER puts what the program wants beside it into the folder.
add() {
	cp "$here/../../LICENSE" "$1/LICENSE.txt"
	cp "$here/../fonts/OFL.txt" "$1/fonts.LICENSE.txt"
	if ls "$bin"/libonnxruntime* >/dev/null 2>&1; then
		cp "$bin"/libonnxruntime* "$bin"/onnxruntime.LICENSE.txt "$1/"
	else
		echo "make: packed without ONNX Runtime, which is not in $bin." >&2
	fi
}

case $(uname -s) in
Darwin)
	# Signed into macOS' own sandbox, which has no network entitlement.
	app=$from/Kirinuki.app
	add "$app/Contents/MacOS"
	codesign --force --deep --sign "${IDENTITY:--}" --entitlements "$here/macos.entitlements" "$app"
	name=kirinuki-macos-$(uname -m).zip
	ditto -c -k --keepParent "$app" "$to/$name"
	sum="shasum -a 256"
	;;
*)
	rm -rf "$from/kirinuki"
	tar -xJf "$from/Kirinuki.tar.xz" -C "$from"
	top=$from/kirinuki
	mkdir -p "$top/usr/local/lib/kirinuki"
	mv "$top/usr/local/bin/kirinuki" "$top/usr/local/lib/kirinuki/"
	ln -s ../lib/kirinuki/kirinuki "$top/usr/local/bin/kirinuki"
	add "$top/usr/local/lib/kirinuki"
	cp "$here/package.mk" "$top/Makefile"
	name=kirinuki-linux-$(uname -m).tar.xz
	tar -cJf "$to/$name" --owner=0 --group=0 -C "$from" kirinuki
	sum=sha256sum
	;;
esac
(cd "$to" && $sum "$name" >"$name.sha256")
ls -l "$to/$name"
