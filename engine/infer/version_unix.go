//go:build cgo && !windows

package infer

import "github.com/ebitengine/purego"

// openSymbol loads the library at path and returns one function's address.
// The library stays loaded.
func openSymbol(path, name string) (uintptr, error) {
	lib, err := purego.Dlopen(path, purego.RTLD_LAZY|purego.RTLD_LOCAL)
	if err != nil {
		return 0, err
	}
	return purego.Dlsym(lib, name)
}
