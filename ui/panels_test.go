package ui

import (
	"context"
	"image"
	"strings"
	"sync/atomic"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
	"kirinuki/ui/ports"
	"kirinuki/ui/uitest"
	"kirinuki/ui/widgets"
)

// stroke pulls the pointer over the stage, in the picture's points.
func stroke(w *Window, points ...compose.Point) {
	s := w.view.stage
	// The stage fits the picture in its middle at one to one in these tests.
	at := func(p compose.Point) fyne.Position {
		size := s.Size()
		item, _ := w.list.item()
		return fyne.NewPos(size.Width/2+float32(p.X)-float32(item.Size.X)/2, size.Height/2+float32(p.Y)-float32(item.Size.Y)/2)
	}
	first, last := at(points[0]), at(points[len(points)-1])
	s.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: first}})
	s.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: first}, Button: desktop.MouseButtonPrimary})
	for _, p := range points[1:] {
		s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at(p)}})
	}
	s.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: last}, Button: desktop.MouseButtonPrimary})
	s.DragEnd()
	pump()
}

// withPicture opens a window on one finished picture that is shown.
func withPicture(t *testing.T, section string) (*Window, *uitest.Workspace, *fakeDesktop) {
	w, ws, d := open(t)
	w.Drop(uris("/pictures/cat.jpg"))
	w.side.show(section)
	until(t, "the picture", func() bool { return !w.view.loading && w.view.finished.W > 0 })
	return w, ws, d
}

func TestTouchUp_StrokesAreHintsInThePicturesPixels(t *testing.T) {
	w, ws, _ := withPicture(t, "touchup")
	p := w.side.made["touchup"].(*touchUpPanel)
	press(w, fyne.KeyR)
	stroke(w, compose.Point{X: 100, Y: 100}, compose.Point{X: 150, Y: 100}, compose.Point{X: 150, Y: 140})
	e := ws.Edit(1)
	if len(e.Strokes) != 1 {
		t.Fatalf("strokes %+v", e.Strokes)
	}
	s := e.Strokes[0]
	if s.Tool != compose.Remove || s.Radius != brushRadius(p.size.Value()) || len(s.Points) != 3 {
		t.Errorf("stroke %+v", s)
	}
	if a, b := s.Points[0], s.Points[2]; a != (compose.Point{X: 100, Y: 100}) || b != (compose.Point{X: 150, Y: 140}) {
		t.Errorf("from %v to %v", a, b)
	}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
	if label, _ := ws.CanUndo(); label != "undo.brush" {
		t.Errorf("the step is called %q", label)
	}
}

func TestTouchUp_UndoAndRedoGiveTheSameEdits(t *testing.T) {
	w, ws, _ := withPicture(t, "touchup")
	var history []compose.Edit
	for i := range 5 {
		history = append(history, ws.Edit(1).Clone())
		stroke(w, compose.Point{X: float64(50 + 10*i), Y: 80}, compose.Point{X: 120, Y: 120})
	}
	last := ws.Edit(1).Clone()
	for i := 4; i >= 0; i-- {
		w.tryShortcut("undo")
		if !ws.Edit(1).Equal(history[i]) {
			t.Fatalf("after undo %d: %+v", i, ws.Edit(1))
		}
	}
	for range 5 {
		w.tryShortcut("redo")
	}
	if !ws.Edit(1).Equal(last) {
		t.Error("redo does not bring it back")
	}
}

func TestTouchUp_EveryToolHasAKeyAndTheBrushItsSize(t *testing.T) {
	w, _, _ := withPicture(t, "touchup")
	p := w.side.made["touchup"].(*touchUpPanel)
	for i, tool := range touchTools {
		press(w, tool.key)
		if p.tool != i || !p.buttons[i].Chosen {
			t.Errorf("%s does not choose %s", tool.key, tool.id)
		}
	}
	press(w, fyne.KeyE)
	if !p.hardness.Visible() {
		t.Error("the eraser has no hardness")
	}
	press(w, fyne.KeyX)
	if touchTools[p.tool].tool != compose.Restore {
		t.Error("X does not swap erase and restore")
	}
	was := p.size.Value()
	press(w, fyne.KeyRightBracket)
	if p.size.Value() <= was {
		t.Error("] does not make the brush larger")
	}
	press(w, fyne.KeyLeftBracket)
	press(w, fyne.KeyLeftBracket)
	if p.size.Value() >= was {
		t.Error("[ does not make the brush smaller")
	}
	press(w, fyne.KeyO)
	if w.view.stage.Veil() != widgets.Overlay {
		t.Error("O does not show the overlay")
	}
	w.side.show("")
	if w.view.stage.Veil() != widgets.Plain {
		t.Error("the overlay stays after the section is closed")
	}
	press(w, fyne.KeyK) // no tool any more: nothing to choose
}

