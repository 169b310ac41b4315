// Package worker runs a network in a child process, so that no driver, no
// network's file and no picture can take the window or unsaved work down with
// them. The child is the program itself, started with Flag as its first
// argument; it lives as long as one network on one device is open, takes
// rights away from itself before it loads any native code (package sandbox),
// and dies with its parent.
//
// # Protocol
//
// The two speak over the child's standard input and output in frames:
//
//	kind    1 byte
//	id      4 bytes, little endian: which request this is or answers
//	length  4 bytes, little endian: of the payload
//	payload
//
// The parent sends, in this order: at most one frame model (a network's
// bytes, where it has no file), one frame open (JSON, request), and then
// frames run (a tensor) and cancel (of the run with that id; no payload), or
// one frame adapters or probe instead of all that. The child answers open and
// probe with ready (JSON, Status), run with result (a tensor), adapters with
// adapters (JSON, []Adapter), and any of them with failed (JSON, failure). A run that was
// cancelled is answered all the same. Closing the child's input ends it.
//
// A tensor is one byte for the number of dimensions, eight bytes little
// endian for each, and its numbers as little-endian IEEE 754 singles.
//
// Neither side believes the other's lengths: each kind has a limit, a tensor
// must have as many numbers as its shape says, and whatever breaks a rule
// ends the connection.
package worker

import (
	"errors"
	"fmt"
	"io"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
)

// Flag is the program's first argument in the child.
const Flag = "--worker"

type kind byte

const (
	kModel    kind = 'm'
	kOpen     kind = 'o'
	kRun      kind = 'r'
	kCancel   kind = 'c'
	kReady    kind = 'y'
	kResult   kind = 't'
	kFailed   kind = 'e'
	kAdapters kind = 'a'
	kProbe    kind = 'p'
)

// request is what open carries: an infer.Config without the bytes.
type request struct {
	Library, Name, Path, Input, Output, Device string
	Threads                                    int
	Frugal                                     bool
}

// Status says what the child achieved before it loaded native code.
type Status struct {
	Sockets  bool // no socket can be opened, not even a local one
	Internet bool // no socket but local ones can be opened
	Files    int  // Landlock's version where files are restricted, else 0
}

// failure is a fault.Error on its way through the pipe.
type failure struct {
	Kind       int
	Name, Text string
}

func (f failure) error() error {
	k := fault.Kind(f.Kind)
	if k < 0 || int(k) >= len(fault.Kinds()) {
		k = fault.Internal
	}
	return fault.New(k, f.Name, errors.New(f.Text))
}

func failureOf(err error) failure {
	f := failure{Kind: int(fault.Of(err)), Text: err.Error()}
	var e *fault.Error
	if errors.As(err, &e) {
		f.Name = e.Name
		if f.Text = ""; e.Err != nil {
			f.Text = e.Err.Error()
		}
	}
	const longest = 2000
	f.Text = f.Text[:min(len(f.Text), longest)]
	return f
}

// header is a frame without its payload.
type header struct {
	kind kind
	id   uint32
	size uint32
}

const headerSize = 9

// limit is the longest payload of each kind.
func (k kind) limit() uint32 {
	switch k {
	case kModel:
		return 1 << 30
	case kOpen, kFailed, kAdapters:
		return 64 << 10
	case kReady:
		return 1 << 10
	case kRun, kResult:
		return 4*infer.MaxElements + 1 + 8*8
	}
	return 0
}

var errProtocol = errors.New("broken protocol")

func readHeader(r io.Reader) (header, error) {
	var b [headerSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return header{}, err
	}
	h := header{kind(b[0]), le32(b[1:]), le32(b[5:])}
	switch h.kind {
	case kModel, kOpen, kRun, kCancel, kReady, kResult, kFailed, kAdapters, kProbe:
	default:
		return h, fmt.Errorf("%w: kind %q", errProtocol, b[0])
	}
	if h.size > h.kind.limit() {
		return h, fmt.Errorf("%w: %d bytes of kind %q", errProtocol, h.size, b[0])
	}
	return h, nil
}
