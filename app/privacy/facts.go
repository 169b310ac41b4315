package privacy

import (
	"os"
	"regexp"
	"strings"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/privacy/offline"
	"kirinuki/app/stats"
	"kirinuki/assets/tr"
	"kirinuki/engine/infer"
	"kirinuki/engine/worker"
)

// State says how a promise stands.
type State string

// The states.
const (
	Kept        State = "kept"   // measured just now and found to hold
	Unenforced  State = "cannot" // this system offers no means, or none to measure by
	NotInEffect State = "off"    // switched off, or found not to hold
)

// Fact is one promise with what was found when it was asked for. The texts
// are in the language asked for.
type Fact struct {
	ID        string // stable: "offline", "cache", ...; Promise.Facts and Section.Facts name it
	Promise   string // what is promised, a few words
	Mechanism string // by which means
	State     State
	Detail    string // what was found, one line
}

// Cache is what facts need of the working copies; *cache.Store is the real
// one.
type Cache interface{ State() cache.State }

// Statistics is what facts need of the counters; *stats.Store is the real one.
type Statistics interface {
	On() bool
	Get() stats.Counters
}

// Log is what facts need of the diagnostic log; *diag.Log is the real one.
type Log interface {
	On() bool
	Read() (string, error)
}

// Probe is what Facts looks at beside the process itself. Nil fields stand
// for a program that has no such thing, as the command line has no cache.
type Probe struct {
	Cache        Cache
	Deadlines    func() []time.Time // when each working copy goes
	ClearAfter   time.Duration      // the setting
	KeepMetadata bool               // the setting
	Statistics   Statistics
	Log          Log
	// Child tells what a network's process gave up, by starting one and
	// asking; nil where networks run in the program's own process.
	Child func() (worker.Status, error)
	Now   func() time.Time // nil means time.Now
}

// Offline tells whether the system refuses internet sockets to this process
// at this moment; it is found out by asking for some.
func Offline() bool { return offline.Now() == offline.Locked }

// Facts measures every promise now, in the language given ("en" or "ja"). It
// takes some milliseconds and may read a few small files.
func Facts(lang string, p Probe) []Fact {
	if p.Now == nil {
		p.Now = time.Now
	}
	var facts []Fact
	add := func(id string, f finding) {
		key := "privacy.fact." + id
		facts = append(facts, Fact{id, tr.In(lang, key+".promise"), tr.In(lang, key+".how"),
			f.state, tr.In(lang, key+"."+f.detail, f.args...)})
	}
	add("offline", ofLock())
	add("connections", ofConnections())
	add("runtime", ofRuntime(infer.FindLibrary()))
	add("cache", ofCache(p.Cache))
	add("deadline", ofDeadlines(p))
	add("core-dumps", ofCoreDumps())
	add("child", ofChild(p.Child))
	add("metadata", ofMetadata(p.KeepMetadata))
	add("statistics", ofStatistics(p.Statistics))
	add("log", ofLog(p.Log))
	return facts
}

// finding is a state, the last part of its sentence's key, and what goes
// into the sentence.
type finding struct {
	state  State
	detail string
	args   []any
}

func found(s State, detail string, args ...any) finding { return finding{s, detail, args} }

func ofLock() finding {
	switch offline.Now() {
	case offline.Locked:
		return found(Kept, "locked")
	case offline.Remote:
		return found(Unenforced, "remote")
	case offline.Unsupported:
		return found(Unenforced, "unsupported")
	}
	return found(NotInEffect, "open")
}

func ofConnections() finding {
	n, ok := offline.Connections()
	switch {
	case !ok:
		return found(Unenforced, "unknown")
	case n > 0:
		return found(NotInEffect, "some", n)
	}
	return found(Kept, "none")
}

// ofRuntime looks at the library that FindLibrary found. It asks the file
// itself, so that a newer one put in its place does not pass.
func ofRuntime(path string, err error) finding {
	if err != nil {
		return found(Kept, "absent")
	}
	version := libraryVersion(path)
	switch {
	case version == "":
		return found(Unenforced, "unknown")
	case !strings.HasPrefix(version, infer.Version):
		return found(NotInEffect, "wrong", version)
	}
	return found(Kept, "pinned", version)
}

func ofChild(try func() (worker.Status, error)) finding {
	if try == nil {
		return found(Unenforced, "inside")
	}
	switch s, err := try(); {
	case err != nil:
		return found(NotInEffect, "failed")
	case !s.Internet && !s.Sockets:
		return found(Unenforced, "open")
	case s.Files == 0:
		return found(Unenforced, "files")
	}
	return found(Kept, "confined")
}

func ofMetadata(keep bool) finding {
	if keep {
		return found(NotInEffect, "kept")
	}
	return found(Kept, "stripped")
}

// pictureName is what no counter and no log line may hold.
var pictureName = regexp.MustCompile(`(?i)[/\\]|\.(jpe?g|png|gif|bmp|tiff?|webp|heic|avif)\b`)

func ofStatistics(s Statistics) finding {
	if s == nil {
		return found(Kept, "off")
	}
	c := s.Get()
	for _, m := range []map[string]int64{c.Failures, c.Devices, c.Networks} {
		for name := range m {
			if pictureName.MatchString(name) {
				return found(NotInEffect, "names")
			}
		}
	}
	if !s.On() {
		return found(Kept, "off")
	}
	return found(Kept, "on", c.Pictures)
}

func ofLog(l Log) finding {
	if l == nil {
		return found(Kept, "off")
	}
	text, err := l.Read()
	switch {
	case err != nil && !os.IsNotExist(err):
		return found(NotInEffect, "unreadable")
	case pictureName.MatchString(text):
		return found(NotInEffect, "names")
	case !l.On() && text == "":
		return found(Kept, "off")
	case !l.On():
		return found(Kept, "left", (len(text)+1023)/1024)
	}
	return found(Kept, "on", (len(text)+1023)/1024)
}

// slack is how late a working copy may go, and how far a deadline may seem to
// be beyond its limit, before that is called a broken promise.
const slack = 10 * time.Second

func ofDeadlines(p Probe) finding {
	if p.ClearAfter <= 0 || p.ClearAfter > cache.MaxLife {
		return found(NotInEffect, "unlimited")
	}
	minutes := int(p.ClearAfter / time.Minute)
	var list []time.Time
	if p.Deadlines != nil {
		list = p.Deadlines()
	}
	if len(list) == 0 {
		return found(Kept, "empty", minutes)
	}
	now := p.Now()
	next := list[0]
	for _, d := range list {
		if d.Before(now.Add(-slack)) || d.After(now.Add(cache.MaxLife+slack)) {
			return found(NotInEffect, "late", len(list))
		}
		if d.Before(next) {
			next = d
		}
	}
	left := max(0, next.Sub(now))
	return found(Kept, "counting", len(list), int((left+time.Minute-1)/time.Minute))
}
