package main

import (
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

//go:embed onnxruntime.LICENSE.txt
var runtimeLicence string

// fetchRuntime puts a platform's libraries out of p into dir, with ONNX
// Runtime's licence, which the pack does not carry.
func fetchRuntime(s store, p pack, files []wanted, dir string) error {
	missing := map[string]wanted{}
	for _, w := range files {
		if !has(filepath.Join(dir, w.to), w.sha256) {
			missing[w.from] = w
		}
	}
	if len(missing) > 0 {
		if err := unpack(s, p, dir, missing); err != nil {
			return err
		}
		s.say("ONNX Runtime %s is in %s", p.version, dir)
	}
	licence := filepath.Join(dir, "onnxruntime.LICENSE.txt")
	if b, err := os.ReadFile(licence); err == nil && string(b) == runtimeLicence {
		return nil
	}
	return place(licence, "", 0o644, func(f *os.File) error {
		_, err := f.WriteString(runtimeLicence)
		return err
	})
}

// unpack writes the files of p's tarball that missing (by path in it) names.
func unpack(s store, p pack, dir string, missing map[string]wanted) error {
	f, err := s.open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	err = walk(f, func(name string, _ int64, r io.Reader) error {
		w, ok := missing[name]
		if !ok {
			return nil
		}
		if err := place(filepath.Join(dir, w.to), w.sha256, 0o755, func(f *os.File) error {
			_, err := io.Copy(f, r)
			return err
		}); err != nil {
			return err
		}
		if delete(missing, name); len(missing) == 0 {
			return errStop
		}
		return nil
	})
	for name := range missing {
		if err == nil {
			err = fmt.Errorf("%s %s has no %s", p.name, p.version, name)
		}
	}
	return err
}
