package diag_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kirinuki/app/diag"
	"kirinuki/engine/fault"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestLog_Lines(t *testing.T) {
	p := filepath.Join(t.TempDir(), "kirinuki", "log.txt")
	c := &clock{day}
	l := diag.OpenAt(p, true, c.now)
	l.Write("picture.done", diag.Size(12_000_000), diag.Took(1234*time.Millisecond), diag.Network("isnet-fp16"), diag.Device("cpu"))
	c.t = day.Add(time.Second)
	l.Write("picture.failed", diag.Fault(fault.New(fault.Damaged, "secret.jpg", errors.New("/home/me/secret.jpg is broken"))), diag.Count(3), diag.Flag("batch"))
	got, err := l.Read()
	want := "2026-03-01T12:00:00Z picture.done mp=<=12 ms=1234 network=isnet-fp16 device=cpu\n" +
		"2026-03-01T12:00:01Z picture.failed fault=damaged n=3 flag=batch\n"
	if err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	info, _ := os.Stat(p)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

// Nothing that looks like a name of a file, a path or a sentence gets in,
// wherever it is put.
func TestLog_TakesNoNames(t *testing.T) {
	l := diag.OpenAt(filepath.Join(t.TempDir(), "log"), true, time.Now)
	for _, s := range []string{"Secret.jpg", "/home/secret", "my secret", "secret\nline", "秘密", strings.Repeat("secret", 20), ""} {
		l.Write(s, diag.Network(s), diag.Device(s), diag.Flag(s))
	}
	got, err := l.Read()
	if err != nil || strings.Contains(strings.ToLower(got), "secret") || strings.Contains(got, "秘") || strings.Count(got, "\n") != 7 {
		t.Errorf("%s", got)
	}
}

func TestSize_IsAClass(t *testing.T) {
	classes := map[string]bool{}
	for p := int64(1); p < 400_000_000; p += 99_991 {
		classes[fmt.Sprint(diag.Size(p))] = true
	}
	if len(classes) > 8 {
		t.Errorf("%d classes tell pictures apart", len(classes))
	}
}

func TestOff_WritesNothing(t *testing.T) {
	p := filepath.Join(t.TempDir(), "log")
	l := diag.Open(p, false)
	l.Write("picture.done")
	if _, err := os.Stat(p); err == nil || l.On() {
		t.Error("it writes while off")
	}
	l.SetOn(true)
	l.Write("picture.done")
	l.SetOn(false)
	l.Write("picture.done")
	if got, _ := l.Read(); strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
	if err := l.Delete(); err != nil {
		t.Error(err)
	}
	if got, err := l.Read(); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	var none *diag.Log
	none.Write("x")
	none.SetOn(true)
	if none.On() || none.Delete() != nil {
		t.Error("a nil log did something")
	}
}

func TestAge_ThreeMonths(t *testing.T) {
	p := filepath.Join(t.TempDir(), "log")
	c := &clock{day}
	l := diag.OpenAt(p, true, c.now)
	l.Write("old.line")
	c.t = day.Add(89 * 24 * time.Hour)
	l.Write("new.line")
	if got, _ := l.Read(); strings.Count(got, "\n") != 2 {
		t.Errorf("%q", got)
	}
	c.t = day.Add(91 * 24 * time.Hour)
	if got, _ := l.Read(); strings.Contains(got, "old.line") || !strings.Contains(got, "new.line") {
		t.Errorf("%q", got)
	}
	// At the next start too, even when off.
	c.t = day.Add(200 * 24 * time.Hour)
	diag.OpenAt(p, false, c.now)
	if _, err := os.Stat(p); err == nil {
		t.Error("old lines outlive the start")
	}
	// A line from a clock that was wrong does not stay for good.
	c.t = day.Add(10_000 * 24 * time.Hour)
	l.Write("future.line")
	c.t = day
	if got, _ := l.Read(); got != "" {
		t.Errorf("%q", got)
	}
}

func TestSize_FiveMegabytes(t *testing.T) {
	dir := t.TempDir()
	c := &clock{day}
	l := diag.OpenAt(filepath.Join(dir, "log"), true, c.now)
	line := strings.Repeat("2026-03-01T12:00:00Z picture.done ms=1\n", 67_000)
	os.WriteFile(filepath.Join(dir, "log"), []byte(line), 0o600)
	for range 3000 {
		l.Write("picture.done", diag.Took(time.Second))
	}
	total := func() (n int64) {
		all, _ := os.ReadDir(dir)
		for _, e := range all {
			info, _ := e.Info()
			n += info.Size()
		}
		return n
	}
	if total() > diag.MaxBytes || total() < 2<<20 {
		t.Errorf("%d bytes", total())
	}
	got, err := l.Read()
	if err != nil || !strings.HasSuffix(got, "picture.done ms=1000\n") {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	os.WriteFile(filepath.Join(dir, "log"), []byte(strings.Repeat(line, 3)), 0o600)
	diag.OpenAt(filepath.Join(dir, "log"), true, c.now)
	if total() > diag.MaxBytes {
		t.Errorf("%d bytes that someone else wrote stay", total())
	}
}
