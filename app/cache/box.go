package cache

import (
	"bytes"
	"io"
	"os"
	"time"

	"kirinuki/engine/fault"
)

// Box is all that the cache keeps of one picture. Its methods are safe for
// use by many goroutines.
type Box struct {
	store *Store
	born  moment

	// Guarded by store.mu.
	life   time.Duration
	parts  map[string]*part
	closed bool
}

// part is one piece of data: a file, or bytes where the disk failed.
type part struct {
	key  [keySize]byte
	path string
	data []byte
	size int64
	gone bool
}

func (b *Box) left(t moment) time.Duration { return b.life - t.since(b.born) }

func (b *Box) onDisk() bool   { return b.has(func(p *part) bool { return p.path != "" }) }
func (b *Box) inMemory() bool { return b.has(func(p *part) bool { return p.path == "" }) }

func (b *Box) has(what func(*part) bool) bool {
	for _, p := range b.parts {
		if what(p) {
			return true
		}
	}
	return false
}

// Left returns how long the box still lives, 0 where it is gone.
func (b *Box) Left() time.Duration {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if b.closed {
		return 0
	}
	return max(0, b.left(now(b.store.clock)))
}

// Deadline returns when the box goes as a time of day.
func (b *Box) Deadline() time.Time {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	t := now(b.store.clock)
	// The same answer every time while the clocks agree; they read a little
	// apart.
	plan, real := b.born.wall.Add(b.life), t.wall.Add(b.left(t))
	if d := real.Sub(plan); d.Abs() < 2*time.Second {
		return plan
	}
	return real
}

// SetLife changes how long the box lives since it was made, MaxLife at most.
func (b *Box) SetLife(life time.Duration) {
	b.store.mu.Lock()
	b.life = min(life, MaxLife)
	b.store.mu.Unlock()
	b.store.nudge()
}

// Put keeps what write writes under name, in place of what was there. write
// may be called a second time from the start where the disk fails. The error
// is write's own, or of kind fault.Expired where the box is gone.
func (b *Box) Put(name string, write func(io.Writer) error) error {
	p, err := b.store.put(write)
	if err != nil {
		return err
	}
	return b.store.keep(b, name, p)
}

// PutBytes is Put for bytes at hand.
func (b *Box) PutBytes(name string, data []byte) error {
	return b.Put(name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// put writes a part to disk or, where that fails, to memory.
func (s *Store) put(write func(io.Writer) error) (*part, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, fault.New(fault.Expired, "", errGone)
	}
	if s.folder == nil || !s.folder.alive() {
		s.reopen()
	}
	f := s.folder
	s.mu.Unlock()
	if f != nil {
		p, err := f.write(write)
		if err != nil && !isDisk(err) {
			return nil, err
		}
		s.mu.Lock()
		s.fail = fault.About("", err)
		s.mu.Unlock()
		if err == nil {
			return p, nil
		}
	}
	var memory bytes.Buffer
	if err := write(&memory); err != nil {
		return nil, err
	}
	return &part{data: memory.Bytes(), size: int64(memory.Len())}, nil
}

// reopen makes a new folder where the old one is gone or could not be made.
// The caller holds the lock.
func (s *Store) reopen() {
	if s.folder != nil {
		s.folder.remove()
		s.folder = nil
	}
	s.openFolder()
}

// keep files p under name in box b, unless the box is gone meanwhile.
func (s *Store) keep(b *Box, name string, p *part) error {
	s.mu.Lock()
	if b.closed || b.left(now(s.clock)) <= 0 {
		s.mu.Unlock()
		if p.path != "" {
			os.Remove(p.path)
		}
		return fault.New(fault.Expired, "", errGone)
	}
	s.dropPart(b, name)
	b.parts[name] = p
	if p.path != "" {
		s.disk += p.size
	} else {
		s.memory += p.size
	}
	s.mu.Unlock()
	s.evict(b)
	return nil
}

// Get opens the part kept under name. The error is of kind fault.Expired
// where it is gone. Reading fails with fault.Damaged where someone changed or
// cut the file.
func (b *Box) Get(name string) (io.ReadCloser, error) {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	p := b.parts[name]
	if p == nil || b.closed || b.left(now(b.store.clock)) <= 0 {
		return nil, fault.New(fault.Expired, "", errGone)
	}
	if p.path == "" {
		return io.NopCloser(bytes.NewReader(p.data)), nil
	}
	f, err := os.Open(p.path)
	if err != nil {
		return nil, fault.New(fault.Expired, "", err)
	}
	return newReader(f, p.key), nil
}

// Bytes returns the part kept under name whole, with the errors of Get.
func (b *Box) Bytes(name string) ([]byte, error) {
	r, err := b.Get(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b.store.mu.Lock()
	var size int64
	if p := b.parts[name]; p != nil {
		size = p.size
	}
	b.store.mu.Unlock()
	data := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := data.ReadFrom(r); err != nil {
		return nil, err
	}
	return data.Bytes(), nil
}

// Has tells whether a part is kept under name.
func (b *Box) Has(name string) bool {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	return b.parts[name] != nil
}

// Delete drops the part kept under name.
func (b *Box) Delete(name string) {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.dropPart(b, name)
}

// Empty drops all parts; the box stays and keeps its time.
func (b *Box) Empty() {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	for name := range b.parts {
		b.store.dropPart(b, name)
	}
}

// Close drops the box and all its parts.
func (b *Box) Close() {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.drop(b)
}
