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
