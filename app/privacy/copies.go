package privacy

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// ofCache looks into the folder of working copies: who may open it and its
// files, and whether what lies in them is noise to whoever reads it.
func ofCache(c Cache) finding {
	if c == nil {
		return found(Kept, "none")
	}
	s := c.State()
	if s.Dir == "" || s.InMemory && s.Disk == 0 {
		return found(Kept, "memory")
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return found(NotInEffect, "unreadable")
	}
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(s.Dir); err != nil || info.Mode().Perm()&0o077 != 0 || !own(info) {
			return found(NotInEffect, "exposed")
		}
	}
	copies := 0
	for _, e := range entries {
		path := filepath.Join(s.Dir, e.Name())
		info, err := os.Lstat(path)
		switch {
		case os.IsNotExist(err):
			continue // cleared while we looked
		case err != nil || !info.Mode().IsRegular() ||
			runtime.GOOS != "windows" && (info.Mode().Perm()&0o077 != 0 || !own(info)):
			return found(NotInEffect, "exposed")
		}
		if info.Size() == 0 {
			continue // the lock
		}
		copies++
		if head, err := readHead(path); err == nil && readable(head) {
			return found(NotInEffect, "readable")
		}
	}
	if runtime.GOOS == "windows" {
		return found(Unenforced, "windows", copies)
	}
	return found(Kept, "sealed", copies)
}

// sample is how much of each file is looked at.
const sample = 4096

func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, sample)
	n, err := io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// openings are how the files of pictures begin, and of the raw data that Go
// programs write.
var openings = [][]byte{
	[]byte("\x89PNG"), []byte("\xff\xd8\xff"), []byte("GIF8"),
	[]byte("II*\x00"), []byte("MM\x00*"), []byte("RIFF"), []byte("\x1f\x8b\x08"), []byte("PK\x03\x04"),
}

// readable tells whether data is anything but the noise that a cipher leaves:
// a known beginning, or byte values that are not evenly
// spread. For noise, Pearson's chi-square over the 256 values has mean 255 and
// deviation 22.6 (Knuth, TAOCP 3.3.1); 400 is more than six deviations off,
// so that noise is taken for something else less than once in 10^7 files.
func readable(data []byte) bool {
	for _, o := range openings {
		if bytes.HasPrefix(data, o) {
			return true
		}
	}
	if len(data) < 1280 { // five expected of each value, where the measure begins to hold
		return false
	}
	var count [256]int
	for _, b := range data {
		count[b]++
	}
	expected := float64(len(data)) / 256
	sum := 0.0
	for _, n := range count {
		d := float64(n) - expected
		sum += d * d / expected
	}
	return sum > 400
}
