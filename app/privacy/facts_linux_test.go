package privacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kirinuki/app/cache"
	"kirinuki/app/diag"
	"kirinuki/app/privacy/offline"
	"kirinuki/app/stats"
	"kirinuki/assets/tr"
	"kirinuki/engine/infer"
	"kirinuki/engine/worker"
)

// What cannot be undone in a process is measured in a second run of this test
// binary.
const roleEnv = "KIRINUKI_PRIVACY_ROLE"

func TestMain(m *testing.M) {
	role := os.Getenv(roleEnv)
	if role == "" {
		os.Exit(m.Run())
	}
	var err error
	switch role {
	case "locked":
		_, err = offline.Engage(":0")
	case "remote":
		_, err = offline.Engage("box.example:0")
	case "dumps off":
		err = cache.NoCoreDumps()
	case "dumps soft":
		err = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 0, Max: unix.RLIM_INFINITY})
		os.WriteFile("/proc/self/coredump_filter", []byte("0"), 0)
	case "dumps on":
		err = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY})
	}
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(Facts("en", Probe{}))
	os.Exit(0)
}

func as(t *testing.T, role string) []Fact {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	var facts []Fact
	if err := json.Unmarshal(out, &facts); err != nil {
		t.Fatal(err)
	}
	return facts
}

func fact(t *testing.T, facts []Fact, id string) Fact {
	t.Helper()
	for _, f := range facts {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no fact %q in %v", id, facts)
	return Fact{}
}

func TestFacts_SayWhatTheProcessReallyHas(t *testing.T) {
	for _, c := range []struct {
		role, id string
		state    State
		detail   string
	}{
		{"unlocked", "offline", NotInEffect, "not in effect"},
		{"locked", "offline", Kept, "refused"},
		{"remote", "offline", Unenforced, "another computer"},
		{"locked", "connections", Kept, "Not one"},
		{"dumps off", "core-dumps", Kept, "are off"},
		{"dumps soft", "core-dumps", NotInEffect, "turned on again"},
		{"dumps on", "core-dumps", NotInEffect, "would write"},
	} {
		f := fact(t, as(t, c.role), c.id)
		if f.State != c.state || !strings.Contains(f.Detail, c.detail) {
			t.Errorf("%s: %s is %q: %q", c.role, c.id, f.State, f.Detail)
		}
	}
	if Offline() {
		t.Error("a process without the lock says that it is offline")
	}
}

func TestFacts_AreWholeInBothLanguages(t *testing.T) {
	for _, lang := range tr.Languages {
		for _, f := range Facts(lang, Probe{}) {
			for _, s := range []string{f.Promise, f.Mechanism, f.Detail} {
				if s == "" || strings.HasPrefix(s, "privacy.") || strings.Contains(s, "%!") {
					t.Errorf("%s: %+v", lang, f)
				}
			}
			if key := "privacy.state." + string(f.State); !tr.Has(key) {
				t.Errorf("%s has no words", key)
			}
		}
	}
}

// expect measures one thing and holds that its sentence exists.
func expect(t *testing.T, what, id string, f finding, state State, detail string) {
	t.Helper()
	if f.state != state || f.detail != detail {
		t.Errorf("%s: %s, %s; want %s, %s", what, f.state, f.detail, state, detail)
	}
	for _, lang := range tr.Languages {
		key := "privacy.fact." + id + "." + f.detail
		if s := tr.In(lang, key, f.args...); s == key || strings.Contains(s, "%!") {
			t.Errorf("%s: the sentence is %q", what, s)
		}
	}
}

type aCache cache.State

func (c aCache) State() cache.State { return cache.State(c) }

func TestOfCache_LooksAtTheRealFolder(t *testing.T) {
	store := cache.Open(t.TempDir(), cache.Options{})
	defer store.Close()
	expect(t, "an empty store", "cache", ofCache(store), Kept, "sealed")
	var picture bytes.Buffer
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	if err := png.Encode(&picture, img); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		box := store.New(time.Hour)
		for _, data := range [][]byte{picture.Bytes(), img.Pix, make([]byte, 100_000)} {
			if err := box.PutBytes("original", data); err != nil {
				t.Fatal(err)
			}
		}
	}
	f := ofCache(store)
	expect(t, "a real store", "cache", f, Kept, "sealed")
	if f.args[0] != 5 {
		t.Errorf("counted %v files", f.args)
	}
}

