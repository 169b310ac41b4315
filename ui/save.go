package ui

import (
	"bytes"
	"context"
	"image/png"
	"net/url"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"kirinuki/app"
	"kirinuki/app/export"
	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
	"kirinuki/ui/look"
	"kirinuki/ui/ports"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// exportOf is the settings' choice of file.
func exportOf(s settings.Settings) compose.Export {
	return compose.Export{
		Format: picture.Format(s.Format), Quality: s.JPEGQuality,
		KeepMetadata: s.KeepMetadata, NamePattern: s.NamePattern,
	}
}

// formatOf is the format that a name's ending asks for, or fallback.
func formatOf(path string, fallback picture.Format) picture.Format {
	if f, known := picture.ParseFormat(filepath.Ext(path)); known && export.Writes(f) {
		return f
	}
	return fallback
}

// saveTo says where Save puts an item without asking: over what it saved
// before, else beside the original, else among the person's pictures.
func saveTo(i app.Item, s settings.Settings, x compose.Export) app.SaveTo {
	to := app.SaveTo{Export: x}
	if i.SavedAs != "" && (x.Folder == "" || filepath.Dir(i.SavedAs) == filepath.Clean(x.Folder)) &&
		i.SavedWith == x {
		to.Path, to.Replace = i.SavedAs, true
		return to
	}
	if i.Path == "" && x.Folder == "" {
		to.Dir = picturesFolder(s)
	}
	return to
}

// picturesFolder is where pictures without a file of their own are saved.
func picturesFolder(s settings.Settings) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	for _, dir := range []string{s.SaveFolder, os.Getenv("XDG_PICTURES_DIR"), filepath.Join(home, "Pictures"), filepath.Join(home, "画像"), home} {
		if info, err := os.Stat(dir); dir != "" && err == nil && info.IsDir() {
			return dir
		}
	}
	return home
}

func (w *Window) save() {
	item, ok := w.list.item()
	switch {
	case !ok:
	case isBusy(item):
		w.promised[item.ID] = true
		w.banner.note(words.T("save.promised", item.Name), choice{words.T("button.cancel"), func() { delete(w.promised, item.ID) }})
	case hasResult(item):
		w.saveAt(item, saveTo(item, w.Deps.Settings.Get(), w.side.export()))
	}
}

// keepPromises saves what a person wanted saved before it was done.
func (w *Window) keepPromises() {
	for id := range w.promised {
		item, ok := w.Workspace.Item(id)
		if ok && isBusy(item) {
			continue
		}
		delete(w.promised, id)
		if ok && hasResult(item) {
			w.saveAt(item, saveTo(item, w.Deps.Settings.Get(), w.side.export()))
		}
	}
}

func (w *Window) saveAs() {
	item, ok := w.list.item()
	if !ok || !hasResult(item) {
		return
	}
	s := w.Deps.Settings.Get()
	x := w.side.export()
	dir := s.SaveFolder
	if dir == "" && item.Path != "" {
		dir = filepath.Dir(item.Path)
	}
	name := compose.FileName(x.NamePattern, item.Name, 1, x.Format)
	w.ask(ports.Question{
		Kind: ports.SaveFile, Title: words.T("files.save"), Accept: words.T("button.save"), Dir: dir, Name: name,
	}, func(paths []string) {
		path := paths[0]
		if filepath.Ext(path) == "" {
			path += picture.Extension(x.FileFormat())
		}
		x.Format = formatOf(path, x.Format)
		w.update(func(s *settings.Settings) { s.SaveFolder = filepath.Dir(path) })
		w.saveAt(item, app.SaveTo{Path: path, Export: x, Replace: true})
	})
}

