//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// display is a virtual screen with a window manager and a session bus of its
// own, so that no test sees another's clipboard or another desktop's portal.
type display struct {
	t    *testing.T
	name string // ":7"
}

// newDisplay starts the screen; it ends with the test.
func newDisplay(t *testing.T) *display {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	xvfb := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x860x24", "-nolisten", "tcp")
	xvfb.ExtraFiles = []*os.File{w}
	if err := xvfb.Start(); err != nil {
		t.Fatalf("Xvfb did not start: %v (make test installs it)", err)
	}
	w.Close()
	t.Cleanup(func() { xvfb.Process.Kill(); xvfb.Wait() })
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb told no display: %v", err)
	}
	d := &display{t: t, name: ":" + strings.TrimSpace(number)}
	d.manageWindows()
	return d
}

// manageWindows starts the window manager and waits until it manages: without
// one nothing gets the keyboard. On a busy machine it sometimes gives up at
// its start; then it is started once more.
func (d *display) manageWindows() {
	d.t.Helper()
	for range 3 {
		var said bytes.Buffer
		wm := d.command("openbox", "--sm-disable")
		wm.Stdout, wm.Stderr = &said, &said
		if err := wm.Start(); err != nil {
			d.t.Fatalf("openbox did not start: %v (make test installs it)", err)
		}
		ended := make(chan struct{})
		go func() { wm.Wait(); close(ended) }()
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			out, err := d.command("xprop", "-root", "_NET_SUPPORTING_WM_CHECK").Output()
			if err == nil && strings.Contains(string(out), "window id") {
				d.t.Cleanup(func() { wm.Process.Kill(); <-ended })
				return
			}
			select {
			case <-ended:
				end = time.Now()
			default:
			}
		}
		wm.Process.Kill()
		<-ended
		d.t.Logf("openbox does not manage: %s", said.String())
	}
	d.t.Fatal("no window manager")
}

// command is a command that sees this display.
func (d *display) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+d.name)
	return c
}

// xdotool runs xdotool and returns what it printed.
func (d *display) xdotool(args ...string) string {
	d.t.Helper()
	out, err := d.command("xdotool", args...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("xdotool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// key presses keys, named as xdotool names them.
func (d *display) key(keys ...string) {
	d.t.Helper()
	d.xdotool(append([]string{"key", "--delay", "40"}, keys...)...)
}

// window waits for a visible window whose title contains the given words and
// returns its id.
func (d *display) window(title string) uint32 {
	d.t.Helper()
	var id uint64
	d.wait("a window titled "+title, 60*time.Second, func() bool {
		out, err := d.command("xdotool", "search", "--onlyvisible", "--name", title).Output()
		if err != nil {
			return false
		}
		fields := strings.Fields(string(out))
		if len(fields) == 0 {
			return false
		}
		id, err = strconv.ParseUint(fields[len(fields)-1], 10, 32)
		return err == nil
	})
	return uint32(id)
}

// wait polls until done, or fails the test with a screenshot.
func (d *display) wait(what string, limit time.Duration, done func() bool) {
	d.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if done() {
			return
		}
	}
	d.t.Fatalf("waited %v for %s; the screen then: %s", limit, what, d.screenshot("failed"))
}

// screenshot keeps the screen as a PNG under $KIRINUKI_SHOTS, or in the
// system's folder for temporary files, and returns its path.
func (d *display) screenshot(name string) string {
	dir := os.Getenv("KIRINUKI_SHOTS")
	if dir == "" {
		dir = os.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("%s-%s.png", strings.ReplaceAll(d.t.Name(), "/", "-"), name))
	if out, err := d.command("import", "-window", "root", path).CombinedOutput(); err != nil {
		return fmt.Sprintf("no screenshot: %v %s", err, out)
	}
	return path
}

// readPNG decodes a file as PNG.
func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return img
}

func itoa(n int) string { return strconv.Itoa(n) }
