// Package ports joins the window to the desktop: file dialogs, the clipboard
// and the screen. Every call may take as long as a person thinks, so none may
// be made on the UI thread.
package ports

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"github.com/rymdport/portal/filechooser"
)

// Kind is what a file dialog asks for.
type Kind int

// The kinds.
const (
	OpenFiles  Kind = iota // one or more files that exist
	OpenFile               // one file that exists
	OpenFolder             // a folder that exists
	SaveFile               // a file that may not exist yet
)

// Question is what a file dialog asks.
type Question struct {
	Kind       Kind
	Title      string
	Accept     string   // the word on the button
	Dir        string   // where to begin, "" for anywhere
	Name       string   // the proposed name for SaveFile
	Filter     string   // what the extensions are called, "" for all files
	Extensions []string // without the dot, lower case
}

// ErrBusy says that a file dialog is already open.
var ErrBusy = errors.New("a file dialog is already open")

// errAbsent says that this way of asking does not exist here.
var errAbsent = errors.New("no such dialog here")

// Files asks a person for files: by the desktop's portal where there is one,
// else by the system's own dialog, else by Fyne's. One dialog is open at a
// time.
type Files struct {
	Window fyne.Window // for Fyne's dialog

	busy sync.Mutex
}

// Ask shows the dialog and waits for the answer: absolute paths, or none
// where the person cancelled.
func (f *Files) Ask(ctx context.Context, q Question) ([]string, error) {
	if !f.busy.TryLock() {
		return nil, ErrBusy
	}
	defer f.busy.Unlock()
	if q.Dir != "" {
		if info, err := os.Stat(q.Dir); err != nil || !info.IsDir() {
			q.Dir = ""
		}
	}
	for _, ask := range []func(context.Context, Question) ([]string, error){f.byPortal, bySystem, f.byFyne} {
		paths, err := ask(ctx, q)
		if !errors.Is(err, errAbsent) {
			return paths, err
		}
	}
	return nil, errAbsent
}

func (f *Files) byPortal(_ context.Context, q Question) (paths []string, err error) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return nil, errAbsent
	}
	defer func() {
		if recover() != nil {
			paths, err = nil, errAbsent
		}
	}()
	var filters []*filechooser.Filter
	if q.Filter != "" {
		named := &filechooser.Filter{Name: q.Filter}
		for _, e := range bothCases(q.Extensions) {
			named.Rules = append(named.Rules, filechooser.Rule{Type: filechooser.GlobPattern, Pattern: "*." + e})
		}
		filters = []*filechooser.Filter{named}
	}
	var uris []string
	if q.Kind == SaveFile {
		uris, err = filechooser.SaveFile("", q.Title, &filechooser.SaveFileOptions{
			AcceptLabel: q.Accept, Filters: filters, CurrentFolder: q.Dir, CurrentName: q.Name,
		})
	} else {
		uris, err = filechooser.OpenFile("", q.Title, &filechooser.OpenFileOptions{
			AcceptLabel: q.Accept, Filters: filters, CurrentFolder: q.Dir,
			Multiple: q.Kind == OpenFiles, Directory: q.Kind == OpenFolder,
		})
	}
	if err != nil {
		return nil, errAbsent
	}
	for _, u := range uris {
		if p, ok := strings.CutPrefix(u, "file://"); ok {
			paths = append(paths, mendPlus(p))
		}
	}
	return paths, nil
}

// mendPlus repairs a path that the portal library has unescaped as a form
// field, which turns each "+" into a space: where the path does not exist, its
// parts are looked up among the real names.
func mendPlus(path string) string {
	if _, err := os.Stat(path); err == nil || !strings.Contains(path, " ") {
		return path
	}
	mended := "/"
	for _, part := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		next := filepath.Join(mended, part)
		if _, err := os.Lstat(next); err != nil {
			entries, _ := os.ReadDir(mended)
			for _, e := range entries {
				if strings.ReplaceAll(e.Name(), "+", " ") == part {
					next = filepath.Join(mended, e.Name())
					break
				}
			}
		}
		mended = next
	}
	return mended
}

// byFyne asks with Fyne's own dialog, which knows neither several files nor
// the desktop's bookmarks, but is always there.
func (f *Files) byFyne(ctx context.Context, q Question) ([]string, error) {
	if f.Window == nil {
		return nil, errAbsent
	}
	answer := make(chan []string, 1)
	give := func(u fyne.URI) {
		if u == nil {
			answer <- nil
		} else {
			answer <- []string{u.Path()}
		}
	}
	fyne.Do(func() {
		var d interface {
			Show()
			Resize(fyne.Size)
			SetOnClosed(func())
		}
		var at fyne.ListableURI
		if q.Dir != "" {
			at, _ = storage.ListerForURI(storage.NewFileURI(q.Dir))
		}
		var filter storage.FileFilter
		if len(q.Extensions) > 0 {
			var dotted []string
			for _, e := range bothCases(q.Extensions) {
				dotted = append(dotted, "."+e)
			}
			filter = storage.NewExtensionFileFilter(dotted)
		}
		switch q.Kind {
		case SaveFile:
			fd := dialog.NewFileSave(func(w fyne.URIWriteCloser, _ error) {
				if w == nil {
					give(nil)
					return
				}
				// Fyne has created the file; only its name is wanted.
				w.Close()
				give(w.URI())
			}, f.Window)
			fd.SetFileName(q.Name)
			fd.SetLocation(at)
			fd.SetConfirmText(q.Accept)
			d = fd
		case OpenFolder:
			fd := dialog.NewFolderOpen(func(l fyne.ListableURI, _ error) {
				if l == nil {
					give(nil)
					return
				}
				give(l)
			}, f.Window)
			fd.SetLocation(at)
			fd.SetConfirmText(q.Accept)
			d = fd
		default:
			fd := dialog.NewFileOpen(func(r fyne.URIReadCloser, _ error) {
				if r == nil {
					give(nil)
					return
				}
				r.Close()
				give(r.URI())
			}, f.Window)
			fd.SetFilter(filter)
			fd.SetLocation(at)
			fd.SetConfirmText(q.Accept)
			d = fd
		}
		size := f.Window.Canvas().Size()
		d.Resize(fyne.NewSize(min(size.Width-40, 860), min(size.Height-40, 620)))
		d.Show()
	})
	select {
	case paths := <-answer:
		return paths, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bothCases doubles extensions in upper case, because filters tell the cases
// apart.
func bothCases(extensions []string) []string {
	var all []string
	for _, e := range extensions {
		all = append(all, e, strings.ToUpper(e))
	}
	return all
}

// PathOf returns the local path of a URI or a path as dropped or pasted; ok
// is false for what is no local file's name.
func PathOf(s string) (path string, ok bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(strings.ToLower(s), "file:") {
		u, err := url.Parse(s)
		if err != nil || u.Path == "" || (u.Host != "" && !strings.EqualFold(u.Host, "localhost")) {
			return "", false
		}
		if runtime.GOOS == "windows" {
			return filepath.FromSlash(strings.TrimPrefix(u.Path, "/")), true
		}
		return u.Path, true
	}
	s = strings.Trim(s, `"'`)
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(s, "~/") {
		s = filepath.Join(home, s[2:])
	}
	return s, filepath.IsAbs(s)
}