func (w *Window) saveAt(item app.Item, to app.SaveTo) {
	w.banner.note(words.T("save.working", item.Name))
	w.work(func(ctx context.Context) {
		path, err := w.Workspace.Save(ctx, item.ID, to, nil)
		onUI(func() {
			switch {
			case w.closed:
			case err != nil:
				w.banner.fail(err, choice{words.T("button.save-as"), w.saveAs})
			default:
				w.banner.tell(words.T("save.done", filepath.Base(path)), w.reveal(filepath.Dir(path)))
			}
		})
	})
}

// saveAll asks for a folder and saves every result into it.
func (w *Window) saveAll() {
	ids := w.list.done()
	if len(ids) == 0 {
		return
	}
	s := w.Deps.Settings.Get()
	w.ask(ports.Question{
		Kind: ports.OpenFolder, Title: words.T("files.save-all"), Accept: words.T("button.save"), Dir: s.SaveFolder,
	}, func(paths []string) {
		w.update(func(s *settings.Settings) { s.SaveFolder = paths[0] })
		w.saveInto(ids, paths[0])
	})
}

func (w *Window) saveInto(ids []app.ID, dir string) {
	x := w.side.export()
	ctx, stop := context.WithCancel(w.ctx)
	w.banner.note(words.N("save.all.working", len(ids)))
	w.work(func(context.Context) {
		defer stop()
		shown := -1
		results := w.Workspace.SaveAll(ctx, ids, app.SaveTo{Dir: dir, Export: x}, func(p float64) {
			if n := int(p * 100); n != shown {
				shown = n
				onUI(func() {
					w.banner.note(words.T("save.all.progress", words.Percent(p)), choice{words.T("button.stop"), stop})
				})
			}
		})
		var first error
		saved := 0
		for _, r := range results {
			if r.Err == nil {
				saved++
			} else if first == nil {
				first = r.Err
			}
		}
		onUI(func() {
			switch {
			case w.closed:
			case first == nil:
				w.banner.tell(words.N("save.all.done", saved, filepath.Base(dir)), w.reveal(dir))
			case fault.Of(first) == fault.Cancelled:
				w.banner.note(words.T("save.all.stopped", saved, len(ids)), w.reveal(dir))
			case saved == 0:
				w.banner.fail(first)
			default:
				w.banner.warn(words.T("save.all.some", saved, len(ids)), w.reveal(dir))
			}
		})
	})
}

// reveal offers to open a folder in the desktop's file manager.
func (w *Window) reveal(dir string) choice {
	return choice{words.T("button.show-folder"), func() {
		u := &url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}
		if err := w.app.OpenURL(u); err != nil {
			w.banner.note(dir)
		}
	}}
}

// copy puts the finished picture on the clipboard, transparency and all.
func (w *Window) copy() {
	item, ok := w.list.item()
	if !ok || !hasResult(item) {
		return
	}
	w.banner.note(words.T("copy.working"))
	w.work(func(ctx context.Context) {
		err := func() error {
			img, err := w.Workspace.Render(ctx, item.ID)
			if err != nil {
				return err
			}
			var data bytes.Buffer
			if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&data, img); err != nil {
				return fault.About(item.Name, err)
			}
			return w.Clipboard.WriteImage(ctx, data.Bytes())
		}()
		onUI(func() {
			switch {
			case w.closed:
			case err != nil:
				w.banner.fail(err)
			default:
				w.banner.tell(words.T("copy.done"))
			}
		})
	})
}

func (w *Window) undo() {
	label, _ := w.Workspace.CanUndo()
	if w.Workspace.Undo() {
		w.refreshAll()
		if words.Has(label) {
			w.banner.note(words.T("undo.done", words.T(label)), choice{words.T("button.redo"), w.redo})
		}
	}
}

func (w *Window) redo() {
	if w.Workspace.Redo() {
		w.banner.hide()
		w.refreshAll()
	}
}

func (w *Window) removeCurrent() {
	item, ok := w.list.item()
	if !ok {
		return
	}
	w.Workspace.Remove(item.ID)
	w.refreshAll()
	w.banner.note(words.T("remove.done", item.Name), choice{words.T("button.undo"), w.undo})
}

