#!/bin/sh
# Finishes what the packaging tool made: pack.sh FROM TO BIN adds the runtime
# library beside the program and the licences, and a Makefile that installs
# all of it. FROM holds the tool's Kirinuki.tar.xz.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
from=$1 to=$2 bin=$3
rm -rf "$from/kirinuki"
tar -xJf "$from/Kirinuki.tar.xz" -C "$from"
own=$from/kirinuki/usr/local/lib/kirinuki
mkdir -p "$own"
mv "$from/kirinuki/usr/local/bin/kirinuki" "$own/"
ln -s ../lib/kirinuki/kirinuki "$from/kirinuki/usr/local/bin/kirinuki"
cp "$here/../../LICENSE" "$from/kirinuki/"
cp "$here/../fonts/OFL.txt" "$own/fonts.LICENSE.txt"
cp "$here/package.mk" "$from/kirinuki/Makefile"
for f in "$bin"/libonnxruntime.so.1 "$bin"/onnxruntime.LICENSE.txt; do
	if [ -e "$f" ]; then
		cp "$f" "$own/"
	else
		echo "make: packed without $(basename "$f"), which is not there." >&2
	fi
done
mkdir -p "$to"
name=kirinuki-linux-$(uname -m).tar.xz
tar -cJf "$to/$name" --owner=0 --group=0 -C "$from" kirinuki
(cd "$to" && sha256sum "$name" >"$name.sha256")
ls -l "$to/$name"
