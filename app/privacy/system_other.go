//go:build !linux

package privacy

// libraryVersion is not measured here; the engine itself refuses a library of
// another version when it starts it.
func libraryVersion(string) string { return "" }
