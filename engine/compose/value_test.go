package compose_test

import (
	"encoding/json"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

func TestEditSurvivesJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		e := randomEdit(r, 300, 200)
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := compose.ParseEdit(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if !got.Equal(e) {
			t.Fatalf("%s came back as %+v", data, got)
		}
	}
	if data, _ := json.Marshal(compose.Edit{}); string(data) != "{}" {
		t.Errorf("an empty edit is written as %s", data)
	}
}

func TestParseEditRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"nothing":             ``,
		"half":                `{"strokes": [`,
		"unknown field":       `{"colour": 1}`,
		"unknown inner field": `{"shadow": {"kind": "drop", "blurr": 3}}`,
		"wrong type":          `{"strokes": 3}`,
		"something behind":    `{} {}`,
		"a list":              `[]`,
		"NaN":                 `{"edge": {"shift": NaN}}`,
		"too far":             `{"edge": {"shift": 11}}`,
		"beyond a float":      `{"edge": {"feather": 1e999}}`,
		"unknown kind":        `{"background": {"kind": "video"}}`,
		"unknown fit":         `{"background": {"fit": "stretch"}}`,
		"unknown shadow":      `{"shadow": {"kind": "long"}}`,
		"unknown tool":        `{"strokes": [{"tool": "smudge", "radius": 1, "hardness": 1, "points": []}]}`,
		"no colour":           `{"background": {"kind": "color", "color": "#12345"}}`,
		"no outline colour":   `{"outline": {"width": 1, "color": "blurple"}}`,
		"negative radius":     `{"strokes": [{"tool": "erase", "radius": -1, "hardness": 1, "points": []}]}`,
		"half a crop":         `{"crop": {"w": 10}}`,
		"half an aspect":      `{"canvas": {"aspect_w": 10}}`,
		"huge canvas":         `{"canvas": {"w": 70000, "h": 10}}`,
		"part before all":     `{"parts": [{"at": {"x": 1, "y": 1}, "keep": true, "after": -1}]}`,
	} {
		if _, err := compose.ParseEdit([]byte(s)); fault.Of(err) != fault.Usage {
			t.Errorf("%s: %v, want a usage error", name, err)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 50 {
		e := randomEdit(r, 100, 100)
		c := e.Clone()
		if !c.Equal(e) {
			t.Fatal("a clone differs")
		}
		for i := range c.Strokes {
			c.Strokes[i].Points[0].X++
			if c.Equal(e) {
				t.Fatal("a clone's points are shared")
			}
			c.Strokes[i].Points[0].X--
		}
		for i := range c.Parts {
			c.Parts[i].Keep = !c.Parts[i].Keep
			if c.Equal(e) {
				t.Fatal("a clone's parts are shared")
			}
			c.Parts[i].Keep = !c.Parts[i].Keep
		}
	}
}

func TestEqualSeesEveryField(t *testing.T) {
	a := compose.Edit{}
	for name, b := range map[string]compose.Edit{
		"stroke":     {Strokes: []compose.Stroke{{}}},
		"part":       {Parts: []compose.Part{{}}},
		"edge":       {Edge: compose.Edge{Shift: 1}},
		"background": {Background: compose.Background{Kind: "blur"}},
		"shadow":     {Shadow: compose.Shadow{Angle: 1}},
		"outline":    {Outline: compose.Outline{Width: 1}},
		"crop":       {Crop: compose.Crop{Trim: true}},
		"canvas":     {Canvas: compose.Canvas{DPI: 1}},
	} {
		if a.Equal(b) || b.Equal(a) || !b.Equal(b) {
			t.Errorf("%s is not compared", name)
		}
	}
	if !(compose.Edit{Strokes: []compose.Stroke{}}).Equal(a) {
		t.Error("an empty list is not as good as none")
	}
}

func TestLookHoldsForAnyPicture(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for range 50 {
		e := randomEdit(r, 100, 100)
		l := e.Look()
		if err := (compose.Preset{Edit: l}).Check(); err != nil {
			t.Fatal(err)
		}
		if l.Crop.W != 0 || l.Crop.Trim != e.Crop.Trim || l.Shadow != e.Shadow || l.Canvas != e.Canvas {
			t.Fatalf("%+v became %+v", e, l)
		}
	}
}

func TestPresets(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range compose.Presets() {
		if seen[p.Name] || p.Name == "" {
			t.Errorf("name %q is there twice or empty", p.Name)
		}
		seen[p.Name] = true
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := compose.ParsePreset(data)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if got.Name != p.Name || !got.Edit.Equal(p.Edit) || got.Export != p.Export {
			t.Errorf("%s came back as %+v", p.Name, got)
		}
	}
	for name, s := range map[string]string{
		"strokes":       `{"edit": {"strokes": [{"tool": "erase", "radius": 1, "hardness": 1, "points": []}]}}`,
		"format":        `{"export": {"format": "gif"}}`,
		"quality":       `{"export": {"quality": 101}}`,
		"pattern":       `{"export": {"name_pattern": "../{name}"}}`,
		"long name":     `{"name": "` + strings.Repeat("x", 201) + `"}`,
		"unknown field": `{"exports": {}}`,
		"damaged name":  "{\"export\": {\"folder\": \"a\\u0000b\"}}",
	} {
		if _, err := compose.ParsePreset([]byte(s)); fault.Of(err) != fault.Usage {
			t.Errorf("%s: %v, want a usage error", name, err)
		}
	}
	p, err := compose.ParsePreset([]byte(`{
		"name": "Shop",
		"edit": {"background": {"kind": "color", "color": "#fff"}, "crop": {"trim": true, "margin": 0.05}, "canvas": {"w": 2000, "h": 2000, "center": true}},
		"export": {"format": "jpeg", "quality": 90, "name_pattern": "{name}-shop", "keep_metadata": true}
	}`))
	if err != nil || p.Edit.Canvas.W != 2000 || p.Export.Format != picture.JPEG || !p.Export.KeepMetadata {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestParseColor(t *testing.T) {
	for s, want := range map[string]color.NRGBA{
		"#fff": {255, 255, 255, 255}, "fff": {255, 255, 255, 255}, "#1a2B3c": {26, 43, 60, 255},
		"#1a2b3c80": {26, 43, 60, 128}, "#f008": {255, 0, 0, 136}, " White ": {255, 255, 255, 255}, "transparent": {},
	} {
		if got, err := compose.ParseColor(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "#", "#12", "#12345", "#1234567", "#ggg", "-123456", "0x1234", "#+12", "#1_2", "＃fff"} {
		if c, err := compose.ParseColor(s); fault.Of(err) != fault.Usage {
			t.Errorf("%q: %v, %v", s, c, err)
		}
	}
}

func TestFileName(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		i             int
		f             picture.Format
		want          string
	}{
		{"", "photo.jpg", 1, picture.PNG, "photo-cutout.png"},
		{"{name}-cutout", "photo", 1, picture.JPEG, "photo-cutout.jpg"},
		{"{name}", "archive.v2.JPEG", 1, picture.WebP, "archive.v2.webp"},
		{"{name}", "version 1.5", 1, picture.TIFF, "version 1.5.tiff"},
		{"{i}-{name}", "a.png", 12, picture.PNG, "12-a.png"},
		{"{name}", "{i}.png", 3, picture.PNG, "{i}.png"},
		{"{name}-切り抜き", "写真.heic", 1, picture.PNG, "写真-切り抜き.png"},
		{"{name}", "../../etc/passwd", 1, picture.PNG, "_.._etc_passwd.png"},
		{"{name}", `a\b:c*d?e"f<g>h|i`, 1, picture.PNG, "a_b_c_d_e_f_g_h_i.png"},
		{"{name}", ".png", 1, picture.PNG, "png.png"},
		{"{name}", "...", 1, picture.PNG, "picture.png"},
		{"{name}", "", 1, picture.PNG, "picture.png"},
		{"{name}", "con", 1, picture.PNG, "_con.png"},
		{"{name}", "COM1.txt", 1, picture.PNG, "_COM1.txt.png"},
		{"{name}", "a\nb\x00c\xff", 1, picture.PNG, "a_b_c_.png"},
		{"{name}", "gnp\u202egpj.exe", 1, picture.PNG, "gnp_gpj.exe.png"},
		{"{name}  ", "a.jpg", 1, picture.PNG, "a.png"},
	} {
		if got := compose.FileName(c.pattern, c.name, c.i, c.f); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.pattern, c.name, got, c.want)
		}
	}
}

func FuzzParseEdit(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		data, _ := json.Marshal(randomEdit(r, 50, 50))
		f.Add(data)
	}
	f.Add([]byte(`{"edge": {"shift": 1e308}}`))
	f.Add([]byte(`{"crop": {"x": -9223372036854775808, "w": 1, "h": 1}}`))
	s := two()
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := compose.ParseEdit(data)
		if err != nil {
			if fault.Of(err) != fault.Usage {
				t.Fatalf("%v is no usage error", err)
			}
			return
		}
		again, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := compose.ParseEdit(again); err != nil || !back.Equal(e) {
			t.Fatalf("%s: %v", again, err)
		}
		// What parses can be rendered, unless it is too large.
		if e.Background.Kind == "picture" || e.Canvas.W*e.Canvas.H > 1<<18 || e.Crop.W*e.Crop.H > 1<<18 {
			return
		}
		e.Strokes = nil
		e.Parts = nil
		if e.Canvas.W > 512 || e.Canvas.H > 512 || e.Canvas.AspectW > 4*e.Canvas.AspectH || e.Canvas.AspectH > 4*e.Canvas.AspectW {
			return
		}
		if e.Outline.Width > 100 || e.Crop.Margin > 2 {
			return
		}
		if _, err := compose.Render(ctx, s, e, compose.Options{}); err != nil && fault.Of(err) != fault.TooLarge {
			t.Fatal(err)
		}
	})
}

func FuzzFileName(f *testing.F) {
	f.Add("{name}-cutout", "photo.jpg", 1)
	f.Add("..", "/", -1)
	f.Add("{i}", strings.Repeat("日本", 200), 7)
	f.Fuzz(func(t *testing.T, pattern, name string, i int) {
		got := compose.FileName(pattern, name, i, picture.PNG)
		if !utf8.ValidString(got) || len(got) > 200 || strings.ContainsAny(got, "/\\\x00:*?\"<>|\n") ||
			!strings.HasSuffix(got, ".png") || strings.HasPrefix(got, ".") || len(got) == len(".png") {
			t.Errorf("%q and %q give %q", pattern, name, got)
		}
	})
}
