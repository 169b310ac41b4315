#!/bin/sh
# Makes the two fonts in this folder out of Debian's fonts-noto-cjk: the
# Japanese face of Noto Sans CJK, cut down to Latin, kana, the kanji of
# JIS X 0208 and the symbols that the window uses. Same input, same bytes.
#
# Needs: apt-get install fonts-noto-cjk python3-fonttools
set -eu
cd "$(dirname "$0")"
from=${1:-/usr/share/fonts/opentype/noto}
chars=$(mktemp)
trap 'rm -f "$chars"' EXIT

/usr/bin/python3 - "$chars" <<'PY'
import sys

def span(*ends):
    return {chr(c) for a, b in ends for c in range(a, b + 1)}

chars = span((0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2027), (0x2030, 0x203A),
             (0x2190, 0x2199), (0x2460, 0x2473),   # arrows, circled numbers
             (0x3000, 0x30FF), (0xFF01, 0xFF9F), (0xFFE0, 0xFFE6))  # kana, full and half width
chars |= set("€™−×÷≈≤≥∞…✓✕⌘⇧⌥⏎●○■□▲△▼▽◆◇★☆♪※〒№℃㎜㎝㎞㎎㎏㏄")
chars |= set("髙﨑濵德")  # in many people's names, but outside JIS X 0208
for row in range(1, 85):
    for cell in range(0x21, 0x7F):
        try:
            chars.add(bytes([0xA0 + row, cell | 0x80]).decode("euc_jp"))
        except UnicodeDecodeError:
            pass
open(sys.argv[1], "w", encoding="utf-8").write("".join(sorted(chars)))
PY

for weight in Regular Bold; do
	# Face 0 of the collection is the Japanese one. Hints are of no use to the
	# window's renderer and vertical text is never set.
	/usr/bin/python3 -m fontTools.subset "$from/NotoSansCJK-$weight.ttc" \
		--font-number=0 --text-file="$chars" --output-file="NotoSansJP-$weight.otf" \
		--no-hinting --layout-features=kern,locl,ccmp,mark,mkmk \
		--drop-tables+=VORG,vhea,vmtx,BASE --notdef-outline --name-IDs='*'
	ls -l "NotoSansJP-$weight.otf"
done
