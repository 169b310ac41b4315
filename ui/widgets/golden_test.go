package widgets_test

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/test"

	"kirinuki/engine/compose"
	"kirinuki/ui/look"
	"kirinuki/ui/uitest"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// golden compares o at a size with testdata/<name>-<look>.png in every look.
// make builds it after the look is set.
func golden(t *testing.T, name string, size fyne.Size, make func() fyne.CanvasObject) {
	for _, l := range uitest.Looks {
		t.Run(l.Name, func(t *testing.T) {
			uitest.Start(t, l.Mode, l.Language)
			w := test.NewWindow(container.NewStack(ground(), make()))
			defer w.Close()
			w.SetPadded(false)
			w.Resize(size)
			test.AssertRendersToImage(t, name+"-"+l.Name+".png", w.Canvas())
		})
	}
}

func ground() fyne.CanvasObject { return widgets.NewGround(look.ColorPanel) }

func TestButton_States(t *testing.T) {
	golden(t, "button", fyne.NewSize(520, 210), func() fyne.CanvasObject {
		grid := container.New(layout.NewGridLayoutWithColumns(4))
		for _, style := range []widgets.Style{widgets.Flat, widgets.Solid, widgets.Accent, widgets.Quiet} {
			rest := widgets.NewButton(words.T("button.save"), look.IconSave, style, nil)
			over := widgets.NewButton(words.T("button.save"), look.IconSave, style, nil)
			over.MouseIn(&desktop.MouseEvent{})
			focus := widgets.NewButton(words.T("button.save"), look.IconNone, style, nil)
			focus.FocusGained()
			off := widgets.NewButton(words.T("button.save"), look.IconSave, style, nil)
			off.Disable()
			grid.Add(rest)
			grid.Add(over)
			grid.Add(focus)
			grid.Add(off)
		}
		return container.NewPadded(grid)
	})
}

func TestButton_RailTabs(t *testing.T) {
	golden(t, "rail", fyne.NewSize(100, 300), func() fyne.CanvasObject {
		box := container.NewVBox()
		for i, id := range []string{"touchup", "background", "shadow", "crop"} {
			b := widgets.NewButton(words.T("section."+id), []look.Icon{look.IconBrush, look.IconBackground, look.IconShadow, look.IconCrop}[i], widgets.Stack, nil)
			b.SetChosen(i == 1)
			box.Add(b)
		}
		return container.NewPadded(box)
	})
}

func TestSegments_States(t *testing.T) {
	golden(t, "segments", fyne.NewSize(300, 140), func() fyne.CanvasObject {
		items := []widgets.Segment{{Text: words.T("side.before")}, {Icon: look.IconSplit}, {Text: words.T("side.after")}}
		a, b, c := widgets.NewSegments(items, nil), widgets.NewSegments(items, nil), widgets.NewSegments(items, nil)
		b.SetChosen(2)
		b.FocusGained()
		c.Disable()
		return container.NewPadded(container.NewVBox(a, b, c))
	})
}

func TestRow_States(t *testing.T) {
	thumb := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := 0; i < len(thumb.Pix); i += 4 {
		copy(thumb.Pix[i:], []uint8{200, 120, 60, 255})
	}
	rows := func() *fyne.Container {
		box := container.New(layout.NewCustomPaddedVBoxLayout(0))
		for _, s := range []widgets.RowState{
			{Name: "holiday-in-kamakura-2024.jpg", Line: words.T("state.waiting"), Icon: look.IconWait, Progress: -1, Action: look.IconClose},
			{Name: "写真 12.png", Line: words.T("state.working", words.Percent(0.43)), Mood: widgets.Busy, Progress: 0.43, Action: look.IconClose, Thumb: thumb},
			{Name: "a.tif", Line: words.T("state.done"), Icon: look.IconDone, Progress: -1, Thumb: thumb},
			{Name: "b.webp", Line: words.T("state.saved"), Mood: widgets.Good, Icon: look.IconDone, Progress: -1, Thumb: thumb},
			{Name: "c.jpg", Line: words.T("short.damaged"), Mood: widgets.Bad, Icon: look.IconFailed, Progress: -1, Action: look.IconRetry},
		} {
			r := widgets.NewRow()
			r.Set(s, false)
			box.Add(r)
		}
		return box
	}
	golden(t, "row", fyne.NewSize(248, 320), func() fyne.CanvasObject { return rows() })
}