func TestTouchUp_ClickDropsAPartAndBringsItBack(t *testing.T) {
	w, ws, _ := withPicture(t, "touchup")
	press(w, fyne.KeyP)
	stroke(w, compose.Point{X: 160, Y: 120})
	until(t, "the part", func() bool { return len(ws.Edit(1).Parts) == 1 })
	if p := ws.Edit(1).Parts[0]; p.Keep {
		t.Error("a click on the subject keeps it")
	}
	stroke(w, compose.Point{X: 5, Y: 5})
	until(t, "the second part", func() bool { return len(ws.Edit(1).Parts) == 2 })
	if p := ws.Edit(1).Parts[1]; !p.Keep {
		t.Error("a click on the background drops it")
	}
}

func TestAllBut_DropsTheOtherParts(t *testing.T) {
	alpha := image.NewGray(image.Rect(0, 0, 60, 20))
	for _, x := range []int{5, 25, 45} {
		for y := 5; y < 15; y++ {
			for dx := range 10 {
				alpha.Pix[y*alpha.Stride+x+dx] = 255
			}
		}
	}
	parts := allBut(alpha, compose.Point{X: 30, Y: 10})
	if len(parts) != 2 {
		t.Fatalf("parts %+v", parts)
	}
	l := matte.Components(alpha)
	for _, p := range parts {
		if p.Keep || l.At(int(p.At.X), int(p.At.Y)) == 0 || l.At(int(p.At.X), int(p.At.Y)) == l.At(30, 10) {
			t.Errorf("part %+v", p)
		}
	}
	if allBut(alpha, compose.Point{X: 1, Y: 1}) != nil {
		t.Error("a click beside every part keeps one alone")
	}
}

func TestBackground_ColourPictureAndBlur(t *testing.T) {
	w, ws, d := withPicture(t, "background")
	p := w.side.made["background"].(*backgroundPanel)
	p.kind.OnChanged(1)
	if b := ws.Edit(1).Background; b.Kind != "color" || b.Color != "#ffffff" {
		t.Errorf("background %+v", b)
	}
	p.colors.use("#dbe9f6")
	if b := ws.Edit(1).Background; b.Color != "#dbe9f6" {
		t.Errorf("background %+v", b)
	}
	if got := w.Deps.Settings.Get().RecentColors; len(got) == 0 || got[0] != "#dbe9f6" {
		t.Errorf("recent colours %v", got)
	}
	p.kind.OnChanged(2)
	until(t, "the question", func() bool { d.mu.Lock(); defer d.mu.Unlock(); return len(d.asked) == 1 })
	if ws.Edit(1).Background.Kind != "color" {
		t.Error("it changed although no picture was chosen")
	}
	d.mu.Lock()
	d.answer = []string{"/scenes/beach.jpg"}
	d.mu.Unlock()
	p.ask()
	until(t, "the picture", func() bool { return ws.Edit(1).Background.Path == "/scenes/beach.jpg" })
	p.kind.OnChanged(3)
	if ws.Edit(1).Background.Kind != "blur" {
		t.Error("no blur")
	}
	if err := ws.Edit(1).Check(); err != nil {
		t.Error(err)
	}
}

func TestShadow_BeginsWithAShadowThatShows(t *testing.T) {
	w, ws, _ := withPicture(t, "shadow")
	p := w.side.made["shadow"].(*shadowPanel)
	p.kind.OnChanged(1)
	if s := ws.Edit(1).Shadow; s.Kind != "drop" || s.Strength == 0 || s.Distance == 0 {
		t.Errorf("shadow %+v", s)
	}
	p.strength.Slide(0.9)
	p.width.Slide(12)
	e := ws.Edit(1)
	if e.Shadow.Strength != 0.9 || e.Outline.Width != 12 || e.Outline.Color == "" {
		t.Errorf("edit %+v", e)
	}
	p.kind.OnChanged(0)
	if ws.Edit(1).Shadow != (compose.Shadow{}) {
		t.Error("something is left of it")
	}
}

