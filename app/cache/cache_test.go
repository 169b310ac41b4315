package cache_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/cache/cachetest"
	"kirinuki/engine/fault"
)

func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func open(t *testing.T, dir string, o cache.Options) *cache.Store {
	t.Helper()
	s := cache.Open(dir, o)
	t.Cleanup(func() { s.Close() })
	return s
}

// files lists what lies below dir, folders with a slash behind them.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && path != dir {
			name, _ := filepath.Rel(dir, path)
			if info.IsDir() {
				name += "/"
			}
			all = append(all, name)
		}
		return nil
	})
	return all
}

// parts lists the files that hold parts.
func parts(t *testing.T, dir string) (all []string) {
	for _, name := range files(t, dir) {
		if !strings.HasSuffix(name, "/") && filepath.Base(name) != "lock" {
			all = append(all, name)
		}
	}
	return all
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestBox_GivesBackWhatWasPut(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, cache.Options{})
	b := s.New(time.Hour)
	for i, n := range []int{0, 1, 65535, 65536, 65537, 2 * 65536, 300_000} {
		data := noise(n, uint64(i))
		if err := b.PutBytes("part", data); err != nil {
			t.Fatal(err)
		}
		got, err := b.Bytes("part")
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes: got %d, %v", n, len(got), err)
		}
		if len(parts(t, dir)) != 1 {
			t.Fatalf("a part replaced left its file: %v", parts(t, dir))
		}
	}
	if st := s.State(); st.InMemory || st.Disk == 0 || st.Memory != 0 || st.Boxes != 1 {
		t.Errorf("state %+v", st)
	}
}

func TestBox_OddWrites(t *testing.T) {
	b := open(t, t.TempDir(), cache.Options{}).New(time.Hour)
	data := noise(200_001, 7)
	err := b.Put("part", func(w io.Writer) error {
		for i := 0; i < len(data); i += 777 {
			w.Write(data[i:min(i+777, len(data))])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Get("part")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got bytes.Buffer
	if _, err := io.CopyBuffer(&got, io.LimitReader(r, 1<<30), make([]byte, 999)); err != nil || !bytes.Equal(got.Bytes(), data) {
		t.Fatalf("%d bytes, %v", got.Len(), err)
	}
}

func TestBox_WritersErrorLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, cache.Options{})
	b := s.New(time.Hour)
	mine := errors.New("mine")
	err := b.Put("part", func(w io.Writer) error {
		w.Write(noise(100_000, 1))
		return mine
	})
	if !errors.Is(err, mine) || b.Has("part") || len(parts(t, dir)) != 0 || s.State().InMemory {
		t.Errorf("%v, %v, %+v", err, parts(t, dir), s.State())
	}
}

func TestFiles_AreForThisUserAndNameless(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kirinuki")
	b := open(t, dir, cache.Options{}).New(time.Hour)
	b.PutBytes("holiday.jpg", []byte("secret"))
	for _, name := range append(files(t, dir), ".") {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want := os.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
		if strings.Contains(name, "holiday") || strings.Contains(name, "jpg") {
			t.Errorf("the name %s says something", name)
		}
	}
}

// The same data twice gives files without anything in common, and neither has
// anything of the data in it.
func TestFiles_AreNoise(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, cache.Options{}).New(time.Hour)
	plain := bytes.Repeat([]byte("\x89PNG\r\n\x1a\nsame same "), 20_000)
	b.PutBytes("a", plain)
	b.PutBytes("b", plain)
	seen := map[string]bool{}
	for _, name := range parts(t, dir) {
		data, _ := os.ReadFile(filepath.Join(dir, name))
		for i := 0; i+16 <= len(data); i += 16 {
			block := string(data[i : i+16])
			if seen[block] {
				t.Fatal("a block comes twice")
			}
			seen[block] = true
		}
		if bytes.Contains(data, []byte("PNG")) || bytes.Contains(data, []byte("same")) {
			t.Error("something readable is left")
		}
	}
	if len(seen) < 40_000 {
		t.Fatalf("only %d blocks were looked at", len(seen))
	}
}

