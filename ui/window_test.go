package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/ui/look"
	"kirinuki/ui/ports"
	"kirinuki/ui/uitest"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// desktop stands in for dialogs, clipboard and screen.
type fakeDesktop struct {
	mu      sync.Mutex
	asked   []ports.Question
	answer  []string
	err     error
	pasted  ports.Pasted
	copied  []byte
	screen  image.Image
	screenE error
}

func (f *fakeDesktop) Ask(_ context.Context, q ports.Question) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, q)
	return f.answer, f.err
}

func (f *fakeDesktop) Read(context.Context) (ports.Pasted, error) { return f.pasted, f.err }

func (f *fakeDesktop) WriteImage(_ context.Context, png []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.copied = png
	return f.err
}

func (f *fakeDesktop) Grab(context.Context) (image.Image, error) { return f.screen, f.screenE }

// open makes a window on a stand-in workspace.
func open(t testing.TB, change ...func(*Deps)) (*Window, *uitest.Workspace, *fakeDesktop) {
	t.Helper()
	pump() // what an earlier test left behind
	fa := uitest.Start(t, look.Dark, "en")
	ws, d := uitest.New(), &fakeDesktop{}
	ws.Auto = true
	deps := Deps{Workspace: ws, Settings: settings.Open(""), Files: d, Clipboard: d, Screen: d}
	deps.Settings.Update(func(s *settings.Settings) { s.Language, s.Theme = "en", "dark" })
	for _, f := range change {
		f(&deps)
	}
	w := New(fa, deps)
	t.Cleanup(func() { w.stop() })
	w.win.Resize(fyne.NewSize(1180, 760))
	return w, ws, d
}

// The UI thread of the tests is the goroutine that they run on: what others
// want done on it waits here.
var hops = make(chan func(), 100_000)

func TestMain(m *testing.M) {
	onUI = func(f func()) { hops <- f }
	os.Exit(m.Run())
}

// pump does what waits for the UI thread.
func pump() {
	for {
		select {
		case f := <-hops:
			f()
		default:
			return
		}
	}
}

// until waits for work in the background.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		pump()
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

func press(w *Window, name fyne.KeyName) {
	pump()
	w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
	pump()
}

func (w *Window) tryShortcut(id string) {
	w.actions.shortcuts[shortcut(w.actions.get(id).keys[0]).ShortcutName()]()
}

func uris(paths ...string) []fyne.URI {
	var u []fyne.URI
	for _, p := range paths {
		u = append(u, storage.NewFileURI(p))
	}
	return u
}

func TestEmptyWindow_InvitesAndOffersNothingThatCannotBeDone(t *testing.T) {
	w, _, _ := open(t)
	if !w.invite.Visible() || w.view.object.Visible() || w.list.object.Visible() || w.side.object.Visible() {
		t.Error("an empty window shows more than the invitation")
	}
	if !w.foot.save.Disabled() || !w.foot.copy.Disabled() {
		t.Error("there is nothing to save or copy yet")
	}
}

func TestDropThenSave_TakesTwoActions(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/pictures/cat.jpg"))
	if w.invite.Visible() || w.list.object.Visible() {
		t.Error("with one picture the list is folded away and the invitation gone")
	}
	if w.foot.save.Disabled() {
		t.Fatal("the result cannot be saved")
	}
	test.Tap(w.foot.save)
	until(t, "saved", func() bool { i, _ := w.list.item(); return i.Saved })
	if to := ws.Saves()[0]; to.Path != "" || to.Dir != "" || to.Replace {
		t.Errorf("saved to %+v, not beside the original", to)
	}
	until(t, "word of it", func() bool { return strings.Contains(w.banner.text(), "cat-cutout.png") })
}

func TestSaveAgain_ReplacesWhatWasSavedBefore(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/pictures/cat.jpg"))
	w.save()
	until(t, "saved", func() bool { i, _ := w.list.item(); return i.Saved })
	w.change("undo.background", func(e *compose.Edit) { e.Background = compose.Background{Kind: "color", Color: "#ffffff"} })
	w.save()
	until(t, "saved again", func() bool { return len(ws.Saves()) == 2 })
	if to := ws.Saves()[1]; to.Path != "/pictures/cat-cutout.png" || !to.Replace {
		t.Errorf("saved again to %+v", to)
	}
}

