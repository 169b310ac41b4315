package worker

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// limit lets a running process have so much more address space.
func limit(t *testing.T, pid int, more uint64) {
	t.Helper()
	statm, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseUint(strings.Fields(string(statm))[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	top := pages*uint64(os.Getpagesize()) + more
	if err := unix.Prlimit(pid, unix.RLIMIT_AS, &unix.Rlimit{Cur: top, Max: top}, nil); err != nil {
		t.Fatal(err)
	}
}

// seconds takes the time.
func seconds(f func()) float64 {
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}
