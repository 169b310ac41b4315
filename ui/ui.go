// Package ui is Kirinuki's window: what a person sees and does. It draws and
// listens; what the program knows and does is package app's, which it asks
// through the interfaces below. It never imports fyne's app package, so its
// tests need no display.
package ui

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"kirinuki/app"
	"kirinuki/app/privacy"
	"kirinuki/app/settings"
	"kirinuki/app/stats"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
	"kirinuki/ui/ports"
)

// Workspace is the list of pictures; *app.Workspace is the real one.
type Workspace interface {
	Add(src ...app.Source) []app.ID
	Items() []app.Item
	Item(id app.ID) (app.Item, bool)
	OnChange(f func(app.Event)) (stop func())
	Cancel(ids ...app.ID)
	Retry(ids ...app.ID)
	Restart(ids ...app.ID)
	Remove(ids ...app.ID)
	Prefer(id app.ID)

	Undo() bool
	Redo() bool
	CanUndo() (label string, ok bool)
	CanRedo() (label string, ok bool)
	Edit(id app.ID) compose.Edit
	SetEdit(id app.ID, e compose.Edit, label string)
	SetEditLive(id app.ID, e compose.Edit)
	ApplyToAll(from app.ID, label string)
	Reprocess(ids []app.ID, r engine.Request, label string)

	Original(ctx context.Context, id app.ID) (*picture.Picture, error)
	Cutout(ctx context.Context, id app.ID) (*matte.Cutout, error)
	Show(ctx context.Context, id app.ID, most image.Point) (app.Shown, error)
	Render(ctx context.Context, id app.ID) (image.Image, error)
	Save(ctx context.Context, id app.ID, to app.SaveTo, progress func(float64)) (path string, err error)
	SaveAll(ctx context.Context, ids []app.ID, to app.SaveTo, progress func(float64)) []app.SaveResult

	Clearing() (count int, next time.Time)
	ClearNow()
	Unsaved() []app.ID
	Expiring() []app.ID
}

// Settings are a person's choices; *settings.Store is the real one.
type Settings interface {
	Get() settings.Settings
	Update(f func(*settings.Settings)) error
}

// Model is a network as the settings show it.
type Model struct {
	Name      string // of the catalogue
	Title     string
	Licence   string // for example "AGPL-3.0"
	Note      string // one plain line, or ""
	Installed bool
}

// Engine says what there is to remove backgrounds with.
type Engine interface {
	// Models returns the networks of the catalogue.
	Models() []Model
	// ImportModel adds the network in a file and returns its name.
	ImportModel(ctx context.Context, path string) (string, error)
	// Devices returns the devices that a person may choose, "auto" first.
	Devices() []string
	// Device returns the one in use as a person would call it: "CPU", or
	// "" before any.
	Device() string
	// Trust has a device that crashed or was refused tried again: a person
	// chose it by hand.
	Trust(device string)
	// OnStage has f told what takes long now, as a translation key, and ""
	// when it is over. f is called from any goroutine.
	OnStage(f func(key string))
}

// Privacy is what can be measured of the policy, whose text is
// privacy.Policy's.
type Privacy interface {
	// Facts measures every promise now, in "en" or "ja". It may take a
	// moment.
	Facts(language string) []privacy.Fact
	// Offline tells whether internet sockets are denied at this moment.
	Offline() bool
}

// Statistics are the local counters; *stats.Store is the real one.
type Statistics interface {
	Get() stats.Counters
	Reset() error
	SetOn(on bool)
}

// Log is the diagnostic log's text; *diag.Log is the real one.
type Log interface {
	Read() (string, error)
	Delete() error
	SetOn(on bool)
}

// Files asks a person for files; *ports.Files is the real one.
type Files interface {
	Ask(ctx context.Context, q ports.Question) ([]string, error)
}

// Clipboard is the desktop's; ports.Clipboard is the real one.
type Clipboard interface {
	Read(ctx context.Context) (ports.Pasted, error)
	WriteImage(ctx context.Context, png []byte) error
}

// Screen takes pictures of the screen; ports.Screen is the real one.
type Screen interface {
	Grab(ctx context.Context) (image.Image, error)
}

// Deps are what the window needs. Workspace and Settings must be set.
type Deps struct {
	Workspace  Workspace
	Settings   Settings
	Engine     Engine
	Privacy    Privacy
	Statistics Statistics
	Log        Log

	// Nil ports are the desktop's own.
	Files     Files
	Clipboard Clipboard
	Screen    Screen

	Version string
	// OnReady is called once, on the UI thread, when the window has been
	// shown and has its connection to the display.
	OnReady func()
	// Open are paths from the command line.
	Open []string
}

// Run shows the window and returns when it is closed.
func Run(fa fyne.App, d Deps) error {
	New(fa, d).ShowAndRun()
	return nil
}
