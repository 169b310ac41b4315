//go:build cgo || windows

package ports

import (
	"context"
	"errors"
	"runtime"

	"github.com/sqweek/dialog"
)

// bySystem asks with GTK's, Windows' or macOS's own dialog. It needs a thread
// of its own for as long as it is open.
func bySystem(_ context.Context, q Question) ([]string, error) {
	type answer struct {
		path string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer func() {
			// Without a display GTK panics here.
			if recover() != nil {
				answered <- answer{"", errAbsent}
			}
		}()
		var a answer
		switch q.Kind {
		case OpenFolder:
			a.path, a.err = dialog.Directory().Title(q.Title).SetStartDir(q.Dir).Browse()
		default:
			b := dialog.File().Title(q.Title).SetStartDir(q.Dir)
			if q.Filter != "" {
				b = b.Filter(q.Filter, bothCases(q.Extensions)...)
			}
			if q.Kind == SaveFile {
				a.path, a.err = b.SetStartFile(q.Name).Save()
			} else {
				a.path, a.err = b.Load()
			}
		}
		answered <- a
	}()
	a := <-answered
	switch {
	case errors.Is(a.err, dialog.ErrCancelled):
		return nil, nil
	case a.err != nil:
		return nil, a.err
	}
	return []string{a.path}, nil
}
