package picture

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames a file in one step, and never over another.
func renameNew(from, to string) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
}

// createTemp makes a file without a name, which name then gives it; where the
// file system knows no such files, it has the name from the start. name may be
// called once, when all is written.
func createTemp(folder, temp string) (f *os.File, name func() error, err error) {
	if folder == "" {
		folder = "."
	}
	fd, err := unix.Open(folder, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o666)
	if err != nil {
		f, err = createNamed(temp)
		return f, func() error { return nil }, err
	}
	f = os.NewFile(uintptr(fd), temp)
	return f, func() error {
		link := fmt.Sprintf("/proc/self/fd/%d", fd)
		if unix.Linkat(unix.AT_FDCWD, link, unix.AT_FDCWD, temp, unix.AT_SYMLINK_FOLLOW) == nil {
			return nil
		}
		return copyTo(temp, f) // no /proc, or something forbids links
	}, nil
}

// copyTo copies all of f to a new file.
func copyTo(path string, f *os.File) error {
	g, err := createNamed(path)
	if err != nil {
		return err
	}
	defer g.Close()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(g, f); err != nil {
		return err
	}
	return g.Sync()
}
