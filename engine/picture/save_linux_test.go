package picture

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTempHasNoName looks at the folder while a file is written: where the
// file system knows files without names, there is nothing.
func TestTempHasNoName(t *testing.T) {
	dir := t.TempDir()
	temp := filepath.Join(dir, "temp")
	want := 1
	if fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR, 0o600); err == nil {
		unix.Close(fd)
		want = 0
	}
	f, name, err := createTemp(dir, temp)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("text"); err != nil {
		t.Fatal(err)
	}
	if all, err := os.ReadDir(dir); len(all) != want {
		t.Errorf("%v %v", all, err)
	}
	if err := name(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(temp); string(b) != "text" {
		t.Errorf("%q %v", b, err)
	}
}

// TestTempIsCopied gives a file its name where links are forbidden.
func TestTempIsCopied(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.WriteString("text")
	if err := copyTo(filepath.Join(dir, "b"), f); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "b")); string(b) != "text" {
		t.Errorf("%q %v", b, err)
	}
	if err := copyTo(filepath.Join(dir, "b"), f); err == nil {
		t.Error("it was replaced")
	}
}