// Somebody breaks the folder in every way; each is seen.
func TestOfCache_SeesWhatIsWrong(t *testing.T) {
	noise := make([]byte, 8000)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	photo := image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range photo.Pix {
		photo.Pix[i] = byte(90+i%200/2+i/800) ^ byte(r.Uint32()&7)
	}
	var jpg, pngs bytes.Buffer
	if err := errors.Join(jpeg.Encode(&jpg, photo, nil), png.Encode(&pngs, photo)); err != nil {
		t.Fatal(err)
	}
	put := func(data []byte, mode os.FileMode) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, "0123456789abcdef")
			return errors.Join(os.WriteFile(path, data, mode), os.Chmod(path, mode))
		}
	}
	for name, c := range map[string]struct {
		do     func(dir string) error
		state  State
		detail string
	}{
		"noise":           {put(noise, 0o600), Kept, "sealed"},
		"short noise":     {put(noise[:40], 0o600), Kept, "sealed"},
		"a jpeg":          {put(jpg.Bytes(), 0o600), NotInEffect, "readable"},
		"a png":           {put(pngs.Bytes(), 0o600), NotInEffect, "readable"},
		"raw pixels":      {put(photo.Pix, 0o600), NotInEffect, "readable"},
		"text":            {put(bytes.Repeat([]byte("holiday.jpg\n"), 400), 0o600), NotInEffect, "readable"},
		"zeros":           {put(make([]byte, 5000), 0o600), NotInEffect, "readable"},
		"group may read":  {put(noise, 0o640), NotInEffect, "exposed"},
		"world may read":  {put(noise, 0o604), NotInEffect, "exposed"},
		"folder too open": {func(dir string) error { return os.Chmod(dir, 0o755) }, NotInEffect, "exposed"},
		"a link": {func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "l")) },
			NotInEffect, "exposed"},
		"gone": {func(dir string) error { return os.RemoveAll(dir) }, NotInEffect, "unreadable"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		if err := errors.Join(os.Mkdir(dir, 0o700), c.do(dir)); err != nil {
			t.Fatal(err)
		}
		expect(t, name, "cache", ofCache(aCache{Dir: dir}), c.state, c.detail)
	}
	expect(t, "no cache", "cache", ofCache(nil), Kept, "none")
	expect(t, "no folder", "cache", ofCache(aCache{InMemory: true}), Kept, "memory")
	if os.Getuid() == 0 { // only root can give a file away
		dir := filepath.Join(t.TempDir(), "run")
		if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, 1, 1)); err != nil {
			t.Fatal(err)
		}
		expect(t, "another's folder", "cache", ofCache(aCache{Dir: dir}), NotInEffect, "exposed")
	}
}

func TestOfDeadlines(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	in := func(d ...time.Duration) func() []time.Time {
		return func() (list []time.Time) {
			for _, d := range d {
				list = append(list, now.Add(d))
			}
			return list
		}
	}
	for name, c := range map[string]struct {
		after     time.Duration
		deadlines func() []time.Time
		state     State
		detail    string
		args      []any
	}{
		"no copies":       {30 * time.Minute, nil, Kept, "empty", []any{30}},
		"still none":      {time.Hour, in(), Kept, "empty", []any{60}},
		"counting":        {time.Hour, in(50*time.Minute, 61*time.Second), Kept, "counting", []any{2, 2}},
		"just going":      {time.Hour, in(-time.Second), Kept, "counting", []any{1, 0}},
		"overdue":         {time.Hour, in(time.Minute, -time.Minute), NotInEffect, "late", nil},
		"beyond the hour": {time.Hour, in(2 * time.Hour), NotInEffect, "late", nil},
		"zero time":       {time.Hour, func() []time.Time { return []time.Time{{}} }, NotInEffect, "late", nil},
		"no limit":        {0, nil, NotInEffect, "unlimited", nil},
		"too long":        {2 * time.Hour, nil, NotInEffect, "unlimited", nil},
	} {
		f := ofDeadlines(Probe{ClearAfter: c.after, Deadlines: c.deadlines, Now: func() time.Time { return now }})
		expect(t, name, "deadline", f, c.state, c.detail)
		for i, a := range c.args {
			if f.args[i] != a {
				t.Errorf("%s: says %v, want %v", name, f.args, c.args)
			}
		}
	}
}

func TestOfStatistics(t *testing.T) {
	expect(t, "none", "statistics", ofStatistics(nil), Kept, "off")
	s := stats.Open("", true)
	s.Done(12_000_000, time.Second, "isnet", "cpu")
	s.Failed(1)
	expect(t, "on", "statistics", ofStatistics(s), Kept, "on")
	s.SetOn(false)
	expect(t, "off", "statistics", ofStatistics(s), Kept, "off")
	s.SetOn(true)
	s.Done(1, time.Second, "Holiday.JPG", "cpu")
	expect(t, "a name", "statistics", ofStatistics(s), NotInEffect, "names")
}

type aLog struct {
	on   bool
	text string
	err  error
}

func (l aLog) On() bool              { return l.on }
func (l aLog) Read() (string, error) { return l.text, l.err }

