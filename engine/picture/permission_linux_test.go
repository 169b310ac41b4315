package picture_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

// TestNotPermitted reads and writes where a person must not. Root may do all,
// so the test's thread becomes somebody else for the file system; it is not
// unlocked, so it ends with the test.
func TestNotPermitted(t *testing.T) {
	dir := t.TempDir()
	os.Chmod(dir, 0o755)
	for up := filepath.Dir(dir); up != "/" && up != os.TempDir(); up = filepath.Dir(up) {
		os.Chmod(up, 0o755)
	}
	secret, closed := filepath.Join(dir, "secret.png"), filepath.Join(dir, "closed")
	os.WriteFile(secret, read(t, "png-rgb8.png"), 0)
	os.Mkdir(closed, 0o555)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			unix.SetfsuidRetUid(65534)
		}
		if _, err := DecodeFile(secret, Limits{}); fault.Of(err) != fault.NotPermitted {
			t.Errorf("reading: %v", err)
		}
		if _, err := Save(filepath.Join(closed, "a.png"), SaveOptions{}, text("x")); fault.Of(err) != fault.NotPermitted {
			t.Errorf("writing: %v", err)
		}
	}()
	<-done
}
