package compose_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
)

// paintHints stands in for the solver: it does what it is told to the letter
// and makes unknown pixels half transparent and grey.
func paintHints(ctx context.Context, src image.Image, base *matte.Cutout, h *matte.Hints) (*matte.Cutout, error) {
	a := image.NewGray(base.Alpha.Rect)
	copy(a.Pix, base.Alpha.Pix)
	f := image.NewNRGBA(a.Rect)
	copy(f.Pix, base.Foreground.(*image.NRGBA).Pix)
	for i, v := range h.V {
		switch v {
		case matte.Keep:
			a.Pix[i] = 255
		case matte.Remove:
			a.Pix[i] = 0
		case matte.Unknown:
			a.Pix[i] = 128
			f.Pix[4*i] = 128
		}
	}
	return &matte.Cutout{Alpha: a, Foreground: f}, ctx.Err()
}

var fake = compose.RetouchOptions{Touch: paintHints}

func two() compose.Source {
	a, b := disc(30, 32, 18), disc(72, 30, 15)
	return source(96, 64, func(x, y int) uint8 { return max(a(x, y), b(x, y)) }, even(red), even(green))
}

func same(a, b *matte.Cutout) bool {
	return bytes.Equal(a.Alpha.Pix, b.Alpha.Pix) &&
		bytes.Equal(a.Foreground.(*image.NRGBA).Pix, b.Foreground.(*image.NRGBA).Pix)
}

// TestRetouchFromIsReplay wanders through edits as a person does (adding,
// taking back, changing) and holds each result against a replay from scratch.
func TestRetouchFromIsReplay(t *testing.T) {
	s := two()
	before := bytes.Clone(s.Cutout.Alpha.Pix)
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		var last *compose.Retouched
		e := randomEdit(r, 96, 64)
		for step := range 12 {
			if n := len(e.Strokes); n > 0 && r.IntN(3) == 0 {
				e.Strokes = e.Strokes[:n-1]
				e.Parts = nil
			} else {
				more := randomEdit(r, 96, 64)
				e.Strokes = append(e.Strokes, more.Strokes...)
				for _, p := range more.Parts {
					p.After = len(e.Strokes)
					e.Parts = append(e.Parts, p)
				}
			}
			whole, err := compose.Retouch(ctx, s, e, fake)
			if err != nil {
				t.Fatal(err)
			}
			next, err := compose.RetouchFrom(ctx, last, s, e, fake)
			if err != nil {
				t.Fatal(err)
			}
			if !same(whole.Cutout, next.Cutout) {
				t.Fatalf("step %d: going on differs from starting over", step)
			}
			if last != nil {
				outside(t, last.Cutout, next.Cutout, next.Dirty)
			}
			last = next
		}
	}
	if !bytes.Equal(before, s.Cutout.Alpha.Pix) {
		t.Error("the source's own cut-out was painted on")
	}
}

// outside holds that nothing changed outside of dirty.
func outside(t *testing.T, a, b *matte.Cutout, dirty image.Rectangle) {
	t.Helper()
	w := a.Alpha.Rect.Dx()
	for i := range a.Alpha.Pix {
		if p := image.Pt(i%w, i/w); !p.In(dirty) && (a.Alpha.Pix[i] != b.Alpha.Pix[i] || a.Foreground.At(p.X, p.Y) != b.Foreground.At(p.X, p.Y)) {
			t.Fatalf("%v changed outside of %v", p, dirty)
		}
	}
}

func TestRetouchUndoIsIdentical(t *testing.T) {
	s := two()
	r := rand.New(rand.NewPCG(7, 7))
	var states []*compose.Retouched
	var edits []compose.Edit
	e := compose.Edit{}
	var last *compose.Retouched
	for range 20 {
		var err error
		if last, err = compose.RetouchFrom(ctx, last, s, e, fake); err != nil {
			t.Fatal(err)
		}
		states, edits = append(states, last), append(edits, e.Clone())
		for len(e.Strokes) < len(states) {
			e.Strokes = append(e.Strokes, randomEdit(r, 96, 64).Strokes...)
		}
		e.Strokes = e.Strokes[:len(states)]
	}
	calls := 0
	counting := compose.RetouchOptions{Touch: func(c context.Context, m image.Image, b *matte.Cutout, h *matte.Hints) (*matte.Cutout, error) {
		calls++
		return paintHints(c, m, b, h)
	}}
	for i := len(edits) - 1; i >= 0; i-- {
		var err error
		if last, err = compose.RetouchFrom(ctx, last, s, edits[i], counting); err != nil {
			t.Fatal(err)
		}
		if !same(last.Cutout, states[i].Cutout) {
			t.Fatalf("undone to %d strokes, the cut-out differs", i)
		}
	}
	if calls != 0 {
		t.Errorf("taking strokes back asked the solver %d times", calls)
	}
}

