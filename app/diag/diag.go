// Package diag keeps a diagnostic log for a person who looks for a fault.
// It is off until turned on and cannot hold a picture or a file name: Log
// takes an event's fixed name and typed fields (durations, counts, sizes as
// classes, fault kinds, names of networks and devices), never free text. What is older than
// three months goes, and so does the oldest above five megabytes.
package diag

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"kirinuki/engine/fault"
)

// The bounds of what is kept.
const (
	MaxBytes = 5 << 20
	MaxAge   = 90 * 24 * time.Hour
)

// Field is one typed fact of a line; make it with the functions below.
type Field struct{ key, value string }

// Took is how long something lasted, in milliseconds.
func Took(d time.Duration) Field { return Field{"ms", strconv.FormatInt(d.Milliseconds(), 10)} }

// Fault is the kind of an error, without its text and name.
func Fault(err error) Field { return Field{"fault", fault.Of(err).String()} }

// Count is how many.
func Count(n int) Field { return Field{"n", strconv.Itoa(n)} }

// Size is a picture's size as a class, since an exact size can tell pictures
// apart.
func Size(pixels int64) Field {
	class := "150+"
	for _, c := range []int64{1, 4, 12, 24, 50, 150} {
		if pixels <= c*1_000_000 {
			class = "<=" + strconv.FormatInt(c, 10)
			break
		}
	}
	return Field{"mp", class}
}

// plain is what names of networks, devices and versions look like. Anything
// else, such as a path or a sentence, is not written.
var plain = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]{0,39}$`)

func word(key, s string) Field {
	if !plain.MatchString(s) {
		s = "other"
	}
	return Field{key, s}
}

// Network is the name of a network of the catalogue.
func Network(name string) Field { return word("network", name) }

// Device is a device's short name.
func Device(name string) Field { return word("device", name) }

// Flag is a fixed word of the program's own.
func Flag(name string) Field { return word("flag", name) }

// Log is the log and its file. It is safe for use by many goroutines; a nil
// Log writes nothing.
type Log struct {
	path string
	now  func() time.Time

	mu sync.Mutex
	on bool
}

// Open returns the log at path; nothing is written while on is false. What
// is too old goes at once, on or off.
func Open(path string, on bool) *Log { return OpenAt(path, on, time.Now) }

// OpenAt is Open with a clock.
func OpenAt(path string, on bool, now func() time.Time) *Log {
	l := &Log{path: path, on: on, now: now}
	l.rotate()
	return l
}

// half is how large the newer file may grow before it becomes the older one:
// two files of half the size keep the whole under MaxBytes.
const half = MaxBytes / 2

func (l *Log) older() string { return l.path + ".1" }

// Write adds one line: the time to the second, the event's fixed name (such
// as "picture.done") and its fields. It does nothing while the log is off.
func (l *Log) Write(event string, fields ...Field) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.on || l.path == "" {
		return
	}
	if !plain.MatchString(event) {
		event = "other"
	}
	var b strings.Builder
	b.WriteString(l.now().UTC().Format(time.RFC3339))
	b.WriteByte(' ')
	b.WriteString(event)
	for _, f := range fields {
		fmt.Fprintf(&b, " %s=%s", f.key, f.value)
	}
	b.WriteByte('\n')
	l.append(b.String())
}

// append is best effort: a log that cannot be written stops nothing.
func (l *Log) append(line string) {
	if info, err := os.Stat(l.path); err == nil && info.Size()+int64(len(line)) > half {
		os.Rename(l.path, l.older())
	}
	if os.MkdirAll(filepath.Dir(l.path), 0o700) != nil {
		return
	}
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	f.WriteString(line)
}
