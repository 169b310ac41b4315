//go:build unix

package picture_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

// TestSavePermissions holds that a saved file can be read by whom the person's
// umask says, as any other.
func TestSavePermissions(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	for _, mask := range []int{0o022, 0o077, 0o002, 0} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a.png")
		syscall.Umask(mask)
		_, err := Save(path, SaveOptions{}, text("x"))
		if fi, statErr := os.Stat(path); err != nil || statErr != nil || fi.Mode() != os.FileMode(0o666&^mask) {
			t.Errorf("umask %o: %v %v %v", mask, fi, err, statErr)
		}
	}
}

// TestSaveLeavesDevicesAlone: replacing /dev/null as root would be felt.
func TestSaveLeavesDevicesAlone(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Fatal(err)
	}
	os.Symlink("/dev/null", filepath.Join(dir, "null.png"))
	for _, path := range []string{pipe, filepath.Join(dir, "null.png")} {
		for _, replace := range []bool{false, true} {
			if final, err := Save(path, SaveOptions{Replace: replace}, text("x")); fault.Of(err) != fault.NotAFile {
				t.Errorf("%s: %q %v", path, final, err)
			}
		}
	}
	if n, err := os.ReadDir(dir); err != nil || len(n) != 2 {
		t.Errorf("%v %v", n, err)
	}
}