func TestDrop_TakesManyFilesAndFoldersAndShowsTheFirst(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(append(uris("/a.jpg", "/folder", "/日本 語+%.png"), nil))
	items := ws.Items()
	if len(items) != 3 || items[2].Path != filepath.FromSlash("/日本 語+%.png") {
		t.Fatalf("items %+v", items)
	}
	if !w.list.object.Visible() || w.list.current != items[0].ID {
		t.Error("the list is hidden or another picture is shown")
	}
}

func TestDrop_SaysSoWhereThereWasNoFile(t *testing.T) {
	w, ws, _ := open(t)
	u, _ := storage.ParseURI("https://example.org/a.png")
	w.Drop([]fyne.URI{u})
	if len(ws.Items()) != 0 || w.banner.text() == "" {
		t.Error("a web address was taken, or nothing was said")
	}
}

func TestPaste_TakesFilesThenPixels(t *testing.T) {
	w, ws, d := open(t)
	d.pasted = ports.Pasted{Data: []byte("png")}
	w.tryShortcut("paste")
	until(t, "pasted picture", func() bool { return len(ws.Items()) == 1 })
	if n := ws.Items()[0].Name; n != words.T("name.pasted") {
		t.Errorf("it is called %q", n)
	}
	d.pasted = ports.Pasted{Paths: []string{"/x/a.png", "/x/b.png"}}
	w.paste()
	until(t, "pasted files", func() bool { return len(ws.Items()) == 3 })
	d.pasted = ports.Pasted{}
	w.paste()
	until(t, "word that there is nothing", func() bool { return w.banner.text() == words.T("paste.nothing") })
	d.err = errors.New("no clipboard")
	w.paste()
	until(t, "word that it failed", func() bool { return w.banner.text() == words.T("paste.failed") })
}

func TestOpen_AsksForSeveralPicturesAndRemembersTheFolder(t *testing.T) {
	w, ws, d := open(t)
	d.answer = []string{"/x/a.png", "/x/b.png"}
	w.tryShortcut("open")
	until(t, "opened", func() bool { return len(ws.Items()) == 2 })
	if q := d.asked[0]; q.Kind != ports.OpenFiles || len(q.Extensions) == 0 {
		t.Errorf("asked %+v", q)
	}
	if got := w.Deps.Settings.Get().OpenFolder; got != "/x" {
		t.Errorf("the next dialog would begin in %q", got)
	}
}

func TestOpen_CancelledOrBusyChangesNothing(t *testing.T) {
	w, ws, d := open(t)
	w.open()
	until(t, "asked", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return len(d.asked) == 1 })
	d.err = ports.ErrBusy
	w.open()
	until(t, "word of the open dialog", func() bool { return w.banner.text() == words.T("files.busy") })
	if len(ws.Items()) != 0 {
		t.Error("something was added")
	}
}

func TestSaveAs_TakesTheFormatFromTheName(t *testing.T) {
	w, ws, d := open(t)
	w.Drop(uris("/pictures/cat.jpg"))
	d.answer = []string{"/elsewhere/kitty.webp"}
	w.tryShortcut("save-as")
	until(t, "saved", func() bool { return len(ws.Saves()) == 1 })
	if to := ws.Saves()[0]; to.Path != "/elsewhere/kitty.webp" || to.Export.Format != "webp" {
		t.Errorf("saved to %+v", to)
	}
	if q := d.asked[0]; q.Name != "cat-cutout.png" || q.Dir != "/pictures" {
		t.Errorf("proposed %q in %q", q.Name, q.Dir)
	}
	if got := w.Deps.Settings.Get().SaveFolder; got != "/elsewhere" {
		t.Errorf("the next dialog would begin in %q", got)
	}
}

func TestSaveAll_SavesEveryResultIntoOneFolder(t *testing.T) {
	w, ws, d := open(t)
	w.Drop(uris("/a.jpg", "/b.jpg", "/c.jpg"))
	ws.Set(2, func(i *app.Item) { i.State, i.Err = app.Failed, uitest.ErrBroken })
	pump()
	d.answer = []string{"/out"}
	w.tryShortcut("save-all")
	until(t, "saved", func() bool { return strings.Contains(w.banner.text(), "2 pictures saved") })
	if len(ws.Saves()) != 2 || ws.Saves()[0].Dir != "/out" {
		t.Errorf("saved %+v", ws.Saves())
	}
}

func TestSave_SaysWhatWentWrongAndWhatToDo(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/pictures/cat.jpg"))
	ws.SaveErr = fault.New(fault.DiskFull, "cat-cutout.png", nil)
	w.save()
	until(t, "word of the full disk", func() bool {
		return w.banner.close.Visible() && w.banner.words.Text() != "" && !strings.Contains(w.banner.text(), "Saving")
	})
	if w.banner.action.Text != words.T("button.save-as") {
		t.Error("no other place is offered")
	}
}