func TestOneMoreStrokeAsksTheSolverOnce(t *testing.T) {
	calls := 0
	o := compose.RetouchOptions{Touch: func(c context.Context, m image.Image, b *matte.Cutout, h *matte.Hints) (*matte.Cutout, error) {
		calls++
		return paintHints(c, m, b, h)
	}}
	s := two()
	var e compose.Edit
	for i := range 50 {
		e.Strokes = append(e.Strokes, compose.Stroke{Tool: compose.Keep, Radius: 2, Points: []compose.Point{{X: float64(i), Y: 10}}})
	}
	prev, err := compose.Retouch(ctx, s, e, o)
	if err != nil {
		t.Fatal(err)
	}
	calls = 0
	e.Strokes = append(e.Strokes, compose.Stroke{Tool: compose.Remove, Radius: 2, Points: []compose.Point{{X: 30, Y: 30}}})
	next, err := compose.RetouchFrom(ctx, prev, s, e, o)
	if err != nil {
		t.Fatal(err)
	}
	if calls != 1 {
		t.Errorf("%d calls for one stroke", calls)
	}
	if d := next.Dirty; d.Dx() > 8 || d.Dy() > 8 || !image.Pt(30, 30).In(d) {
		t.Errorf("dirty is %v for a dot of radius 2 at 30, 30", d)
	}
}

// restoreOn paints one stroke onto nothing and returns its coverage.
func restoreOn(t *testing.T, w, h int, s compose.Stroke, o compose.RetouchOptions) *image.Gray {
	t.Helper()
	src := source(w, h, func(int, int) uint8 { return 0 }, even(red), even(red))
	got, err := compose.Retouch(ctx, src, compose.Edit{Strokes: []compose.Stroke{s}}, o)
	if err != nil {
		t.Fatal(err)
	}
	return got.Cutout.Alpha
}

func TestHardStrokeIsExactlyItsCapsule(t *testing.T) {
	for _, radius := range []float64{0.5, 1, 3.3, 10, 24.75} {
		s := compose.Stroke{Tool: compose.Restore, Radius: radius, Hardness: 1, Points: []compose.Point{{X: 30.2, Y: 40.7}, {X: 71.9, Y: 61.1}}}
		got := 0.0
		for _, v := range restoreOn(t, 110, 100, s, fake).Pix {
			got += float64(v) / 255
		}
		want := math.Pi*radius*radius + 2*radius*math.Hypot(41.7, 20.4)
		if math.Abs(got-want) > 0.01*want+0.2 {
			t.Errorf("radius %v: area %.2f, want %.2f", radius, got, want)
		}
	}
	// Pixel by pixel, a disc.
	s := compose.Stroke{Tool: compose.Restore, Radius: 12.5, Hardness: 1, Points: []compose.Point{{X: 20.3, Y: 19.8}}}
	got, worst := restoreOn(t, 40, 40, s, fake), 0.0
	for y := range 40 {
		for x := range 40 {
			worst = math.Max(worst, math.Abs(float64(got.GrayAt(x, y).Y)/255-discShare(20.3, 19.8, 12.5, x, y)))
		}
	}
	if worst > 0.09 {
		t.Errorf("a pixel of the disc is %.3f off", worst)
	}
}

func TestStrokeDoesNotBuildUp(t *testing.T) {
	once := compose.Stroke{Tool: compose.Restore, Radius: 10, Points: []compose.Point{{X: 20, Y: 20}, {X: 40, Y: 20}}}
	back := once
	for range 30 {
		back.Points = append(back.Points, once.Points...)
	}
	a, b := restoreOn(t, 60, 40, once, fake), restoreOn(t, 60, 40, back, fake)
	if !bytes.Equal(a.Pix, b.Pix) {
		t.Error("going over the same line within one stroke changed it")
	}
	fine := once
	fine.Points = nil
	for i := range 401 {
		fine.Points = append(fine.Points, compose.Point{X: 20 + float64(i)/20, Y: 20})
	}
	c := restoreOn(t, 60, 40, fine, fake)
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(c.Pix[i]); d < -1 || d > 1 {
			t.Fatalf("pixel %d: %d from two points, %d from many", i, a.Pix[i], c.Pix[i])
		}
	}
}

