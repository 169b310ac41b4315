// Package stats counts what the program did: a few numbers, no pictures, no
// names, no times of day. They stay in one local file, can be looked at in
// full, reset and turned off, and are never sent.
package stats

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"kirinuki/engine/fault"
)

// Counters are all that is ever kept.
type Counters struct {
	Pictures   int64            `json:"pictures"`
	Megapixels float64          `json:"megapixels"`
	Seconds    float64          `json:"seconds"`
	Failures   map[string]int64 `json:"failures,omitempty"` // by fault kind
	Devices    map[string]int64 `json:"devices,omitempty"`  // pictures by device
	Networks   map[string]int64 `json:"networks,omitempty"` // pictures by network; the colour key is "key"
}

func (c Counters) clone() Counters {
	c.Failures, c.Devices, c.Networks = maps.Clone(c.Failures), maps.Clone(c.Devices), maps.Clone(c.Networks)
	return c
}

// Store is the counters in memory and their file. It is safe for use by many
// goroutines; a nil Store counts nothing.
type Store struct {
	path string

	mu    sync.Mutex
	on    bool
	now   Counters
	timer *time.Timer // a write that is due
}

// writeDelay gathers the counts of a batch into few writes.
const writeDelay = 2 * time.Second

// maxFile bounds what is read and maxNames the entries of each map, so that
// a file that someone else wrote cannot grow the program.
const (
	maxFile  = 1 << 20
	maxNames = 100
)

// Open reads the counters at path; a missing or broken file counts from
// zero. path "" keeps them in memory only. With on false nothing is counted.
func Open(path string, on bool) *Store {
	s := &Store{path: path, on: on}
	if path == "" {
		return s
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return s
	}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &s.now) != nil || !s.now.sane() {
		s.now = Counters{}
	}
	return s
}

func (c Counters) sane() bool {
	for _, m := range []map[string]int64{c.Failures, c.Devices, c.Networks} {
		if len(m) > maxNames {
			return false
		}
		for _, n := range m {
			if n < 0 {
				return false
			}
		}
	}
	return c.Pictures >= 0 && c.Megapixels >= 0 && c.Seconds >= 0
}

// Done counts one finished picture.
func (s *Store) Done(pixels int64, took time.Duration, network, device string) {
	if network == "" {
		network = "key"
	}
	s.change(func(c *Counters) {
		c.Pictures++
		c.Megapixels += float64(pixels) / 1e6
		c.Seconds += math.Max(0, took.Seconds())
		count(&c.Networks, network)
		if device != "" {
			count(&c.Devices, device)
		}
	})
}

// Failed counts one failure. What a person cancelled is none.
func (s *Store) Failed(kind fault.Kind) {
	if kind == fault.Cancelled {
		return
	}
	s.change(func(c *Counters) { count(&c.Failures, kind.String()) })
}

func count(m *map[string]int64, name string) {
	if *m == nil {
		*m = map[string]int64{}
	}
	if _, known := (*m)[name]; !known && len(*m) >= maxNames-1 {
		name = "other"
	}
	(*m)[name]++
}

func (s *Store) change(f func(*Counters)) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		return
	}
	f(&s.now)
	if s.timer == nil && s.path != "" {
		s.timer = time.AfterFunc(writeDelay, func() { s.Flush() })
	}
}

// Get returns the counters.
func (s *Store) Get() Counters {
	if s == nil {
		return Counters{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.clone()
}

// Reset sets every counter to zero and removes the file.
func (s *Store) Reset() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = Counters{}
	s.stopTimer()
	if s.path == "" {
		return nil
	}
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.About(filepath.Base(s.path), err)
	}
	return nil
}

// SetOn turns counting on or off. What was counted stays until Reset.
func (s *Store) SetOn(on bool) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = on
}

// On tells whether anything is counted.
func (s *Store) On() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on
}

func (s *Store) stopTimer() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// Flush writes what is not yet written.
func (s *Store) Flush() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer == nil {
		return nil
	}
	s.stopTimer()
	data, err := json.MarshalIndent(s.now, "", "  ")
	if err != nil {
		return fault.New(fault.Internal, filepath.Base(s.path), err)
	}
	return fault.About(filepath.Base(s.path), writeWhole(s.path, append(data, '\n')))
}

// Close writes what is not yet written.
func (s *Store) Close() error { return s.Flush() }

// writeWhole replaces the file, so that a reader sees the old or the new one.
func writeWhole(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".stats-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