// retryCurrent starts the picture again: after a failure as before, else with
// what the settings say now.
func (w *Window) retryCurrent() {
	item, ok := w.list.item()
	switch {
	case !ok || isBusy(item):
	case item.State == app.Failed || item.State == app.Cancelled:
		w.Workspace.Retry(item.ID)
	default:
		w.again()
	}
}

// again removes the current picture's background anew as the settings say.
func (w *Window) again() {
	if item, ok := w.list.item(); ok && hasResult(item) {
		w.Workspace.Reprocess([]app.ID{item.ID}, app.Request(w.Deps.Settings.Get()), "undo.reprocess")
	}
	w.refreshAll()
}

func (w *Window) stopCurrent() {
	if item, ok := w.list.item(); ok && isBusy(item) {
		w.Workspace.Cancel(item.ID)
	}
}

func (w *Window) stopAll() {
	var ids []app.ID
	for _, i := range w.list.items {
		if isBusy(i) {
			ids = append(ids, i.ID)
		}
	}
	w.Workspace.Cancel(ids...)
}

// askToClear clears everything, after a question only where work would be
// lost.
func (w *Window) askToClear() {
	clear := func() {
		w.Workspace.ClearNow()
		w.refreshAll()
		w.banner.note(words.T("clear.done"))
	}
	n := len(w.Workspace.Unsaved())
	if n == 0 {
		clear()
		return
	}
	w.confirm(words.T("clear.title"), words.N("clear.ask", n), words.T("clear.yes"), clear)
}

// askToQuit closes the window, after a question only where work would be
// lost.
func (w *Window) askToQuit() {
	leave := func() {
		w.remember()
		w.stop()
		w.win.Close()
	}
	n := len(w.Workspace.Unsaved())
	if n == 0 {
		leave()
		return
	}
	w.win.Show() // it may be hidden for a capture
	w.confirm(words.T("quit.title"), words.N("quit.ask", n), words.T("quit.yes"), leave)
}

// confirm asks a question that Escape answers with no.
func (w *Window) confirm(title, ask, yes string, do func()) {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	no := widgets.NewButton(words.T("button.cancel"), look.IconNone, widgets.Solid, w.closeSheet)
	ok := widgets.NewButton(yes, look.IconNone, widgets.Accent, func() {
		w.closeSheet()
		do()
	})
	w.showSheet(title, prose(ask), container.NewHBox(layout.NewSpacer(), no, space(4), ok), fyne.NewSize(460, 210))
	w.win.Canvas().Focus(no)
}

// remember keeps the window's size for the next start.
func (w *Window) remember() {
	size := w.win.Canvas().Size()
	w.update(func(s *settings.Settings) { s.WindowWidth, s.WindowHeight = int(size.Width), int(size.Height) })
}

// warnExpiring says once that unsaved results are about to be cleared.
func (w *Window) warnExpiring() {
	ids := w.Workspace.Expiring()
	if len(ids) == 0 {
		w.warned = false
		return
	}
	if w.warned {
		return
	}
	w.warned = true
	w.banner.warn(words.N("expiring", len(ids)),
		choice{words.T("button.save"), func() { w.saveExpiring(ids) }},
		choice{words.T("button.again"), func() { w.Workspace.Restart(ids...) }})
}

func (w *Window) saveExpiring(ids []app.ID) {
	x := w.side.export()
	w.work(func(ctx context.Context) {
		saved := 0
		var first error
		for _, id := range ids {
			item, ok := w.Workspace.Item(id)
			if !ok {
				continue
			}
			if _, err := w.Workspace.Save(ctx, id, saveTo(item, w.Deps.Settings.Get(), x), nil); err == nil {
				saved++
			} else if first == nil {
				first = err
			}
		}
		onUI(func() {
			if first != nil {
				w.banner.fail(first)
			} else {
				w.banner.tell(words.N("save.some.done", saved))
			}
		})
	})
}
