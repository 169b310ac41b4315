package matte

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"math"
	"runtime"
	"testing"

	"kirinuki/engine/fault"
)

var qualities = []Quality{Off, Draft, Fast, Fine}

// ring is a plain subject with a hole on a plain background: a picture whose
// exact alpha and colours are known.
func ring(w, h int, subject, ground color.NRGBA) scene {
	cx, cy, r := float64(w)/2+0.3, float64(h)/2-0.2, float64(min(w, h))*0.38
	outer, inner := disc(w, h, cx, cy, r), disc(w, h, cx, cy, r*0.45)
	alpha := image.NewGray(outer.Rect)
	for i, v := range outer.Pix {
		alpha.Pix[i] = v - inner.Pix[i]
	}
	fore, back := plain(w, h, subject), plain(w, h, ground)
	return scene{"ring", compose(fore, back, alpha), alpha, fore, trimapAround(alpha, 4), coarseMask(alpha, 1, 4, 2)}
}

func plain(w, h int, c color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return m
}

// worst and mean alpha error over the whole picture, in 0..1.
func errors(got, want *image.Gray) (worst, mean float64) {
	for i, v := range got.Pix {
		d := math.Abs(float64(v)-float64(want.Pix[i])) / 255
		worst = max(worst, d)
		mean += d
	}
	return worst, mean / float64(len(got.Pix))
}

