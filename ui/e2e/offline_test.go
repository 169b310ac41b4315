//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// internet matches a socket call for the internet as strace writes it, and
// what came of it.
var internet = regexp.MustCompile(`socket\((?:AF|PF)_INET6?,[^)]*\) += +(-?\d+)( \w+)?`)

// checkTrace fails the test where a traced program got an internet socket.
// Refused tries are the program's own: that is how it finds out whether the
// lock holds.
func checkTrace(t *testing.T, path string) {
	t.Helper()
	trace, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(trace), "socket(AF_UNIX") && !strings.Contains(string(trace), "exited") {
		t.Fatalf("the trace holds nothing:\n%s", trace)
	}
	refused := 0
	for _, m := range internet.FindAllStringSubmatch(string(trace), -1) {
		if m[1] != "-1" || strings.TrimSpace(m[2]) != "EACCES" {
			t.Errorf("an internet socket: %s", m[0])
		}
		refused++
	}
	if refused == 0 {
		t.Error("the program never tried whether the lock holds")
	}
}

// A whole run, traced with every thread and child: window, drop, network,
// save; no internet socket is ever opened.
func TestOfflineWindow(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "trace")
	p := startWith(t, `{"language": "en", "method": "network", "window_width": 1200, "window_height": 800}`,
		"strace", "-D", "-f", "-qq", "-o", trace, "-e", "trace=socket,socketpair", "--")
	path := filepath.Join(p.home, "disc.png")
	drawDisc(t, path, 300, 300)
	p.drop(p.window, path)
	p.saved(p.home, "disc-cutout.png", "ctrl+s")
	p.key("ctrl+c")
	p.end()
	checkTrace(t, trace)
}

func TestOfflineCommandLine(t *testing.T) {
	dir := t.TempDir()
	trace, path := filepath.Join(dir, "trace"), filepath.Join(dir, "disc.png")
	drawDisc(t, path, 300, 300)
	cmd := exec.Command("strace", "-f", "-qq", "-o", trace, "-e", "trace=socket,socketpair",
		binary(t), "remove", "--method", "network", "--model", "built-in", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "disc-cutout.png")); err != nil {
		t.Error(err)
	}
	checkTrace(t, trace)
}
