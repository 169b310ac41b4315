package onnx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The wire format of protocol buffers: a message is a row of fields, each a
// key (number<<3 | type) and a value; a message inside a message is a length
// and its bytes. https://protobuf.dev/programming-guides/encoding/
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

var errTruncated = errors.New("truncated")

// maxDepth bounds messages inside messages; real networks need about ten.
const maxDepth = 64

// window reads a file piece by piece, so that weights are skipped and never
// loaded.
type window struct {
	r     io.ReaderAt
	start int64
	buf   []byte
	store []byte
}

// at returns at least one and up to n bytes from off on.
func (w *window) at(off int64, n int) ([]byte, error) {
	if off < w.start || off+int64(n) > w.start+int64(len(w.buf)) {
		if w.store == nil {
			w.store = make([]byte, 64<<10)
		}
		m, err := w.r.ReadAt(w.store, off)
		if m == 0 {
			if err == nil || err == io.EOF {
				err = errTruncated
			}
			return nil, err
		}
		w.start, w.buf = off, w.store[:m]
	}
	b := w.buf[off-w.start:]
	return b[:min(n, len(b))], nil
}

// message is a range of the file that holds one message. The zero value is an
// empty one.
type message struct {
	w        *window
	off, end int64
	depth    int
}

// field is one field of a message: n for the numbers, body for the rest.
type field struct {
	num  int
	wire int
	n    uint64
	body message
}

// next returns the next field; ok is false at the message's end.
func (m *message) next() (f field, ok bool, err error) {
	if m.off >= m.end {
		return f, false, nil
	}
	key, err := m.varint()
	if err != nil {
		return f, false, err
	}
	f.num, f.wire = int(key>>3), int(key&7)
	if key>>3 == 0 || key>>3 > 1<<29-1 {
		return f, false, fmt.Errorf("field number %d", key>>3)
	}
	switch f.wire {
	case wireVarint:
		f.n, err = m.varint()
	case wire64, wire32:
		size := 8
		if f.wire == wire32 {
			size = 4
		}
		var b [8]byte
		if err = m.fixed(b[:size]); err == nil {
			f.n = binary.LittleEndian.Uint64(b[:])
		}
	case wireBytes:
		var n uint64
		if n, err = m.varint(); err != nil {
			break
		}
		if n > uint64(m.end-m.off) {
			return f, false, errTruncated
		}
		if m.depth >= maxDepth {
			return f, false, errors.New("nested too deeply")
		}
		f.body = message{m.w, m.off, m.off + int64(n), m.depth + 1}
		m.off += int64(n)
	default:
		err = fmt.Errorf("wire type %d", f.wire)
	}
	return f, err == nil, err
}

// fixed fills b from the message.
func (m *message) fixed(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if m.off+int64(len(b)) > m.end {
		return errTruncated
	}
	got, err := m.w.at(m.off, len(b))
	if err != nil {
		return err
	}
	if len(got) < len(b) {
		return errTruncated
	}
	copy(b, got)
	m.off += int64(len(b))
	return nil
}

func (m *message) varint() (uint64, error) {
	b, err := m.w.at(m.off, int(min(m.end-m.off, binary.MaxVarintLen64)))
	if err != nil {
		return 0, err
	}
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, errTruncated
	}
	m.off += int64(n)
	return v, nil
}

// len returns the length of the message in bytes.
func (m message) len() int64 { return m.end - m.off }

// text returns the message's bytes as a string of at most max bytes.
func (m message) text(max int) (string, error) {
	if m.len() > int64(max) {
		return "", fmt.Errorf("a name of %d bytes", m.len())
	}
	b := make([]byte, m.len())
	if err := m.fixed(b); err != nil {
		return "", err
	}
	return string(bytes.ToValidUTF8(b, []byte("?"))), nil
}

// ints appends the numbers of a repeated integer field, packed or not.
func (f field) ints(to []int64) ([]int64, error) {
	if len(to) >= maxDims {
		return to, errors.New("too many dimensions")
	}
	if f.wire == wireVarint {
		return append(to, int64(f.n)), nil
	}
	if f.wire != wireBytes {
		return to, fmt.Errorf("field %d is no number", f.num)
	}
	for b := f.body; b.off < b.end; {
		v, err := b.varint()
		if err != nil {
			return to, err
		}
		if len(to) >= maxDims {
			return to, errors.New("too many dimensions")
		}
		to = append(to, int64(v))
	}
	return to, nil
}