func refined(t *testing.T, s scene, o Options) *Cutout {
	t.Helper()
	c, err := Refine(ctxTest, s.src, s.mask, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRefine_RingIsExact(t *testing.T) {
	red, green, white, black := color.NRGBA{200, 40, 30, 255}, color.NRGBA{30, 160, 60, 255}, color.NRGBA{250, 250, 250, 255}, color.NRGBA{5, 5, 5, 255}
	for _, c := range [][2]color.NRGBA{{red, green}, {white, black}, {black, white}, {white, green}} {
		s := ring(240, 200, c[0], c[1])
		got := refined(t, s, Options{})
		worst, mean := errors(got.Alpha, s.alpha)
		if worst > 0.08 || mean > 0.001 {
			t.Errorf("%v on %v: alpha is off by %.3f at worst, %.5f on average", c[0], c[1], worst, mean)
		}
		fore := got.Foreground.(*image.NRGBA)
		for i, a := range got.Alpha.Pix {
			if a < 40 || a == 255 {
				continue
			}
			for k, want := range []uint8{c[0].R, c[0].G, c[0].B} {
				if d := math.Abs(float64(fore.Pix[4*i+k]) - float64(want)); d > 12 {
					t.Fatalf("%v on %v: colour %v where alpha is %d", c[0], c[1], fore.NRGBAAt(i%240, i/240), a)
				}
			}
		}
	}
}

func TestRefine_SoftEdgeOnGradients(t *testing.T) {
	// A defocused disc: alpha falls over 12 pixels, subject and background
	// are slow gradients.
	const w, h = 300, 220
	alpha := image.NewGray(image.Rect(0, 0, w, h))
	fore, back := image.NewNRGBA(alpha.Rect), image.NewNRGBA(alpha.Rect)
	for i := range alpha.Pix {
		x, y := float64(i%w), float64(i/w)
		alpha.Pix[i] = unit8(float32(0.5 - (math.Hypot(x-150, y-110)-70)/12))
		copy(fore.Pix[4*i:], []uint8{uint8(150 + x/4), uint8(60 + y/5), uint8(40 + x/10), 255})
		copy(back.Pix[4*i:], []uint8{uint8(20 + y/6), uint8(60 + x/5), uint8(140 + y/3), 255})
	}
	s := scene{"", compose(fore, back, alpha), alpha, fore, nil, coarseMask(alpha, 3, 4, 2)}
	worst, mean := errors(refined(t, s, Options{}).Alpha, alpha)
	if worst > 0.12 || mean > 0.003 {
		t.Errorf("alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
}

// letters is thick text: strokes, corners, and the holes of an A, an O and an
// 8, drawn 8 samples a pixel.
func letters() *image.Gray {
	glyphs := []string{
		" ##   ##  ### ", "#  # #  # # # ", "#### #  # ### ", "#  # #  # # # ", "#  #  ##  ### ",
	}
	const cell, samples = 18.3, 4
	w, h := 274, 110
	a := image.NewGray(image.Rect(0, 0, w, h))
	for i := range a.Pix {
		n := 0
		for k := range samples * samples {
			x := (float64(i%w) + (float64(k%samples)+.5)/samples) / cell
			y := (float64(i/w) + (float64(k/samples)+.5)/samples) / cell
			gx, gy := int(x-0.4), int(y-0.4)
			if x > 0.4 && y > 0.4 && gy < len(glyphs) && gx < len(glyphs[gy]) && glyphs[gy][gx] == '#' {
				n++
			}
		}
		a.Pix[i] = uint8(n * 255 / (samples * samples))
	}
	return a
}

func TestRefine_TextWithHoles(t *testing.T) {
	alpha := letters()
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	fore := plain(w, h, color.NRGBA{30, 30, 90, 255})
	back := backdrop("smooth", 5, w, h, fore)
	s := scene{"", compose(fore, back, alpha), alpha, fore, nil, coarseMask(alpha, 2, 4, 2)}
	worst, mean := errors(refined(t, s, Options{}).Alpha, alpha)
	if worst > 0.25 || mean > 0.003 {
		t.Errorf("alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
}

func TestRefine_NothingChangesOutsideTheBand(t *testing.T) {
	alpha, fore := hairBall(200, 180, 3)
	s := scene{src: compose(fore, backdrop("busy", 3, 200, 180, fore), alpha), mask: coarseMask(alpha, 3, 3, 2)}
	trimap := Trimap(s.src, s.mask, nil)
	for _, q := range []Quality{Draft, Fast, Fine} {
		c := refined(t, s, Options{Quality: q})
		out := c.Foreground.(*image.NRGBA)
		for i, v := range trimap.Pix {
			if v != unknown && c.Alpha.Pix[i] != v {
				t.Fatalf("%s: alpha is %d where the trimap is %d", q, c.Alpha.Pix[i], v)
			}
			if a := c.Alpha.Pix[i]; (a == 0 || a == 255) && !bytes.Equal(out.Pix[4*i:4*i+4], s.src.Pix[4*i:4*i+4]) {
				t.Fatalf("%s: colour changed where alpha is %d", q, a)
			}
		}
	}
}

func TestRefine_SameBytesHoweverTheWorkIsShared(t *testing.T) {
	alpha, fore := hairBall(300, 260, 4)
	src := compose(fore, backdrop("busy", 4, 300, 260, fore), alpha)
	m := coarseMask(alpha, 4, 3, 3)
	h := &Hints{300, 260, make([]Hint, 300*260)}
	for x := 10; x < 60; x++ {
		h.V[130*300+x] = Keep
		h.V[20*300+x] = Unknown
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, q := range qualities {
		var first *Cutout
		for _, cores := range []int{1, 2, 2, 5} {
			runtime.GOMAXPROCS(cores)
			c, err := Refine(ctxTest, src, m, Options{Quality: q, Hints: h}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = c
			}
			if !bytes.Equal(c.Alpha.Pix, first.Alpha.Pix) || !bytes.Equal(c.Foreground.(*image.NRGBA).Pix, first.Foreground.(*image.NRGBA).Pix) {
				t.Errorf("%s: other bytes on %d cores", q, cores)
			}
		}
	}
}

func TestRefine_TilesAgreeWithOnePiece(t *testing.T) {
	// Above a megapixel the band is solved in tiles; at their seams nothing
	// may show. The same scene enlarged must give the same matte enlarged.
	const w, h = 1300, 900
	alpha := disc(w, h, 640, 450, 330)
	fore, back := plain(w, h, color.NRGBA{180, 60, 40, 255}), plain(w, h, color.NRGBA{40, 90, 150, 255})
	s := scene{src: compose(fore, back, alpha), mask: coarseMask(alpha, 1, 6, 4)}
	worst, mean := errors(refined(t, s, Options{NoForeground: true}).Alpha, alpha)
	if worst > 0.08 || mean > 0.0005 {
		t.Errorf("alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
}

func TestRefine_Cancelled(t *testing.T) {
	s := ring(200, 200, color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 0, 200, 255})
	for _, q := range qualities {
		ctx, cancel := context.WithCancel(ctxTest)
		c, err := Refine(ctx, s.src, s.mask, Options{Quality: q}, func(float64) { cancel() })
		if c != nil || fault.Of(err) != fault.Cancelled {
			t.Errorf("%s: %v, %v", q, c, err)
		}
	}
	ctx, cancel := context.WithCancel(ctxTest)
	cancel()
	if a, err := Solve(ctx, s.src, s.trimap, nil, nil); a != nil || fault.Of(err) != fault.Cancelled {
		t.Errorf("Solve: %v, %v", a, err)
	}
	if f, err := EstimateForeground(ctx, s.src, s.alpha); f != nil || fault.Of(err) != fault.Cancelled {
		t.Errorf("EstimateForeground: %v, %v", f, err)
	}
}

func TestRefine_ProgressRises(t *testing.T) {
	s := ring(200, 200, color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 0, 200, 255})
	for _, q := range qualities {
		last := -1.0
		if _, err := Refine(ctxTest, s.src, s.mask, Options{Quality: q}, func(p float64) {
			if p < last || p < 0 || p > 1 {
				t.Errorf("%s: progress %g after %g", q, p, last)
			}
			last = p
		}); err != nil {
			t.Fatal(err)
		}
		if last != 1 {
			t.Errorf("%s: progress ends at %g", q, last)
		}
	}
}

func TestRefine_Sizes(t *testing.T) {
	for _, q := range append(qualities, "") {
		for _, size := range []image.Point{{1, 1}, {1, 9}, {9, 1}, {2, 2}, {3, 700}, {2500, 2}} {
			src := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y))
			for i := range src.Pix {
				src.Pix[i] = uint8(i * 37)
			}
			c, err := Refine(ctxTest, src, Mask{3, 2, []float32{0, 1, 0.5, 0.2, 0.9, 1}}, Options{Quality: q}, nil)
			if err != nil {
				t.Fatalf("%q %v: %v", q, size, err)
			}
			if c.Alpha.Rect != src.Rect || c.Foreground.Bounds() != src.Rect {
				t.Errorf("%q %v: alpha %v, foreground %v", q, size, c.Alpha.Rect, c.Foreground.Bounds())
			}
		}
	}
}

func TestRefine_FlatAndBrokenMasks(t *testing.T) {
	s := ring(90, 70, color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 0, 200, 255})
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, q := range qualities {
		for _, c := range []struct {
			value float32
			want  uint8
		}{{0, 0}, {1, 255}, {nan, 0}, {inf, 255}, {-inf, 0}, {-3, 0}, {7, 255}} {
			m := Mask{5, 4, make([]float32, 20)}
			for i := range m.P {
				m.P[i] = c.value
			}
			got, err := Refine(ctxTest, s.src, m, Options{Quality: q}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range got.Alpha.Pix {
				if v != c.want {
					t.Fatalf("%s: a mask of %g gives alpha %d", q, c.value, v)
				}
			}
		}
		for _, m := range []Mask{{}, {3, 3, make([]float32, 8)}, {-1, 1, nil}, {0, 5, nil}} {
			if _, err := Refine(ctxTest, s.src, m, Options{Quality: q}, nil); fault.Of(err) != fault.Internal || err == nil {
				t.Errorf("%s: a mask of %dx%d with %d values: %v", q, m.W, m.H, len(m.P), err)
			}
		}
	}
	// One NaN amid sense stays where it is.
	m := s.mask
	m.P = append([]float32(nil), m.P...)
	m.P[0] = nan
	if got := refined(t, scene{src: s.src, mask: m}, Options{}); !bytes.Equal(got.Alpha.Pix, refined(t, s, Options{}).Alpha.Pix) {
		t.Error("a NaN in the background changed the matte")
	}
}

// deepened is m with 16 bits a channel.
func deepened(m *image.NRGBA) *image.NRGBA64 {
	d := image.NewNRGBA64(m.Rect)
	for i, v := range m.Pix {
		d.Pix[2*i], d.Pix[2*i+1] = v, v
	}
	return d
}

func TestRefine_SixteenBits(t *testing.T) {
	s := ring(150, 130, color.NRGBA{200, 40, 30, 255}, color.NRGBA{30, 160, 60, 255})
	for _, q := range qualities {
		shallow := refined(t, s, Options{Quality: q})
		c, err := Refine(ctxTest, deepened(s.src), s.mask, Options{Quality: q}, nil)
		if err != nil {
			t.Fatal(err)
		}
		fore, ok := c.Foreground.(*image.NRGBA64)
		if !ok {
			t.Fatalf("%s: the foreground is a %T", q, c.Foreground)
		}
		if worst, _ := errors(c.Alpha, shallow.Alpha); worst > 0.02 {
			t.Errorf("%s: alpha differs from that of 8 bits by %.3f", q, worst)
		}
		for i, v := range shallow.Foreground.(*image.NRGBA).Pix {
			if d := int(fore.Pix[2*i]) - int(v); d > 2 || d < -2 {
				t.Fatalf("%s: colour %d, at 8 bits %d", q, fore.Pix[2*i], v)
			}
		}
	}
}

func TestRefine_OwnAlphaIsMultiplied(t *testing.T) {
	s := ring(120, 120, color.NRGBA{200, 40, 30, 255}, color.NRGBA{30, 160, 60, 255})
	for _, q := range qualities {
		opaque := refined(t, s, Options{Quality: q})
		src := image.NewNRGBA(s.src.Rect)
		copy(src.Pix, s.src.Pix)
		for i := range opaque.Alpha.Pix {
			src.Pix[4*i+3] = uint8(i)
		}
		got := refined(t, scene{src: src, mask: s.mask}, Options{Quality: q})
		for i, v := range opaque.Alpha.Pix {
			if want := (int(v)*int(uint8(i)) + 127) / 255; int(got.Alpha.Pix[i]) != want {
				t.Fatalf("%s: alpha %d, want %d", q, got.Alpha.Pix[i], want)
			}
			if got.Foreground.(*image.NRGBA).Pix[4*i+3] != 255 {
				t.Fatalf("%s: the foreground is not opaque", q)
			}
		}
	}
}

func TestRefine_SpecksAndSecondSubjects(t *testing.T) {
	const w, h = 400, 300
	alpha := disc(w, h, 130, 150, 90)
	for _, d := range []*image.Gray{disc(w, h, 330, 100, 22), disc(w, h, 300, 250, 3)} {
		for i, v := range d.Pix {
			alpha.Pix[i] = max(alpha.Pix[i], v)
		}
	}
	fore, back := plain(w, h, color.NRGBA{200, 40, 30, 255}), plain(w, h, color.NRGBA{30, 90, 160, 255})
	s := scene{src: compose(fore, back, alpha), mask: Resize(Mask{w, h, values(alpha)}, w/2, h/2)}
	got := refined(t, s, Options{}).Alpha
	if got.GrayAt(330, 100).Y != 255 {
		t.Error("the second subject is gone")
	}
	if got.GrayAt(300, 250).Y != 0 {
		t.Error("the speck is still there")
	}
	if refined(t, s, Options{KeepSpecks: true}).Alpha.GrayAt(300, 250).Y < 128 {
		t.Error("the speck is gone although specks are to be kept")
	}
}

// values is alpha in 0..1.
func values(a *image.Gray) []float32 {
	p := make([]float32, len(a.Pix))
	for i, v := range a.Pix {
		p[i] = float32(v) / 255
	}
	return p
}

func TestRefine_DoubtfulInteriorIsSolid(t *testing.T) {
	// The network is only 70 % sure of a broad part of the subject.
	const w, h = 400, 300
	alpha := disc(w, h, 200, 150, 110)
	fore := plain(w, h, color.NRGBA{120, 90, 60, 255})
	src := compose(fore, backdrop("busy", 8, w, h, fore), alpha)
	p := values(alpha)
	for y := 110; y < 190; y++ {
		for x := 150; x < 330; x++ {
			p[y*w+x] *= 0.7
		}
	}
	got := refined(t, scene{src: src, mask: Resize(Mask{w, h, p}, w/2, h/2)}, Options{}).Alpha
	for y := 120; y < 180; y++ {
		for x := 160; x < 290; x++ {
			if got.Pix[y*w+x] != 255 {
				t.Fatalf("alpha is %d inside the subject at (%d, %d)", got.Pix[y*w+x], x, y)
			}
		}
	}
}

func TestRefine_HolesThatThePictureShows(t *testing.T) {
	// The network is only 75 % sure of what is within the handle.
	const w, h = 400, 320
	outer, inner := disc(w, h, 200, 160, 130), disc(w, h, 200, 160, 40)
	alpha := image.NewGray(outer.Rect)
	for i, v := range outer.Pix {
		alpha.Pix[i] = v - inner.Pix[i]
	}
	fore := plain(w, h, color.NRGBA{60, 40, 140, 255})
	p := values(outer)
	for i, v := range inner.Pix {
		if v > 0 {
			p[i] = 0.75
		}
	}
	s := scene{src: compose(fore, backdrop("smooth", 3, w, h, fore), alpha), mask: Resize(Mask{w, h, p}, w/2, h/2)}
	if worst, mean := errors(refined(t, s, Options{}).Alpha, alpha); worst > 0.2 || mean > 0.001 {
		t.Errorf("a hole: alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
	// The same doubt without a hole in the picture opens none.
	s.src = compose(fore, backdrop("smooth", 3, w, h, fore), outer)
	if worst, mean := errors(refined(t, s, Options{}).Alpha, outer); worst > 0.2 || mean > 0.001 {
		t.Errorf("no hole: alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
}

func TestRefine_GlassStaysTranslucent(t *testing.T) {
	// A broad pane that lets 45 % through, before a striped background, held
	// by a solid frame.
	const w, h = 400, 300
	alpha := image.NewGray(image.Rect(0, 0, w, h))
	for i := range alpha.Pix {
		x, y := i%w, i/w
		if x >= 80 && x < 320 && y >= 60 && y < 240 {
			alpha.Pix[i] = 255
			if x >= 120 && x < 280 && y >= 100 && y < 200 {
				alpha.Pix[i] = 140
			}
		}
	}
	fore := plain(w, h, color.NRGBA{220, 60, 50, 255})
	back := plain(w, h, color.NRGBA{40, 120, 190, 255})
	src := compose(fore, back, alpha)
	s := scene{src: src, mask: Resize(Mask{w, h, values(alpha)}, w/2, h/2)}
	for _, o := range []Options{{}, {Translucent: true}} {
		got := refined(t, s, o).Alpha
		for y := 120; y < 180; y++ {
			for x := 140; x < 260; x++ {
				if v := got.Pix[y*w+x]; v < 110 || v > 170 {
					t.Fatalf("%+v: glass of alpha 140 became %d at (%d, %d)", o, v, x, y)
				}
			}
		}
	}
}

// fringe is the mean colour error, in 0..255 over pixels within the unknown
// region, of a cut-out laid on a new background, against the true subject on
// it.
func fringe(c *Cutout, s scene, back *image.NRGBA) float64 {
	got := compose(c.Foreground.(*image.NRGBA), back, c.Alpha)
	want := compose(s.fore, back, s.alpha)
	var sum float64
	n := 0
	for i, v := range s.trimap.Pix {
		if v == outside || v == inside {
			continue
		}
		n++
		for k := range 3 {
			sum += math.Abs(float64(got.Pix[4*i+k])-float64(want.Pix[4*i+k])) / 3
		}
	}
	return sum / float64(n)
}

func TestForeground_TakesTheFringeAway(t *testing.T) {
	var with, without, exactWith, exactWithout float64
	for seed := range int64(3) {
		alpha, fore := hairBall(260, 240, seed)
		back := backdrop("smooth", seed, 260, 240, fore)
		s := scene{src: compose(fore, back, alpha), alpha: alpha, fore: fore, trimap: trimapAround(alpha, 3), mask: coarseMask(alpha, seed, 3, 2)}
		white := plain(260, 240, color.NRGBA{255, 255, 255, 255})
		with += fringe(refined(t, s, Options{}), s, white)
		without += fringe(refined(t, s, Options{NoForeground: true}), s, white)
		clean, err := EstimateForeground(ctxTest, s.src, alpha)
		if err != nil {
			t.Fatal(err)
		}
		exactWith += fringe(&Cutout{alpha, clean}, s, white)
		exactWithout += fringe(&Cutout{alpha, s.src}, s, white)
	}
	t.Logf("fringe on white: %.2f with foreground colours, %.2f without; with the true alpha %.2f and %.2f", with/3, without/3, exactWith/3, exactWithout/3)
	if exactWith > 0.3*exactWithout {
		t.Errorf("with the true alpha the fringe is %.2f, without foreground colours %.2f", exactWith/3, exactWithout/3)
	}
	if with > 0.9*without {
		t.Errorf("the fringe is %.2f, without foreground colours %.2f", with/3, without/3)
	}
}

func TestSolve_KeepsTheTrimap(t *testing.T) {
	s := ring(160, 140, color.NRGBA{200, 40, 30, 255}, color.NRGBA{30, 160, 60, 255})
	for _, prior := range []*Mask{nil, &s.mask} {
		a, err := Solve(ctxTest, s.src, s.trimap, prior, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range s.trimap.Pix {
			if v != unknown && a.Pix[i] != v {
				t.Fatalf("alpha %d where the trimap says %d", a.Pix[i], v)
			}
		}
		if worst, _ := errors(a, s.alpha); worst > 0.05 {
			t.Errorf("alpha is off by %.3f", worst)
		}
	}
	if _, err := Solve(ctxTest, s.src, image.NewGray(image.Rect(0, 0, 3, 3)), nil, nil); fault.Of(err) != fault.Internal || err == nil {
		t.Errorf("a trimap of another size: %v", err)
	}
	if _, err := Solve(ctxTest, s.src, s.trimap, &Mask{2, 2, nil}, nil); fault.Of(err) != fault.Internal || err == nil {
		t.Errorf("a broken prior: %v", err)
	}
	all := image.NewGray(s.trimap.Rect)
	for i := range all.Pix {
		all.Pix[i] = unknown
	}
	if _, err := Solve(ctxTest, s.src, all, nil, nil); err != nil {
		t.Errorf("a trimap with nothing known: %v", err)
	}
}

func TestTrimap(t *testing.T) {
	s := ring(200, 160, color.NRGBA{200, 40, 30, 255}, color.NRGBA{30, 160, 60, 255})
	h := &Hints{200, 160, make([]Hint, 200*160)}
	h.V[0], h.V[1], h.V[80*200+100] = Keep, Unknown, Remove
	tri := Trimap(s.src, s.mask, h)
	if tri.Pix[0] != inside || tri.Pix[1] != unknown || tri.Pix[80*200+100] != outside {
		t.Error("the hints do not have the last word")
	}
	for i, v := range tri.Pix {
		if h.V[i] == NoHint && (v == inside && s.alpha.Pix[i] != 255 || v == outside && s.alpha.Pix[i] != 0) {
			t.Fatalf("trimap %d where alpha is %d", v, s.alpha.Pix[i])
		}
	}
	if Trimap(s.src, Mask{}, nil) != nil || Trimap(s.src, s.mask, &Hints{2, 2, nil}) != nil {
		t.Error("a malformed mask or hints made a trimap")
	}
}

func FuzzRefine(f *testing.F) {
	f.Add(uint8(3), uint8(4), uint8(2), uint8(2), uint8(0), []byte{0, 255, 128, 3, 200, 90})
	f.Add(uint8(1), uint8(1), uint8(1), uint8(1), uint8(1), []byte{255})
	f.Add(uint8(60), uint8(41), uint8(7), uint8(9), uint8(2), []byte{9, 8, 255, 7, 1, 0, 77, 255, 254, 3, 66})
	f.Fuzz(func(t *testing.T, w, h, mw, mh, how uint8, data []byte) {
		if len(data) == 0 {
			data = []byte{0}
		}
		width, height := int(w)%80+1, int(h)%80+1
		src := image.NewNRGBA(image.Rect(0, 0, width, height))
		for i := range src.Pix {
			src.Pix[i] = data[i*7%len(data)]
		}
		m := Mask{int(mw)%20 + 1, int(mh)%20 + 1, nil}
		for i := range m.W * m.H {
			m.P = append(m.P, float32(data[i%len(data)])/200)
		}
		hints := &Hints{width, height, make([]Hint, width*height)}
		for i := range hints.V {
			hints.V[i] = Hint(data[i*3%len(data)] % 5)
		}
		o := Options{Quality: qualities[how%3], Hints: hints, KeepSpecks: how&8 != 0, Translucent: how&16 != 0, NoForeground: how&32 != 0}
		c, err := Refine(ctxTest, src, m, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range hints.V {
			a := c.Alpha.Pix[i]
			if v == Remove && a != 0 || v == Keep && a != src.Pix[4*i+3] {
				t.Fatalf("hint %d gives alpha %d of %d", v, a, src.Pix[4*i+3])
			}
		}
	})
}