// Whatever is done to a file, reading fails and never gives wrong bytes.
func TestReader_NoticesEveryChange(t *testing.T) {
	const chunk = 65536 + 16
	tests := []struct {
		name   string
		change func([]byte) []byte
	}{
		{"cut in a chunk", func(d []byte) []byte { return d[:len(d)-5] }},
		{"cut at a chunk's end", func(d []byte) []byte { return d[:2*chunk] }},
		{"empty", func(d []byte) []byte { return nil }},
		{"one bit", func(d []byte) []byte { d[chunk+77] ^= 4; return d }},
		{"last byte", func(d []byte) []byte { d[len(d)-1] ^= 1; return d }},
		{"longer", func(d []byte) []byte { return append(d, 0) }},
		{"chunks swapped", func(d []byte) []byte {
			return append(append(append([]byte{}, d[chunk:2*chunk]...), d[:chunk]...), d[2*chunk:]...)
		}},
		{"chunk twice", func(d []byte) []byte { return append(append([]byte{}, d[:chunk]...), d...) }},
		{"chunk left out", func(d []byte) []byte { return append(append([]byte{}, d[:chunk]...), d[2*chunk:]...) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			b := open(t, dir, cache.Options{}).New(time.Hour)
			plain := noise(3*65536, 3)
			b.PutBytes("a", plain)
			path := filepath.Join(dir, parts(t, dir)[0])
			data, _ := os.ReadFile(path)
			os.WriteFile(path, tt.change(data), 0o600)
			r, err := b.Get("a")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			if fault.Of(err) != fault.Damaged {
				t.Errorf("error %v", err)
			}
			if !bytes.HasPrefix(plain, got) {
				t.Error("wrong bytes were given")
			}
		})
	}
}

func TestDeadlines(t *testing.T) {
	tests := []struct {
		name string
		life time.Duration
		pass func(c *cachetest.Clock)
		gone bool
	}{
		{"not yet", 15 * time.Minute, func(c *cachetest.Clock) { c.Advance(14*time.Minute + 59*time.Second) }, false},
		{"on time", 15 * time.Minute, func(c *cachetest.Clock) { c.Advance(15 * time.Minute) }, true},
		{"30 minutes", 30 * time.Minute, func(c *cachetest.Clock) { c.Advance(30 * time.Minute) }, true},
		{"never longer than an hour", 100 * time.Hour, func(c *cachetest.Clock) { c.Advance(time.Hour) }, true},
		{"an hour lasts", time.Hour, func(c *cachetest.Clock) { c.Advance(59 * time.Minute) }, false},
		{"sleep counts", time.Hour, func(c *cachetest.Clock) { c.Sleep(2 * time.Hour); c.Advance(time.Second) }, true},
		{"short sleep", time.Hour, func(c *cachetest.Clock) { c.Sleep(50 * time.Minute); c.Advance(time.Second) }, false},
		{"sleeps add up", time.Hour, func(c *cachetest.Clock) {
			for range 6 {
				c.Sleep(9 * time.Minute)
				c.Advance(time.Minute)
			}
		}, true},
		{"clock set back", time.Hour, func(c *cachetest.Clock) { c.Set(-24 * time.Hour); c.Advance(time.Hour) }, true},
		{"clock set back again and again", time.Hour, func(c *cachetest.Clock) {
			for range 60 {
				c.Set(-10 * time.Minute)
				c.Advance(time.Minute)
			}
		}, true},
		{"clock set back, time left", time.Hour, func(c *cachetest.Clock) { c.Set(-24 * time.Hour); c.Advance(30 * time.Minute) }, false},
		{"clock set forward", time.Hour, func(c *cachetest.Clock) { c.Set(61 * time.Minute); c.Advance(time.Second) }, true},
		{"clock set forward a little", time.Hour, func(c *cachetest.Clock) { c.Set(5 * time.Minute); c.Advance(time.Second) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock, dir := cachetest.New(), t.TempDir()
			s := open(t, dir, cache.Options{Clock: clock})
			gone := make(chan cache.Gone, 1)
			s.OnGone(func(b *cache.Box, why cache.Gone) { gone <- why })
			b := s.New(tt.life)
			b.PutBytes("original", noise(1000, 1))
			b.PutBytes("result", noise(1000, 2))
			tt.pass(clock)
			if tt.gone {
				// Refused from that moment on, even before the watch has come round.
				if _, err := b.Get("original"); fault.Of(err) != fault.Expired {
					t.Errorf("Get: %v", err)
				}
				if err := b.PutBytes("late", nil); fault.Of(err) != fault.Expired {
					t.Errorf("Put: %v", err)
				}
				if b.Left() != 0 {
					t.Errorf("%v left", b.Left())
				}
				eventually(t, "the watch tells", func() bool { clock.Advance(time.Second); return len(gone) == 1 })
				if why := <-gone; why != cache.Expired {
					t.Errorf("it went because %v", why)
				}
				if left := parts(t, dir); len(left) != 0 {
					t.Errorf("left on disk: %v", left)
				}
				return
			}
			time.Sleep(5 * time.Millisecond) // a watch that is too early would act now
			if _, err := b.Get("original"); err != nil {
				t.Errorf("gone too early: %v", err)
			}
			if b.Left() <= 0 || b.Left() > time.Hour {
				t.Errorf("%v left", b.Left())
			}
		})
	}
}