func TestCrop_FrameIsDrawnMovedAndResized(t *testing.T) {
	w, ws, _ := withPicture(t, "crop")
	stroke(w, compose.Point{X: 100, Y: 60}, compose.Point{X: 220, Y: 180}) // inside the whole: draws
	if c := ws.Edit(1).Crop; c != (compose.Crop{X: 100, Y: 60, W: 120, H: 120}) {
		t.Fatalf("crop %+v", c)
	}
	until(t, "the frame", func() bool { return !w.view.loading })
	stroke(w, compose.Point{X: 160, Y: 120}, compose.Point{X: 170, Y: 110})
	if c := ws.Edit(1).Crop; c != (compose.Crop{X: 110, Y: 50, W: 120, H: 120}) {
		t.Errorf("moved to %+v", c)
	}
	until(t, "the frame", func() bool { return !w.view.loading })
	stroke(w, compose.Point{X: 230, Y: 170}, compose.Point{X: 250, Y: 200})
	if c := ws.Edit(1).Crop; c != (compose.Crop{X: 110, Y: 50, W: 140, H: 150}) {
		t.Errorf("resized to %+v", c)
	}
	until(t, "the frame", func() bool { return !w.view.loading })
	stroke(w, compose.Point{X: 110, Y: 50}, compose.Point{X: -500, Y: -500}) // never beyond the picture
	if c := ws.Edit(1).Crop; c.X != 0 || c.Y != 0 || c.W != 250 || c.H != 200 {
		t.Errorf("beyond the picture: %+v", c)
	}
	w.tryShortcut("undo")
	if c := ws.Edit(1).Crop; c != (compose.Crop{X: 110, Y: 50, W: 140, H: 150}) {
		t.Errorf("undone to %+v", c)
	}
}

func TestCrop_ShapesAndSizes(t *testing.T) {
	w, ws, _ := withPicture(t, "crop")
	p := w.side.made["crop"].(*cropPanel)
	for i, s := range shapes {
		if s.key == "shape.custom" {
			continue
		}
		p.shape.SetSelectedIndex(i)
		if got := ws.Edit(1).Canvas; got != s.canvas {
			t.Errorf("%s gives %+v", s.key, got)
		}
		if err := ws.Edit(1).Check(); err != nil {
			t.Errorf("%s: %v", s.key, err)
		}
	}
	if c := photoCanvas(35, 45); c.W != 413 || c.H != 531 || c.DPI != 300 {
		t.Errorf("35 × 45 mm at 300 dpi are %+v", c)
	}
	p.reset.OnTapped()
	if e := ws.Edit(1); isCropped(e) {
		t.Errorf("still cropped: %+v", e)
	}
	press(w, fyne.KeyT)
	if !ws.Edit(1).Crop.Trim {
		t.Error("T does not trim")
	}
}

func TestExport_ChoosesFormatAndName(t *testing.T) {
	w, ws, _ := withPicture(t, "export")
	p := w.side.made["export"].(*exportPanel)
	p.format.OnChanged(3)
	if !p.quality.Visible() {
		t.Error("JPEG has no quality")
	}
	p.quality.Slide(70)
	p.name.SetText("{name}-shop")
	p.name.OnSubmitted("")
	if !strings.Contains(p.example.Text(), "cat-shop.jpg") {
		t.Errorf("it shows %q", p.example.Text())
	}
	p.mask.SetChecked(true)
	w.save()
	until(t, "saved", func() bool { i, _ := w.list.item(); return i.Saved })
	if x := ws.Saves()[0].Export; x.Format != "jpeg" || x.Quality != 70 || x.NamePattern != "{name}-shop" || !x.Mask {
		t.Errorf("export %+v", x)
	}
}

func TestApplyToAll_GivesTheLookToTheOthers(t *testing.T) {
	w, ws, _ := open(t)
	w.Drop(uris("/a.jpg", "/b.jpg", "/c.jpg"))
	w.side.show("background")
	p := w.side.made["background"].(*backgroundPanel)
	p.kind.OnChanged(1)
	test.Tap(p.all)
	for _, i := range ws.Items() {
		if ws.Edit(i.ID).Background.Kind != "color" {
			t.Errorf("%s has %+v", i.Name, ws.Edit(i.ID).Background)
		}
	}
}

type fakeEngine struct {
	imported atomic.Value
	trusted  []string
	stage    func(string)
}

func (f *fakeEngine) Models() []Model {
	return []Model{{Name: "built-in", Title: "Built-in", Licence: "MIT", Installed: true}, {Name: "isnet", Title: "IS-Net", Licence: "AGPL-3.0"}}
}

func (f *fakeEngine) ImportModel(_ context.Context, path string) (string, error) {
	f.imported.Store(path)
	return "mine", nil
}

