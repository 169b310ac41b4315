//go:build unix && !linux

package cache

import (
	"golang.org/x/sys/unix"

	"kirinuki/engine/fault"
)

// NoCoreDumps keeps the system from writing this process's memory to disk
// when it crashes. Call it first thing in main.
func NoCoreDumps() error {
	return fault.About("core", unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}))
}
