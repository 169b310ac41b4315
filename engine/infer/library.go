package infer

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"kirinuki/engine/fault"
)

// Version is the one ONNX Runtime release line that is accepted. Releases
// from 1.29 on report usage to their maker's servers, so a newer library is
// not better here: it is refused before it is initialised.
const Version = "1.27."

// LibraryEnv names the environment variable that says where the library is.
const LibraryEnv = "KIRINUKI_ORT"

// LibraryNames returns the file names the library has on this platform.
func LibraryNames() []string {
	switch runtime.GOOS {
	case "windows":
		return []string{"onnxruntime.dll"}
	case "darwin":
		return []string{"libonnxruntime.1.dylib", "libonnxruntime.dylib"}
	}
	return []string{"libonnxruntime.so.1", "libonnxruntime.so"}
}

// FindLibrary returns the path of ONNX Runtime's shared library: what
// KIRINUKI_ORT says (a file or a folder) and nothing else where it is set,
// else the first of: beside the program, in lib/ beside it, in the folders
// given. It fails with fault.NoRuntime.
func FindLibrary(folders ...string) (string, error) {
	if env := os.Getenv(LibraryEnv); env != "" {
		if p, ok := libraryIn(env); ok {
			return p, nil
		}
		return "", fault.Newf(fault.NoRuntime, filepath.Base(env), "%s points at no library", LibraryEnv)
	}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		dir := filepath.Dir(exe)
		folders = append([]string{dir, filepath.Join(dir, "lib")}, folders...)
	}
	for _, dir := range folders {
		if p, ok := libraryIn(dir); ok {
			return p, nil
		}
	}
	return "", fault.Newf(fault.NoRuntime, LibraryNames()[0], "not found beside the program")
}

// libraryIn looks for the library at p itself or, if p is a folder, in it.
func libraryIn(p string) (string, bool) {
	info, err := os.Stat(p)
	if err != nil {
		return "", false
	}
	if !info.IsDir() {
		p, err = filepath.Abs(p)
		return p, err == nil
	}
	for _, name := range LibraryNames() {
		f := filepath.Join(p, name)
		if info, err := os.Stat(f); err == nil && info.Mode().IsRegular() {
			f, err = filepath.Abs(f)
			return f, err == nil
		}
	}
	return "", false
}

// checkVersion refuses every library but the accepted line.
func checkVersion(name, version string) error {
	if strings.HasPrefix(version, Version) {
		return nil
	}
	return fault.Newf(fault.NoRuntime, name, "version %q; only %sx is used, since newer ones report to their maker", version, Version)
}
