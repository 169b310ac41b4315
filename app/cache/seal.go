package cache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"

	"kirinuki/engine/fault"
)

// Parts are sealed in chunks after the STREAM construction (Hoang,
// Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
// Nonce-Reuse Misuse-Resistance, 2015): AES-256-GCM with a nonce made of the
// chunk's number and a mark on the last chunk. A chunk that is moved,
// doubled, left out or cut off does not open. Every part has a key of its
// own, so that nonces never repeat under one key. A file holds nothing but
// sealed chunks: no header, no name, no kind.
const (
	keySize   = 32
	chunkSize = 64 << 10
	tagSize   = 16
)

func newKey() (key [keySize]byte) {
	rand.Read(key[:]) // never fails: it ends the program instead
	return key
}

func newAEAD(key [keySize]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key's size is right
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func nonce(chunk uint64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:], chunk)
	if last {
		n[11] = 1
	}
	return n
}

// writer seals what is written to it. Close seals the last chunk; without it
// the part does not open.
type writer struct {
	to    io.Writer
	aead  cipher.AEAD
	buf   []byte // plain bytes of the chunk so far
	out   []byte
	chunk uint64
	size  int64 // sealed bytes written
}

func newWriter(to io.Writer, key [keySize]byte) *writer {
	return &writer{to: to, aead: newAEAD(key), buf: make([]byte, 0, chunkSize),
		out: make([]byte, 0, chunkSize+tagSize)}
}

// Write seals full chunks as they fill. A full chunk waits for the next byte,
// since only then is it known not to be the last.
func (w *writer) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if len(w.buf) == chunkSize {
			if err := w.flush(false); err != nil {
				return n, err
			}
		}
		k := min(chunkSize-len(w.buf), len(p))
		w.buf = append(w.buf, p[:k]...)
		p = p[k:]
		n += k
	}
	return n, nil
}

func (w *writer) flush(last bool) error {
	w.out = w.aead.Seal(w.out[:0], nonce(w.chunk, last), w.buf, nil)
	clear(w.buf)
	w.buf = w.buf[:0]
	w.chunk++
	n, err := w.to.Write(w.out)
	w.size += int64(n)
	return err
}

// Close seals the last chunk.
func (w *writer) Close() error { return w.flush(true) }

// reader opens sealed chunks.
type reader struct {
	from  io.ReadCloser
	aead  cipher.AEAD
	raw   []byte // one sealed chunk and the first byte of the next
	have  int    // bytes in raw
	plain []byte // opened bytes not yet read
	buf   []byte
	chunk uint64
	last  bool
	err   error
}

func newReader(from io.ReadCloser, key [keySize]byte) *reader {
	return &reader{from: from, aead: newAEAD(key),
		raw: make([]byte, chunkSize+tagSize+1), buf: make([]byte, 0, chunkSize)}
}

var errChanged = errors.New("the working copy was changed or cut short")

func (r *reader) Read(p []byte) (int, error) {
	for len(r.plain) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.last {
			return 0, io.EOF
		}
		r.next()
	}
	n := copy(p, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// next opens one chunk. It is the last where the file ends behind it.
func (r *reader) next() {
	n, err := io.ReadFull(r.from, r.raw[r.have:])
	r.have += n
	sealed := r.have
	switch err {
	case nil:
		sealed-- // the byte that shows that there is more
	case io.EOF, io.ErrUnexpectedEOF:
		r.last = true
	default:
		r.err = fault.About("", err)
		return
	}
	r.plain, err = r.aead.Open(r.buf[:0], nonce(r.chunk, r.last), r.raw[:sealed], nil)
	if err != nil {
		r.plain, r.err = nil, fault.New(fault.Damaged, "", errChanged)
		return
	}
	r.chunk++
	r.have = copy(r.raw, r.raw[sealed:r.have])
}

func (r *reader) Close() error {
	clear(r.buf[:cap(r.buf)])
	return r.from.Close()
}