func TestSlider_States(t *testing.T) {
	golden(t, "slider", fyne.NewSize(260, 150), func() fyne.CanvasObject {
		px := func(v float64) string { return words.T("unit.px", words.Number(v, 0)) }
		a := widgets.NewSlider(words.T("brush.size"), 0, 100, 1, px)
		a.SetValue(40)
		b := widgets.NewSlider(words.T("edge.feather"), 0, 100, 1, px)
		b.SetEnabled(false)
		return container.NewPadded(container.NewVBox(a, b))
	})
}

func TestSwatches_States(t *testing.T) {
	golden(t, "swatches", fyne.NewSize(230, 90), func() fyne.CanvasObject {
		s := widgets.NewSwatches([]string{"", "#ffffff", "#808080", "#000000", "#dbe9f6", "#d33a3a", "#22a34a"}, nil)
		s.Put("#808080")
		return container.NewPadded(s)
	})
}

func TestInvite_Looks(t *testing.T) {
	golden(t, "invite", fyne.NewSize(640, 360), func() fyne.CanvasObject {
		return widgets.NewInvite(words.T("invite.title"), words.T("invite.line"), words.T("invite.foot"),
			widgets.NewButton(words.T("invite.open"), look.IconOpen, widgets.Accent, nil),
			widgets.NewButton(words.T("invite.paste"), look.IconPaste, widgets.Solid, nil),
			widgets.NewButton(words.T("invite.capture"), look.IconCapture, widgets.Solid, nil))
	})
}

func TestStage_Sides(t *testing.T) {
	before, after := pictures(120, 90)
	for name, set := range map[string]func(*widgets.Stage){
		"after":   func(s *widgets.Stage) {},
		"before":  func(s *widgets.Stage) { s.SetSide(widgets.Before) },
		"compare": func(s *widgets.Stage) { s.SetSide(widgets.Compare); s.SetSplit(0.4) },
		"backdrop": func(s *widgets.Stage) {
			s.SetBackdrop(&color.NRGBA{200, 50, 200, 255})
		},
		"frame": func(s *widgets.Stage) { s.SetFrame(image.Rect(20, 10, 80, 60)) },
		"zoomed": func(s *widgets.Stage) {
			s.SetZoom(6)
		},
		"stroke": func(s *widgets.Stage) {
			s.BeginTrail(compose.Point{X: 20, Y: 20}, 6, color.NRGBA{60, 190, 110, 150})
			s.ExtendTrail(compose.Point{X: 60, Y: 40})
			s.ExtendTrail(compose.Point{X: 60, Y: 80})
		},
	} {
		t.Run(name, func(t *testing.T) {
			uitest.Start(t, look.Dark, "en")
			s := widgets.NewStage()
			w := test.NewWindow(s)
			defer w.Close()
			w.SetPadded(false)
			w.Resize(fyne.NewSize(240, 180))
			s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), compose.Layout{})
			set(s)
			test.AssertRendersToImage(t, "stage-"+name+".png", w.Canvas())
		})
	}
}

// pictures are a gradient and a disc cut out of it.
func pictures(w, h int) (before, after *image.NRGBA) {
	before, after = image.NewNRGBA(image.Rect(0, 0, w, h)), image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(255 * x / w), uint8(255 * y / h), 128, 255}
			before.SetNRGBA(x, y, c)
			if dx, dy := x-w/2, y-h/2; dx*dx+dy*dy < h*h/9 {
				after.SetNRGBA(x, y, c)
			}
		}
	}
	return before, after
}