func TestDeadline_StaysTheSameTimeOfDay(t *testing.T) {
	clock := cachetest.New()
	b := open(t, t.TempDir(), cache.Options{Clock: clock}).New(30 * time.Minute)
	first := b.Deadline()
	clock.Advance(10 * time.Minute)
	if !b.Deadline().Equal(first) || !first.Equal(clock.Wall().Add(20*time.Minute)) {
		t.Errorf("%v, then %v", first, b.Deadline())
	}
	clock.Set(-time.Hour)
	if got := b.Deadline().Sub(clock.Wall()); got != 20*time.Minute {
		t.Errorf("%v left by the clock that was set back", got)
	}
}

func TestSetLife(t *testing.T) {
	clock := cachetest.New()
	b := open(t, t.TempDir(), cache.Options{Clock: clock}).New(30 * time.Minute)
	clock.Advance(10 * time.Minute)
	b.SetLife(15 * time.Minute)
	if b.Left() != 5*time.Minute {
		t.Errorf("%v left of 15", b.Left())
	}
	b.SetLife(24 * time.Hour)
	if b.Left() != 50*time.Minute {
		t.Errorf("%v left of the longest", b.Left())
	}
}

// With the system's clock and a short life, the folder and the store empty by
// themselves.
func TestDeadline_InRealTime(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, cache.Options{})
	b := s.New(300 * time.Millisecond)
	b.PutBytes("original", noise(1000, 1))
	if len(parts(t, dir)) != 1 {
		t.Fatal("nothing was kept")
	}
	start := time.Now()
	eventually(t, "the folder is empty", func() bool { return len(parts(t, dir)) == 0 && s.State().Boxes == 0 })
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("it took %v", d)
	}
}

func TestClose_LeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, cache.Options{})
	b := s.New(time.Hour)
	b.PutBytes("a", noise(1000, 1))
	r, err := b.Get("a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) != 1 || left[0] != "lock" {
		t.Errorf("left: %v", left)
	}
	if _, err := b.Get("a"); fault.Of(err) != fault.Expired {
		t.Error(err)
	}
	if err := s.New(time.Hour).PutBytes("a", nil); fault.Of(err) != fault.Expired {
		t.Error(err)
	}
	if len(parts(t, dir)) != 0 {
		t.Error("a closed store wrote")
	}
}

func TestLimit_OldestFirst(t *testing.T) {
	clock, dir := cachetest.New(), t.TempDir()
	s := open(t, dir, cache.Options{Clock: clock, Disk: 250_000})
	var gone []*cache.Box
	s.OnGone(func(b *cache.Box, why cache.Gone) {
		if why != cache.Evicted {
			t.Errorf("why: %v", why)
		}
		gone = append(gone, b)
	})
	var boxes []*cache.Box
	for i := range 5 {
		b := s.New(time.Hour)
		clock.Advance(time.Second)
		if err := b.PutBytes("a", noise(100_000, uint64(i))); err != nil {
			t.Fatal(err)
		}
		boxes = append(boxes, b)
	}
	if len(gone) != 3 || gone[0] != boxes[0] || gone[1] != boxes[1] || gone[2] != boxes[2] {
		t.Errorf("%d went", len(gone))
	}
	if s.State().Disk > 250_000 || len(parts(t, dir)) != 2 {
		t.Errorf("%+v", s.State())
	}
	if err := boxes[4].PutBytes("huge", noise(400_000, 9)); err != nil || !boxes[4].Has("a") {
		t.Errorf("one that is too large alone: %v", err)
	}
}

