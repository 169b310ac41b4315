package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// licenceNote opens the licence file beside the networks.
const licenceNote = `isnet.onnx and isnet-small.onnx are the IS-Net networks of the npm package
%s %s, put together from its chunks and otherwise
unchanged. The package is under the GNU Affero General Public License, version
3 (AGPL-3.0), whose text follows. They are data files that you added; Kirinuki
does not contain them, is under a licence of its own (MIT) and works with
other networks.

`

// modelsDir is where Kirinuki looks for networks (engine/model says the same,
// and a test holds the two together): KIRINUKI_MODELS, else a folder in the
// user's data folder.
func modelsDir() (string, error) {
	if dir := os.Getenv("KIRINUKI_MODELS"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("the user's folder is not known (%w); say -to FOLDER", err)
	}
	switch runtime.GOOS {
	case "windows":
		data := os.Getenv("LOCALAPPDATA")
		if data == "" {
			data = filepath.Join(home, "AppData", "Local")
		}
		return filepath.Join(data, "Kirinuki", "models"), nil
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Kirinuki", "models"), nil
	}
	data := os.Getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) { // the XDG specification ignores others
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "kirinuki", "models"), nil
}

// fetchModels puts networks out of p into dir, with their licence.
func fetchModels(s store, p pack, nets []network, dir string) error {
	var missing []network
	for _, n := range nets {
		if !has(filepath.Join(dir, n.to), n.sha256) {
			missing = append(missing, n)
		}
	}
	licence := filepath.Join(dir, "isnet.LICENSE.txt")
	if _, err := os.Stat(licence); err == nil && len(missing) == 0 {
		return nil
	}
	f, err := s.open(p)
	if err != nil {
		return err
	}
	defer f.Close()

	terms, err := entryAt(f, "package/LICENSE.md")
	if err != nil {
		return err
	}
	if err := place(licence, "", 0o644, func(f *os.File) error {
		_, err := fmt.Fprintf(f, licenceNote+"%s", p.name, p.version, terms)
		return err
	}); err != nil {
		return err
	}
	list, err := entryAt(f, "package/dist/resources.json")
	if err != nil {
		return err
	}
	for _, n := range missing {
		chunks, err := chunksOf(list, n)
		if err != nil {
			return err
		}
		if err := place(filepath.Join(dir, n.to), n.sha256, 0o644, func(out *os.File) error {
			return assemble(out, f, chunks)
		}); err != nil {
			return err
		}
		s.say("%s (AGPL-3.0) is in %s", n.to, dir)
	}
	return nil
}

// entryAt reads one small file of the tarball f from its start.
func entryAt(f *os.File, name string) ([]byte, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return readEntry(f, name, 1<<20)
}

// A chunk is the part of a network from offset start to end; its file in the
// pack is named after its hash.
type chunk struct{ start, end int64 }

// chunksOf reads the pack's list and returns n's chunks by path in the
// tarball. They must tile n exactly.
func chunksOf(list []byte, n network) (map[string]chunk, error) {
	var all map[string]struct {
		Size   int64
		Chunks []struct {
			Hash    string
			Offsets [2]int64
		}
	}
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, fmt.Errorf("the pack's list of networks is damaged: %w", err)
	}
	r, ok := all[n.resource]
	if !ok || r.Size != n.size {
		return nil, fmt.Errorf("the pack has no %s of %d bytes", n.resource, n.size)
	}
	chunks := map[string]chunk{}
	at := int64(0)
	for _, c := range r.Chunks {
		path := "package/dist/" + c.Hash
		if _, twice := chunks[path]; twice || c.Offsets[0] != at || c.Offsets[1] <= at {
			return nil, fmt.Errorf("the pack's chunks of %s do not fit together", n.resource)
		}
		at = c.Offsets[1]
		chunks[path] = chunk{c.Offsets[0], c.Offsets[1]}
	}
	if at != n.size {
		return nil, fmt.Errorf("the pack's chunks of %s do not fit together", n.resource)
	}
	return chunks, nil
}

// assemble writes each chunk of the tarball f at its place in out, in the
// order in which they come.
func assemble(out, f *os.File, chunks map[string]chunk) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	left := len(chunks)
	err := walk(f, func(name string, size int64, r io.Reader) error {
		c, ok := chunks[name]
		if !ok {
			return nil
		}
		if size != c.end-c.start {
			return fmt.Errorf("the chunk %s has the wrong size", filepath.Base(name))
		}
		if _, err := io.Copy(io.NewOffsetWriter(out, c.start), r); err != nil {
			return err
		}
		if left--; left == 0 {
			return errStop
		}
		return nil
	})
	if err == nil && left != 0 {
		err = fmt.Errorf("the pack lacks %d chunks", left)
	}
	return err
}