func TestSoftBrushFallsOffFromHardness(t *testing.T) {
	s := compose.Stroke{Tool: compose.Restore, Radius: 20, Hardness: 0.5, Points: []compose.Point{{X: 30.5, Y: 30.5}}}
	got := restoreOn(t, 61, 61, s, fake)
	last := uint8(255)
	for x := 30; x < 61; x++ {
		v := got.GrayAt(x, 30).Y
		if v > last {
			t.Errorf("coverage rises outwards at %d", x)
		}
		last = v
		switch d := x - 30; {
		case d <= 10 && v != 255:
			t.Errorf("%d pixels out, within the hard half, it is %d", d, v)
		case d == 15 && (v < 110 || v > 160):
			t.Errorf("halfway down the slope it is %d", v)
		case d > 20 && v != 0:
			t.Errorf("%d pixels out, beyond the radius, it is %d", d, v)
		}
	}
}

func TestEraseAndRestore(t *testing.T) {
	s := two()
	at := func(c *matte.Cutout, x, y int) (uint8, color.NRGBA) {
		return c.Alpha.GrayAt(x, y).Y, c.Foreground.(*image.NRGBA).NRGBAAt(x, y)
	}
	e := compose.Edit{Strokes: []compose.Stroke{
		{Tool: compose.Erase, Radius: 5, Hardness: 1, Points: []compose.Point{{X: 30, Y: 32}}},
		{Tool: compose.Restore, Radius: 5, Hardness: 1, Points: []compose.Point{{X: 50, Y: 8}}},
	}}
	got, err := compose.Retouch(ctx, s, e, fake)
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := at(got.Cutout, 30, 32); a != 0 {
		t.Errorf("erased pixel has alpha %d", a)
	}
	if a, c := at(got.Cutout, 50, 8); a != 255 || c != green {
		t.Errorf("restored pixel has alpha %d, colour %v; want the original's %v", a, c, green)
	}
	// A later hint nearby must not bring the erased part back, whatever the
	// solver says; under the hint itself it may.
	e.Strokes = append(e.Strokes, compose.Stroke{Tool: compose.Hair, Radius: 4, Points: []compose.Point{{X: 36, Y: 32}}})
	got, err = compose.Retouch(ctx, s, e, compose.RetouchOptions{Touch: func(c context.Context, m image.Image, b *matte.Cutout, h *matte.Hints) (*matte.Cutout, error) {
		for i, v := range h.V {
			if over := math.Hypot(float64(i%96)+0.5-36, float64(i/96)+0.5-32) < 4; over != (v == matte.Unknown) {
				t.Fatalf("the solver was told %v at %d, %d", v, i%96, i/96)
			}
		}
		a := image.NewGray(b.Alpha.Rect)
		for i := range a.Pix {
			a.Pix[i] = 77
		}
		f := image.NewNRGBA(a.Rect)
		for i := 3; i < len(f.Pix); i += 4 {
			f.Pix[i] = 255
		}
		return &matte.Cutout{Alpha: a, Foreground: f}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[image.Point]uint8{{X: 30, Y: 32}: 0, {X: 50, Y: 8}: 255, {X: 36, Y: 32}: 77, {X: 33, Y: 32}: 77, {X: 5, Y: 5}: 77} {
		if a, _ := at(got.Cutout, p.X, p.Y); a != want {
			t.Errorf("after the hint %v has alpha %d, want %d", p, a, want)
		}
	}
	if _, c := at(got.Cutout, 50, 8); c != green {
		t.Errorf("the restored pixel's colour became %v", c)
	}
}

// TestRetouchWithTheSolver draws over a piece that the network forgot.
func TestRetouchWithTheSolver(t *testing.T) {
	whole := disc(100, 75, 50)
	s := source(200, 150, whole, even(red), even(green))
	for y := range 150 { // the right part is missing
		for x := 110; x < 200; x++ {
			s.Cutout.Alpha.Pix[y*200+x] = 0
		}
	}
	e := compose.Edit{Strokes: []compose.Stroke{{Tool: compose.Keep, Radius: 6, Points: []compose.Point{{X: 118, Y: 60}, {X: 135, Y: 85}}}}}
	got, err := compose.Retouch(ctx, s, e, compose.RetouchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(c *matte.Cutout) (n int) {
		for i, a := range c.Alpha.Pix {
			if d := int(a) - int(whole(i%200, i/200)); d > 64 || d < -64 {
				n++
			}
		}
		return n
	}
	if before, after := wrong(s.Cutout), wrong(got.Cutout); after > before/3 {
		t.Errorf("one stroke left %d of %d wrong pixels", after, before)
	}
	outside(t, s.Cutout, got.Cutout, got.Dirty)
	// Taken back, it is as before; drawn again, the same.
	none, err := compose.RetouchFrom(ctx, got, s, compose.Edit{}, compose.RetouchOptions{})
	if err != nil || !same(none.Cutout, s.Cutout) {
		t.Errorf("taking the stroke back left a trace (%v)", err)
	}
	again, err := compose.RetouchFrom(ctx, none, s, e, compose.RetouchOptions{})
	if err != nil || !same(again.Cutout, got.Cutout) {
		t.Errorf("the same stroke again gives something else (%v)", err)
	}
}

func TestRestoreKeepsThePicturesOwnAlpha(t *testing.T) {
	s := two()
	o := s.Original.(*image.NRGBA)
	for i := 3; i < len(o.Pix); i += 4 {
		o.Pix[i] = 100
	}
	e := compose.Edit{Strokes: []compose.Stroke{{Tool: compose.Restore, Radius: 5, Hardness: 1, Points: []compose.Point{{X: 50, Y: 8}, {X: 30, Y: 32}}}}}
	got, err := compose.Retouch(ctx, s, e, fake)
	if err != nil {
		t.Fatal(err)
	}
	if a := got.Cutout.Alpha.GrayAt(50, 8).Y; a != 100 {
		t.Errorf("restored to %d where the picture itself has 100", a)
	}
	if a := got.Cutout.Alpha.GrayAt(30, 32).Y; a != 255 {
		t.Errorf("restoring lowered alpha to %d", a)
	}
}

func TestParts(t *testing.T) {
	s := two()
	count := func(e compose.Edit) (left, right int) {
		got, err := compose.Retouch(ctx, s, e, fake)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Cutout.Alpha.Pix {
			if v > 0 && i%96 < 52 {
				left++
			} else if v > 0 {
				right++
			}
		}
		return left, right
	}
	l0, r0 := count(compose.Edit{})
	drop := compose.Edit{Parts: []compose.Part{{At: compose.Point{X: 72, Y: 30}}}}
	if l, r := count(drop); l != l0 || r != 0 {
		t.Errorf("dropping the right part left %d of %d and %d of %d pixels", l, l0, r, r0)
	}
	back := compose.Edit{Parts: append(drop.Parts, compose.Part{At: compose.Point{X: 72, Y: 30}, Keep: true})}
	if l, r := count(back); l != l0 || r != r0 {
		t.Errorf("dropped and kept again: %d of %d and %d of %d", l, l0, r, r0)
	}
	if l, r := count(compose.Edit{Parts: []compose.Part{{At: compose.Point{X: 51, Y: 60}}}}); l != l0 || r != r0 {
		t.Errorf("a click on nothing dropped something")
	}
	// After a stroke that cuts the left disc in two, one half can go.
	half := compose.Edit{
		Strokes: []compose.Stroke{{Tool: compose.Erase, Radius: 3, Hardness: 1, Points: []compose.Point{{X: 30, Y: 0}, {X: 30, Y: 64}}}},
		Parts:   []compose.Part{{At: compose.Point{X: 20, Y: 32}, After: 1}},
	}
	if l, _ := count(half); l > l0/2 || l < l0/4 {
		t.Errorf("half of the left disc should be left, not %d of %d", l, l0)
	}
}

func TestRetouchAtPreviewScale(t *testing.T) {
	s := compose.Stroke{Tool: compose.Restore, Radius: 20, Hardness: 1, Points: []compose.Point{{X: 60, Y: 60}}}
	o := fake
	o.Scale = 0.25
	got := 0.0
	for _, v := range restoreOn(t, 30, 30, s, o).Pix {
		got += float64(v) / 255
	}
	if want := math.Pi * 25; math.Abs(got-want) > 1 {
		t.Errorf("a quarter of the size: area %.1f, want %.1f", got, want)
	}
}

func TestRetouchExtremes(t *testing.T) {
	one := source(1, 1, rect(image.Rect(0, 0, 1, 1)), even(red), even(green))
	far := compose.Point{X: 1e6, Y: -1e6}
	for name, st := range map[string]compose.Stroke{
		"no points":     {Tool: compose.Erase, Radius: 5},
		"radius 0":      {Tool: compose.Keep, Points: []compose.Point{{}}},
		"far away":      {Tool: compose.Hair, Radius: 5, Points: []compose.Point{far, far}},
		"huge":          {Tool: compose.Restore, Radius: 1e6, Points: []compose.Point{{}, far}},
		"tiny":          {Tool: compose.Erase, Radius: 1e-9, Points: []compose.Point{{X: 0.5, Y: 0.5}}},
		"across it all": {Tool: compose.Remove, Radius: 1, Points: []compose.Point{far, {X: -1e6, Y: 1e6}}},
	} {
		if _, err := compose.Retouch(ctx, one, compose.Edit{Strokes: []compose.Stroke{st}}, fake); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, st := range map[string]compose.Stroke{
		"NaN":           {Tool: compose.Erase, Radius: math.NaN()},
		"endless":       {Tool: compose.Erase, Radius: 1, Points: []compose.Point{{X: math.Inf(1)}}},
		"no such tool":  {Tool: "smudge", Radius: 1},
		"negative size": {Tool: compose.Keep, Radius: -1},
	} {
		_, err := compose.Retouch(ctx, one, compose.Edit{Strokes: []compose.Stroke{st}}, fake)
		if fault.Of(err) != fault.Usage {
			t.Errorf("%s: %v, want a usage error", name, err)
		}
	}
}

func TestRetouchCancelled(t *testing.T) {
	c, cancel := context.WithCancel(ctx)
	cancel()
	e := compose.Edit{Strokes: []compose.Stroke{{Tool: compose.Erase, Radius: 5, Points: []compose.Point{{X: 5, Y: 5}}}}}
	if _, err := compose.Retouch(c, two(), e, fake); fault.Of(err) != fault.Cancelled {
		t.Errorf("%v, want cancelled", err)
	}
	boom := errors.New("boom")
	e.Strokes[0].Tool = compose.Keep
	_, err := compose.Retouch(ctx, two(), e, compose.RetouchOptions{Touch: func(context.Context, image.Image, *matte.Cutout, *matte.Hints) (*matte.Cutout, error) {
		return nil, boom
	}})
	if !errors.Is(err, boom) {
		t.Errorf("the solver's error became %v", err)
	}
}

// TestManyPartsAtOnce drops every disc of a grid but one, as keeping one part
// alone does.
func TestManyPartsAtOnce(t *testing.T) {
	dots := func(x, y int) uint8 { return disc(float64(x/20*20)+10, float64(y/20*20)+10, 6)(x, y) }
	s := source(200, 200, dots, even(red), even(green))
	var e compose.Edit
	for i := range 100 {
		if i != 55 {
			e.Parts = append(e.Parts, compose.Part{At: compose.Point{X: float64(i%10*20) + 10, Y: float64(i/10*20) + 10}})
		}
	}
	got, err := compose.Retouch(ctx, s, e, fake)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range got.Cutout.Alpha.Pix {
		x, y := i%200, i/200
		want := uint8(0)
		if x/20 == 5 && y/20 == 5 {
			want = dots(x, y)
		}
		if a != want {
			t.Fatalf("alpha %d at %d, %d; want %d", a, x, y, want)
		}
	}
	// One at a time it is the same.
	var last *compose.Retouched
	for i := range e.Parts {
		if last, err = compose.RetouchFrom(ctx, last, s, compose.Edit{Parts: e.Parts[:i+1]}, fake); err != nil {
			t.Fatal(err)
		}
	}
	if !same(last.Cutout, got.Cutout) {
		t.Error("dropped one by one they leave something else")
	}
}
