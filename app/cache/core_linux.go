package cache

import (
	"os"

	"golang.org/x/sys/unix"

	"kirinuki/engine/fault"
)

// NoCoreDumps keeps the system from writing this process's memory, and that
// of its children, to disk when it crashes. Call it first thing in main.
// Where crashes are piped to a collecting program, which ignores the size
// limit, the second step leaves the memory out of what it is given.
func NoCoreDumps() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fault.About("core", err)
	}
	if err := os.WriteFile("/proc/self/coredump_filter", []byte("0"), 0); err != nil && !os.IsNotExist(err) {
		return fault.About("core", err)
	}
	return nil
}
