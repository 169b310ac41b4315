// Package cache keeps working copies of pictures for a short while and so
// that nobody else can read them.
//
// A Box is all that is kept of one picture: named parts (the original, the
// result, ...) that share one deadline. On disk every part is a file with a
// random name, encrypted under a random key of its own that exists only in
// this process's memory: what a crash leaves is noise. The files lie in one
// folder per running program, mode 0700, next to a lock file that says the
// program lives; at start the folders of dead ones are removed.
//
// A box goes at its deadline, whatever the clocks do (see Clock), when the
// size limit asks for it (oldest first), and when it or the store is closed.
// Where the disk fails, parts are kept in memory and State says so.
package cache

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"kirinuki/engine/fault"
)

// MaxLife is the longest a box can live.
const MaxLife = time.Hour

// Options set up a Store. The zero value is right for the program.
type Options struct {
	Clock  Clock // nil means the system's
	Disk   int64 // bytes kept on disk; 0 means 4 GiB; about half of what is free at most
	Memory int64 // bytes kept in memory where the disk fails; 0 means 512 MiB
}

// State says how the store stands.
type State struct {
	Dir      string // the folder of this program, "" where there is none
	InMemory bool   // the disk failed: working copies are kept in memory
	Err      error  // why, a *fault.Error
	Boxes    int
	Disk     int64 // bytes
	Memory   int64 // bytes
}

// Gone says why a box went.
type Gone int

// The reasons.
const (
	Expired Gone = iota // its deadline came
	Evicted             // the size limit asked for room
)

// Store holds boxes. It is safe for use by many goroutines.
type Store struct {
	clock  Clock
	limits Options
	root   string

	mu     sync.Mutex
	folder *folder // nil where there is none
	fail   error   // why the disk was of no use the last time, or nil
	boxes  map[*Box]bool
	disk   int64
	memory int64
	closed bool
	gone   func(*Box, Gone)
	wake   chan struct{}
	done   chan struct{}
}

// DefaultDir returns the folder below which every running program has its
// own: "kirinuki" in the user's cache folder.
func DefaultDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fault.New(fault.NotFound, "", err)
	}
	return filepath.Join(dir, "kirinuki"), nil
}

// Open returns a store below dir ("" means DefaultDir) and clears what dead
// programs left there. It always works: where the folder cannot be used the
// store keeps everything in memory and State says why.
func Open(dir string, o Options) *Store {
	if o.Clock == nil {
		o.Clock = System
	}
	if o.Disk <= 0 {
		o.Disk = 4 << 30
	}
	if o.Memory <= 0 {
		o.Memory = 512 << 20
	}
	s := &Store{clock: o.Clock, limits: o, boxes: map[*Box]bool{},
		wake: make(chan struct{}, 1), done: make(chan struct{})}
	if dir == "" {
		var err error
		if dir, err = DefaultDir(); err != nil {
			s.fail = err
		}
	}
	s.root = dir
	s.mu.Lock()
	s.openFolder()
	s.mu.Unlock()
	go s.watch()
	return s
}

// leastDisk is what is tried on a disk that is almost full, before the parts
// go to memory: a few pictures must fit beside each other.
const leastDisk = 256 << 20

// openFolder makes this program's folder, or notes why it cannot.
func (s *Store) openFolder() {
	if s.root == "" {
		return
	}
	f, err := newFolder(s.root)
	if err != nil {
		s.fail = fault.About(filepath.Base(s.root), err)
		return
	}
	s.folder, s.fail = f, nil
	if free := freeBytes(f.path); free > 0 {
		s.limits.Disk = min(s.limits.Disk, max(free/2, leastDisk))
	}
}

// OnGone sets the one function that is told of boxes that went by themselves
// (not by Close). It is called without locks held, after the box is gone from
// disk and memory.
func (s *Store) OnGone(f func(*Box, Gone)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = f
}

// State returns how the store stands.
func (s *Store) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := State{InMemory: s.fail != nil, Err: s.fail, Boxes: len(s.boxes), Disk: s.disk, Memory: s.memory}
	if s.folder != nil {
		st.Dir = s.folder.path
	}
	return st
}

// New returns an empty box that lives for the given time from now, MaxLife
// at most.
func (s *Store) New(life time.Duration) *Box {
	b := &Box{store: s, born: now(s.clock), life: min(life, MaxLife), parts: map[string]*part{}}
	s.mu.Lock()
	if s.closed {
		b.closed = true
	} else {
		s.boxes[b] = true
	}
	s.mu.Unlock()
	s.nudge()
	return b
}

// Clear closes every box.
func (s *Store) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for b := range s.boxes {
		s.drop(b)
	}
}

// Close clears everything and removes this program's folder. The store keeps
// nothing afterwards. It may be called more than once and from a signal's
// goroutine.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.done)
	for b := range s.boxes {
		s.drop(b)
	}
	if s.folder == nil {
		return nil
	}
	err := s.folder.remove()
	s.folder = nil
	return fault.About("", err)
}

// drop takes box b off disk and memory. The caller holds the lock.
func (s *Store) drop(b *Box) {
	for name := range b.parts {
		s.dropPart(b, name)
	}
	b.closed = true
	delete(s.boxes, b)
}

func (s *Store) dropPart(b *Box, name string) {
	p := b.parts[name]
	if p == nil {
		return
	}
	delete(b.parts, name)
	clear(p.key[:])
	p.gone = true
	if p.path != "" {
		s.disk -= p.size
		os.Remove(p.path)
		return
	}
	s.memory -= p.size
	p.data = nil // readers that are open keep their slice until they finish
}

// expire drops every box whose time is up and returns what is left of the
// box that goes next.
func (s *Store) expire() (next time.Duration, any bool) {
	s.mu.Lock()
	t := now(s.clock)
	var gone []*Box
	for b := range s.boxes {
		left := b.left(t)
		if left <= 0 {
			s.drop(b)
			gone = append(gone, b)
			continue
		}
		if !any || left < next {
			next, any = left, true
		}
	}
	f := s.gone
	s.mu.Unlock()
	slices.SortFunc(gone, byAge)
	for _, b := range gone {
		if f != nil {
			f(b, Expired)
		}
	}
	return next, any
}

func byAge(a, b *Box) int { return cmp.Compare(a.born.boot, b.born.boot) }

// evict drops the oldest boxes other than keep until the limits hold again.
func (s *Store) evict(keep *Box) {
	s.mu.Lock()
	var gone []*Box
	for s.disk > s.limits.Disk || s.memory > s.limits.Memory {
		var oldest *Box
		for b := range s.boxes {
			heavy := s.disk > s.limits.Disk && b.onDisk() || s.memory > s.limits.Memory && b.inMemory()
			if b != keep && heavy && (oldest == nil || byAge(b, oldest) < 0) {
				oldest = b
			}
		}
		if oldest == nil {
			break
		}
		s.drop(oldest)
		gone = append(gone, oldest)
	}
	f := s.gone
	s.mu.Unlock()
	for _, b := range gone {
		if f != nil {
			f(b, Evicted)
		}
	}
}

// nudge has watch look again.
func (s *Store) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// look is the longest that watch sleeps while there are boxes: timers stand
// still while the computer sleeps, so that after waking up nothing outlives
// its deadline by more than this.
const look = time.Second

// watch clears boxes at their deadlines until the store is closed.
func (s *Store) watch() {
	for {
		next, any := s.expire()
		var tick <-chan time.Time
		if any {
			tick = s.clock.After(min(next, look))
		}
		select {
		case <-s.done:
			return
		case <-s.wake:
		case <-tick:
		}
	}
}

var errGone = errors.New("the working copy was cleared")
