// Package app is what the program knows and does without a window: the list
// of pictures and their states, the job queue, undo, saving. It imports no
// window toolkit; the window reads snapshots and listens for events.
package app

import (
	"image"
	"time"

	"kirinuki/engine/compose"
)

// ID names an item for as long as the program runs.
type ID int64

// State is where an item stands.
type State int

// The states.
const (
	Waiting State = iota
	Working
	Done
	Failed
	Cancelled
)

// Source is a picture on its way in: exactly one of Path, Data and Image is
// set.
type Source struct {
	Path  string      // a file or a folder (folders are walked)
	Data  []byte      // an encoded picture, for example from the clipboard
	Image image.Image // pixels, for example from the screen
	Name  string      // what to call it where there is no path ("Pasted picture")
}

// Item is a snapshot of one picture in the list: a value that never changes
// once read.
type Item struct {
	ID       ID
	Name     string // base name, for people
	Path     string // the original, "" for pasted and captured pictures
	Size     image.Point
	State    State
	Progress float64 // 0..1 while Working
	Err      error   // why it Failed, a *fault.Error
	Note     string  // translation key of a plain line about it, or ""
	Thumb    image.Image
	Model    string // the network whose result is shown, "" before any
	Preview  bool   // the shown result is the quick one; a better one is on its way
	Saved    bool   // the result as it is now has been saved
	// SavedAs is where the result was saved last, and SavedWith how; a later
	// edit leaves them, so that saving again means the same file.
	SavedAs   string
	SavedWith compose.Export
	Deadline  time.Time // when its working copy is cleared
	Revision  uint64    // grows whenever what a person sees of it changes
}

// Event says what changed. A nil IDs means the list itself (order, count,
// undo state).
type Event struct {
	IDs []ID
}
