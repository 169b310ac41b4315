package picture

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// isDiskFull says whether there is no room on the disk.
func isDiskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, syscall.ENOSPC)
}
