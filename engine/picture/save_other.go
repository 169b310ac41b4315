//go:build !linux

package picture

import "os"

// renameNew renames a file by giving it a second name, which is never taken
// from another, and dropping the first.
func renameNew(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return err
	}
	os.Remove(from)
	return nil
}

// createTemp makes a file under its temporary name. name has nothing to do.
func createTemp(_, temp string) (f *os.File, name func() error, err error) {
	f, err = createNamed(temp)
	return f, func() error { return nil }, err
}
