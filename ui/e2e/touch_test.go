//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wide is a window that shows the touch-up section beside a picture.
const wide = `{"language": "en", "theme": "light", "window_width": 1240, "window_height": 820}`

// save saves with Ctrl+S and returns what then stands at path, waiting until
// it is another file than before.
func (p *program) save(path string) []byte {
	p.t.Helper()
	before, _ := os.Stat(path)
	var data []byte
	next := time.Time{}
	p.wait("a new "+filepath.Base(path), 60*time.Second, func() bool {
		if time.Now().After(next) {
			p.key("ctrl+s")
			next = time.Now().Add(2 * time.Second)
		}
		info, err := os.Stat(path)
		if err != nil || before != nil && os.SameFile(before, info) {
			return false
		}
		data, err = os.ReadFile(path)
		return err == nil && len(data) > 0
	})
	return data
}

// stroke pulls the pressed pointer along points of the screen.
func (p *program) stroke(points ...image.Point) {
	p.t.Helper()
	p.xdotool("mousemove", itoa(points[0].X), itoa(points[0].Y))
	time.Sleep(200 * time.Millisecond)
	p.xdotool("mousedown", "1")
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		for step := 1; step <= 8; step++ {
			p.xdotool("mousemove", itoa(a.X+(b.X-a.X)*step/8), itoa(a.Y+(b.Y-a.Y)*step/8))
			time.Sleep(30 * time.Millisecond)
		}
	}
	p.xdotool("mouseup", "1")
	time.Sleep(time.Second) // refined when the hand rests
}

func alphaAt(t *testing.T, data []byte, x, y int) uint8 {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA).A
}

// middle is where the middle of the picture stands on the screen: the red
// disc's, found by its colour.
func (p *program) middle() image.Point {
	p.t.Helper()
	img := readPNG(p.t, p.screenshot("now"))
	var sum image.Point
	n := 0
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			if r>>8 > 170 && g>>8 < 60 && bl>>8 < 70 {
				sum = sum.Add(image.Pt(x, y))
				n++
			}
		}
	}
	if n < 1000 {
		p.t.Fatalf("the disc is not on the screen (%d red pixels)", n)
	}
	return sum.Div(n)
}

// Real strokes, drawn with the pointer, change the saved picture; undo gives
// back the identical bytes, redo the others.
func TestBrush(t *testing.T) {
	p := startWith(t, wide)
	path := filepath.Join(p.home, "disc.png")
	drawDisc(t, path, 400, 400)
	p.drop(p.window, path)
	out := filepath.Join(p.home, "disc-cutout.png")
	plain := p.save(out)
	if a := alphaAt(t, plain, 200, 200); a != 255 {
		t.Fatalf("the disc's middle has alpha %d before any stroke", a)
	}
	p.key("F6", "e") // touch up: erase
	time.Sleep(time.Second)
	at := p.middle()
	p.stroke(at.Add(image.Pt(-40, 0)), at.Add(image.Pt(40, 0)))
	p.screenshot("erased")
	erased := p.save(out)
	if a := alphaAt(t, erased, 200, 200); a != 0 {
		t.Errorf("alpha %d under the eraser's stroke", a)
	}
	if a := alphaAt(t, erased, 200, 120); a != 255 {
		t.Errorf("alpha %d beside the eraser's stroke", a)
	}
	p.key("ctrl+z")
	time.Sleep(time.Second)
	if undone := p.save(out); !bytes.Equal(undone, plain) {
		t.Error("undo did not give back the identical bytes")
	}
	p.key("ctrl+shift+z")
	time.Sleep(time.Second)
	if redone := p.save(out); !bytes.Equal(redone, erased) {
		t.Error("redo did not give back the identical bytes")
	}
	p.key("t") // restore
	time.Sleep(500 * time.Millisecond)
	p.stroke(at.Add(image.Pt(-60, 0)), at.Add(image.Pt(60, 0)))
	if a := alphaAt(t, p.save(out), 200, 200); a != 255 {
		t.Errorf("alpha %d after restoring", a)
	}
}

// One preset, applied in the window and on the command line, gives one and
// the same file.
func TestPresetIsTheSameEverywhere(t *testing.T) {
	preset := map[string]any{
		"name": "test",
		"edit": map[string]any{
			"background": map[string]any{"kind": "color", "color": "#88cc44"},
			"shadow":     map[string]any{"kind": "drop", "angle": 60, "distance": 0.05, "softness": 0.05, "strength": 0.5},
			"canvas":     map[string]any{"w": 500, "h": 400, "center": true},
		},
		"export": map[string]any{"format": "png", "name_pattern": "{name}-done"},
	}
	settings := map[string]any{"language": "en", "window_width": 1240, "window_height": 820, "presets": []any{preset}}
	text, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	p := startWith(t, string(text))
	path := filepath.Join(p.home, "disc.png")
	drawDisc(t, path, 600, 450)
	p.drop(p.window, path)
	p.saved(p.home, "disc-cutout.png", "ctrl+s")
	p.key("F10") // export
	time.Sleep(time.Second)
	p.click(-234, 173) // the list of presets opens
	time.Sleep(time.Second)
	for range 20 { // its last one is the person's own
		p.key("Down")
	}
	p.key("Return")
	time.Sleep(time.Second)
	p.screenshot("preset")
	window, err := os.ReadFile(p.saved(p.home, "disc-done*.png", "ctrl+s"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(p.home, "preset.json")
	if text, err = json.Marshal(preset); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	line := filepath.Join(p.home, "line.png")
	if out, err := exec.Command(binary(t), "remove", "--preset", file, "-o", line, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	terminal, err := os.ReadFile(line)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(window, terminal) {
		t.Errorf("%d bytes from the window, %d from the command line", len(window), len(terminal))
	}
	img := readPNG(t, line)
	if got := img.Bounds().Size(); got != image.Pt(500, 400) {
		t.Errorf("the canvas is %v", got)
	}
}

// click clicks at x from the window's left edge, or from its right edge where
// x is negative, and y below its top.
func (p *program) click(x, y int) {
	p.t.Helper()
	geometry := map[string]int{}
	for _, line := range strings.Split(p.xdotool("getwindowgeometry", "--shell", itoa(int(p.window))), "\n") {
		name, value, _ := strings.Cut(line, "=")
		geometry[name], _ = strconv.Atoi(value)
	}
	if x < 0 {
		x += geometry["WIDTH"]
	}
	p.xdotool("mousemove", "--window", itoa(int(p.window)), itoa(x), itoa(y), "click", "1")
}
