//go:build cgo && windows

package infer

import "syscall"

// openSymbol loads the library at path and returns one function's address.
// The library stays loaded.
func openSymbol(path, name string) (uintptr, error) {
	lib, err := syscall.LoadLibrary(path)
	if err != nil {
		return 0, err
	}
	return syscall.GetProcAddress(lib, name)
}
