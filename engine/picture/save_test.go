package picture_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

// text returns a function for Save that writes s.
func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// files returns the names and contents of a folder.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if fi, _ := os.Stat(filepath.Join(dir, e.Name())); err != nil && !fi.IsDir() {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func expect(t testing.TB, dir string, want map[string]string) {
	t.Helper()
	if got := files(t, dir); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("folder has %.300v, want %.300v", got, want)
	}
}

func TestSaveNumbersTakenNames(t *testing.T) {
	dir := t.TempDir()
	for i, want := range []string{"a.png", "a-2.png", "a-3.png"} {
		final, err := Save(filepath.Join(dir, "a.png"), SaveOptions{}, text(fmt.Sprint(i)))
		if err != nil || final != filepath.Join(dir, want) {
			t.Errorf("%s %v, want %s", final, err, want)
		}
	}
	expect(t, dir, map[string]string{"a.png": "0", "a-2.png": "1", "a-3.png": "2"})
}

func TestSaveNames(t *testing.T) {
	for name, second := range map[string]string{
		"a": "a-2", ".hidden": ".hidden-2", "a.b.png": "a.b-2.png", "a.": "a-2.",
		"切り抜き.webp": "切り抜き-2.webp", "so. this is a sentence": "so. this is a sentence-2",
		"name-2.png": "name-2-2.png", "x\xff\xfey.png": "x\xff\xfey-2.png", " ": " -2",
	} {
		dir := t.TempDir()
		for _, want := range []string{name, second} {
			final, err := Save(filepath.Join(dir, name), SaveOptions{}, text("x"))
			if err != nil || filepath.Base(final) != want {
				t.Errorf("%q became %q: %v", name, final, err)
			}
		}
	}
	t.Chdir(t.TempDir())
	if final, err := Save("plain.png", SaveOptions{}, text("x")); err != nil || final != "plain.png" {
		t.Errorf("%q %v", final, err)
	}
}

// TestSaveLongNames holds that a name that is too long loses whole characters
// at its end, not its extension and not its number.
func TestSaveLongNames(t *testing.T) {
	for _, c := range []struct{ rune string }{{"n"}, {"切"}, {"🦊"}, {"\xff"}} {
		dir := t.TempDir()
		for i, tail := range []string{".png", "-2.png", "-3.png"} {
			final, err := Save(filepath.Join(dir, strings.Repeat(c.rune, 300)+".png"), SaveOptions{}, text("x"))
			base := filepath.Base(final)
			stem, ok := strings.CutSuffix(base, tail)
			if err != nil || !ok || strings.Trim(stem, c.rune) != "" || len(base) > 255 || len(base) < 250 {
				t.Errorf("%q, number %d: %q %v", c.rune, i+1, base, err)
			}
		}
		if n := len(files(t, dir)); n != 3 {
			t.Errorf("%q: %d files", c.rune, n)
		}
	}
}

func TestSaveReplacesOnlyWhenAsked(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	os.WriteFile(path, []byte("old"), 0o600)
	os.Symlink(path, filepath.Join(dir, "link.png"))
	if final, err := Save(path, SaveOptions{Replace: true}, text("new")); err != nil || final != path {
		t.Errorf("%s %v", final, err)
	}
	// A link is replaced itself: what it points to may be anything.
	if final, err := Save(filepath.Join(dir, "link.png"), SaveOptions{Replace: true}, text("linked")); err != nil || filepath.Base(final) != "link.png" {
		t.Errorf("%s %v", final, err)
	}
	// Where there is nothing, Replace makes no difference.
	if final, err := Save(filepath.Join(dir, "b.png"), SaveOptions{Replace: true}, text("b")); err != nil || filepath.Base(final) != "b.png" {
		t.Errorf("%s %v", final, err)
	}
	expect(t, dir, map[string]string{"a.png": "new", "link.png": "linked", "b.png": "b"})
}

// TestSaveNeverTouchesTheSource reaches for the source by its own name, by
// links of both kinds, and by another spelling of the path.
func TestSaveNeverTouchesTheSource(t *testing.T) {
	for _, replace := range []bool{false, true} {
		for _, name := range []string{"source.png", "sym.png", "hard.png", "linked/source.png", "../{dir}/source.png"} {
			dir := t.TempDir()
			source := filepath.Join(dir, "source.png")
			os.WriteFile(source, []byte("source"), 0o666)
			os.Symlink("source.png", filepath.Join(dir, "sym.png"))
			os.Symlink(".", filepath.Join(dir, "linked"))
			if err := os.Link(source, filepath.Join(dir, "hard.png")); err != nil {
				t.Fatal(err)
			}
			path := dir + "/" + strings.ReplaceAll(name, "{dir}", filepath.Base(dir))
			for _, from := range []string{source, filepath.Join(dir, "sym.png"), filepath.Join(dir, "hard.png")} {
				final, err := Save(path, SaveOptions{Replace: replace, Source: from}, text("result"))
				if err != nil || !strings.Contains(filepath.Base(final), "-") {
					t.Errorf("%s: %s %v", name, final, err)
				}
				got := files(t, dir)
				for _, kept := range []string{"source.png", "sym.png", "hard.png"} {
					if got[kept] != "source" {
						t.Errorf("%s, replace %v: %s has %q", name, replace, kept, got[kept])
					}
				}
				if got[filepath.Base(final)] != "result" {
					t.Errorf("%s: %s has %q", name, final, got[filepath.Base(final)])
				}
			}
		}
	}
}

