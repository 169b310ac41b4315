// Package assets holds the files inside the binary: the icon, the fonts, the
// translations and the privacy policy. It knows nothing of who uses them.
package assets

import "embed"

//go:embed icon/icon.png
var icon []byte

//go:embed fonts/NotoSansJP-Regular.otf
var regular []byte

//go:embed fonts/NotoSansJP-Bold.otf
var bold []byte

// Translations holds translations/en.json and translations/ja.json, the
// texts that every part of the program shares. Read them through package tr.
//
//go:embed translations/*.json
var Translations embed.FS

// Policy holds policy/en.json and policy/ja.json, the privacy policy. Read it
// through package privacy.
//
//go:embed policy/*.json
var Policy embed.FS

// Icon returns the program's icon, a PNG of 512 by 512 pixels. The caller
// must not change the bytes.
func Icon() []byte { return icon }

// FontRegular returns an OpenType font with Latin, kana and the kanji of
// JIS X 0208: a subset of Noto Sans CJK JP under the SIL Open Font License
// (fonts/OFL.txt). The caller must not change the bytes.
func FontRegular() []byte { return regular }

// FontBold returns the bold weight of FontRegular with the same glyphs.
func FontBold() []byte { return bold }
