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

// A call as strace writes it, after the process that made it: whole, or in two
// lines where others called meanwhile. Groups: process, what is asked for,
// what came of it; process, what came of it.
var (
	internet = regexp.MustCompile(`^(\d+) +(socket\((?:AF|PF)_INET6?,.*?)(?: <unfinished \.\.\.>|\) += +(-?\d+.*))$`)
	resumed  = regexp.MustCompile(`^(\d+) +<\.\.\. socket resumed>.*\) += +(-?\d+.*)$`)
)

// checkTrace fails the test where a traced program got an internet socket.
// Refused tries are the program's own: that is how it finds out whether the
// lock holds.
func checkTrace(t complainer, path string) {
	t.Helper()
	trace, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(trace), "socket(AF_UNIX") && !strings.Contains(string(trace), "exited") {
		t.Fatalf("the trace holds nothing:\n%s", trace)
	}
	refused := 0
	judge := func(call, result string) {
		if !strings.HasPrefix(result, "-1 EACCES ") {
			t.Errorf("an internet socket: %s) = %s", call, result)
		}
		refused++
	}
	open := map[string]string{} // calls that have not returned yet, by process
	for line := range strings.Lines(string(trace)) {
		line = strings.TrimSpace(line)
		if m := internet.FindStringSubmatch(line); m != nil {
			if m[3] == "" {
				open[m[1]] = m[2]
			} else {
				judge(m[2], m[3])
			}
		} else if m := resumed.FindStringSubmatch(line); m != nil && open[m[1]] != "" {
			judge(open[m[1]], m[2])
			delete(open, m[1])
		}
	}
	for process, call := range open {
		t.Errorf("nothing came of process %s's %s", process, call)
	}
	if refused == 0 {
		t.Error("the program never tried whether the lock holds")
	}
}

// checkTrace must find a socket wherever the trace has one, and pair calls
// with their own results.
func TestCheckTrace(t *testing.T) {
	const refused = "7 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = -1 EACCES (Permission denied)\n"
	for name, c := range map[string]struct {
		trace string
		good  bool
	}{
		"refused":           {"9 socket(AF_UNIX, SOCK_STREAM, 0) = 18\n" + refused, true},
		"a socket":          {"9 socket(AF_UNIX, SOCK_STREAM, 0) = 18\n" + refused + "7 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3\n", false},
		"another error":     {"9 socket(AF_UNIX, SOCK_STREAM, 0) = 18\n" + refused + "7 socket(AF_INET6, SOCK_STREAM, IPPROTO_IP) = -1 EAFNOSUPPORT (No)\n", false},
		"another's between": {"7 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP <unfinished ...>\n9 socket(AF_UNIX, SOCK_STREAM, 0 <unfinished ...>\n9 <... socket resumed>) = 18\n7 <... socket resumed>) = -1 EACCES (Permission denied)\n", true},
		"a socket later":    {refused + "7 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP <unfinished ...>\n9 socket(AF_UNIX, SOCK_STREAM, 0) = -1 EACCES (Permission denied)\n7 <... socket resumed>) = 18\n", false},
		"no end":            {"9 socket(AF_UNIX, SOCK_STREAM, 0) = 18\n" + refused + "7 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP <unfinished ...>\n", false},
		"never tried":       {"9 socket(AF_UNIX, SOCK_STREAM, 0) = 18\n", false},
	} {
		path := filepath.Join(t.TempDir(), "trace")
		if err := os.WriteFile(path, []byte(c.trace), 0o600); err != nil {
			t.Fatal(err)
		}
		var said judgement
		checkTrace(&said, path)
		if (said == 0) != c.good {
			t.Errorf("%s: %d complaints", name, said)
		}
	}
}

// complainer is what checkTrace needs of a test.
type complainer interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

// judgement counts complaints.
type judgement int

func (j *judgement) Helper()               {}
func (j *judgement) Error(...any)          { *j++ }
func (j *judgement) Errorf(string, ...any) { *j++ }
func (j *judgement) Fatal(...any)          { *j++ }
func (j *judgement) Fatalf(string, ...any) { *j++ }

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
