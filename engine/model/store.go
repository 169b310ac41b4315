package model

import (
	"cmp"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kirinuki/engine/fault"
	"kirinuki/engine/model/onnx"
)

const ext = ".onnx"

// DataDir returns the folder for this user's kirinuki data: what the platform
// offers, or below XDG_DATA_HOME on Linux.
func DataDir() string {
	home, _ := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Kirinuki")
		}
		return filepath.Join(home, "AppData", "Local", "Kirinuki")
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Kirinuki")
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "kirinuki")
	}
	return filepath.Join(home, ".local", "share", "kirinuki")
}

// DirEnv names the environment variable that moves Dir.
const DirEnv = "KIRINUKI_MODELS"

// Dir returns the folder where networks lie, one file name.onnx each: what
// KIRINUKI_MODELS says, else models in DataDir. It may not exist yet.
func Dir() string {
	if dir := os.Getenv(DirEnv); dir != "" {
		return dir
	}
	return filepath.Join(DataDir(), "models")
}

// Installed returns the networks that can be run, the best first: the files
// in Dir and the one inside the program. A file that is neither in the
// catalogue nor described by a name.json beside it is left out.
func Installed() []Spec {
	var all []Spec
	entries, _ := os.ReadDir(Dir())
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ext)
		if !ok {
			continue
		}
		path := filepath.Join(Dir(), e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		s, ok := known(name)
		if own, err := readJSON(strings.TrimSuffix(path, ext) + ".json"); err == nil && own.Name == name {
			own.Rank = s.Rank
			s, ok = own, true
		}
		if !ok || s.Data != nil {
			continue
		}
		s.Path, s.Size = path, info.Size()
		all = append(all, s)
	}
	if s, ok := builtIn(); ok {
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b Spec) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// Find returns the installed network called name: a catalogue name, a name of
// the person's own, "built-in" (or "fast"), or "best" (or "") for the best
// that is installed. It fails with fault.NoModel.
func Find(name string) (Spec, error) {
	if name == "fast" {
		name = BuiltInName
	}
	all := Installed()
	if (name == "" || name == "best") && len(all) > 0 {
		return all[0], nil
	}
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	return Spec{}, fault.New(fault.NoModel, name, nil)
}

// Import adds the network in the file at path: it finds out which one it is
// (by its checksum, by a JSON file x.onnx.json or x.json beside x.onnx that
// states a Spec, or by a catalogue name and the input's shape), lets try run
// it once, and copies it into Dir. Nothing is left behind when it fails:
// fault.BadModel says why it is no network that can be used, fault.Exists
// that another one has that name already. try is given the copy; it may be
// nil.
func Import(ctx context.Context, path string, try func(context.Context, Spec) error) (Spec, error) {
	base := filepath.Base(path)
	src, err := os.Open(path)
	if err != nil {
		return Spec{}, fault.About(base, err)
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return Spec{}, fault.About(base, err)
	}
	if !info.Mode().IsRegular() {
		return Spec{}, fault.New(fault.NotAFile, base, nil)
	}
	if info.Size() == 0 {
		return Spec{}, fault.New(fault.Empty, base, nil)
	}
	header, err := onnx.Read(src, info.Size())
	if err != nil {
		return Spec{}, fault.New(fault.BadModel, base, err)
	}
	if err := os.MkdirAll(Dir(), 0o755); err != nil {
		return Spec{}, fault.About(filepath.Base(Dir()), err)
	}
	tmp, sums, err := stage(ctx, src)
	if err != nil {
		return Spec{}, fault.About(base, err)
	}
	defer os.Remove(tmp)
	s, own, err := identify(path, header, sums)
	if err != nil {
		return Spec{}, fault.About(base, err)
	}
	if err := settle(&s, header); err != nil {
		return Spec{}, fault.New(fault.BadModel, base, err)
	}
	s.SHA256, s.Path, s.Size = sums.sha256, tmp, info.Size()
	if try != nil {
		if err := try(ctx, s); err != nil {
			return Spec{}, err
		}
	}
	return s, install(&s, own)
}

// install moves a staged network to its place. own says that its description
// is the person's; otherwise the catalogue's is used, and a later version of
// the program may know better.
func install(s *Spec, own bool) error {
	to := filepath.Join(Dir(), s.Name+ext)
	if _, err := os.Lstat(to); err == nil {
		old, err := readJSON(strings.TrimSuffix(to, ext) + ".json")
		if _, catalogued := known(s.Name); !catalogued && (err != nil || old.SHA256 != s.SHA256) {
			return fault.New(fault.Exists, s.Name, nil)
		}
	}
	side := filepath.Join(Dir(), s.Name+".json")
	os.Remove(side)
	if own {
		text, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			return fault.New(fault.Internal, s.Name, err)
		}
		if err := writeAtomic(side, append(text, '\n')); err != nil {
			return fault.About(s.Name, err)
		}
	}
	if err := os.Rename(s.Path, to); err != nil {
		os.Remove(side)
		return fault.About(s.Name, err)
	}
	s.Path = to
	return nil
}

