package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Bounds on a tarball, far above the real ones.
const (
	maxFile    = 256 << 20
	maxTarball = 1 << 30
	maxEntries = 10_000
)

var errHostile = errors.New("the tarball holds something that no package needs")

// walk calls visit for every file of a gzipped tarball, in order, until visit
// returns errStop. Links, devices, paths that lead out of the tarball and
// sizes beyond the bounds end it with an error: nothing is ever written to a
// path that the tarball chose, but one that tries is not to be trusted.
func walk(r io.Reader, visit func(name string, size int64, r io.Reader) error) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("the tarball is damaged: %w", err)
	}
	t := tar.NewReader(z)
	var total int64
	for range maxEntries {
		h, err := t.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("the tarball is damaged: %w", err)
		case !plainPath(strings.TrimSuffix(h.Name, "/")):
			return fmt.Errorf("%w: the path %q", errHostile, h.Name)
		case h.Typeflag == tar.TypeDir:
			continue
		case h.Typeflag != tar.TypeReg:
			return fmt.Errorf("%w: %q is not a plain file", errHostile, h.Name)
		}
		if total += h.Size; h.Size < 0 || h.Size > maxFile || total > maxTarball {
			return fmt.Errorf("%w: %q is too large", errHostile, h.Name)
		}
		if err := visit(h.Name, h.Size, t); err == errStop {
			return nil
		} else if err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: too many files", errHostile)
}

// plainPath tells whether name is a path below the tarball's top, written
// without detours.
func plainPath(name string) bool {
	return name != "." && path.Clean(name) == name && filepath.IsLocal(name) && !strings.ContainsAny(name, "\\:\x00")
}

var errStop = errors.New("stop")

// readEntry returns one small file of a tarball, or an error where it is not
// in it or is larger than limit.
func readEntry(r io.Reader, name string, limit int64) ([]byte, error) {
	var b bytes.Buffer
	found := false
	err := walk(r, func(n string, size int64, r io.Reader) error {
		if n != name {
			return nil
		}
		if size > limit {
			return fmt.Errorf("%w: %q is too large", errHostile, n)
		}
		found = true
		if _, err := io.Copy(&b, r); err != nil {
			return fmt.Errorf("the tarball is damaged: %w", err)
		}
		return errStop
	})
	if err == nil && !found {
		err = fmt.Errorf("the tarball has no %s", name)
	}
	return b.Bytes(), err
}

var plainVersion = regexp.MustCompile(`^[0-9A-Za-z.+-]{1,40}$`)

// claimedVersion returns the version in a tarball's package.json, or "". The
// tarball is not trusted: the answer is only for a message.
func claimedVersion(r io.Reader) string {
	b, err := readEntry(r, "package/package.json", 1<<20)
	if err != nil {
		return ""
	}
	var p struct{ Version string }
	if json.Unmarshal(b, &p) != nil || !plainVersion.MatchString(p.Version) {
		return ""
	}
	return p.Version
}
