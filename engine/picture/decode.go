package picture

import (
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"kirinuki/engine/fault"
)

// Info is what a picture's header says.
type Info struct {
	Format Format
	Size   image.Point // upright, as Decode will return it
}

// header is what a file says beside its pixels.
type header struct {
	size   image.Point // as stored
	least  int64       // bytes that a file of this size takes at the very least
	orient orientation
	icc    []byte
	meta   Metadata
	// pixels decodes the picture as it is stored. Nothing of it is allocated
	// before it is called.
	pixels func() (image.Image, error)
}

// headers reads the header of each format.
var headers = map[Format]func(*source) (header, error){
	JPEG: jpegHeader,
	PNG:  pngHeader,
	GIF:  gifHeader,
	BMP:  bmpHeader,
	TIFF: tiffHeader,
	WebP: webpHeader,
}

// Decode reads one picture. The format is told by the content alone; name is
// only for errors and should be a base name. All eight Exif orientations come
// out upright, 16 bits stay 16 bits, and alpha stays straight. Only the first
// frame or page of a file is read. CMYK is converted to RGB without a profile.
//
// The limits are checked against the header before pixels are allocated; a
// limit of 0 stands for the one in DefaultLimits. A reader that keeps its
// bytes in memory (bytes.Reader, io.SectionReader) is read in place.
//
// Errors are *fault.Error of kind Empty, Unsupported, Damaged, TooLarge, or
// whatever reading itself failed with.
func Decode(r io.Reader, name string, l Limits) (*Picture, error) {
	raw, err := Read(r, name, l)
	if err != nil {
		return nil, err
	}
	return raw.Picture()
}

// DecodeFile is Decode for a file on disk, which is read in place. Beside
// Decode's errors there are NotFound, NotPermitted, and NotAFile for folders,
// devices and pipes.
func DecodeFile(path string, l Limits) (*Picture, error) {
	l = l.orDefault()
	f, src, err := open(path, l)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := src.read(l)
	if err != nil {
		return nil, err
	}
	return raw.Picture()
}

// Probe reads the header of a picture: its format and its upright size. It
// has the errors of Decode, except that damage to the pixels is not found.
func Probe(r io.Reader, name string, l Limits) (Info, error) {
	l = l.orDefault()
	src, err := newSource(r, name, l)
	if err != nil {
		return Info{}, err
	}
	f, h, err := src.header(l)
	if err != nil {
		return Info{}, err
	}
	return Info{f, h.orient.size(h.size)}, nil
}

// ProbeFile is Probe for a file on disk, with the errors of DecodeFile.
func ProbeFile(path string, l Limits) (Info, error) {
	l = l.orDefault()
	file, src, err := open(path, l)
	if err != nil {
		return Info{}, err
	}
	defer file.Close()
	f, h, err := src.header(l)
	if err != nil {
		return Info{}, err
	}
	return Info{f, h.orient.size(h.size)}, nil
}

// open opens a regular file for reading, without ever waiting for one that is
// not: opening a pipe would block until somebody writes to it.
func open(path string, l Limits) (*os.File, *source, error) {
	name := filepath.Base(path)
	check := func(fi os.FileInfo) error {
		switch {
		case !fi.Mode().IsRegular():
			return fault.New(fault.NotAFile, name, nil)
		case fi.Size() > maxBytes(l):
			return fault.Newf(fault.TooLarge, name, "%d bytes", fi.Size())
		}
		return nil
	}
	fi, err := os.Stat(path)
	if err != nil {
		return nil, nil, fileFault(name, err)
	}
	if err := check(fi); err != nil {
		return nil, nil, err
	}
	// It may have become a pipe since; then O_NONBLOCK keeps us from waiting.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fileFault(name, err)
	}
	fi, err = f.Stat()
	if err == nil {
		err = check(fi)
	}
	if err != nil {
		f.Close()
		return nil, nil, fileFault(name, err)
	}
	return f, &source{r: f, size: fi.Size(), name: name}, nil
}

// orDefault fills in the limits that are not set.
func (l Limits) orDefault() Limits {
	if l.Pixels <= 0 {
		l.Pixels = DefaultLimits.Pixels
	}
	if l.Side <= 0 {
		l.Side = DefaultLimits.Side
	}
	return l
}

func area(size image.Point) int64 { return int64(size.X) * int64(size.Y) }

// check holds a size against the limits.
func (l Limits) check(size image.Point) error {
	switch {
	case size.X <= 0 || size.Y <= 0:
		return errDamaged("a side of no pixels")
	case size.X > l.Side || size.Y > l.Side || area(size) > l.Pixels:
		return errTooLarge(size)
	}
	return nil
}

// header reads the header of whatever format it is and checks the limits.
func (s *source) header(l Limits) (f Format, h header, err error) {
	defer s.recover(&err)
	head := make([]byte, sniffLen)
	n, _ := s.ReadAt(head, 0)
	if s.err != nil {
		return "", header{}, fileFault(s.name, s.err)
	}
	if f, err = sniff(head[:n], s.name); err != nil {
		return "", header{}, err
	}
	h, err = headers[f](s)
	if err == nil {
		err = l.check(h.size)
	}
	if err == nil && h.least > s.size {
		err = errDamaged("it ends early")
	}
	return f, h, s.fault(err)
}

// recover turns a decoder's panic into an error: input that a decoder did not
// foresee is damage, not a reason to end the program.
func (s *source) recover(err *error) {
	if r := recover(); r != nil {
		*err = s.fault(errDamaged(fmt.Sprint(r)))
	}
}

// fault gives an error of reading or decoding its kind.
func (s *source) fault(err error) error {
	if err != nil && s.err != nil { // the disk's fault, not the picture's
		return fileFault(s.name, s.err)
	}
	return decodeFault(s.name, err)
}
