package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// has tells whether the file at path has the checksum (hex).
func has(path, sum string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return sumOf(f) == sum
}

func sumOf(r io.Reader) string {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// place writes a file in one step: into a temporary file beside it, checked
// against sum (unless ""), flushed, renamed. Whoever reads path sees the old
// file or the whole new one.
func place(path, sum string, mode os.FileMode, write func(*os.File) error) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	sweep(dir)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if sum != "" {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if got := sumOf(f); got != sum {
			return fmt.Errorf("%s came out with the checksum %s instead of %s", filepath.Base(path), got, sum)
		}
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// sweep removes what a run that was killed left in dir. A younger file may
// belong to a run that is still at it.
func sweep(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, ".*-*.part"))
	for _, p := range left {
		if info, err := os.Stat(p); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.Remove(p)
		}
	}
}