func TestCopy_PutsAPNGWithAlphaOnTheClipboard(t *testing.T) {
	w, _, d := open(t)
	w.Drop(uris("/pictures/cat.jpg"))
	w.tryShortcut("copy")
	until(t, "copied", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return d.copied != nil })
	img, err := png.Decode(bytes.NewReader(d.copied))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
		t.Error("the background is not transparent")
	}
	if _, _, _, a := img.At(160, 120).RGBA(); a != 0xffff {
		t.Error("the subject is not opaque")
	}
}

func TestCapture_TakesTheRegionThatIsDrawn(t *testing.T) {
	w, ws, d := open(t)
	d.screen = image.NewRGBA(image.Rect(0, 0, 800, 600))
	w.capture()
	var p *regionPicker
	until(t, "the region picker", func() bool {
		for _, win := range fyne.CurrentApp().Driver().AllWindows() {
			if r, ok := win.Content().(*regionPicker); ok {
				p = r
			}
		}
		return p != nil
	})
	p.Resize(fyne.NewSize(400, 300))
	p.MouseDown(mouse(20, 30))
	p.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(120, 80)}})
	if r := p.region(); r != image.Rect(40, 60, 240, 160) {
		t.Errorf("region %v", r)
	}
	p.MouseUp(mouse(120, 80))
	if items := ws.Items(); len(items) != 1 || items[0].Name != words.T("name.captured") {
		t.Errorf("items %+v", items)
	}
}

func TestCapture_EscapeBringsTheWindowBackWithNothing(t *testing.T) {
	w, ws, d := open(t)
	img := image.NewRGBA(image.Rect(0, 0, 80, 60))
	d.screen = img
	w.pickRegion(img)
	for _, win := range fyne.CurrentApp().Driver().AllWindows() {
		if p, ok := win.Content().(*regionPicker); ok {
			p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		}
	}
	if len(ws.Items()) != 0 {
		t.Error("something was captured")
	}
	d.screenE = errors.New("denied")
	w.capture()
	until(t, "word that it was denied", func() bool { return w.banner.text() == words.T("capture.failed") })
}

func TestRemove_CanBeUndoneFromTheBanner(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/a.jpg", "/b.jpg"))
	press(w, fyne.KeyDelete)
	if len(ws.Items()) != 1 {
		t.Fatal("not removed")
	}
	if w.banner.action.Text != words.T("button.undo") {
		t.Fatal("undo is not offered")
	}
	test.Tap(w.banner.action)
	if len(ws.Items()) != 2 {
		t.Error("not brought back")
	}
	w.tryShortcut("redo")
	if len(ws.Items()) != 1 {
		t.Error("not removed again")
	}
}

func TestKeys_StepThroughTheListAndStartAndStop(t *testing.T) {
	w, ws, _ := open(t, func(d *Deps) { d.Workspace.(*uitest.Workspace).Auto = false })
	w.Drop(uris("/a.jpg", "/b.jpg", "/c.jpg"))
	press(w, fyne.KeyDown)
	press(w, fyne.KeyPageDown)
	press(w, fyne.KeyDown)
	if w.list.current != 3 {
		t.Errorf("at %d, want the last", w.list.current)
	}
	press(w, fyne.KeyUp)
	press(w, fyne.KeyEscape)
	if len(ws.Cancels) != 1 || ws.Cancels[0] != 2 {
		t.Errorf("stopped %v", ws.Cancels)
	}
	press(w, fyne.KeyF5)
	if len(ws.Retries) != 1 || ws.Retries[0] != 2 {
		t.Errorf("started again %v", ws.Retries)
	}
}

func TestKeys_ZoomAndSides(t *testing.T) {
	w, ws, _ := open(t)
	ws.Size = image.Pt(2000, 1500)
	w.Drop(uris("/a.jpg"))
	until(t, "the picture", func() bool { return w.view.stage.Zoom() < 1 })
	press(w, fyne.Key1)
	if w.view.stage.Zoom() != 1 || w.top.sizes.Chosen != 1 {
		t.Errorf("zoom %v, chosen %d", w.view.stage.Zoom(), w.top.sizes.Chosen)
	}
	press(w, fyne.KeyPlus)
	if w.view.stage.Zoom() <= 1 {
		t.Error("plus does not zoom in")
	}
	press(w, fyne.KeyMinus)
	press(w, fyne.Key0)
	if !w.view.stage.Fitted() {
		t.Error("0 does not fit")
	}
	press(w, fyne.KeyB)
	if w.view.stage.Side() != widgets.Before || w.top.sides.Chosen != 0 {
		t.Error("B does not show the original")
	}
	press(w, fyne.KeyV)
	if w.view.stage.Side() != widgets.Compare {
		t.Error("V does not compare")
	}
}

