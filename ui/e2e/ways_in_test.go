//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The two actions of the purpose: drop, save.
func TestDropAndSave(t *testing.T) {
	p := start(t)
	path := filepath.Join(p.home, "photos", "red disc.png")
	drawDisc(t, path, 320, 240)
	p.drop(p.window, path)
	checkDisc(t, p.saved(filepath.Dir(path), "red disc-cutout.png", "ctrl+s"), 320, 240)
}

// Several files and a folder in one drop, among them what is no picture; all
// are saved into a folder that the dialog asks for.
func TestDropManyAndSaveAll(t *testing.T) {
	p := start(t)
	in := filepath.Join(p.home, "in")
	drawDisc(t, filepath.Join(in, "a.png"), 300, 200)
	drawDisc(t, filepath.Join(in, "b.jpg"), 200, 300)
	drawDisc(t, filepath.Join(in, "folder", "c.png"), 260, 260)
	drawDisc(t, filepath.Join(in, "folder", "deeper", "d.png"), 240, 180)
	note := filepath.Join(in, "note.png")
	if err := os.WriteFile(note, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(p.home, "out")
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	p.drop(p.window, filepath.Join(in, "a.png"), note, filepath.Join(in, "b.jpg"), filepath.Join(in, "folder"))
	p.key("ctrl+s") // the first one, by itself: it says that the drop was taken
	p.saved(in, "a-cutout.png")
	p.quiet() // then the others
	p.key("ctrl+alt+s")
	p.answer(out)
	for name, size := range map[string][2]int{"a": {300, 200}, "b": {200, 300}, "c": {260, 260}, "d": {240, 180}} {
		checkDisc(t, p.saved(out, name+"-cutout.png"), size[0], size[1])
	}
	if extra, _ := filepath.Glob(filepath.Join(out, "note*")); len(extra) > 0 {
		t.Errorf("the text file became %v", extra)
	}
}

// quiet waits until the program and its children have used less than a tenth
// of a processor for two seconds: what it was given is done.
func (p *program) quiet() {
	p.t.Helper()
	const stretch = 2 * time.Second
	used, since := ticks(p.cmd.Process.Pid), time.Now()
	p.wait("the work to end", 90*time.Second, func() bool {
		if time.Since(since) < stretch {
			return false
		}
		before := used
		used, since = ticks(p.cmd.Process.Pid), time.Now()
		return used-before < 20
	})
}

// ticks is the processor time of a process and its children, in hundredths of
// a second.
func ticks(pid int) int {
	sum := 0
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// The name, in parentheses, may hold anything.
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 13 {
			continue
		}
		if filepath.Base(filepath.Dir(path)) != itoa(pid) && fields[1] != itoa(pid) {
			continue
		}
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		sum += user + system
	}
	return sum
}

// answer types a path into the file dialog that is coming up.
func (p *program) answer(path string) {
	p.t.Helper()
	p.wait("a file dialog", 20*time.Second, func() bool {
		out, err := p.command("xdotool", "getwindowfocus", "getwindowname").Output()
		return err == nil && len(out) > 0 && string(out) != "Kirinuki\n"
	})
	time.Sleep(500 * time.Millisecond)
	p.key("slash") // GTK opens a line for the path and loses what comes too soon
	time.Sleep(700 * time.Millisecond)
	p.key("ctrl+a")
	p.xdotool("type", "--delay", "20", path)
	time.Sleep(300 * time.Millisecond)
	p.key("Return")
	p.wait("the file dialog to close", 20*time.Second, func() bool {
		out, err := p.command("xdotool", "getwindowfocus", "getwindowname").Output()
		if err == nil && string(out) == "Kirinuki\n" {
			return true
		}
		p.key("Return") // the first may only have closed the completion list
		time.Sleep(500 * time.Millisecond)
		return false
	})
}

func TestOpenDialog(t *testing.T) {
	p := start(t)
	path := filepath.Join(p.home, "photos", "disc.jpg")
	drawDisc(t, path, 300, 220)
	p.key("ctrl+o")
	p.answer(path)
	checkDisc(t, p.saved(filepath.Dir(path), "disc-cutout.png", "ctrl+s"), 300, 220)
}

