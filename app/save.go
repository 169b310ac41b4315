package app

import (
	"context"

	"kirinuki/engine/picture"
)

// Export says what kind of file is written.
type Export struct {
	Format       picture.Format
	Quality      int
	Mask         bool
	KeepMetadata bool
	NamePattern  string
}

// SaveTo says where and how to save. With a Path it is that file; else a file
// in Dir named by Export.NamePattern ("{name}-cutout"); else beside the
// original.
type SaveTo struct {
	Path    string
	Dir     string
	Export  Export
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
	return "", nil
}

// SaveAll saves items one after the other; one that fails does not stop the
// others. Results are in the order of ids.
func (w *Workspace) SaveAll(ctx context.Context, ids []ID, to SaveTo, progress func(float64)) []SaveResult {
	return nil
}