func TestTwoStores_LeaveEachOtherAlone(t *testing.T) {
	dir := t.TempDir()
	one := open(t, dir, cache.Options{})
	a := one.New(time.Hour)
	a.PutBytes("x", []byte("one"))
	two := open(t, dir, cache.Options{})
	b := two.New(time.Hour)
	b.PutBytes("x", []byte("two"))
	open(t, dir, cache.Options{}).Close()
	for box, want := range map[*cache.Box]string{a: "one", b: "two"} {
		if got, err := box.Bytes("x"); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	one.Clear()
	if got, err := b.Bytes("x"); err != nil || string(got) != "two" {
		t.Errorf("after the other was cleared: %q, %v", got, err)
	}
}

func TestOpen_TouchesOnlyItsOwn(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(filepath.Join(dir, "run-of-the-mill"), 0o755)
	os.WriteFile(filepath.Join(dir, "note.txt"), []byte("mine"), 0o644)
	outside := t.TempDir()
	os.WriteFile(filepath.Join(outside, "photo.jpg"), []byte("mine"), 0o644)
	os.Symlink(outside, filepath.Join(dir, "run-0123456789abcdef"))
	dead := filepath.Join(dir, "run-fedcba9876543210")
	os.MkdirAll(dead, 0o700)
	os.WriteFile(filepath.Join(dead, "lock"), nil, 0o600)
	os.WriteFile(filepath.Join(dead, "aaaa"), []byte("left"), 0o600)
	open(t, dir, cache.Options{})
	for _, path := range []string{filepath.Join(dir, "run-of-the-mill"), filepath.Join(dir, "note.txt"), filepath.Join(outside, "photo.jpg")} {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("it removed %s", path)
		}
	}
	if _, err := os.Stat(dead); err == nil {
		t.Error("it left a dead program's folder")
	}
}

func TestWithoutFolder_WorksInMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	s := open(t, filepath.Join(file, "below"), cache.Options{Memory: 10_000})
	st := s.State()
	if !st.InMemory || st.Err == nil || st.Dir != "" {
		t.Fatalf("%+v", st)
	}
	b := s.New(time.Hour)
	data := noise(5000, 1)
	if err := b.PutBytes("a", data); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Bytes("a"); err != nil || !bytes.Equal(got, data) {
		t.Fatal(err)
	}
	var gone []*cache.Box
	s.OnGone(func(b *cache.Box, why cache.Gone) { gone = append(gone, b) })
	c := s.New(time.Hour)
	c.PutBytes("a", noise(8000, 2))
	if len(gone) != 1 || gone[0] != b || s.State().Memory != 8000 {
		t.Errorf("memory is not bounded: %+v", s.State())
	}
}

// A folder that someone removes under our feet is made again; what was in it
// is gone, and says so.
func TestFolderRemoved_GoesOn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, cache.Options{})
	b := s.New(time.Hour)
	b.PutBytes("a", noise(1000, 1))
	os.RemoveAll(s.State().Dir)
	if _, err := b.Get("a"); fault.Of(err) != fault.Expired {
		t.Errorf("Get: %v", err)
	}
	if err := b.PutBytes("b", []byte("again")); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Bytes("b"); err != nil || string(got) != "again" {
		t.Errorf("%q, %v", got, err)
	}
	if s.State().InMemory {
		t.Errorf("%+v", s.State())
	}
	open(t, dir, cache.Options{}) // a new program does not take the new folder for dead
	if got, err := b.Bytes("b"); err != nil || string(got) != "again" {
		t.Errorf("after another start: %q, %v", got, err)
	}
}

func TestStore_ManyAtOnce(t *testing.T) {
	s := open(t, t.TempDir(), cache.Options{Disk: 2 << 20})
	s.OnGone(func(*cache.Box, cache.Gone) {})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 20 {
				b := s.New(time.Hour)
				data := noise(30_000, uint64(i*100+n))
				if b.PutBytes("a", data) != nil {
					continue // evicted
				}
				if got, err := b.Bytes("a"); err == nil && sha256.Sum256(got) != sha256.Sum256(data) {
					t.Error("wrong bytes")
				}
				if n%3 == 0 {
					b.Close()
				}
			}
		})
	}
	all.Wait()
	if st := s.State(); st.Disk > 2<<20 || st.Disk < 0 {
		t.Errorf("%+v", st)
	}
	s.Clear()
	if st := s.State(); st.Disk != 0 || st.Memory != 0 || st.Boxes != 0 {
		t.Errorf("after Clear: %+v", st)
	}
}