func TestOfLog(t *testing.T) {
	real := diag.Open(filepath.Join(t.TempDir(), "log"), true)
	expect(t, "a new log", "log", ofLog(real), Kept, "on")
	real.Write("picture.done", diag.Took(time.Second), diag.Network("isnet-general-use"), diag.Size(3))
	expect(t, "a real log", "log", ofLog(real), Kept, "on")
	for name, c := range map[string]struct {
		log    Log
		state  State
		detail string
	}{
		"none":          {nil, Kept, "off"},
		"off":           {aLog{}, Kept, "off"},
		"left":          {aLog{text: "x\n"}, Kept, "left"},
		"a path":        {aLog{on: true, text: "saved to /home/me/x"}, NotInEffect, "names"},
		"a file's name": {aLog{text: "opened holiday.jpeg"}, NotInEffect, "names"},
		"a Windows one": {aLog{text: `C:\x`}, NotInEffect, "names"},
		"unreadable":    {aLog{err: errors.New("denied")}, NotInEffect, "unreadable"},
	} {
		expect(t, name, "log", ofLog(c.log), c.state, c.detail)
	}
}

func TestOfChild(t *testing.T) {
	says := func(s worker.Status, err error) func() (worker.Status, error) {
		return func() (worker.Status, error) { return s, err }
	}
	expect(t, "no child", "child", ofChild(nil), Unenforced, "inside")
	expect(t, "a child that does not start", "child", ofChild(says(worker.Status{}, os.ErrNotExist)), NotInEffect, "failed")
	expect(t, "a child that gave up nothing", "child", ofChild(says(worker.Status{}, nil)), Unenforced, "open")
	expect(t, "a kernel without Landlock", "child", ofChild(says(worker.Status{Internet: true, Sockets: true}, nil)), Unenforced, "files")
	expect(t, "a confined child", "child", ofChild(says(worker.Status{Internet: true, Sockets: true, Files: 3}, nil)), Kept, "confined")
}

func TestOfMetadata(t *testing.T) {
	expect(t, "left out", "metadata", ofMetadata(false), Kept, "stripped")
	expect(t, "kept", "metadata", ofMetadata(true), NotInEffect, "kept")
}

// A library of every version is put in place; only the pinned one passes.
func TestOfRuntime_SeesANewerLibrary(t *testing.T) {
	dir := t.TempDir()
	library := func(version string) string {
		source, script := filepath.Join(dir, "l.c"), filepath.Join(dir, "l.map")
		out := filepath.Join(dir, "lib"+version+".so")
		err := errors.Join(
			os.WriteFile(source, []byte("int OrtGetApiBase(void) { return 0; }"), 0o644),
			os.WriteFile(script, []byte("VERS_"+version+" { global: OrtGetApiBase; local: *; };"), 0o644))
		if err != nil {
			t.Fatal(err)
		}
		msg, err := exec.Command("gcc", "-shared", "-fPIC", "-nostdlib", "-Wl,--version-script="+script, "-o", out, source).CombinedOutput()
		if err != nil {
			t.Fatalf("gcc (apt-get install gcc libc6-dev): %v\n%s", err, msg)
		}
		return out
	}
	for version, want := range map[string]finding{
		"1.27.0": {Kept, "pinned", nil}, "1.27.1": {Kept, "pinned", nil},
		"1.28.0": {NotInEffect, "wrong", nil}, "1.29.0": {NotInEffect, "wrong", nil},
		"1.2.7": {NotInEffect, "wrong", nil}, "11.27.0": {NotInEffect, "wrong", nil}, "2.0.0": {NotInEffect, "wrong", nil},
	} {
		expect(t, version, "runtime", ofRuntime(library(version), nil), want.state, want.detail)
	}
	junk := filepath.Join(dir, "junk.so")
	if err := os.WriteFile(junk, []byte("\x7fELF and then nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, "junk", "runtime", ofRuntime(junk, nil), Unenforced, "unknown")
	expect(t, "none", "runtime", ofRuntime("", os.ErrNotExist), Kept, "absent")
}

// What `make` really fetched is held here too, where it is there.
func TestOfRuntime_TheFetchedLibrary(t *testing.T) {
	path, err := infer.FindLibrary(filepath.Join("..", "..", "bin"))
	if err != nil {
		if os.Getenv("KIRINUKI_REQUIRE_ORT") != "" {
			t.Fatal(err)
		}
		return
	}
	expect(t, path, "runtime", ofRuntime(path, nil), Kept, "pinned")
}

// A promise that is kept must not be called broken by chance.
func TestReadable(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		b := make([]byte, sample)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if readable(b) {
			t.Fatal("noise is taken for a picture")
		}
	}
}
