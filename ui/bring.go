package ui

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/engine/fault"
	"kirinuki/ui/ports"
	"kirinuki/ui/words"
)

// pictureExtensions are what the open dialog offers; what a file is is found
// out by its content.
var pictureExtensions = []string{"jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "bmp", "gif"}

// captureDelay is how long the desktop gets to take the window off the
// screen before a picture of it is taken.
const captureDelay = 350 * time.Millisecond

// Drop takes what was dropped on the window: files and folders.
func (w *Window) Drop(uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u == nil || u.Scheme() != "" && u.Scheme() != "file" {
			continue
		}
		if p := u.Path(); p != "" {
			paths = append(paths, filepath.FromSlash(p))
		}
	}
	if len(paths) == 0 {
		w.banner.note(words.T("drop.nothing"))
		return
	}
	w.AddPaths(paths)
}

// AddPaths adds files and folders to the list.
func (w *Window) AddPaths(paths []string) {
	sources := make([]app.Source, len(paths))
	for i, p := range paths {
		sources[i] = app.Source{Path: p}
	}
	w.add(sources...)
}

// add adds pictures and shows the first of them.
func (w *Window) add(sources ...app.Source) {
	ids := w.Workspace.Add(sources...)
	if len(ids) > 0 {
		w.Workspace.Prefer(ids[0]) // before it is shown: it is being decoded already
	}
	w.refreshAll()
	if len(ids) > 0 {
		w.list.choose(ids[0])
	}
}

// ask opens a file dialog without holding the window up.
func (w *Window) ask(q ports.Question, then func(paths []string)) {
	w.work(func(ctx context.Context) {
		paths, err := w.Files.Ask(ctx, q)
		onUI(func() {
			switch {
			case w.closed:
			case errors.Is(err, ports.ErrBusy):
				w.banner.note(words.T("files.busy"))
			case err != nil:
				w.banner.fail(err)
			case len(paths) > 0:
				then(paths)
			}
		})
	})
}

// openFolder is where an open dialog begins: where the last one ended, else
// among the person's pictures.
func openFolder(s settings.Settings) string {
	if s.OpenFolder != "" {
		return s.OpenFolder
	}
	return picturesFolder(s)
}

func (w *Window) open() {
	w.ask(ports.Question{
		Kind: ports.OpenFiles, Title: words.T("files.open"), Accept: words.T("button.open"),
		Dir: openFolder(w.Deps.Settings.Get()), Filter: words.T("files.pictures"), Extensions: pictureExtensions,
	}, func(paths []string) {
		w.update(func(s *settings.Settings) { s.OpenFolder = filepath.Dir(paths[0]) })
		w.AddPaths(paths)
	})
}

func (w *Window) openFolder() {
	w.ask(ports.Question{
		Kind: ports.OpenFolder, Title: words.T("files.folder"), Accept: words.T("button.open"),
		Dir: openFolder(w.Deps.Settings.Get()),
	}, func(paths []string) {
		w.update(func(s *settings.Settings) { s.OpenFolder = paths[0] })
		w.AddPaths(paths)
	})
}

func (w *Window) paste() {
	w.work(func(ctx context.Context) {
		got, err := w.Clipboard.Read(ctx)
		onUI(func() {
			switch {
			case w.closed:
			case err != nil:
				w.banner.note(words.T("paste.failed"))
			case len(got.Paths) > 0:
				w.AddPaths(got.Paths)
			case len(got.Data) > 0:
				w.add(app.Source{Data: got.Data, Name: words.T("name.pasted")})
			default:
				w.banner.note(words.T("paste.nothing"))
			}
		})
	})
}

// capture takes the window off the screen, takes a picture of the screen and
// lets the person draw the part that counts.
func (w *Window) capture() {
	w.win.Hide()
	w.work(func(ctx context.Context) {
		time.Sleep(captureDelay)
		img, err := w.Screen.Grab(ctx)
		onUI(func() {
			if w.closed {
				return
			}
			if err != nil {
				w.win.Show()
				if fault.Of(err) != fault.Cancelled {
					w.banner.show("failed", "error", words.T("capture.failed"), true)
				}
				return
			}
			w.pickRegion(img)
		})
	})
}

func (w *Window) captured(img image.Image) {
	w.win.Show()
	w.win.RequestFocus()
	if img != nil {
		w.add(app.Source{Image: img, Name: words.T("name.captured")})
	}
}
