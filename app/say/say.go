// Package say turns an error into the two sentences that a person reads: what
// happened, and what to do about it. The window and the command line share
// it.
package say

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"kirinuki/assets/tr"
	"kirinuki/engine/fault"
)

// Sentence returns what happened and a hint of what to do next, in the
// language in use (package tr). Both are "" for a nil error.
func Sentence(err error) (what, hint string) {
	if err == nil {
		return "", ""
	}
	kind := fault.Of(err).String()
	what = tr.T("error."+kind, name(err), cause(err))
	// "this picture" may stand at the start of a sentence or inside it.
	if rest, ok := strings.CutPrefix(what, "this "); ok {
		what = "This " + rest
	}
	return what, tr.T("hint." + kind)
}

// name is what err is about, as a word of a sentence.
func name(err error) string {
	var n string
	var e *fault.Error
	var p *fs.PathError
	if errors.As(err, &e) {
		n = e.Name
	} else if errors.As(err, &p) {
		n = filepath.Base(p.Path)
	}
	if n == "" {
		return tr.T("name.unnamed")
	}
	return tr.T("name.quoted", printable(n))
}

// cause is err's own words for those kinds that quote them. Only the command
// line's own mistakes are quoted; they are about words a person just typed.
func cause(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		if e.Err == nil {
			return e.Name
		}
		err = e.Err
	}
	return strings.TrimRight(printable(err.Error()), ".。")
}

// printable keeps a file's name from steering a terminal or breaking a
// line: control characters, invalid bytes and text direction marks become
// "�".
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, // controls
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, // direction
			r == 0x2028, r == 0x2029:
			return '�'
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}
