package matte

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"kirinuki/engine/fault"
)

// cup is a red body with a blue handle on a busy ground; the network found
// the body alone.
func cup() (src *image.NRGBA, whole, body *image.Gray) {
	const w, h = 500, 400
	body = disc(w, h, 200, 200, 110)
	handle := disc(w, h, 350, 200, 75)
	hole := disc(w, h, 350, 200, 40)
	fore := plain(w, h, color.NRGBA{190, 50, 40, 255})
	whole = image.NewGray(body.Rect)
	for i, v := range body.Pix {
		grip := handle.Pix[i] - min(handle.Pix[i], hole.Pix[i])
		whole.Pix[i] = max(v, grip)
		if v < 128 && grip > 0 {
			copy(fore.Pix[4*i:], []uint8{40, 60, 170, 255})
		}
	}
	back := backdrop("smooth", 11, w, h, fore)
	for i := range back.Pix {
		// A green ground, unlike either colour.
		if i%4 == 0 || i%4 == 2 {
			back.Pix[i] /= 3
		} else if i%4 == 1 {
			back.Pix[i] = 120 + back.Pix[i]/3
		}
	}
	return compose(fore, back, whole), whole, body
}

// stroke marks a thick line.
func stroke(h *Hints, say Hint, x0, y0, x1, y1, r int) {
	steps := max(abs(x1-x0), abs(y1-y0), 1)
	for k := 0; k <= steps; k++ {
		cx, cy := x0+(x1-x0)*k/steps, y0+(y1-y0)*k/steps
		for y := max(cy-r, 0); y <= min(cy+r, h.H-1); y++ {
			for x := max(cx-r, 0); x <= min(cx+r, h.W-1); x++ {
				if (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r {
					h.V[y*h.W+x] = say
				}
			}
		}
	}
}

func abs(v int) int { return max(v, -v) }

func noHints(m *image.NRGBA) *Hints {
	return &Hints{m.Rect.Dx(), m.Rect.Dy(), make([]Hint, m.Rect.Dx()*m.Rect.Dy())}
}

func TestTouch_OneStrokeBringsAPartBack(t *testing.T) {
	src, whole, body := cup()
	base := refined(t, scene{src: src, mask: coarseMask(body, 1, 4, 0)}, Options{})
	h := noHints(src)
	stroke(h, Keep, 390, 160, 405, 210, 5)
	got, err := Touch(ctxTest, src, base, h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if worst, mean := errors(got.Alpha, whole); worst > 0.35 || mean > 0.002 {
		t.Errorf("alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
}

func TestTouch_OneStrokeTakesAPartAway(t *testing.T) {
	src, whole, body := cup()
	base := refined(t, scene{src: src, mask: coarseMask(whole, 1, 4, 0)}, Options{})
	h := noHints(src)
	stroke(h, Remove, 390, 160, 405, 210, 5)
	got, err := Touch(ctxTest, src, base, h, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if worst, mean := errors(got.Alpha, body); worst > 0.55 || mean > 0.002 {
		t.Errorf("alpha is off by %.3f at worst, %.5f on average", worst, mean)
	}
}

func TestTouch_HairBrushFindsHair(t *testing.T) {
	// The network saw only the head; the person paints over the hair.
	const w, h = 320, 320
	alpha, fore := hairBall(w, h, 2)
	back := backdrop("smooth", 2, w, h, fore)
	src := compose(fore, back, alpha)
	base := refined(t, scene{src: src, mask: coarseMask(disc(w, h, 160, 160, 0.28*320), 1, 3, 1)}, Options{})
	hints := noHints(src)
	for i := range hints.V {
		x, y := i%w-160, i/w-160
		if d := x*x + y*y; d > 80*80 && d < 150*150 {
			hints.V[i] = Unknown
		}
	}
	got, err := Touch(ctxTest, src, base, hints, Options{})
	if err != nil {
		t.Fatal(err)
	}
	trimap := trimapAround(alpha, 3)
	before, after := score(base.Alpha, alpha, trimap), score(got.Alpha, alpha, trimap)
	if after.sad > 0.4*before.sad {
		t.Errorf("SAD %.3f, was %.3f", after.sad, before.sad)
	}
}

func TestTouch_ChangesOnlyTheNeighbourhood(t *testing.T) {
	src, _, body := cup()
	base := refined(t, scene{src: src, mask: coarseMask(body, 1, 4, 0)}, Options{})
	alpha, fore := bytes.Clone(base.Alpha.Pix), bytes.Clone(base.Foreground.(*image.NRGBA).Pix)
	for _, say := range []Hint{Keep, Remove, Unknown} {
		h := noHints(src)
		stroke(h, say, 60, 60, 80, 70, 4)
		got, err := Touch(ctxTest, src, base, h, Options{})
		if err != nil {
			t.Fatal(err)
		}
		reach := int(touchReach*500) + 16 + 8
		for i := range alpha {
			x, y := i%500, i/500
			if x > 60-4-reach && x < 80+4+reach && y > 60-4-reach && y < 70+4+reach {
				continue
			}
			if got.Alpha.Pix[i] != alpha[i] || !bytes.Equal(got.Foreground.(*image.NRGBA).Pix[4*i:4*i+4], fore[4*i:4*i+4]) {
				t.Fatalf("hint %d changed (%d, %d)", say, x, y)
			}
		}
		for i, v := range h.V {
			if v == Keep && got.Alpha.Pix[i] != 255 || v == Remove && got.Alpha.Pix[i] != 0 {
				t.Fatalf("hint %d gives alpha %d", v, got.Alpha.Pix[i])
			}
		}
	}
	if !bytes.Equal(base.Alpha.Pix, alpha) || !bytes.Equal(base.Foreground.(*image.NRGBA).Pix, fore) {
		t.Error("the base was changed")
	}
}

func TestTouch_NothingSaid(t *testing.T) {
	src, _, body := cup()
	base := refined(t, scene{src: src, mask: coarseMask(body, 1, 4, 0)}, Options{})
	for _, h := range []*Hints{nil, noHints(src)} {
		got, err := Touch(ctxTest, src, base, h, Options{})
		if err != nil || !bytes.Equal(got.Alpha.Pix, base.Alpha.Pix) {
			t.Errorf("no hints changed alpha (%v)", err)
		}
	}
	// What is so already stays as it is.
	h := noHints(src)
	stroke(h, Keep, 180, 190, 220, 210, 6)
	got, err := Touch(ctxTest, src, base, h, Options{})
	if err != nil || !bytes.Equal(got.Alpha.Pix, base.Alpha.Pix) {
		t.Errorf("keeping what is kept changed alpha (%v)", err)
	}
}

func TestTouch_Malformed(t *testing.T) {
	src, _, body := cup()
	base := refined(t, scene{src: src, mask: coarseMask(body, 1, 4, 0)}, Options{})
	other := &Cutout{image.NewGray(image.Rect(0, 0, 5, 5)), base.Foreground}
	deep := &Cutout{base.Alpha, image.NewNRGBA64(src.Rect)}
	for _, c := range []struct {
		base *Cutout
		h    *Hints
	}{{base, &Hints{3, 3, make([]Hint, 9)}}, {base, &Hints{500, 400, nil}}, {other, noHints(src)}, {deep, noHints(src)}} {
		if got, err := Touch(ctxTest, src, c.base, c.h, Options{}); got != nil || err == nil || fault.Of(err) != fault.Internal {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestTouch_WholePictureCanBeSaid(t *testing.T) {
	src, _, body := cup()
	base := refined(t, scene{src: src, mask: coarseMask(body, 1, 4, 0)}, Options{})
	for say, want := range map[Hint]uint8{Keep: 255, Remove: 0} {
		h := noHints(src)
		for i := range h.V {
			h.V[i] = say
		}
		got, err := Touch(ctxTest, src, base, h, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range got.Alpha.Pix {
			if v != want {
				t.Fatalf("all %d gives alpha %d", say, v)
			}
		}
	}
}
