package diag

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kirinuki/engine/fault"
)

// rotate drops lines that are too old, or that carry a time that has not yet
// come (a clock set wrong must not keep a line for longer).
func (l *Log) rotate() {
	if l.path == "" {
		return
	}
	now := l.now()
	for _, path := range []string{l.older(), l.path} {
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if info.Size() > MaxBytes {
			os.Remove(path) // not of our making
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		kept := recent(string(data), now)
		switch {
		case kept == "":
			os.Remove(path)
		case len(kept) != len(data):
			rewrite(path, kept)
		}
	}
}

func recent(text string, now time.Time) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		stamp, _, _ := strings.Cut(line, " ")
		at, err := time.Parse(time.RFC3339, stamp)
		if err == nil && now.Sub(at) < MaxAge && at.Sub(now) < 24*time.Hour {
			b.WriteString(line)
		}
	}
	return b.String()
}

func rewrite(path, text string) {
	temp := path + ".new"
	if os.WriteFile(temp, []byte(text), 0o600) != nil || os.Rename(temp, path) != nil {
		os.Remove(temp)
		os.Remove(path) // keeping too long is worse than keeping nothing
	}
}

// Read returns the whole log, oldest line first, "" where there is none.
func (l *Log) Read() (string, error) {
	if l == nil || l.path == "" {
		return "", nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rotate()
	var b strings.Builder
	for _, path := range []string{l.older(), l.path} {
		data, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fault.About(filepath.Base(path), err)
		}
		b.Write(data)
	}
	return b.String(), nil
}

// Delete removes the log from the disk.
func (l *Log) Delete() error {
	if l == nil || l.path == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, path := range []string{l.older(), l.path} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.About(filepath.Base(path), err)
		}
	}
	return nil
}

// SetOn turns the log on or off. What was written stays until Delete or its
// age takes it.
func (l *Log) SetOn(on bool) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.on = on
}

// On tells whether lines are written.
func (l *Log) On() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.on
}
