package picture

import (
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/image/tiff"

	"kirinuki/engine/fault"
)

// The causes that this package finds itself.
type (
	errDamaged     string
	errUnsupported string
	errTooLarge    image.Point
)

func (e errDamaged) Error() string     { return string(e) }
func (e errUnsupported) Error() string { return string(e) }
func (e errTooLarge) Error() string    { return fmt.Sprintf("%d x %d pixels", e.X, e.Y) }

// decodeFault gives a decoder's error its kind.
func decodeFault(name string, err error) error {
	var (
		large errTooLarge
		own   errUnsupported
		j     jpeg.UnsupportedError
		p     png.UnsupportedError
		t     tiff.UnsupportedError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, name, err)
	case errors.As(err, &own), errors.As(err, &j), errors.As(err, &p), errors.As(err, &t):
		return fault.New(fault.Unsupported, name, err)
	}
	return fault.New(fault.Damaged, name, err)
}

// fileFault gives an error of the file system its kind, and drops the path
// that it carries: errors may end up in a log.
func fileFault(name string, err error) error {
	var (
		own  *fault.Error
		path *fs.PathError
		link *os.LinkError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		if own.Name == "" {
			return fault.New(own.Kind, name, own.Err)
		}
		return err
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	is := func(numbers ...syscall.Errno) bool {
		for _, n := range numbers {
			if errors.Is(err, n) {
				return true
			}
		}
		return false
	}
	switch {
	case isDiskFull(err):
		return fault.New(fault.DiskFull, name, err)
	case is(syscall.ENOTDIR, syscall.ELOOP):
		return fault.New(fault.NotFound, name, err)
	case is(syscall.EROFS, syscall.EIO, syscall.ENAMETOOLONG):
		return fault.New(fault.NotPermitted, name, err)
	}
	return fault.About(name, err)
}
