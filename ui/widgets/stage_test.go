package widgets_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"kirinuki/engine/compose"
	"kirinuki/ui/look"
	"kirinuki/ui/uitest"
	"kirinuki/ui/widgets"
)

// stand shows a picture of w by h pixels on a stage of 400 by 300.
func stand(t *testing.T, w, h int, lay compose.Layout) (*widgets.Stage, fyne.Window) {
	t.Helper()
	uitest.Start(t, look.Dark, "en")
	s := widgets.NewStage()
	win := test.NewWindow(s)
	t.Cleanup(win.Close)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(400, 300))
	before, _ := pictures(w, h)
	ow, oh := w, h
	if lay.W > 0 {
		ow, oh = lay.W, lay.H
	}
	after, _ := pictures(ow, oh)
	s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), lay)
	return s, win
}

func press(s *widgets.Stage, x, y float32, b desktop.MouseButton) {
	s.MouseIn(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}})
	s.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: b})
}

func drag(s *widgets.Stage, x, y float32) {
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}})
}

func release(s *widgets.Stage, x, y float32) {
	s.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary})
	s.DragEnd()
}

// under returns the picture's point that a tool is told of at a place.
func under(s *widgets.Stage, x, y float32) compose.Point {
	var got compose.Point
	s.SetTool(&widgets.Tool{Down: func(p compose.Point) { got = p }})
	press(s, x, y, desktop.MouseButtonPrimary)
	release(s, x, y)
	return got
}

func near(a, b compose.Point, by float64) bool { return math.Hypot(a.X-b.X, a.Y-b.Y) <= by }

func TestStage_FitsTheWholePictureAndNeverEnlarges(t *testing.T) {
	s, _ := stand(t, 4000, 1000, compose.Layout{})
	if z := s.Zoom(); math.Abs(z-(400-56)/4000.0) > 1e-9 {
		t.Errorf("zoom %v", z)
	}
	s, _ = stand(t, 40, 30, compose.Layout{})
	if z := s.Zoom(); z != 1 {
		t.Errorf("a small picture is shown at %v, want 1", z)
	}
}

func TestStage_WheelZoomsAtThePointer(t *testing.T) {
	s, _ := stand(t, 2000, 1500, compose.Layout{})
	s.SetZoom(0.5) // a picture smaller than the view stays in its middle
	at := under(s, 150, 120)
	for range 12 {
		s.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(150, 120)}, Scrolled: fyne.Delta{DY: 20}})
		if got := under(s, 150, 120); !near(got, at, 1e-6) {
			t.Fatalf("the point under the pointer moved from %v to %v", at, got)
		}
	}
	if s.Fitted() || s.Zoom() < 2 {
		t.Errorf("zoom %v, fitted %v", s.Zoom(), s.Fitted())
	}
	s.Fit()
	if !s.Fitted() {
		t.Error("fit does not fit")
	}
}

func TestStage_PansByDragMiddleButtonAndSpace(t *testing.T) {
	s, _ := stand(t, 2000, 1500, compose.Layout{})
	s.SetZoom(1)
	s.SetTool(nil)
	move := func(b desktop.MouseButton) {
		t.Helper()
		before := under(s, 200, 150)
		s.SetTool(nil)
		press(s, 200, 150, b)
		if b == desktop.MouseButtonPrimary {
			drag(s, 230, 140)
		} else {
			s.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(230, 140)}, Button: b})
		}
		release(s, 230, 140)
		after := under(s, 200, 150)
		if want := (compose.Point{X: before.X - 30, Y: before.Y + 10}); !near(after, want, 1e-6) {
			t.Errorf("at %v, want %v", after, want)
		}
	}
	move(desktop.MouseButtonPrimary)
	move(desktop.MouseButtonTertiary)

	used := false
	at := under(s, 200, 150)
	s.SetTool(&widgets.Tool{Down: func(compose.Point) { used = true }})
	s.KeyDown(&fyne.KeyEvent{Name: fyne.KeySpace})
	press(s, 200, 150, desktop.MouseButtonPrimary)
	drag(s, 210, 150)
	release(s, 210, 150)
	s.KeyUp(&fyne.KeyEvent{Name: fyne.KeySpace})
	if used {
		t.Error("the tool was used while Space was held")
	}
	if got := under(s, 200, 150); !near(got, compose.Point{X: at.X - 10, Y: at.Y}, 1e-6) {
		t.Errorf("Space did not pan: %v from %v", got, at)
	}
}

