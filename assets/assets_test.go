package assets_test

import (
	"bytes"
	"image/png"
	"io/fs"
	"testing"

	"golang.org/x/image/font/sfnt"

	"kirinuki/assets"
)

func TestIcon(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(assets.Icon()))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != 512 || s.Y != 512 {
		t.Errorf("the icon is %v", s)
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
		t.Error("the corner is not transparent")
	}
}

// Every character of every text has a glyph in both weights, and so have
// kana, JIS level 1, level 2 and the names that fall outside of them.
func TestFonts_HoldWhatTheTextsNeed(t *testing.T) {
	need := map[rune]bool{}
	for _, r := range "Aa1%“”…–—éü切り抜きキリヌキ画像亜腕弌熙髙﨑、。「」（）：×→①" {
		need[r] = true
	}
	for _, f := range []struct {
		in   fs.FS
		path string
	}{
		{assets.Translations, "translations/en.json"}, {assets.Translations, "translations/ja.json"},
		{assets.Policy, "policy/en.json"}, {assets.Policy, "policy/ja.json"},
	} {
		b, err := fs.ReadFile(f.in, f.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(b) {
			need[r] = need[r] || r >= ' '
		}
	}
	total := 0
	for name, data := range map[string][]byte{"regular": assets.FontRegular(), "bold": assets.FontBold()} {
		total += len(data)
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var buf sfnt.Buffer
		for r := range need {
			if i, err := f.GlyphIndex(&buf, r); need[r] && (err != nil || i == 0) {
				t.Errorf("%s has no %q", name, r)
			}
		}
	}
	if total > 7<<20 {
		t.Errorf("the fonts take %d bytes, more than 7 MiB", total)
	}
}