func (f *fakeEngine) Trust(device string)    { f.trusted = append(f.trusted, device) }
func (f *fakeEngine) OnStage(g func(string)) { f.stage = g }
func (f *fakeEngine) Devices() []string      { return []string{"auto", "cpu"} }
func (f *fakeEngine) Device() string         { return "CPU" }

func TestSettings_HoldAtOnce(t *testing.T) {
	e := &fakeEngine{}
	w, _, d := open(t, func(d *Deps) { d.Engine = e })
	w.showSettings()
	if w.sheet == nil {
		t.Fatal("no settings")
	}
	p := &settingsPage{w: w}
	p.oneOf([]string{"15", "30", "60"}, []string{"a", "b", "c"}, "30", func(s *settings.Settings, v string) { s.ClearAfter = 60 }, nil).SetSelectedIndex(2)
	if got := w.Deps.Settings.Get().ClearAfter; got != 60 {
		t.Errorf("cleared after %d", got)
	}
	d.answer = []string{"/models/mine.onnx"}
	p.addModel()
	until(t, "the model", func() bool { return e.imported.Load() == "/models/mine.onnx" })
	if q := d.asked[0]; q.Kind != ports.OpenFile || q.Extensions[0] != "onnx" {
		t.Errorf("asked %+v", q)
	}
}

func TestPages_OpenInBothLanguages(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		w, _, _ := open(t, func(d *Deps) {
			d.Engine = &fakeEngine{}
			d.Settings.Update(func(s *settings.Settings) { s.Language = language })
		})
		for name, show := range map[string]func(){"settings": w.showSettings, "privacy": w.showPrivacy, "keys": w.showKeys, "about": w.showAbout} {
			w.win.Resize(fyne.NewSize(640, 480))
			show()
			if w.sheet == nil {
				t.Fatalf("%s does not open", name)
			}
			if size := w.sheet.pop.Content.Size(); size.Width > 640 || size.Height > 480 {
				t.Errorf("%s %s is %v in a window of 640 × 480", language, name, size)
			}
			if need := w.sheet.scroll.Content.MinSize().Width; need > 600 {
				t.Errorf("%s %s needs %v in width", language, name, need)
			}
			press(w, fyne.KeyEscape)
		}
	}
}

func TestPresets_GiveLookAndFormatAndKeepTheStrokes(t *testing.T) {
	w, ws, _ := withPicture(t, "touchup")
	stroke(w, compose.Point{X: 100, Y: 100}, compose.Point{X: 150, Y: 100})
	w.side.show("export")
	p := w.side.made["export"].(*exportPanel)
	if len(p.preset.Options) != len(compose.Presets()) {
		t.Fatalf("%d presets", len(p.preset.Options))
	}
	for i, x := range compose.Presets() {
		if presetName(x) == x.Name {
			t.Errorf("preset %s has no name in words", x.Name)
		}
		p.preset.SetSelectedIndex(i)
		e := ws.Edit(1)
		if !e.Look().Equal(x.Edit) || len(e.Strokes) != 1 {
			t.Errorf("%s gives %+v", x.Name, e)
		}
	}
	if got := w.Deps.Settings.Get().Format; got != "jpeg" {
		t.Errorf("an ID photo is saved as %s", got)
	}
	p.store("passport")
	p.preset.SetSelectedIndex(0)
	own := len(p.preset.Options) - 1
	if p.preset.Options[own] != "passport" || !p.forget.Disabled() {
		t.Errorf("options %v", p.preset.Options)
	}
	p.preset.SetSelectedIndex(own)
	if ws.Edit(1).Canvas.W == 0 {
		t.Error("the person's own preset does nothing")
	}
	p.forgetPreset()
	if len(p.preset.Options) != own {
		t.Error("not forgotten")
	}
}

func TestExport_EstimatesTheSize(t *testing.T) {
	w, _, _ := withPicture(t, "export")
	p := w.side.made["export"].(*exportPanel)
	until(t, "the estimate", func() bool { return strings.Contains(p.size.Text(), "320 × 240") })
}

