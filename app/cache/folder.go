package cache

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// folder is the folder of one running program. As long as its lock file is
// locked the program lives; the system unlocks it when the program ends in
// whatever way.
type folder struct {
	path string
	lock *os.File
}

const lockName = "lock"

// instance is what folders of running programs are called; nothing else is
// ever removed.
var instance = regexp.MustCompile(`^run-[0-9a-f]{16}$`)

func randomName() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// newFolder makes a folder below root and removes those of dead programs.
// Both happen under root's own lock, so that a folder that another program
// is just making is not taken for dead.
func newFolder(root string) (*folder, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, err
	}
	gate, err := os.OpenFile(filepath.Join(root, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer gate.Close()
	if err := lockFile(gate, true); err != nil {
		return nil, err
	}
	sweep(root)
	path := filepath.Join(root, "run-"+randomName())
	if err := os.Mkdir(path, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		os.RemoveAll(path)
		return nil, err
	}
	if err := lockFile(lock, false); err != nil {
		lock.Close()
		os.RemoveAll(path)
		return nil, err
	}
	return &folder{path, lock}, nil
}

// sweep removes the folders below root whose program is dead.
func sweep(root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !instance.MatchString(e.Name()) {
			continue
		}
		path := filepath.Join(root, e.Name())
		lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR, 0)
		switch {
		case errors.Is(err, os.ErrNotExist):
			os.RemoveAll(path)
		case err != nil: // not ours to open
		case lockFile(lock, false) == nil:
			// Closed first: Windows removes no open file. Nobody else takes
			// it meanwhile, since all who would hold root's lock.
			lock.Close()
			os.RemoveAll(path)
		default:
			lock.Close()
		}
	}
}

// alive tells whether the folder is still there with its lock.
func (f *folder) alive() bool {
	there, err := os.Stat(filepath.Join(f.path, lockName))
	if err != nil {
		return false
	}
	ours, err := f.lock.Stat()
	return err == nil && os.SameFile(there, ours)
}

// diskError is an error of the disk, as opposed to one of what is written.
type diskError struct{ error }

func (e diskError) Unwrap() error { return e.error }

func isDisk(err error) bool {
	var d diskError
	return errors.As(err, &d)
}

// diskWriter marks the errors of the file below.
type diskWriter struct{ f *os.File }

func (w diskWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		err = diskError{err}
	}
	return n, err
}

// write makes a new part in the folder out of what source writes.
func (f *folder) write(source func(io.Writer) error) (*part, error) {
	p := &part{key: newKey(), path: filepath.Join(f.path, randomName())}
	file, err := os.OpenFile(p.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, diskError{err}
	}
	w := newWriter(diskWriter{file}, p.key)
	err = source(w)
	if err == nil {
		err = w.Close()
	}
	if e := file.Close(); err == nil && e != nil {
		err = diskError{e}
	}
	if err != nil {
		os.Remove(p.path)
		return nil, err
	}
	p.size = w.size
	return p, nil
}

// remove takes the folder off the disk and unlocks it.
func (f *folder) remove() error {
	err := removeParts(f.path)
	f.lock.Close()
	if e := os.RemoveAll(f.path); err == nil {
		err = e
	}
	return err
}

// removeParts removes everything but the lock, which must go last.
func removeParts(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		return err
	}
	for _, e := range entries {
		if e.Name() == lockName {
			continue
		}
		if e := os.RemoveAll(filepath.Join(path, e.Name())); err == nil {
			err = e
		}
	}
	return err
}
