//go:build cgo && linux

package infer_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/model/onnx/onnxtest"
)

// A library that says it is newer is refused before anything in it is
// initialised: this one would abort the process.
func TestNewerLibraryIsNeverInitialised(t *testing.T) {
	if os.Getenv("KIRINUKI_TEST_LIBRARY") != "" {
		_, err := infer.Open(infer.Config{Library: os.Getenv("KIRINUKI_TEST_LIBRARY"), Name: "x", Model: onnxtest.Net{}.Bytes()})
		if fault.Of(err) != fault.NoRuntime {
			t.Errorf("got %v", err)
		}
		return
	}
	dir := t.TempDir()
	src, lib := filepath.Join(dir, "fake.c"), filepath.Join(dir, "libfake.so")
	code := `#include <stdlib.h>
static const void *get_api(unsigned v) { abort(); }
static const char *get_version(void) { return "1.29.0"; }
static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = { get_api, get_version };
const void *OrtGetApiBase(void) { return &base; }
`
	if err := os.WriteFile(src, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-o", lib, src).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v %s", err, out)
	}
	// In a process of its own, since a process keeps its first library.
	for _, library := range []string{lib, src} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestNewerLibraryIsNeverInitialised$")
		cmd.Env = append(os.Environ(), "KIRINUKI_TEST_LIBRARY="+library)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", filepath.Base(library), err, bytes.TrimSpace(out))
		}
	}
}
