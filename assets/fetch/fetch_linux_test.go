//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kirinuki/engine/model"
)

// fakeNPM is an npm that "downloads" the file at from, and notes its
// arguments in the file beside it.
func fakeNPM(t *testing.T, from string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "npm")
	script := fmt.Sprintf(`#!/bin/sh
echo "$@" >> %q
while [ "$1" != --pack-destination ]; do shift; done
cp %q "$2/some-pack-1.2.3.tgz"
`, path+".args", from)
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStore_DownloadsThroughNPM(t *testing.T) {
	b := tarball(t, entry{"package/lib.so", "the library", 0})
	s, p := aPack(t, b)
	remote := filepath.Join(t.TempDir(), "remote.tgz")
	if err := os.Rename(filepath.Join(s.dir, p.file()), remote); err != nil {
		t.Fatal(err)
	}
	s.npm = fakeNPM(t, remote)
	f, err := s.open(p)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	args, _ := os.ReadFile(s.npm + ".args")
	if !strings.HasPrefix(string(args), "pack @some/pack@1.2.3 --ignore-scripts ") {
		t.Errorf("npm was called with %s", args)
	}
	if f, err = s.open(p); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if again, _ := os.ReadFile(s.npm + ".args"); !bytes.Equal(again, args) {
		t.Error("the second run asked npm again")
	}
	if got := names(t, s.dir); got != p.file() {
		t.Errorf("the store holds %s", got)
	}

	// What npm brings is checked like everything else, and not kept.
	if err := os.Remove(filepath.Join(s.dir, p.file())); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(remote, append(b, 0), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(p); err == nil {
		t.Error("a changed tarball was taken")
	}
	if got := names(t, s.dir); got != "" {
		t.Errorf("the store holds %s", got)
	}
	// No network: npm fails, and its first words are in the sentence.
	if err := os.WriteFile(s.npm, []byte("#!/bin/sh\necho 'npm ERR! no way out' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(p); err == nil || !strings.Contains(err.Error(), "(no way out)") {
		t.Error(err)
	}
}

func TestModelsDir(t *testing.T) {
	for _, c := range []struct{ own, xdg, want string }{
		{"", "", "/home/u/.local/share/kirinuki/models"},
		{"", "/data", "/data/kirinuki/models"},
		{"", "not/absolute", "/home/u/.local/share/kirinuki/models"},
		{"/mine", "/data", "/mine"},
	} {
		t.Setenv("HOME", "/home/u")
		t.Setenv("XDG_DATA_HOME", c.xdg)
		t.Setenv("KIRINUKI_MODELS", c.own)
		if got, err := modelsDir(); err != nil || got != c.want || got != model.Dir() {
			t.Errorf("%+v: %s, %v; the engine looks in %s", c, got, err, model.Dir())
		}
	}
}
