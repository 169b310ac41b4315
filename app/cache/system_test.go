//go:build unix

package cache_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kirinuki/app/cache"
	"kirinuki/engine/fault"
)

// Some tests change the whole process, so they run in one of their own.
const childEnv = "KIRINUKI_TEST_CHILD"

func TestMain(m *testing.M) {
	children := map[string]func() error{"no-core": childNoCore, "full-disk": childFullDisk}
	if f := children[os.Getenv(childEnv)]; f != nil {
		if err := f(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func runChild(t *testing.T, name string, env ...string) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), childEnv+"="+name), env...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestNoCoreDumps(t *testing.T) { runChild(t, "no-core") }

func childNoCore() error {
	if err := cache.NoCoreDumps(); err != nil {
		return err
	}
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &l); err != nil || l.Cur != 0 || l.Max != 0 {
		return fmt.Errorf("the limit is %+v, %v", l, err)
	}
	// A child has it too.
	out, err := exec.Command("sh", "-c", "ulimit -c").Output()
	if err != nil || strings.TrimSpace(string(out)) != "0" {
		return fmt.Errorf("a child's limit is %q, %v", out, err)
	}
	if runtime.GOOS == "linux" {
		filter, err := os.ReadFile("/proc/self/coredump_filter")
		if err != nil || strings.Trim(string(filter), "0\n") != "" {
			return fmt.Errorf("the filter is %q, %v", filter, err)
		}
	}
	return nil
}

func TestDiskFull_WorksInMemory(t *testing.T) { runChild(t, "full-disk", "DIR="+t.TempDir()) }

// childFullDisk has files end after 100 kB, in the middle of a part.
func childFullDisk() error {
	signal.Ignore(syscall.SIGXFSZ)
	dir := os.Getenv("DIR")
	s := cache.Open(dir, cache.Options{})
	defer s.Close()
	b := s.New(time.Hour)
	data := noise(300_000, 1)
	if err := b.PutBytes("small", data[:1000]); err != nil || s.State().InMemory {
		return fmt.Errorf("before: %v, %+v", err, s.State())
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 100_000, Max: unix.RLIM_INFINITY}); err != nil {
		return err
	}
	if err := b.PutBytes("large", data); err != nil {
		return err
	}
	got, err := b.Bytes("large")
	if err != nil || !bytes.Equal(got, data) {
		return fmt.Errorf("other bytes came back: %v", err)
	}
	st := s.State()
	if !st.InMemory || st.Err == nil || st.Memory != 300_000 {
		return fmt.Errorf("state %+v", st)
	}
	left, err := os.ReadDir(st.Dir)
	if err != nil || len(left) != 2 { // the lock and the small part
		return fmt.Errorf("half a part was left: %v, %v", left, err)
	}
	if err := b.PutBytes("small", data[:2000]); err != nil || s.State().InMemory {
		return fmt.Errorf("what fits is not on disk again: %v, %+v", err, s.State())
	}
	if fault.Of(st.Err) == fault.Cancelled {
		return fmt.Errorf("the reason is %v", st.Err)
	}
	return nil
}
