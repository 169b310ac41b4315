//go:build unix

package picture_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

func TestDecodeFileErrors(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(path("empty"), nil, 0o666)
	os.Mkdir(path("folder.png"), 0o777)
	if err := syscall.Mkfifo(path("pipe.png"), 0o666); err != nil {
		t.Fatal(err)
	}
	os.Symlink(path("gone"), path("broken link"))
	os.Symlink(path("loop"), path("loop"))
	os.WriteFile(path("file"), []byte("text"), 0o666)
	huge, err := os.Create(path("huge.png"))
	if err != nil {
		t.Fatal(err)
	}
	huge.Truncate(10 << 30) // a hole, no bytes on the disk
	huge.Close()
	for name, kind := range map[string]fault.Kind{
		"empty": fault.Empty, "folder.png": fault.NotAFile, "pipe.png": fault.NotAFile,
		"gone": fault.NotFound, "broken link": fault.NotFound, "loop": fault.NotFound,
		"file": fault.Unsupported, "file/below": fault.NotFound, "huge.png": fault.TooLarge,
		strings.Repeat("long", 100): fault.NotPermitted,
	} {
		_, err := DecodeFile(path(name), Limits{})
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != kind || e.Name != filepath.Base(name) {
			t.Errorf("%s: %v, want %v", name, err, kind)
		}
		if strings.Contains(fmt.Sprint(err), dir) {
			t.Errorf("%s: %v tells the folder", name, err)
		}
	}
	if _, err := DecodeFile("/dev/null", Limits{}); fault.Of(err) != fault.NotAFile {
		t.Error(err)
	}
}
