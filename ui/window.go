package ui

import (
	"context"
	"runtime/debug"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/assets"
	"kirinuki/ui/look"
	"kirinuki/ui/ports"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// Window is the program's one window.
type Window struct {
	Deps
	app fyne.App
	win fyne.Window

	ctx  context.Context // ends when the window closes
	quit context.CancelFunc

	actions   *actions
	top       *topBar
	list      *pictureList
	view      *view
	side      *sidebar
	foot      *footer
	banner    *banner
	page      *fyne.Container
	center    *fyne.Container // the view or the invitation
	invite    *widgets.Invite
	tips      *fyne.Container
	stopSub   func()
	pending   atomic.Bool // a refresh is on its way to the UI thread
	closed    bool
	stage     string // what the engine says takes long now, a translation key
	sheet     *sheet // the page over the window, or nil
	sheetMost fyne.Size
	promised  map[app.ID]bool // to be saved as soon as they are done
	warned    bool            // of results that are about to be cleared
}

// onUI is the one place where other goroutines hop to the UI thread. It
// never waits. Tests put a queue of their own in its place.
var onUI = fyne.Do

// New makes the window without showing it.
func New(fa fyne.App, d Deps) *Window {
	w := &Window{Deps: d, app: fa, promised: map[app.ID]bool{}}
	w.ctx, w.quit = context.WithCancel(context.Background())
	s := d.Settings.Get()
	words.Use(s.Language)
	w.applyTheme()
	fa.SetIcon(fyne.NewStaticResource("kirinuki.png", assets.Icon()))

	w.win = fa.NewWindow("Kirinuki")
	w.win.SetMaster()
	w.win.SetPadded(false)
	if w.Files == nil {
		w.Files = &ports.Files{Window: w.win}
	}
	if w.Clipboard == nil {
		w.Clipboard = ports.Clipboard{}
	}
	if w.Screen == nil {
		w.Screen = ports.Screen{}
	}
	w.build()
	w.win.Resize(fyne.NewSize(float32(s.WindowWidth), float32(s.WindowHeight)))
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.Drop(uris) })
	w.win.SetCloseIntercept(w.askToQuit)
	w.stopSub = d.Workspace.OnChange(w.onChange)
	if w.Engine != nil {
		w.Engine.OnStage(func(key string) {
			onUI(func() {
				w.stage = key
				w.view.refresh()
			})
		})
	}
	w.refreshAll()
	go w.tick()
	return w
}

// Fyne returns the toolkit's window, for main and for tests.
func (w *Window) Fyne() fyne.Window { return w.win }

// ShowAndRun shows the window and returns when it is closed.
func (w *Window) ShowAndRun() {
	w.app.Lifecycle().SetOnStarted(func() {
		// One turn of the event loop later the window is on the screen.
		go onUI(func() {
			w.ready()
			if len(w.Open) > 0 {
				w.AddPaths(w.Open)
			}
		})
	})
	w.win.ShowAndRun()
	w.stop()
}

func (w *Window) ready() {
	if f := w.OnReady; f != nil {
		w.OnReady = nil
		f()
		w.foot.measured = time.Time{} // the lock may be closed now
		w.foot.refresh()
	}
}

// stop ends everything that works for the window.
func (w *Window) stop() {
	if w.closed {
		return
	}
	w.closed = true
	w.quit()
	w.stopSub()
	widgets.DropTipLayer(w.win.Canvas())
}

// applyTheme makes the chosen theme the app's.
func (w *Window) applyTheme() {
	mode := look.Mode(w.Deps.Settings.Get().Theme)
	w.app.Settings().SetTheme(look.New(mode, assets.FontRegular(), assets.FontBold()))
}