func TestKeys_EveryActionHasNameKeyAndPlaceInTheMenu(t *testing.T) {
	w, _, _ := open(t)
	inMenu := map[*action]bool{}
	for _, m := range w.actions.main.Items {
		for _, i := range m.Items {
			if a := w.actions.of[i]; a != nil {
				inMenu[a] = true
				if !strings.HasPrefix(i.Label, a.title()) || !strings.HasSuffix(i.Label, a.keyName()) {
					t.Errorf("the menu says %q for %s", i.Label, a.id)
				}
			}
		}
	}
	seen := map[string]string{}
	for _, a := range w.actions.all {
		if !words.Has("action." + a.id) {
			t.Errorf("%s has no name", a.id)
		}
		if !inMenu[a] {
			t.Errorf("%s is in no menu", a.id)
		}
		if len(a.keys) == 0 && a.id != "about" {
			t.Errorf("%s has no key", a.id)
		}
		for _, k := range a.keys {
			if other, taken := seen[k.String()]; taken {
				t.Errorf("%s is the key of %s and of %s", k, a.id, other)
			}
			seen[k.String()] = a.id
		}
	}
}

func TestKeys_DoNothingBehindADialog(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/a.jpg", "/b.jpg"))
	w.showKeys()
	press(w, fyne.KeyDelete)
	w.tryShortcut("save")
	if len(ws.Items()) != 2 || len(ws.Saves()) != 0 {
		t.Error("keys reached the window behind the page")
	}
	press(w, fyne.KeyEscape)
	if w.sheet != nil || w.win.Canvas().Overlays().Top() != nil {
		t.Error("Escape does not close the page")
	}
	press(w, fyne.KeyDelete)
	if len(ws.Items()) != 1 {
		t.Error("keys do not work after the page is closed")
	}
}

func TestFailure_IsToldInTheRowAndOverThePictureOnly(t *testing.T) {
	w, ws, _ := open(t, func(d *Deps) { d.Workspace.(*uitest.Workspace).Auto = false })
	w.Drop(uris("/a.jpg", "/b.jpg"))
	ws.Set(1, func(i *app.Item) { i.State, i.Err = app.Failed, uitest.ErrBroken })
	pump()
	if w.win.Canvas().Overlays().Top() != nil {
		t.Error("something popped up")
	}
	if !w.view.chip.object.Visible() || !strings.Contains(w.view.chip.words.Text(), "holiday.jpg") || w.view.chip.hint.Text() == "" {
		t.Errorf("the chip says %q, %q", w.view.chip.words.Text(), w.view.chip.hint.Text())
	}
	if s := rowState(mustItem(t, ws, 1)); s.Mood != widgets.Bad || s.Action != look.IconRetry || s.Line != words.T("short.damaged") {
		t.Errorf("the row says %+v", s)
	}
	test.Tap(w.view.chip.button)
	if len(ws.Retries) != 1 {
		t.Error("the button does not try again")
	}
}

func mustItem(t *testing.T, ws *uitest.Workspace, id app.ID) app.Item {
	t.Helper()
	i, ok := ws.Item(id)
	if !ok {
		t.Fatal("no item", id)
	}
	return i
}

func TestQuit_AsksOnlyWhereWorkWouldBeLost(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/a.jpg"))
	w.askToQuit()
	if w.win.Canvas().Overlays().Top() == nil || w.closed {
		t.Error("nothing was asked although a result is not saved")
	}
	press(w, fyne.KeyEscape)
	if w.closed || w.sheet != nil {
		t.Error("Escape does not stay")
	}
	ws.Set(1, func(i *app.Item) { i.Saved = true })
	pump()
	w.askToQuit()
	if !w.closed {
		t.Error("it does not quit")
	}
}

func TestClear_AsksOnlyWhereWorkWouldBeLost(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/a.jpg"))
	w.askToClear()
	if ws.Cleared != 0 || w.win.Canvas().Overlays().Top() == nil {
		t.Error("unsaved work was cleared without a question")
	}
	press(w, fyne.KeyEscape)
	ws.Set(1, func(i *app.Item) { i.Saved = true })
	pump()
	w.askToClear()
	if ws.Cleared != 1 || !w.invite.Visible() {
		t.Error("not cleared")
	}
}

