package model

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	builtin "kirinuki/assets/model"
	"kirinuki/engine/fault"
	"kirinuki/engine/model/onnx/onnxtest"
)

const ownJSON = `{"width": 64, "height": 64, "mean": [0.5, 0.5, 0.5], "scale": [1, 1, 1]}`

// shelf is an empty folder for networks and one for files to import.
func shelf(t *testing.T) (dir string, write func(name string, data []byte) string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "models")
	t.Setenv(DirEnv, dir)
	from := t.TempDir()
	return dir, func(name string, data []byte) string {
		path := filepath.Join(from, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func TestCatalogIsSound(t *testing.T) {
	names, hashes, ranks := map[string]bool{}, map[string]bool{}, map[int]bool{}
	for _, s := range Catalog() {
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		if s.Title == "" || s.License == "" || s.Rank <= 0 || s.Data == nil && s.Source == "" {
			t.Errorf("%+v", s)
		}
		for _, h := range []string{s.SHA256, s.MD5} {
			if _, err := hex.DecodeString(h); err != nil || h != "" && (hashes[h] || len(h) != 64 && len(h) != 32) {
				t.Errorf("%s: checksum %q", s.Name, h)
			}
			hashes[h] = true
		}
		if names[s.Name] || ranks[s.Rank] {
			t.Errorf("%s: its name or rank is taken", s.Name)
		}
		names[s.Name], ranks[s.Rank] = true, true
	}
	for _, want := range []string{"isnet", "isnet-small", "u2net", "u2netp", "silueta", "isnet-general-use", "modnet", "birefnet-general", "birefnet-general-lite", BuiltInName} {
		if !names[want] {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestBuiltInIsWhatItSays(t *testing.T) {
	s, ok := known(BuiltInName)
	if !ok || !s.Installed() {
		t.Fatal("not there")
	}
	sum := sha256.Sum256(builtin.Bytes())
	if hex.EncodeToString(sum[:]) != s.SHA256 {
		t.Errorf("checksum %x, want %s", sum, s.SHA256)
	}
}

func TestImport(t *testing.T) {
	dir, write := shelf(t)
	for _, c := range []struct {
		name       string
		file, side string // names; side is a JSON file beside it
		net        []byte
		json       string
		want       fault.Kind
		says       string
	}{
		{"no JSON", "odd.onnx", "", onnxtest.Net{W: 64}.Bytes(), "", fault.BadModel, "odd.onnx.json"},
		{"JSON that is none", "a.onnx", "a.json", onnxtest.Net{W: 64}.Bytes(), "{", fault.BadModel, ""},
		{"JSON of another type", "a2.onnx", "a2.json", onnxtest.Net{W: 64}.Bytes(), `{"width": "wide"}`, fault.BadModel, ""},
		{"no size", "b.onnx", "b.json", onnxtest.Net{W: 64}.Bytes(), `{"mean": [0,0,0], "scale": [1,1,1]}`, fault.BadModel, "width"},
		{"no scale", "c.onnx", "c.json", onnxtest.Net{W: 64}.Bytes(), `{"width": 64, "height": 64}`, fault.BadModel, "scale"},
		{"an absurd size", "d.onnx", "d.json", onnxtest.Net{W: 64}.Bytes(), `{"width": 1000000, "height": 64, "scale": [1,1,1]}`, fault.BadModel, "width"},
		{"another size than the file's", "e.onnx", "e.json", onnxtest.Net{W: 64}.Bytes(), strings.ReplaceAll(ownJSON, "64", "32"), fault.BadModel, "32 x 32"},
		{"another input", "f.onnx", "f.json", onnxtest.Net{W: 64}.Bytes(), `{"input": "image",` + ownJSON[1:], fault.BadModel, "input"},
		{"another output", "g.onnx", "g.json", onnxtest.Net{W: 64}.Bytes(), `{"output": "alpha",` + ownJSON[1:], fault.BadModel, "alpha"},
		{"an unknown fit", "h.onnx", "h.json", onnxtest.Net{W: 64}.Bytes(), `{"fit": "squeeze",` + ownJSON[1:], fault.BadModel, "squeeze"},
		{"one channel", "i.onnx", "i.json", onnxtest.Net{W: 64, Channels: 1}.Bytes(), ownJSON, fault.BadModel, "64 x 64"},
		{"a name that climbs", "j.onnx", "j.json", onnxtest.Net{W: 64}.Bytes(), `{"name": "../../evil",` + ownJSON[1:], fault.BadModel, "name"},
		{"a name that is taken", "k.onnx", "k.json", onnxtest.Net{W: 64}.Bytes(), `{"name": "isnet",` + ownJSON[1:], fault.BadModel, "isnet"},
		{"the built-in's name", "l.onnx", "l.json", onnxtest.Net{W: 64}.Bytes(), `{"name": "built-in",` + ownJSON[1:], fault.BadModel, "built-in"},
		{"a catalogue name of another shape", "u2net.onnx", "", onnxtest.Net{W: 64}.Bytes(), "", fault.BadModel, ""},
		{"weights elsewhere", "m.onnx", "m.json", onnxtest.Net{W: 64, External: "x"}.Bytes(), ownJSON, fault.BadModel, "another file"},
		{"a picture", "n.onnx", "n.json", []byte("\x89PNG\r\n\x1a\n and more"), ownJSON, fault.BadModel, ""},
		{"truncated", "o.onnx", "o.json", onnxtest.Net{W: 64, Layers: 2}.Bytes()[:800], ownJSON, fault.BadModel, ""},
		{"empty", "p.onnx", "p.json", nil, ownJSON, fault.Empty, ""},
	} {
		path := write(c.file, c.net)
		if c.side != "" {
			write(c.side, []byte(c.json))
		}
		_, err := Import(context.Background(), path, nil)
		if err == nil || fault.Of(err) != c.want || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
			t.Fatalf("%s left %v", c.name, left)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 2 { // . and ..
			t.Fatalf("%s left %v", c.name, left)
		}
	}
}

func TestImportInstallsForGood(t *testing.T) {
	dir, write := shelf(t)
	net := onnxtest.Net{W: 64}.Bytes()
	path := write("Mine.onnx", net)
	write("Mine.onnx.json", []byte(`{"title": "Mine", "license": "MIT", "activation": "sigmoid", "fit": "letterbox",`+ownJSON[1:]))
	tried := 0
	s, err := Import(context.Background(), path, func(_ context.Context, s Spec) error {
		tried++
		if data, err := os.ReadFile(s.Path); err != nil || !bytes.Equal(data, net) {
			t.Errorf("the copy to try: %v", err)
		}
		return nil
	})
	if err != nil || tried != 1 {
		t.Fatal(err, tried)
	}
	if s.Name != "mine" || s.Path != filepath.Join(dir, "mine.onnx") || s.InputName != onnxtest.Input || s.OutputName != onnxtest.Output {
		t.Errorf("%+v", s)
	}
	found, err := Find("mine")
	if err != nil || found.Title != "Mine" || found.Fit != Letterbox || found.Activation != Sigmoid || found.Mean != half || found.Size != int64(len(net)) || found.InputName != onnxtest.Input {
		t.Errorf("%+v %v", found, err)
	}
	// The same file again is fine; another one of that name is not.
	if _, err := Import(context.Background(), path, nil); err != nil {
		t.Errorf("again: %v", err)
	}
	other := write("other.onnx", onnxtest.Net{W: 64, Layers: 1}.Bytes())
	write("other.json", []byte(`{"name": "mine",`+ownJSON[1:]))
	if _, err := Import(context.Background(), other, nil); fault.Of(err) != fault.Exists {
		t.Errorf("another of that name: %v", err)
	}
	// A person's own network is never the best by itself.
	if best, err := Find("best"); err != nil || best.Name != BuiltInName {
		t.Errorf("best is %s", best.Name)
	}
	if err := Remove("mine"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"mine", "../mine", "", BuiltInName, "u2net"} {
		if err := Remove(name); fault.Of(err) != fault.NoModel {
			t.Errorf("removing %q: %v", name, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestImportKnowsCatalogueFilesByNameAndShape(t *testing.T) {
	_, write := shelf(t)
	for file, want := range map[string]string{
		"modnet.onnx": "modnet", "MODNet_photographic_portrait_matting.onnx": "modnet", "u2netp.onnx": "u2netp", "silueta.onnx": "silueta",
	} {
		net := onnxtest.Net{W: 320}
		if want == "modnet" {
			net = onnxtest.Net{Dynamic: true}
		}
		s, err := Import(context.Background(), write(file, net.Bytes()), nil)
		if err != nil || s.Name != want {
			t.Errorf("%s: %q %v", file, s.Name, err)
			continue
		}
		if found, err := Find(want); err != nil || found.Rank == 0 || found.License == "" || found.Mean != s.Mean {
			t.Errorf("%s: %+v %v", want, found, err)
		}
	}
}

func TestImportThatFailsLeavesNothing(t *testing.T) {
	dir, write := shelf(t)
	path := write("a.onnx", onnxtest.Net{W: 64}.Bytes())
	write("a.json", []byte(ownJSON))
	no := errors.New("no")
	if _, err := Import(context.Background(), path, func(context.Context, Spec) error { return no }); !errors.Is(err, no) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Import(ctx, path, nil); fault.Of(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if err := os.WriteFile(filepath.Join(t.TempDir(), "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(DirEnv, filepath.Join(path, "below a file"))
	if _, err := Import(context.Background(), path, nil); err == nil {
		t.Error("imported into a file")
	}
}

func TestInstalledIgnoresWhatIsNoNetwork(t *testing.T) {
	dir, _ := shelf(t)
	for name, data := range map[string]string{
		"isnet.onnx": "x", "u2net.onnx": "", "strange.onnx": "x", "broken.onnx": "x", "broken.json": "{", "liar.onnx": "x",
		"liar.json": `{"name": "isnet",` + ownJSON[1:], "built-in.onnx": "x", "notes.txt": "x", "isnet-small.onnx.part": "x",
	} {
		if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "silueta.onnx"), 0o700); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range Installed() {
		names = append(names, s.Name)
		if s.Name == BuiltInName && (s.Data == nil || s.Path != "") {
			t.Error("the built-in network can be replaced by a file")
		}
	}
	if got := strings.Join(names, " "); got != "isnet "+BuiltInName {
		t.Errorf("installed: %s", got)
	}
	if _, err := Find("silueta"); fault.Of(err) != fault.NoModel {
		t.Errorf("got %v", err)
	}
	t.Setenv(DirEnv, filepath.Join(dir, "not there"))
	if all := Installed(); len(all) != 1 {
		t.Errorf("%v", all)
	}
}

func TestDir(t *testing.T) {
	t.Setenv(DirEnv, "")
	t.Setenv("XDG_DATA_HOME", "/data")
	if got := Dir(); got != filepath.FromSlash("/data/kirinuki/models") && os.Getenv("LOCALAPPDATA") == "" && !strings.Contains(got, "Library") {
		t.Errorf("got %s", got)
	}
}

func FuzzParseJSON(f *testing.F) {
	f.Add(ownJSON)
	f.Add(`{"name": "../x", "width": 1e9, "mean": [null], "scale": [0,0,0]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseJSON([]byte(text), "x.onnx.json")
		if err == nil && (s.Validate() != nil || strings.ContainsAny(s.Name, "/\\") || s.W > 4096 || s.H > 4096) {
			t.Errorf("%+v", s)
		}
	})
}
