package picture

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"kirinuki/engine/fault"
)

// SaveOptions say what Save may do to files that are there already.
type SaveOptions struct {
	// Replace lets Save replace a file of the same name, because a person
	// said so. Otherwise the new file gets a number.
	Replace bool
	// Source is the file that the picture came from, or "". It is never
	// replaced, by whatever name or link it is reached.
	Source string
}

// maxNumber is the highest number that a taken name gets.
const maxNumber = 99_999

// Save writes a file: all of it or nothing. What write writes goes to a hidden
// temporary file in the same folder, which gets its name once it is whole and
// on the disk; on Linux that file has no name at all before, so that nothing
// is left of it even where the process is killed. A name that is taken gets a number, "name-2.png", so that
// nothing is ever lost, also between programs that save at the same moment;
// final is the path it became. Names that the system does not allow are
// changed as little as needed. With Replace a symbolic link is itself
// replaced, not what it points to.
//
// Errors are *fault.Error: what write returned, NotFound where the folder is
// missing, NotPermitted, DiskFull, NotAFile where the name is that of a device
// or a pipe (or of a folder, with Replace), Exists where no number is free.
func Save(path string, o SaveOptions, write func(io.Writer) error) (final string, err error) {
	folder, base := filepath.Split(path)
	name := base
	defer func() { err = fileFault(name, err) }()

	if base == "" || base == "." || base == ".." {
		return "", fault.New(fault.NotAFile, name, nil)
	}
	base = legalName(base)
	if err := replaceable(filepath.Join(folder, base), o.Replace); err != nil {
		return "", err
	}
	temp, err := writeTemp(folder, write)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	for _, most := range nameLengths {
		final, err = settle(temp, folder, base, most, o)
		if !errors.Is(err, syscall.ENAMETOOLONG) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	syncFolder(folder)
	return final, nil
}

// writeTemp writes a hidden file that nobody else has, down to the disk. On
// any failure, also a panic of write's, it is gone.
func writeTemp(folder string, write func(io.Writer) error) (string, error) {
	temp := filepath.Join(folder, ".kirinuki-"+rand.Text()+".tmp")
	f, name, err := createTemp(folder, temp)
	if err != nil {
		return "", err
	}
	whole := false
	defer func() {
		if !whole {
			f.Close()
			os.Remove(temp)
		}
	}()
	b := bufio.NewWriterSize(f, 1<<18)
	for _, step := range []func() error{
		func() error { return write(b) }, b.Flush, f.Sync, name, f.Close,
	} {
		if err := step(); err != nil {
			return "", err
		}
	}
	whole = true
	return temp, nil
}

// createNamed makes a temporary file that has its name from the start.
func createNamed(temp string) (*os.File, error) {
	return os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// settle gives the temporary file its name, or the first one with a number
// that is free.
func settle(temp, folder, base string, most int, o SaveOptions) (final string, err error) {
	for i := 1; i <= maxNumber; i++ {
		final = filepath.Join(folder, numbered(base, i, most))
		if i == 1 && o.Replace && !sameFile(final, o.Source) {
			return final, os.Rename(temp, final)
		}
		if err = place(temp, final); !errors.Is(err, fs.ErrExist) {
			return final, err
		}
	}
	return "", err
}

// place renames temp to final unless something has that name.
func place(temp, final string) error {
	err := renameNew(temp, final)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENAMETOOLONG) {
		return err
	}
	return placeByHand(temp, final)
}

// placeByHand is place where the file system cannot do that in one step. An
// empty file takes the name first: only one program succeeds in that, and only
// this file is then replaced.
func placeByHand(temp, final string) error {
	f, err := os.OpenFile(final, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	f.Close()
	if err := os.Rename(temp, final); err != nil {
		os.Remove(final)
		return err
	}
	return nil
}

// replaceable holds what path names now against the rule that only files are
// replaced. Without replace a folder does no harm: the file gets a number.
func replaceable(path string, replace bool) error {
	fi, err := os.Stat(path)
	switch {
	case err != nil, fi.Mode().IsRegular():
		return nil // what else is wrong shows when it is written
	case fi.IsDir() && !replace:
		return nil
	}
	return fault.New(fault.NotAFile, filepath.Base(path), nil)
}

// sameFile says whether both paths lead to one file, through whatever links.
func sameFile(a, b string) bool {
	if b == "" {
		return false
	}
	fa, err := os.Stat(a)
	if err != nil {
		return false
	}
	fb, err := os.Stat(b)
	return err == nil && os.SameFile(fa, fb)
}

// syncFolder makes the new name itself last through a power cut, where the
// system can do that.
func syncFolder(folder string) {
	if folder == "" {
		folder = "."
	}
	if f, err := os.Open(folder); err == nil {
		f.Sync()
		f.Close()
	}
}
