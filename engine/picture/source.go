package picture

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"kirinuki/engine/fault"
)

// source is a whole file that can be read at any place. It remembers the
// first error of the file itself, so that a broken disk is not mistaken for a
// broken picture.
type source struct {
	r    io.ReaderAt
	size int64
	name string // for errors
	err  error  // the first error that reading met, other than the end
}

// ReadAt reads from the file.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	if err != nil && err != io.EOF && s.err == nil {
		s.err = err
	}
	return n, err
}

// section returns n bytes of the file from off on as a reader; less where the
// file ends before.
func (s *source) section(off, n int64) *io.SectionReader {
	n = min(n, s.size-off)
	return io.NewSectionReader(s, off, max(n, 0))
}

// reader returns a buffered reader over the whole file.
func (s *source) reader() *bufio.Reader {
	return bufio.NewReaderSize(s.section(0, s.size), 1<<16)
}

// bytes returns n bytes from off on, or nil where the file does not have them
// or n is over most, so that a length in a hostile file allocates nothing.
func (s *source) bytes(off, n, most int64) []byte {
	if off < 0 || n < 0 || n > most || off > s.size || n > s.size-off {
		return nil
	}
	p := make([]byte, n)
	if k, _ := s.ReadAt(p, off); int64(k) < n {
		return nil
	}
	return p
}

// maxBytes is the size of the largest file that is read: what the pixels of
// the limits take without any compression, and room for metadata.
func maxBytes(l Limits) int64 { return 8*l.Pixels + 64<<20 }

// newSource makes a source of r. A reader that has its bytes in memory is used
// in place; anything else is read up to the limit.
func newSource(r io.Reader, name string, l Limits) (*source, error) {
	type inMemory interface {
		io.ReaderAt
		io.Seeker
		Size() int64
	}
	if m, ok := r.(inMemory); ok {
		if at, err := m.Seek(0, io.SeekCurrent); err == nil && at <= m.Size() {
			n := m.Size() - at
			return &source{r: io.NewSectionReader(m, at, n), size: n, name: name}, nil
		}
	}
	// The first bytes decide whether the rest is worth reading: an endless
	// stream of something else ends here.
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fileFault(name, err)
	}
	if _, err := sniff(head, name); err != nil {
		return nil, err
	}
	buf := bytes.NewBuffer(head)
	most := maxBytes(l)
	if _, err := buf.ReadFrom(io.LimitReader(r, most+1-int64(n))); err != nil {
		if errors.Is(err, bytes.ErrTooLarge) {
			return nil, fault.New(fault.TooLarge, name, err)
		}
		return nil, fileFault(name, err)
	}
	if int64(buf.Len()) > most {
		return nil, fault.Newf(fault.TooLarge, name, "more than %d bytes", most)
	}
	return &source{r: bytes.NewReader(buf.Bytes()), size: int64(buf.Len()), name: name}, nil
}

// sniff is Sniff with an error that says what the file is.
func sniff(head []byte, name string) (Format, error) {
	if len(head) == 0 {
		return "", fault.New(fault.Empty, name, nil)
	}
	f, ok := Sniff(head)
	if !ok {
		return "", fault.Newf(fault.Unsupported, name, "it is %s", unread(head))
	}
	return f, nil
}