func TestFooter_SaysWhatHolds(t *testing.T) {
	w, ws, _ := open(t)
	if !strings.Contains(w.foot.privacy.Text, words.T("foot.open")) {
		t.Errorf("without a lock it says %q", w.foot.privacy.Text)
	}
	ws.Count, ws.Until = 3, 41*time.Minute+6500*time.Millisecond
	w.foot.refresh()
	if !strings.Contains(w.foot.privacy.Text, "3 working copies, cleared in 41:0") {
		t.Errorf("it says %q", w.foot.privacy.Text)
	}
}

func TestExpiring_IsSaidOnceAndCanBeSaved(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/pictures/a.jpg"))
	ws.Expire = []app.ID{1}
	w.warnExpiring()
	if w.banner.text() != words.N("expiring", 1) {
		t.Fatalf("it says %q", w.banner.text())
	}
	test.Tap(w.banner.action)
	until(t, "saved", func() bool { return len(ws.Saves()) == 1 })
	w.banner.hide()
	w.warnExpiring()
	if w.banner.text() == words.N("expiring", 1) {
		t.Error("it is said again")
	}
	w.warned = false
	w.warnExpiring()
	test.Tap(w.banner.second)
	if !slices.Equal(ws.Restarts, []app.ID{1}) {
		t.Errorf("started again: %v", ws.Restarts)
	}
}

func TestLanguageAndTheme_SwitchInTheRunningWindow(t *testing.T) {
	w, _, _ := open(t)
	w.Drop(uris("/a.jpg", "/b.jpg"))
	w.list.step(1)
	w.Deps.Settings.Update(func(s *settings.Settings) { s.Language, s.Theme = "ja", "light" })
	w.rebuild()
	if w.foot.save.Text != "保存" || w.actions.main.Items[0].Label != "ファイル" {
		t.Errorf("save says %q, the menu %q", w.foot.save.Text, w.actions.main.Items[0].Label)
	}
	if look.Color(look.ColorPanel).R < 128 {
		t.Error("still dark")
	}
	if w.list.current != 2 || len(w.list.items) != 2 {
		t.Error("the list or the place in it is lost")
	}
	press(w, fyne.KeyUp)
	if w.list.current != 1 {
		t.Error("keys do not work any more")
	}
}

func TestQuality_AppliesToThePictureThatIsShown(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/a.jpg"))
	w.top.quality.OnChanged(0)
	if len(ws.Requests) != 1 || ws.Requests[0].Model != "built-in" {
		t.Errorf("asked for %+v", ws.Requests)
	}
	if w.Deps.Settings.Get().Quality != "fast" {
		t.Error("not remembered")
	}
}

func TestWindow_FiveHundredPicturesStayFluid(t *testing.T) {
	w, ws, _ := open(t)
	ws.Auto = false
	paths := make([]string, 500)
	for i := range paths {
		paths[i] = fmt.Sprintf("/p/%03d.jpg", i)
	}
	w.AddPaths(paths)
	start := time.Now()
	for i := range 40 {
		ws.Set(app.ID(i+1), func(i *app.Item) { i.State, i.Progress = app.Working, 0.5 })
		pump()
	}
	if each := time.Since(start) / 40; each > 100*time.Millisecond {
		t.Errorf("a change takes %v with 500 pictures", each)
	}
	if len(w.list.items) != 500 {
		t.Error("some are missing")
	}
}

