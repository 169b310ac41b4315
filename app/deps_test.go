package app

import (
	"os/exec"
	"strings"
	"testing"
)

// What the program knows and does is there without a window: neither app nor
// engine, nor anything that they import, may be Fyne or the window's own.
func TestNoWindowToolkit(t *testing.T) {
	c := exec.Command("go", "list", "-deps", "kirinuki/app/...", "kirinuki/engine/...")
	c.Stderr = nil
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := strings.Fields(string(out))
	found := false
	for _, p := range all {
		found = found || p == "kirinuki/engine/picture"
		if strings.HasPrefix(p, "fyne.io/") || strings.HasPrefix(p, "kirinuki/ui") || strings.HasPrefix(p, "github.com/go-gl/") {
			t.Errorf("%s is among what app and engine import", p)
		}
	}
	if !found {
		t.Fatalf("go list named only %d packages", len(all))
	}
}
