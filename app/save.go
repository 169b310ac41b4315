package app

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"kirinuki/app/export"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

// SaveTo says where and how to save. With a Path it is that file; else a file
// named by Export.NamePattern ("{name}-cutout") in Dir, or in Export.Folder,
// or beside the original.
type SaveTo struct {
	Path    string
	Dir     string // made where it is missing
	Export  compose.Export
	Replace bool // replace an existing file (never the original); else a taken name gets a number
}

// SaveResult is how saving one item went.
type SaveResult struct {
	ID   ID
	Path string // where it is now
	Err  error  // a *fault.Error, or nil
}

// Save writes the finished picture and returns the path it has now.
func (w *Workspace) Save(ctx context.Context, id ID, to SaveTo, progress func(float64)) (path string, err error) {
	return w.save(ctx, id, 1, to, progress)
}

// SaveAll saves items one after the other; one that fails does not stop the
// others. Results are in the order of ids.
func (w *Workspace) SaveAll(ctx context.Context, ids []ID, to SaveTo, progress func(float64)) []SaveResult {
	all := make([]SaveResult, len(ids))
	to.Path = "" // one file cannot be all of them
	for i, id := range ids {
		part := func(p float64) {
			if progress != nil {
				progress((float64(i) + p) / float64(len(ids)))
			}
		}
		all[i].ID = id
		all[i].Path, all[i].Err = w.save(ctx, id, i+1, to, part)
		part(1)
	}
	return all
}

// save saves the number-th picture of a batch.
func (w *Workspace) save(ctx context.Context, id ID, number int, to SaveTo, progress func(float64)) (string, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	if err := ctx.Err(); err != nil {
		return "", fault.About(w.nameOf(id), err)
	}
	if err := to.Export.Check(); err != nil {
		return "", err
	}
	g, err := w.finished(ctx, id, toSave)
	if err != nil {
		return "", err
	}
	progress(0.3)
	path, err := to.path(g.e, number)
	if err != nil {
		return "", fault.About(g.e.name, err)
	}
	final, err := picture.Save(path, picture.SaveOptions{Replace: to.Replace, Source: g.e.path}, func(out io.Writer) error {
		_, err := export.Write(ctx, out, g.pic, g.cut, w.edit(g.edit, to.Export), to.Export)
		progress(0.9)
		return err
	})
	if err != nil {
		return "", fault.About(g.e.name, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !to.Export.Mask { // a mask is not the result
		g.e.saved = &saved{g.result, g.edit, final, to.Export}
		w.changed(g.e)
	}
	progress(1)
	return final, nil
}

// edit gives a JPEG, which knows no transparency, the background that the
// settings name for it.
func (w *Workspace) edit(e compose.Edit, x compose.Export) compose.Edit {
	if x.Format == picture.JPEG && e.Background.Kind == "" {
		e.Background = compose.Background{Kind: "color", Color: w.c.Settings.Get().JPEGBackground}
	}
	return e
}

func (w *Workspace) nameOf(id ID) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.entries[id]; e != nil {
		return e.name
	}
	return ""
}

// path returns where a picture belongs, making its folder.
func (to SaveTo) path(e *entry, number int) (string, error) {
	if to.Path != "" {
		return to.Path, nil
	}
	dir := to.Dir
	if dir == "" {
		dir = to.Export.Folder
	}
	if dir == "" {
		if e.path == "" {
			return "", fault.Newf(fault.Usage, e.name, "it has no folder of its own to be saved in")
		}
		dir = filepath.Dir(e.path)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fault.About(filepath.Base(dir), err)
	}
	return filepath.Join(dir, to.Export.FileName(e.name, number)), nil
}