func TestStage_NeverLosesThePicture(t *testing.T) {
	s, _ := stand(t, 2000, 1500, compose.Layout{})
	s.SetZoom(1)
	for range 100 {
		s.Pan(1, 1)
	}
	if p := under(s, 399, 299); p.X < 0 || p.Y < 0 {
		t.Errorf("panned out of sight: %v", p)
	}
}

func TestStage_ToolsSeeTheOriginalsPointsThroughACrop(t *testing.T) {
	// The finished picture is the part from (500, 300), twice reduced.
	lay := compose.Layout{W: 200, H: 150, Scale: 0.5, X: -250, Y: -150}
	s, _ := stand(t, 2000, 1500, lay)
	got := under(s, 200, 150) // the view's centre is the finished picture's
	if want := lay.ToPicture(compose.Point{X: 100, Y: 75}); !near(got, want, 1e-6) {
		t.Errorf("tool at %v, want %v", got, want)
	}
	s.SetSide(widgets.Before)
	if got := under(s, 200, 150); !near(got, compose.Point{X: 1000, Y: 750}, 1e-6) {
		t.Errorf("on the original the tool is at %v", got)
	}
}

func TestStage_CompareShowsTheSamePlaceOnBothSides(t *testing.T) {
	lay := compose.Layout{W: 200, H: 150, Scale: 0.5, X: -250, Y: -150}
	uitest.Start(t, look.Dark, "en")
	s := widgets.NewStage()
	win := test.NewWindow(s)
	defer win.Close()
	win.SetPadded(false)
	win.Resize(fyne.NewSize(400, 300))
	before := image.NewNRGBA(image.Rect(0, 0, 2000, 1500))
	after := image.NewNRGBA(image.Rect(0, 0, 200, 150))
	paint := func(img *image.NRGBA, at func(x, y int) compose.Point) {
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				p := at(x, y)
				img.SetNRGBA(x, y, color.NRGBA{uint8(p.X / 8), uint8(p.Y / 6), 40, 255})
			}
		}
	}
	paint(before, func(x, y int) compose.Point { return compose.Point{X: float64(x), Y: float64(y)} })
	paint(after, func(x, y int) compose.Point {
		return lay.ToPicture(compose.Point{X: float64(x) + 0.5, Y: float64(y) + 0.5})
	})
	s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), lay)
	s.SetSide(widgets.Compare)
	s.SetSplit(1)
	left := win.Canvas().Capture()
	s.SetSplit(0)
	right := win.Canvas().Capture()
	for _, p := range []image.Point{{150, 120}, {250, 200}, {200, 100}} {
		lr, lg, _, _ := left.At(p.X, p.Y).RGBA()
		rr, rg, _, _ := right.At(p.X, p.Y).RGBA()
		if d := math.Abs(float64(lr)-float64(rr)) + math.Abs(float64(lg)-float64(rg)); d > 4*257 {
			t.Errorf("at %v before is %v and after %v", p, left.At(p.X, p.Y), right.At(p.X, p.Y))
		}
	}
}

func TestStage_LineOfCompareIsDragged(t *testing.T) {
	s, win := stand(t, 300, 200, compose.Layout{})
	s.SetTool(&widgets.Tool{Down: func(compose.Point) { t.Error("the tool was used on the line") }})
	s.SetSide(widgets.Compare)
	press(s, 200, 150, desktop.MouseButtonPrimary)
	if s.Cursor() != desktop.HResizeCursor {
		t.Error("no cursor says that the line can be dragged")
	}
	drag(s, 125, 150)
	release(s, 125, 150)
	s.SetTool(nil)
	// The picture covers 50..350, so the line is at a quarter of it.
	img := win.Canvas().Capture()
	if c := color.NRGBAModel.Convert(img.At(125, 60)).(color.NRGBA); c.R < 200 || c.B < 200 {
		t.Errorf("no line at the pointer but %v", c)
	}
}

func TestStage_StrokeStaysWhileTheNextIsDrawn(t *testing.T) {
	s, win := stand(t, 300, 200, compose.Layout{})
	green := color.NRGBA{0, 255, 0, 255}
	s.SetTool(&widgets.Tool{Down: func(p compose.Point) { s.BeginTrail(p, 10, green) }, Drag: s.ExtendTrail})
	press(s, 100, 150, desktop.MouseButtonPrimary)
	drag(s, 200, 150)
	before, after := pictures(300, 200)
	s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), compose.Layout{})
	at := func() color.NRGBA {
		return color.NRGBAModel.Convert(win.Canvas().Capture().At(150, 150)).(color.NRGBA)
	}
	if at() != green {
		t.Errorf("the stroke being drawn vanished: %v", at())
	}
	release(s, 200, 150)
	s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), compose.Layout{})
	if at() == green {
		t.Error("the stroke stays on top of what it did")
	}
}