// build makes everything in the window anew, in the language in use.
func (w *Window) build() {
	w.tips = widgets.NewTipLayer(w.win.Canvas())
	w.actions = newActions(w)
	w.banner = newBanner()
	w.view = newView(w)
	w.list = newPictureList(w)
	w.side = newSidebar(w)
	w.top = newTopBar(w)
	w.foot = newFooter(w)
	w.invite = w.newInvite()
	w.center = container.NewStack(w.view.object, w.invite)

	middle := container.New(&middleLayout{w}, w.list.object, w.center, w.side.object)
	w.page = newEdges(w.top.object, container.New(layout.NewCustomPaddedVBoxLayout(0), w.banner.object, w.foot.object), nil, nil, middle)
	w.win.SetContent(container.NewStack(w.page, w.tips))
	w.win.SetMainMenu(w.actions.menu())
	w.actions.listen(w.win.Canvas())
	if c, ok := w.win.Canvas().(desktop.Canvas); ok {
		c.SetOnKeyDown(w.view.stage.KeyDown)
		c.SetOnKeyUp(w.view.stage.KeyUp)
	}
}

// rebuild shows the window in another language or theme.
func (w *Window) rebuild() {
	words.Use(w.Deps.Settings.Get().Language)
	w.applyTheme()
	current := w.list.current
	w.view.leave()
	w.build()
	w.refreshAll()
	w.list.choose(current)
}

func (w *Window) newInvite() *widgets.Invite {
	button := func(id string, style widgets.Style) *widgets.Button {
		a := w.actions.get(id)
		return widgets.NewButton(words.T("invite."+id), a.icon, style, a.run).WithTip(a.title(), a.keyName())
	}
	return widgets.NewInvite(words.T("invite.title"), words.T("invite.line"), words.T("invite.foot"),
		button("open", widgets.Accent), button("paste", widgets.Solid), button("capture", widgets.Solid))
}

// onChange is called on the workspace's goroutine.
func (w *Window) onChange(app.Event) {
	if w.pending.Swap(true) {
		return // one refresh reads all there is
	}
	onUI(func() {
		w.pending.Store(false)
		if !w.closed {
			w.refreshAll()
		}
	})
}

// refreshAll brings every part up to what the workspace says now.
func (w *Window) refreshAll() {
	w.list.refresh()
	empty := len(w.list.items) == 0
	setVisible(w.invite, empty)
	setVisible(w.view.object, !empty)
	w.view.refresh()
	w.side.refresh()
	w.top.refresh()
	w.foot.refresh()
	w.actions.refresh()
	w.keepPromises()
}

// tick keeps the time left on the screen true.
func (w *Window) tick() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-t.C:
			onUI(func() {
				if !w.closed {
					w.foot.tick()
					w.warnExpiring()
				}
			})
		}
	}
}

// update changes the settings and says so if they cannot be kept.
func (w *Window) update(f func(*settings.Settings)) {
	if err := w.Deps.Settings.Update(f); err != nil {
		w.banner.fail(err)
	}
}

// work runs f on a goroutine of its own, so that nothing it waits for holds
// the window up. A mistake in it is told, not fatal.
func (w *Window) work(f func(ctx context.Context)) {
	go func() {
		defer func() {
			if r := recover(); r != nil {
				debug.PrintStack()
				onUI(func() { w.banner.fail(errPanic(r)) })
			}
		}()
		f(w.ctx)
	}()
}

func setVisible(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// middleLayout puts the list left and the sections right of the picture, and
// gives the picture what it needs when the window is small.
type middleLayout struct{ w *Window }

const (
	narrowWindow = 900 // below this the list shows thumbnails alone
	listWide     = 248
	listNarrow   = 72
)

func (m *middleLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 260) }

func (m *middleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	list, center, side := objects[0], objects[1], objects[2]
	narrow := size.Width < narrowWindow
	left, right := float32(0), float32(0)
	if list.Visible() {
		left = listWide
		if narrow {
			left = listNarrow
		}
		m.w.list.setNarrow(narrow)
		list.Move(fyne.NewPos(0, 0))
		list.Resize(fyne.NewSize(left, size.Height))
	}
	if side.Visible() {
		m.w.side.setNarrow(narrow)
		right = side.MinSize().Width
		side.Move(fyne.NewPos(size.Width-right, 0))
		side.Resize(fyne.NewSize(right, size.Height))
	}
	m.w.fitSheet()
	center.Move(fyne.NewPos(left, 0))
	center.Resize(fyne.NewSize(size.Width-left-right, size.Height))
}
