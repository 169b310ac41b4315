package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"kirinuki/engine/fault"
	"kirinuki/engine/parallel"
)

// TestWindowsNames holds names against the rules of a system that most tests
// do not run on.
func TestWindowsNames(t *testing.T) {
	for in, want := range map[string]string{
		"a.png": "a.png", "切り抜き.png": "切り抜き.png",
		`a<b>c:d"e/f\g|h?i*j.png`: "a_b_c_d_e_f_g_h_i_j.png", "a\tb\x00.png": "a_b_.png",
		"a.png. . ": "a.png", "...": "_",
		"con": "_con", "NUL.png": "_NUL.png", "com1.png": "_com1.png", "Lpt9": "_Lpt9", "COM¹": "_COM¹",
		"com.png": "com.png", "com10.png": "com10.png", "console.png": "console.png", "nul .png": "_nul .png",
	} {
		if got := windowsName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// TestPlaceWithoutHelp takes a name on a file system that can neither link nor
// rename without replacing.
func TestPlaceWithoutHelp(t *testing.T) {
	dir := t.TempDir()
	temp, final := filepath.Join(dir, "temp"), filepath.Join(dir, "final")
	os.WriteFile(temp, []byte("new"), 0o666)
	if err := placeByHand(temp, final); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(final); string(b) != "new" {
		t.Errorf("it has %q", b)
	}
	os.WriteFile(temp, []byte("newer"), 0o666)
	if err := placeByHand(temp, final); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if b, _ := os.ReadFile(final); string(b) != "new" {
		t.Errorf("it was replaced by %q", b)
	}
	// What cannot be moved leaves no empty file behind.
	if err := placeByHand(filepath.Join(dir, "gone"), filepath.Join(dir, "b")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "b")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestPanicsAreDamage lets a decoder panic, also in the middle of all cores'
// work.
func TestPanicsAreDamage(t *testing.T) {
	defer func(f func(*source) (header, error)) { headers[GIF] = f }(headers[GIF])
	for name, pixels := range map[string]func() (image.Image, error){
		"itself": func() (image.Image, error) { panic("bug") },
		"on many": func() (image.Image, error) {
			parallel.Do(context.Background(), 100, func(i int) { _ = make([]int, 5)[i] })
			return nil, nil
		},
	} {
		headers[GIF] = func(*source) (header, error) { return header{size: image.Pt(1, 1), pixels: pixels}, nil }
		if _, err := Decode(bytes.NewReader([]byte("GIF89a")), "x", Limits{}); fault.Of(err) != fault.Damaged {
			t.Errorf("%s: %v", name, err)
		}
	}
	headers[GIF] = func(*source) (header, error) { panic("bug") }
	if _, err := Decode(bytes.NewReader([]byte("GIF89a")), "x", Limits{}); fault.Of(err) != fault.Damaged {
		t.Error(err)
	}
}
