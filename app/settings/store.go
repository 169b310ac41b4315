package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync"

	"kirinuki/engine/fault"
)

// Store is the settings in memory and their file. It is safe for use by many
// goroutines.
type Store struct {
	path string

	mu        sync.Mutex
	now       Settings
	extra     map[string]json.RawMessage // fields of a newer program, kept as they are
	listeners map[int]func(Settings)
	next      int
}

// maxFile bounds what is read: a settings file of more than this is broken.
const maxFile = 4 << 20

// Open reads the settings file at path; it need not exist. A broken file is
// kept aside with ".bad" behind its name and the defaults are used; broken
// single fields fall back one by one. path "" keeps settings in memory only.
func Open(path string) *Store {
	s := &Store{path: path, now: Default(), listeners: map[int]func(Settings){}}
	if path == "" {
		return s
	}
	data, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
	default:
		var ok bool
		if s.now, s.extra, ok = parse(data); !ok {
			os.Rename(path, path+".bad")
		}
	}
	return s
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.NotAFile, filepath.Base(path), nil)
	}
	if info.Size() > maxFile {
		return []byte("too large"), nil
	}
	return os.ReadFile(path)
}

// parse reads fields one by one, so that one that is broken does not take
// the others with it. ok is false where data is no JSON object at all.
func parse(data []byte) (s Settings, extra map[string]json.RawMessage, ok bool) {
	s = Default()
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil || fields == nil {
		return s, nil, false
	}
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		raw, found := fields[name]
		if !found {
			continue
		}
		delete(fields, name)
		fresh := reflect.New(v.Field(i).Type())
		if json.Unmarshal(raw, fresh.Interface()) == nil {
			v.Field(i).Set(fresh.Elem())
		}
	}
	return s.Valid(), fields, true
}

// Get returns the settings as they are now.
func (s *Store) Get() Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.Clone()
}

// Update changes the settings by f and writes the file. What f leaves without
// sense becomes the default. The change holds for this run even where the
// file cannot be written; the error then says why. f must not call the store.
func (s *Store) Update(f func(*Settings)) error {
	s.mu.Lock()
	next := s.now.Clone()
	f(&next)
	next = next.Valid()
	if reflect.DeepEqual(next, s.now) {
		s.mu.Unlock()
		return nil
	}
	s.now = next
	err := s.write()
	calls := make([]func(Settings), 0, len(s.listeners))
	for _, l := range s.listeners {
		calls = append(calls, l)
	}
	s.mu.Unlock()
	for _, call := range calls {
		call(next.Clone())
	}
	return err
}

// OnChange calls f with the new settings after each Update that changed
// something, on the goroutine that called Update.
func (s *Store) OnChange(f func(Settings)) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.next
	s.next++
	s.listeners[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners, id)
	}
}

// Path returns where the settings are kept, "" for memory only.
func (s *Store) Path() string { return s.path }

// write replaces the file whole, so that a reader, or a program that ends in
// the middle, sees the old one or the new one. It does not wait for the disk:
// a slider that is dragged changes a setting many times a second, and after a
// power cut the choices of the last moments may be lost. The caller holds the
// lock.
func (s *Store) write() error {
	if s.path == "" {
		return nil
	}
	known, err := json.Marshal(s.now)
	if err != nil {
		return fault.New(fault.Internal, filepath.Base(s.path), err)
	}
	all := map[string]json.RawMessage{}
	for k, v := range s.extra {
		all[k] = v
	}
	if err := json.Unmarshal(known, &all); err != nil {
		return fault.New(fault.Internal, filepath.Base(s.path), err)
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fault.New(fault.Internal, filepath.Base(s.path), err)
	}
	return fault.About(filepath.Base(s.path), replaceFile(s.path, append(data, '\n')))
}

func replaceFile(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".settings-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
