//go:build !windows

package picture

import (
	"errors"
	"syscall"
)

// isDiskFull says whether there is no room: on the disk, in a person's share
// of it, or in what the file system can hold in one file.
func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