// TestWindow_NothingIsClippedOrOverlaps looks at every size and language with
// every section open.
func TestWindow_NothingIsClippedOrOverlaps(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		for _, size := range []fyne.Size{fyne.NewSize(640, 480), fyne.NewSize(1180, 760), fyne.NewSize(1600, 1000)} {
			w, _, _ := open(t, func(d *Deps) {
				d.Settings.Update(func(s *settings.Settings) { s.Language = language })
			})
			w.Drop(uris("/a.jpg", "/b.jpg"))
			w.win.Resize(size)
			if min := w.page.MinSize(); min.Width > 640 || min.Height > 440 {
				t.Errorf("%s: the window needs %v", language, min)
			}
			for _, s := range sections {
				w.side.show(s.id)
				w.win.Resize(size.AddWidthHeight(1, 0))
				w.win.Resize(size)
				if stage := w.view.stage.Size(); stage.Width < 160 {
					t.Errorf("%s %v %s: %v is left for the picture", language, size, s.id, stage)
				}
				for _, b := range w.side.tabs {
					if need := b.MinSize(); b.Size().Width < need.Width-0.5 {
						t.Errorf("%s %v: %q has %v, needs %v", language, size, b.Text, b.Size().Width, need.Width)
					}
				}
			}
			ways, sides, quality := w.top.ways[2], w.top.sides, w.top.quality
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject
			if right := at(w.top.redo).X + w.top.redo.Size().Width; right > at(sides).X {
				t.Errorf("%s %v: the ways in (%v) overlap the views (%v) %v", language, size, right, at(sides).X, ways.Size())
			}
			if right := at(w.top.sizes).X + w.top.sizes.Size().Width; right > at(quality).X {
				t.Errorf("%s %v: the views (%v) overlap the quality (%v)", language, size, right, at(quality).X)
			}
			if right := at(quality).X + quality.Size().Width; right > size.Width {
				t.Errorf("%s %v: the quality ends at %v", language, size, right)
			}
		}
	}
}

// TestSource_EveryKeyHasItsTexts holds that every key that the code names
// has a text.
func TestSource_EveryKeyHasItsTexts(t *testing.T) {
	files, _ := filepath.Glob("*.go")
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{`words.T("`, `words.N("`} {
			for _, rest := range strings.Split(string(src), call)[1:] {
				key, after, ok := strings.Cut(rest, `"`)
				if !ok || strings.HasPrefix(after, " +") || !strings.Contains(key, ".") && key != "minutes" && key != "expiring" || strings.HasSuffix(key, ".") {
					continue
				}
				if !words.Has(key) {
					t.Errorf("%s: no text for %q", f, key)
				}
				if call == `words.N("` && !words.Has(key+".one") {
					t.Errorf("%s: no text for one of %q", f, key)
				}
			}
		}
	}
	for _, k := range fault.Kinds() {
		if k != fault.Internal && k != fault.Exists && k != fault.Cancelled && k != fault.Usage && !words.Has("short."+k.String()) {
			t.Errorf("no short text for %v", k)
		}
	}
}

func TestSaveWhileWorking_IsDoneAsSoonAsThereIsAResult(t *testing.T) {
	w, ws, _ := open(t, func(d *Deps) { d.Workspace.(*uitest.Workspace).Auto = false })
	w.Drop(uris("/pictures/cat.jpg", "/pictures/dog.jpg"))
	ws.Set(1, func(i *app.Item) { i.State, i.Preview = app.Working, true })
	pump()
	w.tryShortcut("save")
	if len(ws.Saves()) != 0 || !strings.Contains(w.banner.text(), "cat.jpg") {
		t.Errorf("saved %v, says %q", ws.Saves(), w.banner.text())
	}
	press(w, fyne.KeyDown)
	w.tryShortcut("save")
	test.Tap(w.banner.action) // not this one after all
	ws.Finish(1)
	ws.Finish(2)
	pump()
	until(t, "saved", func() bool { i, _ := ws.Item(1); return i.Saved })
	if i, _ := ws.Item(2); i.Saved {
		t.Error("saved although it was called off")
	}
}

func TestFirstLook_CanBeLookedAtWhileTheResultIsMade(t *testing.T) {
	w, ws, _ := open(t, func(d *Deps) { d.Workspace.(*uitest.Workspace).Auto = false })
	w.Drop(uris("/a.jpg"))
	ws.Set(1, func(i *app.Item) { i.State, i.Preview, i.Progress = app.Working, true, 0.3 })
	pump()
	if w.top.sides.Disabled() || w.view.chip.words.Text() != words.T("chip.better") {
		t.Errorf("sides %v, chip %q", w.top.sides.Disabled(), w.view.chip.words.Text())
	}
	// There is no more of it than the screen shows: looking closely, or at
	// what was removed, must not ask for more.
	w.view.stage.SetVeil(widgets.Overlay)
	idle := func() bool { return !w.view.loading }
	until(t, "the first look was fetched", idle)
	w.view.fetch(true)
	until(t, "it was fetched again", idle)
	if w.view.full || w.banner.text() != "" {
		t.Errorf("full %v, banner %q", w.view.full, w.banner.text())
	}
	ws.Finish(1)
	pump()
	until(t, "the result was fetched", idle)
	w.view.fetch(true)
	until(t, "every pixel", func() bool { return w.view.full })
}
