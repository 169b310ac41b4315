// Package infertest helps tests that need ONNX Runtime.
package infertest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"kirinuki/engine/infer"
)

// RequireEnv, set to 1, makes a test that misses the library fail.
const RequireEnv = "KIRINUKI_REQUIRE_ORT"

// Library returns ONNX Runtime's library: what KIRINUKI_ORT names, or the one
// in bin/ of this repository. Without one the test ends: as failed where
// KIRINUKI_REQUIRE_ORT is 1 (as in make test), else as skipped.
func Library(t testing.TB) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	bin := filepath.Join(filepath.Dir(file), "..", "..", "..", "bin")
	library, err := infer.FindLibrary(bin)
	if err == nil {
		return library
	}
	if os.Getenv(RequireEnv) == "1" {
		t.Fatalf("ONNX Runtime is needed: %v", err)
	}
	t.Skipf("did not run, ONNX Runtime is missing: %v (see make test)", err)
	return ""
}
