//go:build e2e

package e2e

import (
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// program is the real program on a display, with a home folder of its own.
type program struct {
	*display
	home   string
	window uint32
	cmd    *exec.Cmd
	ended  bool
}

const plainSettings = `{"language": "en", "theme": "light", "window_width": 1200, "window_height": 800}`

// start runs the program and waits for its window.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	return startWith(t, plainSettings, args...)
}

// binary is where the program is.
func binary(t *testing.T) string {
	t.Helper()
	bin := os.Getenv("KIRINUKI_BIN")
	if bin == "" {
		t.Fatal("KIRINUKI_BIN does not say where the program is; run these tests with 'make test-e2e'")
	}
	return bin
}

// startWith runs the program with a settings file. args[0] may be another
// program that runs it, up to an argument "--".
func startWith(t *testing.T, settings string, args ...string) *program {
	t.Helper()
	line := []string{binary(t)}
	if i := slices.Index(args, "--"); i >= 0 {
		line, args = append(slices.Clone(args[:i]), line...), args[i+1:]
	}
	line = append(line, args...)
	p := &program{display: newDisplay(t), home: t.TempDir()}
	for _, dir := range []string{"Pictures", ".config/kirinuki", ".cache"} {
		if err := os.MkdirAll(filepath.Join(p.home, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(p.home, ".config/kirinuki/settings.json"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p.cmd = p.command(line[0], line[1:]...)
	p.cmd.Env = append(p.cmd.Env, "HOME="+p.home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_DATA_HOME=",
		"XDG_PICTURES_DIR=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "LC_ALL=C.UTF-8")
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	p.window = p.display.window("^Kirinuki$")
	p.wait("the window to take the keyboard", 20*time.Second, func() bool {
		out, err := p.command("xdotool", "getwindowfocus", "getwindowname").Output()
		return err == nil && string(out) == "Kirinuki\n"
	})
	return p
}

// end asks the program to stop, as a session's end does.
func (p *program) end() {
	if p.ended {
		return
	}
	p.ended = true
	p.cmd.Process.Signal(syscall.SIGTERM)
	stopped := make(chan struct{})
	go func() { p.cmd.Wait(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		p.cmd.Process.Kill()
		p.t.Error("the program did not stop within ten seconds of SIGTERM")
	}
}

// saved presses keys until a file that matches pattern stands whole in dir,
// and returns its path. Saving is refused while there is nothing to save, so
// pressing early does no harm.
func (p *program) saved(dir, pattern string, keys ...string) string {
	p.t.Helper()
	var found []string
	next := time.Now()
	p.wait("a saved "+pattern, 120*time.Second, func() bool {
		if len(keys) > 0 && time.Now().After(next) {
			p.key(keys...)
			next = time.Now().Add(time.Second)
		}
		found, _ = filepath.Glob(filepath.Join(dir, pattern))
		return len(found) > 0
	})
	return found[0]
}

// drawDisc draws a smooth red disc, a third of the shorter side in radius, in
// the middle of a plain near-white background.
func drawDisc(t *testing.T, path string, w, h int) {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	radius := float64(min(w, h)) / 3
	for y := range h {
		for x := range w {
			d := math.Hypot(float64(x)+.5-float64(w)/2, float64(y)+.5-float64(h)/2)
			a := min(1, max(0, radius-d+.5))
			mix := func(fg, bg float64) uint8 { return uint8(a*fg + (1-a)*bg + .5) }
			img.SetNRGBA(x, y, color.NRGBA{mix(200, 250), mix(30, 250), mix(40, 248), 255})
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if filepath.Ext(path) == ".jpg" {
		err = jpeg.Encode(f, img, &jpeg.Options{Quality: 95})
	} else {
		err = png.Encode(f, img)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkDisc looks at a saved cut-out of drawDisc: its size, subject kept in
// its colour, background gone, edge soft.
func checkDisc(t *testing.T, path string, w, h int) {
	t.Helper()
	img := readPNG(t, path)
	if got := img.Bounds().Size(); got != image.Pt(w, h) {
		t.Fatalf("%s is %v, want %d x %d", path, got, w, h)
	}
	at := func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA) }
	c := at(w/2, h/2)
	if c.A != 255 || c.R < 190 || c.G > 45 || c.B > 55 {
		t.Errorf("%s: the subject is %v in its middle", path, c)
	}
	for _, p := range []image.Point{{1, 1}, {w - 2, 1}, {1, h - 2}, {w - 2, h - 2}} {
		if c := at(p.X, p.Y); c.A != 0 {
			t.Errorf("%s: the background is %v at %v", path, c, p)
		}
	}
	soft := 0
	for y := range h {
		for x := range w {
			if a := at(x, y).A; a > 20 && a < 235 {
				soft++
			}
		}
	}
	edge := 2 * math.Pi * float64(min(w, h)) / 3
	if float64(soft) < edge/4 || float64(soft) > edge*6 {
		t.Errorf("%s: %d half-transparent pixels along an edge of %.0f", path, soft, edge)
	}
}
