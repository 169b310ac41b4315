// Package fault gives every error of the program a kind that a person can
// act on. Engine and app return *Error; the window and the command line turn
// its kind into a sentence in the user's language. It knows no languages.
package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Kind says what went wrong in terms of what a person can do about it.
type Kind int

// The kinds. Their String values are the keys of the translated sentences
// ("error.<kind>" and "hint.<kind>") and part of the --json output.
const (
	Internal     Kind = iota // a mistake of the program's own
	Unsupported              // a format that is not read
	Damaged                  // right format, but truncated or broken
	Empty                    // a file of no bytes
	TooLarge                 // beyond the limits
	NotFound                 // vanished or never there
	NotPermitted             // the system refused to read or write it
	NotAFile                 // a folder, device or pipe where a file is needed
	DiskFull                 // no space left
	Exists                   // the name is taken
	NoModel                  // the network asked for is not installed
	BadModel                 // the file is no network that can remove backgrounds
	NoRuntime                // the ONNX Runtime library is missing or wrong
	NoDevice                 // the device asked for is not there or was refused
	Crashed                  // the inference process died
	OutOfMemory              // not enough memory for this picture
	NoSubject                // nothing to keep was found
	Cancelled                // the person stopped it
	Expired                  // its working copy was cleared
	Usage                    // the command line was wrong
)

var kindNames = [...]string{
	"internal", "unsupported", "damaged", "empty", "too-large", "not-found",
	"not-permitted", "not-a-file", "disk-full", "exists", "no-model",
	"bad-model", "no-runtime", "no-device", "crashed", "out-of-memory",
	"no-subject", "cancelled", "expired", "usage",
}

// String returns the kind's stable name, for example "too-large".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "internal"
	}
	return kindNames[k]
}

// Kinds returns every kind, so that tests can hold that each has its sentence.
func Kinds() []Kind {
	all := make([]Kind, len(kindNames))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// Error is an error with a kind and the name of the file (or network, or
// device) that it is about. Name is a base name, never a whole path, because
// it may end up in a log.
type Error struct {
	Kind Kind
	Name string // may be empty
	Err  error  // the cause; may be nil
}

// Error describes the error in English for logs and developers.
func (e *Error) Error() string {
	s := e.Kind.String()
	if e.Name != "" {
		s = e.Name + ": " + s
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of the given kind about name.
func New(k Kind, name string, cause error) *Error { return &Error{k, name, cause} }

// Newf is New with a formatted cause.
func Newf(k Kind, name, format string, args ...any) *Error {
	return &Error{k, name, fmt.Errorf(format, args...)}
}

// Of returns the kind of err: that of the outermost *Error in its chain, or
// the kind that a standard error stands for, or Internal.
func Of(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Cancelled
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrPermission):
		return NotPermitted
	case errors.Is(err, fs.ErrExist):
		return Exists
	case errors.Is(err, syscall.ENOSPC):
		return DiskFull
	}
	return Internal
}

// About wraps err with the kind Of finds and name, unless it already is an
// *Error. A nil err stays nil.
func About(name string, err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return New(Of(err), name, err)
}
