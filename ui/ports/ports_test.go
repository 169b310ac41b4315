package ports

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.design/x/clipboard"
)

func TestPathOf(t *testing.T) {
	home, _ := os.UserHomeDir()
	for s, want := range map[string]string{
		"/a/b.png":                       "/a/b.png",
		"file:///a/b%20c.png":            "/a/b c.png",
		"file:///%E5%86%99%E7%9C%9F.png": "/写真.png",
		"file://localhost/a.png":         "/a.png",
		" \"/a b.png\" ":                 "/a b.png",
		"~/x.png":                        filepath.Join(home, "x.png"),
		"file:///a+b.png":                "/a+b.png",
	} {
		if got, ok := PathOf(s); !ok || got != want {
			t.Errorf("PathOf(%q) = %q, %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "https://example.org/a.png", "file://host/a.png", "relative.png", "file://%zz"} {
		if got, ok := PathOf(s); ok {
			t.Errorf("PathOf(%q) = %q", s, got)
		}
	}
}

func FuzzPathOf(f *testing.F) {
	for _, s := range []string{"/a", "file:///a%20b", "file://%", "~/", "\"", "file:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p, ok := PathOf(s); ok && p == "" {
			t.Errorf("PathOf(%q) is empty and ok", s)
		}
	})
}

func TestMendPlus_FindsTheRealNames(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "c++ code", "1+1=2")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(deep, "a+b c.png")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := mendPlus(filepath.Join(dir, "c   code", "1 1=2", "a b c.png")); got != file {
		t.Errorf("mended to %q", got)
	}
	if got := mendPlus(file); got != file {
		t.Errorf("a good path became %q", got)
	}
	if got := mendPlus(filepath.Join(deep, "new file.png")); got != filepath.Join(deep, "new file.png") {
		t.Errorf("a new name became %q", got)
	}
}

func TestPathsIn_TakesExistingFilesOnly(t *testing.T) {
	dir := t.TempDir()
	a := filepath.Join(dir, "a b.png")
	os.WriteFile(a, nil, 0o644)
	got := pathsIn("file://" + dir + "/a%20b.png\r\n" + a + "\nnonsense\n/does/not/exist.png\n")
	if !slices.Equal(got, []string{a, a}) {
		t.Errorf("paths %q", got)
	}
}

func TestImageTypes_ExactOnesFirst(t *testing.T) {
	formats := []clipboard.Format{
		clipboard.Register("image/jpeg"), clipboard.Register("text/html"),
		clipboard.Register("image/x-strange"), clipboard.Register("image/webp"), clipboard.FmtImage,
	}
	if got := imageTypes(formats); !slices.Equal(got, []string{"image/png", "image/webp", "image/jpeg", "image/x-strange"}) {
		t.Errorf("types %v", got)
	}
}

func TestBothCases(t *testing.T) {
	if got := bothCases([]string{"jpg", "png"}); !slices.Equal(got, []string{"jpg", "JPG", "png", "PNG"}) {
		t.Errorf("extensions %v", got)
	}
}

func TestFiles_OneDialogAtATime(t *testing.T) {
	f := &Files{}
	f.busy.Lock()
	if _, err := f.Ask(context.Background(), Question{}); !errors.Is(err, ErrBusy) {
		t.Errorf("a second dialog: %v", err)
	}
}

func TestPatiently_GivesUpAndSurvivesAPanic(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	hung := make(chan struct{})
	defer close(hung)
	if _, err := patiently(ctx, func(context.Context) (int, error) { <-hung; return 1, nil }); err == nil {
		t.Error("it waited for ever")
	}
	if _, err := patiently(context.Background(), func(context.Context) (int, error) { panic("library") }); err == nil {
		t.Error("a panic is no error")
	}
	if v, err := patiently(context.Background(), func(context.Context) (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
}