func TestPaste(t *testing.T) {
	for _, kind := range []string{"png", "jpeg", "files", "path"} {
		t.Run(kind, func(t *testing.T) {
			p := start(t)
			path := filepath.Join(p.home, "photos", "disc.png")
			target, data := "image/png", path
			switch kind {
			case "jpeg":
				path = filepath.Join(p.home, "photos", "disc.jpg")
				target, data = "image/jpeg", path
			case "files":
				target, data = "text/uri-list", filepath.Join(p.home, "list")
			case "path":
				target, data = "UTF8_STRING", filepath.Join(p.home, "list")
			}
			drawDisc(t, path, 280, 210)
			text := uriList([]string{path})
			if kind == "path" {
				text = path
			}
			if err := os.WriteFile(filepath.Join(p.home, "list"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p.clip(target, data)
			p.key("ctrl+v")
			dir := filepath.Join(p.home, "Pictures") // pixels have no folder of their own
			if kind == "files" || kind == "path" {
				dir = filepath.Dir(path)
			}
			checkDisc(t, p.saved(dir, "*-cutout*.png", "ctrl+s"), 280, 210)
		})
	}
}

// clip puts a file's content on the clipboard under a type.
func (p *program) clip(target, path string) {
	p.t.Helper()
	cmd := p.command("xclip", "-selection", "clipboard", "-t", target, "-i", path)
	if err := cmd.Run(); err != nil {
		p.t.Fatalf("xclip: %v", err)
	}
}

// A region of the screen, drawn with the mouse, becomes a picture.
func TestCapture(t *testing.T) {
	p := start(t)
	disc := filepath.Join(p.home, "screen.png")
	drawDisc(t, disc, 1280, 860)
	if err := p.paintRoot(readPNG(t, disc)); err != nil {
		t.Fatal(err)
	}
	p.key("ctrl+k")
	time.Sleep(4 * time.Second) // the window hides, the screen is taken, the picker shows it
	p.screenshot("picker")
	p.xdotool("mousemove", "300", "90", "mousedown", "1")
	for x := 350; x <= 980; x += 70 {
		p.xdotool("mousemove", "--sync", itoa(x), itoa(90+(x-300)))
	}
	p.xdotool("mousemove", "980", "770", "mouseup", "1")
	time.Sleep(time.Second)
	p.key("Return") // where the picker wants a yes
	path := p.saved(filepath.Join(p.home, "Pictures"), "*-cutout*.png", "ctrl+s")
	img := readPNG(t, path)
	size := img.Bounds().Size()
	if size.X < 640 || size.X > 700 || size.Y < 640 || size.Y > 700 {
		t.Fatalf("the captured region is %v", size)
	}
	if _, _, _, a := img.At(size.X/2, size.Y/2).RGBA(); a != 0xffff {
		t.Error("the subject is gone")
	}
	if _, _, _, a := img.At(2, 2).RGBA(); a != 0 {
		t.Error("the background stayed")
	}
}

// The result goes out by the clipboard too, with its alpha.
func TestCopy(t *testing.T) {
	p := start(t)
	path := filepath.Join(p.home, "disc.png")
	drawDisc(t, path, 300, 200)
	p.drop(p.window, path)
	out := filepath.Join(p.home, "copied.png")
	next := time.Now()
	p.wait("a picture on the clipboard", 60*time.Second, func() bool {
		if time.Now().After(next) {
			p.key("ctrl+c")
			next = time.Now().Add(time.Second)
		}
		targets, _ := p.command("xclip", "-selection", "clipboard", "-t", "TARGETS", "-o").Output()
		if !strings.Contains(string(targets), "image/png") {
			return false
		}
		data, err := p.command("xclip", "-selection", "clipboard", "-t", "image/png", "-o").Output()
		return err == nil && os.WriteFile(out, data, 0o600) == nil
	})
	checkDisc(t, out, 300, 200)
}

// Without a display the program says so in one sentence.
func TestNoDisplay(t *testing.T) {
	cmd := exec.Command(binary(t))
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DISPLAY=") && !strings.HasPrefix(e, "WAYLAND_DISPLAY=") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "LANG=en_US.UTF-8", "HOME="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no display") || strings.Contains(string(out), "goroutine") {
		t.Errorf("%v: %s", err, out)
	}
}