// Remove deletes a network from Dir. The one inside the program cannot go.
func Remove(name string) error {
	if !namePattern.MatchString(name) {
		return fault.New(fault.NoModel, name, nil)
	}
	path := filepath.Join(Dir(), name+ext)
	if err := os.Remove(path); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return fault.New(fault.NoModel, name, nil)
		}
		return fault.About(name, err)
	}
	os.Remove(strings.TrimSuffix(path, ext) + ".json")
	return nil
}

type sums struct{ sha256, md5 string }

// stage copies a file into Dir under a temporary name, on disk for good, and
// returns its checksums.
func stage(ctx context.Context, src io.Reader) (path string, s sums, err error) {
	f, err := os.CreateTemp(Dir(), ".adding-*")
	if err != nil {
		return "", s, err
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	h256, h5 := sha256.New(), md5.New()
	to := io.MultiWriter(f, h256, h5)
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", s, err
		}
		n, err := src.Read(buf)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return "", s, err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", s, err
		}
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync()); err != nil {
		return "", s, err
	}
	return f.Name(), sums{hex.EncodeToString(h256.Sum(nil)), hex.EncodeToString(h5.Sum(nil))}, nil
}

// identify finds out which network a file holds; own says that a JSON file
// beside it told.
func identify(path string, h *onnx.Header, sum sums) (s Spec, own bool, err error) {
	catalog := Catalog()
	for _, s := range catalog {
		if s.Data == nil && (s.SHA256 == sum.sha256 || s.SHA256 == "" && s.MD5 != "" && s.MD5 == sum.md5) {
			return s, false, nil
		}
	}
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, side := range []string{path + ".json", stem + ".json"} {
		s, err := readJSON(side)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return s, true, fault.New(fault.BadModel, filepath.Base(side), err)
		}
		if k, taken := known(s.Name); taken && (k.Data != nil || k.SHA256 != "") {
			return s, true, fault.Newf(fault.BadModel, filepath.Base(side), "the name %q belongs to another network", s.Name)
		}
		return s, true, nil
	}
	// Files of the catalogue that somebody converted or trained further keep
	// their name and their input.
	name := strings.ToLower(filepath.Base(stem))
	for _, s := range catalog {
		if s.Data != nil || s.Name != name && !strings.HasPrefix(name, s.Name+"_") {
			continue
		}
		if settled := s; settle(&settled, h) == nil {
			return s, false, nil
		}
	}
	return Spec{}, false, fault.Newf(fault.BadModel, filepath.Base(path),
		"not a network the program knows (%v -> %v); put a file %s.json beside it that states name, width, height, mean and scale",
		h.Inputs[0], h.Outputs[0], filepath.Base(path))
}

// readJSON reads a Spec from a small file. Its name is the file's own where
// it states none.
func readJSON(path string) (Spec, error) {
	f, err := os.Open(path)
	if err != nil {
		return Spec{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return Spec{}, err
	}
	return parseJSON(text, filepath.Base(path))
}

// parseJSON reads a Spec; base is the name of its file.
func parseJSON(text []byte, base string) (Spec, error) {
	var s Spec
	if err := json.Unmarshal(text, &s); err != nil {
		return s, err
	}
	if s.Name == "" {
		s.Name = strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(base, ".json"), ext))
	}
	if s.Title == "" {
		s.Title = s.Name
	}
	return s, s.Validate()
}

// settle checks a file's inputs and outputs against s and fills in the names.
func settle(s *Spec, h *onnx.Header) error {
	if len(h.Inputs) != 1 {
		return fmt.Errorf("it wants %d inputs, not one picture", len(h.Inputs))
	}
	in := h.Inputs[0]
	if s.InputName != "" && s.InputName != in.Name {
		return fmt.Errorf("its input is %q, not %q", in.Name, s.InputName)
	}
	if !numbers(in) || len(in.Shape) != 4 {
		return fmt.Errorf("its input %v is no picture", in)
	}
	want := []int64{1, 3, int64(s.H), int64(s.W)}
	if s.Fit == Shorter {
		want[2], want[3] = -1, -1
	}
	for i, d := range in.Shape {
		if d != -1 && d != want[i] {
			return fmt.Errorf("its input %v does not take pictures of %d x %d", in, s.W, s.H)
		}
	}
	i := 0
	if s.OutputName != "" {
		if i = slices.IndexFunc(h.Outputs, func(v onnx.Value) bool { return v.Name == s.OutputName }); i < 0 {
			return fmt.Errorf("it has no output %q", s.OutputName)
		}
	}
	out := h.Outputs[i]
	if !numbers(out) || out.Shape != nil && len(out.Shape) < 2 {
		return fmt.Errorf("its output %v is no mask", out)
	}
	s.InputName, s.OutputName = in.Name, out.Name
	return nil
}

func numbers(v onnx.Value) bool { return v.Type == onnx.Float32 || v.Type == onnx.Float16 }

// writeAtomic writes a small file so that it is there in whole or not at all.
func writeAtomic(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".adding-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
