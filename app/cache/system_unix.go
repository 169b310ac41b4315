//go:build unix

package cache

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile locks f for this program; it fails, unless wait is set, where
// another one has it. Closing f unlocks it.
func lockFile(f *os.File, wait bool) error {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for {
		err := unix.Flock(int(f.Fd()), how)
		if err != unix.EINTR {
			return err
		}
	}
}

// freeBytes returns how many bytes this user can still write at path, 0
// where that is not known.
func freeBytes(path string) int64 {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return 0
	}
	return int64(st.Bavail) * int64(st.Bsize)
}
