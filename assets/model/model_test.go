package builtin

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

func TestBytesAreTheFileTheRecipeWrote(t *testing.T) {
	sum := sha256.Sum256(Bytes())
	if got := hex.EncodeToString(sum[:]); got != SHA256() {
		t.Errorf("builtin.onnx has hash %s, builtin.sha256 says %s: run export.py, which writes both", got, SHA256())
	}
}

func TestBytesAreFew(t *testing.T) {
	if n := len(Bytes()); n == 0 || n > 12<<20 {
		t.Errorf("the network takes %d bytes, want at most 12 MiB", n)
	}
}