func TestTab_GoesFromTopToFoot(t *testing.T) {
	w, _, _ := open(t)
	w.Drop(uris("/a.jpg", "/b.jpg"))
	c := w.win.Canvas()
	var order []fyne.Focusable
	for range 60 {
		c.FocusNext()
		f := c.Focused()
		if len(order) > 0 && f == order[0] {
			break
		}
		order = append(order, f)
	}
	place := func(o fyne.Focusable) int {
		for i, f := range order {
			if f == o {
				return i
			}
		}
		return -1
	}
	want := []fyne.Focusable{w.top.ways[0], w.top.ways[2], w.top.sides, w.top.quality, w.list.list, w.view.stage, w.side.tabs[0], w.foot.privacy, w.foot.save}
	last := -1
	for i, o := range want {
		at := place(o)
		if at <= last {
			t.Errorf("number %d of the way is reached at %d after %d", i, at, last)
		}
		last = at
	}
}

func TestSections_FitTheirPanelInEveryState(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		w, _, _ := open(t, func(d *Deps) {
			d.Settings.Update(func(s *settings.Settings) { s.Language, s.Format = language, "jpeg" })
		})
		w.Drop(uris("/a.jpg", "/b.jpg"))
		w.win.Resize(fyne.NewSize(640, 480))
		for _, e := range []compose.Edit{
			{},
			{Background: compose.Background{Kind: "color", Color: "#dbe9f6"}, Shadow: firstDrop, Outline: compose.Outline{Width: 9, Color: "#ffffff"}},
			{Background: compose.Background{Kind: "picture", Path: "/a/very long name of a picture that stands behind.jpg"}, Crop: compose.Crop{Trim: true}, Canvas: photoCanvas(35, 45)},
			{Background: compose.Background{Kind: "blur"}, Shadow: firstContact},
		} {
			w.change("undo.preset", func(now *compose.Edit) { *now = e })
			for _, s := range sections {
				w.side.show(s.id)
				for i := range touchTools {
					if p, ok := w.side.section().(*touchUpPanel); ok {
						p.choose(i)
					}
					if need := w.side.section().content().MinSize().Width; need > panelNarrow-33 {
						t.Errorf("%s %s needs %v of %v", language, s.id, need, panelNarrow-33)
					}
				}
			}
		}
	}
}

func TestExport_FolderIsChosenAndHolds(t *testing.T) {
	w, ws, d := withPicture(t, "export")
	p := w.side.made["export"].(*exportPanel)
	d.mu.Lock()
	d.answer = []string{"/out/shop"}
	d.mu.Unlock()
	p.where.SetSelectedIndex(1)
	until(t, "the folder", func() bool { return p.folder == "/out/shop" })
	w.save()
	until(t, "saved", func() bool { i, _ := w.list.item(); return i.Saved })
	if x := ws.Saves()[0]; x.Export.Folder != "/out/shop" || x.Path != "" {
		t.Errorf("saved to %+v", x)
	}
	p.where.SetSelectedIndex(0)
	if p.folder != "" {
		t.Error("it does not go back beside the original")
	}
}

func TestExport_TypingIsNotDisturbedByWork(t *testing.T) {
	w, ws, _ := withPicture(t, "export")
	p := w.side.made["export"].(*exportPanel)
	w.win.Canvas().Focus(p.name)
	p.name.SetText("{name}-ne")
	ws.Set(1, func(i *app.Item) { i.Progress = 0.5 })
	pump()
	if p.name.Text != "{name}-ne" {
		t.Errorf("typed text became %q", p.name.Text)
	}
	w.win.Canvas().Unfocus()
	if got := w.Deps.Settings.Get().NamePattern; got != "{name}-ne" {
		t.Errorf("what was typed does not hold: %q", got)
	}
}

// A page is read with the keyboard alone.
func TestSheet_Keys(t *testing.T) {
	w, _, _ := open(t)
	w.win.Resize(fyne.NewSize(640, 480))
	w.showPrivacy()
	press := func(k fyne.KeyName) float32 {
		w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: k})
		if w.sheet == nil {
			return -1
		}
		return w.sheet.scroll.Offset.Y
	}
	page := press(fyne.KeyPageDown)
	if page < 100 {
		t.Errorf("a page down scrolls by %v", page)
	}
	if y := press(fyne.KeyDown); y <= page {
		t.Errorf("down goes from %v to %v", page, y)
	}
	end := press(fyne.KeyEnd)
	if most := w.sheet.scroll.Content.MinSize().Height - w.sheet.scroll.Size().Height; end < most-1 {
		t.Errorf("the end is at %v of %v", end, most)
	}
	if y := press(fyne.KeyPageUp); y >= end {
		t.Errorf("page up stays at %v", y)
	}
	if y := press(fyne.KeyHome); y != 0 {
		t.Errorf("home is at %v", y)
	}
	if y := press(fyne.KeyEscape); y != -1 {
		t.Error("Escape leaves the page open")
	}
}
