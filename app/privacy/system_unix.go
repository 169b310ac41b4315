//go:build unix

package privacy

import (
	"io/fs"
	"os"
	"syscall"
)

// own tells whether a file belongs to the user that runs this program.
func own(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
