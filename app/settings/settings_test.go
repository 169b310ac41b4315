package settings_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"kirinuki/app/settings"
	"kirinuki/engine/compose"
)

func path(t *testing.T) string { return filepath.Join(t.TempDir(), "kirinuki", "settings.json") }

func TestDefault_IsValid(t *testing.T) {
	d := settings.Default()
	if v := d.Valid(); !reflect.DeepEqual(v, d) {
		t.Errorf("%+v\n%+v", d, v)
	}
}

func TestStore_Remembers(t *testing.T) {
	p := path(t)
	s := settings.Open(p)
	err := s.Update(func(x *settings.Settings) {
		x.Language, x.Theme, x.ClearAfter, x.JPEGQuality = "ja", "dark", 15, 77
		x.UseColor("#FF0000")
		x.UseColor("#00ff00")
		x.UseColor("#ff0000")
		x.Presets = []compose.Preset{{Name: "mine", Edit: compose.Edit{Outline: compose.Outline{Width: 3, Color: "#112233"}}}}
	})
	if err != nil {
		t.Fatal(err)
	}
	again := settings.Open(p).Get()
	if !reflect.DeepEqual(again, s.Get()) || again.Language != "ja" || again.ClearAfter != 15 || again.Presets[0].Edit.Outline.Width != 3 {
		t.Errorf("%+v", again)
	}
	if strings.Join(again.RecentColors, " ") != "#ff0000 #00ff00" {
		t.Errorf("%v", again.RecentColors)
	}
	info, _ := os.Stat(p)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if all, _ := os.ReadDir(filepath.Dir(p)); len(all) != 1 {
		t.Errorf("left beside it: %v", all)
	}
}

func TestOpen_BadContent(t *testing.T) {
	d := settings.Default()
	tests := []struct {
		name, content string
		aside         bool
		check         func(settings.Settings) bool
	}{
		{"nothing", "", true, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"no JSON", "hello", true, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"cut short", `{"theme": "dark"`, true, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"null", `null`, true, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"a list", `[1]`, true, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"binary", "\x00\xff\xfe", true, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"empty object", `{}`, false, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"byte order mark", "\ufeff" + `{"theme":"dark"}`, false, func(s settings.Settings) bool { return s.Theme == "dark" }},
		{"one field of the wrong type", `{"theme":"dark","clear_after":"soon","jpeg_quality":55}`, false,
			func(s settings.Settings) bool {
				return s.Theme == "dark" && s.ClearAfter == d.ClearAfter && s.JPEGQuality == 55
			}},
		{"never longer than an hour", `{"clear_after":600}`, false, func(s settings.Settings) bool { return s.ClearAfter == 30 }},
		{"not at all", `{"clear_after":0}`, false, func(s settings.Settings) bool { return s.ClearAfter == 30 }},
		{"values without sense", `{"language":"xx","theme":7,"window_width":-5,"quality":"great","model":"../../etc","device":"a b",
			"method":"magic","edges":"","format":"exe","jpeg_quality":0,"jpeg_background":"red","name_pattern":"../{name}","undo_limit":1e9}`,
			false, func(s settings.Settings) bool { return reflect.DeepEqual(s, d) }},
		{"bad colours and presets", `{"recent_colors":["#ABCDEF","nonsense","#abcdef","#12345678"],"presets":[{"name":""},{"name":"a"},{"name":"a"}]}`,
			false, func(s settings.Settings) bool {
				return strings.Join(s.RecentColors, " ") == "#abcdef #12345678" && len(s.Presets) == 1
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := path(t)
			os.MkdirAll(filepath.Dir(p), 0o700)
			os.WriteFile(p, []byte(tt.content), 0o600)
			s := settings.Open(p)
			if !tt.check(s.Get()) {
				t.Errorf("%+v", s.Get())
			}
			bad, err := os.ReadFile(p + ".bad")
			if (err == nil) != tt.aside || tt.aside && string(bad) != tt.content {
				t.Errorf("kept aside: %q, %v", bad, err)
			}
			if err := s.Update(func(x *settings.Settings) { x.Theme = "light" }); err != nil || settings.Open(p).Get().Theme != "light" {
				t.Errorf("it cannot be written again: %v", err)
			}
		})
	}
}

// What a newer program wrote is still there after this one has saved.
func TestUpdate_KeepsWhatItDoesNotKnow(t *testing.T) {
	p := path(t)
	os.MkdirAll(filepath.Dir(p), 0o700)
	os.WriteFile(p, []byte(`{"future": {"x": [1, 2]}, "theme": "dark"}`), 0o600)
	settings.Open(p).Update(func(x *settings.Settings) { x.Language = "ja" })
	data, _ := os.ReadFile(p)
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil || all["future"] == nil || all["theme"] != "dark" || all["language"] != "ja" {
		t.Errorf("%s, %v", data, err)
	}
}

func TestUpdate_WithoutPlaceToWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	s := settings.Open(filepath.Join(file, "settings.json"))
	if err := s.Update(func(x *settings.Settings) { x.Theme = "dark" }); err == nil {
		t.Error("no error")
	}
	if s.Get().Theme != "dark" {
		t.Error("the choice does not hold for this run")
	}
}

func TestOnChange(t *testing.T) {
	s := settings.Open("")
	var got []string
	stop := s.OnChange(func(x settings.Settings) { got = append(got, x.Theme+s.Get().Language) })
	s.Update(func(x *settings.Settings) { x.Theme = "dark" })
	s.Update(func(x *settings.Settings) { x.Theme = "dark" }) // nothing new
	s.Update(func(x *settings.Settings) { x.Theme = "purple" })
	stop()
	s.Update(func(x *settings.Settings) { x.Theme = "light" })
	if strings.Join(got, " ") != "dark system" {
		t.Errorf("%v", got)
	}
}

func TestGet_IsACopy(t *testing.T) {
	s := settings.Open("")
	s.Update(func(x *settings.Settings) {
		x.UseColor("#000000")
		x.Presets = []compose.Preset{{Name: "a"}}
	})
	got := s.Get()
	got.RecentColors[0], got.Presets[0].Name = "#ffffff", "b"
	if again := s.Get(); again.RecentColors[0] != "#000000" || again.Presets[0].Name != "a" {
		t.Errorf("%+v", again)
	}
}

func TestStore_ManyAtOnce(t *testing.T) {
	p := path(t)
	s := settings.Open(p)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 5 {
				s.Update(func(x *settings.Settings) { x.WindowWidth = 300 + (x.WindowWidth+i)%1000 })
				s.Get()
			}
		})
	}
	all.Wait()
	if got := settings.Open(p).Get(); !reflect.DeepEqual(got, s.Get()) {
		t.Error("the file is not what is in memory")
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"theme":"dark","presets":[{"name":"x","edit":{"strokes":[{}]}}],"recent_colors":["#000000"]}`))
	f.Add([]byte(`{"window_width":1e400}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p := filepath.Join(t.TempDir(), "s.json")
		os.WriteFile(p, data, 0o600)
		s := settings.Open(p).Get()
		if !reflect.DeepEqual(s, s.Valid()) {
			t.Errorf("%+v", s)
		}
	})
}