// TestSaveFails holds that whatever goes wrong, no part of a file is left, and
// what was there is untouched.
func TestSaveFails(t *testing.T) {
	for name, c := range map[string]struct {
		write func(io.Writer) error
		kind  fault.Kind
	}{
		"at once":    {func(io.Writer) error { return errors.New("no") }, fault.Internal},
		"half-way":   {func(w io.Writer) error { w.Write(make([]byte, 1<<20)); return errors.New("no") }, fault.Internal},
		"no space":   {func(w io.Writer) error { w.Write(make([]byte, 1<<20)); return syscall.ENOSPC }, fault.DiskFull},
		"cancelled":  {func(w io.Writer) error { return fault.New(fault.Cancelled, "", nil) }, fault.Cancelled},
		"no picture": {func(w io.Writer) error { return Encode(w, render(at), Options{Format: JPEG}) }, fault.Usage},
	} {
		for _, replace := range []bool{false, true} {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.png")
			os.WriteFile(path, []byte("old"), 0o666)
			final, err := Save(path, SaveOptions{Replace: replace}, c.write)
			var e *fault.Error
			if final != "" || !errors.As(err, &e) || e.Kind != c.kind || e.Name != "a.png" {
				t.Errorf("%s: %q %v", name, final, err)
			}
			expect(t, dir, map[string]string{"a.png": "old"})
		}
	}
}

func TestSavePanics(t *testing.T) {
	dir := t.TempDir()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		Save(filepath.Join(dir, "a.png"), SaveOptions{}, func(w io.Writer) error { w.Write([]byte("x")); panic("bug") })
	}()
	expect(t, dir, map[string]string{})
}

// TestSaveIsHiddenUntilWhole looks at the folder while a file is written.
func TestSaveIsHiddenUntilWhole(t *testing.T) {
	dir := t.TempDir()
	_, err := Save(filepath.Join(dir, "a.png"), SaveOptions{}, func(w io.Writer) error {
		w.Write(make([]byte, 1<<20))
		for name := range files(t, dir) {
			if !strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".png") {
				t.Errorf("%s is to be seen", name)
			}
		}
		return text("")(w)
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSaveRace lets 20 savers want one name at once, some of them through a
// link to the folder: each gets a file of its own.
func TestSaveRace(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	os.Symlink(dir, link)
	os.WriteFile(filepath.Join(dir, "a.png"), []byte("old"), 0o666)
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		names []string
	)
	start := make(chan struct{})
	for i := range 20 {
		wg.Go(func() {
			<-start
			final, err := Save(filepath.Join([]string{dir, link}[i%2], "a.png"), SaveOptions{}, text(fmt.Sprint(i)))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			names = append(names, filepath.Base(final))
			mu.Unlock()
		})
	}
	close(start)
	wg.Wait()
	slices.Sort(names)
	if n := len(slices.Compact(names)); n != 20 {
		t.Errorf("%d names", n)
	}
	all := files(t, dir)
	seen := map[string]bool{}
	for _, content := range all {
		seen[content] = true
	}
	if len(all) != 21 || len(seen) != 21 || all["a.png"] != "old" {
		t.Errorf("%v", all)
	}
}

func TestSaveNowhere(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o666)
	os.Mkdir(filepath.Join(dir, "folder.png"), 0o777)
	for path, kind := range map[string]fault.Kind{
		"gone/a.png": fault.NotFound, "file/a.png": fault.NotFound, "": fault.NotAFile, "folder.png/": fault.NotAFile, ".": fault.NotAFile, "..": fault.NotAFile,
	} {
		final, err := Save(dir+"/"+path, SaveOptions{}, text("x"))
		if final != "" || fault.Of(err) != kind || strings.Contains(fmt.Sprint(err), dir) {
			t.Errorf("%q: %q %v, want %v", path, final, err, kind)
		}
	}
	if _, err := Save(filepath.Join(dir, "folder.png"), SaveOptions{Replace: true}, text("x")); fault.Of(err) != fault.NotAFile {
		t.Error(err)
	}
	final, err := Save(filepath.Join(dir, "folder.png"), SaveOptions{}, text("x"))
	if err != nil || filepath.Base(final) != "folder-2.png" {
		t.Errorf("%q %v", final, err)
	}
	expect(t, dir, map[string]string{"file": "x", "folder.png": "", "folder-2.png": "x"})
	if _, err := os.Stat(filepath.Join(dir, "gone")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a folder was made")
	}
}