func TestStage_GripsOfTheFrame(t *testing.T) {
	s, _ := stand(t, 300, 200, compose.Layout{})
	s.SetFrame(image.Rect(50, 40, 200, 150))
	for _, c := range []struct {
		p      compose.Point
		gx, gy int
		ok     bool
	}{
		{compose.Point{X: 52, Y: 41}, -1, -1, true}, {compose.Point{X: 199, Y: 100}, 1, 0, true},
		{compose.Point{X: 120, Y: 149}, 0, 1, true}, {compose.Point{X: 120, Y: 90}, 0, 0, true},
		{compose.Point{X: 20, Y: 90}, 0, 0, false},
	} {
		if gx, gy, ok := s.Grip(c.p); gx != c.gx || gy != c.gy || ok != c.ok {
			t.Errorf("grip at %v is %d %d %v", c.p, gx, gy, ok)
		}
	}
}

func TestStage_AsksForMorePixelsOnlyWhenTheyWouldShow(t *testing.T) {
	uitest.Start(t, look.Dark, "en")
	s := widgets.NewStage()
	win := test.NewWindow(s)
	defer win.Close()
	win.Resize(fyne.NewSize(400, 300))
	small, _ := pictures(400, 300)
	full := image.Pt(4000, 3000)
	s.SetPictures(widgets.NewPic(small, full), widgets.NewPic(small, full), compose.Layout{})
	if !s.Sharp() {
		t.Error("fitted, the small copy has all the pixels that show")
	}
	s.SetZoom(1)
	if s.Sharp() {
		t.Error("at 100 % the small copy is too small")
	}
}

func BenchmarkStage_Fit24Megapixels(b *testing.B) {
	benchmarkStage(b, func(s *widgets.Stage) { s.Fit() })
}

func BenchmarkStage_FullSize24Megapixels(b *testing.B) {
	benchmarkStage(b, func(s *widgets.Stage) { s.SetZoom(1) })
}

func benchmarkStage(b *testing.B, look0 func(*widgets.Stage)) {
	uitest.Start(b, look.Dark, "en")
	s := widgets.NewStage()
	win := test.NewWindow(s)
	defer win.Close()
	win.Resize(fyne.NewSize(1400, 900))
	before, after := pictures(6000, 4000)
	s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), compose.Layout{})
	look0(s)
	for b.Loop() {
		s.Render(1400, 900)
	}
}

// BenchmarkStage_PointerMove is what a move of the brush costs from the event
// to pixels, late in a long stroke over a picture of 12 megapixels.
func BenchmarkStage_PointerMove(b *testing.B) {
	uitest.Start(b, look.Dark, "en")
	s := widgets.NewStage()
	win := test.NewWindow(s)
	defer win.Close()
	win.Resize(fyne.NewSize(1400, 900))
	before, after := pictures(4000, 3000)
	s.SetPictures(widgets.NewPic(before, image.Point{}), widgets.NewPic(after, image.Point{}), compose.Layout{})
	s.BeginTrail(compose.Point{}, 60, color.NRGBA{0, 255, 0, 150})
	for i := range 2000 {
		s.ExtendTrail(compose.Point{X: float64(i * 2), Y: float64(i)})
	}
	s.Render(1400, 900)
	i := 0
	for b.Loop() {
		i++
		s.ExtendTrail(compose.Point{X: float64(i % 4000), Y: 1500})
		s.Render(1400, 900)
	}
}

func TestStage_FillsScreensWithMorePixelsThanUnits(t *testing.T) {
	s, _ := stand(t, 2000, 1500, compose.Layout{})
	img := s.Render(800, 600)
	stage := look.Color(look.ColorStage)
	// Fitted with a margin of 28 units, the picture begins at 56 pixels.
	if c := color.NRGBAModel.Convert(img.At(400, 40)).(color.NRGBA); c != stage {
		t.Errorf("above the picture is %v", c)
	}
	if c := color.NRGBAModel.Convert(img.At(720, 300)).(color.NRGBA); c == stage {
		t.Error("the picture does not reach as far as it should")
	}
	if got := under(s, 200, 150); !near(got, compose.Point{X: 1000, Y: 750}, 1) {
		t.Errorf("the middle is at %v", got)
	}
}
