//go:build cgo

package infer

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
	ort "github.com/yalue/onnxruntime_go"

	"kirinuki/engine/fault"
)

var start struct {
	sync.Mutex
	library string // what was initialised
}

// initialise loads and starts ONNX Runtime once a process. The first library
// that works is the process's library.
func initialise(library string) error {
	start.Lock()
	defer start.Unlock()
	if start.library != "" {
		return nil
	}
	if library == "" {
		found, err := FindLibrary()
		if err != nil {
			return err
		}
		library = found
	}
	name := filepath.Base(library)
	version, err := versionOf(library)
	if err != nil {
		return fault.New(fault.NoRuntime, name, err)
	}
	if err := checkVersion(name, version); err != nil {
		return err
	}
	os.Setenv("ORT_DISABLE_TELEMETRY", "1")
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return fault.New(fault.NoRuntime, name, err)
	}
	if err := ort.DisableTelemetry(); err != nil {
		ort.DestroyEnvironment()
		return fault.New(fault.NoRuntime, name, err)
	}
	start.library = library
	return nil
}

// versionOf asks a library for its version before anything in it is
// initialised: OrtGetApiBase returns two functions, GetApi and
// GetVersionString.
func versionOf(library string) (string, error) {
	if _, err := os.Stat(library); err != nil {
		return "", err
	}
	base, err := openSymbol(library, "OrtGetApiBase")
	if err != nil {
		return "", err
	}
	api, _, _ := purego.SyscallN(base)
	if api == 0 {
		return "", errors.New("no ONNX Runtime")
	}
	table := *(*[2]uintptr)(address(api))
	text, _, _ := purego.SyscallN(table[1])
	if text == 0 {
		return "", errors.New("no version")
	}
	var version []byte
	for p := (*[64]byte)(address(text)); len(version) < len(p) && p[len(version)] != 0; {
		version = append(version, p[len(version)])
	}
	return string(version), nil
}

// address turns a number that a C function returned into a pointer. The
// memory is the library's own and never moves.
func address(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }
